"""Indicators: what is counted, declared once.

    VISITS = Indicator(
        code="stations.visits", name=_("Visits"), uom="occurrence", grain="record", period="within",
        fact="stations.visit",
        rows=lambda visit: visit.select(item=visit.key, unit=visit.unit, day=visit.day),
        definition=_("…"), rule=_("…"), citation=_("…"), opens=Opening("stations.Visit", VIEW, …),
    )

`rows` is an Ibis expression over the fact; it needs no import. A programme lists its indicators as `INDICATORS`
in `indicators.py`. Nothing here loads the analytic stack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule

GRAINS = ("record", "person", "entity")
PERIODS = {
    "within": ("item", "unit", "day"),
    "cumulative_since": ("item", "unit", "day"),
    "as_of": ("item", "unit", "since", "until"),
}


@dataclass(frozen=True)
class Opening:
    """What a figure opens to: one record for each thing counted, found by its key.

    model    label of the records' model; the counted item is its primary key
    rule     who may see a record; `prefix` leads from it to what the rule speaks of, as in ListView
    tier     of what the list shows; where it is T1 or higher a leader may open to totals only
    number   path to what `figures open` prints
    columns  (heading, path) pairs; a path is dotted, its last step may be a method without arguments
    url      URL name of a record's page, taking the primary key; empty where it has none
    related  for select_related
    """

    model: str
    rule: Rule
    number: str
    columns: tuple[tuple[Any, str], ...]
    prefix: str = ""
    tier: str = "T0"
    url: str = ""
    related: tuple[str, ...] = ()

    def records(self) -> "models.QuerySet[Any]":
        """All records, before the rule."""
        return apps.get_model(self.model)._default_manager.select_related(*self.related)

    def seen_by(self, actor: Actor) -> "models.QuerySet[Any]":
        """The records that this actor may see."""
        return self.rule.filter(self.records(), actor, self.prefix)


@dataclass(frozen=True, eq=False)
class Indicator:
    """One figure that every unit has.

    uom     unit of measure, from the glossary
    grain   what one unit of it is: a record, a person, an entity. Each is counted once at every unit shown
    period  "within": things that happened on `day` · "cumulative_since": all up to the period's end ·
            "as_of": things that stand from `since` until before `until` (or null), at the period's end or today
    rows    Ibis: the fact's table -> a table with `item`, `unit` and the days that `period` asks for
    amount  what a record counts for: its `amount` is added up instead of 1; `rows` has that column too
    public    shown on the public pages
    headline  a card of its own on the cockpit; others stand in a line below
    part_of   name of the distribution that it is one band of; it stands beside its sisters and not on the cockpit
    """

    code: str
    name: Any
    uom: str
    grain: str
    period: str
    fact: str
    rows: Callable[[Any], Any]
    definition: Any
    rule: Any
    citation: Any
    opens: Opening
    public: bool = False
    headline: bool = True
    amount: bool = False
    part_of: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """What `rows` must give."""
        return (*PERIODS[self.period], "amount") if self.amount else PERIODS[self.period]

    @property
    def adds_up(self) -> bool:
        """Whether figures of places that do not overlap may be added: records may, persons and entities may not."""
        return self.grain == "record" and self.period == "within"

    @property
    def programme(self) -> str:
        return self.code.split(".")[0]


@dataclass(frozen=True, eq=False)
class Ratio:
    """Two figures divided when they are read, in per cent; both open. A programme lists them as `RATIOS`."""

    code: str
    name: Any
    above: Indicator
    below: Indicator
    definition: Any

    def of(self, above: int, below: int) -> str:
        """The per cent to one place, halves up; empty where there is nothing to divide by."""
        if not below:
            return ""
        tenths = (above * 2000 + below) // (2 * below)
        return f"{tenths // 10}.{tenths % 10}"


ADDING = {
    True: _("Figures of counties, or of months, may be added up."),
    False: _("Figures of counties, or of months, must not be added up: one may be in several of them."),
}
