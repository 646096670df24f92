"""What a programme's `demo.load(world)` is given: the invented population, already in the database.

Keys are real keys. Persons are numbered without gaps, entity by entity, so the workers of a unit are a
`range`, and a column of `People` is read at `person - people.first`. Nothing here reads the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from random import Random
from typing import NamedTuple


class UnitRow(NamedTuple):
    """A unit of the union tree. `entity` is the legal entity of an enterprise union; others have None."""

    id: int
    code: str
    name: str
    kind: str
    level: str
    region: str
    parent: int | None
    path: str
    opened_on: date
    entity: int | None = None


class EntityRow(NamedTuple):
    """A legal entity and the enterprise union that covers it; `workers` persons have their post there."""

    id: int
    uscc: str
    name: str
    ownership: str
    industry: str
    size_class: str
    region: str
    unit: int
    path: str
    workers: int
    opened_on: date


class Account(NamedTuple):
    """An account with one role at one unit. An officer above the enterprises has no person."""

    user: int
    username: str
    person: int | None
    name: str
    role: str
    unit: int


@dataclass(frozen=True)
class People:
    """The workers as parallel columns; the key of the first is `first`."""

    first: int
    names: Sequence[str]
    sexes: Sequence[str]
    born_on: Sequence[date]
    post_classes: Sequence[str]
    posts: Sequence[str]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def keys(self) -> range:
        return range(self.first, self.first + len(self.names))


@dataclass(frozen=True)
class World:
    """The whole invented population of one demo.

    size      "city" or "county"
    root      code of the territory that is fully populated, e.g. "140400"
    now       midnight of the day the demo pretends to be; histories end before it
    workers   unit of an enterprise -> keys of the persons employed there
    accounts  username -> who can sign in by one click
    officers  (unit, role) -> the account that acts there; every unit has one
    """

    size: str
    root: str
    seed: int
    now: datetime
    units: Sequence[UnitRow]
    entities: Sequence[EntityRow]
    people: People
    workers: dict[int, range]
    accounts: dict[str, Account]
    officers: dict[tuple[int, str], Account] = field(repr=False)

    @property
    def today(self) -> date:
        return self.now.date()

    @cached_property
    def led(self) -> dict[int, int]:
        """{workplace: its team that has a leader}."""
        return {u.parent: u.id for u in self.units if u.parent and (u.id, "team_leader") in self.officers}

    @cached_property
    def by_id(self) -> dict[int, UnitRow]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def by_code(self) -> dict[str, UnitRow]:
        return {unit.code: unit for unit in self.units}

    def at_level(self, level: str) -> Iterator[UnitRow]:
        """The unions of one level ("province" … "enterprise") in the order of their codes; teams left out."""
        return (unit for unit in self.units if unit.level == level and unit.kind == "union")

    def above(self, unit: UnitRow, level: str) -> UnitRow:
        """The nearest unit of that level on the way to the root. KeyError where there is none."""
        step = unit
        while step.level != level:
            if step.parent is None:
                raise KeyError(level)
            step = self.by_id[step.parent]
        return step

    def random(self, name: str) -> Random:
        """A generator of its own for one purpose: the same seed and name give the same draws in any order."""
        return Random(f"{self.seed}:{name}")  # noqa: S311
