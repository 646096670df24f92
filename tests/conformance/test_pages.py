"""Every address of every programme: for its readers and nobody else, whole without script, constant in cost."""

from html.parser import HTMLParser

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, reverse
from django.utils import translation

from gongjiang.insight.catalogue import shown
from gongjiang.kernel import catalogue
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.web.checks import declared_access, patterns
from gongjiang.web.views import PUBLIC
from tests.cast import EVERYBODY, Cast

from .scenes import Page, Walk, scenes_of, title, walk, with_scenes

FACES = ("PUBLIC", "MY", "DESK", "COCKPIT")
PAGES = [
    pytest.param(name, url, page, id=url)
    for name in with_scenes()
    for url, page in scenes_of(name).pages.items()
]
LISTS = [p for p in PAGES if p.values[2].is_list]
ENDS = [
    pytest.param(name, steps, id=f"{flow}:{'-'.join(s.name for s in steps)}")
    for name in with_scenes()
    for flow, walks in scenes_of(name).walks.items()
    for steps in walks
]
ARGUMENTS = {"int": 1, "slug": "x", "str": "x", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x"}


@pytest.fixture
def stage(cast: Cast, request: pytest.FixtureRequest) -> Cast:
    """The cast, with the rows that the programme's steps need."""
    scenes_of(request.node.callspec.params["name"]).prepare(cast)
    return cast


def signed_in(cast: Cast, who: str, language: str = "zh-hans") -> Client:
    """A browser in which a member of the cast has signed in; nobody has as "anonymous"."""
    client = Client()
    client.cookies["django_language"] = language
    if who != "anonymous":
        client.force_login(cast[who].user)
    return client


def seen(response: HttpResponse) -> str:
    """The text of a page; empty for a redirect or a page that is missing."""
    return response.content.decode() if response.status_code == 200 else ""


def own_urls(name: str) -> dict[str, URLPattern]:
    """The addresses of a programme by their full name."""
    programme = catalogue.programme(name)
    module = programme.module("urls")
    return {
        f"{programme.code}:{p.name}": p
        for face in FACES
        for p in getattr(module, face, ())
        if isinstance(p, URLPattern)
    }


def is_public(pattern: URLPattern) -> bool:
    return declared_access(pattern.callback) is PUBLIC


@pytest.mark.parametrize("name", with_scenes())
def test_every_address_that_is_not_public_is_in_the_scenes(name: str) -> None:
    assert {url for url, pattern in own_urls(name).items() if not is_public(pattern)} == set(
        scenes_of(name).pages
    )


@pytest.mark.parametrize(("name", "url", "page"), PAGES)
def test_page_is_for_its_readers_and_for_nobody_else(name: str, url: str, page: Page, stage: Cast) -> None:
    case, address = open_page(stage, url, page)
    told = page.tells(stage, case) if page.tells else [title(case), case.number]
    readers = {page.reader, *page.others}
    found = {}
    for who in EVERYBODY:
        response = signed_in(stage, who).get(address)
        text = seen(response)
        found[who] = (response.status_code, [words for words in told if words in text])
    assert {who: found[who] for who in readers} == dict.fromkeys(readers, (200, told))
    missing = {404, 200} if page.args is None else {404}
    outside = {who: answer for who, answer in found.items() if who not in readers}
    assert {who: a for who, a in outside.items() if a[0] not in missing or a[1]} == {}


@pytest.mark.parametrize(("name", "url", "page"), PAGES)
def test_page_is_whole_without_script(name: str, url: str, page: Page, stage: Cast) -> None:
    _, address = open_page(stage, url, page)
    for language, lang in (("zh-hans", "zh-CN"), ("en", "en")):
        html = Markup(seen(signed_in(stage, page.reader, language).get(address)))
        assert html.faults() == []
        assert (html.language, html.headings) == (lang, 1)


@pytest.mark.parametrize(("name", "url", "page"), LISTS)
def test_list_costs_the_same_for_1_10_and_100_rows(name: str, url: str, page: Page, stage: Cast) -> None:
    address, costs, there = reverse(url), {}, 0
    client = signed_in(stage, page.reader)
    for rows in (1, 10, 100):
        if page.rows is not None:
            page.rows(stage, rows - there)
        else:
            for _ in range(rows - there):
                walk(stage, page.steps)
        there = rows
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        costs[rows] = len(queries)
    assert costs == dict.fromkeys(costs, costs[1])


@pytest.mark.parametrize(("name", "steps"), ENDS)
def test_state_is_shown_on_the_case_page(name: str, steps: Walk, stage: Cast) -> None:
    case = walk(stage, steps)
    assert case is not None
    flow = flows()[case.flow]
    pages = scenes_of(name).pages
    readers = {url: (pages[url].reader, *pages[url].others) for url in (flow.url, flow.my_url) if url}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            words = str(Outcome(case.outcome).label if case.outcome else State(case.state).label)
        assert any(
            words in seen(signed_in(stage, who, language).get(reverse(url, args=[case.pk])))
            for url, everybody in readers.items()
            for who in everybody
        ), (language, words)


@pytest.mark.parametrize(("name", "steps"), ENDS)
def test_buttons_move_the_case_and_only_for_whom_they_are(name: str, steps: Walk, stage: Cast) -> None:
    """The shell's own page for a move: the allowed actor's post moves the case, an outsider's finds nothing."""
    last, case = steps[-1], walk(stage, steps[:-1])
    if case is None or last.do is not None:
        return
    address = reverse("act", args=[case.pk, last.name])
    data = {**last.data, "version": case.version}
    answers = {
        who: signed_in(stage, who).post(address, data).status_code for who in ("sibling_officer", "stranger")
    }
    assert answers == {"sibling_officer": 404, "stranger": 404}
    assert signed_in(stage, "anonymous").post(address, data).status_code == 403
    assert Case.objects.get(pk=case.pk).version == case.version
    assert signed_in(stage, last.by).post(address, data).status_code == 302
    assert Case.objects.get(pk=case.pk).version == case.version + 1


@pytest.mark.parametrize(("name", "steps"), ENDS)
def test_interface_for_programs_gives_the_same_rows_to_the_same_people(
    name: str, steps: Walk, stage: Cast
) -> None:
    case = walk(stage, steps)
    assert case is not None
    flow, address = flows()[case.flow], f"/api/cases/{case.pk}"
    may = {
        who
        for who, a in stage.actors.items()
        if flow.view.filter(Case.objects.filter(pk=case.pk), a).exists()
    }
    one = {who: signed_in(stage, who).get(address).status_code for who in EVERYBODY}
    assert one == {who: 200 if who in may else 404 for who in EVERYBODY}
    listed = {
        who
        for who in EVERYBODY
        if case.pk in [row["id"] for row in signed_in(stage, who).get("/api/cases").json()["items"]]
    }
    assert listed == may
    assert [signed_in(stage, "anonymous").get(a).status_code for a in (address, "/api/cases")] == [401, 401]
    for move in flow.transitions:
        outside = signed_in(stage, "sibling_officer")
        answer = outside.post(
            f"{address}/{move.name}", {"version": case.version}, content_type="application/json"
        )
        assert answer.status_code == 404


def test_figures_of_a_unit_are_for_those_who_hold_it_or_lie_above(cast: Cast) -> None:
    """The cockpit and the page of each figure: a unit beside one's own looks like one that there is not."""
    units = {"city": cast.city, "county": cast.county, "works": cast.works, "sibling": cast.sibling_county}
    holders = {
        "city": {"superior", "leader", "auditor"},
        "county": {"superior", "leader", "auditor", "county_officer"},
        "works": {"superior", "leader", "auditor", "county_officer", "unit_officer"},
        "sibling": {"superior", "leader", "auditor", "sibling_officer"},
    }
    for name, unit in units.items():
        addresses = [reverse("cockpit-unit", args=[unit.code])]
        addresses += [reverse("figure", args=[code, unit.code]) for code in shown()]
        for who in EVERYBODY:
            client = signed_in(cast, who)
            answers = {client.get(address).status_code for address in addresses}
            assert answers == {200 if who in holders[name] else 404}, (name, who)


@pytest.mark.parametrize("name", [p.name for p in catalogue.programmes()])
def test_public_page_is_open_and_tells_nothing_of_a_case(name: str, stage_if_played: Cast) -> None:
    cases = [walk(stage_if_played, steps) for walks in _walks(name) for steps in walks]
    words = {text for case in cases if case for text in (case.number, title(case)) if text}
    for url, pattern in own_urls(name).items():
        if is_public(pattern) and not pattern.pattern.converters:
            response = Client().get(reverse(url))
            assert response.status_code == 200
            assert {w for w in words if w in seen(response)} == set()


@pytest.fixture
def stage_if_played(cast: Cast, request: pytest.FixtureRequest) -> Cast:
    name = request.node.callspec.params["name"]
    if name in with_scenes():
        scenes_of(name).prepare(cast)
    return cast


def _walks(name: str) -> list[tuple[Walk, ...]]:
    return list(scenes_of(name).walks.values()) if name in with_scenes() else []


def _addresses() -> list:
    """Every address of the installation that declares an access which is not public, with arguments made up."""
    found = []
    for route, pattern in patterns():
        access = declared_access(pattern.callback)
        if access is None or access is PUBLIC:
            continue
        made_up = route
        for part in route.split("<")[1:]:
            inside = part.split(">")[0]
            kind = inside.split(":")[0] if ":" in inside else "str"
            made_up = made_up.replace(f"<{inside}>", str(ARGUMENTS[kind]))
        found.append(pytest.param(f"/{made_up}", pattern, id=f"/{route}"))
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "pattern"), _addresses())
def test_anonymous_is_asked_to_sign_in(address: str, pattern: URLPattern) -> None:
    view = pattern.callback.view_class
    if hasattr(view, "get"):
        response = Client().get(address)
        assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, reverse("sign-in"))
    if hasattr(view, "post"):
        assert Client().post(address).status_code == 403


def open_page(cast: Cast, url: str, page: Page) -> tuple[Case | None, str]:
    """The case at the end of the page's steps, and the page's address."""
    case = walk(cast, page.steps)
    if page.rows is not None:
        page.rows(cast, 1)
    return case, reverse(url, kwargs=page.args(cast, case) if page.args else {})


class Markup(HTMLParser):
    """What of a page can be judged without a browser."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language, self.headings, self._faults, self._open = "", 0, [], []
        self._forms: list[dict[str, bool]] = []
        self.feed(html)
        self.close()

    def faults(self) -> list[str]:
        """What needs script or breaks the policy: handlers, inline script and style, htmx without a plain way."""
        return self._faults + [
            f"<form> without {k}" for form in self._forms for k, there in form.items() if not there
        ]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        where = f"<{tag} {' '.join(f'{k}={v!r}' for k, v in given.items())}>"
        self.language = given.get("lang") or self.language if tag == "html" else self.language
        self.headings += tag == "h1"
        self._faults += [f"{k} on {where}" for k in given if k.startswith(("on", "hx-on")) or k == "style"]
        if tag == "style" or (
            tag == "script" and not given.get("src") and "json" not in (given.get("type") or "")
        ):
            self._faults.append(f"inline {where}")
        if tag == "form":
            post = (given.get("method") or "").lower() == "post"
            self._forms.append({"a token": not post})
        if given.get("name") == "csrfmiddlewaretoken" and self._forms:
            self._forms[-1]["a token"] = True
        if any(k in given for k in ("hx-get", "hx-post")):
            plain = tag == "form" or (tag == "a" and given.get("href")) or "form" in self._open
            if not plain:
                self._faults.append(f"no plain way for {where}")
        if tag not in (
            "input",
            "meta",
            "link",
            "br",
            "img",
            "hr",
            "path",
            "use",
            "circle",
            "rect",
            "source",
            "wbr",
        ):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass
