"""What is counted here; domain brief of mutual_aid, section 7."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from gongjiang.insight.indicators import Indicator, Opening
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import NOTHING, Rule

from .models import MemberCoverage
from .permissions import CLAIM_VIEW, COVER_VIEW, ENROLMENT_VIEW, READERS


def _covered(actor: Actor, prefix: str) -> Q:
    """Persons who are on a roster that the actor may see."""
    seen = COVER_VIEW.filter(MemberCoverage.objects.all(), actor)
    return Q(Exists(seen.filter(person=OuterRef(f"{prefix}pk")))) | Q(
        Exists(seen.filter(person__merged_into=OuterRef(f"{prefix}pk")))
    )


def _paid(actor: Actor, prefix: str) -> Q:
    from gongjiang.kernel.lifecycle.models import Case

    seen = CLAIM_VIEW.filter(Case.objects.filter(flow="mutual_aid.claim"), actor)
    return Q(Exists(seen.filter(applicant=OuterRef(f"{prefix}pk")))) | Q(
        Exists(seen.filter(applicant__merged_into=OuterRef(f"{prefix}pk")))
    )


def _units(actor: Actor, prefix: str) -> Q:
    q = NOTHING
    for grant in actor.held(*READERS):
        q |= Q(**{f"{prefix}path__within": grant.path})
    return q


COVERED_LIST = Opening(
    model="people.Person", rule=Rule(_covered, "on a roster one may see"), tier="T1", number="pk",
    columns=((_("Name"), "name"), (_("Sex"), "get_sex_display")),
)  # fmt: skip
PAID_LIST = Opening(
    model="people.Person", rule=Rule(_paid, "claimed what one may see"), tier="T2", number="pk",
    columns=((_("Name"), "name"), (_("Sex"), "get_sex_display")),
)  # fmt: skip
UNITS_LIST = Opening(
    model="orgs.Unit", rule=Rule(_units, "units of one's tree"), number="code",
    columns=((_("Code"), "code"), (_("Unit"), "name")),
)  # fmt: skip
FEES_LIST = Opening(
    model="mutual_aid.FeeMatch", rule=ENROLMENT_VIEW, prefix="fee__enrolment__case__", number="pk",
    columns=(
        (_("Unit"), "fee.enrolment.case.unit.name"), (_("Payer"), "fee.get_payer_display"),
        (_("Amount in yuan"), "yuan"), (_("Received on"), "receipt.received_on"),
    ),
    related=("fee__enrolment__case__unit", "receipt"),
)  # fmt: skip
MONEY_LIST = Opening(
    model="ledger.Entry", rule=CLAIM_VIEW, prefix="case__", tier="T2", number="key",
    columns=(
        (_("Number"), "case.number"), (_("Unit"), "case.unit.name"), (_("What"), "get_kind_display"),
        (_("Amount in yuan"), "yuan"), (_("When"), "at"),
    ),
    related=("case__unit",),
)  # fmt: skip
CLAIMS_LIST = Opening(
    model="mutual_aid.Claim", rule=CLAIM_VIEW, prefix="case__", tier="T2", number="case.number",
    columns=(
        (_("Number"), "case.number"), (_("Unit"), "case.unit.name"), (_("Paid on"), "paid_on"),
        (_("Working days"), "handled_days"),
    ),
    url="mutual_aid:claim", related=("case__unit",),
)  # fmt: skip

ROSTERS = _("The rosters of mutual aid whose fee is matched to the bank")
BOOKS = _("The books of the mutual-aid fund, as the bank confirmed them")


def _of(code: str, name: Any, **more: Any) -> Indicator:
    return Indicator(code=f"mutual_aid.{code}", name=name, **more)


PARTICIPANTS = _of(
    "participants", _("People covered by mutual aid"), uom="person", grain="person", period="as_of",
    fact="mutual_aid.coverage",
    rows=lambda v: v.filter(v.since.notnull()).select(item=v.person, unit=v.unit, since=v.since, until=v.until),
    definition=_("Persons who are covered on the day."),
    rule=_("One person counts once at every unit shown, at the valid enrolment; waiting or not."),
    citation=ROSTERS, opens=COVERED_LIST, public=True,
)  # fmt: skip
UNITS = _of(
    "units", _("Units in mutual aid"), uom="entity", grain="entity", period="as_of", fact="mutual_aid.coverage",
    rows=lambda v: v.filter(v.since.notnull()).select(item=v.unit, unit=v.unit, since=v.since, until=v.until),
    definition=_("Units with at least one person covered on the day."),
    rule=_("A unit counts once, however many rosters it sent."),
    citation=ROSTERS, opens=UNITS_LIST,
)  # fmt: skip
NEW_JOINERS = _of(
    "new_joiners", _("New in mutual aid"), uom="person", grain="person", period="within", fact="mutual_aid.coverage",
    rows=lambda v: v.filter(v.is_new & v.since.notnull()).select(item=v.person, unit=v.unit, day=v.since),
    definition=_("Persons whose cover began and who had none right before."),
    rule=_("One person counts once at every unit shown, on the day the cover began; renewals do not count."),
    citation=ROSTERS, opens=COVERED_LIST, headline=False,
)  # fmt: skip
FUND_RAISED = _of(
    "fund_raised", _("Mutual aid raised"), uom="fen", grain="record", period="within", fact="mutual_aid.fee",
    rows=lambda f: f.select(item=f.key, unit=f.unit, day=f.day, amount=f.fen),
    definition=_("Fees that are matched to transfers of the bank, of all payers."),
    rule=_("Each matched part counts on the day the bank received it."),
    citation=BOOKS, opens=FEES_LIST, amount=True, headline=False,
)  # fmt: skip
CLAIMS_PAID = _of(
    "claims_paid", _("Payments of mutual aid"), uom="occurrence", grain="record", period="within",
    fact="mutual_aid.money",
    rows=lambda m: m.filter(m.kind == "pay").select(item=m.key, unit=m.unit, day=m.day),
    definition=_("Payments that the bank has confirmed."),
    rule=_(
        "One payment counts once on the day of the bank's answer, at the union above the workplace; what came back"
        " counts when it is paid again."
    ),
    citation=BOOKS, opens=MONEY_LIST, public=True,
)  # fmt: skip
PERSONS_PAID = _of(
    "persons_paid", _("Workers helped by mutual aid"), uom="person", grain="person", period="within",
    fact="mutual_aid.money",
    rows=lambda m: m.filter(m.kind == "pay").select(item=m.person, unit=m.unit, day=m.day),
    definition=_("Persons who were paid at least once."),
    rule=_("One person counts once at every unit shown, however many payments."),
    citation=BOOKS, opens=PAID_LIST, headline=False,
)  # fmt: skip
AMOUNT = _of(
    "amount", _("Mutual aid paid"), uom="fen", grain="record", period="within", fact="mutual_aid.money",
    rows=lambda m: m.select(item=m.key, unit=m.unit, day=m.day, amount=m.fen),
    definition=_("What was paid, less what was recovered."),
    rule=_("Each payment counts on the day of the bank's answer, each recovery on the day the money was back."),
    citation=BOOKS, opens=MONEY_LIST, amount=True, public=True,
)  # fmt: skip
RECOVERED = _of(
    "recovered", _("Mutual aid recovered"), uom="fen", grain="record", period="within", fact="mutual_aid.money",
    rows=lambda m: m.filter(m.kind == "recover").select(item=m.key, unit=m.unit, day=m.day, amount=-m.fen),
    definition=_("What was paid back."),
    rule=_("Each recovery counts on the day the money was back; the amount paid is shown less it."),
    citation=BOOKS, opens=MONEY_LIST, amount=True, headline=False,
)  # fmt: skip
CUMULATIVE_CLAIMS = _of(
    "cumulative_claims", _("Payments of mutual aid since the first"), uom="occurrence", grain="record",
    period="cumulative_since", fact="mutual_aid.money",
    rows=lambda m: m.filter(m.kind == "pay").select(item=m.key, unit=m.unit, day=m.day),
    definition=_("Payments of all periods so far."),
    rule=_("As payments are counted, from the first one in the books on."),
    citation=BOOKS, opens=MONEY_LIST, headline=False,
)  # fmt: skip
CUMULATIVE_AMOUNT = _of(
    "cumulative_amount", _("Mutual aid paid since the first"), uom="fen", grain="record", period="cumulative_since",
    fact="mutual_aid.money",
    rows=lambda m: m.select(item=m.key, unit=m.unit, day=m.day, amount=m.fen),
    definition=_("What was paid in all periods so far, less what was recovered."),
    rule=_("As the amount is counted, from the first payment in the books on."),
    citation=BOOKS, opens=MONEY_LIST, amount=True, headline=False,
)  # fmt: skip
HANDLING_DAYS = _of(
    "handling_days", _("Working days until payment"), uom="working_day", grain="record", period="within",
    fact="mutual_aid.claim",
    rows=lambda k: k.select(item=k.key, unit=k.unit, day=k.paid_on, amount=k.handled_days),
    definition=_("Working days from submission to payment, without those in which the claimant mended the claim."),
    rule=_("The days of each paid claim, on the day of payment; divided by the payments they give the mean."),
    citation=BOOKS, opens=CLAIMS_LIST, amount=True, headline=False,
)  # fmt: skip

INDICATORS = (
    PARTICIPANTS, UNITS, NEW_JOINERS, FUND_RAISED, CLAIMS_PAID, PERSONS_PAID, AMOUNT, RECOVERED, CUMULATIVE_CLAIMS,
    CUMULATIVE_AMOUNT, HANDLING_DAYS,
)  # fmt: skip
