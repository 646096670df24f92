# ruff: noqa: E501 - sentences are quoted whole
"""What a table is read from, and the one sentence for everything else."""

import datetime as dt
import time
import tracemalloc
from contextlib import suppress

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.exchange import reading
from gongjiang.kernel.exchange.cells import ErrorValue
from gongjiang.kernel.exchange.reading import Unreadable, letters, read
from gongjiang.kernel.exchange.reading.text import decoded

from .files import HEADERS, ROWS, old_workbook, package, with_member, workbook

SHEET = "xl/worksheets/sheet1.xml"


def table(content: bytes, name: str = "花名册.xlsx") -> reading.Table:
    with translation.override("en"):
        return read(content, name, lambda header: header in HEADERS)


def refusal(content: bytes, name: str = "花名册.xlsx") -> str:
    with pytest.raises(Unreadable) as caught:
        table(content, name)
    return str(caught.value)


def cells(found: reading.Table) -> list[tuple[object, ...]]:
    return [tuple(row) for _number, row in found.rows]


def test_workbook_is_read_with_row_numbers_of_the_sheet() -> None:
    found = table(workbook((HEADERS, *ROWS)))
    assert (found.sheet, found.header_row, found.headers) == ("表1", 1, HEADERS)
    assert [(number, tuple(row)) for number, row in found.rows] == [(2, ROWS[0]), (3, ROWS[1])]


def test_title_and_notes_above_the_headers_are_passed_over_even_merged() -> None:
    found = table(
        workbook((("襄垣县示例机械厂职工花名册",), ("制表：张",), HEADERS, *ROWS), merged=("A1:C1",))
    )
    assert (found.header_row, cells(found)) == (3, list(ROWS))


def test_empty_rows_are_left_out_and_the_numbers_stay() -> None:
    found = table(workbook((HEADERS, ROWS[0], ("", ""), ROWS[1])))
    assert [number for number, _row in found.rows] == [2, 4]


def test_first_sheet_with_rows_is_taken() -> None:
    assert table(workbook((), (HEADERS, *ROWS))).sheet == "表2"


def test_dates_and_formula_results_are_read_as_values() -> None:
    found = table(workbook((HEADERS, (dt.date(2019, 3, 1), "x")), formulas={"B2": ("=1+1", 2)}))
    assert cells(found)[0][1] == 2.0


def test_formula_error_is_kept_for_its_row() -> None:
    found = table(workbook((HEADERS, *ROWS), formulas={"B3": ("=X1", "#REF!")}))
    value = cells(found)[1][1]
    assert (value, type(value)) == ("#REF!", ErrorValue)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_file_is_read_in_the_encodings_that_offices_write(encoding: str, separator: str) -> None:
    content = "\r\n".join(separator.join(row) for row in (HEADERS, *ROWS)).encode(encoding)
    assert cells(table(content, "花名册.csv")) == list(ROWS)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=20, max_size=60))
def test_gb18030_text_is_never_read_wrong(text: str) -> None:
    """Either the characters come back as they were, or the file is refused."""
    content = f"姓名,岗位,岗位类别,入职日期,身份证号码,手机号码\n{text}".encode("gb18030")
    with suppress(Unreadable):
        assert decoded(content).endswith(text)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_a_sentence(content: bytes) -> None:
    for name in ("a.csv", "a.xlsx", "a.xls"):
        try:
            read(content, name, bool)
        except Unreadable as said:
            assert str(said)


@given(st.binary(min_size=1, max_size=60), st.integers(0, 3000))
def test_workbook_with_overwritten_bytes_is_read_or_refused_in_a_sentence(junk: bytes, at: int) -> None:
    content = bytearray(workbook())
    content[at : at + len(junk)] = junk
    try:
        read(bytes(content), "a.xlsx", bool)
    except Unreadable as said:
        assert str(said)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.xlsx", "The file is empty. Please choose the file with the roster."),
        (b"MZ\x90\x00rest", "花名册.xlsx", "By its content this file is a program, not a spreadsheet."),
        (b"%PDF-1.7", "花名册.xlsx", "By its content this file is a PDF document, not a spreadsheet."),
        (b"<html><table>", "花名册.xls", "By its content this file is a web page, not a spreadsheet."),
        (package(word__document_xml=b"<w/>"), "花名册.xlsx", "By its content this file is a text document, not a spreadsheet."),
        (package(a_xml=b"<w/>"), "花名册.xlsx", "By its content this file is a compressed archive, not a spreadsheet."),
        (b"plain text", "花名册.xlsx", "The name ends in “.xlsx”, but the content is no workbook"),
        (workbook(), "花名册.docx", "The name ends in “.docx”. Only .xlsx, .xls and .csv can be read"),
        (workbook(), "花名册", "The name ends in “—”. Only .xlsx, .xls and .csv can be read"),
        (workbook(), "花名册.csv", "The name ends in .csv, but the content is an Excel workbook."),
        (workbook()[:-400], "花名册.xlsx", "The file is damaged and cannot be opened."),
        (workbook(()), "花名册.xlsx", "The workbook is empty."),
        (b"\n \n,,\n", "花名册.csv", "The file holds no rows."),
        (workbook((HEADERS,)), "花名册.xlsx", "There is no row below the headers in row 1."),
        (
            workbook((("姓名", "岗位", "姓名"), ("a", "b", "c"))),
            "花名册.xlsx",
            "Two columns are called “姓名”: A and C in row 1. Please rename or delete one of them.",
        ),
        (
            workbook((HEADERS, *ROWS), merged=("B2:B3", "A3:A9")),
            "花名册.xlsx",
            "Cells are merged at B2:B3、A3:A9, so it is not clear which row their value belongs to.",
        ),
        ("姓名,崗位\n王,鉗工及電工技術員".encode("big5"), "花名册.csv", "The characters of this file cannot be read"),
        ("姓名,岗位\n王,钳工".encode()[:-1], "花名册.csv", "The characters of this file cannot be read"),
        (b"a,b\n1,\x00", "花名册.csv", "The characters of this file cannot be read"),
    ],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused_in_a_sentence(content: bytes, name: str, said: str) -> None:
    assert refusal(content, name)[: len(said)] == said


MORE = " Saved as CSV, up to 1,200,000 rows and 160 MB are possible."


def test_file_over_the_most_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 1024)
    said = "The file has 1 MB; at most 0 MB are possible. Please divide it into several files."
    assert refusal(workbook(), "a.xlsx") == said + MORE
    monkeypatch.setattr(reading, "MOST_TEXT_BYTES", 2**20)
    said = "The file has 2 MB; at most 1 MB are possible. Please divide it into several files."
    assert refusal(b"x" * (2**20 + 1), "a.csv") == said


def test_file_with_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TEXT_ROWS", 2_000)
    lines = "姓名,岗位\n" + "王,钳工\n" * 2_001
    assert refusal(lines.encode(), "a.csv") == (
        "The file has 2,001 rows; at most 2,000 are possible. Please divide it into several files."
    )


def test_workbook_with_a_password_is_refused() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(content).startswith("The file is protected by a password.")


def test_old_word_document_named_as_a_workbook_is_refused() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "WordDocument".encode("utf-16-le")
    assert refusal(content, "花名册.xls").startswith("By its content this file is a text document")


def test_archive_that_unpacks_enormously_is_refused_without_unpacking(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bomb = with_member(workbook(), SHEET, b" " * 700_000_000)
    tracemalloc.start()
    said = refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said.startswith("Unpacked, this file would be far larger than a roster can be.")
    assert peak < 50_000_000


def test_sheet_with_a_cell_far_away_is_refused_before_it_is_opened() -> None:
    far = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    cell = b'<row r="190000"><c r="XFD190000"><v>1</v></c></row>'
    assert refusal(with_member(workbook(), SHEET, far % cell)) == (
        "The sheet reaches from column A to XFD and down to row 190000, which is more than a roster can hold."
        " Please delete what stands outside the table."
    )


def test_long_shared_text_used_by_many_cells_is_refused_before_it_is_opened() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 10_001))
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + rows
        + b"</sheetData></worksheet>"
    )
    content = with_member(workbook(), SHEET, sheet)
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 32_000
        + b"</t></si></sst>"
    )
    assert refusal(with_member(content, "xl/sharedStrings.xml", strings)).startswith(
        "Unpacked, this file would be far larger"
    )


def test_column_letters_follow_the_spreadsheet() -> None:
    assert [letters(n) for n in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]


@pytest.mark.parametrize("hostile", [b"<c " * 1_000_000, b"<si>" * 1_000_000, b'<c r="A1"><f>' * 300_000])
def test_hostile_markup_is_looked_through_in_linear_time(hostile: bytes) -> None:
    started = time.process_time()
    content = with_member(workbook(), SHEET, b"<worksheet>" + hostile)
    refusal(with_member(content, "xl/sharedStrings.xml", hostile))
    assert time.process_time() - started < 5


def test_old_workbook_is_read() -> None:
    found = table(old_workbook((HEADERS, ROWS[0], ("李演乙", 13.0))), "花名册.xls")
    assert (found.sheet, found.headers, cells(found)) == ("花名册", HEADERS, [ROWS[0], ("李演乙", 13.0)])


def test_old_workbook_with_merged_cells_is_refused() -> None:
    said = refusal(old_workbook((HEADERS, *ROWS), merged=((1, 0, 2, 0),)), "花名册.xls")
    assert said.startswith("Cells are merged at A2:A3")
