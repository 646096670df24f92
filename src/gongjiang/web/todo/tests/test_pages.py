"""The pages of tasks, editions and the calendar: whoever may goes through, everybody else finds nothing."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.calendar.models import Closure
from gongjiang.kernel.lifecycle.models import DeadlineRule, Edition
from gongjiang.kernel.tasks.models import Task
from tests.cast import SINCE, give_values

MONTH = dt.timedelta(days=30)


@pytest.fixture
def client_of(cast):
    """A signed-in client for a member of the cast."""

    def signed_in(who: str) -> Client:
        client = Client()
        user = cast[who].user if who in cast.members else User.objects.get(username=who)
        client.force_login(user)
        return client

    User.objects.create_user("second", None, display_name="第二人")
    Grant.objects.create(
        user=User.objects.get(username="second"), role=Role.APPROVER, unit=cast.county, since=SINCE
    )
    return signed_in


def local(moment: dt.datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_task_is_asked_answered_and_verified_on_its_pages(cast, client_of) -> None:
    officer, works = client_of("county_officer"), client_of("unit_officer")
    sent = officer.post(
        reverse("task-new"),
        {
            "unit": cast.county.pk, "kind": "assign", "subject": "报送花名册", "owner": cast.works.name,
            "due_at": local(timezone.now() + MONTH),
        },
    )  # fmt: skip
    task = Task.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, reverse("task", args=[task.pk]))
    assert "报送花名册" in works.get(reverse("desk")).content.decode()
    assert works.post(reverse("task-reply", args=[task.pk]), {"text": "已报"}).status_code == 302
    assert "报送花名册" in officer.get(reverse("tasks") + "?tab=verify").content.decode()
    assert officer.post(reverse("task-verify", args=[task.pk]), {"note": ""}).status_code == 302
    task.refresh_from_db()
    assert task.state == "verified"
    sibling = client_of("sibling_officer")
    assert [sibling.get(reverse(n, args=[task.pk])).status_code for n in ("task", "task-reply", "task-cancel")] == [
        404, 404, 404,
    ]  # fmt: skip


def test_task_that_a_workplace_elsewhere_asks_is_found_and_says_who_asks(cast, client_of) -> None:
    """As the transfer of a result asks it: the union that asks lies in another county, and is an enterprise's."""
    Task.objects.create(
        kind="assign", subject="转化对接", asked_by=cast.plant, owner=cast.works, recurrence="innovations.request:1",
        opened_at=timezone.now(), due_at=timezone.now() + MONTH,
    )  # fmt: skip
    task = Task.objects.get()
    works = client_of("unit_officer")
    for page in (reverse("tasks"), reverse("desk"), reverse("task", args=[task.pk])):
        text = works.get(page).content.decode()
        assert [word in text for word in ("转化对接", cast.plant.name)] == [True, True]
    assert client_of("neighbour_officer").get(reverse("task", args=[task.pk])).status_code == 404


def test_task_for_a_union_that_nobody_knows_is_said_so(cast, client_of) -> None:
    answer = client_of("county_officer").post(
        reverse("task-new"),
        {
            "unit": cast.county.pk, "kind": "assign", "subject": "报送", "owner": "没有这个工会",
            "due_at": local(timezone.now() + MONTH),
        },
    )  # fmt: skip
    assert (answer.status_code, Task.objects.count()) == (422, 0)


def test_edition_is_prepared_approved_by_a_second_and_published_on_its_pages(cast, client_of) -> None:
    officer, second = client_of("county_officer"), client_of("second")
    now = timezone.now()
    sent = officer.post(
        reverse("edition-new", args=["innovations"]),
        {
            "unit": cast.county.pk, "name": "2027年征集", "brand": "金点子", "channel": "territorial",
            "apply_since": local(now), "apply_until": local(now + MONTH),
        },
    )  # fmt: skip
    edition = Edition.objects.get()
    page = reverse("edition", args=[edition.pk])
    assert sent["Location"] == page
    assert "评审专家人数" in officer.get(page).content.decode()
    step = lambda name: reverse("edition-step", args=[edition.pk, name])  # noqa: E731
    assert officer.post(step("approve"), {"note": ""}).status_code == 409
    assert second.post(step("approve"), {"note": ""}).status_code == 302
    assert officer.post(step("publish"), {"note": ""}).status_code == 409
    give_values(cast.city)
    assert officer.post(step("publish"), {"note": ""}).status_code == 302
    assert "演工发〔2015〕1号（演示）" in officer.get(page).content.decode()
    assert (
        officer.post(
            reverse("edition-change", args=[edition.pk]), {"name": "x", "channel": "territorial"}
        ).status_code
        == 409
    )
    edition.refresh_from_db()
    assert edition.state == "published"
    places = {f"unit_{cast.township.pk}": "3"}
    assert officer.post(reverse("edition-places", args=[edition.pk]), places).status_code == 302
    assert edition.quotas.get().limit == 3
    sibling = client_of("sibling_officer")
    assert sibling.get(reverse("edition", args=[edition.pk])).status_code == 404
    assert client_of("unit_officer").get(step("settle")).status_code == 404


def test_days_are_closed_and_a_time_limit_is_confirmed_by_a_second_on_the_calendar(cast, client_of) -> None:
    officer, second = client_of("county_officer"), client_of("second")
    day = timezone.localdate() + dt.timedelta(days=5)
    closed = {
        "region": "140423",
        "first": day,
        "last": day,
        "name": "暴雪停工",
        "document": "襄政发〔2026〕9号",
    }
    assert officer.post(reverse("calendar-close"), closed).status_code == 302
    assert officer.post(reverse("calendar-close"), closed).status_code == 422
    assert Closure.objects.get().day == day
    rule = {
        "unit": cast.county.pk, "step": "innovations.result:submitted", "amount": 7, "counted_in": "working_day",
        "ends_at": "18:00", "since": timezone.localdate(), "document": "襄工发〔2026〕3号",
    }  # fmt: skip
    assert officer.post(reverse("limit-new"), rule).status_code == 302
    made = DeadlineRule.objects.get()
    confirm = reverse("limit-confirm", args=[made.pk])
    assert officer.post(confirm, {}).status_code == 422
    assert client_of("sibling_officer").post(confirm, {}).status_code == 404
    assert second.post(confirm, {}).status_code == 302
    page = officer.get(reverse("calendar") + f"?year={day.year}").content.decode()
    assert "襄工发〔2026〕3号" in page
    assert "暴雪停工" in page
    made.refresh_from_db()
    assert made.confirmed_by.username == "second"
