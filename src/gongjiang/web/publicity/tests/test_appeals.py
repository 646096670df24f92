"""Appeals as a worker meets them: offered while the edition takes them, sent once, and told on the own page."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState, Window, WindowKind
from gongjiang.kernel.publicity import queries
from gongjiang.kernel.publicity.models import Objection, Ruling
from gongjiang.kernel.publicity.tests.conftest import filed, flow, place
from tests.cast import Cast

__all__ = ["flow", "place"]

DAY = timedelta(days=1)
SAID = {"matter": "漏计了一项证书，附件可查。", "contact": "13800001111"}


def decided(cast: Cast, who: str = "applicant", *, ends: timedelta = DAY) -> Case:
    """A case that the city has refused, of an edition that takes appeals until then."""
    now = timezone.now()
    edition = Edition.objects.create(
        programme="tested", unit=cast.city, name="2026", state=EditionState.PUBLISHED
    )
    Window.objects.create(edition=edition, kind=WindowKind.APPEAL, since=now - 9 * DAY, until=now + ends)
    case = filed(cast, who, edition=edition)
    superior = cast["superior"].actor
    with scope(superior):
        door.transition(case, "drop", actor=superior)
    case.refresh_from_db()
    return case


def browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.cookies["django_language"] = "zh-hans"
    client.force_login(cast[who].user)
    return client


def text(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_appeal_is_offered_sent_once_and_told_with_its_ruling(cast: Cast, flow) -> None:
    case, client = decided(cast), browser(cast, "applicant")
    address, once = reverse("appeal", args=[case.pk]), str(uuid.uuid4())
    assert address in text(client, "my-objections")
    for _ in range(2):
        assert client.post(address, {**SAID, "once": once}).status_code == 302
    appeal = Objection.objects.get()
    page = text(client, "my-objections")
    assert (appeal.unit, address in page, "待处理" in page) == (cast.city, False, True)
    Ruling.objects.create(
        objection=appeal,
        result="rejected",
        reasons="证书不在有效期内",
        ruled_by=cast["leader"].user,
        at=timezone.now(),
    )
    assert "证书不在有效期内" in text(client, "my-objections")
    assert Ruling.objects.get().told_at is not None


def test_second_appeal_against_the_same_decision_is_refused(cast: Cast, flow) -> None:
    case, client = decided(cast), browser(cast, "applicant")
    answers = [client.post(reverse("appeal", args=[case.pk]), SAID).status_code for _ in range(2)]
    assert (answers, Objection.objects.count()) == ([302, 422], 1)


def test_appeal_after_the_window_keeps_what_was_typed_and_says_why(cast: Cast, flow) -> None:
    case, client = decided(cast, ends=-DAY), browser(cast, "applicant")
    address = reverse("appeal", args=[case.pk])
    assert address not in text(client, "my-objections")
    answer = client.post(address, SAID)
    assert (answer.status_code, SAID["matter"] in answer.content.decode()) == (422, True)
    assert Objection.objects.count() == 0


@pytest.mark.parametrize("who", ["colleague", "stranger", "sibling_officer"])
def test_decision_on_somebody_elses_case_takes_no_appeal(who: str, cast: Cast, flow) -> None:
    case = decided(cast)
    client = browser(cast, who)
    address = reverse("appeal", args=[case.pk])
    assert (client.get(address).status_code, client.post(address, SAID).status_code) == (404, 404)
    assert address not in text(client, "my-objections")


def test_appeal_is_told_to_whoever_made_it_and_to_no_other_maker(cast: Cast, flow) -> None:
    case, client = decided(cast), browser(cast, "applicant")
    client.post(reverse("appeal", args=[case.pk]), SAID)
    seen = {}
    for who in ("applicant", "colleague"):
        actor = cast[who].actor
        with scope(actor):
            seen[who] = [a.case.pk for a in queries.appeals(actor)]
    assert seen == {"applicant": [case.pk], "colleague": []}


def test_appeal_stands_on_the_desk_of_who_runs_the_edition(cast: Cast, flow) -> None:
    case = decided(cast)
    browser(cast, "applicant").post(reverse("appeal", args=[case.pk]), SAID)
    desk = browser(cast, "superior")
    assert case.number in text(desk, "objections")
    page = text(desk, "objection", Objection.objects.get().pk)
    assert (SAID["matter"] in page, SAID["contact"] in page) == (True, False)
