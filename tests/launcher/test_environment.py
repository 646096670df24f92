"""The environment: what builds it, what leaves it alone, and what is said when it cannot be built."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import environment
from launcher.messages import Problem

from .conftest import ROOT, free_port

TINY = "# nothing but what installs the rest\n"


def clone(place: Path, lock: str) -> Path:
    """A directory that looks like a clone whose lock says `lock`."""
    root = place / "a clone"
    root.mkdir()
    (root / "requirements.lock").write_text(lock)
    return root


def uv_block() -> str:
    """The lines of the real lock that pin uv."""
    lines = (ROOT / "requirements.lock").read_text().splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("uv=="))
    end = next(number for number, line in enumerate(lines) if number > start and line[0] not in " \t")
    return "".join(lines[start:end])


def test_lock_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "--index" not in lock
    assert "http" not in "".join(line for line in lock.splitlines() if not line.lstrip().startswith("#"))


def test_environment_of_the_same_lock_is_left_alone(place: Path) -> None:
    root = clone(place, TINY)
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamp = root / ".venv" / environment.STAMP
    stamp.write_text(hashlib.sha256(TINY.encode()).hexdigest())
    assert environment.ensure(root)
    assert sorted(path.name for path in (root / ".venv").iterdir()) == ["bin", environment.STAMP]


def test_environment_whose_python_is_gone_is_not_trusted(place: Path) -> None:
    root = clone(place, TINY)
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to("/nonexistent/python")
    (root / ".venv" / environment.STAMP).write_text(hashlib.sha256(TINY.encode()).hexdigest())
    with pytest.raises(Problem) as caught:
        environment.ensure(root)
    assert caught.value.key == "environment.failed"


def test_environment_is_built_and_moves_with_its_clone(place: Path) -> None:
    root = clone(place, uv_block())
    assert environment.ensure(root)
    (root / "src").mkdir()
    (root / "src" / "found.py").write_text("where = __file__\n")
    moved = root.rename(place / "another place")
    answer = subprocess.run(
        [environment.python_of(moved), "-c", "import found; print(found.where)"],
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert answer.stdout.strip() == str(moved / "src" / "found.py")


def test_environment_without_a_reachable_index_is_explained(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/simple"
    for name, value in {
        "PIP_INDEX_URL": nowhere,
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    root = clone(place, uv_block())
    with pytest.raises(Problem, match="Check the network and the package index") as caught:
        environment.ensure(root)
    assert caught.value.key == "environment.registry"
    assert not (root / ".venv" / environment.STAMP).exists()


def test_python_without_venv_is_explained(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = place / "python"
    lacking.write_text("#!/bin/sh\necho 'ensurepip is not available' >&2\nexit 1\n")
    lacking.chmod(0o755)
    monkeypatch.setattr(sys, "_base_executable", str(lacking))
    with pytest.raises(Problem, match=r"apt-get install python3\.\d+-venv"):
        environment.ensure(clone(place, uv_block()))


def test_help_names_every_command_without_an_environment(place: Path) -> None:
    root = clone(place, TINY)
    (root / "launcher").symlink_to(ROOT / "launcher")
    (root / "run").write_bytes((ROOT / "run").read_bytes())
    (root / "run").chmod(0o755)
    answer = subprocess.run([root / "run", "help"], capture_output=True, text=True)
    named = [line.split()[1] for line in answer.stdout.splitlines() if line.startswith("  ./run ")]
    assert named == ["demo", "test", "check", "bench", "manage", "figures", "backup", "restore", "database"]
    assert not (root / ".venv").exists()
