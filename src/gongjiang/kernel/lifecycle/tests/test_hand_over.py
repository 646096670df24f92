"""A case handed to a sibling: the live turn gives access, not the tree alone, and takes it away with the next one."""

import pytest
from django.db import connection

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import assigned, own, within
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.edges import flows, synchronise_edges
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Forbidden, Transition
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import Next, live, pass_turns, to_own_unit

from .conftest import acted

HOLDER = assigned(Role.UNIT_OFFICER, Role.OFFICER)


def to_named(batch: Batch) -> None:
    """Effect: the unit named in the data is to act."""
    pass_turns(batch, {c.pk: Next(unit=batch.data["to"], role=Role.OFFICER) for c in batch.cases})


HANDED = Flow(
    name="tested.handed",
    label="Handed over",
    prefix="HAN",
    view=within("path", Role.UNIT_OFFICER) | own("applicant") | HOLDER,
    model="lifecycle.Case",
    transitions=(
        Transition(
            "file", "File", (), State.SUBMITTED, own("applicant"), effects=(to_own_unit(Role.UNIT_OFFICER),)
        ),
        Transition(
            "hand_over",
            "Hand over",
            (State.SUBMITTED, State.ACCEPTED),
            State.ACCEPTED,
            HOLDER,
            effects=(to_named,),
        ),
        Transition("finish", "Finish", (State.ACCEPTED,), State.CLOSED, HOLDER, outcome=Outcome.COMPLETED),
    ),
)


@pytest.fixture
def handed(cast):
    """A case of 襄垣's works that now lies with 沁县."""
    flows()[HANDED.name] = HANDED
    synchronise_edges()
    actor = cast["applicant"].actor
    with scope(actor):
        case = door.open_case("tested.handed", "file", actor=actor, unit=cast.works, applicant=actor.person)
    yield acted(cast, case, "hand_over", "unit_officer", to=cast.sibling_county.pk)
    del flows()[HANDED.name]


def seen_by(cast, who: str) -> tuple[int, int]:
    """(by the rule behind the wall, by the wall alone)."""
    actor = cast[who].actor
    with scope(actor):
        return HANDED.view.filter(Case.objects.all(), actor).count(), Case.objects.count()


def test_sibling_that_holds_the_case_sees_it_and_the_county_between_does_not_act(handed, cast):
    assert seen_by(cast, "sibling_officer") == (1, 1)
    assert seen_by(cast, "county_officer") == (0, 1)
    with pytest.raises(Forbidden):
        acted(cast, handed, "finish", "county_officer")


def test_sibling_hands_it_on_and_loses_it_with_the_turn(handed, cast):
    case = acted(cast, handed, "hand_over", "sibling_officer", to=cast.county.pk)
    assert (live(case).unit, case.version) == (cast.county, 3)
    assert seen_by(cast, "sibling_officer") == (0, 0)
    assert list(case.events.order_by("version").values_list("name", "unit", "role")) == [
        ("file", None, ""),
        ("hand_over", cast.works.pk, "unit_officer"),
        ("hand_over", cast.sibling_county.pk, "officer"),
    ]


def test_sibling_finishes_what_it_holds(handed, cast):
    case = acted(cast, handed, "finish", "sibling_officer")
    case.refresh_from_db()
    assert (case.outcome, live(case)) == ("completed", None)
    assert seen_by(cast, "sibling_officer") == (0, 0)


def test_nothing_of_the_move_is_left_for_the_next_question_of_the_same_scope(handed, cast):
    actor = cast["sibling_officer"].actor
    with scope(actor):
        door.transition(handed, "hand_over", actor=actor, to=cast.county.pk)
        assert Case.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('gongjiang.moving', true), '')")
            assert cursor.fetchone() == ("",)
