"""How a programme tells the suite to play it: steps, walks and pages. See README.md."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gongjiang.insight.periods import Period
from gongjiang.kernel import catalogue
from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.flow import Flow
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.programme import Programme
from tests.cast import Cast

Do = Callable[[Cast, Actor, Case | None], Case]
Brute = Callable[[Unit, Period, date], int]


@dataclass(frozen=True)
class Step:
    """One move by one of the cast: by the programme's action `do`, or through the door with `data`.

    also   others of the cast who may make it too
    """

    name: str
    by: str
    data: Mapping[str, Any] = field(default_factory=dict)
    do: Do | None = None
    also: tuple[str, ...] = ()

    def take(self, cast: Cast, case: Case | None, by: str = "") -> Case:
        """The case after this move, made by the step's own member of the cast or by another one in their scope."""
        actor = cast.actors[by or self.by]
        with scope(actor):
            if self.do is not None:
                return self.do(cast, actor, case)
            assert case is not None, f"{self.name} opens a case and needs `do`"
            return door.transition(case, self.name, actor=actor, **self.data)


Walk = tuple[Step, ...]


def of_case(cast: Cast, case: Case | None) -> dict[str, Any]:
    """The keywords of a case's page."""
    assert case is not None
    return {"pk": case.pk}


@dataclass(frozen=True)
class Page:
    """One address: who reads it, after which steps, and nobody else.

    args    the keywords of the URL, from the cast and the case
    tells   what its readers see and nobody else does; by default the case's number and title
    rows    for a list without a flow: adds n rows
    """

    reader: str
    steps: Walk = ()
    others: tuple[str, ...] = ()
    args: Callable[[Cast, Case | None], dict[str, Any]] | None = None
    tells: Callable[[Cast, Case | None], list[str]] | None = None
    rows: Callable[[Cast, int], None] | None = None

    @property
    def is_list(self) -> bool:
        return self.args is None and bool(self.rows or self.steps)


@dataclass(frozen=True)
class Spreadsheet:
    """One kind of import: who takes it in for which unit, headers and sound rows, and whose export has its columns."""

    by: str
    unit: Callable[[Cast], Unit]
    rows: Callable[[Cast], tuple[Sequence[str], Sequence[Sequence[Any]]]]
    export: str


@dataclass(frozen=True)
class Scenes:
    """What one programme's `tests/scenes.py` says."""

    walks: dict[str, tuple[Walk, ...]]
    refusals: dict[str, tuple[Walk, ...]]
    pages: dict[str, Page]
    figures: dict[str, Brute]
    imports: dict[str, Spreadsheet]
    prepare: Callable[[Cast], None]
    opened: frozenset[str]


def installed() -> list[str]:
    """The names of the installed programmes."""
    return [p.name for p in catalogue.programmes()]


def scenes_of(name: str) -> Scenes:
    """The scenes of a programme. ModuleNotFoundError where it has none, which is a failure."""
    package = catalogue.programme(name).package
    module = import_module(f"{package}.tests.scenes")
    return Scenes(
        getattr(module, "WALKS", {}),
        getattr(module, "REFUSALS", {}),
        getattr(module, "PAGES", {}),
        getattr(module, "FIGURES", {}),
        getattr(module, "IMPORTS", {}),
        getattr(module, "prepare", lambda cast: None),
        frozenset(getattr(module, "OPENED", ())),
    )


def with_scenes() -> list[str]:
    """The programmes that have scenes; the others fail once, in test_folder."""
    return [p.name for p in catalogue.programmes() if find_spec(f"{p.package}.tests.scenes")]


def figures() -> dict[str, Brute]:
    """The brute-force count of every indicator, by its code."""
    return {code: brute for name in with_scenes() for code, brute in scenes_of(name).figures.items()}


def flows_of(programme: Programme) -> list[Flow]:
    """The flows that a programme declares."""
    module = programme.module("flow")
    return list(getattr(module, "FLOWS", ())) if module else []


def walk(cast: Cast, steps: Walk) -> Case | None:
    """The case at the end of the walk, as it stands in the database; None for an empty walk."""
    case: Case | None = None
    for step in steps:
        case = step.take(cast, case)
    if case is not None:
        case.refresh_from_db()
    return case


def title(case: Case) -> str:
    """What the case is called, by its flow."""
    flow = flows()[case.flow]
    return flow.title([case.pk])[case.pk] if flow.title else str(case)
