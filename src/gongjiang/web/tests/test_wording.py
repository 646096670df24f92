"""Dates, numbers, money and names as they are read."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from gongjiang.web.components import wording

CHINA = ZoneInfo("Asia/Shanghai")
AT = dt.datetime(dt.date.today().year, 10, 12, 18, 0, tzinfo=CHINA)
LONG_AGO = dt.datetime(2019, 3, 4, 8, 5, tzinfo=CHINA)


def test_dates_in_chinese() -> None:
    with translation.override("zh-hans"):
        weekday = "一二三四五六日"[AT.weekday()]
        assert wording.day(AT.date()) == f"10月12日（周{weekday}）"
        assert wording.moment(AT) == f"10月12日（周{weekday}）18:00"
        assert wording.stamp(AT) == "10月12日 18:00"
        assert wording.day(LONG_AGO) == "2019年3月4日"
        assert wording.moment(LONG_AGO) == "2019年3月4日 08:05"


def test_dates_in_english() -> None:
    with translation.override("en"):
        assert wording.stamp(AT) == "12 Oct, 18:00"
        assert wording.date_long(LONG_AGO) == "4 Mar 2019"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (193684, "193,684"),
        (0, "0"),
        (None, "—"),
        ("", "—"),
        ("5172.52", "5,172.52"),
        (-3, "−3"),
        ("近70", "近70"),
    ],
)
def test_thousands_of(value: object, shown: str) -> None:
    assert wording.thousands(value) == shown


@pytest.mark.parametrize(("fen", "shown"), [(640000, "6,400.00"), (1, "0.01"), (None, "—"), (-50, "−0.50")])
def test_yuan_of_fen(fen: int | None, shown: str) -> None:
    assert wording.yuan(fen) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("宋丽", "宋＊"),
        ("赵志强", "赵＊强"),
        ("欧阳明月", "欧阳＊月"),
        ("司马光", "司马＊"),
        ("阿依古丽·买买提", "阿＊·买＊"),
        ("", "—"),
        ("段", "段＊"),
    ],
)
def test_masked_name_of(name: str, shown: str) -> None:
    assert wording.mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("140402198005121234", "1404**********1234"), ("13900001234", "139****1234"), ("12", "12")],
)
def test_masked_number_of(number: str, shown: str) -> None:
    assert wording.mask_number(number) == shown


def test_measured_money_is_shown_in_yuan() -> None:
    assert [wording.measured(v, "fen") for v in (95174300, 517252)] == ["951,743", "5,172.52"]
