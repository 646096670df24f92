"""When a clock is due: reckoned anew, and written down when it is missed."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.calendar.deadlines import ZONE, Due, Rule, deadline
from gongjiang.kernel.calendar.deadlines import Pause as Interval
from gongjiang.kernel.calendar.read import Calendars, calendars, stamp_of

from ..models import Clock, DeadlineRule, Pause, Reckoned, Why
from .running import still
from .writing import hold, mirror, write

BATCH = 5000


@dataclass(frozen=True)
class Recalculated:
    """What a recalculation did: how many open clocks it read, and how many are due at another moment now."""

    read: int
    moved: int


def breach(now: datetime | None = None) -> int:
    """Write down which running clocks have missed their deadline; returns how many are new.

    The moment written is the deadline's, so that it does not matter when this runs or how often.
    """
    now = now or timezone.now()
    late = Clock.objects.filter(Q(due_at__lt=now, stopped_at=None, breached_at=None) & ~Exists(still()))
    return late.update(breached_at=F("due_at"))


def recalculate(years: Iterable[int] | None = None, *, note: str = "") -> Recalculated:
    """Reckon the open clocks anew, after the calendar has changed: of these years, or all.

    Every batch is a transaction of its own that holds its cases; killed, it goes on where it is called again, for
    what is right already does not change. The old moment and the reason stay on record. A breach that the calendar
    itself takes back, because a day turns out not to have been worked, is taken back.
    """
    open_ones = Clock.objects.filter(stopped_at=None).exclude(rule=None)
    if years is not None:
        wanted = sorted(years)
        if not wanted:
            return Recalculated(0, 0)
        first = timezone.make_aware(datetime(wanted[0], 1, 1), ZONE) - timedelta(days=10)
        last = timezone.make_aware(datetime(wanted[-1] + 1, 1, 1), ZONE)
        open_ones = open_ones.filter(Q(provisional=True) | Q(due_at__gte=first, started_at__lt=last))
    keys = list(open_ones.order_by("case", "pk").values_list("pk", flat=True))
    known = calendars()
    reckon = _reckoner(known)
    moved = 0
    at = timezone.now()
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        with transaction.atomic():
            cases = set(Clock.objects.filter(pk__in=some, case__isnull=False).values_list("case", flat=True))
            hold(cases)
            of = Clock.objects.filter(pk__in=some, stopped_at=None)
            moved += _reckon(of, Why.CALENDAR, note, at, known, reckon)
            mirror(cases)
    return Recalculated(len(keys), moved)


def keep_up() -> Recalculated | None:
    """What the worker does every few minutes: reckon anew if the calendar has changed, then note what is late."""
    stamp = stamp_of(calendars())
    known = Reckoned.objects.first()
    done = None
    if known is None or known.stamp != stamp:
        done = recalculate(note=_("holidays or closures were loaded"))
        Reckoned.objects.update_or_create(
            pk=known.pk if known else 1, defaults={"stamp": stamp, "at": timezone.now()}
        )
    breach()
    return done


Reckoner = Callable[[Rule, date, str], Due]


def _reckoner(known: Calendars) -> Reckoner:
    """Reckons by rule, first day and region; what was reckoned once is kept. For clocks that never stood still."""
    local = cache(known.at)

    @cache
    def reckon(rule: Rule, day: date, region: str) -> Due:
        return deadline(rule, datetime.combine(day, time.min, ZONE), local(region))

    return reckon


def _reckon(
    clocks: "QuerySet[Clock]",
    why: str,
    note: str,
    at: datetime,
    known: Calendars,
    reckon: Reckoner,
) -> int:
    """Reckon these clocks anew and write what differs; returns how many are due at another moment."""
    rows = list(
        clocks.annotate(more=Coalesce(Sum("extensions__days"), 0))
        .order_by("pk")
        .values_list("pk", "rule", "region", "started_at", "first_due_at", "due_at", "provisional", "more")
    )
    if not rows:
        return 0
    rules = {
        key: row.rule()
        for key, row in DeadlineRule.objects.in_bulk({row[1] for row in rows if row[1] is not None}).items()
    }
    pauses: dict[int, list[Interval]] = defaultdict(list)
    for key, since, until in Pause.objects.filter(clock__in=[row[0] for row in rows]).values_list(
        "clock", "since", "until"
    ):
        pauses[key].append(Interval(since, until or at))
    changed = []
    for key, rule, region, started, first, due, provisional, more in rows:
        stood = pauses.get(key, [])
        if rule is None:
            new = Due(first + timedelta(days=_days_of(stood)))
        else:
            longer = replace(rules[rule], amount=rules[rule].amount + more)
            new = (
                deadline(longer, started, known.at(region), stood)
                if stood
                else reckon(longer, started.astimezone(ZONE).date(), region)
            )
        if (new.at, new.provisional) != (due, provisional):
            changed.append((key, new.at, new.provisional))
    write(changed, why, note, at)
    before = {row[0]: row[5] for row in rows}
    return sum(before[key] != new_at for key, new_at, _provisional in changed)


def reckon_now(clocks: "QuerySet[Clock]", why: str, note: str, at: datetime) -> int:
    """`_reckon` by the calendar as it is loaded now."""
    known = calendars()
    return _reckon(clocks, why, note, at, known, _reckoner(known))


def _days_of(intervals: Iterable[Interval]) -> int:
    """How many local days these intervals cover, each day once."""
    days: set[date] = set()
    for each in intervals:
        since, until = (t.astimezone(ZONE).date() for t in (each.since, each.until))
        days.update(since + timedelta(days=n) for n in range((until - since).days))
    return len(days)
