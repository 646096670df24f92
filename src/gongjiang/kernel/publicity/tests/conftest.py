"""A flow whose cases are publicised, known to the door and the database for as long as a test runs."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone, translation

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import own, within
from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.edges import flows, synchronise_edges
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_own_unit
from gongjiang.kernel.publicity import guards
from gongjiang.kernel.publicity.models import Publicity, PublicityCase
from gongjiang.kernel.publicity.snapshot import Column, Mask, freeze
from tests.cast import Cast

KIND = "tested.finalists"
COLUMNS = (
    Column("成果", "Result", leads=True),
    Column("完成人", "By", mask=Mask.NAMES),
    Column("得分", "Score", number=True),
)
OFFICE = within("path", Role.OFFICER)


def content(batch) -> guards.Content:
    edition = batch.cases[0].edition
    return guards.Content(
        unit=batch.data["unit"],
        title="拟认定名单公示",
        cases=batch.cases,
        columns=COLUMNS,
        rows={c.pk: (f"成果{c.number}", ["王演甲", "李演乙"], "88.40") for c in batch.cases},
        days=5,
        ends_at=EndsAt.OFFICE,
        edition=edition,
        answer_days=5,
    )


LISTED = Flow(
    name="tested.listed",
    label="Listed",
    prefix="TLS",
    view=within("path", Role.UNIT_OFFICER, Role.OFFICER) | own("applicant"),
    model="lifecycle.Case",
    applicant_required=True,
    transitions=(
        Transition(
            "file", "File", (), State.SUBMITTED, own("applicant"), effects=(to_own_unit(Role.UNIT_OFFICER),)
        ),
        Transition(
            "publish",
            "Publish",
            (State.SUBMITTED,),
            State.PUBLICISED,
            OFFICE,
            effects=(guards.publicise(KIND, content),),
        ),
        Transition(
            "award",
            "Award",
            (State.PUBLICISED,),
            State.CLOSED,
            OFFICE,
            outcome=Outcome.GRANTED,
            guards=(guards.publicity_over(KIND), guards.no_open_objection),
        ),
        Transition("drop", "Drop", (State.SUBMITTED,), State.CLOSED, OFFICE, outcome=Outcome.REFUSED),
    ),
)


def _known(db: None) -> Iterator[Flow]:
    flows()[LISTED.name] = LISTED
    synchronise_edges()
    yield LISTED
    del flows()[LISTED.name]


@pytest.fixture
def flow(db: None) -> Iterator[Flow]:
    yield from _known(db)


@pytest.fixture(autouse=True)
def place(settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path / "files"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def filed(cast: Cast, who: str = "applicant", edition=None) -> Case:
    actor = cast[who].actor
    with scope(actor):
        return door.open_case(
            "tested.listed", "file", actor=actor, unit=cast.works, applicant=actor.person, edition=edition
        )


def published(cast: Cast, cases: list[Case], who: str = "superior") -> Publicity:
    """The notice of the city that a move of these cases makes."""
    actor = cast[who].actor
    with scope(actor):
        done = door.transition_many(
            "tested.listed", [c.pk for c in cases], "publish", actor=actor, unit=cast.city
        )
        assert len(done.moved) == len(cases)
    return Publicity.objects.get(kind=KIND)


def standing_until(cast: Cast, seconds: float, cases: list[Case] = (), **more) -> Publicity:
    """A notice of the city that closes so many seconds from now (before now, where negative); written by the owner."""
    now = timezone.now()
    row = Publicity.objects.create(
        number=f"GS-{Publicity.objects.count() + 1}",
        unit=cast.city,
        path=cast.city.path,
        kind=KIND,
        round=Publicity.objects.count() + 1,
        title="拟认定名单公示",
        opened_at=now - timedelta(days=10),
        days=5,
        closes_at=now + timedelta(seconds=seconds),
        snapshot=freeze(COLUMNS, [(f"成果{n}", ["王演甲"], "80") for n in range(1, 4)]),
        digest=b"x" * 32,
        publicised_by=cast["leader"].user,
        **more,
    )
    PublicityCase.objects.bulk_create(
        PublicityCase(publicity=row, case=case, position=n) for n, case in enumerate(cases, 1)
    )
    return row
