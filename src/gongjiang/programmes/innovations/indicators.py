"""What is counted here. Codes and rules: glossary §2 (INN 1, 2, 3, 4, 8)."""

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from gongjiang.insight.indicators import Indicator, Opening
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.lifecycle.states import Outcome

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
    """Persons who take part in a result that the actor may see."""
    cases = VIEW.filter(Case.objects.filter(flow="innovations.result"), actor)
    return Q(Exists(Participant.objects.filter(person=OuterRef(f"{prefix}pk"), case__in=cases)))


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
    rows=lambda r: r.filter(r.outcome == Outcome.COMPLETED.value).select(
        item=r.key, unit=r.unit, day=r.closed_on
    ),
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
    rows=lambda e: e.filter(e.outcome == Outcome.GRANTED.value).select(
        item=e.result, unit=e.unit, day=e.decided_on
    ),
    definition=_("Results with at least one entry that was granted."),
    rule=_("One result counts once, however many of its entries were granted; on the day of each decision."),
    citation=_("The decisions on entries in calls for innovations"),
    opens=RESULTS_LIST,
)

INDICATORS = (RESULTS, PARTICIPATIONS, PARTICIPANTS, ADOPTED, AWARDED)
