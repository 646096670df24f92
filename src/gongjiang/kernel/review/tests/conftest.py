"""A flow that climbs and one that is scored, made for these tests; and a panel of the city, ready to open."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import Role, SeatRole
from gongjiang.kernel.access.rules import assigned, own, seated, within
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.edges import flows, synchronise_edges
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant
from gongjiang.kernel.review import panels, scoring
from gongjiang.kernel.review.endorsement import at_summit, climb, not_own, record, send_back, somebody_below
from gongjiang.kernel.review.models import Item, Panel, Seat, Verdict
from gongjiang.kernel.review.packs import Pack, PackPart, registry
from gongjiang.kernel.review.recommending import (
    endorsed_last,
    free_below,
    give_place_back,
    take_back,
    take_place,
    within_quota,
)

OFFICER = assigned(Role.UNIT_OFFICER, Role.OFFICER)
SECRET = "机密的做法"

CLIMBING = Flow(
    name="tested.climbing",
    label="Climbing",
    prefix="CLI",
    view=within("path") | own("applicant") | OFFICER,
    model="lifecycle.Case",
    edition_required=True,
    transitions=(
        Transition(
            "recommend", "Recommend", (), State.UNDER_REVIEW, within("path", Role.UNIT_OFFICER),
            effects=(record(Verdict.ENDORSED), climb),
        ),
        Transition(
            "endorse", "Endorse", (State.UNDER_REVIEW,), State.UNDER_REVIEW, OFFICER,
            guards=(at_summit(False, "you decide"), not_own, within_quota()),
            effects=(record(Verdict.ENDORSED), take_place(), climb),
        ),
        Transition(
            "send_back", "Send back", (State.UNDER_REVIEW,), State.UNDER_REVIEW, OFFICER, needs=("note",),
            guards=(somebody_below(True, "nobody below"),),
            effects=(record(Verdict.RETURNED), send_back, free_below),
        ),
        Transition(
            "return", "Return", (State.UNDER_REVIEW,), State.RETURNED, OFFICER, needs=("note",),
            effects=(record(Verdict.RETURNED), give_place_back, to_applicant),
        ),
        Transition(
            "submit", "Submit", (State.RETURNED,), State.UNDER_REVIEW, own("applicant"), effects=(climb,),
        ),
        Transition(
            "call_back", "Call back", (State.UNDER_REVIEW,), State.UNDER_REVIEW,
            endorsed_last(Role.UNIT_OFFICER, Role.OFFICER), needs=("note",),
            effects=(record(Verdict.RECALLED), take_back),
        ),
        Transition(
            "grant", "Grant", (State.UNDER_REVIEW,), State.CLOSED, OFFICER, outcome=Outcome.GRANTED,
            guards=(at_summit(True, "others decide"), not_own), effects=(record(Verdict.GRANTED),),
        ),
        Transition(
            "refuse", "Refuse", (State.UNDER_REVIEW,), State.CLOSED, OFFICER, outcome=Outcome.REFUSED,
            needs=("note",), effects=(record(Verdict.REFUSED),),
        ),
        Transition(
            "withdraw", "Withdraw", (State.UNDER_REVIEW,), State.CLOSED, own("applicant"),
            outcome=Outcome.WITHDRAWN, effects=(give_place_back,),
        ),
    ),
)  # fmt: skip

SCORED = Flow(
    name="tested.scored",
    label="Scored",
    prefix="SCO",
    view=within("path") | own("applicant") | seated(),
    model="lifecycle.Case",
    edition_required=True,
    transitions=(
        Transition("enter", "Enter", (), State.SCORING, within("path", Role.UNIT_OFFICER)),
        Transition(
            "award", "Award", (State.SCORING,), State.CLOSED, within("path", Role.OFFICER), outcome=Outcome.GRANTED,
            guards=(scoring.result_of("paper", "passed", sentence="not passed"),),
        ),
        Transition(
            "withdraw", "Withdraw", (State.SCORING,), State.CLOSED, own("applicant"), outcome=Outcome.WITHDRAWN,
        ),
    ),
)  # fmt: skip


def build(cases, blind: bool) -> dict[int, list[PackPart]]:
    """The pack of a test case: one text, with the number only where names are open."""
    return {c.pk: [PackPart("What is new", SECRET if blind else f"{SECRET} {c.number}")] for c in cases}


@pytest.fixture
def climbing(db: None) -> Iterator[Flow]:
    flows()[CLIMBING.name] = CLIMBING
    synchronise_edges()
    yield CLIMBING
    del flows()[CLIMBING.name]


@pytest.fixture
def scored(db: None) -> Iterator[Flow]:
    flows()[SCORED.name] = SCORED
    registry()[SCORED.name] = Pack(SCORED.name, (State.SCORING,), build)
    synchronise_edges()
    yield SCORED
    del flows()[SCORED.name], registry()[SCORED.name]


def make_edition(cast):
    from gongjiang.kernel.lifecycle.models import Edition

    return Edition.objects.create(
        programme="tested", unit=cast.city, name=f"{timezone.now():%Y}", state="published"
    )


@pytest.fixture
def edition(cast):
    return make_edition(cast)


#: Judges of the city's panel without a conflict over cases of the works.
JUDGES = ("sibling_officer", "stranger", "neighbour_officer")


@dataclass
class Stage:
    """A panel of the city over entries of the works, with three judges of whom the first is the chair."""

    cast: object
    panel: Panel
    items: list[Item] = field(default_factory=list)
    seats: dict[str, Seat] = field(default_factory=dict)

    def actor(self, name: str):
        return self.cast[name].actor

    def act(self, name: str, action, *args, **kwargs):
        """Do something as a member of the cast, in the application's role."""
        actor = self.actor(name)
        with scope(actor):
            return action(*args, actor=actor, **kwargs)

    def score(self, name: str, item: Item, *points: object) -> None:
        keys = self.panel.criteria.order_by("position").values_list("pk", flat=True)
        given = {k: None if p is None else Decimal(str(p)) for k, p in zip(keys, points, strict=True)}
        self.act(name, scoring.score, self.seats[name], item, given)

    def score_all(self, *points: object, judges=JUDGES) -> None:
        for name in judges:
            for item in self.items:
                self.score(name, item, *points)

    def open(self) -> None:
        self.act("superior", panels.open_panel, self.panel)
        for name in self.seats:
            self.act(name, scoring.swear, self.seats[name])
        self.panel.refresh_from_db()

    def preview(self, name: str = "superior", **more):
        return self.act(name, scoring.preview, self.panel, **more)

    def lock(self, name: str = "superior", **more):
        more.setdefault("fingerprint", self.preview().fingerprint)
        return self.act(name, scoring.lock, self.panel, **more)


def entry(cast, edition, applicant: str = "applicant", unit=None, officer: str = "unit_officer") -> Case:
    """A case of the works that waits to be scored."""
    actor = cast[officer].actor
    unit = unit or cast.works
    person = cast[applicant].person
    with scope(actor):
        case = door.open_case(
            "tested.scored", "enter", actor=actor, unit=unit, edition=edition, applicant=person.pk
        )
    Participant.objects.create(case=case, person=person, role="author", share=100, unit=unit)
    return case


def set_stage(
    cast, edition, *, cases: int = 3, ready: bool = True, judges=JUDGES, ties=(("admit_all", None),), **rules
) -> Stage:
    """Everything as the organiser would do it, in the application's role."""
    for _ in range(cases):
        entry(cast, edition)
    actor = cast["superior"].actor
    with scope(actor):
        panel = panels.create_panel(
            edition, cast.city, actor=actor, stage=rules.pop("stage", "paper"), name="第一轮"
        )
    stage = Stage(cast, panel)
    values = {
        "blind": True, "minimum": 2, "drop": 0, "precision": 2, "rounding": "half_up", "passes": 1, "reserves": 1,
    }  # fmt: skip
    stage.act("superior", panels.configure, panel, **{**values, **rules})
    stage.act(
        "superior",
        panels.set_criteria,
        panel,
        [
            {"name": "创新性", "weight": Decimal(60), "maximum": Decimal(100)},
            {"name": "实用性", "weight": Decimal(40), "maximum": Decimal(50)},
        ],
    )
    stage.act("superior", panels.set_ties, panel, list(ties))
    for n, name in enumerate(judges):
        role = SeatRole.PANEL_CHAIR if n == 0 else SeatRole.PANELIST
        stage.seats[name] = stage.act("superior", panels.seat, panel, cast[name].user.username, role)
    panel.refresh_from_db()
    with scope(actor):
        keys = list(panels.waiting(panel).values_list("pk", flat=True))
    stage.act("superior", panels.enter, panel, keys)
    stage.items = list(Item.objects.filter(panel=panel).order_by("position"))
    if ready:
        stage.open()
    return stage


@pytest.fixture
def stage(scored, cast, edition) -> Stage:
    """An open panel: three items, three judges who gave the undertaking, one passes, one is reserve."""
    return set_stage(cast, edition)
