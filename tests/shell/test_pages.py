"""The shell's own pages: what they hold, whom they admit, what each response carries, what they cost."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.programmes._example import actions
from gongjiang.web.middleware import POLICY
from gongjiang.web.worklist.together import outlook
from tests.cast import Cast, Member

WORDS = {"subject": "高温津贴", "details": "从几月开始发？"}
PUBLIC = ("home", "search", "about", "display", "sign-in", "sign-out")
MINE = ("my", "my-cases", "my-record", "my-help")
DESK = ("desk", "desk-search")


def browser(member: Member | None = None) -> Client:
    client = Client()
    if member is not None:
        client.force_login(member.user)
    return client


def ask(cast: Cast, times: int) -> None:
    actor = cast["applicant"].actor
    with scope(actor):
        for _ in range(times):
            actions.ask(WORDS, actor=actor, unit=cast.works)


def statuses(client: Client, names: tuple[str, ...]) -> dict[str, int]:
    return {name: client.get(reverse(name)).status_code for name in names}


def test_pages_admit_the_anonymous_the_worker_and_the_officer(cast: Cast) -> None:
    everything = PUBLIC + MINE + DESK
    anonymous, worker, officer = browser(), browser(cast["applicant"]), browser(cast["county_officer"])
    assert statuses(anonymous, everything) == {
        **dict.fromkeys(PUBLIC, 200),
        **dict.fromkeys(MINE + DESK, 302),
    }
    signed_in = {**dict.fromkeys(PUBLIC + MINE, 200), "sign-in": 302}
    assert statuses(worker, everything) == {**signed_in, **dict.fromkeys(DESK, 404)}
    assert statuses(officer, everything) == {**signed_in, **dict.fromkeys(DESK, 200)}


def test_sign_in_leads_on_to_where_one_wanted_to_go_and_never_elsewhere(cast: Cast) -> None:
    member = cast["county_officer"]
    member.user.set_password("correct horse")
    member.user.save(update_fields=["password"])
    sent = {"username": member.name, "password": "correct horse"}
    wanted = {
        n: browser().post(reverse("sign-in"), {**sent, "next": n}).headers["Location"] for n in ("/my/", "")
    }
    assert wanted == {"/my/": "/my/", "": "/desk/"}
    for elsewhere in ("//evil.example/", "https://evil.example/", "/\\evil.example"):
        assert browser().post(reverse("sign-in"), {**sent, "next": elsewhere}).headers["Location"] == "/desk/"


def test_one_click_accounts_exist_in_a_demonstration_only(cast: Cast, tmp_path: Path) -> None:
    member = cast["county_officer"]
    member.user.is_demo = True
    member.user.save(update_fields=["is_demo"])
    row = (
        f'[{{"username": "{member.name}", "name": "襄垣县经办", "role": "officer", "unit": "襄垣县总工会"}}]'
    )
    (tmp_path / "accounts.json").write_text(row, encoding="utf-8")
    with override_settings(DEMO=False, DATA=tmp_path):
        assert "襄垣县经办" not in browser().get(reverse("sign-in")).content.decode()
        assert browser().post(reverse("sign-in"), {"demo": member.name}).status_code == 404
    with override_settings(DEMO=True, DATA=tmp_path):
        assert "襄垣县经办" in browser().get(reverse("sign-in")).content.decode()
        assert browser().post(reverse("sign-in"), {"demo": member.name}).headers["Location"] == "/desk/"
        assert browser().post(reverse("sign-in"), {"demo": "superior"}).status_code == 404


def test_work_list_holds_what_is_the_offices_turn_and_then_what_it_handled(cast: Cast) -> None:
    ask(cast, 1)
    actor = cast["unit_officer"].actor
    officer, neighbour = browser(cast["unit_officer"]), browser(cast["neighbour_officer"])

    def listed(client: Client, tab: str) -> list[str]:
        return [turn.title for turn in client.get(reverse("desk"), {"tab": tab}).context["page"].rows]

    assert {tab: listed(officer, tab) for tab in ("mine", "handled")} == {"mine": ["高温津贴"], "handled": []}
    assert listed(neighbour, "mine") == []
    with scope(actor):
        case = actions.Question.objects.get().case
        door.transition(case, "return", actor=actor, note="哪个岗位？")
    assert {tab: listed(officer, tab) for tab in ("mine", "waiting", "handled")} == {
        "mine": [],
        "waiting": ["高温津贴"],
        "handled": ["高温津贴"],
    }


def test_work_list_costs_the_same_for_one_row_and_for_twenty(cast: Cast) -> None:
    client, costs = browser(cast["unit_officer"]), []
    for more in (1, 19):
        ask(cast, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(client.get(reverse("desk")).context["page"].rows) in (1, 20)
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_work_list_for_htmx_is_the_same_rows_without_the_frame(cast: Cast) -> None:
    ask(cast, 1)
    client = browser(cast["unit_officer"])
    whole = client.get(reverse("desk")).content.decode()
    part = client.get(reverse("desk"), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in whole, "<html" in part) == (True, False)
    assert whole.count("高温津贴") == part.count("高温津贴") == 2  # the link, and the label of its box


def test_case_is_found_by_its_number_by_those_who_may_see_it(cast: Cast) -> None:
    ask(cast, 1)
    case = actions.Question.objects.get().case
    found = browser(cast["unit_officer"]).get(reverse("desk-search"), {"q": case.number})
    assert found.headers["Location"] == reverse("example:question", args=[case.pk])
    hidden = browser(cast["sibling_officer"]).get(reverse("desk-search"), {"q": case.number})
    assert hidden.context["found"] == []


def test_every_response_carries_the_policy(cast: Cast) -> None:
    client = browser(cast["applicant"])
    answers = [client.get(path) for path in ("/", "/my/", "/nowhere/", "/healthz")]
    assert [a.headers["Content-Security-Policy"] for a in answers] == [POLICY] * 4
    assert answers[1].headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_language_is_chinese_until_chosen_otherwise() -> None:
    client = Client(headers={"Accept-Language": "en"})
    assert client.get("/").headers["Content-Language"] == "zh-hans"
    client.post(reverse("display"), {"language": "en", "next": "/about/"})
    english = client.get("/about/")
    assert english.headers["Content-Language"] == "en"
    assert "Where the figures come from" in english.content.decode()
    client.post(reverse("display"), {"language": "xx", "next": "/"})
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


@pytest.mark.django_db
def test_larger_text_is_kept_by_the_server() -> None:
    client = Client()
    back = client.post(reverse("display"), {"elder": "1", "next": "//evil.example/"})
    assert back.headers["Location"] == "/"
    assert '<html lang="zh-CN" class="elder">' in client.get("/").content.decode()


@pytest.mark.django_db
def test_address_that_leads_nowhere_says_what_to_do() -> None:
    page = Client().get("/nowhere/")
    assert page.status_code == 404
    assert "这个地址没有你能看的内容" in page.content.decode()


def test_move_for_many_shows_each_first_and_then_moves_those_that_may(cast: Cast) -> None:
    ask(cast, 2)
    officer, actor = browser(cast["unit_officer"]), cast["unit_officer"].actor
    keys = list(actions.Question.objects.order_by("pk").values_list("pk", flat=True))
    flow = flows()["example.question"]
    bulk = replace(flow.transition("answer"), bulk=True, needs=())
    seen = outlook(flow, bulk, {keys[0]: 1, keys[1]: 9}, actor)
    assert [(o.case.pk, len(o.reasons)) for o in seen] == [(keys[0], 0), (keys[1], 1)]
    assert outlook(flow, bulk, {keys[0]: 1}, cast["sibling_officer"].actor) == []
    assert (
        officer.post(reverse("together", args=[flow.name, "answer"]), {"pick": f"{keys[0]}:1"}).status_code
        == 404
    )


def test_workers_pages_cost_the_same_for_one_application_and_for_ten(cast: Cast) -> None:
    client, costs = browser(cast["applicant"]), []
    for more in (1, 9):
        ask(cast, more)
        with CaptureQueriesContext(connection) as queries:
            assert [client.get(reverse(name)).status_code for name in ("my", "my-cases")] == [200, 200]
        costs.append(len(queries))
    assert costs[0] == costs[1]
