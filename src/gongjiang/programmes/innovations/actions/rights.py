"""Patents on a result, and what the enterprise paid for it."""

from collections.abc import Collection, Mapping
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.models import Participant
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.programmes.innovations.models import (
    Inventor,
    Patent,
    PatentStatus,
    Result,
    Reward,
    RewardShare,
)
from gongjiang.programmes.innovations.permissions import APPLICANT, KEEPER
from gongjiang.programmes.innovations.rules import Unclear, patent_kind, patent_number

from .asking import ask, refuse


def add_patent(
    result: Result,
    *,
    kind: str,
    number: str,
    owner: str,
    granted_on: date | None,
    inventors: Collection[int],
    actor: Actor,
) -> Patent:
    """A patent of the result: granted where its day is known, applied for otherwise.

    kind       as it is on the certificate, or its code; what is no kind is refused with the reason
    inventors  persons out of the makers
    Raises Forbidden, or Refused: an unclear kind or number, a number that is registered, a day still to come.
    """
    with transaction.atomic():
        ask(APPLICANT | KEEPER, result.pk, actor)
        try:
            code = patent_kind(kind)
        except Unclear as why:
            raise refuse(result.pk, str(why), "kind") from why
        try:
            plain = patent_number(code, number)
        except Unclear as why:
            raise refuse(result.pk, str(why), "number") from why
        _not_ahead(result.pk, granted_on, "granted_on")
        if not set(inventors) or set(inventors) - _makers(result):
            raise refuse(result.pk, _("Name the inventors out of the makers of this result."), "inventors")
        try:
            with transaction.atomic():
                patent = Patent.objects.create(
                    result=result,
                    kind=code,
                    number=plain,
                    status=PatentStatus.GRANTED if granted_on else PatentStatus.APPLIED,
                    owner=owner.strip(),
                    granted_on=granted_on,
                )
        except IntegrityError as error:
            if "number" not in str(error):
                raise
            raise refuse(
                result.pk, _("This number is registered with a result already."), "number"
            ) from error
        Inventor.objects.bulk_create(Inventor(patent=patent, person_id=key) for key in sorted(set(inventors)))
    return patent


def grant_patent(patent: Patent, granted_on: date, *, actor: Actor) -> Patent:
    """What was applied for is granted. Raises Forbidden or Refused."""
    with transaction.atomic():
        ask(APPLICANT | KEEPER, patent.result_id, actor)
        _not_ahead(patent.result_id, granted_on, "granted_on")
        if patent.status == PatentStatus.GRANTED:
            raise refuse(patent.result_id, _("It is granted already."))
        patent.status, patent.granted_on = PatentStatus.GRANTED, granted_on
        patent.save(update_fields=["status", "granted_on"])
    return patent


def pay_reward(
    result: Result,
    *,
    payer: LegalEntity,
    fen: int,
    clause: str,
    paid_on: date,
    shares: Mapping[int, int],
    actor: Actor,
) -> Reward:
    """What the enterprise has paid, by which clause of its rule, and to whom: {person: fen}. Its own money.

    Raises Forbidden, or Refused: not adopted, not the enterprise of this unit, shares that do not add up.
    """
    with transaction.atomic():
        case = ask(KEEPER, result.pk, actor)
        if result.adopted_on is None:
            raise refuse(result.pk, _("A reward is paid for a result that was adopted."))
        if payer.unit_id != case.unit_id:
            raise refuse(result.pk, _("The payer is the enterprise of this unit."), "payer")
        if not clause.strip():
            raise refuse(result.pk, _("Name the rule and its clause by which it was paid."), "clause")
        _not_ahead(result.pk, paid_on, "paid_on")
        paid = {person: amount for person, amount in shares.items() if amount}
        if fen <= 0 or sum(paid.values()) != fen:
            raise refuse(result.pk, _("What the persons got must add up to the whole amount."), "fen")
        if set(paid) - _makers(result):
            raise refuse(result.pk, _("Only the makers of this result share its reward."))
        reward = Reward.objects.create(
            result=result,
            payer=payer,
            fen=fen,
            clause=clause.strip(),
            paid_on=paid_on,
            recorded_by_id=actor.user,
            recorded_at=timezone.now(),
        )
        RewardShare.objects.bulk_create(
            RewardShare(reward=reward, person_id=person, fen=amount) for person, amount in paid.items()
        )
    return reward


def void_reward(reward: Reward, why: str, *, actor: Actor) -> Reward:
    """A reward that was recorded wrongly counts no longer. Raises Forbidden or Refused."""
    with transaction.atomic():
        ask(KEEPER, reward.result_id, actor)
        if not why.strip():
            raise refuse(reward.result_id, _("Say in a sentence why."), "why")
        reward.voided = why.strip()
        reward.save(update_fields=["voided"])
    return reward


def _makers(result: Result) -> set[int]:
    return set(Participant.objects.filter(case=result.pk).values_list("person", flat=True))


def _not_ahead(key: int, day: date | None, field: str) -> None:
    if day and day > timezone.localdate():
        raise refuse(key, _("This day is still to come."), field)
