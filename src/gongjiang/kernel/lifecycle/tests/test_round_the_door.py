"""What goes round the door is refused by the database: as the application's role, in the scope of somebody who may."""

from contextlib import contextmanager

import pytest
from django.db import DatabaseError, connection, transaction

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case

from .conftest import acted, opened


@contextmanager
def refused(sentence: str):
    """The block must be refused by the database with this sentence; what it did is undone."""
    with pytest.raises(DatabaseError, match=sentence), transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def run(sql: str, *params: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


EVENT = (
    "INSERT INTO lifecycle_caseevent (case_id, version, name, source, target, role, note, at)"
    " VALUES (%s, %s, %s, %s, %s, '', '', now())"
)


def test_wrong_edge_is_refused(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("does not lead from submitted to draft"):
        run(
            "UPDATE lifecycle_case SET state = 'draft', phase = 'draft', version = version + 1 WHERE id = %s",
            case.pk,
        )


def test_version_jump_is_refused(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("rises by one"):
        run(
            "UPDATE lifecycle_case SET state = 'accepted', phase = 'handling', version = version + 2 WHERE id = %s",
            case.pk,
        )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted'",
        "phase = 'handling'",
        "state = 'closed', phase = 'closed', outcome = 'refused', closed_at = now()",
    ],
)
def test_state_changed_without_its_version_is_refused(flow, cast, change):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("through its flow only"):
        run(f"UPDATE lifecycle_case SET {change} WHERE id = %s", case.pk)


def test_legal_edge_without_its_event_is_refused(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("without its event"):
        run(
            "UPDATE lifecycle_case SET state = 'accepted', phase = 'handling', version = version + 1 WHERE id = %s",
            case.pk,
        )


def test_legal_edge_with_another_states_event_is_refused(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("no such step"):
        run(
            "UPDATE lifecycle_case SET state = 'accepted', phase = 'handling', version = version + 1 WHERE id = %s",
            case.pk,
        )
        run(EVENT, case.pk, 2, "accept", "submitted", "returned")


def test_version_raised_without_a_move_is_refused(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("does not lead from submitted to submitted"):
        run("UPDATE lifecycle_case SET version = version + 1 WHERE id = %s", case.pk)


def test_phase_that_is_not_the_states_is_refused(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("phase"):
        run(
            "UPDATE lifecycle_case SET state = 'accepted', phase = 'publicity', version = version + 1 WHERE id = %s",
            case.pk,
        )
        run(EVENT, case.pk, 2, "accept", "submitted", "accepted")


def insert(cast, **columns: object) -> None:
    values = {
        "flow": "tested.thing",
        "unit_id": cast.works.pk,
        "path": cast.works.path,
        "applicant_id": cast["applicant"].person.pk,
        "state": "draft",
        "phase": "draft",
        "outcome": "",
        "version": 1,
        "confidential": False,
        **columns,
    }
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    run(f"INSERT INTO lifecycle_case ({names}, opened_at) VALUES ({marks}, now())", *values.values())


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"state": "accepted", "phase": "handling", "number": "TST-1"}, "does not begin in accepted"),
        ({"version": 2}, "does not begin"),
        ({"flow": "tested.nothing"}, "does not begin in draft"),
        ({"state": "submitted", "phase": "intake"}, "case_numbered_unless_draft"),
        ({}, "without its event"),
    ],
    ids=["not-initial", "later-version", "unknown-flow", "no-number", "no-event"],
)
def test_case_that_does_not_begin_as_its_flow_says_is_refused(flow, cast, columns, sentence):
    with scope(cast["applicant"].actor), refused(sentence):
        insert(cast, **columns)


def test_case_outside_ones_scope_cannot_be_inserted(flow, cast):
    with scope(cast["sibling_officer"].actor), refused("row-level security"):
        insert(cast)


def test_path_is_its_units_whatever_is_written(flow, cast):
    """A forged path would put a sibling county's case within reach."""
    with scope(cast["sibling_officer"].actor), refused("row-level security"):
        insert(cast, path=cast.plant.path)
    case = opened(cast)
    with scope(cast["applicant"].actor):
        run("UPDATE lifecycle_case SET path = %s WHERE id = %s", cast.plant.path, case.pk)
    case.refresh_from_db()
    assert case.path == cast.works.path


@pytest.mark.parametrize(
    "change",
    [
        "unit_id = (SELECT id FROM orgs_unit WHERE code = 'E00002')",
        "applicant_id = NULL",
        "number = 'TST-2026-140423-99999'",
        "flow = 'tested.other'",
        "opened_at = opened_at - interval '1 day'",
        "confidential = true, applicant_id = NULL",
        "edition_id = (SELECT id FROM lifecycle_edition LIMIT 1)",
    ],
    ids=["unit", "applicant", "number", "flow", "opened_at", "confidential", "edition"],
)
def test_what_is_frozen_at_submission_stays(flow, cast, change):
    from tests.cast import open_edition

    open_edition("tested", cast.city)
    case = opened(cast)
    with scope(cast["county_officer"].actor), refused("frozen"):
        run(f"UPDATE lifecycle_case SET {change} WHERE id = %s", case.pk)


def test_case_is_never_deleted(flow, cast):
    case = opened(cast)
    with refused("Cannot delete"):
        run("DELETE FROM lifecycle_case WHERE id = %s", case.pk)
    with scope(cast["unit_officer"].actor), refused("Cannot delete|permission denied"):
        run("DELETE FROM lifecycle_case WHERE id = %s", case.pk)


@pytest.mark.parametrize(
    "statement", ["UPDATE lifecycle_caseevent SET note = 'x'", "DELETE FROM lifecycle_caseevent"]
)
def test_event_is_never_changed(flow, cast, statement):
    case = opened(cast)
    for who in (None, "unit_officer"):
        with refused("Cannot (update|delete)|permission denied"):
            if who is None:
                run(f"{statement} WHERE case_id = %s", case.pk)
            else:
                with scope(cast[who].actor):
                    run(f"{statement} WHERE case_id = %s", case.pk)


def test_event_for_a_version_that_is_not_reached_is_refused(flow, cast):
    """Otherwise an event could be laid down today for a move made next year."""
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("no such step"):
        run(EVENT, case.pk, 2, "accept", "submitted", "accepted")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO lifecycle_flowedge (flow, source, target) VALUES ('tested.thing', 'submitted', 'closed')",
        "DELETE FROM lifecycle_flowedge",
        "INSERT INTO access_grant (user_id, role, unit_id, path, since)"
        " SELECT my_user(), 'officer', id, path, now() FROM orgs_unit",
        "DELETE FROM lifecycle_numberseries",
        "UPDATE django_migrations SET name = 'x'",
        "TRUNCATE lifecycle_turn",
        "ALTER TABLE lifecycle_case DISABLE TRIGGER USER",
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
    ],
    ids=lambda s: " ".join(s.split()[:3]),
)
def test_what_holds_the_rules_is_not_the_applications_to_write(flow, cast, statement):
    opened(cast)
    with scope(cast["county_officer"].actor), refused("permission denied|must be owner"):
        run(statement)


def test_replaying_is_not_open_to_the_application(flow, cast):
    case = opened(cast)
    with scope(cast["unit_officer"].actor), refused("through its flow only"):
        run("SELECT set_config('gongjiang.replay', 'on', true)")
        run("UPDATE lifecycle_case SET state = 'accepted', phase = 'handling' WHERE id = %s", case.pk)


def test_missing_event_is_refused_at_commit(lasting_flow, lasting_cast):
    case = opened(lasting_cast)
    with pytest.raises(DatabaseError, match="without its event"), scope(lasting_cast["unit_officer"].actor):
        run(
            "UPDATE lifecycle_case SET state = 'accepted', phase = 'handling', version = 2 WHERE id = %s",
            case.pk,
        )
    case.refresh_from_db()
    assert (case.state, case.version) == ("submitted", 1)


def test_transition_commits_on_a_connection_that_is_the_applications_own(lasting_flow, lasting_cast):
    """The web signs in as that role, so when the deferred check runs at commit no scope is left to see through."""
    case = opened(lasting_cast)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE gj_app")
    try:
        acted(lasting_cast, case, "accept", "unit_officer")
    finally:
        run("RESET ROLE")
    case.refresh_from_db()
    assert (case.state, case.version) == ("accepted", 2)


def test_columns_of_the_case_are_these_fifteen():
    """Everything specific to a programme lives in the programme's own table (DESIGN §3)."""
    assert [f.column for f in Case._meta.concrete_fields] == [
        "id", "number", "flow", "edition_id", "unit_id", "path", "applicant_id", "state", "phase", "outcome",
        "opened_at", "due_at", "closed_at", "version", "confidential",
    ]  # fmt: skip


def test_door_is_the_only_caller_that_gets_through(flow, cast):
    case = opened(cast)
    actor = cast["unit_officer"].actor
    with scope(actor), transaction.atomic():
        door.transition(case, "accept", actor=actor)
        run("SET CONSTRAINTS ALL IMMEDIATE")
    case.refresh_from_db()
    assert case.state == "accepted"
