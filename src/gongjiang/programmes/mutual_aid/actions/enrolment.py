"""Enrolling the people of a unit: the batch, its roster, the fee that comes for it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.ledger import books
from gongjiang.kernel.ledger.books import Posting
from gongjiang.kernel.ledger.models import EntryKind
from gongjiang.kernel.ledger.rules import MAKERS
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Employment
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.models import (
    CoverState,
    Fee,
    FeeMatch,
    MemberCoverage,
    Receipt,
    UnitEnrolment,
)
from gongjiang.programmes.mutual_aid.permissions import CASHIER, KEEPER

from .asking import ask, refuse

#: States in which the unit still changes its roster.
OPEN = (State.DRAFT, State.RETURNED)


def begin(
    edition: Edition,
    unit: Unit,
    *,
    actor: Actor,
    members: int | None = None,
    begins_on: dt.date | None = None,
) -> UnitEnrolment:
    """Open a batch of a unit in a period; its cover begins with the period, or later on with the next month.

    members  as many as the register has there, where nothing is said
    """
    days = queries.cover_days(edition)
    if days is None:
        raise ValidationError(_("The period has no time of cover yet."))
    with transaction.atomic():
        case = door.open_case("mutual_aid.enrolment", "begin", actor=actor, unit=unit, edition=edition)
        return UnitEnrolment.objects.create(
            case=case,
            members=members or max(1, Employment.objects.filter(unit=unit, until=None).count()),
            begins_on=begins_on or max(days[0], _next_month(timezone.localdate())),
        )


def _next_month(day: dt.date) -> dt.date:
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True)
class Listed:
    """Somebody for a roster. `void` says why they cannot be enrolled; they are kept so that the unit reads it."""

    person: int
    name: str
    insurance: str
    shares: int = 1
    void: str = ""


def list_people(enrolment: UnitEnrolment, people: Sequence[Listed], *, actor: Actor) -> list[int]:
    """Put people on the roster that a unit still works at, or change their lines; the lines' keys in order.

    Raises Forbidden, Stale, and IntegrityError where somebody stands on another roster of the period since.
    """
    with transaction.atomic():
        case = _working(enrolment, actor)
        there = {
            line.person_id: line
            for line in MemberCoverage.objects.filter(enrolment=enrolment).exclude(state=CoverState.VOID)
        }
        changed, fresh = [], []
        for each in people:
            line = there.get(each.person)
            if line is not None:
                line.insurance, line.shares = each.insurance, each.shares
                changed.append(line)
            else:
                fresh.append(
                    MemberCoverage(
                        enrolment=enrolment, edition=case.edition, person_id=each.person, unit_id=case.unit_id,
                        path=case.path, name=each.name, insurance=each.insurance, shares=each.shares,
                        state=CoverState.VOID if each.void else CoverState.LISTED, void_reason=each.void,
                    )
                )  # fmt: skip
        MemberCoverage.objects.bulk_update(changed, ["insurance", "shares"], batch_size=2000)
        MemberCoverage.objects.bulk_create(fresh, batch_size=2000)
        twice = [each.person for each in people if each.void]
        if twice:
            with connection.cursor() as cursor:
                cursor.execute("SELECT mutual_aid_tell_double(%s, %s)", [case.edition_id, twice])
        keys = {line.person_id: line.pk for line in (*changed, *fresh)}
        return [keys[each.person] for each in people]


def strike_out(enrolment: UnitEnrolment, lines: Collection[int], *, actor: Actor) -> int:
    """Take lines off a roster that its unit still works at; how many. Raises Forbidden, Stale."""
    with transaction.atomic():
        _working(enrolment, actor)
        gone, _each = MemberCoverage.objects.filter(
            enrolment=enrolment, pk__in=lines, state__in=(CoverState.LISTED, CoverState.VOID)
        ).delete()
    return gone


def _working(enrolment: UnitEnrolment, actor: Actor) -> Case:
    case = ask(KEEPER, enrolment.pk, actor)
    if case.state not in OPEN:
        raise Stale(case)
    return case


def record_receipt(
    edition: Edition, *, reference: str, remitter: str, fen: int, received_on: dt.date, actor: Actor
) -> Receipt:
    """Write down a transfer out of the bank's statement, once by its reference. Raises Forbidden, ValidationError."""
    fund = edition.mutual_aid_period.fund
    if not any(g.unit == fund.unit_id for g in actor.held(*MAKERS)):
        raise Forbidden
    if received_on > timezone.localdate():
        raise ValidationError({"received_on": _("This day has not come yet.")})
    try:
        with transaction.atomic():
            return Receipt.objects.create(
                fund=fund, edition=edition, reference="".join(reference.split()), remitter=remitter.strip(), fen=fen,
                received_on=received_on, recorded_by_id=actor.user, recorded_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as twice:
        if "receipt_once" in str(twice):
            raise ValidationError({"reference": _("This transfer has been recorded already.")}) from twice
        raise


def match_fee(enrolment: UnitEnrolment, receipt: Receipt, *, payer: str, fen: int, actor: Actor) -> FeeMatch:
    """Let so much of a transfer pay a payer's part of a batch's fee; the money enters the books with it.

    Raises Forbidden, Stale, or Refused where more would be used than there is or than is due.
    """
    with transaction.atomic():
        case = ask(CASHIER, enrolment.pk, actor)
        if case.state != State.FEE_MATCHING:
            raise Stale(case)
        fee = Fee.objects.filter(enrolment=enrolment, payer=payer).first()
        if fee is None or receipt.edition_id != case.edition_id:
            raise Forbidden
        n = FeeMatch.objects.filter(fee=fee).count() + 1
        entry = books.post(
            Posting(
                key=f"{case.number}/fee/{payer}/{n}", kind=EntryKind.INCOME, fund=receipt.fund_id,
                edition=case.edition_id, case=case.pk, fen=fen, parts=((payer, fen),), note=receipt.reference,
            ),
            actor=actor,
        )  # fmt: skip
        try:
            with transaction.atomic():
                return FeeMatch.objects.create(
                    receipt=receipt, fee=fee, fen=fen, entry=entry, at=timezone.now()
                )
        except IntegrityError as over:
            if "feematch_within_both" in str(over):
                raise refuse(
                    case.pk,
                    _("That is more than is left of the transfer, or more than is still due."),
                    "yuan",
                ) from over
            raise
