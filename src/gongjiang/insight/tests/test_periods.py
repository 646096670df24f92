"""Periods as people write them."""

import datetime as dt

import pytest

from gongjiang.insight.periods import Period, kept, parse


@pytest.mark.parametrize(
    ("text", "start", "until", "previous"),
    [
        ("2024", dt.date(2024, 1, 1), dt.date(2025, 1, 1), "2023"),
        ("2024-Q1", dt.date(2024, 1, 1), dt.date(2024, 4, 1), "2023-Q4"),
        ("2024-12", dt.date(2024, 12, 1), dt.date(2025, 1, 1), "2024-11"),
    ],
)
def test_period_has_its_days_and_its_predecessor(text, start, until, previous):
    period = parse(text)
    assert (period.start, period.until, period.previous.code, period.code) == (start, until, previous, text)


@pytest.mark.parametrize(
    "text", ["24", "2024-13", "2024-Q5", "2024-1", "２０２４", "2024-06-01", "next year"]
)
def test_period_written_otherwise_is_refused(text):
    with pytest.raises(ValueError, match=text):
        parse(text)


def test_running_period_stands_at_today_and_a_finished_one_at_its_end():
    today = dt.date(2026, 11, 20)
    assert [parse(p).day(today) for p in ("2026", "2025", "2026-11")] == [today, dt.date(2025, 12, 31), today]
    assert [parse(p).runs(today) for p in ("2026", "2025", "2026-10")] == [True, False, False]


def test_kept_periods_reach_from_five_years_back_to_today():
    periods = kept(dt.date(2026, 11, 20))
    assert [len([p for p in periods if p.kind == kind]) for kind in ("year", "quarter", "month")] == [
        6,
        24,
        71,
    ]
    assert periods[-1] == Period("month", dt.date(2026, 11, 1))
