"""A flow that climbs, made for these tests."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, own, within
from gongjiang.kernel.lifecycle.edges import flows, synchronise_edges
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.review.endorsement import at_summit, climb, record
from gongjiang.kernel.review.models import Verdict

OFFICER = assigned(Role.UNIT_OFFICER, Role.OFFICER)

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
            guards=(at_summit(False, "you decide"),), effects=(record(Verdict.ENDORSED), climb),
        ),
        Transition(
            "grant", "Grant", (State.UNDER_REVIEW,), State.CLOSED, OFFICER, outcome=Outcome.GRANTED,
            guards=(at_summit(True, "others decide"),), effects=(record(Verdict.GRANTED),),
        ),
        Transition(
            "refuse", "Refuse", (State.UNDER_REVIEW,), State.CLOSED, OFFICER, outcome=Outcome.REFUSED,
            needs=("note",), effects=(record(Verdict.REFUSED),),
        ),
    ),
)  # fmt: skip


@pytest.fixture
def climbing(db: None) -> Iterator[Flow]:
    flows()[CLIMBING.name] = CLIMBING
    synchronise_edges()
    yield CLIMBING
    del flows()[CLIMBING.name]


@pytest.fixture
def edition(cast):
    from gongjiang.kernel.lifecycle.models import Edition

    return Edition.objects.create(
        programme="tested", unit=cast.city, name=f"{timezone.now():%Y}", state="published"
    )
