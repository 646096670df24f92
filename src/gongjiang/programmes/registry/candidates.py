"""Settling what a list could not decide: an enterprise is verified, is one on the register already, or is none."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs import actions as orgs
from gongjiang.kernel.orgs.models import EntityState, LegalEntity
from gongjiang.kernel.people.identity import BadIdentifier, credit_code
from gongjiang.kernel.people.search import SHORTEST, matching

from .enterprises import entity_of
from .models import Candidate, Settled
from .permissions import CANDIDATES

MOST_ALIKE = 8


def verify(candidate: Candidate, uscc: str, *, actor: Actor, industry: str = "") -> LegalEntity:
    """Put it on the register under the credit code on its licence.

    industry  what the old industry code has become, where it was divided
    Raises ValidationError, by field, for a code that cannot be right or is on the register already, and for an industry
    that is still to be chosen.
    """
    with transaction.atomic():
        row = _waiting(candidate, actor)
        if row.code_2011 and industry not in choices(row):
            raise ValidationError({"industry": _("Choose what the old industry code has become.")})
        row.industry = industry or row.industry
        entity = entity_of(row, _free(uscc, actor))
        entity.save(force_insert=True)
        _settle(row, Settled.VERIFIED, actor, entity=entity)
    return entity


def same_as(candidate: Candidate, entity: LegalEntity, *, actor: Actor) -> None:
    """It is one on the register already; the next list that states it so changes nothing. Raises Forbidden."""
    with transaction.atomic():
        row = _waiting(candidate, actor)
        if not CANDIDATES.filter(LegalEntity.objects.filter(pk=entity.pk), actor).exists():
            raise Forbidden("same")
        _settle(row, Settled.SAME, actor, entity=entity)


def reject(candidate: Candidate, note: str, *, actor: Actor) -> None:
    """It is no enterprise of this area; `note` says why. The next list that states it so changes nothing."""
    if not note.strip():
        raise ValidationError({"note": _("Say why, so that a colleague understands it.")})
    with transaction.atomic():
        _settle(_waiting(candidate, actor), Settled.REJECTED, actor, note=note.strip())


def give_code(entity: LegalEntity, uscc: str, *, actor: Actor) -> LegalEntity:
    """An enterprise that was recorded without a credit code has one: it is verified, and active from today on.

    Raises Forbidden outside the actor's tree, ValidationError for a code that cannot be right or is not free.
    """
    with transaction.atomic():
        row = CANDIDATES.filter(LegalEntity.objects.filter(pk=entity.pk, uscc=None), actor).first()
        if row is None:
            raise Forbidden("verify")
        code = _free(uscc, actor)
        if row.state == EntityState.CANDIDATE:
            row = orgs.change_entity(row, on=timezone.localdate(), state=EntityState.ACTIVE)
        LegalEntity.objects.filter(pk=row.pk).update(uscc=code, uscc_missing_reason="")
        row.refresh_from_db()
    return row


def alike(candidate: Candidate, actor: Actor) -> list[LegalEntity]:
    """Enterprises on the register that it may be: whose name contains its name, or once was its name."""
    name = "".join(candidate.name.split())
    found: QuerySet[LegalEntity] = CANDIDATES.filter(LegalEntity.objects.select_related("unit"), actor)
    wanted = Q(name=candidate.name) | Q(faces__name=candidate.name)
    if len(name) >= SHORTEST:
        wanted |= matching("entity", name)
    return list(found.filter(wanted).distinct().order_by("name", "pk")[:MOST_ALIKE])


def choices(candidate: Candidate) -> dict[str, str]:
    """What its old industry code may have become: code → name; empty where there is nothing to choose."""
    if not candidate.code_2011:
        return {}
    digits = candidate.code_2011.lstrip("ABCDEFGHIJKLMNOPQRST")[:2]
    old = Code.objects.filter(
        list__code="industry", list__version="2011", level="division", code__endswith=digits
    )
    return dict(
        old.order_by("successors__new__code").values_list("successors__new__code", "successors__new__name")
    )


def _waiting(candidate: Candidate, actor: Actor) -> Candidate:
    """The candidate under lock. Raises Forbidden out of reach, ValidationError when somebody has settled it."""
    row = CANDIDATES.filter(Candidate.objects.select_for_update().filter(pk=candidate.pk), actor).first()
    if row is None:
        raise Forbidden("settle")
    if row.state != Settled.OPEN:
        raise ValidationError(
            _("This has been settled already: %(state)s.") % {"state": Settled(row.state).label}
        )
    return row


def _free(uscc: str, actor: Actor) -> str:
    """The code in its normal form, when it is right and nobody's yet. Raises ValidationError."""
    try:
        code = credit_code(uscc)
    except BadIdentifier as wrong:
        raise ValidationError({"uscc": str(wrong)}) from wrong
    held = CANDIDATES.filter(LegalEntity.objects.filter(uscc=code), actor).first()
    if held is not None:
        raise ValidationError(
            {"uscc": _("This code is that of %(entity)s. Is it the same enterprise?") % {"entity": held}}
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_codes_held(%s)", [[code]])
        if cursor.fetchall():
            raise ValidationError(
                {
                    "uscc": _(
                        "Another union keeps an enterprise with this code. Ask the union above both of you."
                    )
                }
            )
    return code


def _settle(
    row: Candidate, state: Settled, actor: Actor, *, entity: LegalEntity | None = None, note: str = ""
) -> None:
    row.state, row.entity, row.note = state, entity, note
    row.settled_by_id, row.settled_at = actor.user, timezone.now()
    row.save(update_fields=["state", "entity", "note", "settled_by", "settled_at", "industry"])
