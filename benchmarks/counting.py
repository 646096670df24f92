"""How fast figures are counted, follow a commit, and open: `./run bench counting`.

In a database of its own with the city demo. Every stored cell from scratch; the time from a commit to the figure of
the city while the worker runs as in production; the cockpit and the page of a figure over HTTP as the web server's
role; and as a rival the same yearly cells of the workers counted by PostgreSQL. The table goes to docs/performance.md.
"""

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

from _ground import ROOT, city, measured_on, own_database, publish

NAME = "gongjiang_counting"
CITY, COUNTY = "140400", "140423"
WORKERS, RESULTS = "registry.workers", "innovations.results"


class Measured(NamedTuple):
    """One line of the table; `goal` in the same unit, or None."""

    what: str
    goal: str
    found: str
    kept: bool = True


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench counting", description=__doc__)
    parser.add_argument(
        "--commits", type=int, default=40, help="changes followed until their figure shows them"
    )
    parser.add_argument("--requests", type=int, default=60, help="per page")
    parser.add_argument("--fresh", action="store_true", help="load the demo again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongjiang counting ", ignore_cleanup_errors=True) as place:
        os.environ["GONGJIANG_DATA"] = place
        own_database(NAME, fresh=asked.fresh)
        city()
        lines = [*from_scratch(), *rival()]
        with worker() as process:
            lines += [*follow(asked.commits, process), *pages(asked.requests)]
    publish("Counting", render(lines))
    if broken := [m for m in lines if not m.kept]:
        sys.exit(f"{len(broken)} of {len(lines)} goals were missed.")


def from_scratch() -> Iterator[Measured]:
    """A process that starts, reads everything into a new lake and counts every stored cell."""
    code = (
        "import sys; sys.path[:0] = ['src', '.']\n"
        "import django; django.setup()\n"
        "from gongjiang.insight.cells import counting\n"
        "from gongjiang.insight.lake.tables import Lake\n"
        "counting.bring_up_to_date(Lake(), rebuild=True)\n"
        "import os; os._exit(0)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
        taken.append(time.perf_counter() - began)
    from gongjiang.insight.models import Cell, FactFiles

    rows = sum(FactFiles.objects.values_list("rows", flat=True))
    best, cells = statistics.median(taken), Cell.objects.count()
    yield Measured(
        f"lake and every stored cell from scratch: {rows:,} rows, {cells:,} cells, process start included",
        "≤ 6 s",
        f"{best:.1f} s",
        best <= 6,
    )


def rival() -> Iterator[Measured]:
    """Distinct workers of every unit from the township up at the end of each year, in both views, both ways."""
    from django.conf import settings
    from django.db import connection

    from gongjiang.insight.cells import engine
    from gongjiang.insight.cells.counting import show
    from gongjiang.insight.lake import reporting
    from gongjiang.insight.models import FactFiles, Publication
    from gongjiang.insight.periods import kept

    today = date.today()
    years = [p for p in kept(today) if p.kind == "year"]
    con = engine.connect(memory="512MB", threads=2)
    show(
        con, Path(settings.LAKE), FactFiles.objects.filter(fact__in=["registry.employment", reporting.TABLE])
    )
    began = time.perf_counter()
    engine.set_calendar(con, years, today)
    engine.set_places(con)
    ours = con.execute(Publication.objects.get(indicator=WORKERS).cells).fetchall()
    quick = time.perf_counter() - began
    calendar = ", ".join(f"('year', '{p.start}'::date, '{p.day(today)}'::date)" for p in years)
    query = f"""
        SELECT l.view, l.ancestor, c.kind, c.start, count(DISTINCT e.person_id)
        FROM people_employment e JOIN ({reporting.SELECT}) l ON l.unit = e.unit_id AND l.kept
        JOIN (VALUES {calendar}) c (kind, start, day)
          ON e.since <= c.day AND (e.until IS NULL OR e.until > c.day) AND l.since <= c.day AND l.until > c.day
        GROUP BY 1, 2, 3, 4
    """
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(query)
        theirs = cursor.fetchall()
        slow = time.perf_counter() - began
    if sorted(map(tuple, theirs)) != sorted(ours):
        sys.exit("PostgreSQL and the lake count differently.")
    what = f"workers of every unit at the end of {len(years)} years, both views ({len(ours):,} cells)"
    yield Measured(
        f"{what}: lake against PostgreSQL",
        "≥ 10 times",
        f"{quick:.2f} s against {slow:.1f} s: {slow / quick:.0f} times",
        slow >= 10 * quick,
    )


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """The background process as `./run demo` starts it."""
    environment = {**os.environ, "GONGJIANG_PROCESS": "worker"}
    process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=environment)
    from gongjiang.insight.cells.standing import look

    try:
        deadline = time.monotonic() + 60
        while look().behind:
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("The worker does not count.")
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(20)


def follow(commits: int, process: "subprocess.Popen[bytes]") -> Iterator[Measured]:
    """Commit a change, wait until the city's figure shows it; the same the other way round."""
    from gongjiang.insight.cells import reading
    from gongjiang.insight.periods import this_year
    from gongjiang.kernel.orgs.models import Unit
    from gongjiang.kernel.people.models import Employment
    from gongjiang.programmes.innovations.models import Result

    city, year = Unit.objects.get(code=CITY), this_year()

    def value(code: str) -> int:
        return reading.values([code], [city], [year])[code, city.pk, year]

    def until_it_shows(code: str, expected: int, change: Callable[[], object]) -> float:
        began = time.perf_counter()
        change()
        while value(code) != expected:
            time.sleep(0.01)
        return time.perf_counter() - began

    results = list(Result.objects.filter(accepted_on__gte=year.start)[:commits])
    singles = Employment.objects.filter(until=None).exclude(person__in=_with_two_jobs())[:commits]
    taken = []
    for n, (result, job) in enumerate(zip(results, list(singles), strict=False)):
        time.sleep(random.random() / 2)
        if n % 2:
            rows, changes, code = (
                Result.objects.filter(pk=result.pk),
                {"accepted_on": year.previous.start},
                RESULTS,
            )
            back = {"accepted_on": result.accepted_on}
        else:
            rows, changes, code = Employment.objects.filter(pk=job.pk), {"until": date.today()}, WORKERS
            back = {"until": None}
        now = value(code)
        taken.append(until_it_shows(code, now - 1, lambda r=rows, c=changes: r.update(**c)))
        until_it_shows(code, now, lambda r=rows, b=back: r.update(**b))
    taken.sort()
    p95 = taken[int(len(taken) * 0.95) - 1]
    yield Measured(
        f"commit → figure of the city, {len(taken)} commits: p50, p95, slowest",
        "p95 ≤ 5 s",
        f"{statistics.median(taken):.2f}, {p95:.2f}, {taken[-1]:.2f} s",
        p95 <= 5,
    )
    yield Measured(
        "memory of the worker while it follows (PSS)",
        "≤ 300 MB",
        f"{_pss(process.pid):.0f} MB",
        _pss(process.pid) <= 300,
    )


def _with_two_jobs():
    from django.db.models import Count

    from gongjiang.kernel.people.models import Employment

    counted = Employment.objects.filter(until=None).values("person").annotate(n=Count("id"))
    return counted.filter(n__gt=1).values("person")


def _pss(pid: int) -> float:
    """Proportional set size in megabytes; 0 where the system does not tell."""
    path = Path(f"/proc/{pid}/smaps_rollup")
    found = re.search(r"^Pss:\s+(\d+)", path.read_text(), re.M) if path.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def pages(requests: int) -> Iterator[Measured]:
    """The cockpit and the page of a figure over HTTP."""
    import lists

    from gongjiang.kernel.access.models import Grant

    leader = Grant.objects.filter(role="leader", unit__code=CITY).first().user_id
    officer = Grant.objects.filter(role="officer", unit__code=COUNTY).first().user_id
    asked = (
        ("cockpit of the city, p50 and p95", leader, f"/cockpit/{CITY}/", 100),
        ("cockpit of a county, p50 and p95", officer, f"/cockpit/{COUNTY}/", 100),
        (
            "a figure opened to a page of its records, p50 and p95",
            officer,
            f"/cockpit/figure/{RESULTS}/{COUNTY}/",
            300,
        ),
        (
            "the greatest figure of a county opened, p50 and p95",
            officer,
            f"/cockpit/figure/{WORKERS}/{COUNTY}/",
            300,
        ),
        (
            "the greatest figure of the city opened, p50 and p95",
            leader,
            f"/cockpit/figure/{WORKERS}/{CITY}/",
            300,
        ),
    )
    with lists.web_server() as port:
        for what, user, path, goal in asked:
            cookie, taken = lists.sign_in(user), []
            for n in range(requests + 10):
                began = time.perf_counter()
                lists.fetch(port, path, cookie)
                if n >= 10:
                    taken.append((time.perf_counter() - began) * 1000)
            taken.sort()
            p95 = taken[int(len(taken) * 0.95) - 1]
            yield Measured(
                what, f"p95 ≤ {goal} ms", f"{statistics.median(taken):.0f}, {p95:.0f} ms", p95 <= goal
            )


def render(lines: list[Measured]) -> str:
    """The section of docs/performance.md."""
    drawn = [
        "## Counting",
        "",
        "`./run bench counting`: the city demo, 200,000 persons; worker and web server as they run in production.",
        "",
        "| what | goal | measured |",
        "| --- | --- | --- |",
        *(f"| {m.what} | {m.goal} | {m.found} |" for m in lines),
        "",
        measured_on(),
    ]
    return "\n".join(drawn) + "\n"


if __name__ == "__main__":
    main()
