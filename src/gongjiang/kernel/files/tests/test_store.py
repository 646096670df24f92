"""Files at rest."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.files.store import PIECE, Lost, Store, digest

STORE = Store("things")


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path / "files" / "things"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(st.integers(0, 3 * PIECE + 7))
def test_kept_file_comes_back_whole(size: int) -> None:
    content = bytes(size)
    assert STORE.fetch(STORE.keep(content)) == content


def test_kept_file_cannot_be_read_on_disk(folder: Path) -> None:
    name = STORE.keep("王演甲,009901199001011234".encode())
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
    name = STORE.keep(bytes(2 * PIECE))
    path = folder / name
    path.write_bytes(spoil(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(Lost):
        STORE.fetch(name)


@pytest.mark.parametrize("name", ["", "../secrets", "nothing"])
def test_name_that_is_none_of_ours_is_refused(name: str) -> None:
    with pytest.raises(Lost):
        STORE.fetch(name)


def test_names_are_those_of_files_old_enough(folder: Path) -> None:
    assert list(STORE.names(older_than=2**40)) == []
    one, other = STORE.keep(b"a"), STORE.keep(b"b")
    assert set(STORE.names(older_than=2**40)) == {one, other}
    assert list(STORE.names(older_than=0)) == []


def test_half_written_file_is_named_and_goes(folder: Path) -> None:
    """What a process killed in the middle of writing leaves behind."""
    STORE.keep(b"a")
    (folder / "0123abcd.part").write_bytes(b"GJF1")
    assert "0123abcd" in set(STORE.names(older_than=2**40))
    STORE.drop("0123abcd")
    assert not (folder / "0123abcd.part").exists()


def test_stored_file_in_the_place_of_another_is_found_out(folder: Path) -> None:
    one, other = STORE.keep(b"one"), STORE.keep(b"other")
    STORE.check(one, digest(b"one"))
    (folder / one).write_bytes((folder / other).read_bytes())
    with pytest.raises(Lost):
        STORE.check(one, digest(b"one"))


def test_stores_do_not_see_each_others_files() -> None:
    name = STORE.keep(b"a")
    assert (STORE.holds(name), Store("elsewhere").holds(name)) == (True, False)
    with pytest.raises(Lost):
        Store("elsewhere").fetch(name)
