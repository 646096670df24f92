"""Files at rest."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.exchange import store


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path / "files" / "imports"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.integers(0, 3 * store.PIECE + 7))
def test_kept_file_comes_back_whole(size: int) -> None:
    content = bytes(size)
    assert store.fetch(store.keep(content)) == content


def test_kept_file_cannot_be_read_on_disk(folder: Path) -> None:
    name = store.keep("王演甲,009901199001011234".encode())
    assert b"0099011990" not in (folder / name).read_bytes()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b[:-1],
        lambda b: b[: 4 + 4 + 1024 * 1024 + 34],
        lambda b: b[:40] + b"x" + b[41:],
        lambda b: b"",
    ],
)
def test_damaged_file_is_refused(folder: Path, spoil: object) -> None:
    name = store.keep(bytes(2 * store.PIECE))
    path = folder / name
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(store.Lost):
        store.fetch(name)


@pytest.mark.parametrize("name", ["", "../secrets", "nothing"])
def test_name_that_is_none_of_ours_is_refused(name: str) -> None:
    with pytest.raises(store.Lost):
        store.fetch(name)


def test_strays_are_files_that_nobody_knows(folder: Path) -> None:
    kept, stray = store.keep(b"a"), store.keep(b"b")
    assert store.strays({kept}, older_than=2**40) == [stray]
    assert store.strays({kept}, older_than=0) == []
