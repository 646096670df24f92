"""Sending what is queued: claimed, sent, noted. At least once; the message's id tells the gateway what it has."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.people.models import Identifier, IdentifierKind

from .channels import UNREACHABLE, Adapter, Message, Undelivered, configured
from .models import Delivery, DeliveryState, NoticeKind

AT_ONCE = 50
ATTEMPTS = 5
LEASE = dt.timedelta(minutes=5)  # after which the sender of a message counts as dead
FIRST_WAIT = dt.timedelta(minutes=1)  # then four times as long each time


def send(adapters: dict[str, Adapter] | None = None) -> int:
    """Send what is due, up to `AT_ONCE`; returns how many were tried. No transaction is open while one is sent."""
    adapters = configured() if adapters is None else adapters
    claimed = _claim()
    phones = _phones({d.person_id for d in claimed if getattr(adapters.get(d.channel), "needs_phone", False)})
    down: set[str] = set()
    for delivery in claimed:
        failure = (
            Undelivered(UNREACHABLE)
            if delivery.channel in down
            else _try(delivery, adapters.get(delivery.channel), phones.get(delivery.person_id, ""))
        )
        if failure is None:
            _mine(delivery).update(state=DeliveryState.SENT, done_at=timezone.now(), error="")
            continue
        if failure.code == UNREACHABLE:
            down.add(delivery.channel)  # the others need not wait for it one by one
        _note_failure(delivery, failure)
    return len(claimed)


def words(kind: str) -> str:
    """What a message outside says: that there is something to read, never what."""
    said = {
        NoticeKind.YOUR_TURN: _(
            "It is your turn in one of your applications. Sign in to see what is to be done."
        ),
        NoticeKind.RETURNED: _(
            "One of your applications was returned to be mended. Sign in to see what is missing."
        ),
        NoticeKind.DECIDED: _("One of your applications was decided. Sign in to read the decision."),
    }
    return said[NoticeKind(kind)]


def _claim() -> list[Delivery]:
    now = timezone.now()
    with transaction.atomic():
        due = Delivery.objects.filter(
            Q(state=DeliveryState.QUEUED) | Q(state=DeliveryState.SENDING), due_at__lte=now
        )
        rows = list(due.select_for_update(skip_locked=True).order_by("due_at")[:AT_ONCE])
        Delivery.objects.filter(pk__in=[r.pk for r in rows]).update(
            state=DeliveryState.SENDING, attempts=F("attempts") + 1, due_at=now + LEASE
        )
    for row in rows:
        row.attempts += 1
    return rows


def _try(delivery: Delivery, adapter: Adapter | None, phone: str) -> Undelivered | None:
    try:
        if adapter is None:
            raise Undelivered("not_configured", final=True)
        if adapter.needs_phone and not phone:
            raise Undelivered("no_phone", final=True)
        with translation.override("zh-hans"):
            text = words(delivery.kind)
        adapter.send(Message(str(delivery.pk), phone, delivery.kind, text))
    except Undelivered as failure:
        return failure
    return None


def _note_failure(delivery: Delivery, failure: Undelivered) -> None:
    now = timezone.now()
    if failure.final or delivery.attempts >= ATTEMPTS:
        _mine(delivery).update(state=DeliveryState.FAILED, done_at=now, error=failure.code)
        return
    wait = FIRST_WAIT * 4 ** (delivery.attempts - 1)
    _mine(delivery).update(state=DeliveryState.QUEUED, due_at=now + wait, error=failure.code)


def _mine(delivery: Delivery) -> QuerySet[Delivery]:
    """The row, as long as nobody else has taken it over meanwhile."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, attempts=delivery.attempts)


def _phones(persons: set[int]) -> dict[int, str]:
    rows = Identifier.objects.filter(person__in=persons, kind=IdentifierKind.PHONE).order_by("pk")
    return {r.person_id: reveal(bytes(r.cipher)) for r in rows}
