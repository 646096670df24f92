"""The virtual environment `.venv`, built from requirements.lock. Standard library only.

The lock pins every package by hash and names no index: pip and uv use the addresses that the machine
is configured with. When uv cannot reach its index, pip is tried, because mirrors are mostly
configured for pip alone.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from launcher.messages import Problem, say

STAMP = "gongjiang.lock"
PATHS_FILE = "gongjiang.pth"
NEEDED_BYTES = 1_500_000_000


def python_of(root: Path) -> Path:
    """The project's own Python."""
    return root / ".venv" / "bin" / "python"


def ensure(root: Path) -> bool:
    """Bring .venv in line with requirements.lock.

    Returns True when the caller runs under another Python and must start again under `python_of`.
    Raises Problem when the environment cannot be built.
    """
    home = root / ".venv"
    lock = root / "requirements.lock"
    with lock.open("rb") as guard:
        digest = hashlib.sha256(guard.read()).hexdigest()
        if _stamp(home) != digest:
            fcntl.flock(guard, fcntl.LOCK_EX)
            if _stamp(home) != digest:
                try:
                    _build(home, lock, digest)
                except OSError as error:
                    key = "environment.disk" if error.errno == errno.ENOSPC else "environment.unwritable"
                    raise Problem(key, place=home, reason=error.strerror) from None
    return Path(sys.prefix).resolve() != home.resolve()


def _stamp(home: Path) -> str:
    """The hash of the lock that .venv was built from; empty when there is none or its Python is gone."""
    if not (home / "bin" / "python").exists():
        return ""
    try:
        return (home / STAMP).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _build(home: Path, lock: Path, digest: str) -> None:
    began = time.monotonic()
    say("environment.start")
    if _stamp(home) == "" and shutil.disk_usage(home.parent).free < NEEDED_BYTES:
        raise Problem("environment.disk", place=home.parent)
    python = home / "bin" / "python"
    if not _imports(python, "uv") and not _imports(python, "pip"):
        _make(home)
    if not _imports(python, "uv"):
        _install_uv(python, lock)
    _install(python, lock)
    _write_paths(home)
    (home / STAMP).write_text(digest + "\n", encoding="ascii")
    say("environment.done", seconds=f"{time.monotonic() - began:.1f}")


def _imports(python: Path, module: str) -> bool:
    if not python.exists():
        return False
    return subprocess.run([python, "-I", "-c", f"import {module}"], capture_output=True).returncode == 0


def _make(home: Path) -> None:
    base = getattr(sys, "_base_executable", None) or sys.executable
    answer = subprocess.run(
        [base, "-m", "venv", "--clear", home], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if answer.returncode != 0:
        if os.strerror(errno.ENOSPC) in answer.stdout:
            raise Problem("environment.disk", place=home.parent)
        if "ensurepip" in answer.stdout or "No module named venv" in answer.stdout:
            raise Problem("environment.venv", version=f"{sys.version_info.major}.{sys.version_info.minor}")
        raise Problem("environment.failed", reason=answer.stdout.strip()[-1500:])


def _install_uv(python: Path, lock: Path) -> None:
    """Install the uv that the lock pins, checked against the lock's hashes."""
    block = re.search(r"^uv==(?:.*\n)(?:[ \t]+\S.*\n)*", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if block is None:
        raise Problem("environment.failed", reason=f"uv is not pinned in {lock.name}")
    wanted = python.parent.parent / "uv.requirements"
    wanted.write_text("".join(s for s in block[0].splitlines(True) if "#" not in s), encoding="ascii")
    command: list[str | Path] = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    _stream([*command, "--no-deps", "--require-hashes", "--requirement", wanted], "environment.registry")


def _install(python: Path, lock: Path) -> None:
    uv = python.with_name("uv")
    settings = dict(os.environ)
    settings.setdefault("UV_LINK_MODE", _link_mode(uv, python))
    settings.setdefault("UV_NO_PROGRESS", "" if sys.stderr.isatty() else "1")
    if not any(name in settings for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        index = _pip_index(python)
        if index:
            settings["UV_DEFAULT_INDEX"] = index
    command: list[str | Path] = [uv, "pip", "sync", "--python", python, "--require-hashes", lock]
    try:
        _stream(command, "environment.registry", settings)
    except Problem as problem:
        if problem.key != "environment.registry":
            raise
        say("environment.pip")
        if not _imports(python, "pip"):
            _stream([python, "-m", "ensurepip"], "environment.registry")
        fallback: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--require-hashes",
        ]
        _stream([*fallback, "--no-deps", "--requirement", lock], "environment.registry")


def _link_mode(uv: Path, python: Path) -> str:
    """Hard links where uv's cache shares the file system, copies where it does not."""
    answer = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True)
    cache = Path(answer.stdout.strip() or "/")
    while not cache.exists():
        cache = cache.parent
    return "hardlink" if cache.stat().st_dev == python.parent.stat().st_dev else "copy"


def _pip_index(python: Path) -> str:
    """The index address that pip is configured with, or nothing."""
    if os.environ.get("PIP_INDEX_URL"):
        return os.environ["PIP_INDEX_URL"]
    answer = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True)
    found = re.findall(r"^\S*\.index-url='(.*)'$", answer.stdout, flags=re.MULTILINE)
    return found[-1] if found else ""


def _stream(command: Sequence[str | Path], failure: str, settings: dict[str, str] | None = None) -> None:
    """Run a command, showing its output; raise Problem (`failure`, or disk full) when it fails."""
    process = subprocess.Popen(
        command,
        env=settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip())
        if not re.match(r" [+~-] ", line):
            print(f"    {line.rstrip()}", file=sys.stderr, flush=True)
    if process.wait() == 0:
        return
    text = "\n".join(lines)
    if os.strerror(errno.ENOSPC) in text or "os error 28" in text:
        raise Problem("environment.disk", place=Path(str(command[0])).parent)
    raise Problem(failure)


def _write_paths(home: Path) -> None:
    """Put the repository and src/ on the path; relative, so that a moved clone still works."""
    packages = next((home / "lib").glob("python3*/site-packages"))
    up = os.path.relpath(home.parent, packages)
    (packages / PATHS_FILE).write_text(f"{up}\n{up}/src\n", encoding="ascii")
