"""A period (期) covers people whom units enrol by rosters; what happens to them meanwhile is claimed, and paid.

Everything medical is T2: hospital, diagnosis, settlement, invoices and the payee's account are kept sealed. The amounts
stand open, for the rule and for rehearsals run over them.
"""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.ledger.models import Entry, Fund
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import Person


class PlanCode(models.TextChoices):
    """What is paid for; a period pays for those that its values name."""

    INPATIENT = "inpatient", c("mutual aid", "Stay in hospital")
    SPECIAL_OUTPATIENT = "special_outpatient", c("mutual aid", "Chronic and special outpatient")
    CRITICAL = "critical", c("mutual aid", "Critical illness")
    FEMALE = "female", c("mutual aid", "Illness of women")
    ACCIDENT = "accident", c("mutual aid", "Accident and disability")
    ACCIDENT_DEATH = "accident_death", c("mutual aid", "Death by accident")
    DEATH = "death", c("mutual aid", "Death by illness")
    ALLOWANCE = "allowance", c("mutual aid", "Daily allowance in hospital")


class Payer(models.TextChoices):
    MEMBER = "member", c("payer", "Member")
    EMPLOYER = "employer", c("payer", "Employer")
    UNION = "union", c("payer", "Union")
    TREASURY = "treasury", c("payer", "Treasury")


class Insurance(models.TextChoices):
    EMPLOYEE = "employee", c("insurance", "Employees' medical insurance")
    RESIDENT = "resident", c("insurance", "Residents' medical insurance")


class Channel(models.TextChoices):
    MEMBER = "member", c("claim", "by the worker")
    OFFICER = "officer", c("claim", "by the union for the worker")
    INSURER = "insurer", c("claim", "out of the settlements of the medical insurance")


class Period(models.Model):
    """What an edition is besides its name and windows: its number at the union that runs it, and the fund behind it."""

    edition = models.OneToOneField(
        Edition, models.PROTECT, primary_key=True, related_name="mutual_aid_period"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")

    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")  # which period it is, is public

    class Meta:
        constraints = [
            models.UniqueConstraint(name="period_number_once", fields=["unit", "number"]),
            models.CheckConstraint(name="period_number", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.number)


class UnitEnrolment(models.Model):
    """One batch of one unit in one period: a roster, a fee, and the day from which those on it are covered.

    members  how many the unit has, as it says
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="mutual_aid_enrolment")
    members = models.PositiveIntegerField()
    begins_on = models.DateField()

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [models.CheckConstraint(name="enrolment_members", condition=Q(members__gte=1))]

    @property
    def title(self) -> str:
        return _t("Enrolment of %(unit)s from %(day)s") % {"unit": self.case.unit.name, "day": self.begins_on}


class CoverState(models.TextChoices):
    """Whether somebody is covered on a day follows from the dates; waiting and expired are never stored."""

    LISTED = "listed", c("cover", "On the roster")
    COVERED = "covered", c("cover", "Enrolled")
    VOID = "void", c("cover", "Not enrolled")


class MemberCoverage(models.Model):
    """One person in one period (参保记录), from the roster on. No case: a roster has thousands of them.

    unit         where the person was enrolled; it stays, whatever becomes of the employment
    name         as the roster was checked, so that who has left is still named
    since, until half-open days of the cover, set once the fee is there
    waits_until  until before this day less than the whole is paid
    previous     the cover of the period before, where there was one without a gap
    void_reason  a sentence for the unit
    also_listed  another unit's roster had the same person later; that line is void
    """

    enrolment = models.ForeignKey(UnitEnrolment, models.PROTECT, related_name="lines")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", db_index=False)
    path = PathField(editable=False)
    name = models.TextField()
    shares = models.PositiveSmallIntegerField(default=1)
    insurance = models.TextField(choices=Insurance)
    state = models.TextField(choices=CoverState, default=CoverState.LISTED)
    void_reason = models.TextField(blank=True, default="", db_default="")
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    waits_until = models.DateField(null=True, blank=True)
    also_listed = models.BooleanField(default=False, db_default=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    is_source = True
    wall = walls.Wall("in_tree(path) OR person_id = me()", writing="in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="cover_state", condition=Q(state__in=CoverState.values)),
            models.CheckConstraint(name="cover_insurance", condition=Q(insurance__in=Insurance.values)),
            models.CheckConstraint(name="cover_shares", condition=Q(shares__gte=1)),
            models.CheckConstraint(
                name="cover_dated_when_enrolled",
                condition=Q(state="covered", since__isnull=False, until__gt=F("since"))
                | ~Q(state="covered") & Q(since=None, until=None, waits_until=None),
            ),
            models.CheckConstraint(
                name="cover_void_why",
                condition=Q(state="void") & ~Q(void_reason="") | ~Q(state="void") & Q(void_reason=""),
            ),
            # One person once a period, whatever rosters they stand on.
            models.UniqueConstraint(
                name="cover_once_a_period", fields=["edition", "person"], condition=~Q(state="void")
            ),
        ]
        indexes = [
            models.Index(fields=["enrolment", "id"], name="cover_enrolment"),
            models.Index(fields=["path", "id"], name="cover_path"),
            models.Index(fields=["person"], name="cover_person"),
        ]
        triggers = [walls.mirrors_path("cover_path_follows_unit")]

    def __str__(self) -> str:
        return self.name


class Fee(models.Model):
    """What one payer owes for one batch, in fen, fixed when its roster has been checked."""

    enrolment = models.ForeignKey(UnitEnrolment, models.PROTECT, related_name="fees")
    payer = models.TextField(choices=Payer)
    due = models.PositiveBigIntegerField()

    wall = walls.inherits("enrolment_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="fee_payer", condition=Q(payer__in=Payer.values)),
            models.UniqueConstraint(name="fee_once", fields=["enrolment", "payer"]),
        ]


_KEPT = "EXISTS (SELECT 1 FROM ledger_fund f WHERE f.id = {column} AND f.unit_id = ANY (held_units()))"


class Receipt(models.Model):
    """A transfer that reached the fund's account, as the bank's statement has it. It may be for several units."""

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    reference = models.TextField()
    remitter = models.TextField()
    fen = models.PositiveBigIntegerField()
    received_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM ledger_fund above WHERE above.id = fund_id)",
        adding=_KEPT.format(column="fund_id"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="receipt_some", condition=Q(fen__gt=0)),
            models.CheckConstraint(name="receipt_named", condition=~Q(reference="") & ~Q(remitter="")),
            models.UniqueConstraint(name="receipt_once", fields=["fund", "reference"]),
        ]
        triggers = [pgtrigger.Protect(name="receipt_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.reference


class FeeMatch(models.Model):
    """So much of a transfer pays so much of a fee; with it the money enters the books."""

    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="matches")
    fee = models.ForeignKey(Fee, models.PROTECT, related_name="matches")
    fen = models.PositiveBigIntegerField()
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    is_source = True
    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM mutual_aid_fee above WHERE above.id = fee_id)",
        adding="EXISTS (SELECT 1 FROM mutual_aid_receipt r WHERE r.id = receipt_id AND "
        + _KEPT.format(column="r.fund_id")
        + ")",
    )

    class Meta:
        constraints = [models.CheckConstraint(name="feematch_some", condition=Q(fen__gt=0))]
        triggers = [
            pgtrigger.Protect(name="feematch_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="feematch_within_both",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                PERFORM pg_advisory_xact_lock(hashtextextended('mutual_aid.receipt', NEW.receipt_id));
                PERFORM pg_advisory_xact_lock(hashtextextended('mutual_aid.fee', NEW.fee_id));
                IF NEW.fen + (SELECT coalesce(sum(m.fen), 0) FROM mutual_aid_feematch m
                              WHERE m.receipt_id = NEW.receipt_id)
                   > (SELECT r.fen FROM mutual_aid_receipt r WHERE r.id = NEW.receipt_id)
                   OR NEW.fen + (SELECT coalesce(sum(m.fen), 0) FROM mutual_aid_feematch m WHERE m.fee_id = NEW.fee_id)
                   > (SELECT f.due FROM mutual_aid_fee f WHERE f.id = NEW.fee_id)
                THEN RAISE EXCEPTION 'more than there is, or more than is due' USING ERRCODE = '23514',
                  CONSTRAINT = 'feematch_within_both'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100


class Claim(models.Model):
    """What one event cost somebody who is covered, and what is paid for it.

    Amounts are fen; those of the cost are the parts of the medical insurance's settlement (see `rules.Cost`).

    filed_by     who filled it in, where that was not the claimant
    settlement, invoices, hospital, diagnosis, account   sealed; invoices one a line
    result       what the rule gave for the event, whatever was paid before; None until computed
    cap_before, cap_after   what the ceiling of the period left before and after it
    waived       an officer has looked at what the rule asked a human about
    paid_on      when the bank paid it last; `handled_days` working days from submission to payment, without those in
                 which the claimant mended it
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="mutual_aid_claim")
    coverage = models.ForeignKey(MemberCoverage, models.PROTECT, related_name="claims")
    plan = models.TextField(choices=PlanCode)
    channel = models.TextField(choices=Channel)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    admitted_on = models.DateField()
    discharged_on = models.DateField()
    settled_on = models.DateField()
    reported_on = models.DateField()
    total = models.PositiveBigIntegerField(default=0)
    pooled = models.PositiveBigIntegerField(default=0)
    deductible = models.PositiveBigIntegerField(default=0)
    copay = models.PositiveBigIntegerField(default=0)
    class_b = models.PositiveBigIntegerField(default=0)
    over_limit = models.PositiveBigIntegerField(default=0)
    above_cap = models.PositiveBigIntegerField(default=0)
    self_funded = models.PositiveBigIntegerField(default=0)
    other = models.PositiveBigIntegerField(default=0)
    settlement = models.BinaryField(default=b"")
    invoices = models.BinaryField(default=b"")
    hospital = models.BinaryField(default=b"")
    diagnosis = models.BinaryField(default=b"")
    payee = models.TextField(blank=True, default="")
    account = models.BinaryField(default=b"")
    account_tail = models.CharField(max_length=4, blank=True, default="")
    bank = models.TextField(blank=True, default="")
    waived = models.BooleanField(default=False)
    base = models.PositiveBigIntegerField(default=0)
    result = models.PositiveBigIntegerField(null=True, blank=True)
    cap_before = models.PositiveBigIntegerField(null=True, blank=True)
    cap_after = models.PositiveBigIntegerField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    handled_days = models.PositiveIntegerField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="claim_plan", condition=Q(plan__in=PlanCode.values)),
            models.CheckConstraint(name="claim_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="claim_days",
                condition=Q(discharged_on__gte=F("admitted_on"), settled_on__gte=F("admitted_on")),
            ),
        ]
        indexes = [models.Index(fields=["coverage", "settled_on"], name="claim_coverage")]

    @property
    def title(self) -> str:
        """What it is called, without a word of what is sealed."""
        return _t("Claim, settlement of %(day)s") % {"day": self.settled_on}


class AdjustmentKind(models.TextChoices):
    TOP_UP = "top_up", c("adjustment", "Paid in addition")
    RECOVERY = "recovery", c("adjustment", "To be paid back")


class Adjustment(models.Model):
    """A paid claim turned out to be due another amount: the difference, by a document. The paid line stays as it is.

    entry  of a recovery, once the money is back
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="adjustments")
    kind = models.TextField(choices=AdjustmentKind)
    fen = models.PositiveBigIntegerField()
    reason = models.TextField()
    document = models.TextField()
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    is_source = True
    wall = walls.inherits("claim_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="adjustment_kind", condition=Q(kind__in=AdjustmentKind.values)),
            models.CheckConstraint(
                name="adjustment_said", condition=Q(fen__gt=0) & ~Q(reason="") & ~Q(document="")
            ),
        ]


class Relative(models.Model):
    """An officer declares a relative (亲属回避): no claim of that person is theirs to review."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.TextField()
    declared_at = models.DateTimeField()

    merge_clash = "drop"
    wall = walls.Wall("user_id = my_user()")

    class Meta:
        constraints = [models.UniqueConstraint(name="relative_once", fields=["user", "person"])]
