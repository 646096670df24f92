"""Rosters as enterprises keep them, written by xlsxwriter."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from stdnum.iso7064 import mod_11_2
from xlsxwriter import Workbook

HEADERS = ("姓名", "身份证号", "手机号", "性别", "岗位", "岗位类别", "入职日期", "企业统一社会信用代码")
CLASSES = ("生产一线", "专业技术", "管理", "服务")


def identity(serial: int, region: str = "009901") -> str:
    """The identity number of the serial-th worker: valid in form, of a region that does not exist."""
    born = date(1970, 1, 1) + timedelta(days=serial % 9000)
    body = f"{region}{born:%Y%m%d}{serial // 9000 + 1:03d}"
    return body + mod_11_2.calc_check_digit(body)


def line(serial: int, uscc: str = "", **changed: Any) -> list[Any]:
    """A right row; `changed` names headers and what stands there instead."""
    number = identity(serial)
    row = {
        "姓名": f"王演{'甲乙丙丁戊己庚辛壬癸'[serial % 10]}{'子丑寅卯辰巳午未申酉戌亥'[serial % 12]}",
        "身份证号": number,
        "手机号": f"100{serial:08d}",
        "性别": "男" if int(number[16]) % 2 else "女",
        "岗位": "钳工",
        "岗位类别": CLASSES[serial % 4],
        "入职日期": date(2015, 1, 1) + timedelta(days=serial % 3000),
        "企业统一社会信用代码": uscc,
    }
    row.update(changed)
    return [row[header] for header in HEADERS]


def workbook(lines: Iterable[Sequence[Any]], headers: Sequence[Any] = HEADERS, *, title: str = "") -> bytes:
    """An .xlsx with these rows below the headers, under a merged title where one is given."""
    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "constant_memory": False})
    sheet = book.add_worksheet("花名册")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    top = 0
    if title:
        sheet.merge_range(0, 0, 0, len(headers) - 1, title)
        top = 1
    for column, header in enumerate(headers):
        sheet.write(top, column, header)
    for number, cells in enumerate(lines, top + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell, day)
            elif isinstance(cell, str):
                sheet.write_string(number, column, cell)
            elif cell is not None:
                sheet.write(number, column, cell)
    book.close()
    return out.getvalue()
