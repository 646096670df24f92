"""Pieces of a roster that are dealt with at once, on connections of their own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import translation

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.exchange import actions, work
from gongjiang.kernel.exchange.models import STORE, BatchState, ImportBatch, LineStatus
from gongjiang.kernel.people.models import Employment, Person
from gongjiang.programmes.registry.models import Written
from gongjiang.programmes.registry.roster import ROSTER
from tests import cast as world

from . import rosters

ROWS = 43
WRONG = (7, 30)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(work, "PIECE", 4)
    with translation.override("en"):
        yield


def roster() -> bytes:
    bad = {"身份证号": "009901199001010010"}
    return rosters.workbook([rosters.line(n, **(bad if n in WRONG else {})) for n in range(ROWS)])


def confirmed(actor: Actor, cast: world.Cast) -> ImportBatch:
    with scope(actor):
        batch = actions.upload(ROSTER, cast.works, roster(), "花名册.xlsx", actor=actor)
        actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    with scope(actor):
        return actions.confirm(batch, actor=actor)


def outcome(batch: ImportBatch) -> tuple[Any, ...]:
    batch.refresh_from_db()
    lines = batch.lines.order_by("row").values_list("row", "status", "subject")
    jobs = dict(Employment.objects.values_list("pk", "person__name"))
    return (
        batch.state,
        (batch.new, batch.changed, batch.same, batch.error, batch.done),
        [(row, jobs.get(subject)) for row, status, subject in lines if status == LineStatus.NEW],
        Written.objects.filter(batch=batch).count(),
    )


def whole(batch: ImportBatch) -> tuple[Any, ...]:
    rows = [(n + 2, rosters.line(n)[0]) for n in range(ROWS) if n not in WRONG]
    return BatchState.APPLIED, (len(rows), 0, 0, len(WRONG), ROWS), rows, len(rows)


def test_every_row_of_every_piece_is_taken_in_once_and_in_its_place(lasting_cast: world.Cast) -> None:
    actor, before = lasting_cast["unit_officer"].actor, Person.objects.count()
    batch = confirmed(actor, lasting_cast)
    work.advance(batch.pk)
    assert outcome(batch) == whole(batch)
    assert Person.objects.count() == before + ROWS - len(WRONG)
    again = confirmed_again(actor, lasting_cast)
    assert (again.new, again.changed, again.same, again.error) == (0, 0, ROWS - len(WRONG), len(WRONG))


def confirmed_again(actor: Actor, cast: world.Cast) -> ImportBatch:
    with scope(actor):
        batch = actions.upload(ROSTER, cast.works, roster(), "花名册.xlsx", actor=actor)
        actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    return batch


def test_pieces_after_one_that_failed_are_not_kept_and_the_import_goes_on_from_there(
    lasting_cast: world.Cast,
) -> None:
    actor = lasting_cast["unit_officer"].actor
    batch, calls = confirmed(actor, lasting_cast), 0

    def lost(verdicts: Any, *rest: Any) -> Any:
        nonlocal calls
        calls += 1
        if any(v.plan.name == rosters.line(9)[0] for v in verdicts):  # a row of the third piece
            raise OperationalError("the connection is gone")
        return ROSTER.apply(verdicts, *rest)

    kind = replace(ROSTER, apply=lost)
    table = kind.table_in(STORE.fetch(batch.file), batch.file_name)
    job = work.Job(batch.pk, batch.state, batch.language, kind, actor)
    with work.Ahead(table, kind, batch) as pieces, pytest.raises(OperationalError):
        work._side_by_side(job, pieces)
    assert calls >= 3
    state, counted, taken_in, written = outcome(batch)
    assert (state, counted[4], written) == (BatchState.CONFIRMED, 8, 7)
    assert [name for _row, name in taken_in if name] == [rosters.line(n)[0] for n in range(7)]
    work.advance(batch.pk)
    assert outcome(batch) == whole(batch)


def test_of_two_jobs_at_the_same_batch_neither_writes_a_row_twice(lasting_cast: world.Cast) -> None:
    actor, before = lasting_cast["unit_officer"].actor, Person.objects.count()
    batch = confirmed(actor, lasting_cast)

    def job(_n: int) -> None:
        try:
            work.advance(batch.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as jobs:
        list(jobs.map(job, range(3)))
    work.advance(batch.pk)  # as the one that wakes quiet batches would
    assert outcome(batch) == whole(batch)
    assert Person.objects.count() == before + ROWS - len(WRONG)
