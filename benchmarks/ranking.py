"""How long a standing takes: 10,000 items, ten criteria, five judges, extremes left out, ties told apart.

Needs no database. `./run bench ranking` publishes into docs/performance.md, with `--try` it only prints.
"""

import argparse
import random
import sys
from statistics import median
from time import perf_counter

from _ground import measured_on, publish, tried

from gongjiang.kernel.review.ranking import ADMIT_ALL, HALF_UP, Entry, Scheme, rank

ITEMS, CRITERIA, JUDGES, RUNS, TARGET_MS = 10_000, 10, 5, 9, 200
SCHEME = Scheme(
    weights=(10_00,) * CRITERIA,
    maxima=(100_00,) * 5 + (20_00,) * 3 + (15_00,) * 2,
    drop=1,
    minimum=3,
    precision=2,
    rounding=HALF_UP,
    passes=500,
    reserves=50,
    ties=(*range(CRITERIA), ADMIT_ALL),
)


def entries(spread: bool) -> list[Entry]:
    """All items; without spread every sheet is equal, the worst case for ties."""
    chance = random.Random(20261120)
    return [
        Entry(
            key,
            [
                tuple(chance.randrange(0, m + 1, 50) if spread else m // 2 for m in SCHEME.maxima)
                for _ in range(JUDGES)
            ],
        )
        for key in range(ITEMS)
    ]


def measure(spread: bool) -> float:
    """The median of several runs, in milliseconds."""
    given, times = entries(spread), []
    for _ in range(RUNS):
        start = perf_counter()
        rank(SCHEME, given)
        times.append((perf_counter() - start) * 1000)
    return median(times)


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench ranking", description=__doc__)
    tried(parser)
    asked = parser.parse_args()
    spread, equal = measure(True), measure(False)
    section = f"""## Ranking

`./run bench ranking`: {ITEMS:,} items, {CRITERIA} criteria, {JUDGES} judges, one highest and one lowest sheet left
out; pure Python, exact integers, no library. Target: {TARGET_MS} ms.

| | median of {RUNS} |
| --- | --- |
| points all over the range | {spread:.0f} ms |
| every sheet equal, ties tried in all ten criteria | {equal:.0f} ms |

{measured_on()}
"""
    publish("Ranking", section, trial=asked.trial)
    if max(spread, equal) > TARGET_MS and not asked.trial:
        sys.exit(f"Slower than {TARGET_MS} ms.")


if __name__ == "__main__":
    main()
