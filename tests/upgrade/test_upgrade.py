"""A database that version 0.1.0 made, raised by the present migrations: nothing lost, walls up, everything goes on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from gongjiang.insight.periods import parse
from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.access.walls import models_with_walls
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.exchange import actions as imports
from gongjiang.kernel.exchange.models import BatchState, ImportBatch
from gongjiang.kernel.lifecycle import clocks, door
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.models import Case, Clock, FlowEdge, Turn
from gongjiang.kernel.lifecycle.states import Phase
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people import keeping
from gongjiang.kernel.people.models import Identifier, Person
from gongjiang.kernel.publicity import ending
from tests.cast import EVERYBODY
from tests.counted import cells

HERE = Path(__file__).parent
FRAMEWORK = ("auth", "contenttypes", "sessions", "procrastinate")
RELEASED = (
    "access", "accounts", "audit", "calendar", "codes", "demo", "example", "exchange", "files", "innovations",
    "insight", "lifecycle", "orgs", "outbox", "people", "review", "web",
)  # fmt: skip

#: Tables in which an upgrade adds rows; none goes.
GROWING = ("lifecycle_flowedge",)

#: 长治's figures of 2026 as version 0.1.0 counted them, people of 2026 at the day of the dump.
FIGURES = {
    "registry.enterprises": 3,
    "registry.workers": 10,
    "innovations.results": 8,
    "innovations.participations": 8,
    "innovations.participants": 1,
    "innovations.adopted": 1,
    "innovations.awarded": 1,
}

Rows = dict[str, tuple[list[str], set[tuple[Any, ...]]]]


@dataclass(frozen=True)
class Raised:
    """What the old database held, by table, while the connection is at the same database raised."""

    before: Rows


@pytest.fixture(scope="module")
def raised(django_db_setup: None, django_db_blocker: Any) -> Iterator[Raised]:
    """The default connection, at a database of its own until this file has run."""
    usual = connection.settings_dict["NAME"]
    own = f"{usual}_upgrade"
    with django_db_blocker.unblock():
        connection.close()
        _elsewhere(f'DROP DATABASE IF EXISTS "{own}"', f'CREATE DATABASE "{own}"')
        connection.settings_dict["NAME"] = own
        try:
            _as_released()
            before = contents()
            call_command("migrate", verbosity=0)
            yield Raised(before)
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual
            _elsewhere(f'DROP DATABASE IF EXISTS "{own}"')


@pytest.fixture
def unchanged(raised: Raised) -> Iterator[Raised]:
    """The raised database; what the test does there is taken back."""
    with transaction.atomic():
        yield raised
        transaction.set_rollback(True)


def _elsewhere(*statements: str) -> None:
    with connection._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _as_released() -> None:
    """Tables by the first migrations, the functions and the rows of 0.1.0."""
    executor = MigrationExecutor(connection)
    leaves = [node for node in executor.loader.graph.leaf_nodes() if node[0] in FRAMEWORK]
    executor.migrate([*leaves, *((app, "0001_initial") for app in RELEASED)])
    rows = (HERE / "from_0_1_0" / "rows.sql").read_text(encoding="utf-8")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")  # they call one another
        cursor.execute((HERE / "from_0_1_0" / "functions.sql").read_text(encoding="utf-8"))
        names = [name for name in tables(cursor) if name.split("_")[0] not in ("django", *FRAMEWORK)]
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
        cursor.execute(rows)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


def tables(cursor: Any) -> list[str]:
    """Every table of the application's schema."""
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def contents(columns: Rows | None = None) -> Rows:
    """The rows of every table that has any, as text; of the same tables and columns where they are given."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for name in columns or tables(cursor):
            if name.startswith(("django_", "auth_", "outbox_", "procrastinate_")):
                continue
            if columns:
                wanted = columns[name][0]
            else:
                cursor.execute(f'SELECT * FROM "{name}" LIMIT 0')
                wanted = [column.name for column in cursor.description]
            listed = ", ".join(f'"{column}"::text' for column in wanted)
            cursor.execute(f'SELECT {listed} FROM "{name}"')
            if rows := set(cursor.fetchall()):
                found[name] = (wanted, rows)
    return found


def member(name: str) -> Actor:
    """Somebody of the cast that version 0.1.0 wrote."""
    return load(User.objects.get(username=name).pk)


def test_every_row_is_what_it_was(raised: Raised) -> None:
    after = contents(raised.before)
    assert len(raised.before) == 24
    lost = {name: rows - after[name][1] for name, (_columns, rows) in raised.before.items()}
    added = {name for name, (_columns, rows) in raised.before.items() if after[name][1] - rows}
    assert {name: rows for name, rows in lost.items() if rows} == {}
    assert added <= set(GROWING)


def test_walls_stand_on_every_table_old_and_new(raised: Raised) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_policies WHERE policyname IN ('wall', 'worker', 'counting')"
            " GROUP BY 1 HAVING count(*) = 3"
        )
        walled = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        secured = {name for (name,) in cursor.fetchall()}
    assert {m._meta.db_table for m in models_with_walls()} - (walled & secured) == set()


def test_those_who_saw_a_case_see_it_and_nobody_else(unchanged: Raised) -> None:
    every = Case.objects.count()
    seen = {}
    for who in EVERYBODY:
        with scope(member(who)):
            seen[who] = Case.objects.count()
    assert (seen["sibling_officer"], seen["stranger"], seen["neighbour_officer"]) == (0, 0, 0)
    assert (seen["county_officer"], seen["superior"]) == (every, every)
    with scope(member("applicant")):
        assert Identifier.objects.count() == 2


def test_every_live_turn_with_a_time_limit_has_its_clock(raised: Raised) -> None:
    live = Turn.objects.filter(until=None, due_at__isnull=False).order_by("pk")
    expected = [(t.pk, t.case_id, t.since, t.due_at) for t in live]
    assert len(expected) == 12
    found = Clock.objects.order_by("turn").values_list("turn", "case", "started_at", "due_at")
    assert [tuple(row) for row in found] == expected


def test_moves_of_before_are_still_legal(raised: Raised) -> None:
    columns, rows = raised.before["lifecycle_flowedge"]
    places = [columns.index(name) for name in ("flow", "source", "target", "phase")]
    old = {tuple(row[i] for i in places) for row in rows}
    assert len(old) == 17
    assert old - set(FlowEdge.objects.values_list("flow", "source", "target", "phase")) == set()


def test_no_live_case_is_at_a_dead_end(unchanged: Raised) -> None:
    stuck = []
    for case in Case.objects.exclude(phase=Phase.CLOSED):
        moves = set()
        for who in EVERYBODY:
            with scope(member(who)):
                moves |= {
                    move.name for move, against in door.possible(case, actor=member(who)) if not against
                }
        if not moves:
            stuck.append((case.flow, case.state, case.pk))
    assert stuck == []


def test_cases_of_before_go_on_through_the_present_flow(unchanged: Raised) -> None:
    steps = {
        "draft": ("applicant", "submit", "submitted"),
        "submitted": ("unit_officer", "accept", "trial"),
        "trial": ("unit_officer", "adopt_unclaimed", "awarded"),
        "returned": ("applicant", "withdraw", "closed"),
    }
    moved = {}
    for case in Case.objects.filter(flow="innovations.result").exclude(phase=Phase.CLOSED).order_by("pk"):
        who, name, _target = steps[case.state]
        with scope(member(who)):
            moved[case.state] = door.transition(case, name, actor=member(who)).state
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert moved == {state: target for state, (_who, _name, target) in steps.items()}


def test_closed_results_keep_their_outcome_and_can_be_revoked_only_by_their_flow(unchanged: Raised) -> None:
    closed = Case.objects.filter(flow="innovations.result", phase=Phase.CLOSED)
    outcomes = sorted(closed.values_list("outcome", flat=True))
    assert outcomes == ["completed", "refused", "refused", "withdrawn", "withdrawn"]
    assert {move.name for move in flows()["innovations.result"].leaving("closed")} == {"revoke"}


def test_figures_are_those_of_before(raised: Raised) -> None:
    city = Unit.objects.get(code="140400")
    period = parse("2026")
    wanted = ("as_is", city.pk, period.kind, period.start)
    found = {code: sum(row[4] for row in rows if row[:4] == wanted) for code, rows in cells(*FIGURES).items()}
    assert found == FIGURES


def test_import_of_before_cannot_be_undone_and_says_why(unchanged: Raised) -> None:
    batch = ImportBatch.objects.get(state=BatchState.APPLIED)
    with scope(member("unit_officer")), pytest.raises(ValidationError):
        imports.undo(batch, actor=member("unit_officer"))
    batch.refresh_from_db()
    assert (batch.state, Person.objects.count()) == (BatchState.APPLIED, 10)


def test_what_the_worker_does_goes_through_what_it_finds(unchanged: Raised) -> None:
    clocks.keep_up()
    keeping.bring_up_to_date()
    ending.end()
    ending.hold()
    assert Clock.objects.count() == 12


def test_upgrading_again_changes_nothing(raised: Raised) -> None:
    call_command("migrate", verbosity=0)
    call_command("migrate", "--check", verbosity=0)
    after = contents(raised.before)
    assert {name: len(rows) for name, (_c, rows) in after.items() if name not in GROWING} == {
        name: len(rows) for name, (_c, rows) in raised.before.items() if name not in GROWING
    }
