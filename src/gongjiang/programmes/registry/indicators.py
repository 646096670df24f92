"""What is counted: enterprises and workers on the register at a day, what they are, and how good the register is."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.insight.indicators import Indicator, Opening
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.orgs.models import EntityState
from gongjiang.kernel.people.models import Education, Employment, Hukou

from . import permissions
from .permissions import KEEPERS, WORKERS
from .queries import AGE_WORDS, UNKNOWN


def _employed(actor: Actor, prefix: str) -> Q:
    """Persons on a roster that the actor keeps: a leader opens the figure to how many, not to whom."""
    if not actor.held(*KEEPERS):
        return Q(pk__in=[])
    jobs = Employment.objects.filter(person=OuterRef(f"{prefix}pk"), until=None)
    return Q(Exists(WORKERS.filter(jobs, actor)))


def _counted(entity: Any) -> Any:
    """Active entities, and deregistered ones until they closed; a branch is part of its entity."""
    gone = (entity.state == EntityState.DEREGISTERED.value) & entity.until.notnull()
    return entity.filter(~entity.branch, (entity.state == EntityState.ACTIVE.value) | gone)


ENTERPRISES = Indicator(
    code="registry.enterprises",
    name=_("Enterprises on the register"),
    uom="entity",
    grain="entity",
    period="as_of",
    fact="registry.entity",
    rows=lambda entity: _counted(entity).select(item="key", unit="unit", since="since", until="until"),
    definition=_("Legal entities that are active on the day."),
    rule=_("One legal entity counts once, at the union responsible for it; branches are not counted."),
    citation=_("The register of legal entities, by unified social credit code (GB 32100-2015)"),
    opens=Opening(
        model="orgs.LegalEntity",
        rule=permissions.ENTERPRISES,
        number="uscc",
        columns=(
            (_("Unified social credit code"), "uscc"),
            (c("entity", "Name"), "name"),
            (_("Ownership"), "get_ownership_display"),
            (_("Size"), "get_size_class_display"),
            (_("Union"), "unit.name"),
        ),
        url="registry:enterprise",
        related=("unit",),
    ),
    public=True,
)

PEOPLE = Opening(
    model="people.Person",
    rule=Rule(_employed, "on a roster the actor keeps"),
    tier="T1",
    number="pk",
    columns=((_("Name"), "name"), (_("Sex"), "get_sex_display")),
    url="registry:worker",
)
ROSTERS = _("The rosters that unions of workplaces keep")
ONCE = _("One person counts once at every unit shown: with two jobs, once in the city and once in each firm.")


def _while(e: Any) -> Any:
    """The person of each row, at its unit, for as long as the row holds."""
    return e.select(item=e.person, unit=e.unit, since=e.since, until=e.until)


ON_ROSTERS = Indicator(
    code="registry.workers",
    name=_("Workers on the register"),
    uom="person",
    grain="person",
    period="as_of",
    fact="registry.employment",
    rows=_while,
    definition=_("Persons with at least one employment on the day."),
    rule=ONCE,
    citation=ROSTERS,
    opens=PEOPLE,
    public=True,
)

INDUSTRIAL = Indicator(
    code="registry.industrial",
    name=c("figure", "Industrial workers"),
    uom="person",
    grain="person",
    period="as_of",
    fact="registry.industrial",
    rows=_while,
    definition=_("Persons at work who have the flag “industrial worker” on the day."),
    rule=_(
        "The flag is derived by the rule that the place had chosen for that day; a changed rule changes nothing before"
        " it. Who lacks a fact that the rule asks for is not counted. One person counts once at every unit shown."
    ),
    citation=_(
        "The published delimitation of industrial workers, such as Shaanxi’s of 2025; and the rosters"
    ),
    opens=PEOPLE,
    public=True,
)

PROMOTED = Indicator(
    code="registry.promoted",
    name=c("figure", "Promoted workers"),
    uom="person",
    grain="person",
    period="within",
    fact="registry.post_change",
    rows=lambda h: h.filter(h.is_up).select(item=h.person, unit=h.unit, day=h.day),
    definition=_("Persons whose post class rose: to technical staff, or to management."),
    rule=_(
        "One person counts once in a period, on the day the register learned of it; between production and service"
        " nobody rises. Higher skill grades are counted apart."
    ),
    citation=ROSTERS,
    opens=PEOPLE,
    headline=False,
)

COMPLETE = Indicator(
    code="registry.complete",
    name=c("figure", "Workers with all required facts"),
    uom="person",
    grain="person",
    period="as_of",
    fact="registry.employment",
    rows=lambda e: _while(e.filter(e.complete)),
    definition=_(
        "Persons at work on the day who have an identity number, a date of birth and a sex on record."
    ),
    rule=_("As the register knows them now. Everything else that a roster must state is never empty."),
    citation=ROSTERS,
    opens=PEOPLE,
    headline=False,
)


DUPLICATES = Indicator(
    code="registry.duplicates",
    name=c("figure", "Likely duplicates"),
    uom="pair",
    grain="record",
    period="as_of",
    fact="registry.pair",
    rows=lambda m: m.select(item=m.key, unit=m.unit, since=m.since, until=m.until),
    definition=_("Pairs of records that are alike and that nobody has decided on."),
    rule=_(
        "A pair counts once, at the smallest union that holds both workplaces, until it is merged or kept apart."
    ),
    citation=_("Likenesses by the published weights of names, birthdays, phones and employers"),
    opens=Opening(
        model="people.MatchPair",
        rule=WORKERS,
        tier="T1",
        number="pk",
        columns=(
            (c("pair", "First record"), "a.name"),
            (c("pair", "Second record"), "b.name"),
            (c("pair", "Likeness"), "score"),
            (c("pair", "Found"), "found_at"),
        ),
        related=("a", "b"),
    ),
    headline=False,
)


def _share(part_of: str, key: str, part: Any, name: Any, rows: Any) -> Indicator:
    """One band of a distribution; together with its sisters it comes to everybody on the register."""
    return Indicator(
        code=f"registry.{part_of}_{key}",
        name=format_lazy("{}: {}", name, part),
        uom="person",
        grain="person",
        period="as_of",
        fact="registry.employment",
        rows=rows,
        definition=_("Persons with at least one employment on the day, by what is known of them now."),
        rule=_(
            "The bands of one distribution come to all workers; who has not said it is a band of their own."
        ),
        citation=ROSTERS,
        opens=PEOPLE,
        headline=False,
        part_of=f"registry.{part_of}",
    )


def _of(column: str, value: str) -> Any:
    return lambda e: _while(e.filter(e[column] == value))


def _aged(at: str, until: str) -> Any:
    """Who has completed the years of `at` and not yet those of `until`; either may be empty."""

    def rows(e: Any) -> Any:
        known = e.filter(e.at_30.notnull())
        since = (known[at] > known.since).ifelse(known[at], known.since) if at else known.since
        ends = known.until
        if until:
            ends = (ends.isnull() | (ends > known[until])).ifelse(known[until], ends)
        return known.select(item=known.person, unit=known.unit, since=since, until=ends)

    return rows


def _of_no_known_age(e: Any) -> Any:
    return _while(e.filter(e.at_30.isnull()))


AGE, SCHOOLING, HUKOU = (
    c("structure", "Age"),
    c("structure", "Schooling"),
    c("structure", "Household registration"),
)
STRUCTURE = (
    _share("age", "under_30", AGE_WORDS["30"], AGE, _aged("", "at_30")),
    _share("age", "30_to_39", AGE_WORDS["40"], AGE, _aged("at_30", "at_40")),
    _share("age", "40_to_49", AGE_WORDS["50"], AGE, _aged("at_40", "at_50")),
    _share("age", "50_and_over", AGE_WORDS["150"], AGE, _aged("at_50", "")),
    _share("age", "unknown", AGE_WORDS[UNKNOWN], AGE, _of_no_known_age),
    *(
        _share("education", code, label, SCHOOLING, _of("education", code))
        for code, label in Education.choices
    ),
    _share("education", "unknown", AGE_WORDS[UNKNOWN], SCHOOLING, _of("education", "")),
    *(_share("hukou", code, label, HUKOU, _of("hukou", code)) for code, label in Hukou.choices),
    _share("hukou", "unknown", AGE_WORDS[UNKNOWN], HUKOU, _of("hukou", "")),
)

INDICATORS = (ENTERPRISES, ON_ROSTERS, INDUSTRIAL, PROMOTED, COMPLETE, DUPLICATES, *STRUCTURE)
