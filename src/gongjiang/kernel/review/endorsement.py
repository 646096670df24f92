"""Climbing the tree (逐级推荐): effects that write a unit's verdict and hand the case to the next union above.

The chain of a case runs from its own unit up to the unit that runs its edition, over the unions between them at
the levels that endorse. One state holds the whole climb; the position is the open turn.
"""

from collections.abc import Sequence

from django.db.models import Max

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Batch, Effect, Guard, Reason
from gongjiang.kernel.lifecycle.models import Case, Edition, Turn
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.paths import ancestors

from .models import Endorsement, Verdict

#: Levels whose unions endorse. A township union passes nothing on unless an edition says so.
ENDORSING = (Level.ENTERPRISE, Level.COUNTY, Level.CITY, Level.PROVINCE)


def chain(case: Case) -> list[Unit]:
    """The units that endorse or decide this case, lowest first; the last one runs the edition and decides."""
    return chains([case])[case.pk]


def chains(cases: Sequence[Case]) -> dict[int, list[Unit]]:
    """`chain` for many cases, in two queries; cases without an edition have none."""
    top = dict(Edition.objects.filter(pk__in={c.edition_id for c in cases}).values_list("pk", "unit__path"))
    keys = {key for c in cases for key in ancestors(c.path)}
    units = Unit.objects.in_bulk(keys)
    found = {}
    for case in cases:
        if case.edition_id is None:
            continue
        summit = top[case.edition_id]
        found[case.pk] = [
            units[key]
            for key in reversed(ancestors(case.path))
            if key in units
            and units[key].path.startswith(summit)
            and (units[key].level in ENDORSING or units[key].path == summit)
        ]
    return found


def record(verdict: Verdict) -> Effect:
    """Effect: write what the unit whose turn it was said; run it before the turn is passed on."""

    def effect(batch: Batch) -> None:
        keys = [c.pk for c in batch.cases]
        last = dict(Endorsement.objects.filter(case__in=keys).values_list("case").annotate(Max("step")))
        held = {g.unit for g in batch.actor.grants}
        turns = dict(
            Turn.objects.filter(case__in=keys, until=None, unit__in=held).values_list("case", "unit")
        )
        Endorsement.objects.bulk_create(
            Endorsement(
                case=case,
                step=(last.get(case.pk) or 0) + 1,
                unit_id=turns.get(case.pk, case.unit_id),
                verdict=verdict,
                opinion=str(batch.data.get("note") or ""),
                user_id=batch.actor.user,
                at=batch.at,
            )
            for case in batch.cases
        )

    return effect


def climb(batch: Batch) -> None:
    """Effect: the next unit of the chain is to act; a case that nobody has yet starts above its own unit."""
    turns = dict(
        Turn.objects.filter(case__in=[c.pk for c in batch.cases], until=None).values_list("case", "unit")
    )
    to = {}
    every = chains(batch.cases)
    for case in batch.cases:
        steps = every[case.pk]
        if not steps:
            raise ValueError(f"the unit that called is not above {case.path}")
        at = turns.get(case.pk, case.unit_id)
        here = next((i for i, unit in enumerate(steps) if unit.pk == at), -1)
        above = steps[min(here + 1, len(steps) - 1)]
        to[case.pk] = Next(unit=above.pk, role=_role(above))
    pass_turns(batch, to)


def at_summit(wanted: bool, sentence: object) -> Guard:
    """Guard: the deciding unit is reached (`wanted` True), or is not reached yet (False)."""

    def guard(batch: Batch) -> dict[int, list[Reason]]:
        turns = dict(
            Turn.objects.filter(case__in=[c.pk for c in batch.cases], until=None).values_list("case", "unit")
        )
        every = chains(batch.cases) if batch.cases else {}
        return {
            key: [Reason(str(sentence))]
            for key, steps in every.items()
            if (bool(steps) and turns.get(key) == steps[-1].pk) != wanted
        }

    return guard


def _role(unit: Unit) -> str:
    return Role.UNIT_OFFICER if unit.level == Level.ENTERPRISE else Role.OFFICER
