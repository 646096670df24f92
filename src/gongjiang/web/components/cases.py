"""What a case shows everywhere: its state, whose turn it is, its course, its history, what one may do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.flow import Flow, Reason, Transition
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Turn
from gongjiang.kernel.lifecycle.states import Outcome, Phase, State

#: Prefetch this on a list of cases, and whose turn it is costs one query for the page.
LIVE_TURNS = Prefetch("turns", Turn.objects.filter(until=None).select_related("unit"), to_attr="live_turns")

_PHASE_TONE = {
    Phase.DRAFT: "",
    Phase.INTAKE: "go",
    Phase.HANDLING: "go",
    Phase.PUBLICITY: "go",
    Phase.FULFILMENT: "go",
    Phase.FOLLOW_UP: "go",
}
_OUTCOME_TONE = {Outcome.GRANTED: "done", Outcome.COMPLETED: "done"}


@dataclass(frozen=True)
class Chip:
    """A word with a tone: "", go, done, soon, late, you, bare."""

    word: str
    tone: str = ""


@dataclass(frozen=True)
class Act:
    """One thing that may be done: its label, where, whether by a bare button, and what stands against it."""

    name: str
    label: str
    url: str
    direct: bool
    primary: bool
    reasons: tuple[Reason, ...] = ()


def flow_of(case: Case) -> Flow | None:
    """The flow that the case runs in; None when its programme is no longer installed."""
    return flows().get(case.flow)


def sees(case: Case, actor: Actor) -> bool:
    """Whether the flow lets the actor see this case."""
    flow = flow_of(case)
    return flow is not None and flow.view.filter(Case.objects.filter(pk=case.pk), actor).exists()


def state_chip(of: Any) -> Chip:
    """The chip of a case, or of a state, phase or outcome by its code."""
    if isinstance(of, Case):
        if of.outcome:
            return Chip(str(Outcome(of.outcome).label), _OUTCOME_TONE.get(Outcome(of.outcome), ""))
        return state_chip(of.state)
    code = str(of)
    if code in (State.RETURNED, State.SUSPENDED):
        return Chip(str(State(code).label), "late")
    if code in State.values:
        from gongjiang.kernel.lifecycle.flow import phase_of

        return Chip(str(State(code).label), _PHASE_TONE.get(phase_of(code), "done"))
    if code in Outcome.values:
        return Chip(str(Outcome(code).label), _OUTCOME_TONE.get(Outcome(code), ""))
    if code in Phase.values:
        return Chip(str(Phase(code).label), _PHASE_TONE.get(Phase(code), "done"))
    return Chip(code)


def state_word(code: str) -> str:
    """The word for a state; text that is no state stays as it is."""
    return str(State(code).label) if code in State.values else code


def live_turn(case: Case) -> Turn | None:
    """The live turn, from the prefetched list where there is one."""
    if hasattr(case, "live_turns"):
        return case.live_turns[0] if case.live_turns else None
    return case.turns.filter(until=None).select_related("unit").first()  # type: ignore[attr-defined, no-any-return]


def is_yours(turn: Turn | None, actor: Actor) -> bool:
    """Whether the reader is the one to act."""
    if turn is None:
        return False
    if turn.person_id is not None:
        return turn.person_id == actor.person
    return any(g.unit == turn.unit_id and (not turn.role or g.role == turn.role) for g in actor.grants)


def turn_chip(case: Case, actor: Actor) -> Chip:
    """Whose turn it is, said before the state."""
    if case.phase == Phase.CLOSED:
        return state_chip(case)
    turn = live_turn(case)
    if turn is None:
        return state_chip(case)
    if is_yours(turn, actor):
        return Chip(_("Your turn"), "you")
    if turn.unit_id is not None and turn.unit is not None:
        return Chip(_("Turn of %(unit)s") % {"unit": turn.unit.name}, "go")
    return Chip(_("Turn of the applicant"), "soon" if case.state == State.RETURNED else "go")


def title_of(case: Case) -> str:
    """What the case is called; the flow's label where its programme does not say."""
    return titles([case])[case.pk]


def titles(cases: Iterable[Case]) -> dict[int, str]:
    """What each case is called: one query for each flow among them."""
    by_flow: dict[str, list[int]] = {}
    for case in cases:
        by_flow.setdefault(case.flow, []).append(case.pk)
    found: dict[int, str] = {}
    for name, keys in by_flow.items():
        flow = flows().get(name)
        label = str(flow.label) if flow else name
        found.update(dict.fromkeys(keys, label))
        if flow and flow.title:
            found.update({k: t for k, t in flow.title(keys).items() if t})
    return found


def url_of(case: Case, face: str = "desk") -> str:
    """The address of the case's page in a face; empty where it has none there."""
    flow = flow_of(case)
    name = "" if flow is None else flow.my_url if face == "my" else flow.url
    try:
        return reverse(name, args=[case.pk]) if name else ""
    except NoReverseMatch:
        return ""


def acts(case: Case, actor: Actor) -> list[Act]:
    """Every move that this actor may make now, with what stands against it; the primary one first.

    What leaves the case where it is, is not the next step, whatever its flow says.
    """
    from gongjiang.kernel.lifecycle.door import possible

    found = [_act(case, move, reasons) for move, reasons in possible(case, actor=actor)]
    return sorted(found, key=lambda a: not a.primary)


def _act(case: Case, move: Transition, reasons: Sequence[Reason]) -> Act:
    own = f"{case.flow.split('.')[0].lstrip('_')}:{move.name}"
    try:
        url, direct = reverse(own, args=[case.pk]), False
    except NoReverseMatch:
        url, direct = reverse("act", args=[case.pk, move.name]), not move.needs
    onward = move.primary and move.target != case.state
    return Act(move.name, str(move.label), url, direct, onward, tuple(reasons))


def history(case: Case) -> list[CaseEvent]:
    """What happened to the case, newest first."""
    return list(case.events.select_related("unit").order_by("-version"))  # type: ignore[attr-defined]


def event_word(event: CaseEvent, flow: Flow | None) -> str:
    """What was done, in the flow's own words."""
    if flow is not None:
        for move in flow.transitions:
            if move.name == event.name:
                return str(move.label)
    return event.name
