"""Changes of the tree by two persons: one proposes, another approves, the worker applies them from their day on.

The application's role cannot write the tree. All that it writes is the proposal; the database sees to it that
somebody else approved.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.lifecycle.flow import Forbidden

from . import tree
from .models import (
    ChangeKind,
    ChangeState,
    Channel,
    EntityFace,
    Grants,
    LegalEntity,
    MovedEntity,
    Reorganisation,
    Unit,
)
from .rules import DECIDE, PROPOSE

FACE = ("name", "ownership", "legal_form", "industry", "chains", "size_class", "region", "park", "state")


def propose(
    kind: str,
    unit: Unit,
    *,
    on: date,
    document: str,
    actor: Actor,
    reason: str = "",
    target: Unit | None = None,
    channel: str = Channel.TERRITORIAL,
    name: str = "",
    name_en: str = "",
    code: str = "",
    region: str = "",
    level: str = "",
    unit_kind: str = "",
    grants: str = Grants.END,
    entities: Sequence[LegalEntity] = (),
) -> Reorganisation:
    """Write down a change for another to approve.

    Raises Forbidden where the actor is no steward of the unit, of the union above it and of the target;
    ValidationError where it cannot be done, as far as that shows today.
    """
    change = Reorganisation(
        kind=kind, unit=unit, target=target, channel=channel, name=name, name_en=name_en, code=code,
        region=region, level=level, unit_kind=unit_kind, grants=grants, on=on, document=document, reason=reason,
        proposed_by_id=actor.user, proposed_at=timezone.now(),
    )  # fmt: skip
    _require(PROPOSE, change, actor)
    refusal = tree.objection(change, entities)
    if refusal:
        raise ValidationError(refusal)
    with transaction.atomic():
        change.save()
        MovedEntity.objects.bulk_create(MovedEntity(reorganisation=change, entity=e) for e in entities)
    return change


def withdraw(change: Reorganisation, *, actor: Actor) -> None:
    """The author takes a proposal back. Raises Forbidden for anybody else, ValidationError when it is decided."""
    locked = _waiting(change)
    if locked.proposed_by_id != actor.user:
        raise Forbidden
    _decide(locked, ChangeState.WITHDRAWN, "", actor)


def approve(change: Reorganisation, *, note: str = "", actor: Actor) -> None:
    """Say yes as the second person; from the day it names, the worker applies it. Raises as `refuse` does."""
    from .tasks import apply_change

    locked = _second(change, actor)
    refusal = tree.objection(locked, [m.entity for m in locked.moved_entities.select_related("entity")])
    if refusal:
        raise ValidationError(refusal)
    _decide(locked, ChangeState.APPROVED, note, actor)
    apply_change.defer(change=locked.pk)


def refuse(change: Reorganisation, *, note: str, actor: Actor) -> None:
    """Say no as the second person.

    Raises Forbidden for the author, and where the actor does not approve for the unit, the union above it and the
    target; ValidationError when it is decided already.
    """
    _decide(_second(change, actor), ChangeState.REFUSED, note, actor)


def apply(key: int) -> Reorganisation:
    """Carry out an approved change whose day has come; anything else is left alone. Runs as the worker.

    All of it or nothing. What the tree refuses by now is written down as failed, with the reason.
    """
    with transaction.atomic():
        change = Reorganisation.objects.select_for_update().get(pk=key)
        if change.state != ChangeState.APPROVED or change.on > timezone.localdate():
            return change
        try:
            with transaction.atomic():
                _carry_out(change)
        except tree.TreeError as refusal:
            change.state, change.failure = ChangeState.FAILED, str(refusal)
        else:
            change.state = ChangeState.APPLIED
        change.applied_at = timezone.now()
        change.save(update_fields=["state", "failure", "applied_at"])
    return change


def due() -> list[int]:
    """Approved changes whose day has come."""
    found = Reorganisation.objects.filter(state=ChangeState.APPROVED, on__lte=timezone.localdate())
    return list(found.order_by("on", "pk").values_list("pk", flat=True))


def change_entity(entity: LegalEntity, *, on: date, **face: Any) -> LegalEntity:
    """Give a legal entity another name, class, place or state from a day on; the old face is kept.

    A face that is as it was is not kept twice, and the credit code never changes: the same name under another code
    is another firm. Raises ValidationError when the present face is not older than `on`.
    """
    if strange := set(face) - set(FACE):
        raise TypeError(f"no part of a face: {', '.join(sorted(strange))}")
    with transaction.atomic():
        entity = LegalEntity.objects.select_for_update().get(pk=entity.pk)
        if all(getattr(entity, name) == value for name, value in face.items()):
            return entity
        last = entity.faces.order_by("-until").values_list("until", flat=True).first() or entity.opened_on
        if last >= on:
            raise ValidationError(_("The present details hold only since %(day)s.") % {"day": last})
        EntityFace.objects.create(
            entity=entity, since=last, until=on, **{name: getattr(entity, name) for name in FACE}
        )
        for name, value in face.items():
            setattr(entity, name, value)
        entity.save(update_fields=list(face))
    return entity


def _carry_out(change: Reorganisation) -> None:
    unit, on = change.unit, change.on
    if change.kind == ChangeKind.FOUND:
        tree.add(
            unit, on=on, by=change, code=change.code, name=change.name, name_en=change.name_en,
            level=change.level, kind=change.unit_kind, region=change.region,
        )  # fmt: skip
    elif change.kind == ChangeKind.MOVE:
        tree.reparent(unit, change.target, on=on, channel=change.channel, by=change)
    elif change.kind == ChangeKind.MERGE and change.target is not None:
        tree.merge([unit], change.target, on=on, grants=change.grants, by=change)
    elif change.kind == ChangeKind.SPLIT:
        moved = LegalEntity.objects.filter(pk__in=change.moved_entities.values("entity"))
        part = tree.Part(change.name, change.code, change.name_en, entities=list(moved))
        tree.split(unit, [part], on=on, by=change)
    elif change.kind == ChangeKind.RENAME:
        tree.rename(unit, change.name, on=on, name_en=change.name_en, by=change)
    elif change.kind == ChangeKind.RENUMBER:
        tree.renumber(unit, change.code, on=on, region=change.region, by=change)
    elif change.kind == ChangeKind.CLOSE:
        tree.close(unit, on=on, grants=change.grants, by=change)


def _require(rule: Rule, change: Reorganisation, actor: Actor) -> None:
    """The actor's tree must hold the unit, where its place is at stake the union above it, and the target."""
    keeps_its_place = change.kind in (ChangeKind.FOUND, ChangeKind.RENAME)
    units = [change.unit, change.target, None if keeps_its_place else change.unit.parent]
    wanted = {u.pk for u in units if u is not None}
    if rule.filter(Unit.objects.filter(pk__in=wanted), actor).count() != len(wanted):
        raise Forbidden


def _waiting(change: Reorganisation) -> Reorganisation:
    """The proposal under lock. Raises ValidationError when it waits no longer."""
    locked = Reorganisation.objects.select_for_update(of=("self",)).select_related("unit").get(pk=change.pk)
    if locked.state != ChangeState.PROPOSED:
        raise ValidationError(
            _("This is no longer possible: the change is now “%(state)s”.")
            % {"state": locked.get_state_display()}  # type: ignore[attr-defined]
        )
    return locked


def _second(change: Reorganisation, actor: Actor) -> Reorganisation:
    locked = _waiting(change)
    if locked.proposed_by_id == actor.user:
        raise Forbidden
    _require(DECIDE, locked, actor)
    return locked


def _decide(change: Reorganisation, state: str, note: str, actor: Actor) -> None:
    Reorganisation.objects.filter(pk=change.pk).update(
        state=state, note=note, decided_by=actor.user, decided_at=timezone.now()
    )
