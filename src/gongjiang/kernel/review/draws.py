"""Drawing lots in public: commit to tickets and a secret, wait for a value nobody could know, draw, drop out."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.people.crypto import provider

from . import lot
from .models import Draw, DrawDrop, DrawPurpose, DrawSecret, Panel
from .panels import arrange
from .rules import RUN_EDITION


def commit(
    edition: Edition,
    *,
    actor: Actor,
    title: str,
    tickets: Sequence[str],
    source: str,
    public_at: datetime,
    purpose: str = DrawPurpose.ORDER,
    panel: Panel | None = None,
) -> Draw:
    """Freeze the tickets and publish the hash of a new secret. The draw is public from here on.

    tickets     tokens that name nobody, e.g. the codes of a panel's items
    source      which public value will be used, in words that leave no choice later
    public_at   when that value becomes known
    Raises Refused for a time that has passed, no tickets, or a ticket twice.
    """
    _may(edition, actor)
    at = timezone.now()
    reasons = []
    if public_at <= at:
        reasons.append(Reason(_("The public value must not be known yet: name a later time."), "public_at"))
    if not source.strip():
        reasons.append(Reason(_("Say which public value will be used."), "source"))
    if len(tickets) < 2:
        reasons.append(Reason(_("A draw needs at least two tickets.")))
    if len(set(tickets)) != len(tickets):
        reasons.append(Reason(_("A ticket is there twice.")))
    if reasons:
        raise Refused({edition.pk: reasons})
    ordered, secret = sorted(tickets), lot.new_secret()
    with transaction.atomic():
        draw = Draw.objects.create(
            edition=edition,
            unit_id=edition.unit_id,
            panel=panel,
            purpose=purpose,
            title=title,
            algorithm=lot.ALGORITHM,
            entries=ordered,
            entries_hash=lot.hash_of(*ordered),
            commitment=lot.hash_of(secret),
            source=source,
            committed_at=at,
            public_at=public_at,
        )
        DrawSecret.objects.create(draw=draw, cipher=provider().encrypt(secret.encode()))
    return draw


def commit_order(panel: Panel, *, actor: Actor, title: str, source: str, public_at: datetime) -> Draw:
    """A draw for the order in which a panel's items appear; its tickets are their codes."""
    codes = list(panel.items.filter(withdrawn_at=None).values_list("code", flat=True))
    return commit(
        panel.edition,
        actor=actor,
        title=title,
        tickets=codes,
        source=source,
        public_at=public_at,
        panel=panel,
    )


def reveal(draw: Draw, public_value: str, *, actor: Actor, supervised_by: str = "") -> Draw:
    """Draw: publish the secret, the seed and the order. The order of a panel's items follows.

    Raises Stale when it has been drawn already, Refused before its time.
    """
    _may(draw.edition, actor)
    with transaction.atomic():
        held = Draw.objects.select_for_update().get(pk=draw.pk)
        if held.drawn_at is not None:
            raise Stale(held)
        at = timezone.now()
        if at < held.public_at:
            raise Refused({held.pk: [Reason(_("It is too early: the public value is not known yet."))]})
        value = public_value.strip()
        if not value:
            raise Refused({held.pk: [Reason(_("Enter the public value."), field="public_value")]})
        secret = provider().decrypt(bytes(held.sealed.cipher)).decode()
        dropped = set(held.drops.values_list("token", flat=True))
        held.public_value, held.secret, held.seed = value, secret, lot.seed_of(secret, value)
        held.result = lot.order(held.entries, held.seed, dropped)
        held.result_hash = lot.hash_of(*held.result)
        held.drawn_at, held.drawn_by_id, held.supervised_by = at, actor.user, supervised_by.strip()
        held.save()
        if held.panel is not None and held.purpose == DrawPurpose.ORDER:
            arrange(held.panel, held.result, actor=actor)
    return held


def drop(draw: Draw, token: str, reason: str, *, actor: Actor) -> list[str]:
    """Take a ticket out, before or after the draw, and return the order of the others, from the same seed."""
    _may(draw.edition, actor)
    if token not in draw.entries:
        raise Forbidden
    if not reason.strip():
        raise Refused({draw.pk: [Reason(_("Say why the ticket drops out."), field="reason")]})
    DrawDrop.objects.get_or_create(
        draw=draw, token=token, defaults={"reason": reason.strip(), "at": timezone.now()}
    )
    return order_now(draw)


def order_now(draw: Draw) -> list[str]:
    """The order without what has dropped out since; empty before the draw."""
    if not draw.seed:
        return []
    return lot.order(draw.entries, draw.seed, set(draw.drops.values_list("token", flat=True)))


def problems(draw: Draw) -> list[str]:
    """What does not agree when the published values are run again; empty where all is as it was committed to."""
    found = []
    if lot.hash_of(*draw.entries) != draw.entries_hash:
        found.append(_("The tickets are not those that were committed to."))
    if draw.drawn_at is None:
        return found
    if lot.hash_of(draw.secret) != draw.commitment:
        found.append(_("The secret is not the one that was committed to."))
    if lot.seed_of(draw.secret, draw.public_value) != draw.seed:
        found.append(_("The seed does not follow from the secret and the public value."))
    if lot.hash_of(*draw.result) != draw.result_hash or set(draw.result) - set(draw.entries):
        found.append(_("The order has been changed."))
    elif lot.order(draw.result, draw.seed) != draw.result:
        found.append(_("The order does not follow from the seed."))
    return found


def _may(edition: Edition, actor: Actor) -> None:
    if not RUN_EDITION.filter(Edition.objects.filter(pk=edition.pk), actor).exists():
        raise Forbidden
