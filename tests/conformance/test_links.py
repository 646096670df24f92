"""Every link that the desk, the menus and their pages show to somebody leads somewhere."""

from collections import Counter, deque
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from config.demo.places import COUNTY
from gongjiang.kernel.accounts.models import User

from .demo import loaded

#: How many addresses of one page are opened for one account: the rows of a list are alike.
ALIKE = 3
ACCOUNTS = [pytest.param(username, id=f"{role}:{username}") for username, role, _code in COUNTY.accounts]
STARTS = ("desk", "my")
#: Links are followed from the first page to the pages of the menu, and from these to one page more.
DEEP = 2


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[None]:
    with django_db_blocker.unblock(), loaded(tmp_path_factory.mktemp("demo")):
        yield


class Links(HTMLParser):
    """The addresses on this site that a page's links lead to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        if tag == "a" and href.startswith("/") and not href.startswith(("//", "/static/")):
            self.found.append(href.split("#")[0])
        elif tag == "a" and href.startswith("?"):
            self.found.append(href)


def route_of(address: str) -> str:
    try:
        return resolve(address.split("?")[0]).route
    except Resolver404:
        return address


def followed(client: Client) -> dict[str, str]:
    """Address → the page that shows it, for every link that does not open."""
    seen: dict[str, str] = {}
    opened: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    waiting = deque((reverse(name), "", 0) for name in STARTS)
    while waiting:
        address, shown_on, depth = waiting.popleft()
        route = route_of(address) + ("?" if "?" in address else "")
        if address in seen or (opened[route] >= ALIKE and "?tab=" not in address):
            continue
        seen[address] = shown_on
        opened[route] += 1
        response = client.get(address)
        if response.status_code not in (200, 302) and depth:
            wrong[address] = f"{response.status_code}, on {shown_on}"
        is_page = response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
        if depth < DEEP and is_page:
            page = address.split("?")[0]
            for link in Links(response.content.decode()).found:
                waiting.append((page + link if link.startswith("?") else link, address, depth + 1))
    return wrong


@pytest.mark.django_db
@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_link_shown_opens(username: str, demo: None) -> None:
    client = Client()
    client.force_login(User.objects.get(username=username))
    assert followed(client) == {}
