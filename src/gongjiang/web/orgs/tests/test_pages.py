"""The pages about the tree: who sees what, and a change from proposal to its day."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.orgs import actions
from gongjiang.kernel.orgs.models import Reorganisation, Unit

PAPER = "长工发〔2026〕7号"
FILLED = {"on": "2026-07-01", "document": PAPER}


@pytest.fixture
def stewards(cast):
    for name, role in (("leader", "data_steward"), ("auditor", "approver")):
        Grant.objects.create(user=cast[name].user, role=role, unit=cast.city, since=date(2015, 1, 1))
    return cast


def ask(cast, name, url, data=None):
    client = Client()
    if name != "anonymous":
        client.force_login(cast[name].user)
    return client.get(url) if data is None else client.post(url, data)


def unit_url(unit, name="unit", *more):
    return reverse(f"orgs:{name}", args=[unit.pk, *more])


def test_list_shows_the_own_tree_alone(cast):
    listed = {}
    for name in ("superior", "county_officer", "sibling_officer", "unit_officer"):
        page = ask(cast, name, reverse("orgs:units"))
        listed[name] = {row.pk for row in page.context["page"].rows}
    county = {u.pk for u in (cast.county, cast.township, cast.works, cast.mill)}
    sibling = {u.pk for u in (cast.sibling_county, cast.sibling_township, cast.plant)}
    assert listed == {
        "superior": {cast.city.pk} | county | sibling,
        "county_officer": county,
        "sibling_officer": sibling,
        "unit_officer": {cast.works.pk},
    }
    assert ask(cast, "applicant", reverse("orgs:units")).status_code == 404


def test_search_takes_two_characters_and_stays_in_the_tree(cast):
    for name, words, found in (
        ("county_officer", "古韩", [cast.township.pk]),
        ("county_officer", "140423100", [cast.township.pk]),
        ("county_officer", "定昌", []),
        ("sibling_officer", "古韩", []),
    ):
        page = ask(cast, name, reverse("orgs:units") + f"?q={words}")
        assert [row.pk for row in page.context["page"].rows] == found
    assert "q" in ask(cast, "county_officer", reverse("orgs:units") + "?q=古").context["filters"].errors


def test_unit_of_a_sibling_is_missing_and_names_are_for_officers_of_the_tree(cast):
    status = {
        name: ask(cast, name, unit_url(cast.works)).status_code
        for name in (
            "county_officer",
            "unit_officer",
            "leader",
            "sibling_officer",
            "neighbour_officer",
            "applicant",
        )
    }
    assert status == {
        "county_officer": 200, "unit_officer": 200, "leader": 200,
        "sibling_officer": 404, "neighbour_officer": 404, "applicant": 404,
    }  # fmt: skip
    shown = {
        name: cast["unit_officer"].user.display_name in ask(cast, name, unit_url(cast.works)).content.decode()
        for name in ("county_officer", "leader")
    }
    assert shown == {"county_officer": True, "leader": False}


def test_change_goes_from_the_form_over_a_second_person_to_the_tree(stewards):
    page = ask(stewards, "leader", unit_url(stewards.township, "propose", "move"))
    assert page.context["weight"].people == 3
    filled = {**FILLED, "channel": "territorial", "target": "140430"}
    sent = ask(stewards, "leader", unit_url(stewards.township, "propose", "move"), filled)
    change = Reorganisation.objects.get()
    assert sent.url == reverse("orgs:change", args=[change.pk])
    own = ask(stewards, "leader", sent.url)
    assert (own.context["may_decide"], own.context["may_withdraw"]) == (False, True)
    decide = reverse("orgs:decide", args=[change.pk])
    assert ask(stewards, "leader", decide, {"verdict": "approve"}).status_code == 404
    assert ask(stewards, "county_officer", decide, {"verdict": "approve"}).status_code == 404
    assert ask(stewards, "auditor", decide, {"verdict": "approve"}).status_code == 302
    actions.apply(change.pk)
    assert Unit.objects.get(pk=stewards.township.pk).parent == stewards.sibling_county
    assert PAPER in ask(stewards, "leader", unit_url(stewards.township)).content.decode()
    assert "done" in ask(stewards, "leader", sent.url).context["tone"]


@pytest.mark.parametrize("kind", ["found", "move", "merge", "split", "rename", "renumber", "close"])
def test_every_form_opens_for_a_steward_alone_and_says_what_is_missing(stewards, kind):
    url = unit_url(stewards.works, "propose", kind)
    assert ask(stewards, "leader", url).status_code == 200
    assert ask(stewards, "leader", url, {}).status_code == 422
    assert ask(stewards, "superior", url).status_code == 404


def test_impossible_change_comes_back_with_the_reason_and_what_was_typed(stewards):
    filled = {**FILLED, "grants": "end", "target": stewards.works.code}
    page = ask(stewards, "leader", unit_url(stewards.township, "propose", "merge"), filled)
    assert page.status_code == 422
    assert stewards.works.name in page.content.decode()
    unknown = ask(
        stewards, "leader", unit_url(stewards.township, "propose", "merge"), {**filled, "target": "无"}
    )
    assert (unknown.status_code, "target" in unknown.context["form"].errors) == (422, True)


def test_refusal_needs_a_reason_and_the_author_withdraws(stewards):
    url = unit_url(stewards.works, "propose", "rename")
    for name in ("一厂工会", "二厂工会"):
        ask(stewards, "leader", url, {**FILLED, "name": name})
    first, second = Reorganisation.objects.order_by("pk")
    decide = reverse("orgs:decide", args=[first.pk])
    assert ask(stewards, "auditor", decide, {"verdict": "refuse"}).status_code == 422
    assert ask(stewards, "auditor", decide, {"verdict": "refuse", "note": "名称有误"}).status_code == 302
    assert ask(stewards, "leader", reverse("orgs:withdraw", args=[second.pk]), {}).status_code == 302
    assert list(Reorganisation.objects.order_by("pk").values_list("state", flat=True)) == [
        "refused",
        "withdrawn",
    ]
    listed = ask(stewards, "leader", reverse("orgs:changes") + "?state=refused").context["page"].rows
    assert [row.pk for row in listed] == [first.pk]


def test_changes_of_a_sibling_tree_are_missing(stewards):
    ask(stewards, "leader", unit_url(stewards.works, "propose", "rename"), {**FILLED, "name": "一厂工会"})
    change = Reorganisation.objects.get()
    page = reverse("orgs:change", args=[change.pk])
    assert ask(stewards, "sibling_officer", page).status_code == 404
    assert ask(stewards, "sibling_officer", reverse("orgs:changes")).context["page"].rows == []


def test_unit_added_on_the_page_of_the_one_above_names_itself_until_and_after_its_day(stewards):
    url = unit_url(stewards.county, "propose", "found")
    page = ask(stewards, "leader", url)
    levels = [value for value, _label in page.context["form"].fields["level"].choices]
    assert (levels, page.context["weight"]) == (["county", "township", "enterprise"], None)
    filled = {**FILLED, "name": "新镇总工会", "code": "140423188", "level": "township", "unit_kind": "union"}
    above = ask(stewards, "leader", url, {**filled, "region": "140423188", "level": "city"})
    assert (above.status_code, "level" in above.context["form"].errors) == (422, True)
    sent = ask(stewards, "leader", url, {**filled, "region": "140423188"})
    assert "新镇总工会" in ask(stewards, "auditor", sent.url).content.decode()
    change = Reorganisation.objects.get()
    ask(stewards, "auditor", reverse("orgs:decide", args=[change.pk]), {"verdict": "approve"})
    made = actions.apply(change.pk).made
    assert ask(stewards, "county_officer", unit_url(made)).status_code == 200
    assert PAPER in ask(stewards, "leader", unit_url(made)).content.decode()
    assert ask(stewards, "sibling_officer", unit_url(made)).status_code == 404
