"""Making a list public, and dealing with what is said against it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.audit.actions import explained
from gongjiang.kernel.audit.models import Purpose
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Rule, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.documents import codes
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.beside import keeping
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.crypto import keyed_hash, reveal, seal

from .models import (
    STORE,
    AuthorDisclosure,
    Objection,
    ObjectionAuthor,
    ObjectionFile,
    ObjectionHandler,
    ObjectionKind,
    Publicity,
    PublicityCase,
    PublicityState,
    Ruling,
    RulingResult,
)
from .queries import appellant
from .rules import CLERKS, HANDLERS
from .snapshot import Column, Step, digest, freeze


def publicise(
    cases: Sequence[Case],
    *,
    unit: Unit,
    kind: str,
    title: str,
    columns: Sequence[Column],
    rows: Mapping[int, Sequence[str | Sequence[str]]],
    days: int,
    ends_at: EndsAt,
    actor: Actor,
    edition: Edition | None = None,
    counts_first_day: bool = False,
    text: str = "",
    title_en: str = "",
    steps: Sequence[Step] = (),
    document: Document | None = None,
    answer_days: int | None = None,
) -> Publicity:
    """Publish a masked list of these cases, in this order, for `days` working days of the unit's place.

    rows         case -> the value of each column, not masked yet
    ends_at      the hour at which the last day ends: of the office, or of the day
    answer_days  working days within which an objection is answered, where a rule says so
    Raises Forbidden where the actor is no clerk of the unit, ValidationError where a row may not be published.
    """
    if not any(g.unit == unit.pk for g in actor.held(*CLERKS)):
        raise Forbidden
    at = timezone.now()
    snapshot = freeze(columns, [rows[case.pk] for case in cases], steps)
    window = Rule(days, CountedIn.WORKING_DAY, ends_at, counts_first_day)
    closes_at = deadline(window, at, calendars().at(unit.region)).at
    with transaction.atomic():
        year = timezone.localtime(at).year
        number = f"GS-{year}-{unit.code}-{take(f'GS-{year}-{unit.code}', 1):04d}"
        earlier = Publicity.objects.filter(edition=edition, unit=unit, kind=kind).count()
        made = Publicity.objects.create(
            number=number,
            unit=unit,
            path=unit.path,
            edition=edition,
            kind=kind,
            round=earlier + 1,
            title=title,
            title_en=title_en,
            text=text,
            document=document,
            opened_at=at,
            days=days,
            closes_at=closes_at,
            answer_days=answer_days,
            snapshot=snapshot,
            digest=digest(number, title, text, snapshot),
            publicised_by_id=actor.account,
        )
        PublicityCase.objects.bulk_create(
            PublicityCase(publicity=made, case=case, position=place) for place, case in enumerate(cases, 1)
        )
    return made


def cancel(publicity: Publicity, *, reason: str, actor: Actor) -> Publicity:
    """Take a notice back before it is over; it stays readable, with the reason. Raises Forbidden, Stale."""
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": [_("Say why; everybody can read it.")]})
    with transaction.atomic():
        row = _held(publicity, actor)
        row.cancelled_at, row.cancel_reason = timezone.now(), reason
        row.save(update_fields=["cancelled_at", "cancel_reason"])
    return row


def prolong(publicity: Publicity, *, days: int, ends_at: EndsAt, actor: Actor) -> Publicity:
    """Give an open notice more working days after its present last one. Raises Forbidden, Stale."""
    with transaction.atomic():
        row = _held(publicity, actor)
        window = Rule(days, CountedIn.WORKING_DAY, ends_at)
        row.closes_at = deadline(window, row.closes_at, calendars().at(row.unit.region)).at
        row.save(update_fields=["closes_at"])
    return row


def _held(publicity: Publicity, actor: Actor) -> Publicity:
    if not any(g.unit == publicity.unit_id for g in actor.held(*CLERKS)):
        raise Forbidden
    row = Publicity.objects.select_for_update(of=("self",)).select_related("unit").get(pk=publicity.pk)
    if row.state() != PublicityState.OPEN:
        raise Stale(row)
    return row


@dataclass(frozen=True)
class Author:
    """Who objects: a name, and how to reach them."""

    name: str
    contact: str


def receipt_of(request: uuid.UUID) -> str:
    """The code by which the author of a form finds the ruling: the same for the same form, so that it can be shown
    again when the first answer was lost.
    """
    return codes.of(keyed_hash("receipt of objection", request.hex))


def object_to(
    publicity: Publicity,
    *,
    author: Author,
    matter: str,
    request: uuid.UUID,
    position: int | None = None,
    uploads: Sequence[Upload] = (),
) -> str:
    """Take an objection in, from anybody, against one row or the whole list; the code of the receipt.

    Raises ValidationError: too late (with until when it could be made), twice the same, or an unfit file. Nothing of
    the author is written anywhere but sealed.
    """
    at = timezone.now()
    if publicity.state(at) != PublicityState.OPEN:
        raise ValidationError(closed_sentence(publicity))
    due_at = None
    if publicity.answer_days:
        window = Rule(publicity.answer_days, CountedIn.WORKING_DAY, EndsAt.MIDNIGHT)
        due_at = deadline(window, at, calendars().at(publicity.unit.region)).at
    made = Objection(
        kind=ObjectionKind.OBJECTION,
        publicity=publicity,
        position=position,
        unit_id=publicity.unit_id,
        received_at=at,
        due_at=due_at,
        matter=seal(matter.strip()),
    )
    who = keyed_hash("objection", f"{publicity.pk}|{position}|{_bare(author.name)}|{_bare(author.contact)}")
    try:
        return _take_in(made, author, who, request, uploads)
    except IntegrityError as refused:
        if "takes no objection now" in str(refused):
            publicity.refresh_from_db(fields=["closes_at", "cancelled_at", "cancel_reason"])
            raise ValidationError(closed_sentence(publicity)) from refused
        raise


def appeal(
    case: Case,
    *,
    author: Author,
    matter: str,
    request: uuid.UUID,
    actor: Actor,
    uploads: Sequence[Upload] = (),
) -> str:
    """Take in an appeal against the decision on one's own case; the code of the receipt.

    Only within the edition's window for appeals, only from who applied or takes part. Raises ValidationError.
    """
    made = Objection(
        kind=ObjectionKind.APPEAL,
        case=case,
        unit_id=case.unit_id,
        received_at=timezone.now(),
        matter=seal(matter.strip()),
    )
    try:
        return _take_in(made, author, appellant(case.pk, actor.person), request, uploads)
    except IntegrityError as refused:
        if "takes no appeal now" in str(refused):
            raise ValidationError(
                _(
                    "Appeals can be made in the edition's window for appeals only, by whoever takes part in the case."
                )
            ) from refused
        raise


def _take_in(
    made: Objection, author: Author, who: bytes, request: uuid.UUID, uploads: Sequence[Upload]
) -> str:
    receipt = receipt_of(request)
    try:
        with keeping(STORE, uploads) as files, transaction.atomic():
            made.save(force_insert=True)
            ObjectionAuthor(
                objection=made,
                sealed=seal(f"{author.name.strip()}\n{author.contact.strip()}"),
                author=who,
                receipt=keyed_hash("receipt", receipt),
            ).save(force_insert=True)
            for file in files:
                ObjectionFile(objection=made, **asdict(file)).save(force_insert=True)
    except IntegrityError as refused:
        if "publicity_objectionauthor" in str(refused):
            raise ValidationError(
                _(
                    "You have objected to this already. Your objection is being dealt with; the code you got shows how."
                )
            ) from refused
        raise
    return receipt


def closed_sentence(publicity: Publicity) -> str:
    """Why a notice takes no objection any more."""
    if publicity.cancelled_at is not None:
        return _(
            "This notice was taken back. Nothing follows from its list, so there is nothing to object to."
        )
    until = timezone.localtime(publicity.closes_at).strftime("%Y-%m-%d %H:%M:%S")
    return _(
        "Objections could be made until %(until)s (Beijing time). Whoever still knows something can call the unit"
        " that made the notice."
    ) % {"until": until}


def take_on(objection: Objection, *, actor: Actor) -> ObjectionHandler:
    """Become its handler by name, which alone opens who wrote it. Raises Forbidden."""
    _handles(objection, actor)
    made, _new = ObjectionHandler.objects.get_or_create(
        objection=objection,
        user_id=actor.account,
        defaults={"since": timezone.now()},
    )
    return made


def matter_of(objection: Objection, *, actor: Actor) -> str:
    """What is said, for those who deal with it. Raises Forbidden."""
    _handles(objection, actor)
    return reveal(bytes(objection.matter))


def reveal_author(
    objection: Objection, *, purpose: str, note: str, actor: Actor, request: uuid.UUID | None = None
) -> Author:
    """Who wrote it, once, after the disclosure has been written. Raises Forbidden for whoever is not its handler,
    ValidationError where the purpose is not said.
    """
    _handles(objection, actor)
    note = explained(note)
    if purpose not in Purpose.values:
        raise ValidationError(_("Choose what it is needed for."))
    with transaction.atomic():
        row = ObjectionAuthor.objects.filter(objection=objection).first()
        if row is None:
            raise Forbidden
        AuthorDisclosure.objects.create(
            objection=objection,
            user_id=actor.account,
            purpose=purpose,
            note=note,
            request=request or uuid.uuid4(),
            at=timezone.now(),
        )
        name, contact = reveal(bytes(row.sealed)).split("\n", 1)
    return Author(name, contact)


def rule_on(objection: Objection, *, result: str, reasons: str, actor: Actor) -> Ruling:
    """Decide an objection, for good. Raises Forbidden, ValidationError where the actor had a part in what it is
    against or gives no reasons, and Stale where somebody has ruled already.
    """
    _handles(objection, actor)
    reasons = reasons.strip()
    wrong: dict[str, list[str]] = {}
    if result not in RulingResult.values:
        wrong["result"] = [_("Choose how it is decided.")]
    if not reasons:
        wrong["reasons"] = [_("Give the reasons; whoever objected reads them.")]
    if wrong:
        raise ValidationError(wrong)
    if had_part_in(objection, actor):
        raise ValidationError(
            _("You had a part in what this is against: a colleague who had none has to rule on it.")
        )
    if Ruling.objects.filter(objection=objection).exists():
        raise Stale(objection)
    try:
        with transaction.atomic():
            return Ruling.objects.create(
                objection=objection,
                result=result,
                reasons=reasons,
                ruled_by_id=actor.account,
                at=timezone.now(),
            )
    except IntegrityError as twice:
        raise Stale(objection) from twice


def told(objection: Objection, *, actor: Actor) -> None:
    """Say that the author has been told, by phone for instance; looking it up by the code says so by itself."""
    _handles(objection, actor)
    Ruling.objects.filter(objection=objection, told_at=None).update(told_at=timezone.now())


def had_part_in(objection: Objection, actor: Actor) -> bool:
    """Whether the actor made the notice or acted on the case that an objection is against."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT had_part_in(%s, %s)", [actor.user, objection.pk])
        return bool(cursor.fetchone()[0])


def _handles(objection: Objection, actor: Actor) -> None:
    if not any(g.unit == objection.unit_id for g in actor.held(*HANDLERS)):
        raise Forbidden


def _bare(said: str) -> str:
    """A name or a contact as it is compared."""
    return "".join(said.split()).casefold()
