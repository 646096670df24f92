"""A backup that version 0.1.0 made of itself, restored by the present code: raised, serving, and nothing is lost."""

import json
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.settings import ROOT
from tests.journeys.stack import Stack, environment, started

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("upgrade")]

BACKUP = Path(__file__).parent / "from_0_1_0" / "backup.tar"
PHRASE = "eine lange passphrase 0.1.0"
PATIENCE = 240  # seconds, for figures to be counted on a busy machine

#: Tables in which an upgrade and a start add rows, of published lists and calendars too; none goes.
GROWING = (
    "public.auth_permission", "public.calendar_calendaryear", "public.calendar_holiday", "public.codes_code",
    "public.codes_codelist", "public.codes_crosswalk", "public.django_content_type", "public.django_migrations",
    "public.lifecycle_flowedge",
)  # fmt: skip

#: Tables of the worker's queue: what it does from now on is its own.
QUEUE = "public.procrastinate_"

#: 吕梁市's figures of 2026, as `./run figures` of version 0.1.0 gave them when the backup was made.
FIGURES = {
    "registry.enterprises": 8,
    "registry.workers": 240,
    "innovations.results": 2,
    "innovations.participations": 3,
    "innovations.participants": 3,
    "innovations.adopted": 2,
    "innovations.awarded": 1,
}

#: How many identifiers open with the keys of the backup, and how many files are what their rows say.
WHOLE = """
from gongjiang.kernel.files.models import STORE, File
from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.people.models import Identifier
numbers = {reveal(bytes(i.cipher)) for i in Identifier.objects.filter(kind="identity")}
files = [STORE.fetch(f.stored) for f in File.objects.all()]
print(len(numbers), sum(len(n) == 18 for n in numbers), len(files), sum(map(len, files)) > 0)
"""


@pytest.fixture(scope="module")
def restored() -> Iterator[tuple[Stack, str]]:
    """The restored installation, running, and what `./run restore` said."""
    with tempfile.TemporaryDirectory(prefix="gongjiang-restored-") as place:
        Path(place).chmod(0o711)
        data, phrase = Path(place) / "data", Path(place) / "phrase"
        phrase.write_text(PHRASE + "\n")
        command = [ROOT / "run", "restore", BACKUP, "--data", data, "--passphrase-file", phrase]
        done = subprocess.run(command, capture_output=True, text=True, env=environment())
        assert done.returncode == 0, done.stderr
        with started(data, "county") as running:
            yield running, done.stderr


def manifest() -> dict[str, int]:
    """The rows of each table, as version 0.1.0 counted them."""
    with tarfile.open(BACKUP) as tar:
        content = tar.extractfile("manifest.json")
        assert content is not None
        rows: dict[str, int] = json.load(content)["rows"]
    return rows


def test_rows_are_those_that_the_old_version_counted(restored: tuple[Stack, str]) -> None:
    stack, said = restored
    assert "42 tables, 46,936 rows" in said
    with stack.sql() as connection:
        found = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[index,arg-type]
            for table in manifest()
        }
    kept = {t: n for t, n in manifest().items() if t not in GROWING and not t.startswith(QUEUE)}
    assert {t: found[t] for t in kept} == kept
    assert [t for t in GROWING if found[t] < manifest()[t]] == []


def test_keys_of_the_backup_open_what_was_sealed(restored: tuple[Stack, str]) -> None:
    stack, _said = restored
    command = [ROOT / "run", "manage", "--data", stack.data, "shell", "--no-imports", "-c", WHOLE]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.stdout.split() == ["240", "240", "2", "True"], done.stderr


def test_figures_are_counted_again_and_are_those_of_before(restored: tuple[Stack, str]) -> None:
    stack, _said = restored
    deadline, found = time.monotonic() + PATIENCE, {}
    while found != FIGURES and time.monotonic() < deadline:
        time.sleep(1)
        found = {code: n for code, n in stack.figures("141100", "2026").items() if code in FIGURES}
    assert found == FIGURES
