"""The door: who may, what stands against it, and what it writes."""

import pytest

from gongjiang.kernel.access.actor import ANONYMOUS, scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Turn
from gongjiang.kernel.lifecycle.turns import live

from .conftest import acted, opened

OTHERS = (
    "colleague",
    "neighbour_officer",
    "county_officer",
    "sibling_officer",
    "superior",
    "leader",
    "auditor",
    "stranger",
)


def events(case):
    return list(case.events.order_by("version").values_list("version", "name", "source", "target", "role"))


def test_opening_writes_the_case_its_event_and_its_turn(flow, cast):
    case = opened(cast)
    case.refresh_from_db()
    assert (case.state, case.phase, case.version, case.path) == ("submitted", "intake", 1, cast.works.path)
    assert case.number.startswith(f"TST-{case.opened_at.year}-140423-")
    assert events(case) == [(1, "file", "", "submitted", "")]
    assert (live(case).unit, live(case).role) == (cast.works, "unit_officer")


def test_number_is_given_when_the_draft_is_submitted(flow, cast):
    case = opened(cast, "draft")
    assert case.number is None
    acted(cast, case, "submit", "applicant")
    case.refresh_from_db()
    assert case.number.endswith("-140423-00001")


def test_withdrawn_draft_takes_no_number(flow, cast):
    case = acted(cast, opened(cast, "draft"), "withdraw", "applicant")
    case.refresh_from_db()
    assert (case.number, case.outcome) == (None, "withdrawn")
    assert opened(cast).number.endswith("-00001")


def test_transition_records_the_role_in_which_one_acted(flow, cast):
    case = acted(cast, opened(cast), "accept", "unit_officer")
    assert events(case)[-1] == (2, "accept", "submitted", "accepted", "unit_officer")
    assert case.events.get(version=2).unit == cast.works


def test_closing_ends_the_turn_and_names_the_outcome(flow, cast):
    case = acted(cast, acted(cast, opened(cast), "accept", "unit_officer"), "finish", "unit_officer")
    case.refresh_from_db()
    assert (case.phase, case.outcome, case.closed_at is not None, live(case)) == (
        "closed",
        "completed",
        True,
        None,
    )


@pytest.mark.parametrize("who", OTHERS)
def test_transition_by_anybody_else_is_forbidden(flow, cast, who):
    case = opened(cast)
    with pytest.raises(Forbidden):
        acted(cast, case, "accept", who)
    assert events(case) == [(1, "file", "", "submitted", "")]


def test_transition_by_the_anonymous_is_forbidden(flow, cast):
    case = opened(cast)
    with pytest.raises(Forbidden), scope(ANONYMOUS):
        door.transition(case, "accept", actor=ANONYMOUS)


def test_transition_by_a_colleague_for_the_applicant_is_forbidden(flow, cast):
    with pytest.raises(Forbidden):
        acted(cast, opened(cast), "withdraw", "colleague")


def test_opening_for_somebody_else_is_forbidden(flow, cast):
    actor = cast["colleague"].actor
    with pytest.raises(Forbidden), scope(actor):
        door.open_case(
            "tested.thing", "file", actor=actor, unit=cast.works, applicant=cast["applicant"].person.pk
        )
    assert not Case.objects.exists()


def test_opening_without_a_required_applicant_is_forbidden(flow, cast):
    actor = cast["county_officer"].actor
    with pytest.raises(Forbidden), scope(actor):
        door.open_case("tested.thing", "file", actor=actor, unit=cast.works)
    assert not Case.objects.exists()


def test_opening_by_a_move_that_opens_nothing_is_an_error(flow, cast):
    actor = cast["applicant"].actor
    with pytest.raises(ValueError, match="does not open"), scope(actor):
        door.open_case("tested.thing", "submit", actor=actor, unit=cast.works, applicant=actor.person)


def test_unknown_transition_is_an_error(flow, cast):
    with pytest.raises(KeyError):
        acted(cast, opened(cast), "explode", "unit_officer")


def test_refusal_collects_every_reason(flow, cast):
    case = opened(cast)
    with pytest.raises(Refused) as refusal:
        acted(cast, case, "accept", "unit_officer", against=[case.pk])
    assert [(r.text, r.field) for r in refusal.value.reasons[case.pk]] == [
        ("first reason", ""),
        ("second reason", ""),
        ("third reason", "title"),
    ]
    case.refresh_from_db()
    assert (case.state, case.version) == ("submitted", 1)


@pytest.mark.parametrize("note", ["", "   ", None])
def test_refusing_without_the_note_it_needs_is_refused(flow, cast, note):
    case = opened(cast)
    with pytest.raises(Refused) as refusal:
        acted(cast, case, "refuse", "unit_officer", note=note)
    assert [r.field for r in refusal.value.reasons[case.pk]] == ["note"]


def test_transition_with_an_old_version_is_stale(flow, cast):
    case = opened(cast)
    acted(cast, case, "return", "unit_officer", note="which machine?")
    acted(cast, case, "submit", "applicant")
    with pytest.raises(Stale) as stale:
        acted(cast, case, "accept", "unit_officer", version=1)
    assert (stale.value.case.state, stale.value.case.version) == ("submitted", 3)


def test_transition_from_a_state_it_does_not_leave_is_stale(flow, cast):
    case = acted(cast, opened(cast), "accept", "unit_officer")
    with pytest.raises(Stale):
        acted(cast, case, "accept", "unit_officer")


def test_stale_does_not_tell_a_stranger_that_the_case_exists(flow, cast):
    case = acted(cast, opened(cast), "accept", "unit_officer")
    with pytest.raises(Forbidden):
        acted(cast, case, "accept", "sibling_officer", version=1)


def test_many_move_what_may_move_and_say_why_the_others_do_not(flow, cast):
    ready, guarded, moved_on = (opened(cast) for _ in range(3))
    acted(cast, moved_on, "accept", "unit_officer")
    officer = cast["unit_officer"].actor
    with scope(officer):
        done = door.transition_many(
            "tested.thing", [ready.pk, guarded.pk, moved_on.pk], "accept", actor=officer, against=[guarded.pk]
        )
    assert [c.pk for c in done.moved] == [ready.pk]
    assert {key: len(reasons) for key, reasons in done.refused.items()} == {guarded.pk: 3, moved_on.pk: 1}
    assert dict(Case.objects.values_list("pk", "version")) == {ready.pk: 2, guarded.pk: 1, moved_on.pk: 2}


def test_many_neither_move_nor_mention_what_the_actor_may_not(flow, cast):
    case = opened(cast)
    for who in ("sibling_officer", "neighbour_officer"):
        actor = cast[who].actor
        with scope(actor):
            done = door.transition_many("tested.thing", [case.pk], "accept", actor=actor)
        assert (done.moved, done.refused) == ([], {})


def test_many_in_two_statements_do_what_one_does(flow, cast, django_assert_max_num_queries):
    keys = [opened(cast).pk for _ in range(12)]
    officer = cast["unit_officer"].actor
    with django_assert_max_num_queries(20), scope(officer):
        done = door.transition_many("tested.thing", keys, "accept", actor=officer)
    assert [c.pk for c in done.moved] == keys
    assert CaseEvent.objects.filter(name="accept").count() == 12
    assert Turn.objects.filter(until=None, unit=cast.works, role="unit_officer").count() == 12


def test_possible_offers_what_the_actor_may_with_what_stands_against_it(flow, cast):
    case = opened(cast)
    offered = {}
    for who in ("applicant", "unit_officer", "county_officer", "sibling_officer"):
        actor = cast[who].actor
        with scope(actor):
            offered[who] = [move.name for move, _ in door.possible(case, actor=actor)]
    assert offered == {
        "applicant": ["withdraw"],
        "unit_officer": ["accept", "return", "refuse"],
        "county_officer": [],
        "sibling_officer": [],
    }


def test_failed_effect_leaves_nothing(flow, cast, monkeypatch):
    case = opened(cast)

    def breaks(batch):
        raise RuntimeError("the printer is on fire")

    move = flow.transition("accept")
    monkeypatch.setitem(move.__dict__, "effects", (breaks,))
    with pytest.raises(RuntimeError):
        acted(cast, case, "accept", "unit_officer")
    case.refresh_from_db()
    assert (case.state, case.version, case.events.count()) == ("submitted", 1, 1)
