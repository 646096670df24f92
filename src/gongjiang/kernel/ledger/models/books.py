"""Funds, their accounts, and the entries that move money between them. Integer fen everywhere."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField

#: The fund belongs to a unit for which one acts.
_KEPT = "EXISTS (SELECT 1 FROM ledger_fund f WHERE f.id = {column} AND f.unit_id = ANY (held_units()))"


class Fund(models.Model):
    """A dedicated account (专户) of a union: the money of one purpose, apart from all other."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="funds")
    path = PathField(editable=False)
    programme = models.TextField()
    name = models.TextField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    wall = walls.Wall(
        "in_tree(path)", writing="acts_for(unit_id, ARRAY['officer', 'approver', 'finance_maker'])"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fund_name_once", fields=["unit", "programme", "name"]),
            models.CheckConstraint(name="fund_named", condition=~Q(name="") & ~Q(programme="")),
            models.CheckConstraint(
                name="fund_dates", condition=Q(closed_on=None) | Q(closed_on__gt=F("opened_on"))
            ),
        ]
        triggers = [
            walls.mirrors_path("fund_path_follows_unit"),
            pgtrigger.Protect(name="fund_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name


class AccountKind(models.TextChoices):
    """Where the money of a fund stands. `source` is who it came from, below zero; the others never are."""

    SOURCE = "source", c("account", "Received from")
    AVAILABLE = "available", c("account", "Available")
    COMMITTED = "committed", c("account", "Committed")
    PAID = "paid", c("account", "Paid")


class Account(models.Model):
    """Where money of a fund stands, for one edition. The balances of a fund add up to zero at every moment.

    payer    who a source is: a code of the programme, e.g. "member"; empty for the other kinds
    balance  moved by the lines of entries alone
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="accounts")
    kind = models.TextField(choices=AccountKind)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="+")
    payer = models.TextField(blank=True, default="", db_default="")
    balance = models.BigIntegerField(default=0, db_default=0)

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_fund above WHERE above.id = fund_id)",
        writing=_KEPT.format(column="fund_id"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="account_once", fields=["fund", "kind", "edition", "payer"], nulls_distinct=False
            ),
            models.CheckConstraint(name="account_kind", condition=Q(kind__in=AccountKind.values)),
            models.CheckConstraint(
                name="account_source_has_a_payer",
                condition=Q(kind="source") & ~Q(payer="") | ~Q(kind="source") & Q(payer=""),
            ),
            models.CheckConstraint(
                name="account_not_overdrawn",
                condition=Q(kind="source", balance__lte=0) | ~Q(kind="source") & Q(balance__gte=0),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="account_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="account_moved_by_lines",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'INSERT' THEN
                  IF NEW.balance <> 0 THEN RAISE EXCEPTION 'an account begins empty' USING ERRCODE = '23514'; END IF;
                  RETURN NEW;
                END IF;
                IF to_jsonb(NEW) - 'balance' <> to_jsonb(OLD) - 'balance' OR pg_trigger_depth() < 2
                THEN RAISE EXCEPTION 'the balance of an account is moved by entries alone' USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
                """,
            ),
        ]


class EntryKind(models.TextChoices):
    INCOME = "income", c("entry", "Received")
    REFUND = "refund", c("entry", "Given back")
    COMMIT = "commit", c("entry", "Committed")
    RELEASE = "release", c("entry", "Commitment released")
    PAY = "pay", c("entry", "Paid")
    RECOVER = "recover", c("entry", "Recovered")


#: What each kind of entry moves, from which kind of account to which. Nothing else moves.
MOVES = {
    EntryKind.INCOME: (AccountKind.SOURCE, AccountKind.AVAILABLE),
    EntryKind.REFUND: (AccountKind.AVAILABLE, AccountKind.SOURCE),
    EntryKind.COMMIT: (AccountKind.AVAILABLE, AccountKind.COMMITTED),
    EntryKind.RELEASE: (AccountKind.COMMITTED, AccountKind.AVAILABLE),
    EntryKind.PAY: (AccountKind.COMMITTED, AccountKind.PAID),
    EntryKind.RECOVER: (AccountKind.PAID, AccountKind.AVAILABLE),
}
_LEGAL = ", ".join(f"('{e.value}', '{a.value}', '{b.value}')" for e, (a, b) in MOVES.items())


class Entry(models.Model):
    """One business fact in the books, once: `key` says which. Append-only; what was wrong is reversed by another entry.

    fen    what its lines move, above zero
    about  of a release or a payment the commitment that it ends, of a recovery the payment, of a refund the income
    """

    key = models.TextField(unique=True)
    kind = models.TextField(choices=EntryKind)
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="entries")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="entries")
    about = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followed_by")
    fen = models.BigIntegerField()
    note = models.TextField(blank=True, default="", db_default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(db_default=Now())

    is_source = True
    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_fund f WHERE f.id = fund_id)"
        " OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = case_id)",
        adding=_KEPT.format(column="fund_id"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="entry_kind", condition=Q(kind__in=EntryKind.values)),
            models.CheckConstraint(name="entry_some", condition=Q(fen__gt=0)),
            models.CheckConstraint(
                name="entry_about",
                condition=Q(kind__in=("income", "commit"), about=None)
                | Q(kind="refund")
                | Q(kind__in=("release", "pay", "recover"), about__isnull=False),
            ),
            # A commitment ends once: paid, or released.
            models.UniqueConstraint(
                name="entry_commitment_ends_once", fields=["about"], condition=Q(kind__in=("release", "pay"))
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "id"], name="entry_fund"),
            models.Index(fields=["case", "id"], name="entry_case"),
            models.Index(fields=["about"], name="entry_about_it", condition=Q(about__isnull=False)),
        ]
        triggers = [
            pgtrigger.Protect(name="entry_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="entry_follows",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("of", "ledger_entry%ROWTYPE"), ("back", "bigint")],
                func="""
                IF NOT replaying() THEN NEW.at := now(); END IF;
                IF NEW.about_id IS NULL THEN RETURN NEW; END IF;
                SELECT * INTO of FROM ledger_entry WHERE id = NEW.about_id;
                IF of.id IS NULL OR of.fund_id <> NEW.fund_id OR of.case_id IS DISTINCT FROM NEW.case_id
                   OR (NEW.kind, of.kind) NOT IN (('release', 'commit'), ('pay', 'commit'), ('recover', 'pay'),
                                                  ('refund', 'income'))
                THEN RAISE EXCEPTION 'entry % does not follow from what it is about', NEW.key USING ERRCODE = '23514';
                END IF;
                IF NEW.kind IN ('release', 'pay') AND NEW.fen <> of.fen
                THEN RAISE EXCEPTION 'a commitment of % fen does not end with % fen', of.fen, NEW.fen
                  USING ERRCODE = '23514'; END IF;
                IF NEW.kind IN ('recover', 'refund') THEN
                  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.entry', of.id));
                  SELECT coalesce(sum(fen), 0) INTO back FROM ledger_entry
                  WHERE about_id = of.id AND kind = NEW.kind;
                  IF back + NEW.fen > of.fen
                  THEN RAISE EXCEPTION 'more would come back than went out: % of % fen', back + NEW.fen, of.fen
                    USING ERRCODE = '23514', CONSTRAINT = 'entry_not_more_than_there_was'; END IF;
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="entry_is_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                IF NEW.fen IS DISTINCT FROM entry_moves(NEW.id)
                THEN RAISE EXCEPTION 'the lines of entry % do not move % fen', NEW.key, NEW.fen
                  USING ERRCODE = '23514'; END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100


class Line(models.Model):
    """`fen` go out of one account into another of the same fund: balanced by its shape. Append-only."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="lines")
    out_of = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    into = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    fen = models.BigIntegerField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_entry above WHERE above.id = entry_id)",
        adding="EXISTS (SELECT 1 FROM ledger_entry above WHERE above.id = entry_id)",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="line_some", condition=Q(fen__gt=0)),
            models.CheckConstraint(name="line_between_two", condition=~Q(out_of=F("into"))),
        ]
        triggers = [
            pgtrigger.Protect(name="line_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="line_moves_balances",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),
                func=f"""
                IF EXISTS (
                  SELECT 1 FROM added l JOIN ledger_entry e ON e.id = l.entry_id
                  LEFT JOIN ledger_account o ON o.id = l.out_of_id LEFT JOIN ledger_account i ON i.id = l.into_id
                  WHERE o.fund_id IS DISTINCT FROM e.fund_id OR i.fund_id IS DISTINCT FROM e.fund_id
                  OR (e.kind, o.kind, i.kind) NOT IN ({_LEGAL})
                  OR e.at <> transaction_timestamp() AND NOT replaying())
                THEN RAISE EXCEPTION 'a line that its entry does not allow' USING ERRCODE = '23514'; END IF;
                UPDATE ledger_account a SET balance = a.balance + d.change FROM (
                  SELECT account, sum(change) AS change FROM (
                    SELECT into_id AS account, fen AS change FROM added
                    UNION ALL SELECT out_of_id, -fen FROM added) AS moved
                  GROUP BY account) AS d
                WHERE a.id = d.account;
                RETURN NULL;
                """,
            ),
        ]
