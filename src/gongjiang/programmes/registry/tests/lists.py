"""Lists of enterprises as unions and offices keep them."""

from datetime import date
from typing import Any

from tests.cast import credit_code

HEADERS = (
    "企业名称",
    "统一社会信用代码",
    "所有制",
    "登记注册类型",
    "规模",
    "行业代码",
    "2011版行业代码",
    "产业链",
    "园区",
    "职工人数",
    "统计日期",
    "成立日期",
)


def line(serial: int, **changed: Any) -> list[Any]:
    """A right row; `changed` names headers and what stands there instead."""
    row = {
        "企业名称": f"演示{serial}号机械厂",
        "统一社会信用代码": credit_code(7000 + serial),
        "所有制": ("民营", "国有", "集体", "外资")[serial % 4],
        "登记注册类型": ("私营有限责任公司", "111 国有独资公司", "132", "外商投资有限责任公司")[serial % 4],
        "规模": ("小型", "微型", "中型")[serial % 3],
        "行业代码": "C34",
        "2011版行业代码": "",
        "产业链": "",
        "园区": "",
        "职工人数": 20 + serial,
        "统计日期": date(2024, 12, 31),
        "成立日期": date(2012, 3, 1),
    }
    row.update(changed)
    return [row[header] for header in HEADERS]
