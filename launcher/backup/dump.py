"""PostgreSQL's own programs for dumping and restoring, and what is counted to compare both."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from launcher.messages import Problem
from launcher.postgres.places import MAJOR, wheel_install

#: Tables that a backup leaves empty: counted again from the others, of one server's transactions, or logins.
WITHOUT_ROWS = (
    "public.insight_cell",
    "public.insight_publicfigure",
    "public.insight_factfiles",
    "public.insight_publication",
    "public.insight_counted",
    "public.outbox_change",
    "public.outbox_position",
    "public.django_session",
    "lake.iceberg_tables",
    "lake.iceberg_namespace_properties",
)


@contextlib.contextmanager
def dumping(url: str) -> Iterator[tuple[IO[bytes], dict[str, int], list[str], str]]:
    """A dump to read, the rows of each table in it, the migrations in it and the server's version: one moment of all.

    Leaving the block waits for the dump's end and raises Problem, with PostgreSQL's words, when it failed.
    """
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        counts, applied = count(connection), _applied(connection)
        version = connection.info.server_version
        command = [
            *_program("pg_dump", version // 10000, url),
            *("--format=custom", "--no-owner", f"--snapshot={row[0]}"),
            *(f"--exclude-table-data={table}" for table in WITHOUT_ROWS),
        ]
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                command, env=_environment(url), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
            )
            assert process.stdout is not None
            try:
                yield process.stdout, counts, applied, f"{version // 10000}.{version % 10000}"
                status = process.wait()
            except BaseException:
                process.kill()
                process.wait()
                raise
            finally:
                process.stdout.close()
            if status != 0:
                raise Problem("backup.dump_failed", reason=_last_words(said))


def load(url: str, pieces: Iterator[bytes]) -> None:
    """Fill an empty database from a dump, wholly or not at all. Raises Problem with PostgreSQL's words."""
    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10000
    command = [
        *_program("pg_restore", version, url),
        *("--no-owner", "--no-acl", "--single-transaction", "--exit-on-error"),
    ]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, env=_environment(url), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        assert process.stdin is not None
        try:
            with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
                for piece in pieces:
                    pipe.write(piece)
            status = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        if status != 0:
            raise Problem("restore.load_failed", reason=_last_words(said))


def tables(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """(schema, name) of every table that is not PostgreSQL's own."""
    return connection.execute(
        """
        SELECT n.nspname::text, c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
        ORDER BY 1, 2
        """
    ).fetchall()


def count(connection: psycopg.Connection) -> dict[str, int]:
    """The rows of every table that a backup holds with its rows."""
    counts = {}
    for schema, name in tables(connection):
        if f"{schema}.{name}" not in WITHOUT_ROWS:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, name))
            row = connection.execute(query).fetchone()
            assert row is not None
            counts[f"{schema}.{name}"] = int(row[0])
    return counts


def _applied(connection: psycopg.Connection) -> list[str]:
    if ("public", "django_migrations") not in tables(connection):
        return []
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
    return [name for (name,) in rows]


def _program(name: str, server: int, url: str) -> list[str]:
    """The program of the server's own major version, else one that is newer: the wheel's or the system's."""
    wheel, system = str(wheel_install() / "bin" / name), shutil.which(name)
    found = {MAJOR: wheel}
    if system is not None:
        found.setdefault(_major(system), system)
    fitting = [major for major in sorted(found) if major >= server]
    if not fitting:
        raise Problem("backup.program", name=name, server=server)
    address = conninfo_to_dict(url)
    address.pop("password", None)
    return [found[fitting[0]], "--dbname=" + make_conninfo("", **address)]


def _major(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    number = re.search(r"\d+", said)
    return int(number.group()) if number else 0


def _environment(url: str) -> dict[str, str]:
    """The password travels in the environment: command lines can be read by others."""
    password = conninfo_to_dict(url).get("password")
    return dict(os.environ) | {"LC_ALL": "C"} | ({"PGPASSWORD": str(password)} if password else {})


def _last_words(said: IO[bytes]) -> str:
    said.seek(0)
    return "\n".join(said.read().decode("utf-8", "replace").strip().splitlines()[-8:])
