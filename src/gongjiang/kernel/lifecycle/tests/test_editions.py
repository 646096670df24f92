"""Editions by two people with frozen rules; places that are never exceeded; links that never come back."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.lifecycle import deadlines, editions, quotas
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.links import Circle, link
from gongjiang.kernel.lifecycle.models import CaseLink, DeadlineRule, Edition, EditionState, Quota, Window
from gongjiang.kernel.parameters import read
from gongjiang.kernel.parameters.models import EditionPin
from tests.cast import SINCE, VALUES, give_values, open_edition

from .conftest import acted, opened

MONTH = dt.timedelta(days=30)


def second(cast, name: str = "second", role: str = Role.APPROVER):
    """Another member of the county's staff."""
    user = User.objects.create_user(name, None, display_name="第二人")
    Grant.objects.create(user=user, role=role, unit=cast.county, since=SINCE)
    from gongjiang.kernel.access.actor import load

    return load(user.pk)


def prepared(cast, name: str = "2027年征集", **more) -> Edition:
    officer = cast["county_officer"].actor
    now = timezone.now()
    with scope(officer):
        return editions.prepare(
            "innovations", cast.county.pk, actor=officer, name=name,
            windows={"apply": (now, now + MONTH), "review": (now + MONTH, now + 2 * MONTH)}, **more,
        )  # fmt: skip


def test_edition_is_prepared_by_one_and_approved_by_a_second(cast) -> None:
    give_values(cast.city)
    edition = prepared(cast)
    officer, other = cast["county_officer"].actor, second(cast)
    with scope(officer), pytest.raises(Refused):
        editions.advance(edition, "approve", actor=officer)
    with scope(other):
        edition = editions.advance(edition, "approve", actor=other)
    with scope(officer):
        edition = editions.advance(edition, "publish", actor=officer)
    assert (edition.state, edition.published_at is not None) == (EditionState.PUBLISHED, True)
    assert list(edition.events.order_by("pk").values_list("name", flat=True)) == [
        "prepare",
        "approve",
        "publish",
    ]


def test_edition_is_not_published_while_a_required_value_is_missing(cast) -> None:
    give_values(cast.city, **{name: value for name, value in VALUES.items() if name != "panel_size"})
    edition, officer, other = prepared(cast), cast["county_officer"].actor, second(cast)
    with scope(other):
        edition = editions.advance(edition, "approve", actor=other)
    with scope(officer):
        named = {
            step.name: [r.field for r in reasons] for step, reasons in editions.possible(edition, officer)
        }
        with pytest.raises(Refused) as refusal:
            editions.advance(edition, "publish", actor=officer)
        edition.refresh_from_db()
    said = [r.field for r in refusal.value.reasons[edition.pk]]
    assert (named["publish"], said, edition.state) == (["panel_size"], ["panel_size"], EditionState.APPROVED)
    assert not EditionPin.objects.exists()


def test_published_edition_keeps_the_values_of_that_day(cast) -> None:
    give_values(cast.city)
    edition, officer, other = prepared(cast), cast["county_officer"].actor, second(cast)
    with scope(other):
        editions.advance(edition, "approve", actor=other)
    with scope(officer):
        edition = editions.advance(edition, "publish", actor=officer)
        found = read.values("innovations", edition=edition)
    assert {name for name, value in found.items() if not value.pinned} == set()
    assert (found["panel_size"].value, found["panel_size"].provision.unit_id) == (1, cast.city.pk)


def test_published_rules_are_frozen(cast) -> None:
    edition = prepared(cast)
    officer, other = cast["county_officer"].actor, second(cast)
    with scope(other):
        editions.advance(edition, "approve", actor=other)
    with scope(officer):
        with pytest.raises(Stale):
            editions.change(edition, actor=officer, brand="金点子")
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(brand="金点子")
        assert Window.objects.filter(edition=edition).update(until=timezone.now() + 3 * MONTH) == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Window.objects.create(
                edition=edition, kind="appeal", since=timezone.now(), until=timezone.now() + MONTH
            )


def test_edition_of_another_unit_is_out_of_reach(cast) -> None:
    edition = prepared(cast)
    for who in ("sibling_officer", "superior", "unit_officer", "leader"):
        actor = cast[who].actor
        with scope(actor):
            with pytest.raises(Forbidden):
                editions.change(edition, actor=actor, brand="金点子")
            assert Edition.objects.filter(pk=edition.pk).update(brand="金点子") == 0


def test_applications_end_before_what_they_feed(cast) -> None:
    now = timezone.now()
    officer = cast["county_officer"].actor
    edition = prepared(cast)
    with scope(officer):
        editions.change(
            edition, actor=officer, windows={"apply": (now, now + MONTH), "review": (now, now + 2 * MONTH)}
        )
    other = second(cast)
    with scope(other), pytest.raises(Refused):
        editions.advance(edition, "approve", actor=other)


def test_second_edition_of_a_name_is_refused(cast) -> None:
    prepared(cast)
    with pytest.raises(ValidationError):
        prepared(cast)


def test_places_are_taken_up_to_the_limit_and_the_rest_is_reserve(cast) -> None:
    edition = open_edition("innovations", cast.city)
    Quota.objects.create(edition=edition, unit=cast.county, limit=3)
    assert quotas.take(edition, {cast.county.pk: 2, cast.mill.pk: 9}) == {cast.county.pk: 2, cast.mill.pk: 9}
    assert quotas.take(edition, {cast.county.pk: 2}) == {cast.county.pk: 1}
    assert quotas.left(edition, cast.county.pk) == 0
    assert quotas.give_back(edition, {cast.county.pk: 1}) == {cast.county.pk: 1}
    with pytest.raises(ValueError, match="2 places"):
        quotas.give_back(edition, {cast.county.pk: 3})


def test_changing_a_place_over_is_both_or_neither(cast) -> None:
    edition = open_edition("innovations", cast.city)
    Quota.objects.create(edition=edition, unit=cast.county, limit=2, taken=2)
    Quota.objects.create(edition=edition, unit=cast.sibling_county, limit=1, taken=1)
    assert quotas.swap(edition, giving=cast.county.pk, taking=cast.sibling_county.pk) is False
    quotas.give_back(edition, {cast.sibling_county.pk: 1})
    assert quotas.swap(edition, giving=cast.county.pk, taking=cast.sibling_county.pk) is True
    assert (quotas.left(edition, cast.county.pk), quotas.left(edition, cast.sibling_county.pk)) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_never_take_more_than_there_is(lasting_cast) -> None:
    cast = lasting_cast
    edition = open_edition("innovations", cast.city)
    Quota.objects.create(edition=edition, unit=cast.county, limit=5)
    barrier, got = threading.Barrier(4), []

    def take() -> None:
        actor = cast["county_officer"].actor
        try:
            barrier.wait(5)
            with scope(actor):
                got.append(quotas.take(edition, {cast.county.pk: 2})[cast.county.pk])
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sorted(got), Quota.objects.get().taken) == ([0, 1, 2, 2], 5)


@pytest.mark.parametrize("said", ["taken = 4", "taken = -1"])
def test_database_refuses_more_places_than_there_are(cast, said) -> None:
    edition = open_edition("innovations", cast.city)
    Quota.objects.create(edition=edition, unit=cast.county, limit=3)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE lifecycle_quota SET {said}")


@pytest.mark.django_db(transaction=True)
def test_places_allotted_below_never_exceed_those_above(lasting_cast) -> None:
    cast = lasting_cast
    edition = open_edition("innovations", cast.city)
    above = Quota.objects.create(edition=edition, unit=cast.city, limit=3)
    Quota.objects.create(edition=edition, unit=cast.county, limit=2, allotted_from=above)
    with pytest.raises(IntegrityError, match="more places are allotted"):
        Quota.objects.create(edition=edition, unit=cast.sibling_county, limit=2, allotted_from=above)


def test_places_are_set_by_whoever_runs_the_edition_alone(cast) -> None:
    edition = open_edition("innovations", cast.city)
    superior, county = cast["superior"].actor, cast["county_officer"].actor
    with scope(superior):
        quotas.allot(edition, {cast.county.pk: 3}, actor=superior)
    with scope(county):
        with pytest.raises(Forbidden):
            quotas.allot(edition, {cast.county.pk: 9}, actor=county)
        with pytest.raises(IntegrityError, match="whoever runs it"), transaction.atomic():
            Quota.objects.filter(edition=edition).update(limit=9)
        assert quotas.take(edition, {cast.county.pk: 3}) == {cast.county.pk: 3}


def test_links_never_come_back_to_where_they_began(flow, cast) -> None:
    one, two, three = (opened(cast) for _ in range(3))
    actor = cast["county_officer"].actor
    with scope(actor):
        link([one.pk], two, "continued_as", reason="改报", actor=actor)
        link([two.pk], three, "continued_as", reason="改报", actor=actor)
        with pytest.raises(Circle):
            link([three.pk], one, "continued_as", reason="改报", actor=actor)
        with pytest.raises(Refused):
            link([one.pk], two, "continued_as", reason="改报", actor=actor)


def test_link_to_a_case_out_of_sight_is_missing(flow, cast) -> None:
    one, two = opened(cast), opened(cast)
    actor = cast["county_officer"].actor
    with scope(actor):
        link([one.pk], two, "duplicate_of", reason="重复", actor=actor)
    sibling = cast["sibling_officer"].actor
    with scope(sibling):
        assert CaseLink.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_merged_case_must_be_closed_as_merged(lasting_flow, lasting_cast) -> None:
    one, two = opened(lasting_cast), opened(lasting_cast)
    with pytest.raises(IntegrityError, match="not closed as merged"):
        link([one.pk], two, "merged_into", reason="并案", actor=lasting_cast["county_officer"].actor)


def test_participants_of_a_submitted_case_are_frozen(flow, cast) -> None:
    case = opened(cast, "draft")
    row = case.participants.create(person=cast["applicant"].person, role="author", unit=cast.works)
    acted(cast, case, "submit", "applicant")
    for said in ("share = 50", "role = 'x'", "post = 'x'"):
        with (
            pytest.raises(IntegrityError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE lifecycle_participant SET {said} WHERE id = %s", [row.pk])
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        row.delete()
    acted(cast, case, "return", "unit_officer", note="补")
    row.delete()


def proposed(cast, **more) -> DeadlineRule:
    officer = cast["county_officer"].actor
    said = {
        "flow": "tested.thing", "state": "submitted", "unit": cast.county, "amount": 5, "counted_in": "working_day",
        "ends_at": "18:00", "document": "襄工发〔2026〕3号", "since": timezone.localdate(),
    }  # fmt: skip
    with scope(officer):
        return deadlines.propose(actor=officer, **{**said, **more})


def test_rule_binds_nothing_before_a_second_person_confirms_it(flow, cast) -> None:
    rule = proposed(cast)
    case = opened(cast)
    now = timezone.now()
    assert deadlines.limits("tested.thing", "submitted", [case], now) == {}
    officer, other = cast["county_officer"].actor, second(cast)
    with scope(officer):
        with pytest.raises(ValidationError):
            deadlines.confirm(rule, actor=officer)
        with pytest.raises(IntegrityError), transaction.atomic():
            DeadlineRule.objects.filter(pk=rule.pk).update(confirmed_by=officer.user, confirmed_at=now)
    with scope(other):
        deadlines.confirm(rule, actor=other)
    assert deadlines.limits("tested.thing", "submitted", [case], now)[case.pk].rule == rule
    with scope(officer), pytest.raises(IntegrityError), transaction.atomic():
        DeadlineRule.objects.filter(pk=rule.pk).update(amount=50)


def test_rule_in_the_past_or_for_another_unit_is_refused(cast) -> None:
    with pytest.raises(ValidationError):
        proposed(cast, since=timezone.localdate() - dt.timedelta(days=1))
    for unit in (cast.city, cast.sibling_county, cast.works):
        with pytest.raises(Forbidden):
            proposed(cast, unit=unit)
    sibling = cast["sibling_officer"].actor
    with scope(sibling), pytest.raises(ProgrammingError), transaction.atomic():
        DeadlineRule.objects.create(
            flow="tested.thing", state="submitted", unit=cast.county, amount=5, counted_in="working_day",
            ends_at="18:00", document="x", since=timezone.localdate(), proposed_by_id=sibling.user,
        )  # fmt: skip


def test_rule_confirmed_ends_the_one_before_it(flow, cast) -> None:
    other = second(cast)
    first = proposed(cast)
    with scope(other):
        deadlines.confirm(first, actor=other)
    later = timezone.localdate() + dt.timedelta(days=10)
    rule = proposed(cast, since=later, amount=9)
    with scope(other):
        deadlines.confirm(rule, actor=other)
    first.refresh_from_db()
    assert first.until == later
