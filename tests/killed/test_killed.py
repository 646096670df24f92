"""kill -9 in the middle: of an import, of publishing, of a merger of unions, of a merge of persons. Nothing half done,
and it goes on.

A process is caught in the middle by a lock that the test holds on a table which the step has to write; the database
says when it waits there. The stack is the one that `./run demo` starts.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import requests

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


def web_processes(stack: Stack) -> set[psutil.Process]:
    """The web server and what it has started."""
    found = set()
    for child in psutil.Process(stack.process.pid).children(recursive=True):
        with suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE and "granian" in child.cmdline():
                found |= {child, *child.children(recursive=True)}
    return found


def kill_web(stack: Stack) -> None:
    """Kill the web server with all it has started, and wait until another one answers."""
    before = web_processes(stack)
    assert before
    for each in before:
        with suppress(psutil.NoSuchProcess):
            each.kill()

    def answers() -> bool:
        try:
            return not before & web_processes(stack) and requests.get(f"{stack.url}/healthz", timeout=2).ok
        except requests.RequestException:
            return False

    until(answers)


class Desk:
    """Somebody of the demo at the desk, signed in by one click."""

    def __init__(self, stack: Stack, name: str) -> None:
        self.url = stack.url
        self.session = requests.Session()
        self.session.trust_env = False
        page = self.session.get(f"{self.url}/account/sign-in/", timeout=60)
        sent = {"csrfmiddlewaretoken": _hidden(page.text)["csrfmiddlewaretoken"], "demo": name}
        assert self.session.post(page.url, data=sent, timeout=60).ok

    def filled(self, path: str) -> list[tuple[str, str]]:
        """What the form of a page sends when its button is pressed: hidden fields, and boxes that are ticked."""
        page = self.session.get(self.url + path, timeout=60)
        assert page.status_code == 200, page.text
        form = re.findall(rf'<form[^>]*action="{path}".*?</form>', page.text, re.DOTALL)[-1]
        ticked = re.findall(r'<input type="checkbox" name="(\w+)" value="(\w+)"[^>]* checked', form)
        return [*_hidden(form).items(), *ticked]

    def press(self, path: str, sent: list[tuple[str, str]]) -> int:
        """Send a form; 302 where it was done, 0 where the server died over it."""
        try:
            return self.session.post(
                self.url + path, data=sent, timeout=PATIENCE, allow_redirects=False
            ).status_code
        except requests.ConnectionError:
            return 0


def _hidden(form: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def published_in_spite_of_a_kill(
    stack: Stack, path: str, table: str, state: Callable[[], object], *, by: str, **more: str
) -> list[object]:
    """Press the button of a form, kill the web server over it, and press twice more; the state after each."""
    desk, answers = Desk(stack, by), []
    sent = [*desk.filled(path), *more.items()]
    states = [state()]
    with held_up(stack, table) as waits:
        pressing = threading.Thread(target=lambda: answers.append(desk.press(path, sent)))
        pressing.start()
        until(lambda: waits() or answers)
        assert not answers
        stuck = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'gj_app' AND wait_event_type = 'Lock'"
        assert one(stack, stuck) == 1
        kill_web(stack)
        pressing.join()
        states.append(state())
    until(lambda: one(stack, stuck) == 0)
    states.append(state())
    for _ in range(2):
        answers.append(desk.press(path, sent))
        states.append(state())
    assert answers == [0, 302, 302]
    return states


def test_notice_killed_while_it_is_published_is_not_there_and_one_when_it_is_published_again(
    stack: Stack,
) -> None:
    case, edition = said(
        stack,
        """
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case
actor = acting("zhongyang-officer")
with scope(actor):
    for case in Case.objects.filter(flow="innovations.entry", state="verifying"):
        if any(move.name == "rank" and not against for move, against in door.possible(case, actor=actor)):
            print(case.pk, case.edition_id)
            break
""",
    ).split()

    def state() -> object:
        return (
            one(stack, "SELECT count(*) FROM publicity_publicity WHERE edition_id = %s", edition),
            one(stack, "SELECT count(*) FROM publicity_publicitycase WHERE case_id = %s", case),
            one(stack, "SELECT state FROM lifecycle_case WHERE id = %s", case),
            one(stack, "SELECT version FROM lifecycle_case WHERE id = %s", case),
        )

    notices, listed, _stage, version = state()  # type: ignore[misc]
    unpublished = (notices, listed, "verifying", version)
    once = (notices + 1, listed + 1, "publicised", version + 1)
    found = published_in_spite_of_a_kill(
        stack,
        f"/desk/innovations/calls/{edition}/rank/",
        "publicity_publicitycase",
        state,
        by="zhongyang-officer",
    )
    assert found == [unpublished] * 3 + [once] * 2


def test_edition_killed_while_it_is_published_is_still_approved_and_takes_its_values_once(
    stack: Stack,
) -> None:
    edition = said(
        stack,
        """
from datetime import timedelta
from gongjiang.kernel.lifecycle import editions
unit, now = Unit.objects.get(code="141129"), timezone.now()
windows = {"apply": (now, now + timedelta(days=30)), "review": (now + timedelta(days=30), now + timedelta(days=60))}
officer, approver = acting("zhongyang-officer"), acting("141129-approver")
with scope(officer):
    made = editions.prepare("innovations", unit.pk, actor=officer, windows=windows, name="再征集一次（演示）")
with scope(approver):
    editions.advance(made, "approve", actor=approver)
print(made.pk)
""",
    )

    def state() -> object:
        return (
            one(stack, "SELECT state FROM lifecycle_edition WHERE id = %s", edition),
            one(stack, "SELECT count(*) FROM parameters_editionpin WHERE edition_id = %s", edition) != 0,
            one(stack, "SELECT count(*) FROM lifecycle_editionevent WHERE edition_id = %s", edition),
        )

    found = published_in_spite_of_a_kill(
        stack, f"/desk/editions/{edition}/publish/", "lifecycle_editionevent", state, by="zhongyang-officer"
    )
    assert found == [("approved", False, 2)] * 3 + [("published", True, 3)] * 2


def test_value_killed_while_it_is_published_waits_on_and_is_in_force_once(stack: Stack) -> None:
    proposal = said(
        stack,
        """
from datetime import timedelta
from gongjiang.kernel.parameters import actions
unit, actor = Unit.objects.get(code="141129"), acting("zhongyang-officer")
with scope(actor):
    print(actions.propose("innovations.pitch_minutes", actor=actor, unit=unit, value=9, document="演示〔2026〕9号",
        since=timezone.localdate() + timedelta(days=40), clause="二").pk)
""",
    )

    def state() -> object:
        return (
            one(stack, "SELECT state FROM parameters_proposal WHERE id = %s", proposal),
            one(stack, "SELECT count(*) FROM parameters_provision WHERE proposal_id = %s", proposal),
        )

    found = published_in_spite_of_a_kill(
        stack, f"/desk/parameters/waiting/{proposal}/", "parameters_provision", state, by="luliang-approver"
    )
    assert found == [("waiting", 0)] * 3 + [("published", 1)] * 2


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
jobs = Employment.objects.filter(path__startswith=top.path, until=None).order_by("-pk")
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
    assert int(said(stack, MERGE % record, "web")) > 0
    left = (
        "SELECT count(*) FROM people_employment e JOIN people_person p ON p.id = e.person_id"
        " WHERE p.state = 'merged'"
    )
    assert one(stack, left) == 0
    assert (one(stack, state, record), one(stack, merged)) == ("done", before + 1)
