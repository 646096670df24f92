"""Named filters of a list: kept for their owner, opened with where told so, and nobody else's."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from gongjiang.kernel.access.actor import scope
from gongjiang.web.models import SavedFilter
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DESK = "/desk/"


def of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who].user)
    return client


def keep(client: Client, name: str, query: str, path: str = DESK, **more: str):
    return client.post(f"/lists/new/?{urlencode({'of': path})}", {"name": name, "query": query, **more})


def change(client: Client, change: str, key: int, name: str = ""):
    return client.post(f"/lists/?{urlencode({'of': DESK})}", {"kept": key, "change": change, "name": name})


def names(cast: Cast, who: str) -> list[str]:
    with scope(cast[who].actor):
        return sorted(SavedFilter.objects.values_list("name", flat=True))


def key_of(cast: Cast, who: str, name: str) -> int:
    with scope(cast[who].actor):
        return SavedFilter.objects.get(name=name).pk


def test_saved_filters_stand_above_their_list_and_nowhere_else(cast: Cast) -> None:
    client = of(cast, "unit_officer")
    sent = keep(client, "襄垣的", "number=INN&after=xyz&programme=&tab=late")
    assert sent.headers["Location"] == "/desk/?number=INN&tab=late"
    page = client.get("/desk/")
    assert [(c.name, c.url, c.current) for c in page.context["saved"]] == [
        ("襄垣的", "/desk/?number=INN&tab=late", False)
    ]
    shown = client.get("/desk/?tab=late&number=INN").context["saved"]
    assert ([c.current for c in shown], shown.may_save) == ([True], False)
    assert list(client.get("/desk/tasks/").context["saved"]) == []


def test_list_opens_with_the_filters_named_first_and_bare_when_asked(cast: Cast) -> None:
    client = of(cast, "unit_officer")
    keep(client, "第一", "number=A", first="on")
    keep(client, "第二", "number=B", first="on")
    assert client.get(DESK).headers["Location"] == "/desk/?number=B"
    page = client.get("/desk/?all=1")
    assert (page.status_code, page.context["tabs"][0].url) == (200, "/desk/?all=1")
    change(client, "first", key_of(cast, "unit_officer", "第一"))
    assert client.get(DESK).headers["Location"] == "/desk/?number=A"
    change(client, "bare", key_of(cast, "unit_officer", "第一"))
    assert client.get(DESK).status_code == 200


def test_same_name_takes_the_new_filters(cast: Cast) -> None:
    client = of(cast, "unit_officer")
    keep(client, "本月", "number=A")
    keep(client, "本月", "number=B")
    assert [c.url for c in client.get(DESK).context["saved"]] == ["/desk/?number=B"]


def test_names_are_changed_and_dropped_by_their_owner_only(cast: Cast) -> None:
    client, other = of(cast, "unit_officer"), of(cast, "county_officer")
    keep(client, "一", "number=A")
    keep(client, "二", "number=B")
    key = key_of(cast, "unit_officer", "一")
    assert change(other, "delete", key).status_code == 422
    assert change(client, "rename", key, "二").status_code == 422
    assert change(client, "rename", key, "").status_code == 422
    assert (names(cast, "unit_officer"), names(cast, "county_officer")) == (["一", "二"], [])
    change(client, "rename", key, "三")
    change(client, "delete", key_of(cast, "unit_officer", "二"))
    assert names(cast, "unit_officer") == ["三"]


@pytest.mark.parametrize("path", ["/desk/nothing/", "/account/", "https://elsewhere.example/", "", "/rules/"])
def test_only_a_list_with_filters_has_names(cast: Cast, path: str) -> None:
    assert keep(of(cast, "unit_officer"), "名", "a=1", path).status_code == 404


def test_list_that_is_not_ones_own_is_missing(cast: Cast) -> None:
    assert keep(of(cast, "applicant"), "名", "number=A").status_code == 404
    assert Client().get("/lists/?of=/desk/").status_code == 302


def test_thirteenth_name_is_refused_and_says_what_to_do(cast: Cast) -> None:
    client = of(cast, "unit_officer")
    for n in range(12):
        keep(client, f"第{n}", f"number={n}")
    page = keep(client, "多", "number=X")
    assert (page.status_code, "请先删掉一组" in page.content.decode()) == (422, True)
