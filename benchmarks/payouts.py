"""How long a payout rule takes over a whole province: five million people, ten rules, equal to the fen with the single
decision, and beside OpenFisca with the same rule over the same people.

Needs no server: the SQL that a rehearsal runs is run here by DuckDB. OpenFisca is installed into an environment of its
own that is thrown away; where it cannot be had, the section says so. `./run bench payouts` publishes into
docs/performance.md, with `--try` it only prints.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median
from time import perf_counter

from _ground import ROOT, measured_on, publish, tried

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

RUNS, TARGET, SAMPLE, EXPLAINED_MS = 3, 1_000_000, 2_000, 100
FIRST, UNTIL = dt.date(2026, 1, 1), dt.date(2027, 1, 1)
WAITING = [{"from": 0, "to": 30, "share": "0"}, {"from": 30, "to": 90, "share": "50"}]
#: Everybody's event by whole numbers out of their key alone, so that SQL, Python and numpy draw the same people.
DRAWN = {
    "day": "(i * 7919) % 400", "deductible": "(i * 104729) % 150000", "copay": "(i * 15485863) % 3000000",
    "class_b": "(i * 32452843) % 90000", "above_cap": "(i * 49979687) % 70000",
    "pooled": "(i * 67867967) % 9000000", "other": "(i * 86028121) % 200000",
}  # fmt: skip
SOURCE = f"""
    SELECT i AS key, i AS person, '/' AS path, 'inpatient' AS plan, 1 AS rank, 8::bigint AS days,
           DATE '{FIRST}' + day::int AS binding, DATE '{FIRST}' AS since, DATE '{UNTIL}' AS until,
           i % 3 = 0 AS renewed, DATE '{FIRST}' + day::int AS settled_on, DATE '{FIRST}' + day::int AS reported_on,
           pooled + deductible + copay + class_b + above_cap AS total, pooled, deductible, copay, class_b,
           0::bigint AS over_limit, above_cap, 0::bigint AS self_funded, other
    FROM people
"""


def people(count: int) -> str:
    """The people with what happened to them."""
    columns = ", ".join(f"{said} AS {name}" for name, said in DRAWN.items())
    return f"CREATE TABLE people AS SELECT i, {columns} FROM range({count}) t(i)"


def by_columns(count: int) -> tuple[float, int, int, list[tuple[int, int]]]:
    """Seconds (median), the sum of all payouts, a checksum of who gets what, and the first ones."""
    import duckdb

    from gongjiang.programmes.mutual_aid.rehearsal import statement
    from gongjiang.programmes.mutual_aid.tests.values import terms

    base = duckdb.connect()
    base.execute("SET integer_division = true")  # as PostgreSQL divides
    base.execute(people(count))
    paid, times = f"CREATE OR REPLACE TABLE paid AS {statement(terms(waiting=WAITING), SOURCE)}", []
    for _ in range(RUNS):
        start = perf_counter()
        base.execute(paid)
        times.append(perf_counter() - start)
    whole, check = base.execute("SELECT sum(payout), sum(payout * (key % 1009)) FROM paid").fetchall()[0]
    first = base.execute(f"SELECT key, payout FROM paid WHERE key < {SAMPLE} ORDER BY key").fetchall()
    return median(times), int(whole), int(check), first


def one_by_one() -> tuple[list[tuple[int, int]], float]:
    """The single decision for the first people, and how long one with all its lines takes at most, in milliseconds."""
    from gongjiang.programmes.mutual_aid.rules import Cost, Cover, Event, Used, decide
    from gongjiang.programmes.mutual_aid.tests.values import terms

    now, found, longest = terms(waiting=WAITING), [], 0.0
    for i in range(SAMPLE):
        drawn = {name: eval(said, {"i": i}) for name, said in DRAWN.items()}
        on = FIRST + dt.timedelta(days=drawn.pop("day"))
        cost = Cost(total=sum(drawn.values()) - drawn["other"], **drawn)
        start = perf_counter()
        decision = decide(
            Event("inpatient", on, on, on, on, cost), Cover(FIRST, UNTIL, i % 3 == 0), Used(), now
        )
        longest = max(longest, (perf_counter() - start) * 1000)
        found.append((i, decision.amount or 0))
    return found, longest


def by_openfisca(count: int) -> dict[str, float] | str:
    """The same by OpenFisca, or the sentence that says why not."""
    with tempfile.TemporaryDirectory() as place:
        venv.create(place, with_pip=True)
        python = Path(place) / "bin" / "python"
        got = subprocess.run(
            [python, "-m", "pip", "install", "-q", "openfisca-core"],
            capture_output=True,
            text=True,
            check=False,
        )
        if got.returncode:
            return f"OpenFisca could not be installed here: {got.stderr.strip().splitlines()[-1]}"
        command = [python, ROOT / "benchmarks" / "_openfisca.py", str(count), str(RUNS), json.dumps(DRAWN)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if ran.returncode:
            return f"OpenFisca did not run: {ran.stderr.strip().splitlines()[-1]}"
        return json.loads(ran.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench payouts", description=__doc__)
    tried(parser)
    asked = parser.parse_args()
    count = 200_000 if asked.trial else 5_000_000
    import django

    django.setup()
    seconds, whole, check, first = by_columns(count)
    alone, longest = one_by_one()
    assert first == alone, "the rule over all and the single decision differ"
    other = by_openfisca(count)
    if isinstance(other, dict):
        assert (other["whole"], other["check"]) == (whole, check), "OpenFisca pays something else"
        beside = f"| OpenFisca {other['version']}, the same people, the same fen | {count / other['seconds']:,.0f} |"
    else:
        beside = f"\n{other}\n"
    section = f"""## Payouts

`./run bench payouts`: one period's terms (cover, waiting share, limitation, exclusions, threshold, three bands,
ceiling, indemnity, rounding) over {count:,} people, by the SQL of a rehearsal, run by DuckDB; the first {SAMPLE:,} are
equal to the fen with the single decision. Target: {TARGET:,} people a second; an explanation within {EXPLAINED_MS} ms.

| median of {RUNS} | people a second |
| --- | --- |
| the formula as columns | {count / seconds:,.0f} |
{beside}

The slowest of {SAMPLE:,} single decisions, with every line and clause: {longest:.1f} ms.

{measured_on()}
"""
    publish("Payouts", section, trial=asked.trial)
    if count / seconds < TARGET and not asked.trial:
        sys.exit(f"Fewer than {TARGET:,} people a second.")


if __name__ == "__main__":
    main()
