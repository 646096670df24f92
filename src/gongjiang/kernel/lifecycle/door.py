"""The door: the only way a case begins or changes its state, for one and for many.

Lock, may, guards (all reasons are collected), save, event, effects: one transaction. The database refuses
whatever goes round it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import ProgrammingError, models, transaction
from django.db.models import F, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from gongjiang.kernel.access.actor import Actor, moving
from gongjiang.kernel.orgs.models import Channel, Unit

from . import clocks
from .edges import flows
from .flow import Batch, Flow, FlowError, Forbidden, Reason, Refused, Stale, Transition, phase_of
from .models import Case, CaseEvent, Clock, Edition, Turn
from .numbers import case_numbers
from .states import Phase, State
from .turns import end_turns


@dataclass
class Done:
    """What a transition of many did: the cases that moved, and why each other did not."""

    moved: list[Case] = field(default_factory=list)
    refused: dict[int, list[Reason]] = field(default_factory=dict)


def open_case(
    flow_name: str,
    name: str,
    *,
    actor: Actor,
    unit: Unit,
    applicant: int | None = None,
    edition: Edition | None = None,
    **data: Any,
) -> Case:
    """Begin a case by one of its flow's opening transitions and return it.

    The row is made and its event written; the programme's own row is the caller's to add in the same
    transaction. Raises Forbidden when the actor may not open it, could not see it
    once it is there, or there is no applicant where the flow requires one.
    """
    flow = flows()[flow_name]
    move = flow.transition(name)
    if move.sources:
        raise ValueError(f"{flow_name}.{name} does not open a case")
    if flow.edition_required and edition is None:
        raise ValueError(f"{flow_name} needs an edition")
    if flow.applicant_required and applicant is None:  # the account of an office, behind which is nobody
        raise Forbidden
    at = timezone.now()
    with transaction.atomic():
        case = Case(
            flow=flow.name,
            edition=edition,
            unit=unit,
            path=unit.path,
            applicant_id=applicant,
            state=move.target,
            phase=phase_of(move.target),
            opened_at=at,
        )
        if case.phase != Phase.DRAFT:
            case.number = case_numbers(flow.prefix, [(0, unit.region, at)])[0]
        try:
            case.save(force_insert=True)
            if edition is not None and edition.channel != Channel.TERRITORIAL:
                case.refresh_from_db(fields=["path"])
        except ProgrammingError as error:  # the wall: not within reach of this actor
            if isinstance(error.__cause__, InsufficientPrivilege):
                raise Forbidden from error
            raise
        if not move.may.filter(Case.objects.filter(pk=case.pk), actor).exists():
            raise Forbidden
        batch = Batch(move, [case], actor, at, data)
        _write_events(batch, {case.pk: ""})
        for effect in move.effects:
            effect(batch)
    return case


def transition(case: Case, name: str, *, actor: Actor, version: int | None = None, **data: Any) -> Case:
    """Move one case and return it as it now stands.

    version  the version the actor saw; another one now means somebody else was faster
    Raises Forbidden (may not, or cannot see it), Stale, or Refused with every reason; nothing has changed then.
    """
    done = _move(
        flows()[case.flow], name, [case.pk], actor, data, {case.pk: version} if version else {}, one=True
    )
    if done.refused:
        raise Refused(done.refused)
    return done.moved[0]


def transition_many(
    flow_name: str,
    keys: Iterable[int],
    name: str,
    *,
    actor: Actor,
    versions: Mapping[int, int] | None = None,
    **data: Any,
) -> Done:
    """Move every case that may move, and say of each other one why it did not. One transaction, set-wise."""
    return _move(flows()[flow_name], name, sorted(set(keys)), actor, data, dict(versions or {}), one=False)


def possible(case: Case, *, actor: Actor) -> list[tuple[Transition, list[Reason]]]:
    """The moves that this actor may make from the present state, each with what stands against it now."""
    flow = flows()[case.flow]
    found = []
    for move in flow.leaving(case.state):
        if move.may.filter(Case.objects.filter(pk=case.pk), actor).exists():
            batch = Batch(move, [case], actor, timezone.now())
            reasons = [r for guard in move.guards for r in guard(batch).get(case.pk, [])]
            found.append((move, reasons))
    return found


def _move(
    flow: Flow,
    name: str,
    keys: list[int],
    actor: Actor,
    data: Mapping[str, Any],
    versions: dict[int, int],
    *,
    one: bool,
) -> Done:
    move = flow.transition(name)
    done = Done()
    with transaction.atomic():
        locked = list(
            Case.objects.filter(pk__in=keys, flow=flow.name).select_for_update(of=("self",)).order_by("pk")
        )
        may = set(move.may.filter(Case.objects.filter(pk__in=keys), actor).values_list("pk", flat=True))
        seen = {c.pk for c in flow.view.filter(Case.objects.filter(pk__in=keys), actor).only("pk")}
        ready: list[Case] = []
        for case in locked:
            if case.pk not in seen:
                continue
            stale = case.pk in versions and versions[case.pk] != case.version
            if (stale or case.state not in move.sources) and one:
                raise Stale(case)
            if stale or case.state not in move.sources:
                done.refused[case.pk] = [Reason(_("Somebody has changed it since you saw it."))]
            elif case.pk in may:
                ready.append(case)
        if one and not ready:
            raise Forbidden
        missing = [n for n in move.needs if not str(data.get(n) or "").strip()]
        batch = Batch(move, ready, actor, timezone.now(), data)
        against: dict[int, list[Reason]] = {}
        for guard in move.guards:
            for key, reasons in guard(batch).items():
                against.setdefault(key, []).extend(reasons)
        for case in ready:
            reasons = [Reason(_("Please fill this in."), field=n) for n in missing] + against.get(case.pk, [])
            if reasons:
                done.refused[case.pk] = reasons
        batch.cases = [c for c in ready if c.pk not in done.refused]
        if batch.cases:
            _save(flow, batch)
        done.moved = list(batch.cases)
    return done


def _save(flow: Flow, batch: Batch) -> None:
    move, at = batch.transition, batch.at
    sources = {c.pk: c.state for c in batch.cases}
    phase = None if move.target == State.SUSPENDED else phase_of(move.target)
    closing = phase == Phase.CLOSED
    changed = Case.objects.filter(pk__in=list(sources)).update(
        state=move.target,
        phase=phase or F("phase"),
        outcome=move.outcome,
        closed_at=at if closing else None,
        version=F("version") + 1,
        **_numbers(flow, batch, phase),
    )
    if changed != len(sources):
        raise FlowError("some cases were not within reach of the write")
    for case in batch.cases:
        case.state, case.phase, case.outcome = move.target, phase or case.phase, move.outcome
        case.closed_at = at if closing else None
        case.version += 1
    with moving(sources):
        _write_events(batch, sources)
        for effect in move.effects:
            effect(batch)
        if closing:
            end_turns(batch)
            clocks.stop(Clock.objects.filter(case__in=list(sources)), at)


def _numbers(flow: Flow, batch: Batch, phase: Phase | None) -> dict[str, Any]:
    """The number of each case that leaves its draft, as an update expression; nothing for a withdrawn draft."""
    drafts = [c for c in batch.cases if c.number is None]
    if not drafts or phase in (Phase.DRAFT, Phase.CLOSED):
        return {}
    region = dict(Unit.objects.filter(pk__in={c.unit_id for c in drafts}).values_list("pk", "region"))
    numbers = case_numbers(flow.prefix, [(c.pk, region[c.unit_id], batch.at) for c in drafts])
    for case in drafts:
        case.number = numbers[case.pk]
    return {
        "number": models.Case(
            *[When(pk=k, then=Value(n)) for k, n in numbers.items()],
            default=F("number"),
            output_field=models.TextField(),
        )
    }


def _write_events(batch: Batch, sources: Mapping[int, str]) -> None:
    held = {g.unit: g for g in batch.actor.grants}
    turn_unit = dict(
        Turn.objects.filter(case__in=list(sources), until=None, unit__in=list(held)).values_list(
            "case", "unit"
        )
    )
    events = []
    for case in batch.cases:
        grant = held.get(turn_unit.get(case.pk, -1)) or max(
            (g for g in batch.actor.grants if case.path.startswith(g.path)),
            key=lambda g: len(g.path),
            default=None,
        )
        if (
            case.applicant_id is not None
            and case.applicant_id == batch.actor.person
            and case.pk not in turn_unit
        ):
            grant = None
        events.append(
            CaseEvent(
                case=case,
                version=case.version,
                name=batch.transition.name,
                source=sources[case.pk],
                target=case.state,
                user_id=batch.actor.user,
                unit_id=grant.unit if grant else None,
                role=grant.role if grant else "",
                note=str(batch.data.get("note") or ""),
                at=batch.at,
            )
        )
    CaseEvent.objects.bulk_create(events)
