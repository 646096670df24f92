"""What a list shows, read for an export: columns named by dotted paths, as plain values wherever the path allows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet

#: A heading, and a dotted path from the row (its last step may be a method without arguments) or a function of it.
Column = tuple[Any, "str | Callable[[Any], Any]"]
CHUNK = 5_000


def read(rows: "QuerySet[Any]", columns: Sequence[Column]) -> Iterator[Sequence[Any]]:
    """The cells of every row in the queryset's order, from a cursor on the server.

    Columns that are fields are read as values; one that is not makes whole objects of the rows.
    """
    fields = [_field(rows.model, path) for _label, path in columns]
    if None in fields:
        for row in rows.iterator(chunk_size=CHUNK):
            yield [_get(row, path) for _label, path in columns]
        return
    named = [each for each in fields if each is not None]
    shown = [{key: str(label) for key, label in f.flatchoices} if f.choices else None for _path, f in named]
    values = rows.values_list(*(path for path, _f in named)).iterator(chunk_size=CHUNK)
    if not any(shown):
        yield from values
        return
    for cells in values:
        yield [
            cell if known is None else known.get(cell, cell) for cell, known in zip(cells, shown, strict=True)
        ]


def _field(model: type[Model], path: Any) -> "tuple[str, Field[Any, Any]] | None":
    """(lookup, field) behind a dotted path such as "unit.name" or "get_size_class_display"; None for anything else."""
    if not isinstance(path, str):
        return None
    names, found = path.split("."), None
    for name in names:
        if name.startswith("get_") and name.endswith("_display"):
            name = name[4:-8]
        try:
            found = model._meta.pk if name == "pk" else model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        related = getattr(found, "related_model", None)
        if related is not None:
            model = related
    if not isinstance(found, Field) or found.is_relation:
        return None
    lookup = "__".join(n[4:-8] if n.startswith("get_") and n.endswith("_display") else n for n in names)
    return lookup, found


def _get(row: Any, path: "str | Callable[[Any], Any]") -> Any:
    if callable(path):
        return path(row)
    value = row
    for name in path.split("."):
        value = getattr(value, name) if value is not None else None
    return value() if callable(value) else value
