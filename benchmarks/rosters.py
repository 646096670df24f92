"""How long a roster takes from upload to register: `./run bench rosters`.

In a database of its own: the city demo, and a roster of its union with workers of fifty enterprises, one row in a
hundred wrong. Every step runs as in production, in the scope of the city's officer, 10,000 rows at a time. The
table goes to docs/performance.md.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from _ground import city, measured_on, own_database, publish

NAME = "gongjiang_rosters"
GOALS = {"check": 10.0, "take in": 10.0}  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench rosters", description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    asked = parser.parse_args()
    own_database(NAME, fresh=True)
    city()
    measured, found = run(asked.rows)
    table = render(measured, found, asked.rows)
    publish("Imports", table)
    if late := [step for step, goal in GOALS.items() if measured[step] > goal]:
        sys.exit(f"Too slow: {', '.join(late)}.")


def run(rows: int) -> tuple[dict[str, float], str]:
    """Seconds of each step, and what the first check found."""
    from django.utils import translation

    from gongjiang.kernel.access.actor import load, scope
    from gongjiang.kernel.accounts.models import User
    from gongjiang.kernel.exchange import actions, work
    from gongjiang.kernel.orgs.models import LegalEntity, Unit
    from gongjiang.programmes.registry.roster import ROSTER
    from gongjiang.programmes.registry.tests import rosters

    translation.activate("zh-hans")
    actor = load(User.objects.get(username="changzhi-officer").pk)
    unit = Unit.objects.get(code="140400")
    codes = list(LegalEntity.objects.filter(path__startswith=unit.path).values_list("uscc", flat=True)[:50])
    lines = [
        rosters.line(n, codes[n % 50], **({"身份证号": "009901199001010010"} if n % 100 == 99 else {}))
        for n in range(rows)
    ]
    content = rosters.workbook(lines)
    took: dict[str, float] = {}

    def timed(step: str, do: Callable[[], Any]) -> Any:
        began = time.monotonic()
        result = do()
        took[step] = time.monotonic() - began
        return result

    def upload() -> Any:
        with scope(actor):
            return actions.upload(ROSTER, unit, content, "花名册.xlsx", actor=actor)

    def check(batch: Any) -> None:
        with scope(actor):
            actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
        work.advance(batch.pk)
        batch.refresh_from_db()

    def take_in(batch: Any) -> None:
        with scope(actor):
            actions.confirm(batch, actor=actor)
        work.advance(batch.pk)
        batch.refresh_from_db()

    batch = timed("upload", upload)
    timed("check", lambda: check(batch))
    found = f"{batch.new:,} new, {batch.error:,} to be mended"
    timed("take in", lambda: take_in(batch))
    again = upload()
    timed("check of the same file again", lambda: check(again))
    assert (again.new, again.changed, again.same) == (0, 0, batch.new)
    return took, found


def render(measured: dict[str, float], found: str, rows: int) -> str:
    """The section of docs/performance.md."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = [
        "## Imports",
        "",
        f"`./run bench rosters`: the city demo and a roster of {rows:,} rows for fifty enterprises ({found}),",
        f"as the city's officer under row security, 10,000 rows at a time. Greatest memory: {peak:,} MB.",
        "",
        "| step | goal | seconds |",
        "| --- | --- | ---: |",
        *(
            f"| {s} | {f'≤ {GOALS[s]:.0f}' if s in GOALS else ''} | {took:.1f} |"
            for s, took in measured.items()
        ),
        "",
        measured_on(),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
