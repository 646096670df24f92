"""Agreeing and taking it back: per purpose, in the words of that day."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.beside import Stored, keeping
from gongjiang.kernel.lifecycle.flow import Forbidden

from .models import (
    PAPERS,
    Channel,
    Consent,
    ConsentPaper,
    ConsentText,
    Employment,
    GivenBy,
    Person,
)
from .rules import RECORD

GUARDED_BELOW = 14  # PIPL, article 31


@dataclass(frozen=True)
class Asked:
    """One purpose as a person meets it: the words in force, and what they said to it last."""

    text: ConsentText
    standing: Consent | None
    last: Consent | None

    @property
    def is_outdated(self) -> bool:
        """Agreed to earlier words; the new ones have not been answered."""
        return self.standing is not None and self.standing.text_id != self.text.pk


def texts(on: date | None = None) -> QuerySet[ConsentText]:
    """The words in force for each purpose."""
    day = on or timezone.localdate()
    return ConsentText.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day).order_by("purpose")


def asked(person: int) -> list[Asked]:
    """Everything this person is asked, or was asked and answered, with the papers. Three queries."""
    given = Consent.objects.filter(person=person).select_related("text").prefetch_related("papers")
    given = given.order_by("given_at", "pk")
    last: dict[str, Consent] = {each.purpose: each for each in given}
    found = {t.purpose: t for t in texts()}
    for purpose, consent in last.items():
        found.setdefault(purpose, consent.text)
    return [
        Asked(text, None if (c := last.get(p)) is None or c.withdrawn_at else c, c)
        for p, text in sorted(found.items())
    ]


def holds(person: int, purpose: str) -> bool:
    """Whether the person agrees now. False where nobody asked: no answer is no consent."""
    return person in holding([person], purpose)


def holding(persons: Iterable[int], purpose: str, *, at: datetime | None = None) -> set[int]:
    """Those of the persons who agree, now or at a moment. One query, in the present scope."""
    rows = Consent.objects.filter(person__in=list(persons), purpose=purpose)
    if at is None:
        rows = rows.filter(withdrawn_at=None)
    else:
        rows = rows.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), given_at__lte=at)
    return set(rows.values_list("person", flat=True))


def needs_guardian(person: Person, on: date | None = None) -> bool:
    """Whether somebody else must speak for this person: below fourteen. An unknown birthday is none."""
    day, born = on or timezone.localdate(), person.born_on
    return born is not None and (day.year - born.year, day.month, day.day) < (
        GUARDED_BELOW,
        born.month,
        born.day,
    )


def give(
    person: Person,
    purpose: str,
    *,
    actor: Actor,
    given_by: str = GivenBy.SELF,
    guardian: str = "",
    channel: str = Channel.WEB,
    papers: Sequence[Upload] = (),
) -> Consent:
    """The person agrees to the words in force for the purpose; a second time changes nothing.

    papers  scans of the paper that was signed, where it was

    Somebody else's consent is recorded as assisted or a guardian's, and says so. Raises ValidationError where there are
    no words in force, a child speaks alone, a guardian is not named, or a file is not accepted; Forbidden where
    somebody else speaks as "self", or keeps no register where the person works.
    """
    with keeping(PAPERS, papers) as kept, transaction.atomic():
        given = _give(person, purpose, actor, given_by, guardian, channel)
        _lay_beside(given, kept, actor)
    return given


def add_papers(given: Consent, papers: Sequence[Upload], *, actor: Actor) -> None:
    """Lay scans of the signed paper beside a consent that stands.

    Raises ValidationError for files that are not accepted and where it was taken back, Forbidden for who may not record
    it.
    """
    with keeping(PAPERS, papers) as kept, transaction.atomic():
        row = Consent.objects.select_for_update().filter(pk=given.pk).first()
        if row is None or not _may_record(row.person, actor):
            raise Forbidden("consent")
        if row.withdrawn_at is not None:
            raise ValidationError(_("This consent has been taken back; nothing is added to it any more."))
        _lay_beside(row, kept, actor)


def _lay_beside(given: Consent, kept: Sequence[Stored], actor: Actor) -> None:
    for each in kept:
        ConsentPaper(consent=given, at=timezone.now(), added_by_id=actor.user, **asdict(each)).save(
            force_insert=True
        )


def _give(person: Person, purpose: str, actor: Actor, given_by: str, guardian: str, channel: str) -> Consent:
    text = texts().filter(purpose=purpose).first()
    if text is None:
        raise ValidationError(_("There is nothing to agree to for this purpose at present."))
    guardian = " ".join(guardian.split())
    if actor.person != person.pk and (given_by == GivenBy.SELF or not _may_record(person, actor)):
        raise Forbidden("consent")
    if needs_guardian(person) and given_by != GivenBy.GUARDIAN:
        raise ValidationError(_("Below fourteen a guardian must agree. Name the guardian."))
    if given_by == GivenBy.GUARDIAN and not guardian:
        raise ValidationError(_("The guardian is not named. Write the guardian's name and relation."))
    standing = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()
    if standing is not None and standing.text_id == text.pk:
        return standing
    now = timezone.now()
    try:
        with transaction.atomic():
            if standing is not None:
                Consent.objects.filter(pk=standing.pk, withdrawn_at=None).update(withdrawn_at=now)
            return Consent.objects.create(
                person=person,
                text=text,
                purpose=purpose,
                given_by=given_by,
                guardian=guardian,
                channel=channel,
                given_at=now,
                recorded_by_id=actor.user,
            )
    except IntegrityError:
        return Consent.objects.get(person=person, purpose=purpose, withdrawn_at=None)


def _may_record(person: Person, actor: Actor) -> bool:
    return RECORD.filter(Employment.objects.filter(person=person, until=None), actor).exists()


def withdraw(person: Person, purpose: str, *, actor: Actor) -> None:
    """The person takes a consent back, from now on; nothing is deleted. Nothing happens where none stands.

    Only the person, or whoever may record consents where they work. Raises Forbidden.
    """
    if actor.person != person.pk and not _may_record(person, actor):
        raise Forbidden("consent")
    Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )
