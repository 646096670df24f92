"""Child processes that never outlive the launcher, and their logs.

On Linux the kernel signals each child when the launcher dies, even by kill -9, and orphaned
grandchildren are handed to the launcher (it is their *subreaper*), which ends them with their group.
Elsewhere the process group does what it can and `stop_strays` cleans up at the next start.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
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


def die_with_parent(
    death_signal: signal.Signals = signal.SIGTERM, *, own_session: bool = True
) -> Callable[[], None]:
    """A preparation for a child: `death_signal` ends it with its parent.

    In its own session Ctrl-C does not reach it; otherwise it does, as in a terminal.
    """
    parent = os.getpid()

    def prepare() -> None:
        if own_session:
            os.setsid()
        else:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
        if _prctl is not None:
            _prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


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
            preexec_fn=die_with_parent(death_signal),
        )


def rotate(log: Path, in_use: bool = False) -> None:
    """Shift `log` to `log.1` and so on once it has passed LOG_LIMIT bytes; keep LOGS_KEPT old ones.

    A log `in_use` is copied and emptied, because its writer appends to the open file.
    """
    if not log.exists() or log.stat().st_size < LOG_LIMIT:
        return
    for number in range(LOGS_KEPT, 1, -1):
        newer = log.with_name(f"{log.name}.{number - 1}")
        if newer.exists():
            newer.replace(log.with_name(f"{log.name}.{number}"))
    if in_use:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)
    else:
        log.replace(log.with_name(f"{log.name}.1"))


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
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def wait_until(condition: Callable[[], bool], seconds: float, step: float = 0.03) -> bool:
    """Poll until `condition()` holds; False when `seconds` pass first."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(step)
    return True


def ended_children() -> list[int]:
    """Children of this process that have ended and wait to be collected; they are left waiting."""
    if sys.platform != "linux":
        return []
    found = []
    for pid in _children(os.getpid()):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state == "Z":
            found.append(pid)
    return found


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def strays(entry: str) -> list[int]:
    """Processes of other sessions whose environment holds `entry` (NAME=value); Linux only."""
    wanted = b"\0" + entry.encode() + b"\0"
    own = os.getpid()
    found = []
    for place in Path("/proc").glob("[0-9]*/environ"):
        pid = int(place.parent.name)
        try:
            if pid != own and wanted in b"\0" + place.read_bytes():
                found.append(pid)
        except OSError:
            continue
    return found


def end_strays(entry: str, seconds: float = 4.0) -> list[int]:
    """End processes that an interrupted launcher left behind; returns their ids."""
    found = strays(entry)
    for pid in found:
        _signal(pid, signal.SIGTERM)
    wait_until(lambda: not any(is_alive(pid) for pid in found), seconds)
    for pid in found:
        if is_alive(pid):
            _signal(pid, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in found), 2)
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
