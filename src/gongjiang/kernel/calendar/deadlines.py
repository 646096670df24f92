"""Deadlines: a rule, a start, pauses → the moment by which something is due. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

from .days import ONE, Calendar, is_working, missing_year

ZONE = ZoneInfo("Asia/Shanghai")


class CountedIn(StrEnum):
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


class EndsAt(StrEnum):
    """The end of the last day: of office hours, or of the day itself."""

    OFFICE = "18:00"
    MIDNIGHT = "24:00"


_TIMES = {EndsAt.OFFICE: dt.time(18), EndsAt.MIDNIGHT: dt.time.max}


@dataclass(frozen=True)
class Rule:
    """How long something may take. `amount` ≥ 1.

    counts_first_day  the day of the start counts as the first; civil law does not count it
    rolls_forward     ending on a day that is not worked, it ends on the next one that is; meant for calendar days
    """

    amount: int
    counted_in: CountedIn
    ends_at: EndsAt
    counts_first_day: bool = False
    rolls_forward: bool = False

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a deadline is at least one day away")


@dataclass(frozen=True)
class Pause:
    """The clock stands still on the local days [since, until); ended within the day it began, it stops nothing."""

    since: dt.datetime
    until: dt.datetime

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise ValueError("a pause ends before it begins")


@dataclass(frozen=True)
class Due:
    """`at` is the last moment in time. `rolled_from` is the day a roll-forward started from, so that it is said.

    A `missing_year` makes the deadline provisional: the notice of that year is not loaded.
    """

    at: dt.datetime
    rolled_from: dt.date | None = None
    missing_year: int | None = None

    @property
    def provisional(self) -> bool:
        return self.missing_year is not None


def deadline(rule: Rule, start: dt.datetime, calendar: Calendar, pauses: Iterable[Pause] = ()) -> Due:
    """When something that began at `start` (aware) is due. Days under several pauses are left out once."""
    first = start.astimezone(ZONE).date()
    stopped = {day for pause in pauses for day in _days(pause)}

    def counts(day: dt.date) -> bool:
        in_days = rule.counted_in == CountedIn.CALENDAR_DAY
        return day not in stopped and (in_days or is_working(calendar, day))

    day, left = first - ONE if rule.counts_first_day else first, rule.amount
    while left:
        day += ONE
        left -= counts(day)
    ends = day
    while rule.rolls_forward and (day in stopped or not is_working(calendar, day)):
        day += ONE
    return Due(
        dt.datetime.combine(day, _TIMES[rule.ends_at], ZONE),
        rolled_from=ends if day != ends else None,
        missing_year=missing_year(calendar, first, day),
    )


def _days(pause: Pause) -> Iterable[dt.date]:
    since, until = (at.astimezone(ZONE).date() for at in (pause.since, pause.until))
    return (since + n * ONE for n in range((until - since).days))
