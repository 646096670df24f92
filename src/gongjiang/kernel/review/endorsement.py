"""Climbing the tree (逐级推荐): effects that write a unit's verdict and hand the case to the next union above.

The chain of a case runs from its own unit up to the unit that runs its edition, over the unions between them at
the levels that endorse. One state holds the whole climb; the position is the open turn.
"""

from collections.abc import Callable, Collection, Sequence

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Batch, Effect, Forbidden, Guard, Reason, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant, Turn
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.paths import ancestors

from .delegations import in_name_of
from .models import Endorsement, EndorsingLevel, Verdict
from .rules import RUN_EDITION

#: Levels whose unions endorse where the edition chooses none.
ENDORSING = (Level.ENTERPRISE, Level.COUNTY, Level.CITY, Level.PROVINCE)


def endorse_by(edition: Edition, levels: Collection[str], *, actor: Actor) -> None:
    """Choose the levels whose unions endorse in this edition; none chosen: `ENDORSING`.

    Refused once a case has been endorsed: a chain is not changed under those who climb it.
    """
    if not RUN_EDITION.filter(Edition.objects.filter(pk=edition.pk), actor).exists():
        raise Forbidden
    with transaction.atomic():
        if Endorsement.objects.filter(case__edition=edition).exists():
            text = _("Entries have been endorsed already; who endorses cannot be changed in this round.")
            raise Refused({edition.pk: [Reason(text, field="levels")]})
        EndorsingLevel.objects.filter(edition=edition).delete()
        EndorsingLevel.objects.bulk_create(
            EndorsingLevel(edition=edition, level=level) for level in dict.fromkeys(levels)
        )


def levels_of(edition: Edition) -> tuple[str, ...]:
    """The levels whose unions endorse in this edition."""
    chosen = set(edition.endorsing_levels.values_list("level", flat=True)) or set(ENDORSING)
    return tuple(level for level in reversed(Level.values) if level in chosen)


def chain(case: Case) -> list[Unit]:
    """The units that endorse or decide this case, lowest first; the last one runs the edition and decides."""
    return chains([case])[case.pk]


def chains(cases: Sequence[Case]) -> dict[int, list[Unit]]:
    """`chain` for many cases, in two queries; cases without an edition have none."""
    editions = {
        key: (unit, set(levels or ENDORSING))
        for key, unit, levels in Edition.objects.filter(pk__in={c.edition_id for c in cases})
        .annotate(chosen=ArrayAgg("endorsing_levels__level", filter=Q(endorsing_levels__isnull=False)))
        .values_list("pk", "unit", "chosen")
    }
    units = Unit.objects.in_bulk({key for c in cases for key in ancestors(c.path)})
    found = {}
    for case in cases:
        if case.edition_id is None:
            continue
        summit, levels = editions[case.edition_id]
        keys = ancestors(case.path)
        below = keys[keys.index(summit) :] if summit in keys else []
        found[case.pk] = [
            units[key]
            for key in reversed(below)
            if key in units and (units[key].level in levels or key == summit)
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
        units = {case.pk: turns.get(case.pk, case.unit_id) for case in batch.cases}
        lent = in_name_of(batch.actor, set(units.values()) & held, timezone.localdate(batch.at))
        Endorsement.objects.bulk_create(
            Endorsement(
                case=case,
                step=(last.get(case.pk) or 0) + 1,
                unit_id=units[case.pk],
                verdict=verdict,
                opinion=str(batch.data.get("note") or ""),
                user_id=batch.actor.user,
                in_name_of_id=lent.get(units[case.pk]),
                at=batch.at,
            )
            for case in batch.cases
        )

    return effect


def climb(batch: Batch) -> None:
    """Effect: the next unit of the chain is to act; a case that nobody has yet starts above its own unit."""
    _step(batch, +1)


def send_back(batch: Batch) -> None:
    """Effect: the unit of the chain below is to mend it; run it after `record(Verdict.RETURNED)`.

    Guard the move by `somebody_below(True, …)`; from the lowest unit it goes back to the applicant (`to_applicant`).
    """
    _step(batch, -1)


def at_summit(wanted: bool, sentence: object) -> Guard:
    """Guard: the deciding unit is reached (`wanted` True), or is not reached yet (False)."""
    return _where(lambda place, steps: (bool(steps) and place == len(steps) - 1) == wanted, sentence)


def somebody_below(wanted: bool, sentence: object) -> Guard:
    """Guard: there is (or is no) unit of the chain below the one whose turn it is."""
    return _where(lambda place, steps: (place > 0) == wanted, sentence)


def not_own(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: nobody endorses, scores or decides what he has a part in."""
    keys = own_among([c.pk for c in batch.cases], batch.actor)
    text = _("You take part in it yourself. A colleague or your deputy has to decide.")
    return {key: [Reason(text)] for key in keys}


def own_among(cases: Collection[int], actor: Actor) -> set[int]:
    """Those of the cases in which the actor is the applicant or a participant."""
    if actor.person is None:
        return set()
    part = Participant.objects.filter(case__in=cases, person=actor.person).values_list("case", flat=True)
    return set(part) | set(
        Case.objects.filter(pk__in=cases, applicant=actor.person).values_list("pk", flat=True)
    )


def turn_units(cases: Sequence[Case]) -> dict[int, int]:
    """{case key: the unit whose turn it is}, for those that lie with a unit."""
    rows = Turn.objects.filter(case__in=[c.pk for c in cases], until=None, unit__isnull=False)
    return dict(rows.values_list("case", "unit"))


def _where(holds: Callable[[int, Sequence[Unit]], bool], sentence: object) -> Guard:
    def guard(batch: Batch) -> dict[int, list[Reason]]:
        turns = turn_units(batch.cases)
        every = chains(batch.cases) if batch.cases else {}
        return {
            key: [Reason(str(sentence))]
            for key, steps in every.items()
            if not holds(_place(steps, turns.get(key)), steps)
        }

    return guard


def _place(steps: Sequence[Unit], unit: int | None) -> int:
    return next((n for n, each in enumerate(steps) if each.pk == unit), -1)


def _step(batch: Batch, by: int) -> None:
    """Move the turn along the chain. What the applicant has mended starts at the bottom of it."""
    turns = dict(
        Turn.objects.filter(case__in=[c.pk for c in batch.cases], until=None).values_list("case", "unit")
    )
    to = {}
    every = chains(batch.cases)
    for case in batch.cases:
        steps = every[case.pk]
        if not steps:
            raise ValueError(f"the unit that called is not above {case.path}")
        here = _place(steps, turns.get(case.pk, case.unit_id))
        there = steps[max(0, min(here + by, len(steps) - 1))]
        to[case.pk] = Next(unit=there.pk, role=_role(there))
    pass_turns(batch, to)


def _role(unit: Unit) -> str:
    return Role.UNIT_OFFICER if unit.level == Level.ENTERPRISE else Role.OFFICER
