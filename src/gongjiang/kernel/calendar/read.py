"""The loaded calendar as a value. What was built once is kept under the digests of its notices: never stale."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from .days import Calendar
from .models import CalendarYear, Closure, Holiday, HolidayKind

Stamp = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Calendars:
    """The national calendar, and the days closed by the division that closed them."""

    national: Calendar
    closed: Mapping[str, frozenset[dt.date]]
    notices: Stamp = ()

    def at(self, region: str) -> Calendar:
        """The calendar of a division: the national one, less its own closures and those of what it lies in."""
        here = [days for code, days in self.closed.items() if region.startswith(stem(code))]
        return replace(self.national, closures=frozenset().union(*here)) if here else self.national


def calendars() -> Calendars:
    """As loaded now, in two small queries; the days themselves are read when a notice has changed."""
    stamp = tuple(CalendarYear.objects.order_by("year").values_list("year", "digest"))
    closed: dict[str, set[dt.date]] = defaultdict(set)
    for region, day in Closure.objects.values_list("region", "day"):
        closed[region].add(day)
    return Calendars(_national(stamp), {region: frozenset(days) for region, days in closed.items()}, stamp)


def stamp_of(known: Calendars) -> str:
    """A digest that differs where two calendars do."""
    closed = sorted((region, sorted(map(str, days))) for region, days in known.closed.items())
    return hashlib.sha256(repr([known.notices, closed]).encode()).hexdigest()


@lru_cache(maxsize=4)
def _national(stamp: Stamp) -> Calendar:
    years = frozenset(year for year, _digest in stamp)
    days: dict[str, set[dt.date]] = defaultdict(set)
    if years:
        for kind, day in Holiday.objects.filter(notice__year__in=years).values_list("kind", "day"):
            days[kind].add(day)
    return Calendar(years, frozenset(days[HolidayKind.HOLIDAY]), frozenset(days[HolidayKind.MAKEUP_DAY]))


def stem(code: str) -> str:
    """The part of a code that the codes within it share: 140000 → 14, 140400 → 1404."""
    for width in (2, 4):
        if len(code) == 6 and code.endswith("0" * (6 - width)):
            return code[:width]
    return code
