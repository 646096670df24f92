"""Paths of the union tree: `/1/14/207/`, the keys from the root down to the unit itself.

*Within* is a range on a plain btree (`path >= p AND path < p || '~'`), the one form that row security
lets use an index; this lookup is the only place that writes it.
"""

from typing import Any

from django.db import models
from django.db.models.lookups import Lookup


class PathField(models.TextField):
    """A unit's path, compared byte by byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_collation", "C")
        super().__init__(*args, **kwargs)


@PathField.register_lookup
class Within(Lookup):  # type: ignore[type-arg]
    """`path__within="/1/14/"`: that unit and everything below it."""

    lookup_name = "within"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        sql = f"({lhs} >= {rhs} AND {lhs} < {rhs} || '~')"
        return sql, (*lhs_params, *rhs_params, *lhs_params, *rhs_params)


def ancestors(path: str) -> list[int]:
    """The keys from the root to the unit itself.

    >>> ancestors("/1/14/207/")
    [1, 14, 207]
    """
    return [int(part) for part in path.split("/") if part]
