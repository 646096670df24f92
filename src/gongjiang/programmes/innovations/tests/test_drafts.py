"""What is typed on a phone survives a lost connection, and nobody else reads it: in a real browser."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from launcher.browser import chromium
from tests.cast import Cast, Member

PHONE = {"width": 390, "height": 844}
TYPED = "夜班也能一个人换托辊"
KEPT = "Object.keys(localStorage).filter(name => name.startsWith('gongjiang.draft:'))"
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


def opened(browser: Browser, server: LiveServer, member: Member) -> Page:
    context = browser.new_context(viewport=PHONE, has_touch=True)  # type: ignore[arg-type]
    sign_in(context, server, member)
    return context.new_page()


def sign_in(context: Any, server: LiveServer, member: Member) -> None:
    client = Client()
    client.force_login(member.user)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])


def kept(page: Page) -> None:
    """Wait until the page has kept what was typed."""
    for _ in range(100):
        if page.evaluate(KEPT):
            return
        page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


def test_form_survives_a_lost_connection_and_is_gone_once_sent(
    browser: Browser, live_server: LiveServer, lasting_cast: Cast
) -> None:
    page = opened(browser, live_server, lasting_cast["applicant"])
    address = live_server.url + reverse("innovations:new")
    page.goto(address)
    page.fill("[name=title]", "托辊快换")
    page.fill("[name=problem]", TYPED)
    page.check("[name=category][value=improvement]")
    kept(page)
    page.context.set_offline(True)
    page.click("button[value=submit]:not([aria-hidden])")
    page.wait_for_selector("[data-draft-offline]:not([hidden])")
    assert page.input_value("[name=problem]") == TYPED
    page.context.set_offline(False)
    page.goto(address)
    page.wait_for_selector("[data-draft-restored]:not([hidden])")
    assert (page.input_value("[name=problem]"), page.is_checked("[name=category][value=improvement]")) == (
        TYPED,
        True,
    )
    assert TYPED not in page.evaluate("JSON.stringify(localStorage)")
    page.fill("[name=novelty]", "卡槽")
    page.fill("[name=effect]", "八分钟")
    page.click("button[value=submit]:not([aria-hidden])")
    page.wait_for_url(re.compile(r"/my/innovations/\d+/$"))
    assert page.evaluate(KEPT) == []


def test_form_is_there_after_the_session_ended_and_not_for_another_user(
    browser: Browser, live_server: LiveServer, lasting_cast: Cast
) -> None:
    page = opened(browser, live_server, lasting_cast["applicant"])
    address = live_server.url + reverse("innovations:new")
    page.goto(address)
    page.fill("[name=problem]", TYPED)
    kept(page)
    page.context.clear_cookies()
    sign_in(page.context, live_server, lasting_cast["colleague"])
    page.goto(address)
    assert page.input_value("[name=problem]") == ""
    page.context.clear_cookies()
    sign_in(page.context, live_server, lasting_cast["applicant"])
    page.goto(address)
    page.wait_for_selector("[data-draft-restored]:not([hidden])")
    assert page.input_value("[name=problem]") == TYPED
    page.click("form.signed-in button")
    page.wait_for_url(live_server.url + "/")
    assert page.evaluate(KEPT) == []


def test_lines_for_colleagues_are_there_again_with_what_stood_in_them(
    browser: Browser, live_server: LiveServer, lasting_cast: Cast
) -> None:
    page = opened(browser, live_server, lasting_cast["colleague"])
    address = live_server.url + reverse("innovations:new")
    page.goto(address)
    page.fill("[name=title]", "托辊快换")
    for n, name in enumerate(("李演一", "王演二")):
        page.click("button[value=row]")
        page.wait_for_selector(f"[name=rows][value='{n + 1}']", state="attached")
        page.locator("[name^=name_]").last.fill(name)
    kept(page)
    page.wait_for_timeout(600)  # the last letters are kept a moment after they were typed
    page.goto(address)
    page.wait_for_selector("[data-draft-restored]:not([hidden])")
    names = [each.input_value() for each in page.locator("[name^=name_]").all()]
    assert (names, page.input_value("[name=title]")) == (["李演一", "王演二"], "托辊快换")
