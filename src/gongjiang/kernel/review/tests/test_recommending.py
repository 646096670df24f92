"""Quota, reserve, swap, the way back down, and deputies."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Quota
from gongjiang.kernel.lifecycle.turns import live
from gongjiang.kernel.review import delegations, endorsement, recommending
from gongjiang.kernel.review.models import Delegation, Endorsement, Swap


def recommended(cast, edition, applicant="applicant") -> Case:
    actor = cast["unit_officer"].actor
    with scope(actor):
        return door.open_case(
            "tested.climbing", "recommend", actor=actor, unit=cast.works, edition=edition,
            applicant=cast[applicant].person.pk,
        )  # fmt: skip


def acted(cast, case, name, who, **data):
    actor = cast[who].actor
    with scope(actor):
        return door.transition(case, name, actor=actor, **data)


def limit(edition, unit, n) -> None:
    Quota.objects.create(edition=edition, unit=unit, limit=n)


def ranking(cast, edition, unit=None, who="county_officer") -> list[tuple[int, bool, bool]]:
    with scope(cast[who].actor):
        found = recommending.ranking_of(edition, unit or cast.county)
    return [(r.case.pk, r.sent, r.reserve) for r in found]


def test_over_the_quota_stays_as_ranked_reserve_and_says_its_place(climbing, cast, edition):
    limit(edition, cast.county, 1)
    first, second, third = (recommended(cast, edition) for _ in range(3))
    actor = cast["county_officer"].actor
    with scope(actor):
        recommending.rank(edition, cast.county, [second.pk, first.pk, third.pk], actor=actor)
    assert ranking(cast, edition) == [
        (second.pk, False, False),
        (first.pk, False, True),
        (third.pk, False, True),
    ]
    with pytest.raises(Refused, match="2"):
        acted(cast, first, "endorse", "county_officer")
    acted(cast, second, "endorse", "county_officer")
    assert live(second).unit == cast.city
    with pytest.raises(Refused, match="2"):
        acted(cast, first, "endorse", "county_officer")
    assert Quota.objects.get().taken == 1


def test_many_at_once_send_as_many_as_there_are_places(climbing, cast, edition):
    limit(edition, cast.county, 2)
    keys = [recommended(cast, edition).pk for _ in range(3)]
    actor = cast["county_officer"].actor
    with scope(actor):
        done = door.transition_many("tested.climbing", keys, "endorse", actor=actor)
    assert [c.pk for c in done.moved] == keys[:2]
    assert list(done.refused) == [keys[2]]


def test_order_is_moved_up_and_down_and_a_foreign_case_is_not(climbing, cast, edition):
    first, second = recommended(cast, edition), recommended(cast, edition)
    actor = cast["county_officer"].actor
    with scope(actor):
        recommending.move(edition, cast.county, second.pk, -1, actor=actor)
        assert [r.case.pk for r in recommending.ranking_of(edition, cast.county)] == [second.pk, first.pk]
        with pytest.raises(Stale):
            recommending.rank(edition, cast.county, [first.pk], actor=actor)
    sibling = cast["sibling_officer"].actor
    with scope(sibling), pytest.raises(Forbidden):
        recommending.rank(edition, cast.county, [first.pk, second.pk], actor=sibling)


def test_swap_puts_a_reserve_in_the_place_with_a_reason_and_needs_one(climbing, cast, edition):
    limit(edition, cast.county, 1)
    sent, reserve = recommended(cast, edition), recommended(cast, edition)
    acted(cast, sent, "endorse", "county_officer")
    actor = cast["county_officer"].actor
    out, into = Case.objects.get(pk=sent.pk), Case.objects.get(pk=reserve.pk)
    with scope(actor):
        with pytest.raises(Refused):
            recommending.swap(out, into, " ", actor=actor)
        recommending.swap(out, into, "材料更完整", actor=actor)
    assert (live(out).unit, live(into).unit) == (cast.county, cast.city)
    assert Quota.objects.get().taken == 1
    assert ranking(cast, edition) == [(into.pk, True, False), (out.pk, False, True)]
    assert Swap.objects.get().reason == "材料更完整"
    with pytest.raises(DatabaseError), transaction.atomic():
        Swap.objects.all().delete()


def test_what_a_unit_above_has_acted_on_cannot_be_called_back(climbing, cast, edition):
    case = recommended(cast, edition)
    acted(cast, case, "endorse", "county_officer")
    acted(cast, case, "send_back", "superior", note="补充效益")
    with pytest.raises(Forbidden):
        acted(cast, case, "call_back", "unit_officer", note="x")


def test_sent_back_the_unit_below_has_it_and_its_place_is_free(climbing, cast, edition):
    limit(edition, cast.county, 1)
    case = recommended(cast, edition)
    acted(cast, case, "endorse", "county_officer")
    acted(cast, case, "send_back", "superior", note="补充效益")
    assert (live(case).unit, Quota.objects.get().taken) == (cast.county, 0)
    acted(cast, case, "endorse", "county_officer")
    assert (live(case).unit, Quota.objects.get().taken) == (cast.city, 1)
    assert list(Endorsement.objects.filter(case=case).order_by("step").values_list("verdict", flat=True)) == [
        "endorsed", "endorsed", "returned", "endorsed",
    ]  # fmt: skip


def test_withdrawn_by_the_applicant_its_place_is_free_for_the_reserve(climbing, cast, edition):
    limit(edition, cast.county, 1)
    case, reserve = recommended(cast, edition), recommended(cast, edition)
    acted(cast, case, "endorse", "county_officer")
    acted(cast, case, "withdraw", "applicant")
    assert Quota.objects.get().taken == 0
    acted(cast, reserve, "endorse", "county_officer")
    assert live(reserve).unit == cast.city


def test_returned_to_the_applicant_it_starts_at_the_bottom_again(climbing, cast, edition):
    case = recommended(cast, edition)
    acted(cast, case, "return", "county_officer", note="补照片")
    assert live(case).person == cast["applicant"].person
    acted(cast, case, "submit", "applicant")
    assert live(case).unit == cast.works


def test_author_endorses_and_decides_nothing_of_the_own(climbing, cast, edition):
    case = recommended(cast, edition, applicant="unit_officer")
    acted(cast, case, "send_back", "county_officer", note="再看")
    with pytest.raises(Refused):
        acted(cast, case, "endorse", "unit_officer")


def test_township_endorses_where_the_edition_says_so_until_somebody_has_endorsed(climbing, cast, edition):
    actor = cast["superior"].actor
    with scope(actor):
        endorsement.endorse_by(edition, ["enterprise", "township", "county"], actor=actor)
    case = recommended(cast, edition)
    assert endorsement.chain(case) == [cast.works, cast.township, cast.county, cast.city]
    with scope(actor), pytest.raises(Refused):
        endorsement.endorse_by(edition, [], actor=actor)
    sibling = cast["sibling_officer"].actor
    with scope(sibling), pytest.raises(Forbidden):
        endorsement.endorse_by(edition, [], actor=sibling)


def lend(
    cast, since: date, until: date, *, deputy="colleague", holder="unit_officer", role=Role.UNIT_OFFICER
):
    actor = cast[holder].actor
    with scope(actor):
        return delegations.delegate(
            cast[deputy].user.username, actor=actor, unit=cast.works.pk, role=role, since=since, until=until
        )


def test_deputy_acts_within_the_days_and_in_the_others_name(climbing, cast, edition):
    today = timezone.localdate()
    case = recommended(cast, edition)
    acted(cast, case, "send_back", "county_officer", note="再看")
    with pytest.raises(Forbidden):
        acted(cast, case, "endorse", "colleague")
    lend(cast, today, today + timedelta(days=3))
    acted(cast, case, "endorse", "colleague")
    last = Endorsement.objects.filter(case=case).order_by("-step").first()
    assert (last.user, last.in_name_of) == (cast["colleague"].user, cast["unit_officer"].user)


def test_deputy_is_nothing_before_after_and_once_the_holder_is_back(climbing, cast, edition):
    today = timezone.localdate()
    lend(cast, today + timedelta(days=1), today + timedelta(days=3))
    assert cast["colleague"].actor.grants == ()
    made = lend(cast, today, today + timedelta(days=3))
    assert [g.unit for g in cast["colleague"].actor.grants] == [cast.works.pk]
    actor = cast["unit_officer"].actor
    with scope(actor):
        delegations.end(made, actor=actor)
    assert cast["colleague"].actor.grants == ()


@pytest.mark.parametrize(
    ("deputy", "holder"), [("stranger", "unit_officer"), ("unit_officer", "unit_officer")]
)
def test_deputy_from_elsewhere_or_oneself_is_refused(climbing, cast, deputy, holder):
    today = timezone.localdate()
    with pytest.raises(Refused):
        lend(cast, today, today + timedelta(days=3), deputy=deputy, holder=holder)


def test_what_is_lent_is_not_lent_on(climbing, cast):
    today = timezone.localdate()
    lend(cast, today, today + timedelta(days=3))
    with pytest.raises(Forbidden):
        lend(cast, today, today + timedelta(days=2), holder="colleague", deputy="applicant")


def test_delegation_only_ends_earlier_whoever_tries(climbing, cast):
    today = timezone.localdate()
    made = lend(cast, today, today + timedelta(days=3))
    for change in ({"until": today + timedelta(days=9)}, {"deputy": cast["applicant"].user}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Delegation.objects.filter(pk=made.pk).update(**change)
