"""Which days are worked, and counting over them. Pure: a `Calendar` is a frozen value, a day is a local date."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

ONE = dt.timedelta(days=1)
#: From this day of December on, the notice of the following year decides too: it has moved days since the 29th.
NEXT_NOTICE = (12, 24)


class DayKind(StrEnum):
    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"  # off by a notice of the State Council, weekend days within it included
    MAKEUP = "makeup_day"  # a weekend day that is worked instead
    CLOSED = "closed"  # closed here by a local notice


@dataclass(frozen=True)
class Calendar:
    """What the notices of `years` and the local closures of one place say; every other week is Monday to Friday."""

    years: frozenset[int] = frozenset()
    holidays: frozenset[dt.date] = frozenset()
    makeup_days: frozenset[dt.date] = frozenset()
    closures: frozenset[dt.date] = frozenset()


def kind_of(calendar: Calendar, day: dt.date) -> DayKind:
    """What a day is. A local closure goes before a make-up day."""
    if day in calendar.closures:
        return DayKind.CLOSED
    if day in calendar.makeup_days:
        return DayKind.MAKEUP
    if day in calendar.holidays:
        return DayKind.HOLIDAY
    return DayKind.WEEKEND if day.weekday() > 4 else DayKind.WORKING


def is_working(calendar: Calendar, day: dt.date) -> bool:
    """Whether offices work on that day."""
    return kind_of(calendar, day) in (DayKind.WORKING, DayKind.MAKEUP)


def each_day(after: dt.date, until: dt.date) -> Iterator[dt.date]:
    """The days of (after, until], earliest first."""
    for n in range(1, (until - after).days + 1):
        yield after + n * ONE


def add_working_days(calendar: Calendar, start: dt.date, amount: int) -> dt.date:
    """The `amount`-th working day after `start`, which is not counted itself; `start` for 0. ValueError below 0."""
    if amount < 0:
        raise ValueError(f"cannot count {amount} days")
    day = start
    while amount:
        day += ONE
        amount -= is_working(calendar, day)
    return day


def add_calendar_days(start: dt.date, amount: int) -> dt.date:
    """The `amount`-th day after `start`, which is not counted itself. ValueError below 0."""
    if amount < 0:
        raise ValueError(f"cannot count {amount} days")
    return start + amount * ONE


def working_days_between(calendar: Calendar, start: dt.date, end: dt.date) -> int:
    """How many working days (start, end] holds; negative where `end` lies before `start`."""
    if end < start:
        return -working_days_between(calendar, end, start)
    return sum(is_working(calendar, day) for day in each_day(start, end))


def missing_year(calendar: Calendar, start: dt.date, end: dt.date) -> int | None:
    """The first year whose notice is needed for [start, end] and not loaded; None where every day is settled."""
    last = end.year + ((end.month, end.day) >= NEXT_NOTICE)
    return next((year for year in range(start.year, last + 1) if year not in calendar.years), None)
