"""Pages by key instead of by number: the next page begins after the last row, whatever has arrived meanwhile."""

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

NEVER = Q(pk__in=[])


@dataclass(frozen=True)
class Key:
    """One column of an order. Rows without a value come last in either direction."""

    path: str
    descending: bool
    nullable: bool
    field: "Field[Any, Any] | None"

    def ordering(self, forward: bool) -> Any:
        falls = self.descending == forward
        if not self.nullable:
            return F(self.path).desc() if falls else F(self.path).asc()
        if falls:
            return F(self.path).desc(nulls_last=forward or None, nulls_first=(not forward) or None)
        return F(self.path).asc(nulls_last=forward or None, nulls_first=(not forward) or None)

    def beyond(self, value: Any, forward: bool) -> Q:
        """Rows strictly past this value in the direction of reading."""
        if value is None:
            return NEVER if forward else Q(**{f"{self.path}__isnull": False})
        q = Q(**{f"{self.path}__{'lt' if self.descending == forward else 'gt'}": value})
        return q | Q(**{f"{self.path}__isnull": True}) if self.nullable and forward else q

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})

    def read(self, row: Any) -> Any:
        for part in self.path.split(LOOKUP_SEP):
            row = getattr(row, part) if row is not None else None
        return row

    def parse(self, raw: Any) -> Any:
        """The value that a cursor carries. Raises ValueError or ValidationError on anything else."""
        if raw is None or self.field is None:
            return raw
        return self.field.to_python(raw)


def keys_of(model: type[Model], names: Sequence[str], *, filled: bool = False) -> tuple[Key, ...]:
    """The columns of an order such as ("-opened_at", "-pk").

    filled   every row of the list has a value in them, so that an index can be read in either direction
    """
    found = []
    for name in names:
        path = name.removeprefix("-")
        field, may_be_empty = _field(model, path)
        found.append(Key(path, name.startswith("-"), may_be_empty and not filled, field))
    return tuple(found)


def _field(model: type[Model], path: str) -> "tuple[Field[Any, Any] | None, bool]":
    """The model field at the end of a path, and whether the way to it may lack a value; None for an annotation."""
    found, may_be_empty = None, False
    for part in path.split(LOOKUP_SEP):
        try:
            found = model._meta.pk if part == "pk" else model._meta.get_field(part)
        except FieldDoesNotExist:
            return None, False
        may_be_empty = may_be_empty or bool(getattr(found, "null", False))
        if getattr(found, "related_model", None):
            model = found.related_model  # type: ignore[union-attr, assignment]
    return found, may_be_empty  # type: ignore[return-value]


def encode(keys: Sequence[Key], row: Any) -> str:
    """The cursor that stands for a row's place."""
    text = json.dumps([_plain(key.read(row)) for key in keys], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _plain(value: Any) -> Any:
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def decode(keys: Sequence[Key], cursor: str) -> list[Any] | None:
    """The place behind a cursor; None for anything that is not one of ours."""
    try:
        raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(raw, list) or len(raw) != len(keys):
            return None
        return [key.parse(value) for key, value in zip(keys, raw, strict=True)]
    except (ValueError, TypeError, binascii.Error, ValidationError):
        return None


def seek(
    rows: QuerySet[Any], keys: Sequence[Key], place: Sequence[Any] | None, *, forward: bool
) -> QuerySet[Any]:
    """The rows past a place, in the direction of reading; all rows where there is no place.

    The redundant bound on the first column is what lets an index begin there.
    """
    if place is not None:
        q, equal = NEVER, Q()
        for key, value in zip(keys, place, strict=True):
            q |= equal & key.beyond(value, forward)
            equal &= key.same(value)
        first, value = keys[0], place[0]
        if not first.nullable and len(keys) > 1:
            bound = "lte" if first.descending == forward else "gte"
            q = Q(**{f"{first.path}__{bound}": value}) & q
        rows = rows.filter(q)
    return rows.order_by(*(key.ordering(forward) for key in keys))
