"""A deadline in one sentence and a row of days: past filled, today bold, due red."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from .wording import moment

SOON = 2  # days left from which a deadline is coloured
CELLS = 12


@dataclass(frozen=True)
class Clock:
    """`left` is the sentence, `by` the deadline itself, `tone` "", "soon" or "late", `cells` one mark a day."""

    left: str
    by: str
    tone: str
    cells: tuple[str, ...]


def days_left(due: dt.datetime, now: dt.datetime) -> int:
    """Calendar days between the two local dates; negative when overdue."""
    return (timezone.localtime(due).date() - timezone.localtime(now).date()).days


def clock(due: dt.datetime | None, *, since: dt.datetime | None = None, paused: bool = False) -> Clock | None:
    """What to say about a deadline now; None where there is none."""
    if due is None:
        return None
    now = timezone.now()
    left = days_left(due, now)
    by = gettext("by %(moment)s") % {"moment": moment(due)}
    if paused:
        return Clock(gettext("clock stopped"), by, "", ())
    if due < now:
        late = max(-left, 0)
        sentence = (
            ngettext("overdue by %(n)d day", "overdue by %(n)d days", late) % {"n": late}
            if late
            else gettext("overdue since %(time)s today") % {"time": timezone.localtime(due).strftime("%H:%M")}
        )
        return Clock(
            sentence, gettext("was due %(moment)s") % {"moment": moment(due)}, "late", _cells(due, since, now)
        )
    if left == 0:
        sentence = gettext("today until %(time)s") % {"time": timezone.localtime(due).strftime("%H:%M")}
    else:
        sentence = ngettext("%(n)d day left", "%(n)d days left", left) % {"n": left}
    return Clock(sentence, by, "soon" if left <= SOON else "", _cells(due, since, now))


def _cells(due: dt.datetime, since: dt.datetime | None, now: dt.datetime) -> tuple[str, ...]:
    today, last = timezone.localtime(now).date(), timezone.localtime(due).date()
    first = timezone.localtime(since).date() if since else today - dt.timedelta(days=2)
    start, end = min(first, last), max(last, today)
    if (end - start).days + 1 > CELLS:
        start = max(start, min(today, last) - dt.timedelta(days=2))
    if (end - start).days + 1 > CELLS:
        return ()
    days = (start + dt.timedelta(days=n) for n in range((end - start).days + 1))
    return tuple(
        "due" if d == last else "today" if d == today else "past" if d < today else "next" for d in days
    )
