"""Objections: by when they are answered."""

from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.calendar.days import add_working_days
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case, Clock, Turn
from gongjiang.kernel.people.models import Employment
from gongjiang.programmes.registry import actions
from tests.cast import Cast, give_values

pytestmark = pytest.mark.django_db


def objected(cast: Cast) -> Case:
    actor = cast["applicant"].actor
    with scope(actor):
        job = Employment.objects.get(person=actor.person, until=None)
        return actions.object_to(job, "post", "电工", "劳动合同。", actor=actor).case


def moved(cast: Cast, case: Case, name: str, by: str) -> None:
    actor = cast[by].actor
    with scope(actor):
        case.refresh_from_db()
        door.transition(case, name, actor=actor, note="请核对合同。")


def working_days_on(days: int) -> date:
    return add_working_days(calendars().at("140423"), timezone.localdate(), days)


def due(case: Case) -> datetime | None:
    return Turn.objects.get(case=case, until=None).due_at


def test_objection_is_due_within_the_published_working_days_whoever_decides(cast: Cast) -> None:
    give_values(cast.city, programme="registry", correction_answer_days=15)
    case = objected(cast)
    first = due(case)
    assert first is not None
    assert timezone.localtime(first).date() == working_days_on(15)
    moved(cast, case, "take_up", "unit_officer")
    assert due(case) == first
    moved(cast, case, "hand_up", "unit_officer")
    assert (due(case), Case.objects.get(pk=case.pk).due_at) == (first, first)
    moved(cast, case, "refuse", "county_officer")
    assert list(Clock.objects.filter(case=case, stopped_at=None)) == []


def test_nearer_union_gives_an_answer_sooner(cast: Cast) -> None:
    give_values(cast.city, programme="registry", correction_answer_days=15)
    give_values(cast.county, programme="registry", correction_answer_days=5)
    last = due(objected(cast))
    assert last is not None
    assert timezone.localtime(last).date() == working_days_on(5)


def test_objection_is_taken_where_no_time_is_published(cast: Cast) -> None:
    assert due(objected(cast)) is None


def test_late_answer_stands_among_what_is_overdue(cast: Cast) -> None:
    give_values(cast.city, programme="registry", correction_answer_days=1)
    case = objected(cast)
    Turn.objects.filter(case=case).update(due_at=timezone.now() - timedelta(days=1))
    client = Client()
    client.force_login(cast["unit_officer"].user)
    page = client.get(reverse("desk"), {"tab": "late"}).content.decode()
    assert reverse("registry:correction", args=[case.pk]) in page
