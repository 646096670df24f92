"""Clocks: time limits that run, stand still, are extended, met or missed. Everything here is over sets.

Nothing else writes clocks, and `due_at` of cases, turns and tasks is written here alone: it mirrors the nearest
clock that runs, and is empty while all of them stand still.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.calendar.deadlines import ZONE, Due, Rule, deadline
from gongjiang.kernel.calendar.deadlines import Pause as Interval
from gongjiang.kernel.calendar.read import Calendars, calendars, stamp_of

from .deadlines import Limit, limits
from .flow import Batch, Effect, Forbidden, Reason, Refused
from .models import Case, Clock, DeadlineRule, Extension, Pause, Reckoned, Turn, Why

BATCH = 5000


@dataclass(frozen=True)
class Recalculated:
    """What a recalculation did: how many open clocks it read, and how many are due at another moment now."""

    read: int
    moved: int


def begin(
    cases: Sequence[Case],
    event: str,
    at: datetime,
    *,
    turns: Mapping[int, Turn] | None = None,
    fixed: Mapping[int, datetime] | None = None,
    given: Mapping[int, Limit] | None = None,
) -> None:
    """Start a clock for each case that has a limit: a moment of its own in `fixed`, or what the rule in force gives.

    turns  case key → the turn that the clock measures
    given  limits found before, so that they are not asked for again
    """
    if not cases:
        return
    fixed = fixed or {}
    found = given if given is not None else limits(cases[0].flow, event, cases, at)
    started = []
    for case in cases:
        turn = (turns or {}).get(case.pk)
        if case.pk in fixed:
            due = Due(fixed[case.pk])
            started.append(_clock(event, at, due, case=case, turn=turn))
        elif case.pk in found:
            limit = found[case.pk]
            started.append(
                _clock(event, at, limit.due, case=case, turn=turn, rule=limit.rule, region=limit.region)
            )
    if started:
        Clock.objects.bulk_create(started)
        mirror([c.case_id for c in started if c.case_id is not None])


def begin_for_task(task: models.Model, due_at: datetime, at: datetime) -> None:
    """Start the clock of a task, whose moment whoever asks sets."""
    _clock("task", at, Due(due_at), task=task).save(force_insert=True)


def move_task(task: int, due_at: datetime, note: str, at: datetime) -> None:
    """Move the deadline of a task's running clock; the first one stays on record."""
    for key in Clock.objects.filter(task=task, stopped_at=None).values_list("pk", flat=True):
        _write([(key, due_at, False)], Why.EXTENSION, note, at)


def _clock(event: str, at: datetime, due: Due, **of: Any) -> Clock:
    return Clock(
        event=event,
        started_at=at,
        due_at=due.at,
        first_due_at=due.at,
        provisional=due.provisional,
        **of,
    )


def starts(event: str) -> Effect:
    """Effect: a clock of this name begins, by the rule that goes by it. For time limits beside that of the turn."""

    def effect(batch: Batch) -> None:
        begin(batch.cases, event, batch.at)

    return effect


def stops(event: str) -> Effect:
    """Effect: the clock of this name stops: what it asked for has been done."""

    def effect(batch: Batch) -> None:
        stop(Clock.objects.filter(case__in=[c.pk for c in batch.cases], event=event), batch.at)

    return effect


def stop(clocks: "QuerySet[Clock]", at: datetime) -> None:
    """Stop those of the clocks that still run. One that is past its deadline stays breached; open pauses end."""
    running = list(clocks.filter(stopped_at=None).values_list("pk", "case"))
    if not running:
        return
    keys = [key for key, _case in running]
    Clock.objects.filter(pk__in=keys).update(
        stopped_at=at,
        breached_at=models.Case(
            When(Q(breached_at=None, due_at__lt=at) & ~Exists(_standing()), then=F("due_at")),
            default=F("breached_at"),
        ),
    )
    Pause.objects.filter(clock__in=keys, until=None).update(until=at)
    mirror([case for _key, case in running if case is not None])


def _standing() -> "QuerySet[Pause]":
    """The open pause that keeps a clock from being late: it began before the deadline."""
    return Pause.objects.filter(clock=OuterRef("pk"), until=None, since__lte=OuterRef("due_at"))


def pause(
    cases: Collection[int],
    *,
    reason: str,
    sender: str,
    actor: Actor | None = None,
    at: datetime | None = None,
) -> int:
    """Let every running clock of these cases stand still; returns how many there are.

    sender  who or what asks for it, e.g. "objection:17"; asking twice is asking once
    """
    at = at or timezone.now()
    with transaction.atomic():
        _hold(cases)
        running = Clock.objects.filter(case__in=cases, stopped_at=None).values_list("pk", flat=True)
        stopped = Pause.objects.bulk_create(
            [
                Pause(
                    clock_id=key,
                    reason=reason,
                    sender=sender,
                    since=at,
                    user_id=actor.user if actor else None,
                )
                for key in running
            ],
            ignore_conflicts=True,
        )
        mirror(cases)
    return len(stopped)


def resume(cases: Collection[int], *, sender: str, at: datetime | None = None) -> int:
    """End what this sender paused; returns how many clocks run on. Others' pauses go on, and their days count once."""
    at = at or timezone.now()
    with transaction.atomic():
        _hold(cases)
        open_ones = Pause.objects.filter(clock__case__in=cases, sender=sender, until=None)
        keys = set(open_ones.values_list("clock", flat=True))
        open_ones.update(until=at)
        still = set(Pause.objects.filter(clock__in=keys, until=None).values_list("clock", flat=True))
        _reckon_now(Clock.objects.filter(pk__in=keys - still, stopped_at=None), Why.PAUSE, sender, at)
        mirror(cases)
    return len(keys - still)


def extend(clock: Clock, days: int, *, reason: str, actor: Actor) -> Clock:
    """Give a running clock more days, counted as its rule counts; the first deadline stays on record.

    Raises Forbidden for whoever does not hold the approving role over the case, and Refused with the reason where
    the rule allows no extension or fewer days, the deadline has passed, or no reason is given.
    """
    with transaction.atomic():
        _hold([clock.case_id] if clock.case_id is not None else [])
        now = Clock.objects.select_for_update(of=("self",)).select_related("rule", "case").get(pk=clock.pk)
        rule, case = now.rule, now.case
        if rule is None or case is None or rule.extension_limit is None:
            raise Refused({now.pk: [Reason(_("This deadline allows no extension."))]})
        if not any(case.path.startswith(g.path) for g in actor.held(rule.extension_role)):
            raise Forbidden
        used = now.extensions.aggregate(days=Coalesce(Sum("days"), 0))["days"]
        left = rule.extension_limit - used
        at = timezone.now()
        against = []
        if now.stopped_at is not None or now.breached_at is not None or now.due_at < at:
            against.append(Reason(_("The deadline has passed; it cannot be extended any more.")))
        if not 1 <= days <= left:
            against.append(
                Reason(
                    _("At most %(left)s days are possible; the rule allows %(limit)s altogether.")
                    % {"left": left, "limit": rule.extension_limit},
                    field="days",
                )
            )
        if not reason.strip():
            against.append(Reason(_("Please fill this in."), field="reason"))
        if against:
            raise Refused({now.pk: against})
        Extension.objects.create(clock=now, days=days, reason=reason.strip(), user_id=actor.user, at=at)  # type: ignore[misc]
        _reckon_now(Clock.objects.filter(pk=now.pk), Why.EXTENSION, reason.strip(), at)
        mirror([case.pk])
        now.refresh_from_db()
    return now


def breach(now: datetime | None = None) -> int:
    """Write down which running clocks have missed their deadline; returns how many are new.

    The moment written is the deadline's, so that it does not matter when this runs or how often.
    """
    now = now or timezone.now()
    late = Clock.objects.filter(Q(due_at__lt=now, stopped_at=None, breached_at=None) & ~Exists(_standing()))
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
            _hold(cases)
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
    _write(changed, why, note, at)
    before = {row[0]: row[5] for row in rows}
    return sum(before[key] != new_at for key, new_at, _provisional in changed)


def _reckon_now(clocks: "QuerySet[Clock]", why: str, note: str, at: datetime) -> int:
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


def _write(changed: Sequence[tuple[int, datetime, bool]], why: str, note: str, at: datetime) -> None:
    if not changed:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH new AS (SELECT * FROM unnest(%s::bigint[], %s::timestamptz[], %s::boolean[]) AS n (id, due, open)),
            logged AS (
              INSERT INTO lifecycle_moved (clock_id, before, after, why, note, at)
              SELECT k.id, k.due_at, new.due, %s, %s, %s FROM lifecycle_clock k JOIN new USING (id)
              WHERE k.due_at <> new.due)
            UPDATE lifecycle_clock k SET due_at = new.due, provisional = new.open,
              breached_at = CASE WHEN k.breached_at < new.due THEN NULL ELSE k.breached_at END
            FROM new WHERE k.id = new.id
            """,
            [*map(list, zip(*changed, strict=True)), why, note, at],
        )


def _hold(cases: Collection[int]) -> None:
    """Lock these cases in the order in which everybody locks them."""
    if cases:
        list(
            Case.objects.filter(pk__in=list(cases))
            .select_for_update(of=("self",))
            .order_by("pk")
            .values_list("pk")
        )


def mirror(cases: Iterable[int]) -> None:
    """Bring `due_at` of these cases, and of their live turns, in line with their running clocks."""
    keys = sorted(set(cases))
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH running AS (
              SELECT k.case_id, k.turn_id, k.due_at, EXISTS (
                SELECT 1 FROM lifecycle_pause p WHERE p.clock_id = k.id AND p.until IS NULL) AS stands
              FROM lifecycle_clock k WHERE k.case_id = ANY (%s) AND k.stopped_at IS NULL),
            turns AS (
              UPDATE lifecycle_turn t SET due_at = CASE WHEN r.stands THEN NULL ELSE r.due_at END FROM running r
              WHERE r.turn_id = t.id
                AND t.due_at IS DISTINCT FROM CASE WHEN r.stands THEN NULL ELSE r.due_at END)
            UPDATE lifecycle_case c SET due_at = n.due FROM (
              SELECT x.id, min(r.due_at) FILTER (WHERE NOT r.stands) AS due
              FROM unnest(%s::bigint[]) AS x (id) LEFT JOIN running r ON r.case_id = x.id GROUP BY x.id) n
            WHERE c.id = n.id AND c.due_at IS DISTINCT FROM n.due
            """,
            [keys, keys],
        )
