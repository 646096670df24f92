"""The data directory of one installation: its place, its lock, its keys and what has been done in it."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import tomllib
from pathlib import Path
from typing import IO, Any

from launcher.messages import Problem

NEEDED_BYTES = 200 * 1000 * 1000
NEARLY_FULL_BYTES = 60 * 1000 * 1000
STATE = "state.json"
SECRETS = "secrets.json"
LOCK = "lock"
BACKUPS = "backups"
BACKUP = "backup.json"  # when the last backup was made, and where it is
RESTORING = "restoring"  # entry of the state while a restore is under way
OURS = {LOCK, STATE, SECRETS, BACKUPS, BACKUP, "logs", "lake", "files", "postgres"}


def default_place(root: Path, name: str) -> Path:
    """Where data goes when nobody says: under the repository, or for root outside of any home.

    PostgreSQL cannot run as root, and the account it runs under may not enter a home.
    """
    if os.geteuid() != 0:
        return root / ".data" / name
    clone = hashlib.sha256(str(root).encode()).hexdigest()[:12]
    return Path("/var/lib/gongjiang") / clone / name


def code_version(root: Path) -> str:
    """The version in pyproject.toml."""
    with (root / "pyproject.toml").open("rb") as stream:
        return str(tomllib.load(stream)["project"]["version"])


class DataDirectory:
    """One directory with the database, the lake, uploads, logs, keys and `state.json`.

    `state` remembers which steps are done for which code, so that a later start can skip them.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.state: dict[str, Any] = {}
        self._lock: IO[str] | None = None

    @property
    def logs(self) -> Path:
        return self.place / "logs"

    @property
    def secrets_file(self) -> Path:
        return self.place / SECRETS

    @property
    def accounts_file(self) -> Path:
        return self.place / "accounts.json"

    def open(self, *, to_restore: bool = False) -> None:
        """Create or open the directory and take its lock.

        Raises Problem when it is in use, is not one of ours, cannot be written, the disk is full, or a restore
        into it was interrupted; only the next restore opens it then.
        """
        try:
            self._make()
            lock = (self.place / LOCK).open("a+", encoding="ascii")
        except OSError as error:
            raise Problem("data.unwritable", place=self.place, reason=error.strerror) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            lock.close()
            raise Problem("data.in_use", status=2, place=self.place, pid=holder) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock
        self.check_space()
        self.read_state()
        if self.state.get(RESTORING) and not to_restore:
            self.close()
            raise Problem("data.half_restored", place=self.place)

    def make_folders(self) -> None:
        """Make the folders that the processes write to."""
        for name in ("logs", "lake", "files"):
            (self.place / name).mkdir(mode=0o700, exist_ok=True)

    def is_in_use(self) -> bool:
        """Whether another launcher holds the lock at this moment."""
        try:
            with (self.place / LOCK).open("r", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def check_space(self, needed: int = NEEDED_BYTES) -> None:
        """Raise Problem when fewer than `needed` bytes are free."""
        free = shutil.disk_usage(self.place).free
        if free < needed:
            raise Problem("data.disk", place=self.place, free=free // 1_000_000, needed=needed // 1_000_000)

    def reset(self) -> None:
        """Delete everything in the directory but the lock and the backups. The database server is stopped already."""
        for entry in self.place.iterdir():
            if entry.name in (LOCK, BACKUPS):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        self.state = {}

    def remember(self, **values: Any) -> None:
        """Set entries of the state and write it so that a crash leaves the old or the new file."""
        self.state.update(values)
        self.write(self.place / STATE, json.dumps(self.state, indent=1, ensure_ascii=False))

    def secrets(self) -> dict[str, str]:
        """The installation's keys, generated once. Losing them loses the encrypted data."""
        if self.secrets_file.exists():
            keys: dict[str, str] = json.loads(self.secrets_file.read_text(encoding="utf-8"))
            return keys
        if self.state:
            raise Problem("data.secrets_lost", place=self.secrets_file)
        keys = {
            "django": secrets.token_urlsafe(48),
            "hash_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "data_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "app_password": secrets.token_urlsafe(24),
            "worker_password": secrets.token_urlsafe(24),
            "owner_password": secrets.token_urlsafe(24),
        }
        self.write(self.secrets_file, json.dumps(keys, indent=1))
        return keys

    def check_version(self, root: Path) -> None:
        """Raise Problem when a newer version, or code with further migrations, wrote the directory."""
        ours = code_version(root)
        theirs = str(self.state.get("version", ours))
        if _ordered(theirs) > _ordered(ours):
            raise Problem("data.newer", place=self.place, theirs=theirs, ours=ours)
        unknown = sorted(set(self.state.get("migrations", ())) - set(migrations(root)))
        if unknown:
            raise Problem("data.newer_migration", place=self.place, name=unknown[-1])

    def _make(self) -> None:
        """Root's directories can be passed through by the database's account; what is inside cannot."""
        mode = 0o711 if os.geteuid() == 0 else 0o700
        if self.place.is_dir():
            names = {entry.name for entry in self.place.iterdir()}
            if names - OURS and not names & {STATE, SECRETS}:
                raise Problem("data.foreign", status=2, place=self.place)
        elif self.place.exists():
            raise Problem("data.not_directory", status=2, place=self.place)
        previous = os.umask(0o077 if mode == 0o700 else 0o066)
        try:
            self.place.mkdir(parents=True, exist_ok=True)
            self.place.chmod(mode)
        finally:
            os.umask(previous)
        self.make_folders()

    def read_state(self) -> None:
        """Read `state.json`, where there is one; the lock is not needed for it."""
        file = self.place / STATE
        if not file.exists():
            return
        try:
            self.state = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            raise Problem("data.state_unreadable", place=file) from None

    def write(self, file: Path, content: str) -> None:
        """Write a small private file so that a crash leaves the old or the new one."""
        draft = file.with_name(file.name + ".new")
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(content + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(file)
        except OSError as error:
            raise Problem("data.unwritable", place=self.place, reason=error.strerror) from None


def is_full(place: Path) -> bool:
    """Whether the disk has so little room that a failure there is most likely for lack of it."""
    return shutil.disk_usage(place).free < NEARLY_FULL_BYTES


def migrations(root: Path) -> list[str]:
    """Every migration file of this code, relative to the repository."""
    found = (root / "src" / "gongjiang").rglob("migrations/[0-9]*.py")
    return sorted(str(path.relative_to(root)) for path in found)


def code_digest(root: Path) -> str:
    """A hash over everything that decides what the database must look like."""
    digest = hashlib.sha256()
    files = [root / "requirements.lock"]
    for folder in (root / "src", root / "config"):
        files += [
            path for path in folder.rglob("*") if path.suffix in {".py", ".yaml", ".sql", ".csv", ".gz"}
        ]
    for path in sorted(files):
        if "tests" not in path.parts:
            digest.update(str(path.relative_to(root)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
