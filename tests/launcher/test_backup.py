"""`./run backup` and `./run restore`: what comes back equals what was there, and what is not whole is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.apps import apps
from django.db import models

from launcher.backup import keys
from launcher.backup.dump import WITHOUT_ROWS
from launcher.data import DataDirectory
from launcher.database import running_url

from .conftest import Project

PHRASE = "correct horse battery"
UPLOAD = bytes(range(256)) * 5000


def contents(data: Path) -> dict[str, str]:
    """A hash over the rows of every table, from the running database of a data directory."""
    with psycopg.connect(running_url(DataDirectory(data))) as connection:
        names = connection.execute("SELECT relname FROM pg_stat_user_tables ORDER BY 1").fetchall()
        found = {}
        for (name,) in names:
            row = connection.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"  # type: ignore[arg-type]
            ).fetchone()
            assert row is not None
            found[name] = row[0]
        return found


def files(folder: Path) -> dict[str, str]:
    """The digest of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def made() -> Iterator[Project]:
    """A stopped installation with one upload, backed up while it ran to `with.tar` (with keys) and `without.tar`."""
    import tempfile

    place = Path(tempfile.mkdtemp(prefix="gj-"))
    place.chmod(0o711)
    project = Project(place)
    (place / "phrase").write_text(PHRASE + "\n")
    demo = project.demo().until_ready()
    try:
        assert demo.get("/add") == 11
        (project.data / "files" / "imports").mkdir()
        (project.data / "files" / "imports" / ("a" * 120)).write_bytes(UPLOAD)
        (place / "contents").write_text(json.dumps(contents(project.data)))
        backup(project, "with.tar", "--passphrase-file", str(place / "phrase"))
        backup(project, "without.tar")
        assert demo.get("/add") == 12
    finally:
        demo.stop()
    yield project
    shutil.rmtree(place, ignore_errors=True)


def backup(project: Project, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    where = ["--data", str(project.data), "--to", str(project.data.parent / name)]
    done = project.run("backup", *where, *arguments)
    assert done.returncode == 0, done.stderr
    return done


def restore(
    project: Project, name: str, place: Path, *arguments: str, by: Project | None = None
) -> subprocess.CompletedProcess[str]:
    """A backup of `project`, restored into `place` by its own code or by that of another."""
    return (by or project).run("restore", str(project.data.parent / name), "--data", str(place), *arguments)


def with_phrase(project: Project) -> tuple[str, str]:
    return "--passphrase-file", str(project.data.parent / "phrase")


def test_backup_of_a_running_installation_comes_back_equal_and_serves(made: Project, place: Path) -> None:
    done = restore(made, "with.tar", place / "new", *with_phrase(made))
    assert done.returncode == 0, done.stderr
    assert "Compared with the backup: 1 tables, 11 rows, all equal." in done.stderr
    assert (place / "new" / "secrets.json").read_text() == (made.data / "secrets.json").read_text()
    assert files(place / "new" / "files") == files(made.data / "files")
    again = Project(place)
    again.data = place / "new"
    demo = again.demo()
    try:
        demo.until_ready()
        before = json.loads((made.data.parent / "contents").read_text())
        assert contents(again.data) == before
        assert demo.get("/") == 11
        assert "u1  p1  n1 · r1 · o1" in demo.output
        again.expect("roles", "migrate", "roles", "migrate", "roles", "regions", "calendar", "work")
    finally:
        demo.stop()


def test_backup_holds_keys_only_under_the_passphrase(made: Project) -> None:
    secrets = json.loads((made.data / "secrets.json").read_text())
    for name, inside in (("with.tar", True), ("without.tar", False)):
        file = made.data.parent / name
        assert (file.stat().st_mode & 0o777) == 0o600
        content = file.read_bytes()
        assert [value for value in secrets.values() if value.encode() in content] == []
        with tarfile.open(file) as tar:
            assert ("secrets.sealed" in tar.getnames()) == inside
    note = json.loads((made.data / "backup.json").read_text())
    assert (note["file"], note["keys"]) == (str(made.data.parent / "without.tar"), False)


def test_restore_with_keys_kept_apart(made: Project, place: Path) -> None:
    refused = restore(made, "without.tar", place / "new")
    assert (refused.returncode, (place / "new").exists()) == (2, False)
    assert "holds no keys" in refused.stderr
    done = restore(made, "without.tar", place / "new", "--secrets", str(made.data / "secrets.json"))
    assert done.returncode == 0, done.stderr
    counted = Project(place)
    assert counted.run("manage", "--data", str(place / "new"), "count").stdout == "11\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "are under a passphrase"),
        (["--passphrase-file", "other"], "does not open the keys"),
        (["--passphrase-file", "short"], "has 5 characters; at least 12"),
        (["--secrets", "strange"], "belong to another installation"),
        (["--secrets", "other"], "is no secrets.json"),
    ],
)
def test_restore_without_the_right_keys_is_refused(
    made: Project, place: Path, arguments: list[str], sentence: str
) -> None:
    (place / "other").write_text("another long passphrase\n")
    (place / "short").write_text("short\n")
    keys = json.loads((made.data / "secrets.json").read_text())
    (place / "strange").write_text(json.dumps(keys | {"data_key": "AAAA"}))
    given = [str(place / a) if (place / a).exists() else a for a in arguments]
    refused = restore(made, "with.tar", place / "new", *given)
    assert (refused.returncode, (place / "new").exists()) == (2, False)
    assert sentence in refused.stderr


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_restore_of_a_cut_off_file_is_refused(made: Project, place: Path, share: float) -> None:
    whole = (made.data.parent / "with.tar").read_bytes()
    end = whole.rindex(b"manifest.sha256")
    (place / "cut.tar").write_bytes(whole[: int(end * share)])
    refused = made.run("restore", str(place / "cut.tar"), "--data", str(place / "new"), *with_phrase(made))
    assert (refused.returncode, (place / "new").exists()) == (1, False)
    assert "Nothing was changed" in refused.stderr


def test_restore_of_an_altered_file_is_refused(made: Project, place: Path) -> None:
    whole = bytearray((made.data.parent / "with.tar").read_bytes())
    with tarfile.open(made.data.parent / "with.tar") as tar:
        members = tar.getmembers()
    for member in members:
        at = member.offset_data + member.size // 2
        altered = bytearray(whole)
        altered[at] ^= 1
        (place / "altered.tar").write_bytes(altered)
        refused = made.run(
            "restore", str(place / "altered.tar"), "--data", str(place / "new"), *with_phrase(made)
        )
        assert (member.name, refused.returncode, (place / "new").exists()) == (member.name, 1, False)
        assert "is damaged" in refused.stderr
    (place / "altered.tar").write_bytes(b"no backup at all" * 1000)
    refused = made.run("restore", str(place / "altered.tar"), "--data", str(place / "new"))
    assert "is not a backup of Gongjiang" in refused.stderr


def test_restore_into_a_place_that_is_not_empty_is_refused(made: Project, place: Path) -> None:
    (place / "note").write_text("mine")
    for target in (place, made.data):
        before = files(target)
        refused = restore(made, "with.tar", target, *with_phrase(made))
        assert refused.returncode == 2
        assert "is not empty" in refused.stderr
        assert files(target) == before


def test_restore_of_a_newer_backup_is_refused(made: Project, place: Path) -> None:
    newer = Project(place)
    pyproject = newer.root / "pyproject.toml"
    text = pyproject.read_text()
    old = next(line for line in text.splitlines() if line.startswith("version = "))
    pyproject.write_text(text.replace(old, 'version = "0.0.1"'))
    refused = newer.run(
        "restore", str(made.data.parent / "with.tar"), "--data", str(place / "new"), *with_phrase(made)
    )
    assert (refused.returncode, (place / "new").exists()) == (1, False)
    assert "made by newer code" in refused.stderr


def test_restore_by_newer_code_raises_the_schema_of_an_older_backup(made: Project, place: Path) -> None:
    newer = Project(place)
    manage, later = newer.root / "manage.py", newer.root / "src" / "gongjiang" / "migrations"
    before = '        elif command == "roles":'
    raised = "ALTER TABLE kept ADD COLUMN IF NOT EXISTS note text NOT NULL DEFAULT 'none'"
    manage.write_text(manage.read_text().replace(before, f'            owner.execute("{raised}")\n{before}'))
    later.mkdir(parents=True)
    (later / "0002_note.py").write_text("")
    done = restore(made, "with.tar", newer.data, *with_phrase(made), by=newer)
    assert done.returncode == 0, done.stderr
    assert "Compared with the backup: 1 tables, 11 rows, all equal." in done.stderr
    demo = newer.demo().until_ready()
    try:
        with psycopg.connect(running_url(DataDirectory(newer.data))) as connection:
            found = connection.execute("SELECT note, count(*) FROM kept GROUP BY 1").fetchall()
        assert found == [("none", 11)]
        file = place / "raised.tar"
        done = newer.run("backup", "--data", str(newer.data), "--to", str(file), *with_phrase(made))
        assert done.returncode == 0, done.stderr
    finally:
        demo.stop()
    refused = made.run("restore", str(file), "--data", str(place / "old"), *with_phrase(made))
    assert (refused.returncode, (place / "old").exists()) == (1, False)
    assert "made by newer code" in refused.stderr


def test_keys_added_since_the_backup_are_written_with_before_anybody_is_looked_for(
    made: Project, place: Path
) -> None:
    secrets = json.loads((made.data / "secrets.json").read_text())
    rotated = secrets | {"data_keys": {"2": "AAAA"}, "hash_keys": {"2": "BBBB", "10": "CCCC"}}
    (place / "rotated").write_text(json.dumps(rotated))
    project = Project(place)
    done = restore(made, "without.tar", project.data, "--secrets", str(place / "rotated"), by=project)
    assert done.returncode == 0, done.stderr
    assert project.steps == ["roles", "migrate", "roles", "rotate"]
    assert json.loads((project.data / "secrets.json").read_text()) == rotated


def test_mark_tells_added_keys_apart_and_knows_what_came_before() -> None:
    first = {"hash_key": "h", "data_key": "d"}
    data = first | {"data_keys": {"2": "x"}}
    both = data | {"hash_keys": {"2": "y", "10": "z"}}
    marks = [keys.mark(each) for each in (first, data, both)]
    assert len(set(marks)) == 3
    assert [[keys.fit(each, mark) for mark in marks] for each in (first, data, both)] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    assert not keys.fit(both, keys.mark(first | {"data_keys": {"2": "y"}}))


def test_restore_that_fails_on_the_way_leaves_nothing(made: Project, place: Path) -> None:
    broken = Project(place)
    manage = broken.root / "manage.py"
    manage.write_text(manage.read_text().replace('command == "migrate"', 'command == "migrate" and 1 / 0'))
    refused = broken.run(
        "restore", str(made.data.parent / "with.tar"), "--data", str(place / "new"), *with_phrase(made)
    )
    assert (refused.returncode, (place / "new").exists()) == (1, False)
    assert "“manage.py migrate --no-input --verbosity 0” failed" in refused.stderr
    assert broken.processes() == []


def test_restore_after_an_interrupted_one_starts_over(made: Project, place: Path) -> None:
    half = Project(place)
    half.data.mkdir()
    (half.data / "state.json").write_text('{"restoring": true}')
    (half.data / "secrets.json").write_text("{}")
    demo = half.demo()
    demo.process.wait(20)
    assert (demo.process.returncode, demo.output.count("was interrupted")) == (1, 1)
    done = restore(made, "with.tar", half.data, *with_phrase(made))
    assert done.returncode == 0, done.stderr
    assert half.run("manage", "--data", str(half.data), "count").stdout == "11\n"


def test_backup_is_never_written_over_another_and_survives_a_reset(project: Project) -> None:
    nothing = project.run("backup", "--data", str(project.data))
    assert (nothing.returncode, project.data.exists()) == (2, False)
    project.demo().until_ready().stop()
    done = project.run("backup", "--data", str(project.data))
    assert done.returncode == 0, done.stderr
    assert "The keys are NOT inside" in done.stderr
    file = Path(done.stdout.rsplit("  ", 1)[0])
    assert file.parent == project.data / "backups"
    refused = project.run("backup", "--data", str(project.data), "--to", str(file))
    assert refused.returncode == 2
    assert "never replaces another" in refused.stderr
    project.demo("--reset").until_ready().stop()
    assert file.exists()


def test_tables_left_empty_are_those_that_are_counted_again_and_the_logins() -> None:
    declared = {m._meta.db_table for label in ("insight", "outbox", "sessions") for m in models_of(label)}
    assert {t.removeprefix("public.") for t in WITHOUT_ROWS if t.startswith("public.")} == declared


def models_of(label: str) -> list[type[models.Model]]:
    """The models of an installed application."""
    return list(apps.get_app_config(label).get_models())
