"""A flow: the states of a kind of case, and the transitions between them with who, guards and effects.

Guards and effects are written over sets; one case is the set of one. The same declaration draws the diagram,
makes the buttons, tells the database its edges, and is what the conformance suite walks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.rules.decision import Reason as Reason

from .states import PHASE_OF, Outcome, Phase, State


@dataclass
class Batch:
    """The cases of one call of a transition, in key order, with the data given for all of them.

    data   what the form or the caller handed over, e.g. {"note": "…"}
    """

    transition: "Transition"
    cases: Sequence[Any]  # lifecycle.models.Case
    actor: Actor
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


Guard = Callable[[Batch], dict[int, list[Reason]]]
Effect = Callable[[Batch], None]


@dataclass(frozen=True)
class Transition:
    """One move. `target` is a state; a target of "closed" names its outcome.

    sources   states it may start from; the empty tuple is the opening of a case
    may       who may, as a rule over the case
    guards    each returns the reasons that stand against each case; all are collected
    effects   run after the state has changed, in the same transaction, over the whole set
    needs     names in `data` that must be filled, e.g. ("note",) for a refusal
    """

    name: str
    label: Any
    sources: tuple[str, ...]
    target: str
    may: Rule
    outcome: str = ""
    guards: tuple[Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    needs: tuple[str, ...] = ()
    bulk: bool = False  # offered on lists
    primary: bool = False  # the one red button


@dataclass(frozen=True)
class Flow:
    """What a kind of case goes through. `name` is "programme.kind"; `prefix` begins its numbers."""

    name: str
    label: Any
    prefix: str
    view: Rule
    transitions: tuple[Transition, ...]
    model: str  # label of the programme's own table, joined one to one by `case`
    url: str = ""  # URL name of the case page on the desk, taking the case's key
    my_url: str = ""  # the same for the applicant
    title: Callable[[Sequence[int]], dict[int, str]] | None = None  # case keys -> what each is called
    edition_required: bool = False
    applicant_required: bool = False
    tier: str = "T1"  # T2: that there was such a case at all is for the person and its office, not for a course of life

    @property
    def programme(self) -> str:
        return self.name.split(".")[0]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the transitions first name it."""
        names = [s for t in self.transitions for s in (*t.sources, t.target)]
        return tuple(dict.fromkeys(names))

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """(source, target) pairs; source "" opens a case."""
        return frozenset((s, t.target) for t in self.transitions for s in (t.sources or ("",)))

    def transition(self, name: str) -> Transition:
        """The transition of that name; KeyError where there is none."""
        return {t.name: t for t in self.transitions}[name]

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions that start from a state."""
        return tuple(t for t in self.transitions if state in t.sources)


def problems(flow: Flow) -> list[str]:
    """What is unsound in a flow: unknown states, unreachable ones, dead ends, closing without an outcome."""
    found = []
    known = set(State.values)
    found += [f"{flow.name}: state {s!r} is not in the vocabulary" for s in flow.states if s not in known]
    reached, edge = {""}, set(flow.edges)
    while more := {t for s, t in edge if s in reached} - reached:
        reached |= more
    found += [f"{flow.name}: {s!r} is never reached" for s in flow.states if s not in reached]
    found += [
        f"{flow.name}: {s!r} is a dead end" for s in flow.states if s != State.CLOSED and not flow.leaving(s)
    ]
    for t in flow.transitions:
        if (t.target == State.CLOSED) != (t.outcome in Outcome.values):
            found.append(f"{flow.name}.{t.name}: closing and an outcome go together")
    for source, target in flow.edges:
        if target == State.SUSPENDED and source in ("", State.SUSPENDED):
            found.append(f"{flow.name}: a case cannot be suspended before it is anything else")
    if len({t.name for t in flow.transitions}) != len(flow.transitions):
        found.append(f"{flow.name}: two transitions share a name")
    return found


def phase_of(state: str, before: str = "") -> Phase:
    """The coarse phase of a state; of `suspended`, that of the state before it (KeyError where none is given)."""
    return PHASE_OF[before if state == State.SUSPENDED else state]


class FlowError(Exception):
    """A move that was not made; nothing has changed."""


class Refused(FlowError):
    """Reasons stand against it: {case key: reasons}."""

    def __init__(self, reasons: dict[int, list[Reason]]) -> None:
        self.reasons = reasons
        super().__init__("; ".join(str(r.text) for rs in reasons.values() for r in rs))


class Stale(FlowError):
    """Somebody changed the case since it was read. `case` is as it stands now."""

    def __init__(self, case: models.Model) -> None:
        self.case = case
        super().__init__(f"{case} has changed")


class Forbidden(FlowError):
    """The actor may not, or cannot see the case; shown as missing."""
