"""Every page as its reader sees it, in a real browser: no barrier that axe knows, nothing that the policy refuses."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gongjiang.kernel import catalogue
from tests import browser
from tests.cast import Cast

from .scenes import scenes_of, with_scenes
from .test_pages import is_public, open_page, own_urls

pytestmark = [pytest.mark.stack, pytest.mark.skipif(bool(browser.why_not()), reason=browser.why_not())]
#: WCAG 2.0 to 2.2, level AA.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
#: Pages of the shell, and who reads them.
SHELL = {"home": "", "sign-in": "", "about": "", "my": "applicant", "my-cases": "applicant", "my-record": "applicant",
         "my-help": "applicant", "who-looked": "applicant", "desk": "unit_officer", "desk-search": "unit_officer",
         "access-log": "unit_officer"}  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread
    with browser.started() as running:
        yield running
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def barriers(
    chromium, server: str, cast: Cast, who: str, addresses: dict[str, str], size: dict[str, int]
) -> dict:
    """{page: what axe found there} for one reader; "" is the anonymous."""
    from axe_core_python.sync_playwright import Axe

    found = {}
    with browser.window(chromium, size=size) as page:
        if who:
            client = Client()
            client.force_login(cast[who].user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])
        for name, address in addresses.items():
            response = page.goto(server + address)
            assert response.status == 200, name
            for violation in Axe().run(page, options=RULES)["violations"]:
                where = [node["html"] for node in violation["nodes"]][:3]
                found[f"{name} {violation['id']}"] = (violation["help"], where)
            width = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if width > 0:
                found[f"{name} too wide"] = (f"{width} px wider than the window", [])
    return found


@pytest.mark.parametrize("name", with_scenes())
def test_pages_of_a_programme_have_no_barrier(name: str, chromium, live_server, lasting_cast: Cast) -> None:
    scenes = scenes_of(name)
    scenes.prepare(lasting_cast)
    by_reader: dict[str, dict[str, str]] = {}
    for url, page in scenes.pages.items():
        by_reader.setdefault(page.reader, {})[url] = open_page(lasting_cast, url, page)[1]
    for url, pattern in own_urls(name).items():
        if is_public(pattern) and not pattern.pattern.converters:
            by_reader.setdefault("", {})[url] = reverse(url)
    faces = {"/my/": browser.PHONE, "/desk": browser.DESK}
    found = {}
    for who, addresses in by_reader.items():
        for face, size in faces.items():
            here = {
                u: a
                for u, a in addresses.items()
                if a.startswith(face) or (face == "/my/" and "/desk" not in a)
            }
            if here:
                found |= barriers(chromium, live_server.url, lasting_cast, who, here, size)
    assert found == {}


def test_pages_of_the_shell_have_no_barrier(chromium, live_server, lasting_cast: Cast) -> None:
    for name in with_scenes():
        scenes_of(name).prepare(lasting_cast)
    found = {}
    for who in sorted(set(SHELL.values())):
        addresses = {url: reverse(url) for url, reader in SHELL.items() if reader == who}
        size = browser.PHONE if who != "unit_officer" else browser.DESK
        found |= barriers(chromium, live_server.url, lasting_cast, who, addresses, size)
    assert found == {}


def test_programmes_without_scenes_are_not_forgotten() -> None:
    assert set(with_scenes()) == {p.name for p in catalogue.programmes()}
