"""Rules and values on the desk and in public: who reads, who proposes, who decides; typed values; constant queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.parameters import read
from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.models import Proposal, Provision
from tests.cast import EVERYBODY, SINCE, Cast

BASE = "/desk/parameters/innovations/"
CITED = {"document": "长工发〔2026〕1号（演示）", "clause": "第三条"}


@pytest.fixture
def approver(cast: Cast) -> Client:
    user = User.objects.create_user("approver", None, display_name="长治市审批")
    Grant.objects.create(user=user, role=Role.APPROVER, unit=cast.city, since=SINCE)
    client = Client()
    client.force_login(user)
    return client


def of(cast: Cast, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(cast[who].user)
    return client


def today() -> str:
    return timezone.localdate().isoformat()


def propose(cast: Cast, name: str, *, who: str = "superior", query: str = "", **typed: object) -> int:
    """The status of the answer to what was typed."""
    given = {"since": today(), **CITED, **typed}
    return of(cast, who).post(f"{BASE}{name}/change/{query}", given).status_code


def test_pages_are_for_officers_and_for_nobody_else(cast: Cast) -> None:
    readers = {
        "unit_officer",
        "neighbour_officer",
        "county_officer",
        "sibling_officer",
        "superior",
        "leader",
        "auditor",
    }
    pages = ["/desk/parameters/", BASE, f"{BASE}panel_size/", "/desk/parameters/waiting/"]
    for page in pages:
        found = {who: of(cast, who).get(page).status_code for who in EVERYBODY}
        assert found == {who: 200 if who in readers else 404 for who in EVERYBODY}, page


def test_unit_out_of_reach_looks_like_one_that_is_not_there(cast: Cast) -> None:
    county = of(cast, "county_officer")
    for code, status in (
        (cast.county.code, 200),
        (cast.works.code, 200),
        (cast.city.code, 404),
        ("nowhere", 404),
    ):
        assert county.get(f"{BASE}?unit={code}").status_code == status
    assert [county.get(f"{BASE}?edition={e}").status_code for e in ("0", "x")] == [404, 404]
    assert [county.get(p).status_code for p in (f"{BASE}nothing/", "/desk/parameters/nothing/")] == [404, 404]


def test_change_is_proposed_and_published_by_another(cast: Cast, approver: Client) -> None:
    assert propose(cast, "publicity_days", value="7") == 302
    proposal = Proposal.objects.get()
    page = f"/desk/parameters/waiting/{proposal.pk}/"
    own = of(cast, "superior").get(page).content.decode()
    assert "这是你提出的" in own
    assert "同意并发布" not in own
    assert of(cast, "superior").post(page, {"act": "publish"}).status_code in (404, 409)
    assert of(cast, "county_officer").get(page).status_code == 404
    assert "同意并发布" in approver.get(page).content.decode()
    assert approver.post(page, {"act": "publish"}).status_code == 302
    assert read.value("innovations.publicity_days", unit=cast.works).value == 7
    public = Client().get(f"/rules/innovations/?unit={cast.county.code}").content.decode()
    assert "7 个工作日" in public
    assert CITED["document"] in public
    assert approver.post(page, {"act": "publish"}).status_code == 409
    assert Provision.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("panel_size", {"value": "1,000"}, 1000),
        ("judge_oath", {"value": "no"}, False),
        ("outcome_mode", {"value": "grade"}, "grade"),
        ("category_list", {"value": ["design", "invention"]}, ["invention", "design"]),
        ("criteria_names", {"value": "创新性\n 实用性 \n\n"}, ["创新性", "实用性"]),
        ("paper_vs_roadshow", {"value_0": "33.3", "value_1": "66.7"}, {"paper": "33.3", "roadshow": "66.7"}),
        (
            "union_award_bands",
            {"value_0_band": "1", "value_0_award": "", "value_0_reward": "2,000.50", "value_1_band": ""},
            [{"band": 1, "award": None, "reward": 200050}],
        ),
    ],
)
def test_typed_value_is_stored_as_its_kind_writes_it(
    cast: Cast, name: str, typed: dict, stored: object
) -> None:
    assert propose(cast, name, **typed) == 302
    assert Proposal.objects.get().value == stored


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("panel_size", {"value": "七"}, "这不是数字。"),
        ("paper_vs_roadshow", {"value_0": "30", "value_1": "60"}, "各项占比合计为 90%，应为 100%。"),
        ("publicity_days", {"value": "7", "since": "2020-01-01"}, "这一天已经过去。"),
        ("union_award_bands", {"value_0_band": "1", "value_0_reward": "x"}, "第 1 行“奖金”：这不是数字。"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    cast: Cast, name: str, typed: dict, says: str
) -> None:
    client = of(cast, "superior")
    answer = client.post(f"{BASE}{name}/change/", {"since": today(), **CITED, **typed})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert says in text
    assert CITED["document"] in text
    assert Proposal.objects.count() == 0


def test_preset_fills_the_form_and_keeps_its_mark_only_unchanged(cast: Cast) -> None:
    query = "?preset=innovation-method"
    page = of(cast, "superior").get(f"{BASE}paper_vs_roadshow/change/{query}").content.decode()
    assert ('value="30"' in page, 'value="70"' in page) == (True, True)
    assert propose(cast, "paper_vs_roadshow", query=query, value_0="30", value_1="70") == 302
    assert (
        propose(cast, "paper_vs_roadshow", who="county_officer", query=query, value_0="20", value_1="80")
        == 302
    )
    marks = Proposal.objects.order_by("pk").values_list("preset", "evidence")
    assert list(marks) == [("innovation-method", "C"), ("", "none")]
    decide = (
        of(cast, "superior")
        .get(f"/desk/parameters/waiting/{Proposal.objects.earliest('pk').pk}/")
        .content.decode()
    )
    preset = parameters("innovations")["paper_vs_roadshow"].preset("innovation-method")
    assert (str(preset) in decide, "innovation-method" in decide) == (True, False)


@pytest.mark.parametrize("who", ["leader", "auditor", "applicant", "stranger"])
def test_those_who_only_read_propose_nothing(cast: Cast, who: str) -> None:
    assert propose(cast, "panel_size", who=who, value="7") == 404
    assert Proposal.objects.count() == 0


def test_every_form_opens_and_shows_the_present_value(cast: Cast) -> None:
    client = of(cast, "superior")
    found = {n: client.get(f"{BASE}{n}/change/").status_code for n in parameters("innovations")}
    assert found == dict.fromkeys(parameters("innovations"), 200)


def test_missing_values_are_named_on_the_screen(cast: Cast) -> None:
    text = of(cast, "superior").get(f"{BASE}?show=missing").content.decode()
    assert "有 7 项必填规定尚未发布" in text
    assert "评审专家人数" in text


def test_page_costs_the_same_whatever_is_published(cast: Cast) -> None:
    from django.db import transaction

    client, costs = of(cast, "superior"), []
    for many in (0, 12):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('gongjiang.replay', 'on', true)")
            for n in range(many):
                day = dt.date(2020, 1, 1 + n)
                Provision.objects.create(
                    programme="innovations",
                    name="panel_size",
                    unit=cast.city,
                    value=5 + n,
                    since=day,
                    until=day + dt.timedelta(days=1),
                    published_at=timezone.make_aware(dt.datetime(2019, 1, 1)),
                    **CITED,
                )
            cursor.execute("SELECT set_config('gongjiang.replay', '', true)")
        client.get(BASE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BASE).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_public_page_shows_no_enterprise(cast: Cast) -> None:
    found = [Client().get(f"/rules/innovations/?unit={u.code}").status_code for u in (cast.city, cast.works)]
    assert found == [200, 404]
    assert Client().get("/rules/nothing/").status_code == 404


def test_rules_about_persons_stand_beside_the_programmes_and_are_changed_like_them(
    cast: Cast, approver: Client
) -> None:
    base, superior = "/desk/parameters/people/", of(cast, "superior")
    assert f'href="{base}"' in superior.get("/desk/parameters/").content.decode()
    assert [superior.get(f"{base}{n}/change/").status_code for n in parameters("people")] == [200] * 10
    typed = {
        "value_review_from": "60", "value_weigh_identity": "100", "value_weigh_name": "30", "value_weigh_birth": "30",
        "value_weigh_phone": "35", "value_weigh_employer": "10", "value_auto_merge": "no", "value_always_two": "yes",
    }  # fmt: skip
    page = f"{base}likeness/change/"
    assert parameters("people")["likeness"].help["zh"] in superior.get(page).content.decode()
    assert (
        superior.post(page, {**typed, "value_weigh_name": "", "since": today(), **CITED}).status_code == 422
    )
    assert superior.post(page, {**typed, "since": today(), **CITED}).status_code == 302
    proposal = Proposal.objects.get()
    assert approver.post(f"/desk/parameters/waiting/{proposal.pk}/", {"act": "publish"}).status_code == 302
    public = Client().get(f"/rules/people/?unit={cast.city.code}").content.decode()
    assert all(words in public for words in (CITED["document"], CITED["clause"]))
    assert "/rules/people/" in Client().get("/rules/").content.decode()
    with_value = superior.get(f"{base}likeness/").content.decode()
    assert CITED["document"] in with_value
