"""One text, and what is made of it."""

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document as read_document
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.documents import text
from gongjiang.kernel.documents.kinds import Layout
from gongjiang.kernel.documents.making import NoFont, Paper, pdf, word
from gongjiang.kernel.documents.making.paper import matrix, png, svg
from gongjiang.kernel.documents.text import Block, Shape


def paper(said: str = "第一段。\n", layout: Layout = Layout.LETTER, address: str = "") -> Paper:
    return Paper(
        layout, "长治市总工会", "演工发〔2026〕1号", "关于演示的函", said, date(2026, 1, 3), "ABC", address
    )


@given(st.text())
def test_value_never_becomes_markup(value: str) -> None:
    made = text.write("documents/letter.txt", {"paragraphs": [value]})
    expected = " ".join(value.split())
    found = text.blocks(made)
    assert [block.shape for block in found if block.text] == [Shape.PARAGRAPH] * bool(expected)


def test_marks_make_their_shapes() -> None:
    said = "! 各单位：\n\n# 一、要求\n\n正文一行\n接着\n\n| 序 | 名 |\n| 1 |\n\n> 右\n\n= 大\n"
    assert text.blocks(said) == [
        Block(Shape.FLUSH, "各单位："),
        Block(Shape.HEADING, "一、要求"),
        Block(Shape.PARAGRAPH, "正文一行接着"),
        Block(Shape.TABLE, rows=(("序", "名"), ("1", ""))),
        Block(Shape.RIGHT, "右"),
        Block(Shape.LARGE, "大"),
    ]


def test_word_holds_the_whole_letter() -> None:
    made = read_document(io.BytesIO(word(paper("! 各单位：\n\n正文。\n\n| 序 | 名 |\n| 1 | 夹具 |\n"))))
    assert [p.text for p in made.paragraphs if p.text] == [
        "长治市总工会",
        "演工发〔2026〕1号",
        "关于演示的函",
        "各单位：",
        "正文。",
        "长治市总工会",
        "2026年1月3日",
    ]
    assert [[c.text for c in row.cells] for row in made.tables[0].rows] == [["序", "名"], ["1", "夹具"]]


def test_word_certificate_carries_its_code_as_a_picture() -> None:
    content = word(paper("= 宋丽\n\n特发此证。\n", Layout.CERTIFICATE, "https://example.org/verify/ABC/"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        pictures = [n for n in archive.namelist() if n.startswith("word/media/")]
        assert [archive.read(n)[:8] for n in pictures] == [b"\x89PNG\r\n\x1a\n"]


def test_pdf_without_a_chinese_font_is_refused_in_a_sentence() -> None:
    with pytest.raises(NoFont, match="no font for Chinese"):
        pdf(paper(), folders=(), system=False)


def test_pdf_counts_its_pages() -> None:
    try:
        _content, one = pdf(paper())
    except NoFont:
        pytest.skip("no font for Chinese here")
    content, many = pdf(paper("\n\n".join(["很长的一段话。" * 40] * 12)))
    assert (content[:5], one, many > 1) == (b"%PDF-", 1, True)


def test_pdf_takes_text_as_text_and_runs_nothing() -> None:
    try:
        content, pages = pdf(
            paper('#panic("x") \\ "] #read("/etc/passwd")\n', Layout.CERTIFICATE, "https://e.org/v/")
        )
    except NoFont:
        pytest.skip("no font for Chinese here")
    assert (content[:5], pages) == (b"%PDF-", 1)


def test_qr_code_is_the_same_as_drawing_and_as_picture() -> None:
    address = "https://example.org/verify/ABCD-EFGH-JKMN/"
    black = sum(sum(row) for row in matrix(address))
    assert len(re.findall("M", svg(address))) - 1 == black
    assert png(address)[:8] == b"\x89PNG\r\n\x1a\n"
