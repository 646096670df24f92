"""Two people at once, each on a connection of their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

from django.db import connection

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import FlowError
from gongjiang.kernel.lifecycle.models import Case

from .conftest import opened


def together(*calls):
    """Run each call in a thread with its own connection; their results, an exception standing for itself."""

    def run(call):
        try:
            return call()
        except FlowError as error:
            return type(error).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_officers_at_once_one_wins_and_the_other_is_told(lasting_flow, lasting_cast):
    case = opened(lasting_cast)
    actor = lasting_cast["unit_officer"].actor
    first_has_it, second_waits = Event(), Event()

    def first():
        with scope(actor):
            door.transition(case, "accept", actor=actor, version=1)
            first_has_it.set()
            second_waits.wait(5)
        return "moved"

    def second():
        first_has_it.wait(5)
        with scope(actor):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '5s'")
            second_waits.set()
            door.transition(case, "refuse", actor=actor, version=1, note="too late")
        return "moved"

    assert together(first, second) == ["moved", "Stale"]
    case.refresh_from_db()
    assert (case.state, case.version, list(case.events.order_by("version").values_list("name", flat=True))) == (
        "accepted", 2, ["file", "accept"],
    )  # fmt: skip


def test_many_at_once_move_each_case_once(lasting_flow, lasting_cast):
    keys = [opened(lasting_cast).pk for _ in range(20)]
    actor = lasting_cast["unit_officer"].actor
    barrier = Barrier(4)

    def accept_all():
        barrier.wait(5)
        with scope(actor):
            return len(door.transition_many("tested.thing", keys, "accept", actor=actor).moved)

    assert sum(together(*[accept_all] * 4)) == 20
    assert set(Case.objects.values_list("state", "version")) == {("accepted", 2)}


def test_numbers_are_gapless_when_taken_at_once(lasting_flow, lasting_cast):
    barrier = Barrier(4)

    def file_some():
        barrier.wait(5)
        return [opened(lasting_cast).number for _ in range(10)]

    numbers = sorted(n for found in together(*[file_some] * 4) for n in found)
    series = numbers[0].rsplit("-", 1)[0]
    assert numbers == [f"{series}-{n:05d}" for n in range(1, 41)]


def test_number_of_a_rolled_back_submission_is_given_again(lasting_flow, lasting_cast):
    class Undo(Exception):
        pass

    actor = lasting_cast["applicant"].actor
    try:
        with scope(actor):
            lost = door.open_case(
                "tested.thing", "file", actor=actor, unit=lasting_cast.works, applicant=actor.person
            )
            raise Undo
    except Undo:
        pass
    assert opened(lasting_cast).number == lost.number
