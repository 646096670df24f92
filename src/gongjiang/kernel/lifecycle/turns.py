"""Whose turn it is: effects and queries over live turns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from gongjiang.kernel.access.actor import Actor

from . import clocks
from .deadlines import limits
from .flow import Batch, Effect
from .models import Case, Clock, Turn


@dataclass(frozen=True)
class Next:
    """Who is to act now: a unit in a role, or a person; by when, where the transition itself sets a time limit."""

    unit: int | None = None
    role: str = ""
    person: int | None = None
    due_at: datetime | None = None


def end_turns(batch: Batch) -> None:
    """Effect: nobody is to act on these cases any more; the clocks of their turns stop."""
    keys = [c.pk for c in batch.cases]
    clocks.stop(Clock.objects.filter(case__in=keys, turn__isnull=False), batch.at)
    Turn.objects.filter(case__in=keys, until=None).update(until=batch.at)


def pass_turns(batch: Batch, to: Mapping[int, Next]) -> None:
    """Hand the cases on: live turns and their clocks end, the named ones begin.

    A turn without a time limit of its own gets that of the `DeadlineRule` in force, if there is one.
    """
    end_turns(batch)
    state = batch.transition.target
    cases = [c for c in batch.cases if c.pk in to]
    fixed = {key: n.due_at for key, n in to.items() if n.due_at is not None}
    given = limits(cases[0].flow, state, [c for c in cases if c.pk not in fixed], batch.at) if cases else {}
    due = {**{key: limit.due.at for key, limit in given.items()}, **fixed}
    turns = Turn.objects.bulk_create(
        Turn(
            case=c,
            flow=c.flow,
            unit_id=to[c.pk].unit,
            role=to[c.pk].role,
            person_id=to[c.pk].person,
            due_at=due.get(c.pk),
            since=batch.at,
        )
        for c in cases
    )
    clocks.begin(cases, state, batch.at, turns={t.case_id: t for t in turns}, fixed=fixed, given=given)


def to_applicant(batch: Batch) -> None:
    """Effect: the applicant is to act."""
    pass_turns(batch, {c.pk: Next(person=c.applicant_id) for c in batch.cases if c.applicant_id})


def to_own_unit(role: str) -> Effect:
    """Effect: the unit where the case is counted is to act, in this role."""

    def effect(batch: Batch) -> None:
        pass_turns(batch, {c.pk: Next(unit=c.unit_id, role=role) for c in batch.cases})

    return effect


def live(case: Case) -> Turn | None:
    """The live turn of a case, with its unit."""
    return Turn.objects.filter(case=case, until=None).select_related("unit").first()


def take(turns: "QuerySet[Turn]", *, actor: Actor) -> int:
    """Of these turns of the actor's office, those that nobody sees to are the actor's to see to; how many.

    It says to colleagues who is at it. It gives no power: whoever holds the office may still act.
    """
    return turns.filter(until=None, claimed_by=None).update(claimed_by=actor.user)


def put_back(turns: "QuerySet[Turn]", *, actor: Actor) -> int:
    """What the actor has taken waits again for anybody of the office; how many."""
    return turns.filter(until=None, claimed_by=actor.user).update(claimed_by=None)
