"""The lines that figures climb: at the root both views count everything once, whatever was done to the tree."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.insight.lake import reporting
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Channel, Unit
from gongjiang.kernel.orgs.tests.test_property import BEGUN, STEP, do, plant


def lines():
    with connection.cursor() as cursor:
        cursor.execute(reporting.SELECT)
        return cursor.fetchall()


def standing(found, view, unit, on):
    """The ancestors of a unit on a day, each as often as it is listed."""
    return sorted(
        a for v, u, a, _kept, since, until in found if (v, u) == (view, unit) and since <= on < until
    )


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(2, 7), steps=st.lists(STEP, min_size=1, max_size=10))
def test_root_has_everything_once_on_every_day_in_both_views(count, steps):
    with transaction.atomic():
        user = plant(count)
        root = Unit.objects.get(parent=None).pk
        for n, step in enumerate(steps):
            try:
                do(step, BEGUN + timedelta(days=n + 1), user)
            except tree.TreeError:
                continue
        found = lines()
        days = [BEGUN - timedelta(days=900), *(BEGUN + timedelta(days=n) for n in range(len(steps) + 2))]
        for unit in Unit.objects.all():
            for sign in (1, -1):
                for view in ("as_was", "as_is"):
                    for day in days:
                        above = standing(found, view, sign * unit.pk, day)
                        assert len(above) == len(set(above))
                        if unit.pk != root:
                            assert root in above
        transaction.set_rollback(True)


def ids(*units):
    return sorted(u.pk for u in units)


def test_merged_unit_is_counted_under_the_old_county_until_that_day(cast):
    day = date(2026, 7, 1)
    tree.merge([cast.works], cast.plant, on=day)
    found = lines()
    before = ids(cast.province, cast.city, cast.county, cast.township, cast.works)
    after = ids(cast.province, cast.city, cast.sibling_county, cast.sibling_township, cast.plant)
    assert standing(found, "as_was", cast.works.pk, date(2026, 6, 30)) == before
    assert standing(found, "as_was", cast.works.pk, day) == after
    assert standing(found, "as_is", cast.works.pk, date(2026, 6, 30)) == sorted([*after, cast.works.pk])


def test_part_was_counted_at_the_unit_that_it_came_from(cast):
    day = date(2026, 7, 1)
    (made,) = tree.split(cast.works, [tree.Part("x", "E900")], on=day)
    found = lines()
    above = [cast.province, cast.city, cast.county, cast.township]
    assert standing(found, "as_was", made.pk, date(2026, 6, 30)) == ids(*above, cast.works)
    assert standing(found, "as_was", made.pk, day) == ids(*above, made)
    assert standing(found, "as_is", made.pk, date(2026, 6, 30)) == ids(*above, made)


def test_industrial_line_holds_from_its_first_day_and_beside_the_territorial_one(cast):
    day = date(2026, 7, 1)
    industry = tree.add(
        cast.city, on=date(2015, 1, 1), code="M1", name="长治市机械工会", level="city", region="1404"
    )
    tree.reparent(cast.works, industry, on=day, channel=Channel.INDUSTRIAL)
    found = lines()
    by_place = ids(cast.province, cast.city, cast.county, cast.township, cast.works)
    by_trade = ids(cast.province, cast.city, industry, cast.works)
    assert standing(found, "as_was", cast.works.pk, day) == by_place
    assert standing(found, "as_was", -cast.works.pk, date(2026, 6, 30)) == by_place
    assert standing(found, "as_was", -cast.works.pk, day) == by_trade
    assert standing(found, "as_is", -cast.works.pk, date(2020, 1, 1)) == by_trade
    assert standing(found, "as_is", -cast.mill.pk, day) == ids(
        cast.province, cast.city, cast.county, cast.mill
    )
