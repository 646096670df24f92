"""Keeping web, worker and database alive, and stopping them all."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher import processes
from launcher.data import is_full
from launcher.messages import Problem, say, text
from launcher.postgres import Server

GRACE_SECONDS = 3.0
LONGEST_DELAY = 30.0
STEADY_SECONDS = 60.0
HEALTH_SECONDS = 90.0
ROTATION_SECONDS = 60.0
DATABASE_ATTEMPTS = 8


class Stopped(Exception):
    """Somebody asked the launcher to stop (Ctrl-C, SIGTERM, terminal closed)."""


class Signals:
    """Turns SIGINT, SIGTERM and SIGHUP into `Stopped`, and lets a wait end when a child dies."""

    def __init__(self) -> None:
        self.asked = False
        self._reader, self._writer = os.pipe()
        for end in (self._reader, self._writer):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means to outlive the terminal
            signal.signal(signal.SIGHUP, self._ask)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True

    def wait(self, seconds: float) -> None:
        """Sleep until a signal arrives or `seconds` pass. Raises Stopped when asked to stop."""
        self.check()
        if select.select([self._reader], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._reader, 512)
        self.check()

    def pause(self, seconds: float) -> None:
        """Sleep for the whole time, whoever ends meanwhile. Raises Stopped when asked to stop."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.wait(left)

    def check(self) -> None:
        """Raise Stopped when somebody asked to stop."""
        if self.asked:
            raise Stopped

    def run(
        self,
        arguments: Sequence[str | os.PathLike[str]],
        *,
        env: dict[str, str],
        cwd: Path,
        quiet: bool = False,
    ) -> int:
        """Run a program in the foreground and return its exit status; on Stopped it is ended first."""
        process = subprocess.Popen(
            arguments,
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else None,
            preexec_fn=processes.die_with_parent(),
        )
        try:
            while process.poll() is None:
                self.wait(5)
        finally:
            end([process])
        return process.returncode


@dataclass
class Child:
    """A process to keep alive: how to start it, and how its last starts went."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0

    def launch(self) -> None:
        """Start it now."""
        self.process = self.start()
        self.started = time.monotonic()

    def is_down(self) -> bool:
        """Whether it has ended (or was never started)."""
        return self.process is None or self.process.poll() is not None


class Supervisor:
    """Runs `children` over `server` (None when the database is somebody else's)."""

    def __init__(self, signals: Signals, server: Server | None, children: list[Child]) -> None:
        self.signals = signals
        self.server = server
        self.children = children
        self._rotated = time.monotonic()

    def start_children(self) -> None:
        """Start every child that is not running."""
        for child in self.children:
            if child.is_down():
                child.launch()

    def wait_for_health(self, host: str, port: int, alive: Child) -> None:
        """Wait until /healthz answers 200. Raises Problem when the web process ends or never answers."""
        deadline = time.monotonic() + HEALTH_SECONDS
        while not is_healthy(host, port):
            if alive.is_down():
                raise Problem(
                    "demo.child_ended", name=alive.name, log=alive.log, reason=processes.tail(alive.log)
                )
            if time.monotonic() > deadline:
                raise Problem("demo.unhealthy", seconds=int(HEALTH_SECONDS), log=alive.log)
            self.signals.wait(0.05)

    def keep(self) -> None:
        """Restart what dies until somebody asks to stop (raises Stopped)."""
        while True:
            self.signals.wait(self._next_due())
            self._reap_adopted()
            if self.server is not None and self.server.has_died():
                self._restart_database()
            for child in self.children:
                self._look_after(child)
            self._rotate()

    def stop(self) -> None:
        """End children and database within about ten seconds."""
        end([child.process for child in self.children if child.process is not None])
        if self.server is not None:
            self.server.stop()
        self._reap_adopted()

    def _next_due(self) -> float:
        now = time.monotonic()
        waits = [child.due - now for child in self.children if child.is_down()]
        return max(0.0, min([ROTATION_SECONDS, *waits]))

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if not child.is_down():
            return
        if child.process is not None:
            lasted = now - child.started
            child.failures = 1 if lasted > STEADY_SECONDS else child.failures + 1
            delay = min(LONGEST_DELAY, 0.5 * 2 ** (child.failures - 1))
            child.due = now + delay
            reason = describe_end(child.process.returncode)
            say("demo.restart", name=child.name, reason=reason, seconds=f"{delay:g}", log=child.log)
            processes.signal_group(child.process.pid, signal.SIGKILL)
            child.process = None
        if now >= child.due:
            child.launch()

    def _restart_database(self) -> None:
        assert self.server is not None
        assert self.server.process is not None
        reason = describe_end(self.server.process.returncode)
        say("demo.database_restart", reason=reason, log=self.server.log)
        end([child.process for child in self.children if child.process is not None])
        failures, said = 0, ""
        while True:
            self.server.stop()
            try:
                self.server.start()
                break
            except (Problem, OSError) as problem:
                full = is_full(self.server.data)
                reason = text("demo.database_waits", place=self.server.data) if full else str(problem)
                if reason != said:
                    say("plain", text=reason)
                said = reason
                failures += 1
                if failures == DATABASE_ATTEMPTS and not full:
                    raise
                self.signals.pause(min(LONGEST_DELAY, 2.0**failures))
        say("demo.database_back")
        for child in self.children:
            child.failures = 0
            child.launch()

    def _reap_adopted(self) -> None:
        """Collect orphans handed to us by the kernel, leaving our own children to their Popen."""
        own = {child.process.pid for child in self.children if child.process is not None}
        if self.server is not None and self.server.process is not None:
            own.add(self.server.process.pid)
        for pid in processes.ended_children():
            if pid not in own:
                os.waitpid(pid, os.WNOHANG)

    def _rotate(self) -> None:
        if time.monotonic() - self._rotated < ROTATION_SECONDS:
            return
        self._rotated = time.monotonic()
        logs = [child.log for child in self.children]
        if self.server is not None:
            logs.append(self.server.log)
        for log in logs:
            processes.rotate(log, in_use=True)


def end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask processes to end, and end them with their groups when they take longer than GRACE_SECONDS."""
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    processes.wait_until(lambda: all(process.poll() is not None for process in running), GRACE_SECONDS)
    for process in running:
        processes.signal_group(process.pid, signal.SIGKILL)
        process.wait()


def describe_end(status: int) -> str:
    """“signal 9 (Killed)” or “exit status 1” in the reader's language."""
    if status < 0:
        return text("demo.by_signal", number=-status, name=signal.strsignal(-status) or "")
    return text("demo.by_status", code=status)


def is_healthy(host: str, port: int) -> bool:
    """Whether /healthz on host:port answers 200."""
    try:
        with socket.create_connection((host, port), timeout=2) as connection:
            connection.settimeout(5)
            request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode("ascii"))
            return connection.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False
