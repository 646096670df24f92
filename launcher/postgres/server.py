"""One cluster on disk, from initdb to shutdown, and the server over it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from launcher import processes
from launcher.messages import Problem, say
from launcher.postgres.places import (
    MAJOR,
    account,
    copy_install,
    free_port,
    is_free,
    may_enter,
    wheel_install,
)
from launcher.postgres.settings import SETTINGS, small_shared_memory

if TYPE_CHECKING:
    import psycopg

DATABASE = "gongjiang"
SUPERUSER = "gj_super"
OWNER = "gj_owner"
READY = "gongjiang.ready"
START_SECONDS = 60.0
STOP_SECONDS = 6.0


class Server:
    """One cluster on disk and the server over it.

    data                    the installation's data directory
    owner_password          the generated password of the database's owner
    port                    where to listen; otherwise the port of last time, or any free one
    may_create_databases    for test runs, whose runner makes its own databases
    settings                added to SETTINGS
    between                 called while waiting; may raise to give up

    The superuser's password stays beside the cluster; it creates the owner and is not used again.
    """

    def __init__(
        self,
        data: Path,
        *,
        owner_password: str,
        port: int | None = None,
        may_create_databases: bool = False,
        settings: Mapping[str, str] | None = None,
        between: Callable[[], None] | None = None,
    ) -> None:
        self.data = data
        self.owner_password = owner_password
        self.wanted_port = port
        self.may_create_databases = may_create_databases
        self.between = between
        self.settings = SETTINGS | dict(settings or {})
        self.account = account()
        self.home = self._home()
        self.cluster = self.home / "cluster"
        self._password_file = self.home / "superuser.password"
        self.log = data / "logs" / "postgres.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.install = wheel_install()

    @property
    def url(self) -> str:
        """The owner's DATABASE_URL."""
        return self.url_for(OWNER, self.owner_password)

    def url_for(self, role: str, password: str, database: str = DATABASE) -> str:
        """A connection URL for `role`."""
        return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Create the cluster if needed, clear what an interrupted run left, and serve.

        Raises Problem with PostgreSQL's own words when it cannot.
        """
        self._make_binaries_readable()
        self.stop_orphans()
        if not (self.cluster / READY).exists():
            self._create()
        self._check_version()
        self._launch()
        if not (self.cluster / READY).exists():
            self._bootstrap()

    def has_died(self) -> bool:
        """Whether the server was started and has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Fast shutdown; immediate shutdown (recovered at the next start) when that takes too long."""
        process, self.process = self.process, None
        if process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
            try:
                process.wait(STOP_SECONDS if number is signal.SIGINT else 2)
            except subprocess.TimeoutExpired:
                continue
            break
        self._end_backends()

    def stop_orphans(self) -> None:
        """End a server whose launcher died, and backends whose server was killed.

        The caller holds the data directory's lock, so no living launcher owns them.
        """
        pid = self._recorded_pid()
        if pid is not None and self._is_server(pid):
            say("postgres.orphan", pid=pid)
            for number, seconds in ((signal.SIGINT, 8.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 2.0)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
                if processes.wait_until(lambda: not self._is_server(pid), seconds):
                    break
        self._end_backends()
        if pid is not None and not self._is_server(pid):
            (self.cluster / "postmaster.pid").unlink(missing_ok=True)

    def _is_server(self, pid: int) -> bool:
        """Whether a live process with this id serves our cluster.

        PostgreSQL itself would take a zombie, or a stranger with a reused id, for a running server.
        """
        return processes.is_alive(pid) and str(self.cluster) in processes.command_line(pid)

    def remove(self) -> None:
        """Stop what runs and delete the cluster for good."""
        self.stop()
        self.stop_orphans()
        for entry in self.home.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    @staticmethod
    def homes(data: Path) -> tuple[Path, Path]:
        """Where the cluster of a data directory can live: in it, or where root's server may enter."""
        name = hashlib.sha256(str(data).encode()).hexdigest()[:16]
        return data / "postgres", Path("/var/lib/gongjiang") / f"postgres-{name}"

    def _home(self) -> Path:
        inside, outside = self.homes(self.data)
        self._prepare(inside)
        if may_enter(inside, self.account):
            return inside
        inside.rmdir()
        if not outside.parent.exists():
            outside.parent.mkdir(parents=True)
            outside.parent.chmod(0o711)
        self._prepare(outside)
        say("postgres.elsewhere", place=outside, data=self.data)
        return outside

    def _prepare(self, home: Path) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account.uid is not None and self.account.gid is not None:
            os.chown(home, self.account.uid, self.account.gid)

    def _make_binaries_readable(self) -> None:
        """Copy the server next to its data when its account cannot read the virtual environment."""
        if not may_enter(self.install / "bin", self.account):
            self.install = copy_install(self.install, self.home)

    def _run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=[] if self.account.uid is not None else None,
            env=self._environment(),
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def _environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return kept | {"LC_ALL": "C", "HOME": str(self.home)}

    def _create(self) -> None:
        shutil.rmtree(self.cluster, ignore_errors=True)
        password_file = self._password_file
        password_file.unlink(missing_ok=True)
        password_file.touch(mode=0o600)
        password_file.write_text(secrets.token_urlsafe(24) + "\n", encoding="ascii")
        if self.account.uid is not None and self.account.gid is not None:
            os.chown(password_file, self.account.uid, self.account.gid)
        answer = self._run(
            self.install / "bin" / "initdb",
            f"--pgdata={self.cluster}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
        )
        if answer.returncode != 0:
            reason = answer.stdout.strip()
            key = "postgres.library" if "shared librar" in reason else "postgres.create_failed"
            raise Problem(key, reason="\n".join(reason.splitlines()[-8:]))
        (self.cluster / "pg_hba.conf").write_text(
            "# Written by the launcher: every login gives its password.\n"
            "host all all 127.0.0.1/32 scram-sha-256\n",
            encoding="ascii",
        )

    def _check_version(self) -> None:
        found = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(MAJOR):
            raise Problem("postgres.version", place=self.cluster, found=found, ours=MAJOR)

    def _launch(self) -> None:
        self.port = self._choose_port()
        settings = dict(self.settings)
        if small_shared_memory():
            settings["dynamic_shared_memory_type"] = "mmap"
        options = [f"--{name}={value}" for name, value in settings.items()]
        began = time.monotonic()
        while True:
            self.process = processes.spawn(
                [self.install / "bin" / "postgres", "-D", self.cluster, "-p", str(self.port), *options],
                log=self.log,
                env=self._environment(),
                uid=self.account.uid,
                gid=self.account.gid,
                cwd=self.home,
                death_signal=signal.SIGINT,
            )
            process = self.process
            if self._becomes_ready(process, began + START_SECONDS - time.monotonic()):
                return
            reason = processes.tail(self.log)
            retry = "pre-existing shared memory block" in reason or "is already in use" in reason
            self.stop()
            if not retry or time.monotonic() - began > 10:
                raise Problem("postgres.start_failed", log=self.log, reason=reason)
            self._end_backends()
            time.sleep(0.3)

    def _becomes_ready(self, process: subprocess.Popen[bytes], seconds: float) -> bool:
        def settled() -> bool:
            if self.between is not None:
                self.between()
            return process.poll() is not None or self._says_ready(process.pid)

        processes.wait_until(settled, seconds, step=0.01)
        return process.poll() is None and self._says_ready(process.pid)

    def _choose_port(self) -> int:
        """The wanted port, the one used last, or any free one; remembered for the next start."""
        if self.wanted_port is not None:
            return self.wanted_port
        memory = self.home / "port"
        try:
            remembered = int(memory.read_text(encoding="ascii"))
        except (OSError, ValueError):
            remembered = 0
        port = remembered if remembered and is_free(remembered) else free_port()
        memory.write_text(f"{port}\n", encoding="ascii")
        return port

    def _bootstrap(self) -> None:
        """Make the owner role and the database."""
        from psycopg import sql

        powers = "LOGIN CREATEROLE CREATEDB" if self.may_create_databases else "LOGIN CREATEROLE"
        with self._superuser() as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
                    sql.Identifier(OWNER), sql.SQL(powers), sql.Literal(self.owner_password)
                )
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
        (self.cluster / READY).touch()

    def _superuser(self) -> psycopg.Connection:
        import psycopg

        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self._password_file.read_text(encoding="ascii").strip(),
            dbname="postgres",
            autocommit=True,
        )

    def _postmaster_lines(self) -> list[str]:
        try:
            return (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def _recorded_pid(self) -> int | None:
        lines = self._postmaster_lines()
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def _says_ready(self, pid: int) -> bool:
        lines = self._postmaster_lines()
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _end_backends(self) -> None:
        """Kill server processes of this cluster that lost their postmaster; they sit in its directory."""
        for entry in Path("/proc").glob("[0-9]*/cwd"):
            try:
                if os.readlink(entry) != str(self.cluster):
                    continue
                pid = int(entry.parent.name)
                if command_is_postgres(pid):
                    os.kill(pid, signal.SIGKILL)
            except OSError:
                continue


def command_is_postgres(pid: int) -> bool:
    """Whether the process is a PostgreSQL server process, by its title."""
    return "postgres" in processes.command_line(pid)
