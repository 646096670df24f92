"""How long looking for earlier results like a new one takes in a province: `./run bench similar`.

In a database of its own: the city demo's tree, and on it as many results as the province has filed. Their titles have
the words of the demo's, a place, a part, what is wrong with it and what was done, so that many are nearly the same.
Each is sought as its union officer sees it, through the one function that may look everywhere (`innovations_similar`).
The table goes to docs/performance.md.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import product
from random import Random

from _ground import city, measured_on, own_database, publish, tried

NAME = "gongjiang_similar"
GOAL = 300  # milliseconds, p95
MOST, AT_LEAST = 5, 60

FAULTS = ["卡阻", "漏油", "磨损", "跑偏", "堵塞", "振动", "过热", "松动", "漏风", "偏载", "断裂", "积尘"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench similar", description=__doc__)
    parser.add_argument("--results", type=int, default=544_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--fresh", action="store_true", help="load everything again")
    tried(parser)
    asked = parser.parse_args()
    results, requests = (50_000, 40) if asked.trial else (asked.results, asked.requests)
    own_database(f"{NAME}_try" if asked.trial else NAME, fresh=asked.fresh)
    prepare(results)
    taken, found = measure(requests)
    p95 = taken[max(0, int(len(taken) * 0.95) - 1)]
    publish("Earlier results that are alike", render(results, requests, taken, p95, found), trial=asked.trial)
    if not asked.trial and p95 > GOAL:
        sys.exit(f"{p95:.0f} ms at the 95th percentile; the goal is {GOAL} ms.")


def prepare(results: int) -> None:
    """Load the tree, and results until there are as many as asked for."""
    from django.db import connection, transaction
    from django.utils import timezone

    from gongjiang.kernel import bulk
    from gongjiang.kernel.lifecycle.models import Case
    from gongjiang.kernel.people.models import Employment
    from gongjiang.programmes.innovations.demo.words import MENDS, PARTS, SITES
    from gongjiang.programmes.innovations.models import Result
    from gongjiang.programmes.innovations.rules import bands, title_key

    city()
    missing = results - Result.objects.count()
    if missing <= 0:
        return
    began, random, now = time.monotonic(), Random(11), timezone.now()
    workers = list(Employment.objects.filter(until=None).values_list("person", "unit", "path")[:50_000])
    first = (Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    titles = ["".join(words) for words in product(SITES, PARTS, FAULTS, MENDS)]
    marks = cache(bands)
    plans = [(first + n, random.choice(workers), random.choice(titles)) for n in range(missing)]

    def cases() -> Iterator[tuple[object, ...]]:
        for n, (key, (person, unit, path), _title) in enumerate(plans):
            at = now - timedelta(minutes=2 * (len(plans) - n))
            yield (
                key, f"INN-BENCH-{key}", "innovations.result", unit, path, person, "closed", "closed", "completed",
                at, at, 5, False,
            )  # fmt: skip

    def rows() -> Iterator[tuple[object, ...]]:
        for key, _who, title in plans:
            said = title_key(title)
            yield (key, title, "improvement", "停机", "改造", "缩短", "internal", said, list(marks(said)))

    with transaction.atomic(), bulk.bare(Case, Result):
        bulk.copy(
            Case,
            (
                "id", "number", "flow", "unit_id", "path", "applicant_id", "state", "phase", "outcome", "opened_at",
                "closed_at", "version", "confidential",
            ),
            cases(),
        )  # fmt: skip
        bulk.copy(
            Result,
            (
                "case_id", "title", "category", "problem", "novelty", "effect", "secrecy", "title_key", "bands",
            ),
            rows(),
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE innovations_result, lifecycle_case")
    print(f"{missing:,} results loaded in {time.monotonic() - began:.0f} s")


def measure(requests: int) -> tuple[list[float], int]:
    """Seek what is like each of the newest results, as the officer of its unit: (sorted milliseconds, found in all)."""
    from django.db import connection

    from gongjiang.kernel.access.actor import load, scope
    from gongjiang.kernel.access.models import Grant
    from gongjiang.programmes.innovations.models import Result

    officers = dict(Grant.objects.filter(role="unit_officer").values_list("unit", "user"))
    newest = Result.objects.order_by("-pk").values_list("pk", "case__unit")[: requests + 10]
    taken, found = [], 0
    for n, (key, unit) in enumerate(newest):
        with scope(load(officers[unit])), connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute("SELECT * FROM innovations_similar(%s, %s, %s)", [[key], AT_LEAST, MOST])
            rows = cursor.fetchall()
            if n >= 10:
                taken.append((time.perf_counter() - began) * 1000)
                found += len(rows)
    return sorted(taken), found


def render(results: int, requests: int, taken: list[float], p95: float, found: int) -> str:
    """The section of docs/performance.md."""
    return "\n".join(
        [
            "## Earlier results that are alike",
            "",
            f"`./run bench similar`: {requests} new results, each compared with {results:,} earlier ones;"
            f" {found:,} likenesses found.",
            f"Target: ≤ {GOAL} ms at the 95th percentile.",
            "",
            "| earlier results | p50 ms | p95 ms | slowest ms |",
            "| ---: | ---: | ---: | ---: |",
            f"| {results:,} | {statistics.median(taken):.1f} | {p95:.1f} | {taken[-1]:.1f} |",
            "",
            measured_on(),
        ]
    )


if __name__ == "__main__":
    main()
