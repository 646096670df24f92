"""The pages in a real browser: nothing against the policy, nothing for axe to find, nothing wider than a phone."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.programmes._example import actions
from gongjiang.programmes._example.models import Question
from launcher.browser import chromium
from tests.cast import Cast, Member

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not chromium(), reason="no Chromium is installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def questions(lasting_cast: Cast) -> tuple[Question, Question]:
    """One that waits for the officer, and one that came back to its asker."""
    asker, officer = lasting_cast["applicant"].actor, lasting_cast["unit_officer"].actor
    with scope(asker):
        waiting = actions.ask(
            {"subject": "防暑降温费", "details": "怎么发？"}, actor=asker, unit=lasting_cast.works
        )
        back = actions.ask(
            {"subject": "高温津贴", "details": "几月发？"}, actor=asker, unit=lasting_cast.works
        )
    with scope(officer):
        door.transition(back.case, "return", actor=officer, note="哪个岗位？")
    return waiting, back


def signed_in(
    browser: Browser, server: LiveServer, member: Member | None, view: dict[str, int], **cookies: str
) -> BrowserContext:
    context = browser.new_context(viewport=view, has_touch=view is PHONE)  # type: ignore[arg-type]
    if member is not None:
        client = Client()
        client.force_login(member.user)
        cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in cookies.items()])
    return context


def faults(page: Page, url: str) -> list[Any]:
    """What is wrong with a page: messages of the console, what axe finds, a page wider than its screen."""
    found: list[Any] = []
    page.on("console", lambda m: found.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: found.append(str(e)))
    page.goto(url)
    found += [(v["id"], v["nodes"][0]["html"][:120]) for v in Axe().run(page)["violations"]]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than its screen")
    return found


@pytest.mark.parametrize(
    ("view", "cookies"),
    [(PHONE, {}), (DESK, {}), (PHONE, {"elder": "1"}), (DESK, {"django_language": "en"})],
    ids=["phone", "desk", "elder", "english"],
)
def test_no_page_has_a_fault(
    browser: Browser,
    live_server: LiveServer,
    lasting_cast: Cast,
    questions: tuple[Question, Question],
    view: dict[str, int],
    cookies: dict[str, str],
) -> None:
    waiting, back = (question.pk for question in questions)
    pages = {
        None: [*map(reverse, ("home", "about", "sign-in", "sign-out", "display")), "/search/?q=12351"],
        "applicant": [
            *map(reverse, ("my", "my-cases", "my-record", "my-help", "example:ask")),
            reverse("example:my-question", args=[back]),
            reverse("example:mend", args=[back]),
        ],
        "unit_officer": [
            *map(reverse, ("desk", "desk-search")),
            "/desk/?tab=waiting",
            "/desk/?number=zzz",
            reverse("example:question", args=[waiting]),
            reverse("act", args=[waiting, "answer"]),
        ],
    }
    found = {}
    for name, urls in pages.items():
        context = signed_in(browser, live_server, lasting_cast[name] if name else None, view, **cookies)
        for url in urls:
            page = context.new_page()
            if wrong := faults(page, live_server.url + url):
                found[url] = wrong
            page.close()
        context.close()
    assert found == {}


def test_form_with_a_fault_takes_the_keyboard_to_it(
    browser: Browser, live_server: LiveServer, lasting_cast: Cast
) -> None:
    context = signed_in(browser, live_server, lasting_cast["applicant"], PHONE)
    page = context.new_page()
    page.goto(live_server.url + reverse("example:ask"))
    page.fill("[name=details]", "只有正文")
    page.click("main form.panel button[type=submit]")
    assert page.evaluate("document.activeElement.className") == "errors"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("补上的题目")
    assert page.input_value("[name=subject]") == "补上的题目"
    assert page.input_value("[name=details]") == "只有正文"
    assert [(v["id"], len(v["nodes"])) for v in Axe().run(page)["violations"]] == []
    context.close()


def test_list_is_filtered_in_place_and_the_address_keeps_it(
    browser: Browser, live_server: LiveServer, lasting_cast: Cast, questions: tuple[Question, Question]
) -> None:
    context = signed_in(browser, live_server, lasting_cast["unit_officer"], DESK)
    page = context.new_page()
    page.goto(live_server.url + reverse("desk"))
    page.evaluate("document.body.dataset.kept = 'same page'")
    page.fill(".filters [name=number]", "ZZZ")
    with page.expect_response(lambda r: "number=ZZZ" in r.url):
        page.keyboard.press("Enter")
    page.wait_for_selector("#list .empty")
    assert (page.evaluate("document.body.dataset.kept"), "number=ZZZ" in page.url) == ("same page", True)
    context.close()
