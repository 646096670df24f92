"""Reading, retrying, and what a person does not want: the only writer in a request."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Forbidden

from .models import Channel, Delivery, DeliveryState, Notice, Refusal
from .rules import FAILURES, MINE

#: Channels outside that a person may switch off.
OPTIONAL = (Channel.SMS, Channel.WECHAT)


def mark_read(keys: Iterable[int] | None = None, *, actor: Actor) -> int:
    """Note that the actor has read these of their notices, or all; returns how many were new to them."""
    rows = MINE.filter(Notice.objects.filter(read_at=None), actor)
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    return rows.update(read_at=timezone.now())


def retry(keys: Iterable[int], *, actor: Actor) -> int:
    """Queue failed deliveries within the actor's tree once more; returns how many. What is on its way is left."""
    rows = FAILURES.filter(Delivery.objects.filter(pk__in=list(keys), state=DeliveryState.FAILED), actor)
    return rows.update(state=DeliveryState.QUEUED, attempts=0, due_at=timezone.now(), done_at=None, error="")


def choose(refused: Iterable[str], *, actor: Actor) -> None:
    """Set the channels outside on which this person wants nothing. Raises Forbidden behind whom is no person."""
    if actor.person is None:
        raise Forbidden
    wanted = {channel.value for channel in OPTIONAL} & set(refused)
    with transaction.atomic():
        mine = Refusal.objects.filter(person=actor.person)
        mine.exclude(channel__in=wanted).delete()
        have = set(mine.values_list("channel", flat=True))
        Refusal.objects.bulk_create(
            (Refusal(person_id=actor.person, channel=c, at=timezone.now()) for c in sorted(wanted - have)),
            ignore_conflicts=True,
        )
