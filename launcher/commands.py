"""The commands of `./run`, each with the environment it needs made ready."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from launcher import backup, browser, database, demo, processes
from launcher.backup import keys
from launcher.data import SECRETS, STATE, DataDirectory, default_place
from launcher.messages import Problem, language, say, text
from launcher.postgres import Server
from launcher.supervisor import Signals, Stopped


def run(root: Path, arguments: list[str]) -> int:
    """Run the command in `arguments`; returns its exit status."""
    name, rest = arguments[0], arguments[1:]
    known = {
        "demo": _demo,
        "test": _test,
        "check": _check,
        "bench": _bench,
        "manage": _manage,
        "figures": _figures,
        "database": _database,
        "backup": _backup,
        "restore": _restore,
    }
    if name not in known:
        raise Problem("unknown_command", status=2, name=name)
    signal.signal(signal.SIGTERM, _terminate)
    return known[name](root, rest)


def _terminate(number: int, frame: object) -> None:
    """A SIGTERM unwinds the stack, so that what was started is stopped."""
    raise SystemExit(128 + number)


def _demo(root: Path, rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run demo", description=text("help.demo"))
    parser.add_argument("--host", default="127.0.0.1", help=text("help.host"))
    parser.add_argument("--port", type=_port, default=8000, help=text("help.port"))
    parser.add_argument("--data", type=Path, default=default_place(root, "demo"), help=text("help.data"))
    parser.add_argument("--size", choices=("city", "county"), help=text("help.size"))
    parser.add_argument("--reset", action="store_true", help=text("help.reset"))
    asked = parser.parse_args(rest)
    choice = demo.Choice(asked.data.expanduser().resolve(), asked.host, asked.port, asked.size, asked.reset)
    return demo.run(root, choice)


def _port(value: str) -> int:
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise argparse.ArgumentTypeError(text("help.port_range", value=value))
    return int(value)


def _test(root: Path, rest: list[str]) -> int:
    """All tests, spread over the processors with a server each; those that are named, in one process."""
    from launcher.spread import PLACES  # loads pytest, which no other command needs

    many = 1 if rest or database.external_url() else min(os.cpu_count() or 1, 4)
    with contextlib.ExitStack() as stack:
        places = [stack.enter_context(_throwaway(root)) for _ in range(many)]
        each = [database.environment(data, url) for data, url in places]
        env = each[0] | browser.prepare(places[0][0].logs / "packages.log")
        spread: list[str] = []
        if many > 1:
            own = ("DATABASE_URL", *(k for k in each[0] if k.startswith("GONGJIANG_")))
            env[PLACES] = json.dumps([{k: place[k] for k in own} for place in each])
            spread = [
                "-p",
                "launcher.spread",
                "-n",
                str(many),
                "--dist",
                "loadfile",
                "--no-loadscope-reorder",
            ]
        return _foreground([sys.executable, "-m", "pytest", *spread, *rest], env, root)


def _check(root: Path, rest: list[str]) -> int:
    python = sys.executable
    layers = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    steps: list[tuple[str, list[str]]] = [
        ("ruff check", [python, "-m", "ruff", "check", "."]),
        ("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [python, "-m", "mypy", "src", "config", "launcher"]),
        ("lint-imports", [python, "-c", layers, "--no-logo"]),
        ("makemigrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("messages", [python, "manage.py", "messages", "--check"]),
    ]
    failed = []
    with _throwaway(root) as (data, url):
        env = database.environment(data, url)
        for name, command in steps:
            say("check.step", name=name)
            began = time.monotonic()
            status = _foreground(command, env, root)
            key = "check.ok" if status == 0 else "check.failed"
            say(key, name=name, seconds=f"{time.monotonic() - began:.1f}")
            if status != 0:
                failed.append(name)
    if failed:
        say("check.some_failed", names=", ".join(failed))
        return 1
    say("check.all_ok")
    return 0


def _bench(root: Path, rest: list[str]) -> int:
    rest, place = _take_data(rest, default_place(root, "bench"))
    names = sorted(path.stem for path in (root / "benchmarks").glob("[a-z]*.py"))
    if not rest:
        raise Problem("bench.which", status=2, names=" | ".join(names))
    if rest[0] not in names:
        raise Problem("bench.unknown", status=2, name=rest[0], names=", ".join(names))
    with _server(place, may_create_databases=True) as (data, url):
        env = database.environment(data, url)
        return _foreground([sys.executable, f"benchmarks/{rest[0]}.py", *rest[1:]], env, root)


def _figures(root: Path, rest: list[str]) -> int:
    return _manage(root, ["figures", *rest])


def _manage(root: Path, rest: list[str]) -> int:
    rest, place = _take_data(rest, default_place(root, "demo"))
    with _server(place) as (data, url):
        env = database.environment(data, url) | language()
        return _foreground([sys.executable, "manage.py", *rest], env, root)


def _backup(root: Path, rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run backup", description=text("help.backup"))
    parser.add_argument("--to", type=Path, help=text("help.to"))
    parser.add_argument("--data", type=Path, default=default_place(root, "demo"), help=text("help.data"))
    parser.add_argument("--passphrase-file", type=Path, help=text("help.passphrase"))
    asked = parser.parse_args(rest)
    place = asked.data.expanduser().resolve()
    if not (place / STATE).exists() and not (place / SECRETS).exists():
        raise Problem("backup.nothing", status=2, place=place)
    phrase = keys.passphrase(asked.passphrase_file) if asked.passphrase_file else None
    with _server(place) as (data, url):
        data.read_state()
        data.check_version(root)
        backup.make(root, data, url, asked.to and asked.to.expanduser().resolve(), phrase)
    return 0


def _restore(root: Path, rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run restore", description=text("help.restore"))
    parser.add_argument("file", type=Path, help=text("help.restore_file"))
    parser.add_argument("--data", type=Path, required=True, help=text("help.restore_data"))
    parser.add_argument("--passphrase-file", type=Path, help=text("help.passphrase"))
    parser.add_argument("--secrets", type=Path, help=text("help.secrets"))
    asked = parser.parse_args(rest)
    place = asked.data.expanduser().resolve()
    backup.restore(root, asked.file, place, phrase=asked.passphrase_file, secrets=asked.secrets)
    return 0


def _database(root: Path, rest: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run database", description=text("help.database"))
    parser.add_argument("--data", type=Path, required=True, help=text("help.data"))
    parser.add_argument("--port", type=_port, help=text("help.database_port"))
    parser.add_argument("--connections", type=int, default=100)
    asked = parser.parse_args(rest)
    data = DataDirectory(asked.data.expanduser().resolve())
    data.open()
    server = database.embedded(
        data,
        port=asked.port,
        may_create_databases=True,
        settings={"max_connections": str(asked.connections)},
    )
    _run_as_owner(server)
    signals = Signals()
    try:
        print(server.url, flush=True)
        while True:
            signals.wait(60)
    except Stopped:
        say("interrupted")
    finally:
        server.stop()
        data.close()
    return 0


def _run_as_owner(server: Server) -> None:
    """Start a server; on any failure it is stopped before the failure goes on."""
    processes.adopt_orphans()
    try:
        server.start()
    except BaseException:
        server.stop()
        raise


def _take_data(rest: list[str], default: Path) -> tuple[list[str], Path]:
    """Split `--data DIR` off, before or right after the first word; GONGJIANG_DATA comes next, then the default."""
    for at in (0, 1):
        if rest[at : at + 1] == ["--data"] and len(rest) > at + 1:
            return rest[:at] + rest[at + 2 :], Path(rest[at + 1]).expanduser().resolve()
    if os.environ.get("GONGJIANG_DATA"):
        return rest, Path(os.environ["GONGJIANG_DATA"]).resolve()
    return rest, default


@contextlib.contextmanager
def _server(place: Path, **options: object) -> Iterator[tuple[DataDirectory, str]]:
    """The database of a data directory: DATABASE_URL's, a running demo's, or one started for now with `options`."""
    data = DataDirectory(place)
    url = database.external_url()
    if data.is_in_use():
        yield data, url or database.running_url(data)
        return
    data.open()
    try:
        if url:
            database.check_external(url)
            yield data, url
            return
        server = database.embedded(data, **options)
        _run_as_owner(server)
        try:
            yield data, server.url
        finally:
            server.stop()
    finally:
        data.close()


@contextlib.contextmanager
def _throwaway(root: Path) -> Iterator[tuple[DataDirectory, str]]:
    """A data directory and a database that are gone afterwards; its owner may create databases."""
    place = Path(tempfile.mkdtemp(prefix="gongjiang-"))
    data = DataDirectory(place)
    server: Server | None = None
    try:
        data.open()
        url = database.external_url()
        if url:
            database.check_external(url)
        else:
            fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            settings = fast | {"max_connections": "100"}
            server = database.embedded(data, may_create_databases=True, settings=settings)
            _run_as_owner(server)
            url = server.url
        yield data, url
    finally:
        if server is not None:
            server.remove()
        data.close()
        shutil.rmtree(place, ignore_errors=True)


def _foreground(command: Sequence[str], env: dict[str, str], root: Path) -> int:
    """Run a command on this terminal and return its exit status.

    Ctrl-C reaches it through the terminal; a SIGTERM to the launcher is passed on.
    """
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = subprocess.Popen(
        command, env=env, cwd=root, preexec_fn=processes.die_with_parent(own_session=False)
    )
    ended = signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    try:
        status = process.wait()
    finally:
        signal.signal(signal.SIGINT, previous)
        signal.signal(signal.SIGTERM, ended)
    return status if status >= 0 else 128 - status
