"""The real stack: `./run demo` in a directory of its own, with its database, web server, worker and supervisor."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg

from config.settings import ROOT
from launcher import database
from launcher.data import DataDirectory

SIZE = os.environ.get("GONGJIANG_JOURNEY_SIZE", "city")
STARTS_WITHIN = 240  # seconds, the demo's loading on a busy machine included


@dataclass(frozen=True)
class Stack:
    """A running demo."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]

    def sql(self, role: str = "owner") -> psycopg.Connection:
        """A connection to the demo's database: as its owner, or signed in as the web's own role ("app")."""
        owner = urlsplit(database.running_url(DataDirectory(self.data)))
        user, password = owner.username, owner.password
        if role == "app":
            user, password = "gj_app", json.loads((self.data / "secrets.json").read_text())["app_password"]
        return psycopg.connect(
            host=owner.hostname,
            port=owner.port,
            user=user,
            password=password,
            dbname=owner.path[1:],
            autocommit=True,
        )

    def worker(self) -> psutil.Process:
        """The background worker that runs now."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if child.status() != psutil.STATUS_ZOMBIE and child.cmdline()[-1:] == ["work"]:
                return child
        raise LookupError("no worker is running")

    def figure(self, code: str, unit: str, period: str) -> tuple[int, list[str]]:
        """What `./run figures` says: the value, and the numbers of the records that it opens to."""
        opened = self._figures("open", code, "--unit", unit, "--period", period, "--json")
        return self.figures(unit, period)[code], list(opened)

    def figures(self, unit: str, period: str) -> dict[str, int]:
        """Every figure of a unit, by its code."""
        return {f["code"]: f["value"] for f in self._figures("--unit", unit, "--period", period, "--json")}

    def _figures(self, *arguments: str) -> list:
        command = [ROOT / "run", "manage", "--data", self.data, "figures", *arguments]
        answer = subprocess.run(command, capture_output=True, text=True, env=environment(), check=True)
        return json.loads(answer.stdout)


def environment() -> dict[str, str]:
    """That of a person at a terminal: nothing of the test run's own database."""
    own = ("DATABASE_URL", "DJANGO_", "GONGJIANG_", "PYTEST_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


@contextmanager
def started(data: Path, size: str = SIZE) -> Iterator[Stack]:
    """Start the demo, wait until it serves, and stop it as a person would; nothing may be left behind."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = data.parent / "demo.log"
    command = [ROOT / "run", "demo", "--size", size, "--port", str(port), "--data", data]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment()
        )
    stack = Stack(f"http://127.0.0.1:{port}", data, process)
    try:
        _wait_until_served(stack, log)
        yield stack
    finally:
        ours = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGINT)
        status = process.wait(60)
    _, alive = psutil.wait_procs(ours, 10)
    assert (status, [p.cmdline() for p in alive]) == (0, []), log.read_text()


def _wait_until_served(stack: Stack, log: Path) -> None:
    for _ in range(STARTS_WITHIN * 4):
        if stack.process.poll() is not None:
            raise AssertionError(log.read_text())
        try:
            with urllib.request.urlopen(f"{stack.url}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"not served within {STARTS_WITHIN} s\n{log.read_text()}")
