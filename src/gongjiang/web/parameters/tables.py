"""What the pages list: a programme's values for a unit on a day, with where each comes from and what comes next."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, prefetch_related_objects

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters import read
from gongjiang.kernel.parameters.declaration import Parameter, parameters
from gongjiang.kernel.parameters.models import Provision
from gongjiang.kernel.parameters.read import Value

from .wording import shown


@dataclass(frozen=True)
class Line:
    """One parameter as it holds.

    own      whether the unit, or the edition, has set it itself
    next     the row that comes next at the unit itself or above; None where nothing is published
    above    what would hold without the unit's own, as lines of text; empty where it is not its own
    missing  whether nothing may open without it
    """

    parameter: Parameter
    value: Value
    shown: list[str]
    own: bool
    next: Provision | None
    next_shown: list[str]
    above: list[str]
    missing: bool

    @property
    def provision(self) -> Provision | None:
        return self.value.provision

    @property
    def differs(self) -> bool:
        return self.own and self.above != self.shown


def lines(programme: str, unit: Unit, edition: Edition | None, on: dt.date) -> list[Line]:
    """Every parameter of the programme, in the order of its declaration; a few queries, whatever there is."""
    values = read.values(programme, unit=unit, edition=edition, on=on)
    needed = {p.name for p in read.missing(programme, unit=unit, edition=edition, on=on)}
    higher = _above(programme, unit, edition, on)
    coming = _coming(programme, unit, edition, on)
    prefetch_related_objects([v.provision for v in values.values() if v.provision is not None], "unit")
    found = []
    for name, value in values.items():
        asked, row = value.parameter, value.provision
        own = row is not None and row.unit_id == unit.pk and (edition is None or row.edition_id == edition.pk)
        then = coming.get(name)
        found.append(
            Line(
                asked,
                value,
                shown(asked, value.value),
                own,
                then,
                [] if then is None or then.repeals else shown(asked, asked.kind.read(then.value)),
                shown(asked, higher[name].value) if own else [],
                name in needed,
            )
        )
    return found


def _above(programme: str, unit: Unit, edition: Edition | None, on: dt.date) -> Mapping[str, Value]:
    if edition is not None:
        return read.values(programme, unit=unit, on=on)
    if unit.parent_id is not None:
        return read.values(programme, unit=unit.parent_id, on=on)
    return {name: Value(p, p.default) for name, p in parameters(programme).items()}


def _coming(programme: str, unit: Unit, edition: Edition | None, on: dt.date) -> dict[str, Provision]:
    """The first row of each parameter that begins later, at the unit or above it."""
    line = read.lines([unit.pk], on)[unit.pk]
    rows = (
        Provision.objects.filter(programme=programme, unit__in=line, since__gt=on)
        .exclude(until=F("since"))
        .filter(Q(edition=None) | Q(edition=edition) if edition else Q(edition=None))
        .prefetch_related("unit")
        .order_by("-since", "-pk")
    )
    return {row.name: row for row in rows}


def units_below(programme: str, unit: Unit, on: dt.date) -> list[Unit]:
    """Units below that have values of their own in force, in the order of their codes; at most a hundred."""
    rows = Provision.objects.filter(programme=programme, edition=None, repeals=False, since__lte=on)
    rows = rows.filter(Q(until=None) | Q(until__gt=on), path__within=unit.path).exclude(unit=unit)
    return list(Unit.objects.filter(pk__in=rows.values("unit")).order_by("code")[:100])


def overruled_below(row: Any, asked: Parameter) -> list[Unit]:
    """Units below whose own value would be looser than this one, and so hold no longer from its day."""
    if row.repeals or row.opens_below or row.edition_id is not None:
        return []
    value = asked.kind.read(row.value)
    rows = (
        Provision.objects.filter(programme=row.programme, name=row.name, edition=None, repeals=False)
        .filter(Q(until=None) | Q(until__gt=row.since), path__within=row.path)
        .exclude(unit=row.unit_id)
    )
    found = [r.unit_id for r in rows if not asked.allows(value, asked.kind.read(r.value))]
    return list(Unit.objects.filter(pk__in=found).order_by("code"))
