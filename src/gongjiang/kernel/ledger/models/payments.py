"""Batches of payments: one commitment, one line, one line of the bank. What the bank answered, once."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.people.models import Person

from .books import _KEPT, Entry, Fund


class BatchState(models.TextChoices):
    MAKING = "making", c("payment batch", "Being made")
    RELEASED = "released", c("payment batch", "Released to the bank")
    SETTLED = "settled", c("payment batch", "Settled")
    CANCELLED = "cancelled", c("payment batch", "Cancelled")


class PaymentBatch(models.Model):
    """What one person puts together and another releases; then it is frozen and goes to the bank as a file.

    lines, fen  how many and how much, frozen at release
    digest      of the file for the bank: whoever fetches it again gets the same bytes
    """

    number = models.TextField(unique=True)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="batches")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.TextField(choices=BatchState, default=BatchState.MAKING)
    lines = models.PositiveIntegerField(default=0)
    fen = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, null=True, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_fund above WHERE above.id = fund_id)",
        writing=_KEPT.format(column="fund_id"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="batch_state_known", condition=Q(state__in=BatchState.values)),
            models.CheckConstraint(
                name="batch_released_by_another",
                condition=Q(state__in=("making", "cancelled"))
                | Q(released_by__isnull=False, released_at__isnull=False, digest__isnull=False, lines__gte=1)
                & ~Q(released_by=F("made_by")),
            ),
        ]
        indexes = [models.Index(fields=["fund", "id"], name="batch_fund")]
        triggers = [
            pgtrigger.Protect(name="batch_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="batch_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                  ('making', 'released'), ('making', 'cancelled'), ('released', 'settled'))
                THEN RAISE EXCEPTION 'batch % does not lead from % to %', OLD.number, OLD.state, NEW.state
                  USING ERRCODE = '23514'; END IF;
                IF ROW(NEW.number, NEW.fund_id, NEW.edition_id, NEW.made_by_id, NEW.made_at) IS DISTINCT FROM
                   ROW(OLD.number, OLD.fund_id, OLD.edition_id, OLD.made_by_id, OLD.made_at)
                   OR OLD.state <> 'making' AND ROW(NEW.lines, NEW.fen, NEW.digest, NEW.released_by_id,
                     NEW.released_at) IS DISTINCT FROM
                     ROW(OLD.lines, OLD.fen, OLD.digest, OLD.released_by_id, OLD.released_at)
                THEN RAISE EXCEPTION 'batch % is frozen', OLD.number USING ERRCODE = '23514'; END IF;
                IF NEW.state = 'released' AND OLD.state = 'making' AND NOT EXISTS (
                  SELECT 1 FROM ledger_paymentline l WHERE l.batch_id = NEW.id
                  HAVING count(*) = NEW.lines AND coalesce(sum(l.fen), 0) = NEW.fen)
                THEN RAISE EXCEPTION 'the lines of batch % do not add up', OLD.number USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentState(models.TextChoices):
    WAITING = "waiting", c("payment", "Waiting for the bank")
    PAID = "paid", c("payment", "Paid")
    BOUNCED = "bounced", c("payment", "Bounced")


class PaymentLine(models.Model):
    """One commitment to one payee, once in one batch. A bounced one goes into a later batch, never into the same again.

    position      in the batch, from 1; with the batch's number it is what the bank answers to
    account       sealed; `account_tail` its last four digits, for people
    payment       the entry that the bank's answer made
    """

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="payments")
    position = models.PositiveIntegerField()
    commitment = models.ForeignKey(Entry, models.PROTECT, related_name="payment_lines")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="payment_lines")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    payee = models.TextField()
    account = models.BinaryField()
    account_tail = models.CharField(max_length=4)
    bank = models.TextField()
    fen = models.BigIntegerField()
    state = models.TextField(choices=PaymentState, default=PaymentState.WAITING)
    reason = models.TextField(blank=True, default="", db_default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    payment = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="payment_line")

    is_source = True
    binds = True  # money was paid to this record: merging it takes a second person
    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_paymentbatch above WHERE above.id = batch_id)"
        " OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = case_id)",
        writing="EXISTS (SELECT 1 FROM ledger_paymentbatch b WHERE b.id = batch_id AND "
        + _KEPT.format(column="b.fund_id")
        + ")",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="payment_state", condition=Q(state__in=PaymentState.values)),
            models.CheckConstraint(
                name="payment_answered",
                condition=Q(state="waiting", answered_at=None, payment=None, reason="")
                | Q(state="paid", answered_at__isnull=False, payment__isnull=False, reason="")
                | Q(state="bounced", answered_at__isnull=False, payment=None) & ~Q(reason=""),
            ),
            models.UniqueConstraint(name="payment_position_once", fields=["batch", "position"]),
            models.UniqueConstraint(name="payment_once_a_batch", fields=["batch", "commitment"]),
            models.UniqueConstraint(
                name="payment_one_live", fields=["commitment"], condition=~Q(state="bounced")
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="payment_case")]
        triggers = [
            pgtrigger.Trigger(
                name="payment_of_its_commitment",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("b", "ledger_paymentbatch%ROWTYPE"), ("e", "ledger_entry%ROWTYPE")],
                func="""
                IF TG_OP = 'DELETE' THEN
                  SELECT * INTO b FROM ledger_paymentbatch WHERE id = OLD.batch_id;
                  IF b.state = 'released' OR b.state = 'settled'
                  THEN RAISE EXCEPTION 'batch % is frozen', b.number USING ERRCODE = '23514'; END IF;
                  RETURN OLD;
                END IF;
                SELECT * INTO b FROM ledger_paymentbatch WHERE id = NEW.batch_id;
                IF TG_OP = 'INSERT' THEN
                  SELECT * INTO e FROM ledger_entry WHERE id = NEW.commitment_id;
                  IF e.kind <> 'commit' OR e.fund_id <> b.fund_id OR e.fen <> NEW.fen
                     OR e.case_id IS DISTINCT FROM NEW.case_id OR b.state <> 'making' AND NOT replaying()
                     OR EXISTS (SELECT 1 FROM ledger_entry x WHERE x.about_id = e.id AND x.kind = 'release')
                  THEN RAISE EXCEPTION 'no such payment follows from commitment %', e.key USING ERRCODE = '23514';
                  END IF;
                  RETURN NEW;
                END IF;
                IF to_jsonb(NEW) - '{state,reason,answered_at,payment_id,person_id}'::text[] <>
                   to_jsonb(OLD) - '{state,reason,answered_at,payment_id,person_id}'::text[]
                   OR NEW.person_id IS DISTINCT FROM OLD.person_id AND NOT replaying()
                   OR NEW.state <> OLD.state AND (OLD.state <> 'waiting' OR b.state <> 'released')
                THEN RAISE EXCEPTION 'payment % of batch % is frozen', OLD.position, b.number
                  USING ERRCODE = '23514'; END IF;
                IF NEW.payment_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_entry x
                  WHERE x.id = NEW.payment_id AND x.kind = 'pay' AND x.about_id = NEW.commitment_id)
                THEN RAISE EXCEPTION 'payment % has another entry than its own', OLD.position
                  USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]


class BankAnswer(models.Model):
    """A file that the bank sent back, taken in once; `digest` is of its bytes."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="answers")
    digest = models.BinaryField(max_length=32)
    file_name = models.TextField()
    paid = models.PositiveIntegerField()
    bounced = models.PositiveIntegerField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_paymentbatch above WHERE above.id = batch_id)",
        adding="EXISTS (SELECT 1 FROM ledger_paymentbatch b WHERE b.id = batch_id AND "
        + _KEPT.format(column="b.fund_id")
        + ")",
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="bankanswer_once", fields=["batch", "digest"])]
        triggers = [pgtrigger.Protect(name="bankanswer_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
