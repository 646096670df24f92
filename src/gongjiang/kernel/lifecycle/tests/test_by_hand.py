"""A clock that an officer stops and lets run on: by whom its rule names, and nobody else."""

import pytest

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.calendar import notices
from gongjiang.kernel.lifecycle import clocks
from gongjiang.kernel.lifecycle.clocks import by_hand
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.lifecycle.models import Clock, Pause

from .conftest import opened
from .test_clocks import rule


@pytest.fixture
def clock(flow, cast) -> Clock:
    notices.load()
    rule(cast, 5, extension_limit=5, extension_role="officer")
    return Clock.objects.get(case=opened(cast))


def test_clock_stopped_by_hand_has_no_deadline_until_it_runs_on(clock: Clock, cast) -> None:
    superior = cast["superior"].actor
    with scope(superior):
        by_hand.stand(clock, reason="等待鉴定", actor=superior)
        clock.case.refresh_from_db()
        (running,) = by_hand.running(clock.case, superior)
        assert (clock.case.due_at, running.held, running.late, running.left) == (None, True, False, 5)
        by_hand.let_run(clock, actor=superior)
        clock.case.refresh_from_db()
        clock.refresh_from_db()
        (running,) = by_hand.running(clock.case, superior)
        assert (clock.case.due_at, running.held) == (clock.due_at, False)
    pause = Pause.objects.get()
    assert (pause.reason, pause.user_id, pause.until is None) == ("等待鉴定", superior.user, False)


def test_pause_of_an_objection_is_not_the_officers_to_end(clock: Clock, cast) -> None:
    superior = cast["superior"].actor
    clocks.pause([clock.case_id], reason="异议", sender="objection:1")
    with scope(superior):
        by_hand.let_run(clock, actor=superior)
    assert Pause.objects.get().until is None


def test_stopping_twice_is_stopping_once_and_a_reason_is_asked_for(clock: Clock, cast) -> None:
    superior = cast["superior"].actor
    with scope(superior):
        with pytest.raises(Refused):
            by_hand.stand(clock, reason=" ", actor=superior)
        by_hand.stand(clock, reason="等待鉴定", actor=superior)
        by_hand.stand(clock, reason="再停", actor=superior)
    assert list(Pause.objects.values_list("reason", flat=True)) == ["等待鉴定"]


def test_stopping_a_late_clock_is_refused(clock: Clock, cast) -> None:
    superior = cast["superior"].actor
    clocks.breach(clock.due_at.replace(year=clock.due_at.year + 1))
    with scope(superior), pytest.raises(Refused):
        by_hand.stand(clock, reason="等待鉴定", actor=superior)


@pytest.mark.parametrize("who", ["unit_officer", "sibling_officer", "applicant"])
def test_clock_is_stopped_by_nobody_else(who: str, clock: Clock, cast) -> None:
    for act in (
        lambda a: by_hand.stand(clock, reason="停", actor=a),
        lambda a: by_hand.let_run(clock, actor=a),
    ):
        with pytest.raises(Forbidden):
            act(cast[who].actor)


def test_rule_that_names_nobody_lets_nobody_stop_its_clock(flow, cast) -> None:
    notices.load()
    rule(cast, 5)
    clock = Clock.objects.get(case=opened(cast))
    superior = cast["superior"].actor
    with scope(superior), pytest.raises(Forbidden):
        by_hand.stand(clock, reason="停", actor=superior)
