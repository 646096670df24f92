"""Operations that are rendered once do what they do one by one, and are taken back."""

import pgtrigger
import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

from gongjiang.kernel.migrating import AtOnce

STAYS = pgtrigger.compiler.Trigger(
    name="shelf_stays",
    sql=pgtrigger.compiler.UpsertTriggerSql(
        func="RETURN NULL;",
        hash="",
        operation="DELETE",
        pgid="shelf_stays_1",
        table="at_once_shelf",
        when="BEFORE",
    ),
)


def operations() -> tuple[Operation, list[Operation]]:
    """A table of before, and what a later migration does to it and beside it."""
    before = CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True))])
    later: list[Operation] = [
        CreateModel(
            "Book",
            [
                ("id", models.BigAutoField(primary_key=True)),
                ("title", models.TextField()),
                ("shelf", models.ForeignKey("at_once.shelf", models.PROTECT)),
            ],
            {"constraints": [models.CheckConstraint(condition=~models.Q(title=""), name="book_titled")]},
        ),
        AddField("shelf", "row", models.PositiveIntegerField(default=1)),
        AddField("shelf", "place", models.TextField(default="")),
        AddIndex("shelf", models.Index(fields=["row"], name="shelf_row")),
        AddConstraint("shelf", models.UniqueConstraint(fields=["row", "place"], name="shelf_once")),
        AddTrigger("shelf", STAYS),
    ]
    return before, later


def schema() -> list[tuple[str, ...]]:
    """Columns, constraints, indexes and triggers of the tables of this test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_name LIKE 'at\\_once\\_%'"
            " UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' FROM pg_constraint"
            " WHERE conrelid::regclass::text LIKE 'at\\_once\\_%'"
            " UNION ALL SELECT tablename, indexname, indexdef, '' FROM pg_indexes WHERE tablename LIKE 'at\\_once\\_%'"
            " UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '' FROM pg_trigger"
            " WHERE tgrelid::regclass::text LIKE 'at\\_once\\_%' AND NOT tgisinternal"
        )
        return sorted(cursor.fetchall())


def applied(steps: list[Operation]) -> tuple[list[tuple[str, ...]], list[tuple[ProjectState, ProjectState]]]:
    """The schema after these operations, and the states before and after each."""
    states, state = [], ProjectState()
    assert state.apps is not None  # rendered before, as in a migration
    with connection.schema_editor() as editor:
        for step in steps:
            old = state.clone()
            step.state_forwards("at_once", state)
            step.database_forwards("at_once", editor, old, state)
            states.append((old, state.clone()))
    return schema(), states


def taken_back(steps: list[Operation], states: list[tuple[ProjectState, ProjectState]]) -> None:
    with connection.schema_editor() as editor:
        for step, (old, new) in reversed(list(zip(steps, states, strict=True))):
            step.database_backwards("at_once", editor, new, old)


@pytest.mark.django_db
def test_operations_at_once_make_the_schema_that_they_make_one_by_one() -> None:
    before, later = operations()
    alone, states = applied([before, *later])
    taken_back([before, *later], states)
    assert schema() == []
    together, states = applied([before, AtOnce(later)])
    assert together == alone
    assert {"title", "row", "place", "book_titled", "shelf_row", "shelf_once", "shelf_stays_1"} - {
        name for _table, name, *_ in together
    } == set()
    taken_back([before, AtOnce(later)], states)
    assert schema() == []
