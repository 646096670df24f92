"""The same arithmetic for one number and for a column of a table: what is written once for ints gives SQL for columns.

    least(when(Column("x") > 5, Column("x"), 0), 100)   →   "least((CASE WHEN (x > 5) THEN x ELSE 0 END), 100)"

Whole numbers not below zero only, so that division means the same in Python and in the database.
"""

from dataclasses import dataclass
from typing import Any

#: A whole number, or a column of them.
Number = Any


@dataclass(frozen=True, eq=False)
class Column:
    """An SQL expression over whole numbers (`bigint`)."""

    sql: str

    def _with(self, sign: str, other: Number, *, turned: bool = False) -> "Column":
        a, b = (_sql(other), self.sql) if turned else (self.sql, _sql(other))
        return Column(f"({a} {sign} {b})")

    def __add__(self, other: Number) -> "Column":
        return self._with("+", other)

    def __radd__(self, other: Number) -> "Column":
        return self._with("+", other, turned=True)

    def __sub__(self, other: Number) -> "Column":
        return self._with("-", other)

    def __rsub__(self, other: Number) -> "Column":
        return self._with("-", other, turned=True)

    def __mul__(self, other: Number) -> "Column":
        return self._with("*", other)

    def __rmul__(self, other: Number) -> "Column":
        return self._with("*", other, turned=True)

    def __floordiv__(self, other: Number) -> "Column":
        return self._with("/", other)

    def __gt__(self, other: Number) -> "Column":
        return self._with(">", other)

    def __ge__(self, other: Number) -> "Column":
        return self._with(">=", other)

    def __lt__(self, other: Number) -> "Column":
        return self._with("<", other)

    def __le__(self, other: Number) -> "Column":
        return self._with("<=", other)


def _sql(value: Number) -> str:
    return value.sql if isinstance(value, Column) else f"{int(value)}::bigint"


def _apart(*values: Number) -> bool:
    return any(isinstance(v, Column) for v in values)


def least(*values: Number) -> Number:
    """The smallest."""
    return Column(f"least({', '.join(map(_sql, values))})") if _apart(*values) else min(values)


def greatest(*values: Number) -> Number:
    """The greatest."""
    return Column(f"greatest({', '.join(map(_sql, values))})") if _apart(*values) else max(values)


def when(condition: Number, yes: Number, no: Number) -> Number:
    """`yes` where the condition holds, `no` elsewhere."""
    if isinstance(condition, Column):
        return Column(f"(CASE WHEN {condition.sql} THEN {_sql(yes)} ELSE {_sql(no)} END)")
    return yes if condition else no
