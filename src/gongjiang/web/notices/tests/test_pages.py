"""The inbox, its badge and settings; undelivered messages and sending them once more."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.notices.models import Delivery, Notice, NoticeKind, Refusal
from tests.cast import EVERYBODY, Cast
from tests.conformance.scenes import scenes_of, title, walk


@pytest.fixture
def case(cast: Cast) -> Case:
    scenes = scenes_of("innovations")
    scenes.prepare(cast)
    found = walk(cast, scenes.walks["innovations.result"][0])
    assert found is not None
    return found


def of(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast[who].user)
    return client


def tell(cast: Cast, case: Case, n: int = 1, who: str = "applicant") -> None:
    have = Notice.objects.count()
    Notice.objects.bulk_create(
        Notice(
            person=cast[who].person,
            kind=NoticeKind.DECIDED,
            once=f"event {have + k}",
            case=case,
            state="closed",
            outcome="granted",
            at=timezone.now(),
        )
        for k in range(n)
    )


def fail(cast: Cast, case: Case) -> Delivery:
    tell(cast, case)
    return Delivery.objects.create(
        notice=Notice.objects.latest("pk"),
        person=cast["applicant"].person,
        case=case,
        path=case.path,
        kind=NoticeKind.DECIDED,
        channel="sms",
        state="failed",
        attempts=5,
        error="unreachable",
        due_at=timezone.now(),
        done_at=timezone.now(),
    )


def test_inbox_says_what_happened_and_opens_it(cast: Cast, case: Case) -> None:
    tell(cast, case)
    client, key = of(cast, "applicant"), Notice.objects.get().pk
    page = client.get("/my/notices/").content.decode()
    assert f"“{title(case)}”已办结：" in page
    assert client.post(f"/my/notices/{key}/").headers["Location"].startswith("/my/innovations/")
    assert Notice.objects.get().read_at is not None
    assert "没有通知" in client.get("/my/notices/?show=unread").content.decode()


def test_notice_of_somebody_else_is_not_there(cast: Cast, case: Case) -> None:
    tell(cast, case)
    key = Notice.objects.get().pk
    for who in EVERYBODY:
        if who != "applicant":
            client = of(cast, who)
            assert client.post(f"/my/notices/{key}/").status_code == 404
            assert title(case) not in client.get("/my/notices/").content.decode()
    assert Notice.objects.get().read_at is None


def test_case_out_of_sight_is_not_named(cast: Cast, case: Case) -> None:
    """Whoever may no longer see a case reads that there was something, and not what."""
    tell(cast, case, who="stranger")
    page = of(cast, "stranger").get("/my/notices/").content.decode()
    assert "你的一件申请已办结" in page
    assert title(case) not in page
    assert str(case.number) not in page


def test_badge_counts_what_is_not_read_and_ends_with_it(cast: Cast, case: Case) -> None:
    tell(cast, case, 3)
    client = of(cast, "applicant")
    assert "未读： </span>3" in client.get("/my/").content.decode()
    assert client.post("/my/notices/read/").status_code == 302
    assert "未读：" not in client.get("/my/").content.decode()


def test_inbox_costs_the_same_for_1_10_and_100_notices(cast: Cast, case: Case) -> None:
    client, costs, there = of(cast, "applicant"), {}, 0
    for n in (1, 10, 100):
        tell(cast, case, n - there)
        there = n
        client.get("/my/notices/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/my/notices/")
        costs[n] = len(queries)
    assert costs == dict.fromkeys(costs, costs[1])


def test_channel_is_switched_off_and_on(cast: Cast) -> None:
    client = of(cast, "applicant")
    assert client.post("/my/notices/channels/", {"wanted": ["wechat"]}).status_code == 302
    assert list(Refusal.objects.values_list("channel", flat=True)) == ["sms"]
    client.post("/my/notices/channels/", {"wanted": ["wechat", "sms"]})
    assert Refusal.objects.count() == 0


def test_failure_is_shown_to_whose_case_it_is_masked_and_sent_once_more(cast: Cast, case: Case) -> None:
    failed = fail(cast, case)
    readers = {"unit_officer", "county_officer", "superior"}
    for who in EVERYBODY:
        client = of(cast, who)
        page = client.get("/desk/undelivered/")
        assert (page.status_code == 200 and title(case) in page.content.decode()) is (who in readers), who
        if who not in readers:
            client.post("/desk/undelivered/retry/", {"delivery": [failed.pk]})
    failed.refresh_from_db()
    assert failed.state == "failed"
    page = of(cast, "county_officer").get("/desk/undelivered/").content.decode()
    assert "发送网关无应答。" in page
    assert cast["applicant"].person.name not in page
    assert (
        of(cast, "county_officer").post("/desk/undelivered/retry/", {"delivery": [failed.pk]}).status_code
        == 302
    )
    failed.refresh_from_db()
    assert failed.state == "queued"
