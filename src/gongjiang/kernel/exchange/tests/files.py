"""Files as people send them, right and wrong."""

import struct
import zipfile
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

HEADERS = ("姓名", "岗位")
ROWS = (("王演甲", "钳工"), ("李演乙", "焊工"))


def workbook(
    *sheets: Sequence[Sequence[Any]],
    merged: Sequence[str] = (),
    formulas: dict[str, tuple[str, Any]] | None = None,
) -> bytes:
    """An .xlsx; each sheet is its rows. `merged` and `formulas` (cell -> formula, value) are of the first sheet."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True})
    for number, rows in enumerate(sheets or ((HEADERS, *ROWS),)):
        sheet = book.add_worksheet(f"表{number + 1}")
        for row, cells in enumerate(rows):
            sheet.write_row(row, 0, cells)
        if number == 0:
            for area in merged:
                sheet.merge_range(area, "合并")
            for where, (formula, value) in (formulas or {}).items():
                sheet.write_formula(where, formula, None, value)
    book.close()
    return out.getvalue()


def package(**members: bytes) -> bytes:
    """A zip with these members; "__" stands for "/" and "_xml" for ".xml"."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def with_member(original: bytes, name: str, content: bytes) -> bytes:
    """The package with one member replaced."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(original)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, content if member == name else old.read(member))
    return out.getvalue()


def old_workbook(rows: Sequence[Sequence[Any]], *, merged: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An .xls (BIFF8 in a compound file) with one sheet; a str beginning with # is a formula's error."""

    def record(number: int, body: bytes) -> bytes:
        return struct.pack("<HH", number, len(body)) + body

    def text(value: str) -> bytes:
        return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")

    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 15)
            if isinstance(value, str) and value.startswith("#"):
                cells += record(0x0205, place + bytes([{"#REF!": 0x17, "#N/A": 0x2A}[value], 1]))
            elif isinstance(value, str):
                cells += record(0x0204, place + text(value))
            else:
                cells += record(0x0203, place + struct.pack("<d", value))
    areas = b"".join(struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in merged)
    cells += record(0x00E5, struct.pack("<H", len(merged)) + areas) if merged else b""
    name = "花名册"
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    bound = len(start) + 4 + 8 + 2 * len(name) + 4
    book = (
        start
        + record(0x0085, struct.pack("<IBBBB", bound, 0, 0, len(name), 1) + name.encode("utf-16-le"))
        + record(0x000A, b"")
    )
    book += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + record(0x000A, b"")
    return _compound("Workbook", book.ljust(4096, b"\0"))


def _compound(name: str, stream: bytes) -> bytes:
    """A compound file with one stream of at least 4096 bytes."""
    size = -(-len(stream) // 512)
    free, end = 0xFFFFFFFF, 0xFFFFFFFE
    fat = [0xFFFFFFFD, end, *range(3, size + 2), end]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack(
        "<109I", 0, *[free] * 108
    )

    def entry(title: str, kind: int, child: int, first: int, length: int) -> bytes:
        written = (title + "\0").encode("utf-16-le")
        return (
            written.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(written), kind, 1, free, free, child)
            + bytes(36)
            + struct.pack("<IQ", first, length)
        )

    folder = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, size * 512) + bytes(256)
    return (
        header
        + struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
        + folder
        + stream.ljust(size * 512, b"\0")
    )
