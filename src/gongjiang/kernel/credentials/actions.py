"""Granting, suspending, restoring, revoking: the state moves, and every step is written down."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.documents import codes
from gongjiang.kernel.documents.actions import Draft, issue_many
from gongjiang.kernel.documents.models import IN_FORCE, Document
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.masking import mask_name
from gongjiang.kernel.people.models import Person

from .models import Credential, CredentialEvent, CredentialState, PublicCredential
from .rules import CLERKS

S = CredentialState


@dataclass(frozen=True)
class Award:
    """What one holder is to get. Exactly one of `person` (with the unit where they are counted) and `holder`.

    number  where the credential has its own already, a mirrored state certificate for instance; otherwise given here
    """

    name: str
    person: Person | None = None
    holder: Unit | None = None
    holder_unit: Unit | None = None
    level: str = ""
    name_en: str = ""
    case: Case | None = None
    number: str = ""


def grant(
    awards: Sequence[Award],
    *,
    kind: str,
    unit: Unit,
    actor: Actor,
    on: dt.date | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    document: Document | None = None,
    prefix: str = "",
) -> list[Credential]:
    """Grant these, issued by `unit`: all or none. One transaction, set-wise.

    prefix  begins the numbers given here, as a flow's begins its cases': "INH-2026-140400-00001"; capital letters, of
            whoever declares the credential. Needed where an award brings no number.

    Raises Forbidden where the actor is no clerk of the unit, ValidationError where a document that grants is not in
    force, or where one holder would get the same of the same case twice.
    """
    _clerk(actor, unit)
    on = on or timezone.localdate()
    if document is not None and document.state not in IN_FORCE:
        raise ValidationError(
            _("%(number)s is not issued yet; nothing can be granted by it.") % {"number": document.number}
        )
    if not awards:
        return []
    own_numbers = sum(1 for award in awards if not award.number)
    try:
        with transaction.atomic():
            series = number_series(prefix, unit.code, on) if own_numbers else ""
            following = take(f"CRED-{series}", own_numbers) if own_numbers else 0
            rows = []
            for award in awards:
                number = award.number or f"{series}-{following:05d}"
                following += not award.number
                rows.append(_row(award, kind, unit, on, valid_from or on, valid_to, document, number))
            made = Credential.objects.bulk_create(rows)
            _write_events(made, on, actor, document, "")
            PublicCredential.objects.bulk_create(
                _public(row, award) for row, award in zip(made, awards, strict=True)
            )
    except IntegrityError as twice:
        if "credential_once_a_case" in str(twice) or "credential_number_once" in str(twice):
            raise ValidationError(
                _("One of these has been granted already. Load the page again to see what is there.")
            ) from twice
        raise
    return made


def number_series(prefix: str, unit_code: str, on: dt.date) -> str:
    """What the numbers of a year begin with. Raises ValueError where the prefix is no abbreviation."""
    if not (prefix.isascii() and prefix.isupper() and prefix.isalpha()):
        raise ValueError(f"numbers begin with capital letters, not with {prefix!r}")
    return f"{prefix}-{on.year}-{unit_code}"


def certify(
    credentials: Sequence[Credential],
    *,
    kind: str,
    titles: Mapping[int, str] | str,
    values: Mapping[int, Mapping[str, Any]],
    actor: Actor,
    on: dt.date | None = None,
) -> list[Document]:
    """Issue the certificate of each, of a document kind with the certificate's layout, bearing the same code.

    titles  what stands on each, by credential, or one for all; values: what its template is given, by credential
    All have the same issuer. Raises what `issue_many` raises, and Stale where one has its certificate already.
    """
    if not credentials:
        return []
    unit = Unit.objects.get(pk=credentials[0].unit_id)
    _clerk(actor, unit)
    with transaction.atomic():
        rows = list(
            Credential.objects.select_for_update(of=("self",)).filter(pk__in=[c.pk for c in credentials])
        )
        by_key = {row.pk: row for row in rows}
        rows = [by_key[c.pk] for c in credentials]
        for row in rows:
            if row.certificate_id is not None or row.unit_id != unit.pk:
                raise Stale(row)
        drafts = [
            Draft(
                titles if isinstance(titles, str) else titles[row.pk],
                values[row.pk],
                Case.objects.filter(pk=row.case_id).first() if row.case_id else None,
                row.code,
            )
            for row in rows
        ]
        made = issue_many(kind, drafts, unit=unit, actor=actor, on=on)
        for row, document in zip(rows, made, strict=True):
            row.certificate = document
        Credential.objects.bulk_update(rows, ["certificate"])
    return made


def suspend(
    credentials: Iterable[Credential], *, reason: str, actor: Actor, document: Document | None = None
) -> int:
    """Suspend valid ones until they are restored; returns how many. Raises Forbidden, Stale, ValidationError."""
    return _move(credentials, (S.VALID,), S.SUSPENDED, reason, actor, document)


def restore(
    credentials: Iterable[Credential], *, reason: str, actor: Actor, document: Document | None = None
) -> int:
    """End a suspension; returns how many."""
    return _move(credentials, (S.SUSPENDED,), S.VALID, reason, actor, document)


def revoke(credentials: Iterable[Credential], *, document: Document, reason: str, actor: Actor) -> int:
    """Revoke for good, by a document in force; returns how many. Raises Forbidden, Stale, ValidationError."""
    if document.state not in IN_FORCE:
        raise ValidationError(
            {
                "document": [
                    _("%(number)s is not issued yet; nothing is revoked by it.") % {"number": document.number}
                ]
            }
        )
    return _move(credentials, (S.VALID, S.SUSPENDED), S.REVOKED, reason, actor, document)


def _move(
    credentials: Iterable[Credential],
    sources: tuple[str, ...],
    target: str,
    reason: str,
    actor: Actor,
    document: Document | None,
) -> int:
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": [_("Say why; the holder reads it.")]})
    today = timezone.localdate()
    with transaction.atomic():
        keys = [c.pk for c in credentials]
        rows = list(Credential.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
        if len(rows) != len(set(keys)):
            raise Forbidden
        held = {g.unit for g in actor.held(*CLERKS)}
        for row in rows:
            if row.unit_id not in held:
                raise Forbidden
            if row.state not in sources:
                raise Stale(row)
            row.state, row.version = target, row.version + 1
        Credential.objects.bulk_update(rows, ["state", "version"])
        _write_events(rows, today, actor, document, reason)
        PublicCredential.objects.filter(code__in=[row.code for row in rows]).update(
            state=target, state_on=today, document=document.number if document else ""
        )
    return len(rows)


def _clerk(actor: Actor, unit: Unit) -> None:
    if not any(g.unit == unit.pk for g in actor.held(*CLERKS)):
        raise Forbidden


def _row(
    award: Award,
    kind: str,
    unit: Unit,
    on: dt.date,
    valid_from: dt.date,
    valid_to: dt.date | None,
    document: Document | None,
    number: str,
) -> Credential:
    counted = award.holder or award.holder_unit
    if (award.person is None) == (award.holder is None) or counted is None:
        raise ValueError("a credential has exactly one holder, and a person's unit is said")
    return Credential(
        kind=kind,
        level=award.level,
        name=award.name,
        name_en=award.name_en,
        person=award.person,
        holder=award.holder,
        unit=unit,
        path=unit.path,
        holder_unit=counted,
        holder_path=counted.path,
        number=number,
        on=on,
        valid_from=valid_from,
        valid_to=valid_to,
        code=codes.new(),
        document=document,
        case=award.case,
    )


def _public(row: Credential, award: Award) -> PublicCredential:
    """The row for strangers: a person's name masked, a unit's in full."""
    return PublicCredential(
        code=row.code,
        unit=row.unit,
        kind=row.kind,
        name=row.name,
        name_en=row.name_en,
        holder=mask_name(award.person.name) if award.person else (award.holder.name if award.holder else ""),
        issuer=row.unit.name,
        issuer_en=row.unit.name_en,
        number=row.number,
        on=row.on,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
        state_on=row.on,
        document=row.document.number if row.document else "",
    )


def _write_events(
    rows: Sequence[Credential], on: dt.date, actor: Actor, document: Document | None, reason: str
) -> None:
    at = timezone.now()
    CredentialEvent.objects.bulk_create(
        CredentialEvent(
            credential=row,
            version=row.version,
            state=row.state,
            on=on,
            document=document,
            reason=reason,
            user_id=actor.user,
            at=at,
        )
        for row in rows
    )
