"""The sentence and the row of days of a deadline, on days whose calendar is known: October 2024."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from gongjiang.kernel.calendar import notices
from gongjiang.kernel.calendar.read import calendars
from gongjiang.web.components.clock import clock

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 9, month: int = 10, year: int = 2024) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=CHINA)


@pytest.fixture
def on(monkeypatch):
    """`on(moment)` makes it that moment, with the calendars loaded and in Chinese."""
    notices.load()
    with translation.override("zh-hans"):
        yield lambda now: monkeypatch.setattr(timezone, "now", lambda: now)


def said(due: dt.datetime) -> tuple[str, str]:
    made = clock(due, calendars().national)
    assert made is not None
    return made.left, made.tone


@pytest.mark.parametrize(
    ("now", "due", "left", "tone"),
    [
        (at(10), at(14, 18), "还剩 3 个工作日", ""),
        (at(10), at(12, 18), "还剩 2 个工作日", "soon"),
        (at(10), at(10, 18), "今天 18:00 截止", "soon"),
        (at(30, month=9), at(8, 18), "还剩 1 个工作日", "soon"),
        (at(1), at(4, 23), "还剩 3 天，都不是工作日", "soon"),
        (at(10, 19), at(10, 18), "今天 18:00 起超期", "late"),
        (at(14), at(10, 18), "超期 3 个工作日", "late"),
        (at(5), at(30, 18, month=9), "9月30日（周一）起超期", "late"),
    ],
)
def test_clock_counts_working_days(on, now, due, left, tone) -> None:
    on(now)
    assert said(due) == (left, tone)


def test_row_of_days_marks_makeup_days_and_days_off(on) -> None:
    on(at(10))
    made = clock(at(14, 18), calendars().national)
    assert [(c.mark, c.number, c.label) for c in made.cells] == [
        ("past", 8, "周二"),
        ("past", 9, "周三"),
        ("today", 10, "今天"),
        ("", 11, "周五"),
        ("", 12, "班"),
        ("off", 13, "休"),
        ("due", 14, "截止"),
    ]
    assert made.notes == ("10月12日（周六）是调休上班日，计入。",)


def test_deadline_beyond_the_notices_says_that_it_is_provisional(on) -> None:
    on(at(20, month=11, year=2026))
    made = clock(at(5, 18, month=1, year=2027), calendars().national)
    assert made.notes == ("2027 年的放假安排还没有载入，这个期限是暂定的。",)


def test_stopped_clock_counts_nothing(on) -> None:
    on(at(10))
    made = clock(at(14, 18), calendars().national, paused=True)
    assert (made.left, made.cells, made.notes) == ("已停钟", (), ())


def test_no_deadline_has_no_clock() -> None:
    assert clock(None, calendars().national) is None


def test_big_row_has_numbers_and_a_heading(on) -> None:
    on(at(10))
    drawn = Template("{% load gongjiang %}{% clock due big=True %}").render(Context({"due": at(14, 18)}))
    assert '<h2 class="left">还剩 3 个工作日</h2>' in drawn
    assert '<li class="">12<small>班</small></li><li class="off">13<small>休</small></li>' in drawn
