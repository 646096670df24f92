"""The pages by which a case is given more time: shown to and done by whom its rule names."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.calendar import notices
from gongjiang.kernel.lifecycle.models import Clock, DeadlineRule, Extension, Pause
from gongjiang.programmes._example import actions
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PAGES = ("clock-extend", "clock-hold", "clock-run")


@pytest.fixture
def clock(cast: Cast) -> Clock:
    notices.load()
    DeadlineRule.objects.create(
        flow="example.question", state="submitted", unit=cast.city, amount=5, counted_in="working_day",
        ends_at="18:00", document="（测试）", since=dt.date(2020, 1, 1), extension_limit=5, extension_role="officer",
    )  # fmt: skip
    actor = cast["applicant"].actor
    with scope(actor):
        actions.ask({"subject": "问", "details": "怎么发？"}, actor=actor, unit=cast.works)
    return Clock.objects.get()


def of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who].user)
    return client


def addresses(clock: Clock) -> list[str]:
    return [reverse(name, args=[clock.case_id, clock.pk]) for name in PAGES]


def test_case_page_leads_to_more_time_and_says_what_was_given(cast: Cast, clock: Clock) -> None:
    extend, hold, run = addresses(clock)
    client, case = of(cast, "superior"), reverse("example:question", args=[clock.case_id])

    def offered() -> list[bool]:
        page = client.get(case).content.decode()
        return [address in page for address in (extend, hold, run)]

    assert offered() == [True, True, False]
    assert client.post(extend, {"days": "5", "reason": "鉴定未出"}).status_code == 302
    assert offered() == [False, True, False]
    assert client.post(hold, {"reason": "等法院的判决"}).status_code == 302
    assert offered() == [False, False, True]
    page = client.get(case).content.decode()
    assert ("鉴定未出" in page, "等法院的判决" in page) == (True, True)
    assert client.post(run).status_code == 302
    assert (Extension.objects.get().days, Pause.objects.get().until is None) == (5, False)


def test_more_days_than_the_rule_allows_are_refused_with_the_number(cast: Cast, clock: Clock) -> None:
    answer = of(cast, "superior").post(addresses(clock)[0], {"days": "6", "reason": "鉴定未出"})
    assert (answer.status_code, "鉴定未出" in answer.content.decode()) == (409, True)
    assert Extension.objects.count() == 0


@pytest.mark.parametrize("who", ["unit_officer", "sibling_officer", "applicant", "auditor"])
def test_pages_are_missing_for_everybody_else(who: str, cast: Cast, clock: Clock) -> None:
    client = of(cast, who)
    assert {client.get(address).status_code for address in addresses(clock)} == {404}
    page = client.get(reverse("example:question", args=[clock.case_id])).content.decode()
    assert [address in page for address in addresses(clock)] == [False] * 3
