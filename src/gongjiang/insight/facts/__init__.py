"""Facts: one row per countable thing, declared once as the SELECT that gives it.

    VISIT = Fact(
        name="stations.visit",
        select="SELECT v.id AS key, v.unit_id AS unit, v.day FROM stations_visit v",
        columns={"unit": integer(), "day": date()},
        sources={"stations.Visit": "key"},
    )

A programme lists its facts as `FACTS` in `facts.py`. Nothing here loads the analytic stack.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps

TIERS = ("T0", "T1", "T2")  # T3 never becomes a fact

#: Types of columns: our name -> (Arrow and Ibis, DuckDB)
TYPES = {"int64": "BIGINT", "string": "VARCHAR", "date": "DATE", "boolean": "BOOLEAN"}


@dataclass(frozen=True)
class Column:
    """A column's type and the tier of what it tells about a person."""

    type: str
    tier: str = "T0"


def integer(tier: str = "T0") -> Column:
    return Column("int64", tier)


def text(tier: str = "T0") -> Column:
    return Column("string", tier)


def date(tier: str = "T0") -> Column:
    return Column("date", tier)


def boolean(tier: str = "T0") -> Column:
    return Column("boolean", tier)


@dataclass(frozen=True, eq=False)
class Fact:
    """One row per countable thing. Never a name, an identity number or anything of tier T3.

    name     "programme.thing", or one word for a standard fact
    select   SQL without a trailing semicolon that gives one row per `key` (a 64-bit surrogate), and the `columns`
    columns  besides `key`; days are calendar days in the country's time
    sources  model label -> the column that holds that model's key: when a row of the model changes, the facts
             with its key in that column are read again
    """

    name: str
    select: str
    columns: Mapping[str, Column]
    sources: Mapping[str, str]

    @property
    def table(self) -> str:
        """Its name in the lake and in SQL."""
        return self.name.replace(".", "_")

    @property
    def schema(self) -> dict[str, str]:
        """Column -> type, `key` first."""
        return {"key": "int64", **{name: column.type for name, column in self.columns.items()}}

    @property
    def watched(self) -> dict[str, str]:
        """Source table -> the fact's column that holds its key."""
        return {apps.get_model(label)._meta.db_table: column for label, column in self.sources.items()}


def problems(fact: Fact) -> list[str]:
    """What is unsound in a declaration."""
    found = [
        f"{fact.name}: {n} has the type {c.type}" for n, c in fact.columns.items() if c.type not in TYPES
    ]
    found += [
        f"{fact.name}: {n} has the tier {c.tier}" for n, c in fact.columns.items() if c.tier not in TIERS
    ]
    for label, column in fact.sources.items():
        if column not in fact.schema or fact.schema[column] != "int64":
            found.append(f"{fact.name}: {label} points to {column!r}, which is no key among its columns")
        if not getattr(apps.get_model(label), "is_source", False):
            found.append(f"{fact.name}: {label} is not marked is_source, so its changes are never noticed")
    return found
