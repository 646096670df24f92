"""Whose turn it is: effects and queries over live turns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .deadlines import due
from .flow import Batch, Effect
from .models import Case, Turn


@dataclass(frozen=True)
class Next:
    """Who is to act now: a unit in a role, or a person; by when, where the transition itself sets a time limit."""

    unit: int | None = None
    role: str = ""
    person: int | None = None
    due_at: datetime | None = None


def end_turns(batch: Batch) -> None:
    """Effect: nobody is to act on these cases any more."""
    Turn.objects.filter(case__in=[c.pk for c in batch.cases], until=None).update(until=batch.at)


def pass_turns(batch: Batch, to: Mapping[int, Next]) -> None:
    """Hand the cases on: live turns end, the named ones begin, `due_at` of the case mirrors the new one.

    A turn without a time limit of its own gets that of the `DeadlineRule` in force, if there is one.
    """
    end_turns(batch)
    flow, target = batch.cases[0].flow, batch.transition.target
    limits = due(flow, target, [c for c in batch.cases if c.pk in to], batch.at)
    to = {key: replace(n, due_at=n.due_at or limits.get(key)) for key, n in to.items()}
    Turn.objects.bulk_create(
        Turn(
            case=c,
            flow=c.flow,
            unit_id=n.unit,
            role=n.role,
            person_id=n.person,
            due_at=n.due_at,
            since=batch.at,
        )
        for c in batch.cases
        if (n := to.get(c.pk))
    )
    for due_at in {n.due_at for n in to.values()}:
        keys = [key for key, n in to.items() if n.due_at == due_at]
        Case.objects.filter(pk__in=keys).update(due_at=due_at)


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
