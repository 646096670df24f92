"""Turns and their time limits: none without a rule, the nearest rule's otherwise."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongjiang.kernel.calendar import notices
from gongjiang.kernel.calendar.models import Closure
from gongjiang.kernel.lifecycle.deadlines import due
from gongjiang.kernel.lifecycle.models import DeadlineRule
from gongjiang.kernel.lifecycle.turns import live
from tests.cast import open_edition

from .conftest import acted, opened

CHINA = ZoneInfo("Asia/Shanghai")
START = dt.datetime(2024, 9, 27, 9, tzinfo=CHINA)


def rule(days: int = 5, **more) -> DeadlineRule:
    said = {
        "flow": "tested.thing", "state": "submitted", "amount": days, "counted_in": "working_day",
        "ends_at": "18:00", "document": "（测试）", "since": dt.date(2020, 1, 1),
    }  # fmt: skip
    return DeadlineRule.objects.create(**{**said, **more})


def due_day(case, at: dt.datetime = START) -> dt.date | None:
    found = due("tested.thing", "submitted", [case], at).get(case.pk)
    return found and timezone.localdate(found)


def test_turn_without_a_rule_has_no_limit(flow, cast) -> None:
    case = opened(cast)
    case.refresh_from_db()
    assert (live(case).due_at, case.due_at) == (None, None)


def test_turn_gets_the_limit_of_its_state_and_the_case_mirrors_it(flow, cast) -> None:
    notices.load()
    rule(3, unit=cast.county)
    case = opened(cast)
    expected = due("tested.thing", "submitted", [case], live(case).since)[case.pk]
    case.refresh_from_db()
    assert expected is not None
    assert (live(case).due_at, case.due_at) == (expected, expected)
    case = acted(cast, case, "accept", "unit_officer")
    case.refresh_from_db()
    assert (live(case).due_at, case.due_at) == (None, None)


def test_nearest_unit_decides(flow, cast) -> None:
    notices.load()
    case = opened(cast)
    rule(14, unit=cast.city)
    assert due_day(case) == dt.date(2024, 10, 22)
    rule(5, unit=cast.county)
    assert due_day(case) == dt.date(2024, 10, 10)


def test_edition_decides_before_a_unit(flow, cast) -> None:
    notices.load()
    case = opened(cast)
    case.edition = open_edition("tested", cast.city)
    rule(5, unit=cast.county)
    rule(15, edition=case.edition)
    assert due_day(case) == dt.date(2024, 10, 23)


def test_rule_of_another_state_flow_unit_or_time_binds_nothing(flow, cast) -> None:
    case = opened(cast)
    rule(unit=cast.city, state="accepted")
    rule(unit=cast.city, flow="tested.other")
    rule(unit=cast.city, since=dt.date(2024, 9, 28))
    rule(unit=cast.city, until=dt.date(2024, 9, 27))
    rule(unit=cast.sibling_county)
    assert due_day(case) is None


def test_local_closure_moves_the_day_where_the_case_is_counted(flow, cast) -> None:
    notices.load()
    case = opened(cast)
    rule(5, unit=cast.city)
    Closure.objects.create(
        region=cast.works.region, day=dt.date(2024, 10, 9), name="停工", document="（测试）"
    )
    assert due_day(case) == dt.date(2024, 10, 11)


def test_many_cases_cost_no_more_queries(flow, cast, django_assert_num_queries) -> None:
    notices.load()
    rule(5, unit=cast.city)
    cases = [opened(cast) for _ in range(5)]
    due("tested.thing", "submitted", cases, START)
    with django_assert_num_queries(4):
        found = due("tested.thing", "submitted", cases, START)
    assert set(found) == {case.pk for case in cases}


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"amount": 0}, "deadlinerule_amount"),
        ({"document": ""}, "deadlinerule_cited"),
        ({"counted_in": "hour"}, "deadlinerule_counted_in"),
        ({"ends_at": "17:30"}, "deadlinerule_ends_at"),
        ({"until": dt.date(2020, 1, 1)}, "deadlinerule_dates"),
        ({"unit": None}, "deadlinerule_of_one"),
    ],
)
def test_nonsense_is_refused_by_the_database(cast, wrong, name) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        rule(**{"unit": cast.city, **wrong})


def test_second_open_rule_for_the_same_is_refused(cast) -> None:
    rule(unit=cast.city)
    with pytest.raises(IntegrityError, match="deadlinerule_one_open"), transaction.atomic():
        rule(9, unit=cast.city)
