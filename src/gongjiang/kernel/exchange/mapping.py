"""Which column of a file holds which field: a typed value, kept as JSON on its batch."""

import unicodedata
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Mapping:
    """The headers found in a file and the field that each column holds.

    sheet       name of the sheet; empty for a text file
    header_row  number of the row with the headers, as the sender's program counts
    headers     their texts from the first column on; empty where a column has none
    columns     field name -> index into `headers`
    """

    sheet: str = ""
    header_row: int = 1
    headers: tuple[str, ...] = ()
    columns: AnyMapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_json(cls, raw: Any) -> "Mapping":
        """The mapping behind its JSON. Raises ValidationError on anything else."""
        try:
            made = cls(
                sheet=str(raw.get("sheet", "")),
                header_row=int(raw.get("header_row", 1)),
                headers=tuple(str(h) for h in raw.get("headers", ())),
                columns={str(name): int(index) for name, index in raw.get("columns", {}).items()},
            )
        except (AttributeError, TypeError, ValueError) as wrong:
            raise ValidationError(_("This is no mapping of columns.")) from wrong
        if any(not 0 <= index < len(made.headers) for index in made.columns.values()):
            raise ValidationError(_("A field is mapped to a column that the file does not have."))
        return made

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "headers": list(self.headers), "columns": dict(self.columns)}

    def header_of(self, name: str) -> str:
        """The sender's own header of a field; empty where it is not mapped."""
        index = self.columns.get(name)
        return self.headers[index] if index is not None else ""


class MappingField(models.JSONField):
    """A `Mapping`; whatever else stands in the column is refused on reading and writing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["default"] = Mapping
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["default"]
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Mapping:
        return Mapping.from_json(super().from_db_value(value, expression, connection) or {})  # type: ignore[misc]

    def to_python(self, value: Any) -> Mapping:
        return value if isinstance(value, Mapping) else Mapping.from_json(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        raw = value.to_json() if isinstance(value, Mapping) else value
        return super().get_db_prep_value(raw, connection, prepared)


def plain(header: str) -> str:
    """A header as it is compared: width, case, spaces, brackets' contents and marks such as * left out.

    >>> plain("＊身份证号码（18位）")
    '身份证号码'
    """
    text = unicodedata.normalize("NFKC", header).casefold()
    kept, depth = [], 0
    for char in text:
        if char in "([{【":
            depth += 1
        elif char in ")]}】":
            depth = max(0, depth - 1)
        elif not depth and char.isalnum():
            kept.append(char)
    return "".join(kept)


def guess(
    headers: Sequence[str], names: AnyMapping[str, Sequence[str]], before: Mapping | None = None
) -> dict[str, int]:
    """field -> column, by what the same sender said last time, then by the names that each field goes by.

    names   field -> everything its column may be called
    """
    places = {plain(header): index for index, header in reversed(list(enumerate(headers))) if plain(header)}
    found: dict[str, int] = {}
    for name, known in names.items():
        said = [before.header_of(name)] if before and before.header_of(name) else []
        for candidate in (*said, *known):
            index = places.get(plain(candidate))
            if index is not None and index not in found.values():
                found[name] = index
                break
    return found
