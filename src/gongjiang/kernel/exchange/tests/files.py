"""Files as people send them, right and wrong."""

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
