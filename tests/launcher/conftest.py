"""A small project around the real launcher, its real PostgreSQL and its real web server."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STAND_IN = Path(__file__).resolve().parent / "project"


class Project:
    """A clone in a directory with a space in its name, with the environment of the real one."""

    def __init__(self, place: Path) -> None:
        self.root = place / "a clone"
        self.data = place / "data"
        shutil.copytree(STAND_IN, self.root)
        shutil.copytree(ROOT / "launcher", self.root / "launcher")
        for name in ("run", "requirements.lock", "pyproject.toml"):
            shutil.copy2(ROOT / name, self.root / name)
        (self.root / "src").mkdir()
        (self.root / ".venv").symlink_to(Path(sys.prefix))
        self.started: list[Demo] = []

    @property
    def steps(self) -> list[str]:
        """The application's commands that ran on the data directory, in order."""
        file = self.data / "logs" / "steps"
        return file.read_text().split() if file.exists() else []

    def expect(self, *steps: str) -> None:
        """Wait until these commands ran, in this order; the worker notes itself a moment after the web answers."""
        deadline = time.monotonic() + 30
        while self.steps != list(steps) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.steps == list(steps)

    def run(self, *arguments: str, seconds: float = 60, **env: str) -> subprocess.CompletedProcess[str]:
        """Run ./run to its end."""
        return subprocess.run(
            [self.root / "run", *arguments],
            env=environment(**env),
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def demo(self, *arguments: str, port: int | None = None, **env: str) -> Demo:
        """Start ./run demo without waiting."""
        demo = Demo(self, [*arguments, "--data", str(self.data)], port or free_port(), environment(**env))
        self.started.append(demo)
        return demo

    def processes(self) -> list[psutil.Process]:
        """Everything that runs for this project: its own processes and its database."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.root.parent) in " ".join([*process.cmdline(), process.cwd()]):
                    found.append(process)
            except psutil.Error:
                continue
        return found


class Demo:
    """A running ./run demo."""

    def __init__(self, project: Project, arguments: list[str], port: int, env: dict[str, str]) -> None:
        self.project = project
        self.port = port
        self.output_file = project.root.parent / f"output-{len(project.started)}"
        with self.output_file.open("wb") as output:
            self.process = subprocess.Popen(
                [project.root / "run", "demo", "--port", str(port), *arguments],
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for `condition`; a launcher that has ended, or the time passing, fails the test."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.output
            time.sleep(0.15)

    def until_ready(self) -> Demo:
        self.until(lambda: f"127.0.0.1:{self.port}/\n" in self.output or self.process.poll() is not None)
        assert self.process.poll() is None, self.output
        return self

    def get(self, path: str) -> int:
        """The number of rows that the page answers; -1 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.read())
        except (OSError, urllib.error.URLError):
            return -1

    def children(self, part: str) -> list[psutil.Process]:
        """Processes of the project whose command line holds `part`."""
        found = []
        for process in self.project.processes():
            with contextlib.suppress(psutil.Error):  # it ended between the listing and the look
                if part in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def stop(self, number: signal.Signals = signal.SIGINT) -> float:
        """Send a signal and wait for the end; returns the seconds that took."""
        began = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(30)
        return time.monotonic() - began


def environment(**changes: str) -> dict[str, str]:
    """This environment without what the test run itself was given, in English."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GONGJIANG_") and name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return kept | {"LC_ALL": "C.UTF-8"} | changes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def place() -> Iterator[Path]:
    """A short-named directory that other accounts may pass through, as /var/lib is."""
    directory = Path(tempfile.mkdtemp(prefix="gj-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def project(place: Path) -> Iterator[Project]:
    """The stand-in project; whatever still runs at the end is killed."""
    project = Project(place)
    yield project
    for demo in project.started:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()
    for process in project.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
