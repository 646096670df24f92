"""Every page as its reader sees it, in a real browser: no barrier that axe knows, nothing that the policy refuses."""

import os
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gongjiang.kernel import catalogue
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.web.checks import patterns
from tests import browser
from tests.cast import Cast

from .scenes import scenes_of, walk, with_scenes
from .test_pages import is_public, open_page, own_urls

pytestmark = [pytest.mark.stack, pytest.mark.skipif(bool(browser.why_not()), reason=browser.why_not())]
#: Who opens a page of the shell: the first of these whom it answers. "" is the anonymous.
READERS = ("", "applicant", "unit_officer", "county_officer", "superior", "auditor")


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright keeps a loop in this thread
    with browser.started() as running:
        yield running
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def barriers(
    chromium,
    server: str,
    cast: Cast,
    who: str,
    addresses: dict[str, str],
    size: dict[str, int],
    **cookies: str,
) -> dict:
    """{page: what axe found there} for one reader; "" is the anonymous."""
    found = {}
    with browser.window(chromium, size=size) as page:
        page.context.add_cookies([{"name": n, "value": v, "url": server} for n, v in cookies.items()])
        if who:
            sign_in(page, server, cast, who)
        for name, address in addresses.items():
            response = page.goto(server + address)
            assert response.status == 200, name
            found |= {f"{name} {rule}": broken for rule, broken in browser.barriers(page).items()}
            width = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if width > 0:
                found[f"{name} too wide"] = (f"{width} px wider than the window", [])
    return found


def sign_in(page, server: str, cast: Cast, who: str) -> None:
    """Give the browser the login of somebody of the cast."""
    client = Client()
    client.force_login(cast[who].user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])


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
    """Every address without keywords, and what the public opens by one, after the longest walk of every flow."""
    for name in with_scenes():
        scenes_of(name).prepare(lasting_cast)
    for name in with_scenes():
        for walks in scenes_of(name).walks.values():
            walk(lasting_cast, max(walks, key=len))
    by_reader: dict[str, dict[str, str]] = {}
    for address in [*_addresses(), *_public_pages()]:
        reader = _reader(lasting_cast, address)
        if reader is not None:
            by_reader.setdefault(reader, {})[address] = address
    assert {"/", "/notices/", "/verify/", "/rules/", "/search/"} <= set(by_reader[""])
    assert len(by_reader["applicant"]) > 8
    assert len(by_reader["unit_officer"]) > 12
    found = {}
    for who, addresses in by_reader.items():
        size = browser.PHONE if who in ("", "applicant") else browser.DESK
        found |= barriers(chromium, live_server.url, lasting_cast, who, addresses, size)
    assert found == {}


def _addresses() -> list[str]:
    """The shell's and the figures' own addresses without keywords that show a page."""
    own = tuple(
        f"{face}{p.code}/" for p in catalogue.programmes() for face in ("", "my/", "desk/", "cockpit/")
    )
    return [
        f"/{route}"
        for route, pattern in patterns()
        if "<" not in route
        and not route.startswith((*own, "api/"))
        and hasattr(getattr(pattern.callback, "view_class", None), "get")
    ]


def _public_pages() -> list[str]:
    """What a stranger opens by a number or a code: notices, certificates, rules."""
    found = [reverse("rules", args=[p.code]) for p in catalogue.programmes()]
    for publicity in Publicity.objects.all()[:1]:
        found += [reverse(name, args=[publicity.number]) for name in ("notice", "object")]
    for credential in Credential.objects.all()[:1]:
        found.append(reverse("verified", args=[credential.code]))
    return found


def _reader(cast: Cast, address: str) -> str | None:
    """The first who gets a page there; None where nobody of the cast does, or it is no page."""
    for who in READERS:
        client = Client()
        if who:
            client.force_login(cast[who].user)
        answer = client.get(address)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            return who
    return None


def test_programmes_without_scenes_are_not_forgotten() -> None:
    assert set(with_scenes()) == {p.name for p in catalogue.programmes()}


#: Who works at the desk, the cockpit or only on an own page: each meets the shell with a menu of its own.
ROLES = ("applicant", "unit_officer", "county_officer", "superior", "leader", "auditor")
FACES = ("/my/", "/desk/", "/cockpit/")


def test_shell_of_every_role_has_no_barrier_on_a_phone_in_larger_text(
    chromium, live_server, lasting_cast: Cast
) -> None:
    """The faces as each role meets them, and whatever their menus and first pages lead to, once."""
    seen: set[str] = set()
    found = {}
    for who in ROLES:
        client = Client()
        client.force_login(lasting_cast[who].user)
        faces = [face for face in FACES if client.get(face).status_code == 200]
        assert "/my/" in faces
        menu = {link for face in faces for link in _links(client.get(face).content.decode())} - seen
        seen |= menu
        addresses = {address: address for address in [*faces, *sorted(menu)]}
        found |= {
            f"{who}: {name}": broken
            for name, broken in barriers(
                chromium, live_server.url, lasting_cast, who, addresses, browser.PHONE, elder="1"
            ).items()
        }
    assert found == {}
    assert len(seen) > 20


def _links(page: str) -> list[str]:
    """Addresses of the shell's pages that a page leads to: no keys, no files, nothing that signs out."""
    found = re.findall(r'href="(/(?:my|desk|cockpit|account|lists)/[a-z/_-]*)"', page)
    return [address for address in found if not address.startswith(("/account/single", "/account/sign-out"))]


@pytest.mark.parametrize(("who", "face"), [("applicant", "/my/"), ("superior", "/desk/")])
@pytest.mark.parametrize("size", [browser.PHONE, browser.DESK], ids=["phone", "desk"])
def test_keyboard_alone_reaches_the_content_and_the_menu(
    who: str, face: str, size: dict[str, int], chromium, live_server, lasting_cast: Cast
) -> None:
    with browser.window(chromium, size=size) as page:
        sign_in(page, live_server.url, lasting_cast, who)
        page.goto(live_server.url + face)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('#main').contains(document.activeElement)")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        folded = page.locator(".desk-menu summary").first
        if folded.is_visible():
            folded.focus()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            assert page.evaluate("!!document.activeElement.closest('.desk-menu .sheet')")
