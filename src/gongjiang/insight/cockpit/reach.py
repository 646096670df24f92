"""Who sees which units' figures, and in which order they are shown."""

from django.db.models import QuerySet

from gongjiang.insight.cells.reading import Key
from gongjiang.insight.indicators import Indicator
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import within
from gongjiang.kernel.orgs.models import Level, Unit, UnitKind
from gongjiang.kernel.orgs.paths import ancestors

ROLES = (Role.LEADER, Role.OFFICER, Role.AUDITOR, Role.UNIT_OFFICER)
COCKPIT = within("path", *ROLES)
FEWEST = 10  # in a shown cell, for whoever may not see what it counts
MOST = 100  # enterprises in one table


def widest(actor: Actor) -> int | None:
    """The unit that the actor's cockpit begins with."""
    held = sorted(actor.held(*ROLES), key=lambda grant: (len(ancestors(grant.path)), grant.unit))
    return held[0].unit if held else None


def units(actor: Actor) -> QuerySet[Unit]:
    """The units whose figures this actor sees."""
    return COCKPIT.filter(Unit.objects.filter(kind=UnitKind.UNION), actor)


def above(unit: Unit, actor: Actor) -> list[Unit]:
    """The units above, as far as the actor's grants reach, from the top."""
    found = {u.pk: u for u in units(actor).filter(pk__in=ancestors(unit.path)[:-1])}
    return [found[key] for key in ancestors(unit.path) if key in found]


def below(unit: Unit) -> list[Unit]:
    """The places right below in their official order; enterprises only where there are no places."""
    found = Unit.objects.filter(parent=unit, kind=UnitKind.UNION, closed_on=None).order_by("code")
    places = list(found.exclude(level=Level.ENTERPRISE))
    return places or list(found[:MOST])


def withheld(counts: dict[int, int]) -> set[int]:
    """Which counts must not be shown: those below ten, and one more where the total would give a single one away.

    >>> sorted(withheld({1: 4, 2: 30, 3: 50}))
    [1, 2]
    >>> withheld({1: 40, 2: 0})
    set()
    """
    small = {key for key, n in counts.items() if 0 < n < FEWEST}
    if small and (len(small) == 1 or sum(counts[key] for key in small) < FEWEST):
        others = sorted((n, key) for key, n in counts.items() if n and key not in small)
        small |= {key for _n, key in others[:1]}
    return small


def of(found: dict[Key, int], indicator: Indicator, unit: Unit, period: object) -> int:
    """One value of many."""
    return found[indicator.code, unit.pk, period]  # type: ignore[index]
