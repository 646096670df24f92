"""How long a list page takes over a million cases, for whoever sees least: `./run bench lists`.

In a database of its own: the city demo, and on its tree a million results of innovations with their events, turns and
authors, in true proportions of years, states and enterprises. The pages are asked for over HTTP, from the web server
as it runs in production, signed in to the database as the role that row security binds. The table goes to
docs/performance.md.
"""

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from _ground import ROOT, city, measured_on, own_database, publish

NAME = "gongjiang_lists"
GOAL = 200  # milliseconds, p95
FIRST_NUMBER = 100_000  # above those that the demo has taken
#: What became of a result: share, moves, state, phase, outcome.
ENDS = (
    (0.60, ("draft", "submit", "accept", "adopt"), "closed", "closed", "completed"),
    (0.12, ("draft", "submit", "accept", "drop"), "closed", "closed", "refused"),
    (0.10, ("draft", "submit", "refuse"), "closed", "closed", "refused"),
    (0.03, ("draft", "submit", "withdraw"), "closed", "closed", "withdrawn"),
    (0.08, ("draft", "submit", "accept"), "trial", "handling", ""),
    (0.04, ("draft", "submit"), "submitted", "intake", ""),
    (0.01, ("draft", "submit", "return"), "returned", "intake", ""),
    (0.02, ("draft",), "draft", "draft", ""),
)
TARGET = {
    "draft": "draft", "submit": "submitted", "accept": "trial", "return": "returned",
    "adopt": "closed", "drop": "closed", "refuse": "closed", "withdraw": "closed",
}  # fmt: skip
APPLICANTS = ("draft", "submit", "withdraw")


class Reader(NamedTuple):
    """Who asks: what to call them, their account, and how many cases lie in their tree."""

    who: str
    user: int
    cases: int


class Measured(NamedTuple):
    """One page of one reader. Times in milliseconds."""

    reader: Reader
    page: str
    queries: int
    median: float
    p95: float
    slowest: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench lists", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=200, help="per page and reader")
    parser.add_argument("--fresh", action="store_true", help="load everything again")
    asked = parser.parse_args()
    own_database(NAME, fresh=asked.fresh)
    prepare(asked.cases)
    readers = choose_readers()
    with web_server() as port:
        measured = [m for reader in readers for m in measure(reader, port, asked.requests)]
    table = render(measured, asked.cases, asked.requests)
    publish("Lists", table)
    if slow := [m for m in measured if m.p95 > GOAL]:
        sys.exit(f"{len(slow)} of {len(measured)} pages took more than {GOAL} ms at the 95th percentile.")


def prepare(cases: int) -> None:
    """Load the city and the cases where they are not there yet."""
    from django.db import connection, transaction

    from gongjiang.kernel.lifecycle.models import Case

    city()
    missing = cases - Case.objects.filter(flow="innovations.result").count()
    if missing > 0:
        began = time.monotonic()
        with transaction.atomic():
            load(missing)
        print(f"{missing:,} cases loaded in {time.monotonic() - began:.0f} s")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def load(count: int) -> None:
    """COPY that many results with everything that belongs to them."""
    from gongjiang.kernel import bulk
    from gongjiang.kernel.lifecycle.models import Case, CaseEvent, NumberSeries, Participant, Turn
    from gongjiang.kernel.people.models import Employment
    from gongjiang.programmes.innovations.models import Result

    workers = list(
        Employment.objects.filter(until=None)
        .values_list("person", "unit", "path", "unit__region")
        .order_by("pk")
    )
    random = Random(7)
    first = (Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    plans = sorted(_plan(random, workers) for _ in range(count))
    taken: dict[str, int] = {}

    def numbered() -> Iterator[tuple[int, Any]]:
        yield from enumerate(plans, start=first)

    def number(plan: Any) -> str | None:
        if plan.end[3] == "draft":
            return None
        series = f"INN-{plan.at.year}-{plan.region[:6]:0<6}"
        taken[series] = taken.get(series, FIRST_NUMBER) + 1
        return f"{series}-{taken[series]:05d}"

    with bulk.bare(Case, CaseEvent, Turn, Participant, Result):
        bulk.copy(
            Case,
            (
                "id", "number", "flow", "unit_id", "path", "applicant_id", "state", "phase", "outcome",
                "opened_at", "closed_at", "version", "confidential",
            ),
            (
                (
                    key, number(p), "innovations.result", p.unit, p.path, p.person, p.end[2], p.end[3], p.end[4],
                    p.at, p.step(len(p.end[1]) - 1) if p.end[3] == "closed" else None, len(p.end[1]), False,
                )
                for key, p in numbered()
            ),
        )  # fmt: skip
        bulk.copy(
            CaseEvent,
            ("case_id", "version", "name", "source", "target", "user_id", "unit_id", "role", "note", "at"),
            (
                (key, n + 1, move, TARGET[p.end[1][n - 1]] if n else "", TARGET[move], None,
                 *((None, "") if move in APPLICANTS else (p.unit, "unit_officer")), "", p.step(n))
                for key, p in numbered()
                for n, move in enumerate(p.end[1])
            ),
        )  # fmt: skip
        bulk.copy(
            Turn,
            ("case_id", "unit_id", "person_id", "role", "flow", "since", "until"),
            (row for key, p in numbered() for row in p.turns(key)),
        )
        bulk.copy(
            Participant,
            ("case_id", "person_id", "role", "position", "unit_id"),
            ((key, p.person, "author", 1, p.unit) for key, p in numbered()),
        )
        bulk.copy(
            Result,
            ("case_id", "title", "category", "problem", "novelty", "effect", "secrecy", "accepted_on"),
            (
                (key, f"示例改进第{key}项", p.category, "换一次要停机。", "改用卡槽。", "停机缩短。", "internal",
                 p.step(2).date() if "accept" in p.end[1] else None)
                for key, p in numbered()
            ),
        )  # fmt: skip
    bulk.advance(Case, CaseEvent, Turn, Participant)
    for series, last in taken.items():
        NumberSeries.objects.update_or_create(series=series, defaults={"last": last})


class Plan(NamedTuple):
    """One result as it went; sorts by its day."""

    at: datetime
    person: int
    unit: int
    path: str
    region: str
    category: str
    end: tuple[float, tuple[str, ...], str, str, str]

    def step(self, n: int) -> datetime:
        return self.at + timedelta(days=9 * n)

    def turns(self, key: int) -> Iterator[tuple[Any, ...]]:
        for n, move in enumerate(self.end[1]):
            if TARGET[move] == "closed":
                continue
            until = self.step(n + 1) if n + 1 < len(self.end[1]) else None
            mine = TARGET[move] in ("draft", "returned")
            who = (None, self.person, "") if mine else (self.unit, None, "unit_officer")
            yield (key, *who, "innovations.result", self.step(n), until)


def _plan(random: Random, workers: list[tuple[int, int, str, str]]) -> Plan:
    person, unit, path, region = workers[int(random.random() * len(workers))]
    at = datetime(2021, 1, 4, 8, tzinfo=UTC) + timedelta(minutes=int(random.random() * 5.8 * 365 * 24 * 60))
    category = random.choice(("invention", "creation", "improvement", "design", "suggestion"))
    end = random.choices(ENDS, [e[0] for e in ENDS])[0]
    return Plan(at, person, unit, path, region, category, end)


def choose_readers() -> list[Reader]:
    """Officers of a small and of the largest enterprise, and of a county: the least privileged who have a desk.

    The city's comes last, for comparison.
    """
    from django.db.models import Count

    from gongjiang.kernel.access.models import Grant
    from gongjiang.kernel.lifecycle.models import Case
    from gongjiang.kernel.orgs.models import Unit

    by_size = Unit.objects.filter(level="enterprise", region__startswith="140423").annotate(n=Count("cases"))
    chosen = (
        ("officer of a small enterprise", "unit_officer", by_size.filter(n__gte=30).order_by("n", "pk")),
        ("officer of a large enterprise", "unit_officer", by_size.order_by("-n", "pk")),
        ("officer of a county", "officer", Unit.objects.filter(code="140423")),
        ("officer of the city", "officer", Unit.objects.filter(code="140400")),
    )
    found = []
    for who, role, units in chosen:
        unit = units[0]
        grant = Grant.objects.filter(role=role, unit=unit).order_by("pk")[0]
        found.append(Reader(who, grant.user_id, Case.objects.filter(path__within=unit.path).count()))
    return found


PAGES = {
    "results, first page": "/desk/innovations/",
    "results, a later page": "/desk/innovations/?after=next",
    "results in trial use": "/desk/innovations/?state=trial",
    "results of one kind, oldest first": "/desk/innovations/?category=design&order=old",
    "work list": "/desk/",
}


def measure(reader: Reader, port: int, requests: int) -> Iterator[Measured]:
    """Ask for each page that many times, after a few that do not count."""
    cookie = sign_in(reader.user)
    for name, path in PAGES.items():
        paths = [path]
        if path.endswith("?after=next"):
            paths = later_pages(port, path.partition("?")[0], cookie)
        queries = count_queries(reader.user, paths[0])
        taken = []
        for n in range(requests + 10):
            began = time.perf_counter()
            fetch(port, paths[n % len(paths)], cookie)
            if n >= 10:
                taken.append((time.perf_counter() - began) * 1000)
        taken.sort()
        p95 = taken[int(len(taken) * 0.95) - 1]
        yield Measured(reader, name, queries, statistics.median(taken), p95, taken[-1])


def later_pages(port: int, path: str, cookie: str) -> list[str]:
    """The addresses of the next twenty pages."""
    found = []
    while len(found) < 20:
        link = re.search(r'href="([^"]*[?&;]after=[^"]*)"', fetch(port, path, cookie))
        if link is None:
            break
        path = link.group(1).replace("&amp;", "&")
        path = path if path.startswith("/") else "/desk/innovations/" + path
        found.append(path)
    return found or [path]


def fetch(port: int, path: str, cookie: str) -> str:
    """One page over HTTP; anything but 200 is an error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path, headers={"Cookie": cookie, "Host": "localhost"})
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    if response.status != 200:
        raise SystemExit(f"{path} answered {response.status}")
    return body


def _session(user: int) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from gongjiang.kernel.accounts.models import User

    account = User.objects.get(pk=user)
    store = SessionStore()
    store[SESSION_KEY] = str(user)
    store[BACKEND_SESSION_KEY] = "gongjiang.kernel.accounts.backends.PasswordBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def sign_in(user: int) -> str:
    """The cookie of a login that has just begun."""
    from django.conf import settings

    return f"{settings.SESSION_COOKIE_NAME}={_session(user)}"


def count_queries(user: int, path: str) -> int:
    """How many statements the page sends, asked within this process once it has read the calendar."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.cookies[settings.SESSION_COOKIE_NAME] = _session(user)
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


@contextmanager
def web_server() -> Iterator[int]:
    """The web server as `./run demo` starts it, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "GONGJIANG_PROCESS": "web", "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--no-access-log", "config.wsgi:application",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        for _ in range(300):
            try:
                with socket.create_connection(("127.0.0.1", port), 0.2):
                    break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def render(measured: list[Measured], cases: int, requests: int) -> str:
    """The section of docs/performance.md."""
    lines = [
        "## Lists",
        "",
        f"`./run bench lists`: {cases:,} cases of small innovations on the city demo's tree. {requests} requests each,"
        " one after the other, over",
        "HTTP from the web server as it runs in production, signed in to the database as the role that row security"
        " binds.",
        f"Target: ≤ {GOAL} ms at the 95th percentile for whoever sees least. That the number of queries is the same for"
        " 1, 10 and",
        "100 rows is a test of every list of every programme: `./run test tests/conformance`.",
        "",
        "| reader | cases in reach | page | queries | p50 ms | p95 ms | slowest ms |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {m.reader.who} | {m.reader.cases:,} | {m.page} | {m.queries}"
        f" | {m.median:.0f} | {m.p95:.0f} | {m.slowest:.0f} |"
        for m in measured
    ]
    lines += [
        "",
        measured_on(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
