"""Clocks run, stand still, are extended, met and missed; and follow a calendar that changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.calendar import notices
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Rule, deadline
from gongjiang.kernel.calendar.models import CalendarYear, Closure
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle import clocks
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.lifecycle.models import Clock, DeadlineRule, Moved, Pause, Why
from gongjiang.kernel.lifecycle.queries import overdue
from gongjiang.kernel.lifecycle.turns import live

from .conftest import acted, opened

CHINA = ZoneInfo("Asia/Shanghai")


def at(day: str, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime.fromisoformat(day).replace(hour=hour, minute=minute, tzinfo=CHINA)


def rule(cast, days: int = 5, **more) -> DeadlineRule:
    said = {
        "flow": "tested.thing", "state": "submitted", "amount": days, "counted_in": "working_day", "unit": cast.city,
        "ends_at": "18:00", "document": "（测试）", "since": dt.date(2020, 1, 1),
    }  # fmt: skip
    return DeadlineRule.objects.create(**{**said, **more})


@pytest.fixture
def ticking(flow, cast):
    """A case whose turn began on 27 September 2024 with five working days, by the real calendar."""
    notices.load()
    by = rule(cast, extension_limit=5, extension_role="officer")
    case = opened(cast)
    clocks.stop(Clock.objects.filter(case=case), timezone.now())
    begun = at("2024-09-27")
    due = deadline(by.rule(), begun, calendars().at(cast.works.region))
    return Clock.objects.create(
        case=case, rule=by, event="submitted", region=cast.works.region, started_at=begun,
        due_at=due.at, first_due_at=due.at,
    )  # fmt: skip


GOLDEN = [
    ("2024-09-27", 7, CountedIn.CALENDAR_DAY, "2024-10-04"),
    ("2024-09-27", 5, CountedIn.WORKING_DAY, "2024-10-10"),
    ("2024-09-27", 14, CountedIn.WORKING_DAY, "2024-10-22"),
    ("2024-09-27", 15, CountedIn.WORKING_DAY, "2024-10-23"),
    ("2024-09-30", 5, CountedIn.WORKING_DAY, "2024-10-12"),
    ("2024-09-30", 14, CountedIn.WORKING_DAY, "2024-10-24"),
    ("2024-09-13", 5, CountedIn.WORKING_DAY, "2024-09-23"),
    ("2024-09-13", 14, CountedIn.WORKING_DAY, "2024-10-10"),
]


@pytest.mark.parametrize(("start", "days", "counted_in", "expected"), GOLDEN)
def test_golden_vectors_of_the_published_calendar(db, start, days, counted_in, expected) -> None:
    notices.load()
    due = deadline(Rule(days, counted_in, EndsAt.MIDNIGHT), at(start), calendars().national)
    assert str(timezone.localdate(due.at)) == expected


def test_turn_begins_a_clock_that_is_pinned_to_its_rule_and_ends_with_it(flow, cast) -> None:
    notices.load()
    by = rule(cast, 3)
    case = opened(cast)
    clock = Clock.objects.get(case=case)
    turn = live(case)
    assert (clock.rule, clock.turn, clock.event, clock.due_at) == (by, turn, "submitted", turn.due_at)
    assert clock.first_due_at == clock.due_at
    acted(cast, case, "accept", "unit_officer")
    clock.refresh_from_db()
    assert clock.stopped_at is not None
    assert clock.breached_at is None


def test_breach_is_written_once_and_stays_when_it_is_met_later(ticking) -> None:
    clock = ticking
    assert clocks.breach(at("2024-10-10", 17)) == 0
    assert clocks.breach(at("2024-10-10", 19)) == 1
    assert clocks.breach(at("2024-10-11", 19)) == 0
    clocks.stop(Clock.objects.filter(pk=clock.pk), at("2024-10-14"))
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at == at("2024-10-10", 18)


def test_clock_met_late_is_breached_even_if_nobody_looked_meanwhile(ticking) -> None:
    clock = ticking
    clocks.stop(Clock.objects.filter(pk=clock.pk), at("2024-10-14"))
    clock.refresh_from_db()
    assert clock.breached_at == clock.due_at


def test_overlapping_pauses_count_once(ticking) -> None:
    clock = ticking
    key = [clock.case_id]
    assert clocks.pause(key, reason="异议", sender="a", at=at("2024-10-08")) == 1
    assert clocks.pause(key, reason="补材料", sender="b", at=at("2024-10-09")) == 1
    clock.case.refresh_from_db()
    assert clock.case.due_at is None
    assert clocks.resume(key, sender="a", at=at("2024-10-10")) == 0
    assert clocks.resume(key, sender="b", at=at("2024-10-11")) == 1
    clock.refresh_from_db()
    clock.case.refresh_from_db()
    # 8, 9 and 10 October stood still: the days that count are 29, 30 September, 11, 12 and 14 October
    assert clock.due_at == clock.case.due_at == at("2024-10-14", 18)
    assert clock.first_due_at == at("2024-10-10", 18)
    assert [(m.why, m.before) for m in Moved.objects.filter(clock=clock)] == [
        (Why.PAUSE, at("2024-10-10", 18))
    ]


def test_pause_asked_for_twice_by_the_same_is_one(ticking) -> None:
    clock = ticking
    for _ in range(2):
        clocks.pause([clock.case_id], reason="异议", sender="a", at=at("2024-10-08"))
    assert Pause.objects.filter(clock=clock).count() == 1


def test_objection_on_the_last_minute_stops_the_clock_in_time(ticking) -> None:
    clock = ticking
    clocks.pause([clock.case_id], reason="异议", sender="objection:1", at=at("2024-10-10", 17, 59))
    assert clocks.breach(at("2024-10-12")) == 0
    clocks.resume([clock.case_id], sender="objection:1", at=at("2024-10-12"))
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (at("2024-10-12", 18), None)


def test_objection_a_minute_too_late_does_not_undo_the_breach(ticking) -> None:
    clock = ticking
    clocks.pause([clock.case_id], reason="异议", sender="objection:1", at=at("2024-10-10", 18, 1))
    assert clocks.breach(at("2024-10-10", 18, 5)) == 1


def test_extension_keeps_the_first_deadline_and_stays_within_its_limit(flow, cast) -> None:
    notices.load()
    rule(cast, 5, extension_limit=5, extension_role="officer")
    clock = Clock.objects.get(case=opened(cast))
    first = clock.due_at
    superior = cast["superior"].actor
    with scope(superior):
        clock = clocks.extend(clock, 3, reason="鉴定未出", actor=superior)
        assert clock.due_at > first == clock.first_due_at
        with pytest.raises(Refused):
            clocks.extend(clock, 3, reason="再延", actor=superior)
        with pytest.raises(Refused):
            clocks.extend(clock, 1, reason=" ", actor=superior)
        clocks.extend(clock, 2, reason="再延", actor=superior)


def test_extension_by_whoever_may_not_is_forbidden(flow, cast) -> None:
    notices.load()
    rule(cast, 5, extension_limit=5, extension_role="officer")
    clock = Clock.objects.get(case=opened(cast))
    for who in ("unit_officer", "sibling_officer"):
        with pytest.raises(Forbidden):
            clocks.extend(clock, 1, reason="延", actor=cast[who].actor)


def test_database_refuses_an_extension_beyond_the_limit(ticking, cast) -> None:
    clock = ticking
    with pytest.raises(IntegrityError, match="beyond its limit"), transaction.atomic():
        clock.extensions.create(days=6, reason="x", user=cast["superior"].user, at=timezone.now())


def test_calendar_that_changes_moves_open_clocks_and_keeps_the_old_moment(ticking, cast) -> None:
    clock = ticking
    Closure.objects.create(region="140423", day=dt.date(2024, 10, 9), name="暴雪", document="（测试）")
    done = clocks.recalculate([2024], note="140423")
    clock.refresh_from_db()
    assert (done.read, done.moved) == (1, 1)
    assert (clock.due_at, clock.first_due_at) == (at("2024-10-11", 18), at("2024-10-10", 18))
    moved = Moved.objects.get(clock=clock)
    assert (moved.before, moved.after, moved.why) == (
        at("2024-10-10", 18),
        at("2024-10-11", 18),
        Why.CALENDAR,
    )
    assert clocks.recalculate([2024]).moved == 0


def test_closure_entered_a_day_late_takes_back_the_breach_that_was_none(ticking) -> None:
    clock = ticking
    clocks.breach(at("2024-10-10", 19))
    Closure.objects.create(region="140423", day=dt.date(2024, 10, 10), name="停电", document="（测试）")
    clocks.recalculate()
    clock.refresh_from_db()
    assert (clock.due_at, clock.breached_at) == (at("2024-10-11", 18), None)


def test_beyond_the_known_calendar_a_deadline_is_provisional_until_the_notice_is_loaded(flow, cast) -> None:
    notices.load()
    year = timezone.localdate().year
    CalendarYear.objects.filter(year__gte=year).delete()
    rule(cast, 5)
    clock = Clock.objects.get(case=opened(cast))
    assert clock.provisional is True
    notices.load()
    clocks.keep_up()
    clock.refresh_from_db()
    known = CalendarYear.objects.filter(year=timezone.localdate(clock.due_at).year).exists()
    assert clock.provisional is not known


def test_worker_reckons_anew_only_when_the_calendar_has_changed(ticking) -> None:
    assert clocks.keep_up() is not None
    assert clocks.keep_up() is None
    Closure.objects.create(region="140423", day=dt.date(2024, 10, 9), name="暴雪", document="（测试）")
    assert clocks.keep_up().moved == 1


def test_two_clocks_run_beside_each_other_and_the_nearest_shows(flow, cast) -> None:
    notices.load()
    rule(cast, 10)
    case = opened(cast)
    soon = timezone.now() + dt.timedelta(hours=1)
    clocks.begin([case], "consult", timezone.now(), fixed={case.pk: soon})
    case.refresh_from_db()
    assert case.due_at == soon
    clocks.stop(Clock.objects.filter(case=case, event="consult"), timezone.now())
    case.refresh_from_db()
    assert case.due_at == live(case).due_at


def test_closing_a_case_stops_all_its_clocks(flow, cast) -> None:
    notices.load()
    rule(cast, 10)
    case = opened(cast)
    clocks.begin([case], "consult", timezone.now(), fixed={case.pk: timezone.now() + dt.timedelta(days=1)})
    acted(cast, case, "withdraw", "applicant")
    assert Clock.objects.filter(case=case, stopped_at=None).count() == 0


def test_overdue_shows_what_lies_in_the_tree_and_nothing_else(ticking, cast) -> None:
    clock = ticking
    clocks.breach(at("2024-10-10", 19))
    seen = {}
    for who in ("superior", "county_officer", "sibling_officer", "leader", "stranger"):
        actor = cast[who].actor
        with scope(actor):
            seen[who] = list(overdue(actor).values_list("pk", flat=True))
    assert seen == {
        "superior": [clock.pk], "county_officer": [clock.pk], "leader": [clock.pk],
        "sibling_officer": [], "stranger": [],
    }  # fmt: skip


def test_clock_keeps_its_start_and_its_breach_whatever_is_written(ticking) -> None:
    clock = ticking
    clocks.breach(at("2024-10-10", 19))
    for said in ("first_due_at = now()", "breached_at = NULL", "started_at = now()"):
        with (
            pytest.raises(IntegrityError, match="keeps its start"),
            transaction.atomic(),
            connection.cursor() as c,
        ):
            c.execute(f"UPDATE lifecycle_clock SET {said} WHERE id = %s", [clock.pk])


def test_calendar_days_that_roll_forward_say_so(db) -> None:
    notices.load()
    by = Rule(7, CountedIn.CALENDAR_DAY, EndsAt.OFFICE, rolls_forward=True)
    due = deadline(by, at("2024-09-27"), calendars().national)
    assert (timezone.localdate(due.at), due.rolled_from) == (dt.date(2024, 10, 8), dt.date(2024, 10, 4))
