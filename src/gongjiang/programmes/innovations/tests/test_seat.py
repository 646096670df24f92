"""A seat on a panel with names in sight is access to read: nothing of the case is written by it."""

import pytest
from django.db import ProgrammingError, connection, transaction

from gongjiang.kernel.access import walls
from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.programmes.innovations.models import Entry
from tests.cast import Cast
from tests.conformance.scenes import walk

from . import entering
from .scenes import prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def judged(cast: Cast) -> tuple[Case, Actor]:
    """An entry that an expert from outside has judged with names in sight, and the expert, whose seat still stands."""
    prepare(cast)
    return walk(cast, entering.JUDGED), load(User.objects.get(username="expert").pk)


def written(actor: Actor, query: str, *values: object) -> int | str:
    """How many rows the statement wrote under this actor's walls, or "refused"."""
    with scope(actor):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(query, values)
                return int(cursor.rowcount)
        except ProgrammingError as error:
            assert error.__cause__.sqlstate == "42501"  # the wall or the privilege, no trigger
            return "refused"


def test_expert_reads_the_entry_and_changes_neither_it_nor_its_case(judged: tuple[Case, Actor]) -> None:
    case, expert = judged
    with scope(expert):
        assert Entry.objects.filter(case=case.pk).count() == Case.objects.filter(pk=case.pk).count() == 1
    for query in (
        "UPDATE lifecycle_case SET state = 'closed', version = version + 1 WHERE id = %s",
        "UPDATE lifecycle_case SET due_at = now() WHERE id = %s",
        "UPDATE innovations_entry SET public_title = 'x' WHERE case_id = %s",
        "UPDATE innovations_result SET title = 'x' WHERE case_id = (SELECT result_id FROM innovations_entry"
        " WHERE case_id = %s)",
        "UPDATE lifecycle_turn SET until = now() WHERE case_id = %s",
        "UPDATE lifecycle_participant SET share = 1 WHERE case_id = %s",
        "DELETE FROM lifecycle_participant WHERE case_id = %s",
        "DELETE FROM innovations_entry WHERE case_id = %s",
    ):
        assert written(expert, query, case.pk) == 0, query
    turn = (
        "INSERT INTO lifecycle_turn (case_id, unit_id, role, since) SELECT id, unit_id, 'officer', now()"
        " FROM lifecycle_case WHERE id = %s"
    )
    assert written(expert, turn, case.pk) == "refused"


def test_what_hangs_on_a_case_is_read_only_by_a_seat(judged: tuple[Case, Actor]) -> None:
    _case, expert = judged
    changed = {}
    for model in walls.models_with_walls():
        if walls.is_seen_further(model):
            table, key = model._meta.db_table, model._meta.pk.column
            changed[table] = written(expert, f'UPDATE "{table}" SET "{key}" = "{key}"')
    assert {"lifecycle_case", "innovations_entry", "lifecycle_clock", "files_file"} <= set(changed)
    assert set(changed.values()) == {0, "refused"}


def test_officer_in_whose_tree_it_lies_still_writes(judged: tuple[Case, Actor], cast: Cast) -> None:
    case, _expert = judged
    query = "UPDATE innovations_entry SET public_title = %s WHERE case_id = %s"
    assert written(cast["superior"].actor, query, "托辊快换工装（公示名）", case.pk) == 1
