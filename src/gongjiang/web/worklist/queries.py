"""The work list: whose turn it is, read from live turns."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import ON_OWN_PAGE
from gongjiang.kernel.calendar.days import add_working_days
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle.models import Case, Turn
from gongjiang.kernel.lifecycle.queries import visible
from gongjiang.kernel.review.delegations import in_name_of
from gongjiang.kernel.review.models import Delegation
from gongjiang.kernel.tasks.models import Task
from gongjiang.kernel.tasks.queries import to_do
from gongjiang.web.components.clock import SOON

COUNT_TO = 1000


def mine(actor: Actor) -> Q:
    """Turns at which this actor acts: a unit's in a role that is held there, or the person's own."""
    q = _of_offices(actor)
    if actor.person is not None:
        q |= Q(person=actor.person)
    return q


def _of_offices(actor: Actor) -> Q:
    """Turns of a unit in a role that the actor holds there."""
    q = Q(pk__in=[])
    for grant in actor.grants:
        q |= Q(unit=grant.unit, role__in=["", grant.role])
    return q


def _live() -> QuerySet[Turn]:
    return Turn.objects.filter(until=None)


def my_turns(actor: Actor) -> QuerySet[Turn]:
    """Live turns that are this actor's, in an office."""
    return _live().filter(_of_offices(actor))


def my_tasks(actor: Actor) -> QuerySet[Task]:
    """Tasks that wait for this actor's office, and the person's own."""
    return to_do(actor).order_by()


def soon(turns: QuerySet[Any]) -> QuerySet[Any]:
    """Those due within the next days, and not overdue."""
    now = timezone.now()
    return turns.filter(due_at__gte=now, due_at__lt=_soon(now))


def late(turns: QuerySet[Any]) -> QuerySet[Any]:
    """Those overdue."""
    return turns.filter(due_at__lt=timezone.now())


def handled(actor: Actor) -> QuerySet[Turn]:
    """The last turn of each unit in this actor's roles there, in every case that they have passed on.

    What a colleague in another role dealt with is not theirs: they may not even open it.
    """
    own = _of_offices(actor)
    later = Turn.objects.filter(own, case=OuterRef("case"), unit=OuterRef("unit"), pk__gt=OuterRef("pk"))
    past = Turn.objects.filter(own, unit__in=[g.unit for g in actor.grants], until__isnull=False)
    return past.filter(~Exists(later))


def waiting(actor: Actor) -> QuerySet[Turn]:
    """Those of them where somebody else is to act now."""
    live = Turn.objects.filter(case=OuterRef("case"), until=None)
    return handled(actor).filter(Exists(live))


def opening(actor: Actor, cases: set[int]) -> set[int]:
    """Those of these cases that the actor may still open: who signed something sees it while it is their turn."""
    return set(visible(actor).filter(pk__in=cases).values_list("pk", flat=True)) if cases else set()


def count_mine(actor: Actor) -> int | None:
    """How many cases and tasks wait for this office; None past a thousand or for whoever holds none."""
    if not actor.offices:
        return None
    found = my_turns(actor).order_by()[: COUNT_TO + 1].count() + my_tasks(actor)[: COUNT_TO + 1].count()
    return found if found <= COUNT_TO else None


def my_cases(actor: Actor) -> QuerySet[Case]:
    """Cases that the person has applied for."""
    return Case.objects.filter(applicant=actor.person) if actor.person is not None else Case.objects.none()


def count_pressing(actor: Actor) -> dict[str, int]:
    """How many cases and tasks of this office are due soon, and how many are overdue: two queries, up to a thousand."""
    now, found = timezone.now(), Counter[str]()
    for waits in (my_turns(actor), my_tasks(actor)):
        pressing = waits.filter(due_at__lt=_soon(now)).order_by()[:COUNT_TO]
        found.update(
            pressing.aggregate(soon=Count("pk", Q(due_at__gte=now)), late=Count("pk", Q(due_at__lt=now)))
        )
    return dict(found)


def lent(actor: Actor, units: set[int]) -> dict[int, str]:
    """{unit: whose deputy the actor is there today}, where the actor holds nothing of their own."""
    holders = in_name_of(actor, units, timezone.localdate()) if units and actor.user else {}
    if not holders:
        return {}
    given = Delegation.objects.filter(deputy=actor.user, holder__in=holders.values()).order_by("pk")
    names = dict(given.values_list("holder", "holder_name"))
    return {unit: names[holder] for unit, holder in holders.items()}


def waiting_for_me(actor: Actor) -> QuerySet[Case]:
    """Cases that wait for the person, most urgent first: the own ones, and those of a team that the person leads."""
    own = Turn.objects.filter(case=OuterRef("pk"), until=None, person=actor.person)
    found = Q(Exists(own), applicant=actor.person) if actor.person is not None else Q(pk__in=[])
    for grant in actor.held(*ON_OWN_PAGE):
        led = Turn.objects.filter(unit=grant.unit, role=grant.role, until=None)
        found |= Q(pk__in=led.values("case"))
    return Case.objects.filter(found).order_by(F("due_at").asc(nulls_last=True), "pk")


def numbered(prefix: str, path: str = "") -> Q:
    """Cases whose number begins so. The bounds let an index find them; they hold in every collation."""
    start = prefix.strip().upper()
    name = f"{path}number"
    return Q(**{f"{name}__gte": start, f"{name}__lt": start + "龥", f"{name}__startswith": start})


def _soon(now: dt.datetime) -> dt.datetime:
    """The midnight up to which a deadline counts as near: the last one with that many working days left."""
    first_beyond = add_working_days(calendars().national, timezone.localdate(now), SOON + 1)
    return timezone.make_aware(dt.datetime.combine(first_beyond, dt.time.min))
