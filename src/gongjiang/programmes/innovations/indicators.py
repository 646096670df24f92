"""What is counted here. Codes and rules: glossary §2 (INN 1 to 11)."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from gongjiang.insight.indicators import Indicator, Opening, Ratio
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.targets.models import EvidenceLevel

from .permissions import VIEW

RESULTS_LIST = Opening(
    model="innovations.Result",
    rule=VIEW,
    prefix="case__",
    number="case.number",
    columns=(
        (_("Number"), "case.number"),
        (_("Title"), "title"),
        (_("Category"), "get_category_display"),
        (_("Unit"), "case.unit.name"),
        (_("Accepted on"), "accepted_on"),
    ),
    url="innovations:result",
    related=("case__unit",),
)

PARTICIPANTS_LIST = Opening(
    model="lifecycle.Participant",
    rule=VIEW,
    prefix="case__",
    tier="T1",
    number="pk",
    columns=(
        (_("Name"), "person.name"),
        (_("Number"), "case.number"),
        (_("Innovation"), "case.innovation_result.title"),
        (_("Unit"), "case.unit.name"),
    ),
    related=("person", "case__unit", "case__innovation_result"),
)


def _makers(actor: Actor, prefix: str) -> Q:
    """Persons who take part in a result that the actor may see, by whichever of their records."""
    cases = VIEW.filter(Case.objects.filter(flow="innovations.result"), actor)
    made = Participant.objects.filter(case__in=cases)
    return Q(Exists(made.filter(person=OuterRef(f"{prefix}pk")))) | Q(
        Exists(made.filter(person__merged_into=OuterRef(f"{prefix}pk")))
    )


MAKERS = Rule(_makers, "takes part in an innovation one may see")

PERSONS_LIST = Opening(
    model="people.Person",
    rule=MAKERS,
    tier="T1",
    number="pk",
    columns=((_("Name"), "name"), (_("Sex"), "get_sex_display")),
)

REGISTER = _("The register of innovations; the day on which the enterprise accepted the result")

RESULTS = Indicator(
    code="innovations.results",
    name=_("Innovations"),
    uom="item",
    grain="record",
    period="within",
    fact="innovations.result",
    rows=lambda result: result.select(item=result.key, unit=result.unit, day=result.accepted_on),
    definition=_(
        "Small inventions, creations, improvements, designs and suggestions that the enterprise took on."
    ),
    rule=_(
        "One result counts once, on the day the enterprise accepted it, however many calls it is entered in."
    ),
    citation=REGISTER,
    opens=RESULTS_LIST,
    public=True,
)

PARTICIPATIONS = Indicator(
    code="innovations.participations",
    name=_("Participations in innovations"),
    uom="occurrence",
    grain="record",
    period="within",
    fact="innovations.contribution",
    rows=lambda c: c.select(item=c.key, unit=c.unit, day=c.accepted_on),
    definition=_("Every maker of every accepted result."),
    rule=_("One person in three results counts three times."),
    citation=REGISTER,
    opens=PARTICIPANTS_LIST,
    headline=False,
)

PARTICIPANTS = Indicator(
    code="innovations.participants",
    name=_("Workers who innovated"),
    uom="person",
    grain="person",
    period="within",
    fact="innovations.contribution",
    rows=lambda c: c.select(item=c.person, unit=c.unit, day=c.accepted_on),
    definition=_("Persons who made at least one accepted result."),
    rule=_("One person counts once at every unit shown, however many results; units are never added up."),
    citation=REGISTER,
    opens=PERSONS_LIST,
    public=True,
)

ADOPTED = Indicator(
    code="innovations.adopted",
    name=_("Innovations adopted"),
    uom="item",
    grain="record",
    period="within",
    fact="innovations.result",
    rows=lambda r: r.select(item=r.key, unit=r.unit, day=r.adopted_on),
    definition=_("Results that passed their trial use."),
    rule=_("One result counts once, on the day the enterprise confirmed its adoption."),
    citation=_("The register of innovations; the enterprise's confirmation after trial use"),
    opens=RESULTS_LIST,
    public=True,
)

AWARDED = Indicator(
    code="innovations.awarded",
    name=_("Innovations awarded"),
    uom="item",
    grain="record",
    period="within",
    fact="innovations.entry",
    rows=lambda e: e.filter(e.awarded).select(item=e.result, unit=e.unit, day=e.decided_on),
    definition=_("Results with at least one entry that was awarded, and not revoked since."),
    rule=_("One result counts once, however many of its entries were awarded; on the day of each decision."),
    citation=_("The decisions on entries in calls for innovations"),
    opens=RESULTS_LIST,
)

WINNERS = Indicator(
    code="innovations.winners",
    name=_("Workers awarded for innovations"),
    uom="person",
    grain="person",
    period="within",
    fact="innovations.winner",
    rows=lambda w: w.select(item=w.person, unit=w.unit, day=w.awarded_on),
    definition=_("Makers of entries that were awarded, and not revoked since."),
    rule=_("One person counts once at every unit shown, however many prizes; on the day of each decision."),
    citation=_("The decisions on entries in calls for innovations"),
    opens=PERSONS_LIST,
    headline=False,
)

BENEFIT_LIST = Opening(
    model="targets.Reading",
    rule=VIEW,
    prefix="target__case__",
    number="pk",
    columns=(
        (_("Innovation"), "target.case.innovation_result.title"),
        (_("Number"), "target.case.number"),
        (_("Unit"), "target.case.unit.name"),
        (_("Amount in yuan"), "yuan"),
        (_("First day"), "since"),
        (_("How sure"), "get_level_display"),
    ),
    related=("target__case__unit", "target__case__innovation_result"),
)


def _benefit(level: EvidenceLevel, code: str, name: Any, definition: Any, *, headline: bool) -> Indicator:
    """Benefit at one level of evidence: a figure of its own, never added to the others."""
    return Indicator(
        code=f"innovations.benefit_{code}",
        name=name,
        uom="fen",
        grain="record",
        period="within",
        fact="innovations.benefit",
        rows=lambda b: b.filter(b.level == level.value).select(
            item=b.reading, unit=b.unit, day=b.day, amount=b.amount
        ),
        definition=definition,
        rule=_(
            "One line for each result, year and kind, whole on the last day it covers; the three levels of evidence"
            " are three figures and are never added up."
        ),
        citation=_("The lines of benefit of accepted innovations"),
        opens=BENEFIT_LIST,
        amount=True,
        headline=headline,
    )


BENEFIT_CONFIRMED = _benefit(
    EvidenceLevel.FINANCE_CONFIRMED,
    "confirmed",
    _("Benefit confirmed by finance"),
    _("What innovations brought, as the finance of the enterprise signed it."),
    headline=True,
)
BENEFIT_REPORTED = _benefit(
    EvidenceLevel.SELF_REPORTED,
    "reported",
    _("Benefit as reported"),
    _("What the makers say that innovations brought, signed by nobody yet."),
    headline=False,
)
BENEFIT_THIRD_PARTY = _benefit(
    EvidenceLevel.THIRD_PARTY,
    "third_party",
    _("Benefit confirmed by third parties"),
    _("What innovations brought, as a third party found it."),
    headline=False,
)

PATENTS_LIST = Opening(
    model="innovations.Patent",
    rule=VIEW,
    prefix="result__case__",
    number="number",
    columns=(
        (_("Number"), "number"),
        (_("Kind"), "get_kind_display"),
        (_("Granted on"), "granted_on"),
        (_("Innovation"), "result.title"),
        (_("Unit"), "result.case.unit.name"),
    ),
    related=("result__case__unit",),
)

PATENTS = Indicator(
    code="innovations.patents",
    name=_("Patents granted"),
    uom="item",
    grain="record",
    period="within",
    fact="innovations.patent",
    rows=lambda p: p.select(item=p.key, unit=p.unit, day=p.granted_on),
    definition=_("Patents and software copyrights on innovations that were granted."),
    rule=_("One number counts once, on the day of the grant; applications and persons are not counted here."),
    citation=_("The register of patents"),
    opens=PATENTS_LIST,
    headline=False,
)

PATENT_HOLDERS = Indicator(
    code="innovations.patent_holders",
    name=_("Workers with a patent"),
    uom="person",
    grain="person",
    period="within",
    fact="innovations.inventor",
    rows=lambda i: i.select(item=i.person, unit=i.unit, day=i.granted_on),
    definition=_("Persons named as inventor on a granted patent."),
    rule=_("One person counts once at every unit shown, however many patents."),
    citation=_("The register of patents"),
    opens=PERSONS_LIST,
    headline=False,
)

REWARDED_WORKERS = Indicator(
    code="innovations.rewarded_workers",
    name=_("Workers rewarded by their enterprise"),
    uom="person",
    grain="person",
    period="within",
    fact="innovations.rewarded",
    rows=lambda r: r.select(item=r.person, unit=r.unit, day=r.paid_on),
    definition=_("Persons who were paid a reward by their enterprise for an innovation."),
    rule=_("One person counts once at every unit shown; on the day of payment. Void rewards do not count."),
    citation=_("The register of rewards; the enterprises' own money"),
    opens=PERSONS_LIST,
    headline=False,
)

CONVERTED = Indicator(
    code="innovations.converted",
    name=_("Innovations taken over"),
    uom="item",
    grain="entity",
    period="within",
    fact="innovations.conversion",
    rows=lambda v: v.select(item=v.result, unit=v.unit, day=v.taken_on),
    definition=_("Results that at least one other workplace took over."),
    rule=_("One result counts once, however many took it over."),
    citation=_("The register of conversions"),
    opens=RESULTS_LIST,
)

CONVERSIONS_LIST = Opening(
    model="innovations.Conversion",
    rule=VIEW,
    prefix="result__case__",
    number="pk",
    columns=(
        (_("Innovation"), "result.title"),
        (_("Used by"), "licensee_name"),
        (_("On"), "on"),
        (_("Unit"), "result.case.unit.name"),
    ),
    related=("result__case__unit",),
)

PAYBACK_DUE = Indicator(
    code="innovations.payback_due",
    name=_("Conversions due for a check"),
    uom="item",
    grain="record",
    period="within",
    fact="innovations.conversion",
    rows=lambda v: v.select(item=v.key, unit=v.unit, day=v.due_on),
    definition=_("Conversions of which it is time to ask what they brought."),
    rule=_(
        "Each counts once, a year after it was taken over; in a period that still runs, also those that fall due later."
    ),
    citation=_("The register of conversions"),
    opens=CONVERSIONS_LIST,
    headline=False,
)

PAYBACK_CONFIRMED = Indicator(
    code="innovations.payback_confirmed",
    name=_("Conversions with confirmed benefit"),
    uom="item",
    grain="record",
    period="within",
    fact="innovations.conversion",
    rows=lambda v: v.filter(v.confirmed).select(item=v.key, unit=v.unit, day=v.due_on),
    definition=_("Conversions due for a check whose later benefit finance has confirmed."),
    rule=_("Each counts once, on the day it was due. Above the line of the payback rate."),
    citation=_("The register of conversions"),
    opens=CONVERSIONS_LIST,
    headline=False,
)

INDICATORS = (
    RESULTS,
    PARTICIPATIONS,
    PARTICIPANTS,
    ADOPTED,
    AWARDED,
    WINNERS,
    BENEFIT_CONFIRMED,
    BENEFIT_REPORTED,
    BENEFIT_THIRD_PARTY,
    PATENTS,
    PATENT_HOLDERS,
    REWARDED_WORKERS,
    CONVERTED,
    PAYBACK_DUE,
    PAYBACK_CONFIRMED,
)

RATIOS = (
    Ratio(
        code="innovations.payback_rate",
        name=_("Payback rate"),
        above=PAYBACK_CONFIRMED,
        below=PAYBACK_DUE,
        definition=_("Of the conversions due for a check, those whose later benefit finance has confirmed."),
    ),
)
