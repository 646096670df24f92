"""Climbing the tree: each unit once, in order, to the unit that called."""

import pytest

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.turns import live
from gongjiang.kernel.review.endorsement import chain
from gongjiang.kernel.review.models import Endorsement


def recommended(cast, edition, unit=None, who="unit_officer"):
    actor = cast[who].actor
    with scope(actor):
        return door.open_case(
            "tested.climbing", "recommend", actor=actor, unit=unit or cast.works, edition=edition, note="good"
        )


def acted(cast, case, name, who, **data):
    actor = cast[who].actor
    with scope(actor):
        return door.transition(case, name, actor=actor, **data)


def test_chain_runs_from_the_own_unit_to_the_one_that_called_past_the_township(climbing, cast, edition):
    case = recommended(cast, edition)
    assert chain(case) == [cast.works, cast.county, cast.city]


def test_chain_of_a_countys_own_call_ends_at_the_county(climbing, cast):
    own = Edition.objects.create(programme="tested", unit=cast.county, name="county's", state="published")
    assert chain(recommended(cast, own)) == [cast.works, cast.county]


def test_chain_of_a_call_by_a_township_ends_there_although_townships_pass_nothing_on(climbing, cast):
    own = Edition.objects.create(programme="tested", unit=cast.township, name="township's", state="published")
    assert chain(recommended(cast, own)) == [cast.works, cast.township]


def test_case_climbs_to_the_city_and_is_granted_there(climbing, cast, edition):
    case = recommended(cast, edition)
    assert (live(case).unit, live(case).role) == (cast.county, "officer")
    acted(cast, case, "endorse", "county_officer", note="better")
    assert live(case).unit == cast.city
    acted(cast, case, "grant", "superior")
    case.refresh_from_db()
    steps = (
        Endorsement.objects.filter(case=case)
        .order_by("step")
        .values_list("step", "unit", "verdict", "opinion")
    )
    assert list(steps) == [
        (1, cast.works.pk, "endorsed", "good"),
        (2, cast.county.pk, "endorsed", "better"),
        (3, cast.city.pk, "granted", ""),
    ]
    assert (case.outcome, live(case)) == ("granted", None)


@pytest.mark.parametrize(
    "who",
    ["unit_officer", "neighbour_officer", "sibling_officer", "superior", "leader", "auditor", "stranger"],
)
def test_endorsing_out_of_turn_is_forbidden(climbing, cast, edition, who):
    case = recommended(cast, edition)
    with pytest.raises(Forbidden):
        acted(cast, case, "endorse", who)


def test_granting_below_the_summit_and_endorsing_at_it_are_refused(climbing, cast, edition):
    case = recommended(cast, edition)
    with pytest.raises(Refused, match="others decide"):
        acted(cast, case, "grant", "county_officer")
    acted(cast, case, "endorse", "county_officer")
    with pytest.raises(Refused, match="you decide"):
        acted(cast, case, "endorse", "superior")


def test_two_officers_of_one_unit_endorse_once(climbing, cast, edition):
    case = recommended(cast, edition)
    acted(cast, case, "endorse", "county_officer", version=case.version)
    with pytest.raises(Stale):
        acted(cast, case, "endorse", "county_officer", version=1)
    assert Endorsement.objects.filter(case=case).count() == 2


def test_case_that_starts_at_the_unit_that_called_stays_there(climbing, cast):
    own = Edition.objects.create(programme="tested", unit=cast.works, name="works'", state="published")
    case = recommended(cast, own)
    assert (live(case).unit, live(case).role) == (cast.works, "unit_officer")
    acted(cast, case, "grant", "unit_officer")


def test_call_by_a_unit_that_is_not_above_is_an_error(climbing, cast):
    foreign = Edition.objects.create(
        programme="tested", unit=cast.sibling_county, name="not ours", state="published"
    )
    with pytest.raises(ValueError, match="not above"):
        recommended(cast, foreign)


def test_endorsement_is_never_changed(climbing, cast, edition):
    from django.db import DatabaseError, connection, transaction

    case = recommended(cast, edition)
    for statement in ("UPDATE review_endorsement SET verdict = 'refused'", "DELETE FROM review_endorsement"):
        with (
            pytest.raises(DatabaseError, match="Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"{statement} WHERE case_id = %s", [case.pk])


def test_chains_of_many_cases_cost_no_more_queries(climbing, cast, edition, django_assert_num_queries):
    from gongjiang.kernel.review.endorsement import chains

    cases = [recommended(cast, edition) for _ in range(5)]
    with django_assert_num_queries(2):
        chains(cases)
