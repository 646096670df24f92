"""Reading values: for one unit or edition on a day, and for many units at once. A few queries, however many units.

What is above a unit is what was above it on that day, along the territorial edges.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.rules import Reason

from .declaration import Parameter, parameter, parameters
from .kinds import Weights
from .models import EditionPin, Provision
from .resolution import Step, resolve


class Missing(LookupError):
    """Required values that nobody has published; `reasons` name each in the reader's language."""

    def __init__(self, missing: Sequence[Parameter]) -> None:
        self.parameters = tuple(missing)
        super().__init__(", ".join(p.full_name for p in missing))

    @property
    def reasons(self) -> list[Reason]:
        return [_reason(p) for p in self.parameters]


@dataclass(frozen=True)
class Value:
    """A parameter's value and where it comes from. `value` is None where nothing is set and nothing is needed.

    provision  the published row; None for the default that the code ships
    pinned     the edition was published with it
    """

    parameter: Parameter
    value: Any
    provision: Provision | None = None
    pinned: bool = False

    @property
    def version(self) -> str:
        """What a decision notes: the key of the row, or that it was the default."""
        return f"provision {self.provision.pk}" if self.provision else "default"

    def reason(self, text: str, **more: Any) -> Reason:
        """A reason of a decision that rests on this value: with its clause, document and version."""
        row = self.provision
        return Reason(
            text,
            clause=row.clause if row else "",
            document=row.document if row else self.parameter.cited,
            version=self.version,
            **more,
        )


def value(
    full_name: str, *, unit: Unit | int, on: dt.date | None = None, edition: Edition | None = None
) -> Value:
    """The value of "programme.name" for a unit on a day (today), or for an edition.

    Raises Missing where one is required and nobody has published it, KeyError where it is not declared.
    """
    asked = parameter(full_name)
    found = values(asked.programme, unit=unit, on=on, edition=edition)
    if found[asked.name].value is None and asked.is_needed(plain(found)):
        raise Missing([asked])
    return found[asked.name]


def values(
    programme: str,
    *,
    unit: Unit | int | None = None,
    on: dt.date | None = None,
    edition: Edition | None = None,
) -> dict[str, Value]:
    """Every parameter of a programme for a unit on a day (today), or for an edition and its unit."""
    if unit is None and edition is None:
        raise ValueError("whose values: a unit's or an edition's?")
    on = on or timezone.localdate()
    key = _key(unit) if unit is not None else edition.unit_id  # type: ignore[union-attr]
    found = values_of(programme, [key], on=on, edition=edition)[key]
    if edition is not None:
        found |= _pinned(programme, edition, on)
    return found


def values_of(
    programme: str, units: Iterable[Unit | int], *, on: dt.date | None = None, edition: Edition | None = None
) -> dict[int, dict[str, Value]]:
    """The same for many units at once, by their keys: two queries. What is pinned is left out."""
    on = on or timezone.localdate()
    keys = [_key(u) for u in units]
    above = lines(keys, on)
    rows = _in_force(programme, {k for line in above.values() for k in line}, on, edition)
    declared = parameters(programme)
    return {key: {n: _resolved(p, above[key], rows) for n, p in declared.items()} for key in keys}


def above(asked: Parameter, *, unit: Unit | int, on: dt.date, edition: Edition | None = None) -> Value:
    """What holds at the level above: above the unit, or above the edition where one is named."""
    line = lines([_key(unit)], on)[_key(unit)]
    rows = _in_force(asked.programme, set(line), on, None)
    return _resolved(asked, line if edition is not None else line[1:], rows)


def missing(
    programme: str,
    *,
    unit: Unit | int | None = None,
    edition: Edition | None = None,
    on: dt.date | None = None,
) -> list[Parameter]:
    """What a programme or an edition cannot open without: required and not published, or shares of other names."""
    found = values(programme, unit=unit, edition=edition, on=on)
    flat = plain(found)
    return [v.parameter for v in found.values() if _is_missing(v, flat)]


def missing_reasons(
    programme: str,
    *,
    unit: Unit | int | None = None,
    edition: Edition | None = None,
    on: dt.date | None = None,
) -> list[Reason]:
    """The same as sentences, for a screen or a guard."""
    return [_reason(p) for p in missing(programme, unit=unit, edition=edition, on=on)]


def plain(found: Mapping[str, Value]) -> dict[str, Any]:
    """The bare values by name, as a rule takes them."""
    return {name: each.value for name, each in found.items()}


def history(asked: Parameter, *, unit: Unit | int, edition: Edition | None = None) -> list[Provision]:
    """Every published row of one slot, newest first; those replaced before they began are left out."""
    rows = Provision.objects.filter(
        programme=asked.programme, name=asked.name, unit=_key(unit), edition=edition
    )
    return [r for r in rows.order_by("-since", "-pk") if r.until is None or r.until > r.since]


def lines(units: Sequence[int], on: dt.date) -> dict[int, list[int]]:
    """Each unit with what was above it on that day, itself first. One query."""
    found: dict[int, list[int]] = {key: [key] for key in units}
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE line (unit, above, depth) AS ("
            "  SELECT u, u, 0 FROM unnest(%s::bigint[]) u"
            "  UNION ALL SELECT line.unit, e.parent_id, depth + 1 FROM line JOIN orgs_edge e ON e.unit_id = line.above"
            "  AND e.channel = 'territorial' AND e.since <= %s AND (e.until IS NULL OR e.until > %s)"
            "  WHERE depth < 32)"
            " SELECT unit, above FROM line WHERE depth > 0 ORDER BY unit, depth",
            [list(units), on, on],
        )
        for unit, higher in cursor.fetchall():
            found[unit].append(higher)
    return found


def _in_force(
    programme: str, units: set[int], on: dt.date, edition: Edition | None
) -> dict[tuple[int, str, bool], Provision]:
    """The rows in force that day, by unit, name, and whether they are of the edition.

    Without their units: a value holds for who does not see the workplace that published it.
    """
    rows = (
        Provision.objects.filter(programme=programme, unit__in=units, repeals=False, since__lte=on)
        .filter(Q(until=None) | Q(until__gt=on))
        .filter(Q(edition=None) | Q(edition=edition) if edition else Q(edition=None))
    )
    return {(r.unit_id, r.name, r.edition_id is not None): r for r in rows}


def _resolved(
    asked: Parameter, line: Sequence[int], rows: Mapping[tuple[int, str, bool], Provision]
) -> Value:
    chain = [rows[at] for key in reversed(line) if (at := (key, asked.name, False)) in rows]
    if line and (at := (line[0], asked.name, True)) in rows:
        chain.append(rows[at])
    step = resolve(asked, [Step(asked.kind.read(r.value), r.opens_below, r) for r in chain])
    return Value(asked, step.value, step.row) if step else Value(asked, asked.default)


def _pinned(programme: str, edition: Edition, on: dt.date) -> dict[str, Value]:
    declared = parameters(programme)
    pins = (
        EditionPin.objects.filter(edition=edition, since__lte=on)
        .filter(Q(until=None) | Q(until__gt=on))
        .select_related("provision__unit")
    )
    return {pin.name: _of_pin(declared[pin.name], pin) for pin in pins if pin.name in declared}


def _of_pin(asked: Parameter, pin: EditionPin) -> Value:
    stored = pin.provision.value if pin.provision else pin.value
    return Value(asked, None if stored is None else asked.kind.read(stored), pin.provision, pinned=True)


def _is_missing(found: Value, flat: Mapping[str, Any]) -> bool:
    asked = found.parameter
    if found.value is None:
        return asked.is_needed(flat)
    if isinstance(asked.kind, Weights) and asked.kind.keys_from:
        return set(found.value) != set(flat.get(asked.kind.keys_from) or ())
    return False


def _reason(asked: Parameter) -> Reason:
    if isinstance(asked.kind, Weights) and asked.kind.keys_from:
        other = parameters(asked.programme)[asked.kind.keys_from]
        text = _("“%(name)s” has no published value that gives a share to each of “%(other)s”.")
        return Reason(text % {"name": asked, "other": other}, field=asked.name)
    return Reason(_("“%(name)s” has no published value.") % {"name": asked}, field=asked.name)


def _key(unit: Unit | int) -> int:
    return unit if isinstance(unit, int) else unit.pk
