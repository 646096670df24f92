"""Every kind of spreadsheet: taken in twice it changes nothing the second time, and what is exported imports again."""

from pathlib import Path

import pytest

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.exchange import actions, exports, work
from gongjiang.kernel.exchange.kinds import ImportKind, kinds
from gongjiang.kernel.exchange.models import EXPORTS, ExportFormat, ImportBatch
from gongjiang.kernel.exchange.sheets import write_all
from tests.cast import Cast

from .scenes import Spreadsheet, scenes_of

KINDS = [pytest.param(kind, id=name) for name, kind in kinds().items()]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path: Path) -> None:
    settings.DATA = tmp_path


def spreadsheet(kind: ImportKind) -> Spreadsheet:
    return scenes_of(kind.name.split(".")[0]).imports[kind.name]


def taken_in(cast: Cast, kind: ImportKind, played: Spreadsheet, content: bytes, name: str) -> ImportBatch:
    """The batch after upload, check and, where it has something to write, confirmation."""
    actor = cast[played.by].actor
    with scope(actor):
        batch = actions.upload(kind, played.unit(cast), content, name, actor=actor)
        actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    if batch.to_do:
        with scope(actor):
            actions.confirm(batch, actor=actor)
        work.advance(batch.pk)
        batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("kind", KINDS)
def test_spreadsheet_taken_in_twice_changes_nothing_the_second_time(kind: ImportKind, cast: Cast) -> None:
    played = spreadsheet(kind)
    headers, rows = played.rows(cast)
    content = write_all("xlsx", "表", headers, rows)
    first = taken_in(cast, kind, played, content, "表.xlsx")
    again = taken_in(cast, kind, played, content, "表.xlsx")
    assert (first.error, first.to_do > 0) == (0, True)
    assert (again.error, again.to_do, again.same) == (0, 0, len(rows))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ExportFormat.values)
def test_what_is_exported_imports_again_and_changes_nothing(kind: ImportKind, form: str, cast: Cast) -> None:
    played = spreadsheet(kind)
    headers, rows = played.rows(cast)
    taken_in(cast, kind, played, write_all("xlsx", "表", headers, rows), "表.xlsx")
    actor = cast[played.by].actor
    with scope(actor):
        job = exports.ask(played.export, "", form, actor=actor, purpose="correction", note="核对本单位的表")
    exports.run(job.pk)
    job.refresh_from_db()
    again = taken_in(cast, kind, played, EXPORTS.fetch(job.file), f"表.{form}")
    assert (job.done >= len(rows), again.error, again.to_do, again.same) == (True, 0, 0, job.done)
