"""On the way outside: signed, tried again, given up, and every failure there to be seen and sent once more."""

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.notices import actions, sending
from gongjiang.kernel.notices.channels import Console, Gateway, Message, Undelivered, configured, sign
from gongjiang.kernel.notices.models import Delivery, DeliveryState, Notice, NoticeKind, Refusal
from tests.cast import Cast
from tests.conformance.scenes import scenes_of, walk

KEY = "a key of the union"


class Place:
    """A gateway on this machine that answers with `status` and keeps what it was sent."""

    def __init__(self) -> None:
        self.status, self.taken = 200, []
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                place.taken.append((dict(self.headers), body))
                self.send_response(place.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()


@pytest.fixture
def place() -> Iterator[Place]:
    found = Place()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def delivery(cast: Cast) -> Delivery:
    """A decision that the applicant is to be told by SMS."""
    scenes = scenes_of("innovations")
    scenes.prepare(cast)
    case = walk(cast, scenes.walks["innovations.result"][0][:1])
    return queued(cast, case)


def queued(cast: Cast, case: Case | None, once: str = "event 1", channel: str = "sms") -> Delivery:
    assert case is not None
    notice = Notice.objects.create(
        person=cast["applicant"].person, kind=NoticeKind.DECIDED, once=once, case=case, at=timezone.now()
    )
    return Delivery.objects.create(
        notice=notice,
        person=cast["applicant"].person,
        case=case,
        path=case.path,
        kind=notice.kind,
        channel=channel,
        due_at=timezone.now(),
    )


def test_message_is_signed_and_says_nothing_of_the_case(cast: Cast, delivery: Delivery, place: Place) -> None:
    assert sending.send({"sms": Gateway(place.url, KEY)}) == 1
    headers, body = place.taken[0]
    sent = json.loads(body)
    assert sent == {
        "id": str(delivery.pk),
        "to": cast["applicant"].phone,
        "kind": "decided",
        "text": sent["text"],
    }
    assert delivery.case.number is None or delivery.case.number not in sent["text"]
    assert headers["X-Gongjiang-Signature"] == sign(KEY, headers["X-Gongjiang-Time"], body)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("sent", 1, "")
    assert sending.send({"sms": Gateway(place.url, KEY)}) == 0


def test_gateway_that_is_busy_is_tried_again_later_and_given_up_at_last(
    delivery: Delivery, place: Place
) -> None:
    place.status, waits = 503, []
    for _ in range(sending.ATTEMPTS):
        Delivery.objects.update(due_at=timezone.now())
        before = timezone.now()
        sending.send({"sms": Gateway(place.url, KEY)})
        delivery.refresh_from_db()
        waits.append((delivery.state, round((delivery.due_at - before).total_seconds() / 60)))
    assert waits[:4] == [("queued", 1), ("queued", 4), ("queued", 16), ("queued", 64)]
    assert (waits[4][0], delivery.error, delivery.attempts) == ("failed", "http_503", 5)


@pytest.mark.parametrize(("status", "error"), [(400, "http_400"), (404, "http_404"), (302, "http_302")])
def test_gateway_that_refuses(delivery: Delivery, place: Place, status: int, error: str) -> None:
    place.status = status
    sending.send({"sms": Gateway(place.url, KEY)})
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("failed" if status >= 400 else "queued", error)


def test_gateway_that_is_away_is_asked_once_a_round(cast: Cast, delivery: Delivery) -> None:
    second = queued(cast, delivery.case, "event 2")
    asked = []

    class Away:
        needs_phone = True

        def send(self, message: Message) -> None:
            asked.append(message.id)
            raise Undelivered("unreachable")

    sending.send({"sms": Away()})
    assert asked == [str(delivery.pk)]
    assert set(Delivery.objects.filter(pk__in=[delivery.pk, second.pk]).values_list("state", "error")) == {
        ("queued", "unreachable")
    }


def test_unreachable_address_is_told_as_such() -> None:
    with pytest.raises(Undelivered, match="unreachable"):
        Gateway("http://127.0.0.1:9/", KEY, timeout=1).send(Message("1", "", "decided", ""))


def test_person_without_a_phone_and_channel_without_an_adapter_fail_at_once(
    cast: Cast, delivery: Delivery
) -> None:
    second = queued(cast, delivery.case, "event 2", "wechat")
    cast["applicant"].person.identifiers.filter(kind="phone").delete()
    sending.send({"sms": Gateway("http://127.0.0.1:9/", KEY)})
    assert dict(Delivery.objects.values_list("channel", "error")) == {
        "sms": "no_phone",
        "wechat": "not_configured",
    }
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    assert second.pk > delivery.pk


def test_message_of_a_sender_that_died_is_taken_over(delivery: Delivery, place: Place) -> None:
    claimed = sending._claim()
    assert [d.pk for d in claimed] == [delivery.pk]
    assert sending.send({"sms": Gateway(place.url, KEY)}) == 0
    Delivery.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    assert sending.send({"sms": Gateway(place.url, KEY)}) == 1
    sending._note_failure(claimed[0], Undelivered("late"))  # the dead one wakes up and is not listened to
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, len(place.taken)) == ("sent", 2, 1)


def test_failure_is_seen_and_sent_once_more_by_whose_case_it_is(cast: Cast, delivery: Delivery) -> None:
    Delivery.objects.update(state=DeliveryState.FAILED, attempts=5, error="http_503")
    for who in ("stranger", "sibling_officer", "neighbour_officer", "leader", "applicant"):
        with scope(cast[who].actor):
            assert actions.retry([delivery.pk], actor=cast[who].actor) == 0
    with scope(cast["county_officer"].actor):
        assert actions.retry([delivery.pk], actor=cast["county_officer"].actor) == 1
        assert actions.retry([delivery.pk], actor=cast["county_officer"].actor) == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == ("queued", 0, "")


def test_person_switches_a_channel_off_and_on(cast: Cast) -> None:
    actor = cast["applicant"].actor
    for wanted in (["sms"], ["sms"], ["sms", "wechat"], ["console"], []):
        with scope(actor):
            actions.choose(wanted, actor=actor)
            assert set(Refusal.objects.values_list("channel", flat=True)) == set(wanted) - {"console"}
    with scope(actor):
        actions.choose(["sms"], actor=actor)
    with scope(cast["stranger"].actor):
        assert Refusal.objects.count() == 0


def test_only_what_is_configured_is_a_way_out() -> None:
    assert configured({}) == {}
    assert configured({"GONGJIANG_SMS_URL": "file:///etc/passwd", "GONGJIANG_SMS_KEY": "k"}) == {}
    assert configured({"GONGJIANG_SMS_URL": "https://sms.example/"}) == {}
    found = configured(
        {
            "GONGJIANG_WECHAT_URL": "https://w.example/",
            "GONGJIANG_WECHAT_KEY": "k",
            "GONGJIANG_NOTICES_CONSOLE": "1",
        }
    )
    assert found["wechat"] == Gateway("https://w.example/", "k")
    assert isinstance(found["console"], Console)
