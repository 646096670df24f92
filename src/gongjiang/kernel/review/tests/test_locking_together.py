"""Two at once, and a process that dies half way: with committed rows and several connections."""

import os
import signal
import threading
import time

import pytest
from django.db import connection, connections

from gongjiang.kernel.lifecycle.edges import flows, synchronise_edges
from gongjiang.kernel.lifecycle.flow import Stale
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.review.models import Panel, Score, Standing
from gongjiang.kernel.review.packs import Pack, registry

from .conftest import JUDGES, SCORED, build, make_edition, set_stage


@pytest.fixture
def lasting_stage(lasting_cast):
    flows()[SCORED.name] = SCORED
    registry()[SCORED.name] = Pack(SCORED.name, (State.SCORING,), build)
    synchronise_edges()
    stage = set_stage(lasting_cast, make_edition(lasting_cast))
    stage.score_all(80, 40)
    yield stage
    del flows()[SCORED.name], registry()[SCORED.name]


def together(*jobs) -> list[object]:
    """Run jobs at once, each on its own connection; what each returned or raised."""
    said: list[object] = [None] * len(jobs)
    ready = threading.Barrier(len(jobs))

    def run(n: int) -> None:
        try:
            ready.wait()
            said[n] = jobs[n]()
        except Exception as error:
            said[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(jobs))]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return said


def test_two_locks_at_once_give_one_standing(lasting_stage):
    stage = lasting_stage
    found = stage.preview().fingerprint
    said = together(
        lambda: stage.lock("superior", fingerprint=found),
        lambda: stage.lock("sibling_officer", fingerprint=found),
    )
    assert sorted(type(each).__name__ for each in said) == ["Panel", "Stale"]
    assert Standing.objects.count() == 3


def test_points_and_the_lock_at_once_are_either_counted_or_refused(lasting_stage):
    stage = lasting_stage
    found = stage.preview().fingerprint
    said = together(
        lambda: stage.lock("superior", fingerprint=found),
        lambda: stage.score("stranger", stage.items[0], 100, 50),
    )
    assert sum(isinstance(each, Stale) for each in said) == 1
    panel = Panel.objects.get()
    changed = Score.objects.filter(points=100).exists()
    assert changed != (panel.state == "locked")


def test_process_killed_in_the_middle_of_a_lock_leaves_an_open_panel(lasting_stage):
    stage = lasting_stage
    found = stage.preview().fingerprint
    connections.close_all()
    child = os.fork()
    if child == 0:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
        stage.lock("superior", fingerprint=found)
        time.sleep(60)  # the standing is written and not committed
        os._exit(0)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not _waits(child):
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert (Panel.objects.get().state, Standing.objects.count()) == ("open", 0)
    stage.lock("superior", fingerprint=found)
    assert Standing.objects.count() == 3


def _waits(child: int) -> bool:
    """Whether the child's transaction has written the standing and stands idle."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0] > 0


def test_two_judges_score_the_same_item_at_once(lasting_stage):
    stage = lasting_stage
    said = together(*(lambda n=name: stage.score(n, stage.items[0], 90, 45) for name in JUDGES))
    assert said == [None, None, None]
    assert Score.objects.filter(item=stage.items[0], points=90).count() == 3
