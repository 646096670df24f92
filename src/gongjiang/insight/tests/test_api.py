"""Figures through the API: the same numbers, the same reach, the same records as the cockpit."""

import datetime as dt

import pytest
from django.test import Client

from tests.cast import Cast

YEAR = str(dt.date.today().year)


def get(cast: Cast, name: str, path: str):
    client = Client()
    if name != "anonymous":
        client.force_login(cast[name].user)
    return client.get(f"/api/figures{path}")


@pytest.fixture
def counted(lasting_cast: Cast, count) -> Cast:
    count()
    return lasting_cast


def test_figures_of_a_unit_are_those_of_the_cockpit(counted: Cast):
    answer = get(counted, "county_officer", f"?unit={counted.county.code}").json()
    workers = next(f for f in answer if f["code"] == "registry.workers")
    assert (workers["value"], workers["uom"], workers["period"]) == (4, "person", YEAR)


def test_a_figure_opens_to_as_many_records_as_it_says(counted: Cast):
    answer = get(counted, "county_officer", f"/registry.enterprises?unit={counted.county.code}").json()
    assert (answer["value"], answer["records"], len(answer["numbers"]), answer["hidden"]) == (2, 2, 2, 0)


def test_records_are_counted_but_not_shown_to_whoever_may_see_none(counted: Cast):
    answer = get(counted, "auditor", f"/registry.workers?unit={counted.city.code}").json()
    assert (answer["records"], len(answer["numbers"]) + answer["hidden"]) == (5, 5)


@pytest.mark.parametrize("path", ["?unit=140423", "/registry.workers?unit=140423"])
@pytest.mark.parametrize(
    ("name", "status"), [("sibling_officer", 404), ("stranger", 404), ("applicant", 404), ("anonymous", 401)]
)
def test_figures_out_of_reach_are_missing(counted: Cast, name: str, status: int, path: str):
    assert get(counted, name, path).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.here?unit=140423",
        "?unit=140423&period=soon",
        "?unit=140423&period=2999",
        "?unit=140423&view=x",
    ],
)
def test_what_is_unknown_is_missing(counted: Cast, path: str):
    assert get(counted, "county_officer", path).status_code == 404
