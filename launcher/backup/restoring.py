"""`./run restore`: a backup into an empty place, compared with what the backup says of itself."""

from __future__ import annotations

import contextlib
import errno
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from launcher import database, processes
from launcher.backup import dump, keys
from launcher.backup.archive import ACCOUNTS, DUMP, FILES, KEYS, Reader
from launcher.data import LOCK, RESTORING, DataDirectory, code_version
from launcher.messages import Problem, language, say, text
from launcher.postgres import Server

ROOM = 1.5  # free bytes for each byte of the backup, at the least: tables are larger than their dump


def restore(root: Path, file: Path, place: Path, *, phrase: Path | None, secrets: Path | None) -> None:
    """Put a backup into an empty place. Raises Problem; then nothing that was there has changed.

    phrase    the file with the passphrase of the keys inside the backup
    secrets   a copy of `secrets.json`, where the keys were kept apart
    """
    began = time.monotonic()
    say("restore.checking", file=file)
    backup = Reader(file)
    try:
        _check_version(root, backup, place)
        installation = _secrets(backup, phrase, secrets)
        url = database.external_url()
        if url:
            database.check_external(url)
            _check_empty(url)
        with _new_place(place) as data:
            data.check_space(int(file.stat().st_size * ROOM) + 200_000_000)
            data.write(data.secrets_file, json.dumps(installation, indent=1))
            _put_files(backup, data)
            with _serving(data, url) as address:
                newer_keys = keys.mark(installation) != backup.manifest["keys"]["mark"]
                counts = _fill(root, backup, data, address, rotate=newer_keys)
            demo = backup.manifest["demo"] or "restored"
            data.remember(
                version=code_version(root), database=database.mark(url), demo=demo, **{RESTORING: None}
            )
    finally:
        backup.close()
    rows = sum(counts.values())
    say("restore.equal", tables=len(counts), rows=f"{rows:,}")
    seconds = f"{time.monotonic() - began:.1f}"
    print(text("restore.done", made_at=backup.manifest["made_at"], place=place, seconds=seconds), flush=True)
    say("restore.recount")


def _check_version(root: Path, backup: Reader, place: Path) -> None:
    claimed = DataDirectory(place)
    claimed.state = {name: backup.manifest[name] for name in ("version", "migrations")}
    try:
        claimed.check_version(root)
    except Problem as newer:
        theirs = backup.manifest["version"]
        raise Problem("restore.newer", file=backup.file, theirs=theirs, ours=code_version(root)) from newer


def _secrets(backup: Reader, phrase: Path | None, copy: Path | None) -> keys.Secrets:
    """The keys that belong to this backup; a copy may hold some that were added since."""
    marked = backup.manifest["keys"]["mark"]
    if copy is not None:
        try:
            found: keys.Secrets = json.loads(copy.read_text(encoding="utf-8"))
            fits = keys.fit(found, marked)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise Problem("restore.secrets_unreadable", status=2, file=copy) from None
    elif KEYS not in backup.names():
        raise Problem("restore.keys_apart", status=2, file=backup.file)
    elif phrase is None:
        raise Problem("restore.keys_sealed", status=2, file=backup.file)
    else:
        found = keys.unseal(backup.read(KEYS), keys.passphrase(phrase))
        fits = keys.fit(found, marked)
    if not fits:
        raise Problem("restore.other_keys", status=2, file=backup.file)
    return found


def _check_empty(url: str) -> None:
    with psycopg.connect(url) as connection:
        there = dump.tables(connection)
    if there:
        raise Problem("restore.database_filled", status=2, count=len(there))


@contextlib.contextmanager
def _new_place(place: Path) -> Iterator[DataDirectory]:
    """An open data directory that was empty, or held a restore that was interrupted; emptied again on any failure."""
    data = DataDirectory(place)
    data.read_state()
    if not data.state.get(RESTORING):
        if place.exists() and (not place.is_dir() or any(_is_content(entry) for entry in place.rglob("*"))):
            raise Problem("restore.filled", status=2, place=place)
        if any((home / "cluster").exists() for home in Server.homes(place)):
            raise Problem("restore.filled", status=2, place=Server.homes(place)[1])
    existed = place.exists()
    data.open(to_restore=True)
    try:
        _empty(data)
        data.remember(**{RESTORING: True})
        yield data
    except BaseException:
        _empty(data)
        for entry in {*(home for home in Server.homes(place) if home.exists()), *place.iterdir()}:
            if entry.is_dir():
                entry.rmdir()
            else:
                entry.unlink(missing_ok=True)
        if not existed:
            place.rmdir()
        raise
    finally:
        data.close()


def _is_content(entry: Path) -> bool:
    return not entry.is_dir() and entry.name != LOCK


def _empty(data: DataDirectory) -> None:
    if not database.external_url():
        Server(data.place, owner_password="").remove()
    data.reset()
    data.make_folders()


def _put_files(backup: Reader, data: DataDirectory) -> None:
    names = backup.names(FILES)
    if names:
        say("restore.files", count=f"{len(names):,}")
    for name in [*names, *backup.names(ACCOUNTS)]:
        target = data.place / name
        try:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.touch(mode=0o600)
            with target.open("wb") as stream:
                stream.writelines(backup.pieces(name))
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise Problem("restore.disk_full", place=data.place) from None
            raise Problem("data.unwritable", place=target, reason=error.strerror) from None


@contextlib.contextmanager
def _serving(data: DataDirectory, url: str) -> Iterator[str]:
    """The address of the database to fill, as its owner."""
    if url:
        yield url
        return
    server = database.embedded(data)
    processes.adopt_orphans()
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


def _fill(root: Path, backup: Reader, data: DataDirectory, url: str, *, rotate: bool) -> dict[str, int]:
    """Roles, rows, comparison, then the present code's schema and walls; returns the rows of each table.

    rotate   the keys hold newer ones than wrote the backup: what it holds is written anew, so that it is found
    """

    def manage(*arguments: str) -> None:
        env = database.environment(data, url) | language()
        status = subprocess.run([sys.executable, "manage.py", *arguments], env=env, cwd=root).returncode
        if status != 0:
            raise Problem("restore.step_failed", command=" ".join(arguments), code=status)

    say("restore.database")
    manage("roles")
    dump.load(url, backup.pieces(DUMP))
    with psycopg.connect(url) as connection:
        counts = dump.count(connection)
    expected = backup.manifest["rows"]
    for table in sorted(counts.keys() | expected.keys()):
        if counts.get(table) != expected.get(table):
            raise Problem(
                "restore.differs", table=table, expected=expected.get(table, 0), found=counts.get(table, 0)
            )
    say("restore.walls")
    manage("migrate", "--no-input", "--verbosity", "0")
    manage("roles")
    if rotate:
        manage("rotate")
    return counts
