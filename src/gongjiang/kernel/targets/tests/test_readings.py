"""Targets and readings: never edited, confirmed by another, one line for a period, levels apart."""

import datetime as dt

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.targets import actions, queries
from gongjiang.kernel.targets.models import EvidenceLevel, Reading, Target
from tests.cast import Cast

YEAR = {"since": dt.date(2026, 1, 1), "until": dt.date(2027, 1, 1)}


def _target(cast: Cast) -> Target:
    return actions.set_target(uom="fen", unit=cast.works, kind="profit")


def test_reading_is_confirmed_by_another_and_both_stay(cast: Cast):
    clerk, finance = cast["unit_officer"].actor, cast["superior"].actor
    with scope(clerk):
        target = _target(cast)
        told = actions.report(target, actor=clerk, value=120_000, method="节省工时", **YEAR)
        with pytest.raises(Forbidden):
            actions.confirm(told, actor=clerk)
    with scope(finance):
        with pytest.raises(Refused):
            actions.confirm(told, actor=finance, value=100_000)
        signed = actions.confirm(told, actor=finance, value=100_000, note="扣除材料费")
        assert [r.pk for r in queries.standing(unit=cast.works)] == [signed.pk]
        assert (signed.level, signed.value, signed.method, signed.first_id) == (
            "finance_confirmed",
            100_000,
            "节省工时",
            told.pk,
        )
        assert queries.lines_of([target]) == {told.pk: [told, signed]}
        with pytest.raises(Refused):
            actions.confirm(told, actor=finance)


def test_levels_are_never_added_up(cast: Cast):
    clerk, finance = cast["unit_officer"].actor, cast["superior"].actor
    target = _target(cast)
    with scope(clerk):
        told = actions.report(target, actor=clerk, value=500, **YEAR)
        actions.report(target, actor=clerk, value=70, since=dt.date(2025, 1, 1), until=dt.date(2025, 11, 1))
    with scope(finance):
        actions.confirm(told, actor=finance)
        assert queries.totals(queries.standing(unit=cast.works)) == {
            EvidenceLevel.SELF_REPORTED: 70,
            EvidenceLevel.FINANCE_CONFIRMED: 500,
            EvidenceLevel.THIRD_PARTY: 0,
        }


def test_period_is_read_once_and_runs_forward(cast: Cast):
    clerk = cast["unit_officer"].actor
    with scope(clerk):
        target = _target(cast)
        actions.report(target, actor=clerk, value=1, **YEAR)
        with pytest.raises(Refused):
            actions.report(target, actor=clerk, value=2, **YEAR)
        with pytest.raises(Refused):
            actions.report(target, actor=clerk, value=2, since=YEAR["until"], until=YEAR["since"])


def test_what_an_indicator_counts_is_not_typed(cast: Cast):
    target = actions.set_target(uom="item", unit=cast.works, indicator="innovations.results")
    with pytest.raises(Refused):
        actions.report(target, actor=cast["unit_officer"].actor, value=1, **YEAR)


def test_database_keeps_readings_as_they_are(cast: Cast):
    target = _target(cast)
    row = Reading.objects.create(target=target, value=1, at=timezone.now(), **YEAR)
    for write in (
        lambda: Reading.objects.filter(pk=row.pk).update(value=2),
        lambda: Reading.objects.filter(pk=row.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    with pytest.raises(IntegrityError), transaction.atomic():
        user = cast["superior"].user
        Reading.objects.create(
            target=target,
            value=1,
            at=timezone.now(),
            level="third_party",
            reported_by=user,
            confirmed_by=user,
            supersedes=row,
            first=row,
            **YEAR,
        )
    other = actions.set_target(uom="fen", unit=cast.mill, kind="profit")
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.create(target=other, value=1, at=timezone.now(), supersedes=row, first=row, **YEAR)


def test_readings_are_within_the_tree(cast: Cast):
    clerk = cast["unit_officer"].actor
    with scope(clerk):
        actions.report(_target(cast), actor=clerk, value=1, **YEAR)
    seen = {}
    for name in ("unit_officer", "county_officer", "neighbour_officer", "sibling_officer", "stranger"):
        with scope(cast[name].actor):
            seen[name] = Reading.objects.count()
    assert seen == {
        "unit_officer": 1,
        "county_officer": 1,
        "neighbour_officer": 0,
        "sibling_officer": 0,
        "stranger": 0,
    }
