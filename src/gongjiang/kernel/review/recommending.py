"""What a unit sends up, in which order, and how much of it: ranked candidates, quota, reserve, swap.

A unit ranks what lies with it. Within its quota (`lifecycle.quotas`) it endorses from the top; what is over stays
with it as ranked reserve, and nothing is cut silently. A reserve takes the place of what was sent only with a reason.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import NOTHING, Rule
from gongjiang.kernel.lifecycle import door, quotas
from gongjiang.kernel.lifecycle.flow import Batch, Effect, Forbidden, Guard, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition, Quota, Turn
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.orgs.models import Unit

from .endorsement import _role, turn_units
from .models import Candidate, Endorsement, Swap, Verdict
from .rules import ORGANISERS

REGULAR = "regular"


@dataclass(frozen=True)
class Ranked:
    """One line of a unit's ranking. `place` counts from 1; `reserve` says that the quota ends above it."""

    case: Case
    place: int
    sent: bool
    reserve: bool


def ranking_of(edition: Edition, unit: Unit, *, stream: str = REGULAR) -> list[Ranked]:
    """What the unit has sent and what lies with it, in its order; what has no place yet comes last, oldest first."""
    here_now = Turn.objects.filter(unit=unit, until=None).values("case")
    rows = list(
        Candidate.objects.filter(edition=edition, unit=unit)
        .filter(Q(sent_at__isnull=False) | Q(case__in=here_now))
        .select_related("case")
        .order_by(F("sent_at").asc(nulls_last=True), "position")
    )
    known = {row.case_id for row in rows}
    new = (
        Case.objects.filter(edition=edition, turns__unit=unit, turns__until=None)
        .exclude(pk__in=known)
        .order_by("pk")
    )
    sent = [r.case for r in sorted((r for r in rows if r.sent_at), key=lambda r: r.position)]
    here = [*[r.case for r in rows if not r.sent_at], *new]
    left = quotas.left(edition, unit.pk, stream=stream)
    found = [Ranked(case, n, True, False) for n, case in enumerate(sent, start=1)]
    found += [
        Ranked(case, len(sent) + n, False, left is not None and n > left)
        for n, case in enumerate(here, start=1)
    ]
    return found


def rank(edition: Edition, unit: Unit, cases: Sequence[int], *, actor: Actor) -> None:
    """Put what lies with the unit into this order. Stale when it is no longer what lies with it."""
    _acts_for(unit, actor)
    with transaction.atomic():
        _lock(edition, unit)
        now = ranking_of(edition, unit)
        waiting = [r.case.pk for r in now if not r.sent]
        if set(cases) != set(waiting) or len(cases) != len(waiting):
            raise Stale(edition)
        _write(edition, unit, [*[r.case.pk for r in now if r.sent], *cases])


def move(edition: Edition, unit: Unit, case: int, by: int, *, actor: Actor) -> None:
    """Move one case up (-1) or down (+1) among what lies with the unit."""
    waiting = [r.case.pk for r in ranking_of(edition, unit) if not r.sent]
    if case not in waiting:
        raise Forbidden
    here = waiting.index(case)
    there = max(0, min(here + by, len(waiting) - 1))
    waiting.insert(there, waiting.pop(here))
    rank(edition, unit, waiting, actor=actor)


def within_quota(stream: str = REGULAR, *, where: Callable[[int, int], str] | None = None) -> Guard:
    """Guard: the unit has a place for it, and nothing that it ranks higher is left behind for it.

    where   (edition, unit) → the address of the page where the unit ranks and swaps
    """

    def guard(batch: Batch) -> dict[int, list[Reason]]:
        found: dict[int, list[Reason]] = {}
        for (edition, unit), keys in _by_unit(batch).items():
            for each in ranking_of(Edition(pk=edition), Unit(pk=unit), stream=stream):
                if each.case.pk in keys and each.reserve:
                    text = _(
                        "The quota of your union is used up; it stays as reserve, in place %d of your ranking."
                        " Rank it higher, or swap it for one that you have sent."
                    )
                    url = where(edition, unit) if where else ""
                    found[each.case.pk] = [Reason(text % each.place, url=url)]
        return found

    return guard


def take_place(stream: str = REGULAR) -> Effect:
    """Effect: what a unit sends up takes a place of its quota; run it before the turn is passed on.

    Raises Refused, so that nothing has happened, when places went to others meanwhile.
    """

    def effect(batch: Batch) -> None:
        for (edition, unit), keys in _by_unit(batch).items():
            got = quotas.take(Edition(pk=edition), {unit: len(keys)}, stream=stream)[unit]
            if got < len(keys):
                raise Refused({key: [Reason(_("The quota of your union is used up."))] for key in keys[got:]})
            here = Unit.objects.get(pk=unit)
            last = Candidate.objects.filter(edition=edition, unit=unit).order_by("-position").first()
            known = set(Candidate.objects.filter(unit=unit, case__in=keys).values_list("case", flat=True))
            Candidate.objects.bulk_create(
                Candidate(
                    edition_id=edition,
                    unit=here,
                    path=here.path,
                    case_id=key,
                    stream=stream,
                    position=(last.position if last else 0) + n,
                )
                for n, key in enumerate([k for k in keys if k not in known], start=1)
            )
            Candidate.objects.filter(unit=unit, case__in=keys).update(sent_at=batch.at, stream=stream)

    return effect


def give_place_back(batch: Batch) -> None:
    """Effect: the places that these cases took are free again, in every unit: they were withdrawn, or go back to the
    applicant."""
    with connection.cursor() as cursor:
        for case in batch.cases:
            cursor.execute("SELECT free_places(%s)", [case.pk])


def take_back(batch: Batch) -> None:
    """Effect: the unit that endorsed last has it again, as reserve, and its place is free. Its rule is
    `endorsed_last`; run it after `record(Verdict.RECALLED)`."""
    to = {}
    for case in batch.cases:
        last = _last_endorsement(case)
        unit = last.unit
        to[case.pk] = Next(unit=unit.pk, role=_role(unit))
        _free(case, unit.pk)
    pass_turns(batch, to)


def free_below(batch: Batch) -> None:
    """Effect: the place of the unit that has it again after `send_back` is free."""
    for case in batch.cases:
        if unit := turn_units([case]).get(case.pk):
            _free(case, unit)


def endorsed_last(*roles: str) -> Rule:
    """Cases that a unit where the actor holds one of the roles sent up, and on which nobody above has acted yet."""

    def ask(actor: Actor, prefix: str) -> Q:
        units = sorted({g.unit for g in actor.held(*roles)})
        if not units:
            return NOTHING
        last = Endorsement.objects.filter(case=OuterRef("case")).order_by("-step").values("pk")[:1]
        rows = Endorsement.objects.filter(
            unit__in=units, verdict=Verdict.ENDORSED, pk=Subquery(last)
        ).exclude(case__turns__in=Turn.objects.filter(until=None, unit__in=units))
        return Q(**{f"{prefix}pk__in": rows.values("case")})

    return Rule(ask, f"endorsed_last({', '.join(roles)})")


def swap(
    out: Case, into: Case, reason: str, *, actor: Actor, back: str = "call_back", up: str = "endorse"
) -> Swap:
    """Send a reserve in the place of what was sent: `back` and `up` are transitions of the flow. Both, or neither.

    Raises Forbidden, Stale or Refused as the two moves do, and Refused without a reason.
    """
    if actor.user is None:
        raise Forbidden
    if not reason.strip():
        raise Refused({into.pk: [Reason(_("Say why you swap them."), field="reason")]})
    if out.edition_id is None or out.edition_id != into.edition_id:
        raise Forbidden
    with transaction.atomic():
        row = Candidate.objects.filter(case=into, unit__in=[g.unit for g in actor.grants]).first()
        unit = row.unit if row else Unit.objects.get(pk=turn_units([into]).get(into.pk, into.unit_id))
        _acts_for(unit, actor)
        door.transition(out, back, actor=actor, version=out.version, note=reason)
        edition = Edition.objects.get(pk=out.edition_id)
        waiting = [r.case.pk for r in ranking_of(edition, unit) if not r.sent]
        first = [into.pk, *[key for key in waiting if key not in (into.pk, out.pk)]]
        rank(edition, unit, [*first, out.pk] if out.pk in waiting else first, actor=actor)
        door.transition(into, up, actor=actor, version=into.version, note=reason)
        return Swap.objects.create(
            edition=edition,
            unit=unit,
            path=unit.path,
            out=out,
            into=into,
            reason=reason.strip(),
            user_id=actor.user,
            at=timezone.now(),
        )


def _by_unit(batch: Batch) -> dict[tuple[int, int], list[int]]:
    """{(edition, unit whose turn it is or whose own it is): case keys}."""
    turns = dict(
        Turn.objects.filter(case__in=[c.pk for c in batch.cases], until=None).values_list("case", "unit")
    )
    found: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for case in batch.cases:
        if case.edition_id is not None:
            found[case.edition_id, turns.get(case.pk) or case.unit_id].append(case.pk)
    return found


def _free(case: Case, unit: int) -> None:
    row = Candidate.objects.filter(case=case, unit=unit, sent_at__isnull=False).first()
    if row is not None:
        if Quota.objects.filter(edition=row.edition_id, unit=unit, stream=row.stream).exists():
            quotas.give_back(Edition(pk=row.edition_id), {unit: 1}, stream=row.stream)
        Candidate.objects.filter(pk=row.pk).update(sent_at=None)


def _last_endorsement(case: Case) -> Endorsement:
    """The last time somebody sent it up: what `endorsed_last` was asked about."""
    return (
        Endorsement.objects.filter(case=case, verdict=Verdict.ENDORSED)
        .select_related("unit")
        .order_by("-step")[:1]
        .get()
    )


def _acts_for(unit: Unit, actor: Actor) -> None:
    if not any(g.unit == unit.pk for g in actor.held(*ORGANISERS)):
        raise Forbidden


def _lock(edition: Edition, unit: Unit) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [edition.pk % 2**31, unit.pk % 2**31])


def _write(edition: Edition, unit: Unit, cases: Sequence[int]) -> None:
    rows = {c.case_id: c for c in Candidate.objects.filter(edition=edition, unit=unit)}
    known = [key for key in rows if key not in set(cases)]
    for n, key in enumerate([*cases, *known], start=1):
        if key in rows:
            rows[key].position = n
    Candidate.objects.bulk_update(rows.values(), ["position"])
    Candidate.objects.bulk_create(
        Candidate(edition=edition, unit=unit, path=unit.path, case_id=key, position=n)
        for n, key in enumerate(cases, start=1)
        if key not in rows
    )
