"""The steps of a case: what was done and when, what is now, what is still to come."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Flow
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Turn
from gongjiang.kernel.lifecycle.states import Outcome, Phase, State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.review.endorsement import chains
from gongjiang.kernel.review.models import Endorsement, Verdict

from .cases import flow_of, is_yours, live_turn, state_word
from .wording import date_short


@dataclass(frozen=True)
class Step:
    """One step of a course. `mark` is "done", "now" or ""; `yours` when the reader must act."""

    label: str
    detail: str = ""
    mark: str = ""
    yours: bool = False


def course(case: Case, actor: Actor) -> list[Step]:
    """The steps of one case."""
    return courses([case], actor)[case.pk]


def courses(cases: Iterable[Case], actor: Actor) -> dict[int, list[Step]]:
    """The steps of each case, in at most four queries where the cases carry their live turns.

    What is to come is the rest of the flow's states in their declared order; a state of return is no step, and a
    climb up the tree is a step for each union on the way.
    """
    known = {case.pk: (case, flow) for case in cases if (flow := flow_of(case)) is not None}
    climbing = [case for case, flow in known.values() if _climbs(case, flow)]
    walking = [(case, flow) for case, flow in known.values() if not _climbs(case, flow)]
    found: dict[int, list[Step]] = {case.pk: [] for case in cases}
    events: dict[int, list[CaseEvent]] = defaultdict(list)
    for event in CaseEvent.objects.filter(case__in=[case.pk for case, _flow in walking]).order_by("version"):
        events[event.case_id].append(event)
    for case, flow in walking:
        found[case.pk] = _walk(case, flow, events[case.pk], live_turn(case), actor)
    if climbing:
        said: dict[int, dict[int, Endorsement]] = defaultdict(dict)
        for word in Endorsement.objects.filter(case__in=[c.pk for c in climbing]).order_by("step"):
            said[word.case_id][word.unit_id] = word
        steps = chains(climbing)
        for case in climbing:
            found[case.pk] = _climb(case, steps[case.pk], said[case.pk], live_turn(case), actor)
    return found


def _climbs(case: Case, flow: Flow) -> bool:
    return case.edition_id is not None and State.UNDER_REVIEW in flow.states


def _walk(case: Case, flow: Flow, events: Sequence[CaseEvent], turn: Turn | None, actor: Actor) -> list[Step]:
    seen = {event.target: event.at for event in events}
    path = [s for s in flow.states if s not in (State.RETURNED, State.CLOSED)] + [str(State.CLOSED)]
    now = path.index(case.state) if case.state in path else _place_of_return(case, path, events)
    steps = []
    for i, code in enumerate(path):
        mark = "done" if i < now or case.phase == Phase.CLOSED else "now" if i == now else ""
        if i < now and code not in seen and code != State.DRAFT:
            continue
        detail = date_short(seen[code]) if mark == "done" and code in seen else ""
        steps.append(
            Step(
                _label(case, code, mark),
                detail or _by(turn, mark),
                mark,
                mark == "now" and is_yours(turn, actor),
            )
        )
    return steps


def _label(case: Case, code: str, mark: str) -> str:
    if mark == "now" and case.state == State.RETURNED:
        return state_word(State.RETURNED)
    if code != State.CLOSED:
        return state_word(code)
    return str(Outcome(case.outcome).label) if case.outcome else pgettext("step", "Decision")


def _by(turn: Turn | None, mark: str) -> str:
    if mark != "now" or turn is None or turn.due_at is None:
        return ""
    return _("by %(moment)s") % {"moment": date_short(turn.due_at)}


def _place_of_return(case: Case, path: Sequence[str], events: Sequence[CaseEvent]) -> int:
    came_from = next((e.source for e in reversed(events) if e.target == case.state), "")
    return path.index(came_from) if came_from in path else 0


def _climb(
    case: Case, units: Sequence[Unit], said: dict[int, Endorsement], turn: Turn | None, actor: Actor
) -> list[Step]:
    steps = []
    for unit in units:
        word = said.get(unit.pk)
        if turn is not None and turn.unit_id == unit.pk:
            steps.append(Step(unit.name, _by(turn, "now"), "now", is_yours(turn, actor)))
        elif word is not None:
            steps.append(Step(unit.name, f"{Verdict(word.verdict).label} {date_short(word.at)}", "done"))
        else:
            steps.append(Step(unit.name))
    closed = case.phase == Phase.CLOSED
    return [
        *steps,
        Step(
            _label(case, State.CLOSED, ""),
            date_short(case.closed_at) if closed else "",
            "done" if closed else "",
        ),
    ]
