"""What is counted here. Codes and rules: glossary §2 (CMP 1 to 10)."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.insight.indicators import Indicator, Opening
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule, holds

from .models import HAND, TOP, Entrant
from .permissions import OFFICERS, STARTS

STARTS_LIST = Opening(
    model="competitions.Entrant",
    rule=STARTS,
    tier="T1",
    number="pk",
    columns=(
        (_("Name"), "person.name"),
        (c("contest", "Event"), "event.contest_event.trade"),
        (_("Stage"), "get_stage_display"),
        (_("Unit"), "unit.name"),
        (_("Started on"), "started_on"),
    ),
    related=("person", "unit", "event__contest_event"),
)

EDITIONS_LIST = Opening(
    model="lifecycle.Edition",
    rule=holds(*OFFICERS),
    number="name",
    columns=((_("Name"), "name"), (_("Unit"), "unit.name"), (_("State"), "get_state_display")),
    related=("unit",),
)


def _starters(actor: Actor, prefix: str) -> Q:
    """Persons who stand on a roster or in an entry within reach, by whichever of their records."""
    there = STARTS.filter(Entrant.objects.all(), actor)
    return Q(Exists(there.filter(person=OuterRef(f"{prefix}pk")))) | Q(
        Exists(there.filter(person__merged_into=OuterRef(f"{prefix}pk")))
    )


PERSONS_LIST = Opening(
    model="people.Person",
    rule=Rule(_starters, "started in a contest one may see"),
    tier="T1",
    number="pk",
    columns=((_("Name"), "name"), (_("Sex"), "get_sex_display")),
)

ROSTERS = _("Rosters of selections, and the roll call of the day")
RANKS = _("Ranks confirmed after publicity and appeals")
TITLES_GIVEN = _("Titles granted by a document in force")


def _ranked(column: str) -> Any:
    return lambda r: r.select(item=r[column], unit=r.unit, day=r.confirmed_on)


CONTESTS = Indicator(
    code="competitions.contests",
    name=_("Contests"),
    uom="item",
    grain="entity",
    period="within",
    fact="competitions.ranked",
    rows=_ranked("contest"),
    definition=_("Contests that have come to confirmed ranks."),
    rule=_(
        "One contest counts once, however many events it has, at every unit whose entrants came to a rank in it."
    ),
    citation=RANKS,
    opens=EDITIONS_LIST,
    public=True,
)

EVENTS = Indicator(
    code="competitions.events",
    name=_("Trades contested"),
    uom="unit_count",
    grain="entity",
    period="within",
    fact="competitions.ranked",
    rows=_ranked("trade"),
    definition=_("Occupations in which ranks were confirmed."),
    rule=_(
        "One occupation counts once, however often and in however many contests it was held. The list names the first"
        " event of each."
    ),
    citation=RANKS,
    opens=EDITIONS_LIST,
    public=True,
)

RUNS = Indicator(
    code="competitions.event_runs",
    name=_("Events held"),
    uom="session",
    grain="entity",
    period="within",
    fact="competitions.ranked",
    rows=_ranked("event"),
    definition=_("Events in which ranks were confirmed, each time one was held."),
    rule=_("One event of one contest counts once; the same occupation in two contests counts twice."),
    citation=RANKS,
    opens=EDITIONS_LIST,
    headline=False,
)

PARTICIPATIONS = Indicator(
    code="competitions.participations",
    name=_("Participations in contests"),
    uom="occurrence",
    grain="record",
    period="within",
    fact="competitions.start",
    rows=lambda s: s.select(item=s.key, unit=s.unit, day=s.started_on),
    definition=_("Everybody who started in an event, in a selection or in the final."),
    rule=_(
        "One person who started three times counts three times. Whoever registered and did not start is not counted."
    ),
    citation=ROSTERS,
    opens=STARTS_LIST,
    headline=False,
)

PARTICIPANTS = Indicator(
    code="competitions.participants",
    name=_("Workers in contests"),
    uom="person",
    grain="person",
    period="within",
    fact="competitions.start",
    rows=lambda s: s.select(item=s.person, unit=s.unit, day=s.started_on),
    definition=_("Persons who started in at least one event."),
    rule=_("One person counts once at every unit shown, however many events; units are never added up."),
    citation=ROSTERS,
    opens=PERSONS_LIST,
    public=True,
)

CUMULATIVE = Indicator(
    code="competitions.cumulative_participants",
    name=_("Workers in contests since the first"),
    uom="person",
    grain="person",
    period="cumulative_since",
    fact="competitions.start",
    rows=lambda s: s.select(item=s.person, unit=s.unit, day=s.started_on),
    definition=_("Persons who started in at least one event since the first contest."),
    rule=_("One person counts once, however many contests."),
    citation=ROSTERS,
    opens=PERSONS_LIST,
    headline=False,
)


def _titled(*levels: str) -> Any:
    return lambda t: t.filter(t.level.isin(levels)).select(item=t.person, unit=t.unit, day=t.given_on)


TITLES = Indicator(
    code="competitions.titles",
    name=_("Workers given a title by a contest"),
    uom="person",
    grain="person",
    period="within",
    fact="competitions.title",
    rows=_titled(TOP, HAND),
    definition=_("Persons given the title of top technician or of skilled hand."),
    rule=_("Whoever got both counts once. A title that was taken back counts no longer."),
    citation=TITLES_GIVEN,
    opens=PERSONS_LIST,
    public=True,
)

TOPS = Indicator(
    code="competitions.top_technicians",
    name=_("Top technicians"),
    uom="person",
    grain="person",
    period="within",
    fact="competitions.title",
    rows=_titled(TOP),
    definition=_("Persons given the title of top technician (技术状元)."),
    rule=_("One person counts once. A title that was taken back counts no longer."),
    citation=TITLES_GIVEN,
    opens=PERSONS_LIST,
)

HANDS = Indicator(
    code="competitions.skilled_hands",
    name=_("Skilled hands"),
    uom="person",
    grain="person",
    period="within",
    fact="competitions.title",
    rows=_titled(HAND),
    definition=_("Persons given the title of skilled hand (技术能手)."),
    rule=_(
        "One person counts once. Whoever got both titles counts here and among the top technicians, and once in all."
    ),
    citation=TITLES_GIVEN,
    opens=PERSONS_LIST,
)

INDICATORS = (
    CONTESTS, EVENTS, RUNS, PARTICIPATIONS, PARTICIPANTS, CUMULATIVE, TITLES, TOPS, HANDS,
)  # fmt: skip
