"""The golden vectors, and the counting against an independent calculator over the published 2020–2026 calendars."""

import datetime as dt
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjiang.kernel.calendar import notices
from gongjiang.kernel.calendar.days import (
    Calendar,
    DayKind,
    add_calendar_days,
    add_working_days,
    is_working,
    kind_of,
    missing_year,
    working_days_between,
)
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Pause, Rule, deadline

CHINA = ZoneInfo("Asia/Shanghai")
ROWS = [row for year, rows in notices.by_notice().items() if 2020 <= year <= 2026 for row in rows]
KNOWN = Calendar(
    frozenset(range(2020, 2027)),
    frozenset(day for day, kind, *_ in ROWS if kind == "holiday"),
    frozenset(day for day, kind, *_ in ROWS if kind == "makeup_day"),
)
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2026, 9, 30))


def at(day: str, hour: int = 9) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour), CHINA)


def working(amount: int, **more: bool) -> Rule:
    return Rule(amount, CountedIn.WORKING_DAY, EndsAt.OFFICE, **more)


def in_days(amount: int, **more: bool) -> Rule:
    return Rule(amount, CountedIn.CALENDAR_DAY, EndsAt.MIDNIGHT, **more)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2024-09-27", 5, "2024-10-10"),
        ("2024-09-27", 14, "2024-10-22"),
        ("2024-09-27", 15, "2024-10-23"),
        ("2024-09-30", 5, "2024-10-12"),
        ("2024-09-30", 14, "2024-10-24"),
        ("2024-09-13", 5, "2024-09-23"),
        ("2024-09-13", 14, "2024-10-10"),
    ],
)
def test_golden_working_days(start: str, amount: int, due: str) -> None:
    found = deadline(working(amount), at(start), KNOWN)
    assert (found.at, found.rolled_from, found.provisional) == (at(due, 18), None, False)


def test_golden_calendar_days_end_inside_the_holiday() -> None:
    found = deadline(in_days(7), at("2024-09-27"), KNOWN)
    assert (found.at.date(), found.rolled_from) == (dt.date(2024, 10, 4), None)


def test_roll_forward_is_said() -> None:
    found = deadline(in_days(7, rolls_forward=True), at("2024-09-27"), KNOWN)
    assert (found.at.date(), found.rolled_from) == (dt.date(2024, 10, 8), dt.date(2024, 10, 4))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2024-09-29", DayKind.MAKEUP),
        ("2024-10-12", DayKind.MAKEUP),
        ("2024-10-05", DayKind.HOLIDAY),
        ("2024-10-13", DayKind.WEEKEND),
        ("2024-10-14", DayKind.WORKING),
        ("2023-12-30", DayKind.HOLIDAY),
        ("2020-02-01", DayKind.HOLIDAY),
    ],
)
def test_kind_of_a_day(day: str, kind: DayKind) -> None:
    assert kind_of(KNOWN, dt.date.fromisoformat(day)) == kind


def test_closure_goes_before_a_makeup_day() -> None:
    day = dt.date(2024, 10, 12)
    closed = Calendar(KNOWN.years, KNOWN.holidays, KNOWN.makeup_days, frozenset({day}))
    assert kind_of(closed, day) == DayKind.CLOSED
    assert deadline(working(5), at("2024-09-30"), closed).at == at("2024-10-14", 18)


def test_first_day_counts_where_the_rule_says_so() -> None:
    assert deadline(working(1, counts_first_day=True), at("2024-10-14"), KNOWN).at == at("2024-10-14", 18)
    assert deadline(working(1, counts_first_day=True), at("2024-10-13"), KNOWN).at == at("2024-10-14", 18)


def test_day_ends_at_the_hour_of_the_rule() -> None:
    office, midnight = (Rule(1, CountedIn.WORKING_DAY, end) for end in EndsAt)
    assert deadline(office, at("2024-10-14"), KNOWN).at == at("2024-10-15", 18)
    assert deadline(midnight, at("2024-10-14"), KNOWN).at == dt.datetime.combine(
        dt.date(2024, 10, 15), dt.time.max, CHINA
    )


def test_start_is_a_day_of_china() -> None:
    late = dt.datetime(2024, 10, 14, 17, 0, tzinfo=dt.UTC)  # 15 October, 01:00 in China
    assert deadline(working(1), late, KNOWN).at == at("2024-10-16", 18)


def test_overlapping_pauses_count_once() -> None:
    once = [Pause(at("2024-09-25"), at("2024-09-27"))]
    twice = [*once, Pause(at("2024-09-24"), at("2024-09-26")), Pause(at("2024-09-26"), at("2024-09-26", 17))]
    due = [deadline(working(5), at("2024-09-20"), KNOWN, pauses).at.date() for pauses in ([], once, twice)]
    assert due == [dt.date(2024, 9, 27), dt.date(2024, 9, 30), dt.date(2024, 10, 8)]
    # 23, 24, then the make-up Sunday 29: two days were stopped; with 24 stopped too, the count ends on 8 October


def test_pause_over_a_holiday_costs_only_what_was_worked() -> None:
    pause = Pause(at("2024-09-30"), at("2024-10-08"))
    assert deadline(working(1), at("2024-09-29"), KNOWN, [pause]).at == at("2024-10-08", 18)


@pytest.mark.parametrize(
    ("start", "end", "missing"),
    [
        ("2026-11-20", "2026-12-23", None),
        ("2026-11-20", "2026-12-24", 2027),
        ("2026-12-01", "2027-01-05", 2027),
        ("2019-12-30", "2020-01-02", 2019),
        ("2023-12-20", "2024-01-05", None),
    ],
)
def test_deadline_beyond_the_notices_is_provisional(start: str, end: str, missing: int | None) -> None:
    assert missing_year(KNOWN, dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == missing


def test_unknown_year_is_reckoned_by_the_week() -> None:
    found = deadline(working(3), at("2027-09-30"), KNOWN)
    assert (found.at, found.missing_year) == (at("2027-10-05", 18), 2027)


@pytest.mark.parametrize("make", [lambda: working(0), lambda: Pause(at("2024-10-02"), at("2024-10-01"))])
def test_nonsense_is_refused(make) -> None:
    with pytest.raises(ValueError, match=r"deadline|pause"):
        make()


@pytest.mark.parametrize(
    "add", [lambda d: add_working_days(KNOWN, d, -1), lambda d: add_calendar_days(d, -1)]
)
def test_days_are_not_counted_backwards(add) -> None:
    with pytest.raises(ValueError, match="cannot count"):
        add(dt.date(2024, 1, 1))


def test_every_day_of_seven_years_is_as_published() -> None:
    first, days = dt.date(2020, 1, 1), (dt.date(2026, 12, 31) - dt.date(2020, 1, 1)).days + 1
    every = [first + dt.timedelta(n) for n in range(days)]
    assert [d for d in every if is_working(KNOWN, d) != chinese_calendar.is_workday(d)] == []


@settings(max_examples=1500, deadline=None)
@given(
    start=st.dates(dt.date(2020, 1, 1), dt.date(2026, 6, 10)),
    amount=st.integers(1, 60),
    counted_in=st.sampled_from(CountedIn),
    counts_first=st.booleans(),
    rolls=st.booleans(),
    pauses=st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 15)), max_size=4),
)
def test_deadline_equals_a_list_of_days_struck_out(
    start, amount, counted_in, counts_first, rolls, pauses
) -> None:
    """Independent: write out the days, strike what does not count, take the n-th."""
    stretch = [start + dt.timedelta(n) for n in range(200)]
    struck = {start + dt.timedelta(a + i) for a, length in pauses for i in range(length)}
    left = [d for d in stretch if d not in struck and (counts_first or d != start)]
    if counted_in == CountedIn.WORKING_DAY:
        left = [d for d in left if chinese_calendar.is_workday(d)]
    due = left[amount - 1]
    if rolls:
        due = next(d for d in stretch if d >= due and d not in struck and chinese_calendar.is_workday(d))
    given_pauses = [
        Pause(*(dt.datetime.combine(start + dt.timedelta(n), dt.time(8), CHINA) for n in (a, a + length)))
        for a, length in pauses
    ]
    rule = Rule(amount, counted_in, EndsAt.OFFICE, counts_first, rolls)
    began = dt.datetime.combine(start, dt.time(10), CHINA)
    assert deadline(rule, began, KNOWN, given_pauses).at == dt.datetime.combine(due, dt.time(18), CHINA)


@settings(max_examples=500, deadline=None)
@given(DAYS, DAYS)
def test_days_between_equal_the_published_list(one: dt.date, other: dt.date) -> None:
    start, end = sorted((one, other))
    published = len(chinese_calendar.get_workdays(start, end)) - chinese_calendar.is_workday(start)
    assert working_days_between(KNOWN, start, end) == published
    assert working_days_between(KNOWN, end, start) == -published


@given(DAYS, st.integers(0, 90))
def test_adding_and_counting_agree(start: dt.date, amount: int) -> None:
    end = add_working_days(KNOWN, start, amount)
    assert working_days_between(KNOWN, start, end) == amount
    assert add_calendar_days(start, amount) == start + dt.timedelta(days=amount)
