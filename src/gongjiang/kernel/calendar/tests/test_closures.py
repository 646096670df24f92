"""Days closed in one division, by an officer who is entitled there."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.calendar import actions
from gongjiang.kernel.calendar.models import Closure

DAY = dt.timedelta(days=1)


def closed(cast, who: str = "county_officer", region: str = "140423", **more):
    actor = cast[who].actor
    first = timezone.localdate() + 5 * DAY
    said = {"first": first, "last": first + DAY, "name": "暴雪停工", "document": "襄政发〔2026〕9号", **more}
    with scope(actor):
        return actions.close(region, said.pop("first"), said.pop("last"), actor=actor, **said)


def test_officer_closes_days_in_the_own_division_and_below(cast) -> None:
    assert len(closed(cast)) == 2
    assert len(closed(cast, "superior", "140430")) == 2


@pytest.mark.parametrize(("who", "region"), [
    ("sibling_officer", "140423"), ("county_officer", "140400"), ("unit_officer", "140423"), ("leader", "140423"),
])  # fmt: skip
def test_elsewhere_or_in_another_role_it_is_refused_twice(cast, who, region) -> None:
    with pytest.raises(actions.NotYours):
        closed(cast, who, region)
    actor = cast[who].actor
    with scope(actor), pytest.raises(ProgrammingError), transaction.atomic():
        Closure.objects.create(region=region, day=timezone.localdate(), name="x", document="x")


def test_day_closed_twice_or_backwards_is_refused(cast) -> None:
    closed(cast)
    with pytest.raises(ValidationError):
        closed(cast)
    with pytest.raises(ValidationError):
        closed(cast, last=timezone.localdate())


def test_day_ahead_is_opened_again_a_past_one_is_not(cast) -> None:
    rows = closed(cast)
    past = Closure.objects.create(region="140423", day=timezone.localdate() - DAY, name="停电", document="x")
    officer = cast["county_officer"].actor
    with scope(officer):
        assert actions.reopen([rows[0].pk, past.pk], actor=officer) == 1
    assert Closure.objects.count() == 2
