"""From what was committed to notices: the outbox's reader "notices". Runs in the worker, set-wise, in short rounds.

Notices, their deliveries and the position are written in one transaction: killed anywhere, the same changes are read
again and `once` adds nothing. What was loaded in bulk is news to nobody, nor is what happened before the first round
or longer ago than `NEWS`.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Model, Q
from django.utils import timezone

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Participant, Turn
from gongjiang.kernel.lifecycle.states import PHASE_OF, State
from gongjiang.kernel.outbox import reading as outbox
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review.models import Seat
from gongjiang.kernel.tasks.models import Task, TaskEvent
from gongjiang.kernel.tasks.rules import DOING

from .channels import configured
from .models import SENT_OUTSIDE, Delivery, Mark, Notice, NoticeKind, Refusal

READER = "notices"
NEWS = dt.timedelta(days=30)
CHUNK = 2_000  # cases at a time


@dataclass(frozen=True)
class Drained:
    """What one round did."""

    cases: int = 0
    notices: int = 0


def drain() -> Drained:
    """Write the notices of everything that was committed since the last round. Two drains never run at once."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('notices.drain'))")
            if not cursor.fetchone()[0]:
                return Drained()
        mark, now = Mark.objects.filter(pk=1).first(), _snapshot()
        if mark is None or not _follows(mark.position, now):  # the first round, or on another server
            _stand(now, timezone.now())
            return Drained()
        changed = {source: _changed(source, mark.position, now) for source in SOURCES}
        if not any(changed.values()):
            return Drained()
        since = max(mark.since, timezone.now() - NEWS)
        made = 0
        for source, keys in changed.items():
            if outbox.EVERYTHING in keys:
                continue  # what waits after a load, the work list says
            listed = sorted(keys)
            made += sum(SOURCES[source](listed[n : n + CHUNK], since) for n in range(0, len(listed), CHUNK))
        _stand(now, mark.since)
    return Drained(len(changed[Case] - {outbox.EVERYTHING}), made)


def _snapshot() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return str(cursor.fetchone()[0])


def _follows(position: str, now: str) -> bool:
    """Whether `now` can be the later of two snapshots of one server; xmax never falls."""
    return int(position.split(":")[1]) <= int(now.split(":")[1])


def _changed(source: type[Model], position: str, now: str) -> set[int]:
    """Keys of the rows that were committed between two snapshots; EVERYTHING among them where some were loaded in bulk.

    Unlike reading up to the oldest open transaction, this waits for nobody's long one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT key FROM outbox_change WHERE source = %s AND xid >= pg_snapshot_xmin(%s::pg_snapshot)"
            " AND NOT pg_visible_in_snapshot(xid, %s::pg_snapshot) AND pg_visible_in_snapshot(xid, %s::pg_snapshot)",
            [source._meta.db_table, position, position, now],
        )
        return {key for (key,) in cursor.fetchall()}


def _stand(now: str, since: dt.datetime) -> None:
    """Keep how far was read; the outbox forgets nothing from the oldest transaction on that was open then."""
    Mark.objects.update_or_create(pk=1, defaults={"position": now, "since": since})
    outbox.keep(READER, int(now.split(":")[0]))


def _of_cases(keys: Sequence[int], since: dt.datetime) -> int:
    """Notices about these cases; returns how many are new."""
    open_ = {c.pk: c for c in Case.objects.filter(pk__in=keys, confidential=False)}
    turns = Turn.objects.filter(case__in=keys, until=None, since__gte=since)
    mine = [t for t in turns if t.person_id is not None and t.case_id in open_]
    events = _news(open_, since)
    people = _people(open_, {e.case_id for e in events})
    returned = {e.case_id: e for e in events if e.target == State.RETURNED}
    found = [_turn(t, returned.get(t.case_id)) for t in mine]
    found += _moved(events, open_, people, {(t.case_id, t.person_id) for t in mine if t.person_id})
    made = _write(found, open_)
    return made + _digests({(t.unit_id, t.role) for t in turns if t.unit_id is not None})


def _of_tasks(keys: Sequence[int], since: dt.datetime) -> int:
    """To whoever is to do it, that it was given or sent back; to who asked, that it was answered."""
    events = TaskEvent.objects.filter(task__in=keys, at__gte=since, name__in=("ask", "return", "reply"))
    news = list(events.select_related("task").order_by("pk"))
    offices = _holders({e.task.owner_id for e in news if e.task.owner_id}, DOING)
    found = []
    for event in news:
        task, about = event.task, {"once": f"task {event.pk}", "of": event.task_id, "at": event.at}
        if event.name == "reply":
            if task.user_id not in (None, event.user_id):
                found.append(Notice(user_id=task.user_id, kind=NoticeKind.ANSWERED, **about))
        elif task.person_id is not None:
            found.append(Notice(person_id=task.person_id, kind=NoticeKind.TASK, due_at=task.due_at, **about))
        else:
            found += [
                Notice(user_id=user, kind=NoticeKind.TASK, due_at=task.due_at, **about)
                for user in sorted(offices.get(task.owner_id or 0, set()) - {event.user_id})
            ]
    return _keep(found)


def _of_seats(keys: Sequence[int], since: dt.datetime) -> int:
    """To the expert, that there is a seat."""
    seats = Seat.objects.filter(pk__in=keys, since__gte=since, until=None).order_by("pk")
    return _keep(
        [
            Notice(user_id=s.user_id, kind=NoticeKind.SEAT, once=f"seat {s.pk}", of=s.pk, at=s.since)
            for s in seats
        ]
    )


def _of_publicities(keys: Sequence[int], since: dt.datetime) -> int:
    """To the officers of the union that publicised: that a notice has ended, and something follows."""
    over = list(Publicity.objects.filter(pk__in=keys, ended_at__gte=since, cancelled_at=None).order_by("pk"))
    offices = _holders({p.unit_id for p in over}, (Role.OFFICER,))
    return _keep(
        [
            Notice(
                user_id=user,
                kind=NoticeKind.NOTICE_OVER,
                once=f"over {p.pk}",
                of=p.pk,
                at=p.ended_at or p.closes_at,
            )
            for p in over
            for user in sorted(offices.get(p.unit_id, set()))
        ]
    )


def _holders(units: Collection[int], roles: Collection[str]) -> dict[int, set[int]]:
    """{unit: accounts that hold one of the roles there today}."""
    today = timezone.localdate()
    held = Grant.objects.filter(unit__in=units, role__in=roles, since__lte=today, user__is_active=True)
    found: dict[int, set[int]] = {}
    for unit, user in held.filter(Q(until=None) | Q(until__gt=today)).values_list("unit", "user"):
        found.setdefault(unit, set()).add(user)
    return found


def _keep(found: Sequence[Notice]) -> int:
    """Insert what is not there yet; it stays in the inbox."""
    have = set(Notice.objects.filter(once__in={n.once for n in found}).values_list("once", "person", "user"))
    new = [n for n in found if (n.once, n.person_id, n.user_id) not in have]
    return len(Notice.objects.bulk_create(new))


def _news(cases: dict[int, Case], since: dt.datetime) -> list[CaseEvent]:
    """Events that are news to those whose case it is: a new phase, a return, an end."""
    events = CaseEvent.objects.filter(case__in=cases, at__gte=since).select_related("user")
    return [
        e
        for e in events.order_by("case", "version")
        if e.source
        and (e.target in (State.RETURNED, State.CLOSED) or PHASE_OF.get(e.source) != PHASE_OF.get(e.target))
    ]


def _people(cases: dict[int, Case], wanted: set[int]) -> dict[int, set[int]]:
    """Whose case it is: the applicant and those who take part."""
    found = {key: {cases[key].applicant_id} - {None} for key in wanted}
    for case, person in Participant.objects.filter(case__in=wanted).values_list("case", "person"):
        found[case].add(person)
    return found  # type: ignore[return-value]


def _turn(turn: Turn, returned: CaseEvent | None) -> Notice:
    kind = NoticeKind.RETURNED if returned is not None else NoticeKind.YOUR_TURN
    return Notice(
        person_id=turn.person_id,
        kind=kind,
        once=f"turn {turn.pk}",
        case_id=turn.case_id,
        due_at=turn.due_at,
        at=turn.since,
    )


def _moved(
    events: Iterable[CaseEvent],
    cases: dict[int, Case],
    people: dict[int, set[int]],
    have_turn: set[tuple[int, int]],
) -> list[Notice]:
    found = []
    for event in events:
        done_by = event.user.person_id if event.user is not None else None
        outcome = cases[event.case_id].outcome if event.target == State.CLOSED else ""
        for person in sorted(people[event.case_id] - {done_by}):
            if event.target == State.RETURNED and (event.case_id, person) in have_turn:
                continue
            kind = NoticeKind.DECIDED if event.target == State.CLOSED else NoticeKind.MOVED
            if event.target == State.RETURNED:
                kind = NoticeKind.RETURNED
            found.append(
                Notice(
                    person_id=person,
                    kind=kind,
                    once=f"event {event.pk}",
                    case_id=event.case_id,
                    state=event.target,
                    outcome=outcome,
                    at=event.at,
                )
            )
    return found


def _write(found: Sequence[Notice], cases: dict[int, Case]) -> int:
    """Insert what is not there yet, and queue what goes outside."""
    have = set(
        Notice.objects.filter(
            once__in={n.once for n in found}, person__in={n.person_id for n in found}
        ).values_list("once", "person")
    )
    new = Notice.objects.bulk_create(n for n in found if (n.once, n.person_id) not in have)
    adapters = configured()
    outside = [n for n in new if n.kind in SENT_OUTSIDE]
    if adapters and outside:
        refused = set(
            Refusal.objects.filter(person__in={n.person_id for n in outside}).values_list("person", "channel")
        )
        now = timezone.now()
        Delivery.objects.bulk_create(
            Delivery(
                notice=n,
                person_id=n.person_id,  # type: ignore[misc]
                case_id=n.case_id,  # type: ignore[misc]
                path=cases[n.case_id or 0].path,
                kind=n.kind,
                channel=channel,
                due_at=now,
            )
            for n in outside
            for channel in adapters
            if (n.person_id, channel) not in refused
        )
    return len(new)


def _digests(offices: set[tuple[int, str]]) -> int:
    """One notice a day for each officer to whom something new came: how much waits at their office now."""
    if not offices:
        return 0
    today, now = timezone.localdate(), timezone.now()
    units = {unit for unit, _ in offices}
    holders = (
        Grant.objects.filter(unit__in=units, since__lte=today)
        .filter(Q(until=None) | Q(until__gt=today), user__is_active=True)
        .values_list("user", "user__person", "unit", "role")
    )
    touched = {
        (user, person)
        for user, person, unit, role in holders
        if (unit, role) in offices or (unit, "") in offices
    }
    if not touched:
        return 0
    waiting = _waiting({user for user, _ in touched}, today)
    once = f"work {today.isoformat()}"
    return len(
        Notice.objects.bulk_create(
            (
                Notice(
                    user_id=user, kind=NoticeKind.WORK_WAITS, once=once, number=waiting.get(user, 0), at=now
                )
                for user, _ in sorted(touched, key=lambda pair: pair[0])
            ),
            update_conflicts=True,
            unique_fields=["once", "person", "user"],
            update_fields=["number", "at"],
        )
    )


def _waiting(users: set[int], today: dt.date) -> dict[int, int]:
    """How many live turns each of these accounts has in its offices."""
    grants = (
        Grant.objects.filter(user__in=users, since__lte=today)
        .filter(Q(until=None) | Q(until__gt=today))
        .values_list("user", "unit", "role")
    )
    held = list(grants)
    turns = Turn.objects.filter(until=None, unit__in={unit for _, unit, _ in held}).values_list(
        "unit", "role"
    )
    count = {(unit, role): n for unit, role, n in turns.annotate(n=Count("pk"))}
    found: dict[int, int] = {}
    for user in users:
        offices = {(u, r) for who, u, r in held if who == user} | {
            (u, "") for who, u, _ in held if who == user
        }
        found[user] = sum(count.get(office, 0) for office in offices)
    return found


#: What is read of the outbox, and what is told of it.
SOURCES: dict[type[Model], Callable[[Sequence[int], dt.datetime], int]] = {
    Case: _of_cases,
    Task: _of_tasks,
    Seat: _of_seats,
    Publicity: _of_publicities,
}
