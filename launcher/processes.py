"""Child processes that never outlive the launcher, and their logs.

On Linux the kernel signals each child when the launcher dies, even by kill -9, and orphaned
grandchildren are handed to the launcher (it is their *subreaper*), which ends them with their group.
Elsewhere the process group does what it can and `stop_strays` cleans up at the next start.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LOG_LIMIT = 8 * 1024 * 1024
LOGS_KEPT = 3

_prctl: Callable[..., int] | None = None
if sys.platform == "linux":
    _prctl = ctypes.CDLL(None, use_errno=True).prctl


def adopt_orphans() -> None:
    """Make this process the parent of any descendant whose own parent dies (Linux only)."""
    if _prctl is not None:
        _prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def spawn(
    arguments: Sequence[str | os.PathLike[str]],
    *,
    log: Path,
    env: Mapping[str, str],
    uid: int | None = None,
    gid: int | None = None,
    cwd: Path | None = None,
    death_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a child in its own session with output appended to `log`.

    `uid` and `gid` drop privileges first (the caller is root). `death_signal` reaches the child when
    the launcher dies. Call it from the main thread: the kernel watches the thread that forked.
    """
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    log.parent.mkdir(parents=True, exist_ok=True)
    rotate(log)
    with log.open("ab") as output:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env),
            user=uid,
            group=gid,
            extra_groups=[] if uid is not None else None,
            cwd=cwd,
            preexec_fn=prepare,
        )


def rotate(log: Path) -> None:
    """Shift `log` to `log.1` and so on once it has passed LOG_LIMIT bytes; keep LOGS_KEPT old ones."""
    if not log.exists() or log.stat().st_size < LOG_LIMIT:
        return
    for number in range(LOGS_KEPT, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        newer = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        if newer.exists():
            newer.replace(older)


def tail(log: Path, lines: int = 12) -> str:
    """The last `lines` lines of a log, or an empty string."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - 8192))
            text = stream.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and is not a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def command_line(pid: int) -> str:
    """The command line of a process, its arguments joined by spaces; empty when it cannot be read."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        pass
    if sys.platform == "linux":
        return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return answer.stdout.strip()


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal every process of the group that `pid` leads; an empty group is no error."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def wait_until(condition: Callable[[], bool], seconds: float, step: float = 0.03) -> bool:
    """Poll until `condition()` holds; False when `seconds` pass first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True
