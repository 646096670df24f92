"""`./run demo`: database, schema, regions, calendar, demo data, web and worker, all under one supervisor."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from launcher import database, processes
from launcher.data import DataDirectory, code_digest, code_version, is_full, migrations
from launcher.messages import Problem, language, say, text
from launcher.postgres import Server
from launcher.supervisor import Child, Signals, Stopped, Supervisor

WEB_THREADS = 8
DEFAULT_SIZE = "city"


@dataclass(frozen=True)
class Choice:
    """What the command line asked for; without a size, what is loaded already, else the city."""

    data: Path
    host: str
    port: int
    size: str | None
    reset: bool


def run(root: Path, choice: Choice) -> int:
    """Serve the demo until Ctrl-C. Returns the exit status; raises Problem with a clear sentence."""
    signals = Signals()
    processes.adopt_orphans()
    data = DataDirectory(choice.data)
    demo = Demo(root, choice, data, signals)
    try:
        data.open()
        demo.serve()
    except Stopped:
        say("demo.stopping")
        demo.stop()
        say("demo.stopped", place=data.place)
        return 0
    except OSError as error:
        demo.stop()
        raise explain(error, data) from error
    finally:
        demo.stop()
        data.close()
    return 0


def explain(error: OSError, data: DataDirectory) -> Problem:
    """The sentence for an operating system error: disk full, or its own words with the path."""
    if is_full(data.place):
        return Problem("data.disk_full", place=data.place)
    return Problem("data.unwritable", place=error.filename or data.place, reason=error.strerror)


class Demo:
    """The steps of a start, each skipped when `state.json` says that it is done for this code."""

    def __init__(self, root: Path, choice: Choice, data: DataDirectory, signals: Signals) -> None:
        self.root = root
        self.choice = choice
        self.data = data
        self.signals = signals
        self.server: Server | None = None
        self.url = ""
        self.supervisor: Supervisor | None = None

    def serve(self) -> None:
        """All steps, then keep the processes alive. Ends by an exception only."""
        self._clear_interrupted_run()
        check_port(self.choice.host, self.choice.port)
        if self.choice.reset:
            self._reset()
        self.data.check_version(self.root)
        self.data.secrets()
        self._check_size()
        self._step("demo.step.database", self._start_database)
        self._prepare()
        web, worker = self._child("web"), self._child("worker")
        self.supervisor = Supervisor(self.signals, self.server, [web, worker])

        def start() -> None:
            assert self.supervisor is not None
            self.supervisor.start_children()
            self.supervisor.wait_for_health(local_host(self.choice.host), self.choice.port, web)

        self._step("demo.step.serve", start)
        self._welcome()
        self.supervisor.keep()

    def stop(self) -> None:
        """End everything that was started; harmless when called again."""
        supervisor, self.supervisor = self.supervisor, None
        server, self.server = self.server, None
        if supervisor is not None:
            supervisor.stop()
        elif server is not None:
            server.stop()

    def _clear_interrupted_run(self) -> None:
        ended = processes.end_strays(f"GONGJIANG_DATA={self.data.place}")
        if ended:
            say("demo.strays", pids=", ".join(map(str, ended)))
            processes.wait_until(lambda: refusal(self.choice.host, self.choice.port) is None, 3)

    def _reset(self) -> None:
        if database.external_url():
            raise Problem("demo.reset_external", status=2)

        def remove() -> None:
            Server(self.data.place, owner_password="").remove()
            self.data.reset()
            self.data.make_folders()

        self._step("demo.step.reset", remove)

    def _check_size(self) -> None:
        loaded, size = self.data.state.get("demo"), self.choice.size
        if loaded and size and loaded != size:
            raise Problem("demo.other_size", status=2, place=self.data.place, loaded=loaded, size=size)

    def _start_database(self) -> None:
        url = database.external_url()
        if url:
            database.check_external(url)
            self.url = url
        else:
            self.server = database.embedded(self.data, between=self.signals.check)
            self.server.start()
            self.url = self.server.url
        name = database.mark(url)
        if self.data.state.get("database", name) != name:
            self.data.state.clear()
        self.data.remember(database=name, version=code_version(self.root))

    def _prepare(self) -> None:
        """Schema, roles, regions, calendar and demo data, as far as they are missing or older than the code.

        Each command is one transaction or can be repeated, so a step that was interrupted runs again.
        """
        state = self.data.state
        digest = code_digest(self.root)
        if state.get("code") != digest:
            self.data.check_space()
            self._step("demo.step.migrate", lambda: self._manage("migrate", "--no-input", "--verbosity", "0"))
            self._step("demo.step.roles", lambda: self._manage("roles"))
            self._step("demo.step.regions", lambda: self._manage("regions"))
            self._step("demo.step.calendar", lambda: self._manage("calendar"))
            self.data.remember(code=digest, migrations=migrations(self.root))
        if not state.get("demo"):
            size = self.choice.size or DEFAULT_SIZE
            self._step("demo.step.load", lambda: self._manage("demo", "--size", size))
            self.data.remember(demo=size)

    def _manage(self, *arguments: str) -> None:
        env = database.environment(self.data, self.url) | self._settings() | language()
        status = self.signals.run([sys.executable, "manage.py", *arguments], env=env, cwd=self.root)
        if status != 0:
            if is_full(self.data.place):
                raise Problem("data.disk_full", place=self.data.place)
            raise Problem("demo.step_failed", command=" ".join(arguments), code=status)

    def _settings(self) -> dict[str, str]:
        hosts = "localhost,127.0.0.1,[::1]"
        if self.choice.host not in ("127.0.0.1", "localhost", "::1"):
            hosts = "*"
        return {"GONGJIANG_DEMO": "1", "GONGJIANG_PORT": str(self.choice.port), "GONGJIANG_HOSTS": hosts}

    def _child(self, name: str) -> Child:
        log = self.data.logs / f"{name}.log"
        env = database.environment(self.data, self.url, name) | self._settings()
        command = [sys.executable, "manage.py", "work"]
        if name == "web":
            command = web_command(self.choice.host, self.choice.port)

        def start() -> subprocess.Popen[bytes]:
            return processes.spawn(command, log=log, env=env, cwd=self.root)

        return Child(name, start, log)

    def _step(self, key: str, work: Callable[[], None]) -> None:
        began = time.monotonic()
        say("demo.step", name=text(key))
        work()
        self.signals.check()
        say("demo.step_done", name=text(key), seconds=f"{time.monotonic() - began:.1f}")

    def _welcome(self) -> None:
        shown = local_host(self.choice.host)
        address = (
            f"http://[{shown}]:{self.choice.port}/" if ":" in shown else f"http://{shown}:{self.choice.port}/"
        )
        print(text("demo.ready", address=address), flush=True)
        try:
            accounts = json.loads(self.data.accounts_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            accounts = []
        if accounts:
            print(text("demo.accounts"))
        for account in accounts:
            print(f"  {account['username']}  {account['password']}  {about(account)}")
        print(text("demo.leave", place=self.data.place), flush=True)


def about(account: dict[str, str]) -> str:
    """Who a demo account stands for, on one line."""
    return " · ".join(account[key] for key in ("name", "title", "unit") if account.get(key))


def web_command(host: str, port: int) -> list[str]:
    """The web server: one worker process, a few threads, restarted by itself when it dies."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi"),
        *("--host", host, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", str(WEB_THREADS), "--runtime-mode", "st"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "2", "--no-ws", "--log-level", "warning"),
        "config.wsgi:application",
    ]


def local_host(host: str) -> str:
    """The address under which this machine reaches a server bound to `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def check_port(host: str, port: int) -> None:
    """Raise Problem unless host:port can be bound; it names the next free port as the way out."""
    reason = refusal(host, port)
    if reason is None:
        return
    if isinstance(reason, PermissionError):
        raise Problem("demo.port_forbidden", status=2, port=port)
    if isinstance(reason, socket.gaierror) or reason.errno not in (48, 98):
        raise Problem("demo.host", status=2, host=host, reason=reason.strerror)
    free = next((p for p in range(port + 1, min(port + 50, 65536)) if refusal(host, p) is None), 0)
    raise Problem("demo.port_in_use", status=2, port=port, free=free or 18000)


def refusal(host: str, port: int) -> OSError | None:
    """Why host:port cannot be bound, or None when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
