"""Paying: batches out of approved claims, the bank's answer, money that comes back."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.ledger import batches, books
from gongjiang.kernel.ledger.batches import Answered, Payee
from gongjiang.kernel.ledger.books import Posting
from gongjiang.kernel.ledger.models import Entry, EntryKind, PaymentBatch
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.states import State
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.models import Adjustment, AdjustmentKind, Claim
from gongjiang.programmes.mutual_aid.permissions import CASHIER

from .asking import ask

FLOW = "mutual_aid.claim"


def make_batch(edition: Edition, cases: Collection[int], *, actor: Actor) -> PaymentBatch:
    """Put approved claims of a period into a batch, each with its one commitment.

    Raises Forbidden, or Refused for each claim that cannot be paid; nothing is in a batch then.
    """
    with transaction.atomic():
        period = getattr(edition, "mutual_aid_period", None)
        if period is None:
            raise Forbidden
        claims = list(
            Claim.objects.select_for_update(of=("self",))
            .filter(case__in=cases, case__edition=edition, case__state=State.APPROVED)
            .select_related("case__applicant")
            .order_by("case__number")
        )
        commitments = books.open_commitments([c.pk for c in claims])
        if bare := [c.pk for c in claims if not c.account_tail or c.pk not in commitments]:
            raise Refused({key: [Reason(_("No account is known for it yet."))] for key in bare})
        text = _("The claimant has died. The money goes to the heirs: write their account first.")
        dead = [
            c.pk
            for c in claims
            if c.case.applicant and c.case.applicant.state == "deceased" and c.payee == c.case.applicant.name
        ]
        if dead:
            raise Refused({key: [Reason(text)] for key in dead})
        batch = batches.make(
            period.fund,
            [
                Payee(commitments[c.pk], c.case.applicant_id, c.payee, queries.unsealed(c.account), c.bank)
                for c in claims
            ],
            actor=actor,
            edition=edition,
        )
        done = door.transition_many(FLOW, [c.pk for c in claims], "batch", actor=actor, note=batch.number)
        if done.refused or len(done.moved) != len(claims):
            raise Refused(done.refused or {0: [Reason(_("Somebody has changed one of them meanwhile."))]})
    return batch


def cancel_batch(batch: PaymentBatch, *, actor: Actor) -> None:
    """Give up a batch before it is released; its claims wait for the next one. Raises Forbidden, Stale."""
    with transaction.atomic():
        cases = batches.cancel(batch, actor=actor)
        door.transition_many(FLOW, cases, "unbatch", actor=actor, note=batch.number)


def release_batch(batch: PaymentBatch, *, actor: Actor) -> PaymentBatch:
    """A second person lets it go to the bank. Raises Forbidden, Stale, Refused."""
    return batches.release(batch, actor=actor)


def answer(batch: PaymentBatch, content: bytes, name: str, *, actor: Actor) -> Answered:
    """What the bank says of a batch: paid claims are closed, bounced ones go back for another account; in one
    transaction with the books and the guard. Raises Forbidden, Stale, ValidationError.
    """
    with transaction.atomic():
        done = batches.answer(batch, content, name, actor=actor)
        paid = [line.case_id for line in done.paid if line.case_id is not None]
        door.transition_many(FLOW, paid, "pay", actor=actor, note=batch.number)
        for line in done.bounced:
            if line.case_id is not None:
                door.transition_many(
                    FLOW, [line.case_id], "bounce", actor=actor, note=f"{batch.number}：{line.reason}"
                )
    return done


def money_back(adjustment: Adjustment, *, actor: Actor) -> Entry:
    """What was to be paid back has reached the fund. Raises Forbidden, and Refused where it was recorded before."""
    with transaction.atomic():
        case = ask(CASHIER, adjustment.claim_id, actor)
        now = Adjustment.objects.select_for_update().get(pk=adjustment.pk)
        if case.state != State.RECOVERING or now.kind != AdjustmentKind.RECOVERY or now.entry_id is not None:
            raise Refused({case.pk: [Reason(_("Nothing is to be paid back here."))]})
        paid = Entry.objects.filter(case=case.pk, kind=EntryKind.PAY).order_by("-fen", "pk").first()
        if paid is None:
            raise Forbidden
        entry = books.post(
            Posting(
                key=f"{case.number}/recover/{now.pk}", kind=EntryKind.RECOVER, fund=paid.fund_id,
                edition=case.edition_id, case=case.pk, about=paid.pk, fen=now.fen,
            ),
            actor=actor,
        )  # fmt: skip
        Adjustment.objects.filter(pk=now.pk).update(entry=entry, at=timezone.now())
        door.transition(case, "recovered", actor=actor)
    return entry
