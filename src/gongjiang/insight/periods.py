"""Periods: years, quarters and months, as people write them: 2026, 2026-Q3, 2026-11."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import pgettext

from .models import PeriodKind

YEARS_KEPT = 5  # before the current one; older periods are counted when asked


@dataclass(frozen=True)
class Period:
    """A calendar year, quarter or month: half-open [start, until)."""

    kind: str
    start: dt.date

    @property
    def until(self) -> dt.date:
        months = {PeriodKind.YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}[PeriodKind(self.kind)]
        return _months_after(self.start, months)

    @property
    def previous(self) -> "Period":
        return Period(self.kind, Period(self.kind, _months_after(self.start, -1)).beginning)

    @property
    def beginning(self) -> dt.date:
        """The first day of the period of this kind in which `start` lies."""
        if self.kind == PeriodKind.YEAR:
            return self.start.replace(month=1, day=1)
        if self.kind == PeriodKind.QUARTER:
            return self.start.replace(month=(self.start.month - 1) // 3 * 3 + 1, day=1)
        return self.start.replace(day=1)

    def day(self, today: dt.date) -> dt.date:
        """The day that as-of figures stand at: the last of the period, or today while it runs."""
        return min(self.until - dt.timedelta(days=1), today)

    def runs(self, today: dt.date) -> bool:
        """Whether the period is not over yet."""
        return self.until > today

    def months(self) -> "list[Period]":
        """The months of a year or quarter; a month itself."""
        found, month = [], Period(PeriodKind.MONTH, self.start)
        while month.start < self.until:
            found.append(month)
            month = Period(PeriodKind.MONTH, month.until)
        return found

    @property
    def code(self) -> str:
        """As in an address: 2026, 2026-Q3, 2026-11."""
        if self.kind == PeriodKind.YEAR:
            return f"{self.start.year}"
        if self.kind == PeriodKind.QUARTER:
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return f"{self.start:%Y-%m}"

    @property
    def label(self) -> str:
        """As a person reads it: 2026年, 2026年第3季度, 2026年11月."""
        if self.kind == PeriodKind.YEAR:
            return pgettext("period", "%(year)s") % {"year": self.start.year}
        if self.kind == PeriodKind.QUARTER:
            words = pgettext("period", "quarter %(quarter)s of %(year)s")
            return words % {"year": self.start.year, "quarter": (self.start.month + 2) // 3}
        return pgettext("period", "%(month)s/%(year)s") % {"year": self.start.year, "month": self.start.month}


def _months_after(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)


def parse(text: str) -> Period:
    """The period written as 2026, 2026-Q3 or 2026-11. Raises ValueError on anything else."""
    if match := re.fullmatch(r"(20\d\d|19\d\d)", text):
        return Period(PeriodKind.YEAR, dt.date(int(match[1]), 1, 1))
    if match := re.fullmatch(r"(20\d\d|19\d\d)-[Qq]([1-4])", text):
        return Period(PeriodKind.QUARTER, dt.date(int(match[1]), int(match[2]) * 3 - 2, 1))
    if match := re.fullmatch(r"(20\d\d|19\d\d)-(0[1-9]|1[0-2])", text):
        return Period(PeriodKind.MONTH, dt.date(int(match[1]), int(match[2]), 1))
    raise ValueError(text)


def this_year(today: dt.date | None = None) -> Period:
    """The year that runs."""
    return Period(PeriodKind.YEAR, (today or timezone.localdate()).replace(month=1, day=1))


def kept(today: dt.date) -> list[Period]:
    """The periods whose cells are stored, up to the one that holds today."""
    first = dt.date(today.year - YEARS_KEPT, 1, 1)
    found = []
    for kind in PeriodKind.values:
        period = Period(kind, first)
        while period.start <= today:
            found.append(period)
            period = Period(kind, period.until)
    return found
