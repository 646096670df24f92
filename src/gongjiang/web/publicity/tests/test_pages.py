"""Notices and objections as people meet them: without an account, in both languages, and on the desk."""

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.publicity.models import Objection, ObjectionHandler, Publicity, Ruling
from gongjiang.kernel.publicity.tests.conftest import place, standing_until
from gongjiang.web.models import Receipt
from tests.cast import SINCE, Cast, Member

__all__ = ["place"]

SAID = {
    "position": "2",
    "matter": "这项成果三年前就有了，可查记录",
    "author": "赵演一",
    "contact": "13800001111",
}


def browser(member: Member | None = None, language: str = "zh-hans") -> Client:
    client = Client()
    client.cookies["django_language"] = language
    if member is not None:
        client.force_login(member.user)
    return client


def sent(notice: Publicity, **changed):
    once = changed.pop("once", str(uuid.uuid4()))
    return browser().post(reverse("object", args=[notice.number]), {**SAID, "once": once, **changed})


def code_in(response) -> str:
    return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", response.content.decode())[0]


@pytest.fixture
def second(cast: Cast) -> Member:
    user = User.objects.create(username="second", display_name="长治市另一经办")
    Grant.objects.create(user=user, role=Role.OFFICER, unit=cast.city, since=SINCE)
    return Member("second", user)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_notice_shows_the_masked_list_to_everybody_in_both_languages(cast: Cast, language: str) -> None:
    notice = standing_until(cast, 86_400)
    own = (notice.number,)
    for name, args in (("notices", ()), ("notice", own), ("object", own), ("objection-told", ())):
        page = browser(language=language).get(reverse(name, args=args)).content.decode()
        assert "王演甲" not in page
        assert ('<html lang="en"' in page) == (language == "en")
    assert (
        "王＊甲" in browser(language=language).get(reverse("notice", args=[notice.number])).content.decode()
    )


def test_objection_gives_a_code_and_a_second_click_the_same(cast: Cast) -> None:
    notice, once = standing_until(cast, 3600), str(uuid.uuid4())
    first, again = sent(notice, once=once), sent(notice, once=once)
    assert code_in(first) == code_in(again)
    assert (Objection.objects.count(), Receipt.objects.filter(once=once).count()) == (1, 0)
    told = browser().post(reverse("objection-told"), {"code": code_in(first).lower()})
    assert notice.number in told.content.decode()


def test_objection_too_late_says_until_when_and_keeps_nothing(cast: Cast) -> None:
    notice = standing_until(cast, -1)
    answer = sent(notice)
    assert (answer.status_code, Objection.objects.count()) == (422, 0)
    assert "异议截止时间是" in answer.content.decode()


def test_objections_beyond_measure_are_slowed_down(cast: Cast) -> None:
    notice = standing_until(cast, 3600)
    statuses = [sent(notice, contact=f"1380000{n:04d}").status_code for n in range(12)]
    assert statuses == [200] * 10 + [422] * 2
    assert Objection.objects.count() == 10


def test_wrong_receipt_code_gets_a_calm_sentence(cast: Cast) -> None:
    answer = browser().post(reverse("objection-told"), {"code": "AAAA-BBBB-CCCC"})
    assert (answer.status_code, "没有这个查询码的异议" in answer.content.decode()) == (422, True)


def test_objection_is_taken_on_opened_and_ruled_on_by_pages(cast: Cast, second: Member) -> None:
    code = code_in(sent(standing_until(cast, 3600)))
    key = Objection.objects.get().pk
    desk = browser(second)
    author = reverse("objection-author", args=[key])
    assert desk.get(author).status_code == 404  # not its handler yet
    assert desk.post(reverse("objection-take", args=[key])).status_code == 302
    assert list(ObjectionHandler.objects.values_list("user", flat=True)) == [second.user.pk]
    opened = desk.post(author, {"purpose": "handling", "note": "当面核实有关情况"}).content.decode()
    assert ("赵演一" in opened, "13800001111" in opened) == (True, True)
    page = desk.get(reverse("objection", args=[key])).content.decode()
    assert ("三年前就有了" in page, "赵演一" in page) == (True, False)
    ruled = desk.post(reverse("objection-rule", args=[key]), {"result": "rejected", "reasons": "查无此事"})
    assert (ruled.status_code, Ruling.objects.get().result) == (302, "rejected")
    told = browser().post(reverse("objection-told"), {"code": code}).content.decode()
    assert ("查无此事" in told, Ruling.objects.get().told_at is not None) == (True, True)


@pytest.mark.parametrize("who", ["sibling_officer", "county_officer", "auditor", "applicant"])
def test_objection_pages_are_missing_for_everybody_else(cast: Cast, who: str) -> None:
    sent(standing_until(cast, 3600))
    key = Objection.objects.get().pk
    client = browser(cast[who])
    names = ("objection", "objection-take", "objection-author", "objection-rule", "objection-say-told")
    assert {client.get(reverse(name, args=[key])).status_code for name in names} == {404}


def test_notice_on_the_desk_is_missing_for_siblings_and_changed_by_the_unit(
    cast: Cast, second: Member
) -> None:
    notice = standing_until(cast, 3600)
    names = ("desk-notice", "notice-cancel", "notice-prolong")
    seen = {
        who: [browser(cast[who]).get(reverse(name, args=[notice.pk])).status_code for name in names]
        for who in ("sibling_officer", "auditor", "superior")
    }
    assert seen == {"sibling_officer": [404] * 3, "auditor": [200, 404, 404], "superior": [200, 200, 200]}
    browser(second).post(reverse("notice-cancel", args=[notice.pk]), {"reason": "名单有误，另行公示"})
    page = browser().get(reverse("notice", args=[notice.number])).content.decode()
    assert "名单有误，另行公示" in page


def test_pages_of_notices_cost_the_same_for_one_and_for_ten(
    cast: Cast, django_assert_max_num_queries
) -> None:
    standing_until(cast, 3600)
    client, desk = browser(), browser(cast["superior"])
    client.get(reverse("notices"))

    def cost(asked: Client, name: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert asked.get(reverse(name)).status_code == 200
        return len(queries)

    before = [cost(client, "notices"), cost(desk, "desk-notices")]
    for _ in range(9):
        standing_until(cast, 3600)
    assert [cost(client, "notices"), cost(desk, "desk-notices")] == before
