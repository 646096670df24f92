"""How long finding a worker by name takes among five million: `./run bench search`.

In a database of its own: the city demo's tree, and on it as many persons as asked for, made by the database. Two
characters and pinyin initials are looked for as officers of a small and a large enterprise, of a county, the city and
the province see them, through the one function that may search (`candidates`). The table goes to docs/performance.md.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from typing import NamedTuple

from _ground import city, measured_on, own_database, publish, tried

NAME = "gongjiang_search"
GOAL = 200  # milliseconds, p95

#: Surnames by their share in the population, and characters of given names, as the demo does not have them.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国志华文斌玲红梅春生海燕龙飞鹏宇浩然子轩雨欣思远嘉怡诗涵"
)


class Measured(NamedTuple):
    """One question of one reader. Times in milliseconds."""

    reader: str
    workers: int
    words: str
    found: int
    median: float
    p95: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench search", description=__doc__)
    parser.add_argument("--persons", type=int, default=5_000_000)
    parser.add_argument("--requests", type=int, default=20, help="per reader and words")
    parser.add_argument("--fresh", action="store_true", help="load everything again")
    tried(parser)
    asked = parser.parse_args()
    persons, requests = (250_000, 3) if asked.trial else (asked.persons, asked.requests)
    own_database(f"{NAME}_try" if asked.trial else NAME, fresh=asked.fresh)
    prepare(persons)
    measured = list(measure(requests))
    table = render(measured, persons, requests)
    publish("Search", table, trial=asked.trial)
    if asked.trial:
        return
    if slow := [m for m in measured if m.p95 > GOAL]:
        sys.exit(f"{len(slow)} of {len(measured)} questions took more than {GOAL} ms at the 95th percentile.")


def prepare(persons: int) -> None:
    """Load the tree, and persons until there are as many as asked for."""
    from django.db import connection, transaction

    from gongjiang.kernel import bulk
    from gongjiang.kernel.people.identity import initials
    from gongjiang.kernel.people.models import Employment, Person

    city()
    missing = persons - Person.objects.count()
    if missing <= 0:
        return
    began = time.monotonic()
    letters = {each: initials(each) for each in set(SURNAMES + GIVEN)}
    with transaction.atomic(), bulk.bare(Person, Employment), connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMP TABLE made ON COMMIT DROP AS
            SELECT n, substr(%(surnames)s, 1 + (power(random(), 2) * (length(%(surnames)s) - 1))::int, 1) AS s,
              substr(%(given)s, 1 + (random() * (length(%(given)s) - 1))::int, 1) AS g,
              CASE WHEN random() < 0.15 THEN '' ELSE
                substr(%(given)s, 1 + (random() * (length(%(given)s) - 1))::int, 1) END AS h,
              1 + (random() * ((SELECT count(*) FROM orgs_legalentity) - 1))::int AS place
            FROM generate_series(1, %(missing)s) AS n;
            """,
            {"surnames": SURNAMES, "given": GIVEN, "missing": missing},
        )
        cursor.execute("CREATE TEMP TABLE letters (c text PRIMARY KEY, l text) ON COMMIT DROP")
        with cursor.copy("COPY letters FROM STDIN") as copying:
            for row in letters.items():
                copying.write_row(row)
            copying.write_row(("", ""))
        cursor.execute("SELECT coalesce(max(id), 0) FROM people_person")
        (first,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO people_person (id, name, initials, sex, born_on, state)"
            " SELECT %s + n, s || g || h, a.l || b.l || d.l, CASE WHEN n %% 2 = 0 THEN 'male' ELSE 'female' END,"
            " DATE '1961-01-01' + (n::bigint * 7919 %% 16000)::int, 'identified' FROM made"
            " JOIN letters a ON a.c = s JOIN letters b ON b.c = g JOIN letters d ON d.c = h",
            [first],
        )
        cursor.execute(
            "INSERT INTO people_employment (person_id, entity_id, unit_id, path, since, form, post, post_class)"
            " SELECT %s + m.n, l.id, l.unit_id, l.path, DATE '2020-01-01', 'contract', '', 'production' FROM made m"
            " JOIN (SELECT *, row_number() OVER (ORDER BY id) AS place FROM orgs_legalentity) l ON l.place = m.place",
            [first],
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('people_person', 'id'), max(id)) FROM people_person"
        )
        cursor.execute("VACUUM ANALYZE people_person, people_employment")
    print(f"{missing:,} persons made in {time.monotonic() - began:.0f} s")


def measure(requests: int) -> Iterator[Measured]:
    """Ask as each reader for each of the words."""
    from django.db import connection
    from django.db.models import Count, Q

    from gongjiang.kernel.access.actor import load, scope
    from gongjiang.kernel.access.models import Grant
    from gongjiang.kernel.orgs.models import Unit
    from gongjiang.kernel.people.models import Employment

    sized = Unit.objects.filter(level="enterprise").annotate(
        n=Count("employments", filter=Q(employments__until=None))
    )
    chosen = (
        ("officer of a small enterprise", "unit_officer", sized.filter(n__gte=10).order_by("n", "pk")[0]),
        ("officer of a large enterprise", "unit_officer", sized.order_by("-n", "pk")[0]),
        ("officer of a county", "officer", Unit.objects.get(code="140423")),
        ("officer of the city", "officer", Unit.objects.get(code="140400")),
        ("officer of the province", "officer", Unit.objects.get(code="140000")),
    )
    for who, role, unit in chosen:
        actor = load(Grant.objects.filter(role=role, unit=unit).order_by("pk")[0].user_id)
        workers = Employment.objects.filter(path__within=unit.path, until=None).count()
        for words in ("王伟", "建国", "轩涵", "阎嘉怡", "wj", "zjg", "yjy"):
            taken, found = [], 0
            for n in range(requests + 2):
                with scope(actor), connection.cursor() as cursor:
                    began = time.perf_counter()
                    cursor.execute("SELECT candidates('employment', %s, 2000)", [words])
                    found = len(cursor.fetchall())
                    if n >= 2:
                        taken.append((time.perf_counter() - began) * 1000)
            taken.sort()
            p95 = taken[max(0, int(len(taken) * 0.95) - 1)]
            yield Measured(who, workers, words, found, statistics.median(taken), p95)


def render(measured: list[Measured], persons: int, requests: int) -> str:
    """The section of docs/performance.md."""
    lines = [
        "## Search",
        "",
        f"`./run bench search`: a worker among {persons:,} by two characters or pinyin initials, within the reader's"
        f" scope; {requests} times each.",
        f"Target: ≤ {GOAL} ms at the 95th percentile. At most two thousand are found.",
        "",
        "| reader | workers in reach | words | found | p50 ms | p95 ms |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {m.reader} | {m.workers:,} | {m.words} | {m.found:,} | {m.median:.1f} | {m.p95:.1f} |"
        for m in measured
    ]
    return "\n".join([*lines, "", measured_on()]) + "\n"


if __name__ == "__main__":
    main()
