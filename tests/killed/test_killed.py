"""kill -9 in the middle: of an import, of a merger of unions, of a merge of persons. Nothing half done, and it goes on.

A process is caught in the middle by a lock that the test holds on a table which the step has to write; the database
says when it waits there. The stack is the one that `./run demo` starts.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.settings import ROOT
from launcher import database
from launcher.data import DataDirectory
from tests.journeys.stack import Stack, started

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("killed")]

PATIENCE = 240  # seconds; what is waited for takes a minute and a half at most on a quiet machine

BEGIN = """
from datetime import date
from django.db import connection
from django.utils import timezone, translation
from gongjiang.kernel.access.actor import load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.orgs.models import Level, Unit
translation.activate("zh-hans")
def acting(name, role="", unit=""):
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_named(%s)", [name])
        (key,) = cursor.fetchone()
    if key is None:
        user = User.objects.create(username=name, display_name=name)
        Grant.objects.create(user=user, role=role, unit=Unit.objects.get(code=unit), since=date(2020, 1, 1))
        key = user.pk
    return load(key)
"""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The county demo, running."""
    with tempfile.TemporaryDirectory(prefix="gongjiang-killed-") as place:
        Path(place).chmod(0o711)
        with started(Path(place) / "data", "county") as running:
            yield running


def process(stack: Stack, code: str, role: str = "owner") -> subprocess.Popen[str]:
    """A process of the application with this role of the database, started on a piece of code."""
    data = DataDirectory(stack.data)
    env = database.environment(data, database.running_url(data), role)
    return subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", BEGIN + code],
        cwd=ROOT, env={**env, "GONGJIANG_DEMO": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def said(stack: Stack, code: str, role: str = "owner") -> str:
    """The last line that such a process printed, once it has ended well."""
    running = process(stack, code, role)
    told, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode == 0, told
    return told.strip().rpartition("\n")[2]


def until(condition: Callable[[], object]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def one(stack: Stack, query: str, *values: object) -> object:
    """The first value that the owner reads."""
    with stack.sql() as connection:
        row = connection.execute(query, values).fetchone()
    assert row is not None
    return row[0]


@contextmanager
def held_up(stack: Stack, table: str) -> Iterator[Callable[[], bool]]:
    """Nobody writes this table meanwhile; yields whether somebody waits to."""
    with stack.sql() as connection, connection.transaction():
        connection.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield lambda: bool(
            one(stack, "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted", table)
        )


def kill_worker(stack: Stack) -> None:
    """Kill the worker and wait for the next; what the dead one had asked of the database is over."""
    worker = stack.worker()
    worker.kill()

    def another() -> bool:
        try:
            return stack.worker().pid != worker.pid
        except (LookupError, OSError):
            return False

    until(another)


def test_import_killed_while_it_writes_is_taken_in_once(stack: Stack) -> None:
    batch = said(
        stack,
        """
from gongjiang.kernel.exchange import actions
from gongjiang.programmes.registry.roster import ROSTER
from gongjiang.programmes.registry.tests import rosters
actor = acting("zhongyang-enterprise")
unit = Unit.objects.get(pk=actor.grants[0].unit)
with scope(actor):
    rows = rosters.workbook([rosters.line(800000 + n) for n in range(40)])
    batch = actions.upload(ROSTER, unit, rows, "花名册.xlsx", actor=actor)
    actions.set_columns(batch, dict(batch.mapping.columns), actor=actor)
print(batch.pk)
""",
    )
    state = "SELECT state FROM exchange_importbatch WHERE id = %s"
    people = "SELECT count(*) FROM people_employment"
    until(lambda: one(stack, state, batch) == "checked")
    before, new = one(stack, people), one(stack, "SELECT new FROM exchange_importbatch WHERE id = %s", batch)
    assert new == 40
    with held_up(stack, "people_employment") as waits:
        said(
            stack,
            f"""
from gongjiang.kernel.exchange import actions
from gongjiang.kernel.exchange.models import ImportBatch
actor = acting("zhongyang-enterprise")
with scope(actor):
    actions.confirm(ImportBatch.objects.get(pk={batch}), actor=actor)
""",
        )
        until(waits)
        kill_worker(stack)
        assert (one(stack, state, batch), one(stack, people)) == ("confirmed", before)
    until(lambda: one(stack, state, batch) == "applied")
    assert one(stack, people) == before + 40
    assert one(stack, "SELECT count(*) FROM exchange_importline WHERE batch_id = %s", batch) == 40
    numbers = "SELECT count(*) - count(DISTINCT digest) FROM people_identifier WHERE kind = 'identity'"
    assert one(stack, numbers) == 0


def test_merger_of_unions_killed_half_way_is_carried_out_by_the_next_round(stack: Stack) -> None:
    change = said(
        stack,
        """
from gongjiang.kernel.orgs import actions
top = Unit.objects.get(code="141100")
gone, kept = Unit.objects.filter(level=Level.ENTERPRISE, path__startswith=top.path).order_by("-pk")[:2]
actor = acting("a-steward", "data_steward", "141100")
with scope(actor):
    today = timezone.localdate()
    change = actions.propose("merge", gone, on=today, document="演示〔2026〕1号", target=kept, actor=actor)
print(change.pk)
""",
    )
    state = "SELECT state FROM orgs_reorganisation WHERE id = %s"
    closed = """
        SELECT closed_on IS NOT NULL FROM orgs_unit
        WHERE id = (SELECT unit_id FROM orgs_reorganisation WHERE id = %s)
    """
    with held_up(stack, "orgs_unit") as waits:
        said(
            stack,
            f"""
from gongjiang.kernel.orgs import actions
from gongjiang.kernel.orgs.models import Reorganisation
actor = acting("an-approver", "approver", "141100")
with scope(actor):
    actions.approve(Reorganisation.objects.get(pk={change}), actor=actor)
""",
        )
        until(waits)
        kill_worker(stack)
        assert (one(stack, state, change), one(stack, closed, change)) == ("approved", False)
    until(lambda: one(stack, state, change) == "applied")
    assert one(stack, closed, change) is True


MERGE = """
from gongjiang.kernel.people.merging import actions
from gongjiang.kernel.people.models import MergeRecord
actor = acting("a-second-steward", "data_steward", "141100")
with scope(actor):
    print(actions.confirm(MergeRecord.objects.get(pk=%s), actor=actor))
"""


def test_merge_of_persons_killed_half_way_is_not_there_and_can_be_made_again(stack: Stack) -> None:
    record = said(
        stack,
        """
from gongjiang.kernel.people.merging import actions
from gongjiang.kernel.people.models import Employment, MatchPair, MatchRule
top = Unit.objects.get(code="141100")
MatchRule.objects.create(review_from=60, weigh_identity=100, weigh_name=30, weigh_birth=30, weigh_phone=30,
    weigh_employer=10, since=date(2020, 1, 1), document="演示", always_two=True, auto_merge=False)
jobs = Employment.objects.filter(path__startswith=top.path, until=None).order_by("pk")
a, b = sorted(jobs.values_list("person", flat=True)[:2])
pair = MatchPair.objects.create(a_id=a, b_id=b, path=top.path, score=90, found_at=timezone.now())
actor = acting("a-steward", "data_steward", "141100")
with scope(actor):
    print(actions.propose(pair, a, actor=actor).pk)
""",
    )
    state = "SELECT state FROM people_mergerecord WHERE id = %s"
    merged = "SELECT count(*) FROM people_person WHERE merged_into_id IS NOT NULL"
    moves = "SELECT count(*) FROM people_mergemove WHERE record_id = %s"
    before = one(stack, merged)
    said(stack, 'acting("a-second-steward", "data_steward", "141100")')
    with held_up(stack, "people_mergemove") as waits:
        web = process(stack, MERGE % record, "web")
        until(lambda: waits() or web.poll() is not None)
        assert web.poll() is None, web.communicate()[0]
        os.kill(web.pid, 9)
        web.wait()
    busy = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE %s AND pid <> pg_backend_pid()"
    until(lambda: one(stack, busy, "%merge_persons%") == 0)
    assert (one(stack, state, record), one(stack, merged), one(stack, moves, record)) == (
        "proposed",
        before,
        0,
    )
    said(stack, MERGE % record, "web")
    left = (
        "SELECT count(*) FROM people_employment e JOIN people_person p ON p.id = e.person_id"
        " WHERE p.state = 'merged'"
    )
    assert one(stack, left) == 0
    assert (one(stack, state, record), one(stack, merged)) == ("done", before + 1)
