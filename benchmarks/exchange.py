"""How fast lists come in and go out: `./run bench exchange [--rows N]`, small with `--try`.

In a database of its own: the city demo, a text file with workers of fifty enterprises, one row in a hundred wrong.
Checked, taken in, checked a second time, undone where asked, and the city's list of workers exported as a workbook and
as text. Everything runs as in production, in the scope of the city's officer. The table goes to docs/performance.md.
"""

import argparse
import csv
import io
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from _ground import city, measured_on, own_database, publish, tried

NAME = "gongjiang_exchange"
SOUGHT = 10_000  # rows a second, check and taking in together (G8)
EXPORT_GOAL = 60.0  # seconds for a million rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench exchange", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--undo", action="store_true", help="undo the import at the end")
    tried(parser)
    asked = parser.parse_args()
    rows = 30_000 if asked.trial else asked.rows
    own_database(NAME, fresh=True)
    city()
    took, flat = run(rows, undo=asked.undo or asked.trial)
    publish("Lists in and out", render(took, flat, rows), trial=asked.trial)
    speed = rows / (took["check"] + took["take in"])
    if speed < SOUGHT and not asked.trial:
        sys.exit(f"Too slow: {speed:,.0f} rows a second.")


def text_file(rows: int, codes: list[str]) -> bytes:
    """A roster as text, a row in a hundred with a wrong number."""
    from gongjiang.programmes.registry.tests import rosters

    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(rosters.HEADERS)
    for n in range(rows):
        wrong = {"身份证号": "009901199001010010"} if n % 100 == 99 else {}
        writer.writerow(rosters.line(n, codes[n % len(codes)], **wrong))
    return held.getvalue().encode()


def run(rows: int, *, undo: bool) -> tuple[dict[str, float], tuple[float, float]]:
    """Seconds of each step, and the rows a second of the first and the last fifth of taking in."""
    from django.utils import translation

    from gongjiang.insight.worker import collect_rarely
    from gongjiang.kernel.access.actor import load, scope
    from gongjiang.kernel.accounts.models import User
    from gongjiang.kernel.exchange import actions, exports, work
    from gongjiang.kernel.orgs.models import LegalEntity, Unit
    from gongjiang.programmes.registry.roster import ROSTER

    collect_rarely()  # as the worker does
    translation.activate("zh-hans")
    actor = load(User.objects.get(username="changzhi-officer").pk)
    unit = Unit.objects.get(code="140400")
    codes = list(LegalEntity.objects.filter(path__startswith=unit.path).values_list("uscc", flat=True)[:50])
    content = text_file(rows, codes)
    took: dict[str, float] = {}
    pieces: list[float] = []
    piece = work._piece

    def timed(step: str, do: Callable[[], Any]) -> Any:
        began = time.monotonic()
        result = do()
        took[step] = time.monotonic() - began
        print(f"{step}: {took[step]:.1f} s", file=sys.stderr)
        return result

    def noted(*given: Any) -> bool:  # pieces end one after the other
        going = piece(*given)
        pieces.append(time.monotonic())
        return going

    def upload() -> Any:
        with scope(actor):
            return actions.upload(ROSTER, unit, content, "花名册.csv", actor=actor)

    def advance(batch: Any, step: Callable[[], Any]) -> None:
        with scope(actor):
            step()
        work.advance(batch.pk)
        batch.refresh_from_db()

    def check(batch: Any) -> None:
        advance(batch, lambda: actions.set_columns(batch, dict(batch.mapping.columns), actor=actor))

    def export(form: str) -> None:
        with scope(actor):
            job = exports.ask("/desk/registry/workers/", "", form, actor=actor)
        exports.run(job.pk)
        job.refresh_from_db()
        assert job.state == "ready", job.problem
        took[f"rows of the {form} export"] = float(job.done)

    batch = timed("upload", upload)
    timed("check", lambda: check(batch))
    work._piece = noted
    timed("take in", lambda: advance(batch, lambda: actions.confirm(batch, actor=actor)))
    work._piece = piece
    assert batch.state == "applied", batch.problem
    again = upload()
    timed("check of the same file again", lambda: check(again))
    assert (again.new, again.changed, again.same) == (0, 0, batch.new)
    for form in ("xlsx", "csv"):
        timed(f"export as {form}", lambda form=form: export(form))
    if undo:
        timed("undo", lambda: advance(batch, lambda: actions.undo(batch, actor=actor)))
        assert batch.state == "undone", batch.problem
    fifth = max(2, len(pieces) // 5)
    first = (fifth - 1) * work.PIECE / (pieces[fifth - 1] - pieces[0]) if len(pieces) > 4 else 0.0
    last = (fifth - 1) * work.PIECE / (pieces[-2] - pieces[-1 - fifth]) if len(pieces) > 4 else 0.0
    return took, (first, last)


def render(took: dict[str, float], flat: tuple[float, float], rows: int) -> str:
    """The section of docs/performance.md."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    speed = rows / (took["check"] + took["take in"])
    lines = [
        "## Lists in and out",
        "",
        f"`./run bench exchange`: the city demo and a text file of {rows:,} rows for fifty enterprises. Check and",
        f"taking in together: {speed:,.0f} rows a second (goal {SOUGHT:,}); its first fifth {flat[0]:,.0f}, its last",
        f"{flat[1]:,.0f}. Greatest memory of the process, which also makes the file: {peak:,} MB.",
        "",
        "| step | seconds |",
        "| --- | ---: |",
        *(f"| {step} | {value:,.1f} |" for step, value in took.items() if not step.startswith("rows of")),
        "",
        f"The list has {took['rows of the xlsx export']:,.0f} rows; the goal is {EXPORT_GOAL:.0f} s a million.",
        "",
        measured_on(),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
