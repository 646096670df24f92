"""The API: the same rows, the same door, the same refusals as the pages."""

import json

import pytest
from django.test import Client

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.programmes.innovations import actions
from tests.cast import Cast

CONTENT = {
    "title": "皮带机托辊快换夹具",
    "category": "improvement",
    "problem": "更换一次要停机两小时。",
    "novelty": "不拆架体就能换。",
    "effect": "每月少停机八小时。",
    "put_into_use_on": None,
    "secrecy": "internal",
}


@pytest.fixture
def case(cast: Cast) -> Case:
    """A result that waits for its enterprise."""
    applicant = cast["applicant"].actor
    with scope(applicant):
        return actions.file_result(CONTENT, actor=applicant, unit=cast.works, submit=True).case


def client(cast: Cast, name: str) -> Client:
    found = Client()
    found.force_login(cast[name].user)
    return found


def move(cast: Cast, name: str, case: Case, move: str, **said: object):
    url = f"/api/cases/{case.pk}/{move}"
    return client(cast, name).post(
        url, json.dumps({"version": case.version, **said}), content_type="application/json"
    )


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("applicant", 1),
        ("unit_officer", 1),
        ("county_officer", 1),
        ("superior", 1),
        ("sibling_officer", 0),
        ("stranger", 0),
    ],
)
def test_cases_within_reach_are_listed(cast: Cast, case: Case, name: str, found: int):
    items = client(cast, name).get("/api/cases").json()["items"]
    assert [item["title"] for item in items] == ["皮带机托辊快换夹具"] * found


@pytest.mark.parametrize("name", ["sibling_officer", "stranger", "neighbour_officer"])
def test_a_case_of_others_is_missing(cast: Cast, case: Case, name: str):
    assert client(cast, name).get(f"/api/cases/{case.pk}").status_code == 404
    assert move(cast, name, case, "accept").status_code == 404
    assert Case.objects.get(pk=case.pk).version == case.version


def test_the_anonymous_get_nothing(cast: Cast, case: Case):
    assert [
        Client().get(path).status_code for path in ("/api/me", "/api/cases", f"/api/cases/{case.pk}")
    ] == [401] * 3


def test_a_case_says_which_moves_its_reader_may_make(cast: Cast, case: Case):
    def moves(name: str) -> list[str]:
        return [m["name"] for m in client(cast, name).get(f"/api/cases/{case.pk}").json()["moves"]]

    assert (moves("unit_officer"), moves("applicant"), moves("superior")) == (
        ["accept", "return", "refuse"],
        ["withdraw"],
        [],
    )


def test_a_move_goes_through_the_door(cast: Cast, case: Case):
    answer = move(cast, "unit_officer", case, "accept").json()
    assert (answer["state"], answer["version"]) == ("trial", 3)
    assert [(e["name"], e["unit"]) for e in answer["events"]] == [
        ("draft", None),
        ("submit", None),
        ("accept", cast.works.name),
    ]


def test_a_move_without_its_reason_is_refused_and_changes_nothing(cast: Cast, case: Case):
    response = move(cast, "unit_officer", case, "return")
    assert (response.status_code, len(response.json()["reasons"])) == (409, 1)
    assert Case.objects.get(pk=case.pk).state == "submitted"


def test_a_stale_move_is_refused(cast: Cast, case: Case):
    move(cast, "unit_officer", case, "accept")
    assert move(cast, "unit_officer", case, "accept").status_code == 409


def test_an_unknown_move_is_missing(cast: Cast, case: Case):
    assert move(cast, "unit_officer", case, "explode").status_code == 404


def test_an_unsafe_request_without_its_token_is_refused(cast: Cast, case: Case):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast["unit_officer"].user)
    url = f"/api/cases/{case.pk}/accept"
    assert (
        strict.post(url, json.dumps({"version": case.version}), content_type="application/json").status_code
        == 403
    )
    assert Case.objects.get(pk=case.pk).state == "submitted"
