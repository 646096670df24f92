"""What is counted here: enterprises and workers on the register, at a day."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.insight.indicators import Indicator, Opening
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.orgs.models import EntityState
from gongjiang.kernel.people.models import Employment

from . import permissions
from .permissions import KEEPERS, WORKERS


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

ON_ROSTERS = Indicator(
    code="registry.workers",
    name=_("Workers on the register"),
    uom="person",
    grain="person",
    period="as_of",
    fact="registry.employment",
    rows=lambda e: e.select(item=e.person, unit=e.unit, since=e.since, until=e.until),
    definition=_("Persons with at least one employment on the day."),
    rule=_(
        "One person counts once at every unit shown: with two jobs, once in the city and once in each firm."
    ),
    citation=_("The rosters that unions of workplaces keep"),
    opens=Opening(
        model="people.Person",
        rule=Rule(_employed, "on a roster the actor keeps"),
        tier="T1",
        number="pk",
        columns=((_("Name"), "name"), (_("Sex"), "get_sex_display")),
        url="registry:worker",
    ),
    public=True,
)

INDICATORS = (ENTERPRISES, ON_ROSTERS)
