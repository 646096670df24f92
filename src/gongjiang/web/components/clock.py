"""A deadline in one sentence and a row of days: past filled, today bold, due red, hatched what is not worked."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from gongjiang.kernel.calendar.days import (
    ONE,
    Calendar,
    DayKind,
    each_day,
    is_working,
    kind_of,
    missing_year,
    working_days_between,
)

from .wording import day as day_word
from .wording import moment, weekday

SOON = 2  # working days left up to which a deadline is coloured
CELLS = 12


@dataclass(frozen=True)
class Cell:
    """One day of the row. `mark` is "due", "today", "off", "past" or "" (still to come)."""

    mark: str
    number: int
    label: str


@dataclass(frozen=True)
class Clock:
    """`left` is the sentence, `by` the deadline itself, `tone` "", "soon" or "late", `cells` one mark a day.

    `notes` say what a reader could not guess: a make-up day that counts, a year that is not known yet.
    """

    left: str
    by: str
    tone: str
    cells: tuple[Cell, ...]
    notes: tuple[str, ...] = ()


def clock(
    due: dt.datetime | None, calendar: Calendar, *, since: dt.datetime | None = None, paused: bool = False
) -> Clock | None:
    """What to say about a deadline now, in the working days of this calendar; None where there is none."""
    if due is None:
        return None
    now = timezone.now()
    today, last = timezone.localdate(now), timezone.localdate(due)
    if paused:
        by = gettext("by %(moment)s") % {"moment": moment(due)}
        return Clock(gettext("clock stopped"), by, "", ())
    cells = _cells(calendar, last, timezone.localdate(since) if since else None, today)
    if due < now:
        late = _late(calendar, due, today, last)
        return Clock(late, gettext("was due %(moment)s") % {"moment": moment(due)}, "late", cells)
    left = working_days_between(calendar, today, last)
    return Clock(
        _left(due, today, last, left),
        gettext("by %(moment)s") % {"moment": moment(due)},
        "soon" if left <= SOON else "",
        cells,
        tuple(_notes(calendar, today, last)),
    )


def _left(due: dt.datetime, today: dt.date, last: dt.date, left: int) -> str:
    if last == today:
        return gettext("today until %(time)s") % {"time": timezone.localtime(due).strftime("%H:%M")}
    if left:
        return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}
    days = (last - today).days
    return ngettext("%(n)d day left, not a working day", "%(n)d days left, none a working day", days) % {
        "n": days
    }


def _late(calendar: Calendar, due: dt.datetime, today: dt.date, last: dt.date) -> str:
    if last == today:
        return gettext("overdue since %(time)s today") % {"time": timezone.localtime(due).strftime("%H:%M")}
    late = working_days_between(calendar, last, today)
    if late:
        return ngettext("overdue by %(n)d working day", "overdue by %(n)d working days", late) % {"n": late}
    return gettext("overdue since %(day)s") % {"day": day_word(last)}


def _notes(calendar: Calendar, today: dt.date, last: dt.date) -> list[str]:
    made_up = [day for day in each_day(today, last) if kind_of(calendar, day) == DayKind.MAKEUP]
    notes = [
        gettext("%(day)s is a make-up working day and counts.") % {"day": day_word(day)} for day in made_up
    ]
    missing = missing_year(calendar, today, last)
    if missing is not None:
        said = gettext("The holidays of %(year)d are not loaded yet, so this deadline is provisional.")
        notes.append(said % {"year": missing})
    return notes


def _cells(calendar: Calendar, last: dt.date, since: dt.date | None, today: dt.date) -> tuple[Cell, ...]:
    first = since or today - 2 * ONE
    start, end = min(first, last), max(last, today)
    if (end - start).days + 1 > CELLS:
        start = max(start, min(today, last) - 2 * ONE)
    if (end - start).days + 1 > CELLS:
        return ()
    return tuple(_cell(calendar, day, last, today) for day in each_day(start - ONE, end))


def _cell(calendar: Calendar, day: dt.date, last: dt.date, today: dt.date) -> Cell:
    kind = kind_of(calendar, day)
    if day == last:
        return Cell("due", day.day, pgettext("day", "due"))
    if day == today:
        return Cell("today", day.day, pgettext("day", "today"))
    if not is_working(calendar, day):
        return Cell("off", day.day, pgettext("day", "off"))
    label = pgettext("day", "worked") if kind == DayKind.MAKEUP else weekday(day)
    return Cell("past" if day < today else "", day.day, label)
