"""A flow made for these tests, known to the door and to the database for as long as a test runs."""

from collections.abc import Iterator

import pytest

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, own, within
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.edges import flows, synchronise_edges
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Reason, Transition
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant, to_own_unit

OWN = own("applicant")
ENTERPRISE = assigned(Role.UNIT_OFFICER)


def not_twice(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: refuses with two reasons whatever is told to be refused."""
    told = batch.data.get("against", ())
    return {c.pk: [Reason("first reason"), Reason("second reason")] for c in batch.cases if c.pk in told}


def not_thrice(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: one more reason, to see that every guard is asked."""
    return {
        c.pk: [Reason("third reason", field="title")]
        for c in batch.cases
        if c.pk in batch.data.get("against", ())
    }


THING = Flow(
    name="tested.thing",
    label="Thing",
    prefix="TST",
    view=within("path", Role.UNIT_OFFICER, Role.OFFICER) | OWN,
    model="lifecycle.Case",
    applicant_required=True,
    transitions=(
        Transition("draft", "Draft", (), State.DRAFT, OWN, effects=(to_applicant,)),
        Transition("file", "File", (), State.SUBMITTED, OWN, effects=(to_own_unit(Role.UNIT_OFFICER),)),
        Transition(
            "submit", "Submit", (State.DRAFT, State.RETURNED), State.SUBMITTED, OWN,
            effects=(to_own_unit(Role.UNIT_OFFICER),),
        ),
        Transition(
            "accept", "Accept", (State.SUBMITTED,), State.ACCEPTED, ENTERPRISE, guards=(not_twice, not_thrice),
            effects=(to_own_unit(Role.UNIT_OFFICER),), bulk=True,
        ),
        Transition(
            "return", "Return", (State.SUBMITTED,), State.RETURNED, ENTERPRISE, needs=("note",), effects=(to_applicant,)
        ),
        Transition(
            "refuse", "Refuse", (State.SUBMITTED,), State.CLOSED, ENTERPRISE, outcome=Outcome.REFUSED, needs=("note",)
        ),
        Transition("finish", "Finish", (State.ACCEPTED,), State.CLOSED, ENTERPRISE, outcome=Outcome.COMPLETED),
        Transition(
            "withdraw", "Withdraw", (State.DRAFT, State.SUBMITTED, State.RETURNED), State.CLOSED, OWN,
            outcome=Outcome.WITHDRAWN,
        ),
    ),
)  # fmt: skip


def _known(db: None) -> Iterator[Flow]:
    flows()[THING.name] = THING
    synchronise_edges()
    yield THING
    del flows()[THING.name]


@pytest.fixture
def flow(db: None) -> Iterator[Flow]:
    """The flow, in this test's transaction."""
    yield from _known(db)


@pytest.fixture
def lasting_flow(transactional_db: None) -> Iterator[Flow]:
    """The flow, committed."""
    yield from _known(transactional_db)


def opened(cast, how: str = "file", who: str = "applicant") -> Case:
    """A case of the flow at the works, as its applicant opened it."""
    actor = cast[who].actor
    with scope(actor):
        return door.open_case("tested.thing", how, actor=actor, unit=cast.works, applicant=actor.person)


def acted(cast, case: Case, name: str, who: str, **data) -> Case:
    """The case after a transition by a member of the cast, in that member's scope."""
    actor = cast[who].actor
    with scope(actor):
        return door.transition(case, name, actor=actor, **data)
