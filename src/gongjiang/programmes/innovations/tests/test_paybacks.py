"""Who is asked what a conversion brought, when, and when no longer."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.tasks.models import Task
from gongjiang.kernel.tasks.queries import to_do
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.actions.library import a_year_on, ask_for_paybacks
from gongjiang.programmes.innovations.models import Conversion
from tests.cast import Cast
from tests.conformance.scenes import walk

from .scenes import FOLLOWED, prepare, result_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def taken(cast: Cast) -> Conversion:
    """A result that a workplace took over fifty days ago."""
    prepare(cast)
    case, officer = walk(cast, FOLLOWED), cast["unit_officer"].actor
    with scope(officer):
        return actions.convert(
            result_of(case), licensee_name="示例纺织厂", mode="spread",
            on=timezone.localdate() - timedelta(50), fen=None, actor=officer,
        )  # fmt: skip


def test_unit_of_the_result_is_asked_a_month_before_and_once_a_year(cast: Cast, taken: Conversion):
    due = taken.due_on
    days = [due - timedelta(31), due - timedelta(30), due, due + timedelta(1), a_year_on(due) - timedelta(9)]
    assert [ask_for_paybacks(day) for day in days] == [0, 1, 0, 0, 1]
    with scope(cast["unit_officer"].actor):
        tasks = list(to_do(cast["unit_officer"].actor))
        assert [timezone.localdate(task.due_at) for task in tasks] == [due, a_year_on(due)]
    assert set(Task.objects.values_list("owner", "asked_by")) == {(cast.works.pk, cast.township.pk)}


def test_what_is_told_already_is_not_asked_for(cast: Cast, taken: Conversion):
    due, officer = taken.due_on, cast["unit_officer"].actor
    back = due.toordinal() - timezone.localdate().toordinal() + 10
    on = date.fromordinal(taken.on.toordinal() - back)
    Conversion.objects.filter(pk=taken.pk).update(on=on, due_on=a_year_on(on))
    with scope(officer):
        row = Conversion.objects.select_related("result__case", "benefit").get(pk=taken.pk)
        until = timezone.localdate()
        actions.read_payback(row, since=on, until=until, fen=1, basis="台账", actor=officer)
    assert ask_for_paybacks(a_year_on(on)) == 0
    assert ask_for_paybacks(a_year_on(a_year_on(on))) == 1


def test_nothing_is_asked_once_the_result_is_closed(cast: Cast, taken: Conversion):
    officer = cast["unit_officer"].actor
    with scope(officer):
        door.transition(taken.result.case, "finish", actor=officer)
    assert ask_for_paybacks(taken.due_on) == 0
    assert Task.objects.count() == 0


def test_payback_that_is_told_closes_its_task_and_the_union_above_verifies(cast: Cast, taken: Conversion):
    officer, county = cast["unit_officer"].actor, cast["superior"].actor
    assert ask_for_paybacks(taken.due_on) == 1
    task = Task.objects.get()
    with scope(officer):
        row = Conversion.objects.select_related("result__case", "benefit").get(pk=taken.pk)
        actions.read_payback(
            row, since=taken.on, until=timezone.localdate(), fen=700_000, basis="对方台账", actor=officer
        )
        assert list(to_do(officer)) == []
    task.refresh_from_db()
    assert (task.state, task.done_by_id) == ("done", officer.user)
    assert "7,000.00 元" in task.reply
    with scope(county):
        assert Task.objects.filter(pk=task.pk).exists()


def test_task_leads_to_the_page_where_it_is_done(cast: Cast, taken: Conversion, client: Client):
    ask_for_paybacks(taken.due_on)
    client.force_login(cast["unit_officer"].user)
    page = client.get(reverse("task", args=[Task.objects.get().pk]))
    place = page.context["place"]
    assert place == reverse("innovations:payback", args=[taken.pk])
    assert client.get(place).status_code == 200
