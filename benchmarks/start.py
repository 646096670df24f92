"""How long a fresh clone takes to its first page, and what the whole demo weighs when idle: `./run bench start`.

Clones the project as committed into an empty place, runs `./run demo` there with the packages' cache warm, waits for
the first page, lets it rest, adds up the proportional memory (PSS) of every process, stops it, and starts it again on
the same data. Linux only, since PSS is read from /proc. The tables go to docs/performance.md.
"""

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from _ground import ROOT, measured_on, publish


class Row(NamedTuple):
    """One line of a table."""

    what: str
    goal: str
    found: str
    kept: bool = True


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench start", description=__doc__)
    parser.add_argument("--rest", type=int, default=60, help="seconds of quiet before memory is read")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gongjiang start ", dir="/var/tmp") as place:
        clone = Path(place) / "clone"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        Path(place).chmod(0o755)
        first, log, process = start(clone, Path(place) / "data")
        time.sleep(asked.rest)
        memory = weigh(process.pid)
        ended = stop(process)
        second, _, process = start(clone, Path(place) / "data")
        stop(process)
    schema, loaded = (
        said(r"Schema: done \(([\d.]+) s\)", log),
        said(r"The demo is complete after ([\d.]+) s", log),
    )
    rows = [
        Row(
            "fresh clone, warm package cache → first page, city demo loaded",
            "≤ 60 s",
            f"{first:.1f} s",
            first <= 60,
        ),
        Row("of which the schema of an empty database", "≤ 12 s", f"{schema:.1f} s", schema <= 12),
        Row("of which the city demo: 200,000 people", "≤ 20 s", f"{loaded:.1f} s", loaded <= 20),
        Row("second start on the same data → first page", "≤ 5 s", f"{second:.1f} s", second <= 5),
        Row("Ctrl-C → everything has ended", "≤ 10 s", f"{ended:.1f} s", ended <= 10),
    ]
    total = sum(memory.values())
    weights = [Row("the whole demo, idle (PSS)", "≤ 800 MB", f"{total:.0f} MB", total <= 800)]
    weights += [Row(f"of which {name}", "", f"{weight:.0f} MB") for name, weight in memory.items()]
    publish("Start", table("Start", rows))
    publish("Memory", table("Memory", weights))
    if broken := [row.what for row in [*rows, *weights] if not row.kept]:
        sys.exit(f"Missed: {'; '.join(broken)}.")


def start(clone: Path, data: Path) -> tuple[float, str, "subprocess.Popen[bytes]"]:
    """Run the demo and wait for its first page: seconds, what it printed, and the process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = ("DATABASE_URL", "GONGJIANG", "DJANGO", "VIRTUAL_ENV", "PYTHONPATH")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(inherited)} | {"LANG": "C.UTF-8"}
    log = data.parent / f"log-{port}"
    began = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            ["./run", "demo", "--port", str(port), "--data", str(data)],
            cwd=clone, env=environment, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    while True:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
            return time.perf_counter() - began, log.read_text(), process
        if process.poll() is not None or time.perf_counter() - began > 300:
            sys.exit(log.read_text())
        time.sleep(0.05)


def said(pattern: str, log: str) -> float:
    """The seconds that the launcher or a command printed."""
    found = re.search(pattern, log)
    return float(found.group(1)) if found else float("nan")


def stop(process: "subprocess.Popen[bytes]") -> float:
    """Ctrl-C, as a person would; the seconds until the demo has ended."""
    began = time.perf_counter()
    process.send_signal(signal.SIGINT)
    process.wait(30)
    return time.perf_counter() - began


def weigh(root: int) -> dict[str, float]:
    """Megabytes (PSS) of a process and all below it, by what they are."""
    found: dict[str, float] = {}
    top = psutil.Process(root)
    for process in [top, *top.children(recursive=True)]:
        line = " ".join(process.cmdline())
        name = next((n for n, sign in SIGNS.items() if sign in line), "the supervisor")
        found[name] = found.get(name, 0) + process.memory_full_info().pss / 2**20
    return found


SIGNS = {"the worker": "manage.py work", "the web server": "granian", "the database": "postgres"}


def table(heading: str, rows: list[Row]) -> str:
    """A section of docs/performance.md."""
    lines = [f"| {row.what} | {row.goal} | {row.found} |" for row in rows]
    return "\n".join(
        [
            f"## {heading}",
            "",
            "`./run bench start`",
            "",
            "| what | goal | measured |",
            "| --- | --- | ---: |",
            *lines,
            "",
            measured_on(),
        ]
    )


if __name__ == "__main__":
    main()
