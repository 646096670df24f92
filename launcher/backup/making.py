"""`./run backup`: everything that cannot be made again, in one file, while the installation runs."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from launcher.backup import dump, keys
from launcher.backup.archive import ACCOUNTS, DUMP, FILES, FORMAT, KEYS, Reader, Writer
from launcher.data import BACKUP, BACKUPS, DataDirectory, code_version, migrations
from launcher.messages import Problem, say

EVERY = 5.0  # seconds between two words of progress


def default_name() -> str:
    """The name of a backup made now."""
    return f"gongjiang-{datetime.now():%Y%m%d-%H%M%S}.tar"


def make(root: Path, data: DataDirectory, url: str, to: Path | None, phrase: bytes | None) -> Path:
    """Write a backup, read it once again and note it in the data directory; returns its file.

    to      a new file, or a directory; None for the data directory's own `backups/`
    phrase  the passphrase for the keys; without one they stay outside
    """
    began = time.monotonic()
    made_at = datetime.now().astimezone().isoformat(timespec="seconds")
    file = _place(data, to)
    try:
        manifest = _write(root, data, url, file, phrase, made_at)
        Reader(file).close()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Problem("backup.disk_full", place=file.parent) from None
        raise Problem("backup.unwritable", place=error.filename or file, reason=error.strerror) from None
    size = file.stat().st_size
    note = {"at": made_at, "file": str(file), "bytes": size, "keys": phrase is not None}
    data.write(data.place / BACKUP, json.dumps(note, indent=1, ensure_ascii=False))
    rows = sum(manifest.values())
    say("backup.done", tables=len(manifest), rows=f"{rows:,}", seconds=f"{time.monotonic() - began:.1f}")
    print(f"{file}  {megabytes(size)}", flush=True)
    say("backup.with_keys" if phrase is not None else "backup.without_keys", place=data.secrets_file)
    if data.place in file.parents:
        say("backup.same_disk")
    return file


def megabytes(size: int) -> str:
    """A length for people, in MB."""
    return f"{size / 1e6:,.1f} MB"


def _place(data: DataDirectory, to: Path | None) -> Path:
    if to is None:
        folder = data.place / BACKUPS
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise Problem("backup.unwritable", place=folder, reason=error.strerror) from None
        to = folder
    file = to / default_name() if to.is_dir() else to
    if file.exists():
        raise Problem("backup.exists", status=2, file=file)
    if not file.parent.is_dir():
        raise Problem("backup.no_folder", status=2, place=file.parent)
    return file


def _write(
    root: Path, data: DataDirectory, url: str, file: Path, phrase: bytes | None, made_at: str
) -> dict[str, int]:
    secrets = data.secrets()
    with Writer(file) as writer:
        say("backup.database")
        with dump.dumping(url) as (source, counts, applied, server):
            writer.stream(DUMP, source, _progress())
        _add_files(writer, data.place / "files")
        if data.accounts_file.exists():
            writer.add(ACCOUNTS, data.accounts_file.read_bytes())
        if phrase is not None:
            writer.add(KEYS, keys.seal(secrets, phrase))
        writer.finish(
            {
                "about": "A backup of Gongjiang (工匠). Put it back with: ./run restore FILE --data DIR",
                "format": FORMAT,
                "made_at": made_at,
                "version": code_version(root),
                "migrations": data.state.get("migrations") or migrations(root),
                "applied": applied,
                "demo": data.state.get("demo"),
                "server": server,
                "keys": {"inside": phrase is not None, "mark": keys.mark(secrets)},
                "rows": counts,
                "left_out": list(dump.WITHOUT_ROWS),
            }
        )
    return counts


def _add_files(writer: Writer, folder: Path) -> None:
    """Uploads, after the database: a row never lacks its file. What is deleted meanwhile is not missed."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if found:
        say("backup.files", count=f"{len(found):,}")
    for path in found:
        try:
            with path.open("rb") as source:
                writer.stream(FILES + path.relative_to(folder).as_posix(), source)
        except FileNotFoundError:
            continue


def _progress() -> Callable[[int], None]:
    last = time.monotonic()

    def watch(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            say("backup.progress", size=megabytes(done))

    return watch
