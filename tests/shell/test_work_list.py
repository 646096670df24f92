"""Cases and tasks in one list, taken and put back, and in whose name."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.models import Turn
from gongjiang.kernel.review.delegations import delegate
from gongjiang.kernel.tasks import actions as tasks
from gongjiang.programmes._example import actions
from gongjiang.web.worklist.views import WorkList
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who].user)
    return client


def ask(cast: Cast, n: int) -> None:
    actor = cast["applicant"].actor
    with scope(actor):
        for k in range(n):
            actions.ask({"subject": f"问{k}", "details": "怎么发？"}, actor=actor, unit=cast.works)


def task(cast: Cast, subject: str, days: int) -> None:
    actor = cast["county_officer"].actor
    with scope(actor):
        tasks.ask(
            "assign",
            subject,
            actor=actor,
            unit=cast.county.pk,
            owner=cast.works.pk,
            due_at=timezone.now() + dt.timedelta(days=days),
        )


def due(cast: Cast, days: list[int | None]) -> None:
    """Give the live turns these deadlines, oldest first."""
    now = timezone.now()
    for turn, n in zip(Turn.objects.filter(until=None).order_by("pk"), days, strict=True):
        Turn.objects.filter(pk=turn.pk).update(due_at=None if n is None else now + dt.timedelta(days=n))


def titles(page: Any) -> list[str]:
    return [row.title for row in page.context["page"].rows]


def test_cases_and_tasks_stand_together_by_deadline(cast: Cast) -> None:
    ask(cast, 3)
    due(cast, [5, 30, None])
    task(cast, "报名册", 10)
    task(cast, "报总结", 60)
    client = of(cast, "unit_officer")
    assert titles(client.get("/desk/")) == ["问0", "报名册", "问1", "报总结", "问2"]
    assert titles(client.get("/desk/?what=tasks")) == ["报名册", "报总结"]
    assert titles(client.get("/desk/?what=cases")) == ["问0", "问1", "问2"]
    assert client.get("/desk/").context["shell"].desk_first[0].count == 5


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_both_lose_and_repeat_nothing_in_either_direction(
    cast: Cast, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkList, "page_size", size)
    ask(cast, 4)
    due(cast, [5, 30, None, None])
    for n, days in enumerate((3, 30, 90)):
        task(cast, f"任务{n}", days)
    client = of(cast, "unit_officer")
    url, seen, pages = "/desk/", [], []
    while url:
        page = client.get(url)
        seen.append(titles(page))
        pages.append(page.context["page"])
        url = page.context["page"].next_url
    assert sorted(t for each in seen for t in each) == [f"任务{n}" for n in range(3)] + [
        f"问{n}" for n in range(4)
    ]
    back, url = [seen[-1]], pages[-1].previous_url
    while url:
        page = client.get(url)
        back.append(titles(page))
        url = page.context["page"].previous_url
    assert [t for each in reversed(back) for t in each] == [t for each in seen for t in each]


def test_case_is_taken_by_one_of_the_office_and_put_back_by_them_only(cast: Cast) -> None:
    ask(cast, 2)
    client, picks = of(cast, "unit_officer"), [f"{t.case_id}:1" for t in Turn.objects.filter(until=None)]
    client.post(reverse("take"), {"pick": picks[:1]})
    assert list(Turn.objects.filter(claimed_by=cast["unit_officer"].user).values_list("case", flat=True)) == [
        int(picks[0].split(":")[0])
    ]
    assert len(titles(client.get("/desk/?who=me"))) == len(titles(client.get("/desk/?who=nobody"))) == 1
    of(cast, "county_officer").post(reverse("take"), {"pick": picks})
    of(cast, "county_officer").post(reverse("put-back"), {"pick": picks})
    assert Turn.objects.filter(claimed_by=None, until=None).count() == 1
    client.post(reverse("put-back"), {"pick": picks})
    assert Turn.objects.filter(claimed_by=None, until=None).count() == 2


def test_what_a_deputy_does_for_somebody_says_for_whom(cast: Cast) -> None:
    ask(cast, 1)
    holder, deputy = (
        cast["unit_officer"],
        cast["colleague"] if "colleague" in cast.members else cast["finance"],
    )
    today = timezone.localdate()
    with scope(holder.actor):
        delegate(
            deputy.user.username,
            actor=holder.actor,
            unit=cast.works.pk,
            role="unit_officer",
            since=today,
            until=today + dt.timedelta(days=2),
        )
    page = of(cast, deputy.name).get("/desk/")
    assert (titles(page), f"代{holder.user.display_name}" in page.content.decode()) == (["问0"], True)
