"""Taking in a list of enterprises, and settling what it could not decide: an enterprise is verified, is one on the
register already, or is none."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.exchange.kinds import Verdict
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs import actions as orgs
from gongjiang.kernel.orgs.models import EntityState, LegalEntity
from gongjiang.kernel.people.identity import BadIdentifier, credit_code

from ..candidates import choices
from ..models import Candidate, Settled
from ..permissions import CANDIDATES
from . import lists
from .lists import Change, Declared, Doubtful, Statement


def register(verdicts: Sequence[Verdict], batch: ImportBatch, actor: Actor) -> list[int | None]:
    """Write what the rows mean: enterprises, candidates, and changes of those on the register, from today on."""
    plans = [verdict.plan for verdict in verdicts]
    made = LegalEntity.objects.bulk_create(_entity(p, p.written) for p in plans if isinstance(p, Statement))
    Candidate.objects.bulk_create(_candidates((p for p in plans if isinstance(p, Doubtful)), batch))
    changes = [plan for plan in plans if isinstance(plan, Change)]
    today = timezone.localdate()
    for plan in changes:
        if plan.face:
            orgs.change_entity(plan.entity, on=today, **plan.face)
        if plan.declared.is_known:
            LegalEntity.objects.filter(pk=plan.entity.pk).update(
                declared_workers=plan.declared.workers, declared_on=plan.declared.on
            )
    lists.note(batch, [entity.pk for entity in made], changes, today)
    keys = iter(made)
    return [
        next(keys).pk if isinstance(p, Statement) else p.entity.pk if isinstance(p, Change) else None
        for p in plans
    ]


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
        entity = _entity(row, _free(uscc, actor))
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


def _entity(stated: "Statement | Candidate", uscc: str) -> LegalEntity:
    """The enterprise of a statement, not saved yet, under a credit code that has been verified."""
    return LegalEntity(uscc=uscc, **_stated(stated))


def _candidates(doubtful: Iterable[Doubtful], batch: ImportBatch) -> Iterable[Candidate]:
    for each in doubtful:
        said = each.stated
        yield Candidate(
            batch=batch, why=each.why, written=said.written, code_2011=said.code_2011, **_stated(said)
        )


def _stated(said: "Statement | Candidate") -> dict[str, Any]:
    """What an enterprise and a candidate have in common."""
    if isinstance(said, Candidate):
        unit, declared = said.unit_id, Declared(said.declared_workers, said.declared_on)
    else:
        unit, declared = said.unit, said.declared
    return {
        "unit_id": unit, "name": said.name, "ownership": said.ownership, "legal_form": said.legal_form,
        "size_class": said.size_class, "industry": said.industry, "chains": said.chains, "region": said.region,
        "park": said.park, "declared_workers": declared.workers, "declared_on": declared.on,
        "opened_on": said.opened_on,
    }  # fmt: skip
