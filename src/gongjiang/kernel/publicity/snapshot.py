"""What a notice shows: columns, masked rows, how the list came about. Frozen, with a digest; pure but for the field."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from gongjiang.kernel.people.masking import mask_name

#: A mobile phone, an identity number or a bank account, once spaces and hyphens are gone. Numbers that begin with
#: letters, of cases and patents for instance, are none.
PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx]|\d{16,19})(?![0-9A-Za-z])")


class Mask(StrEnum):
    """What the public sees of a value."""

    PLAIN = "plain"
    NAME = "name"  # 宋丽 → 宋＊
    NAMES = "names"  # a sequence of names → 宋＊ 等 3 人


@dataclass(frozen=True)
class Column:
    """One column. `number` aligns right; the first column that `leads` names the row."""

    label: str
    label_en: str
    mask: Mask = Mask.PLAIN
    number: bool = False
    leads: bool = False


@dataclass(frozen=True)
class Step:
    """One step on the way to the list, e.g. 单位推荐, with what is said of it: 136 项."""

    label: str
    label_en: str
    note: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The public list. Every row has as many values as there are columns; a row's place is 1, 2, 3 …"""

    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    steps: tuple[Step, ...] = ()

    @classmethod
    def from_json(cls, raw: Any) -> "Snapshot":
        """Raises ValidationError for whatever is no snapshot."""
        try:
            made = cls(
                tuple(Column(**{**c, "mask": Mask(c["mask"])}) for c in raw["columns"]),
                tuple(tuple(row) for row in raw["rows"]),
                tuple(Step(**step) for step in raw["steps"]),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise ValidationError(_("This is no list that can be published.")) from wrong
        made.check()
        return made

    def to_json(self) -> dict[str, Any]:
        return {
            "columns": [asdict(column) for column in self.columns],
            "rows": [list(row) for row in self.rows],
            "steps": [asdict(step) for step in self.steps],
        }

    def check(self) -> None:
        """Raises ValidationError where a row does not fit the columns, or holds what may not be published."""
        for place, row in enumerate(self.rows, 1):
            if len(row) != len(self.columns) or not all(isinstance(value, str) for value in row):
                raise ValidationError(_("Row %(n)s does not fit the columns.") % {"n": place})
            if any(PERSONAL.search(re.sub(r"[\s-]", "", value)) for value in row):
                raise ValidationError(
                    _("Row %(n)s holds an identity, phone or account number. Such numbers are not published.")
                    % {"n": place}
                )

    @property
    def lead(self) -> int:
        """The place of the column that names the row."""
        return next((n for n, column in enumerate(self.columns) if column.leads), 0)

    def named(self, place: int) -> str:
        """What a row is called. IndexError where there is none."""
        if place < 1:
            raise IndexError(place)
        return self.rows[place - 1][self.lead]


def freeze(
    columns: Sequence[Column], rows: Iterable[Sequence[str | Sequence[str]]], steps: Sequence[Step] = ()
) -> Snapshot:
    """The snapshot of these rows: every value masked as its column says. Raises ValidationError."""
    made = Snapshot(
        tuple(columns),
        tuple(
            tuple(_masked(value, column.mask) for value, column in zip(row, columns, strict=True))
            for row in rows
        ),
        tuple(steps),
    )
    made.check()
    return made


def digest(number: str, title: str, text: str, snapshot: Snapshot) -> bytes:
    """32 bytes that change with whatever the public reads of a notice."""
    said = [number, title, text, snapshot.to_json()]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).digest()


def _masked(value: str | Sequence[str], mask: Mask) -> str:
    if mask == Mask.NAMES:
        names = [value] if isinstance(value, str) else list(value)
        if not names:
            return ""
        first = mask_name(names[0])
        return f"{first} 等 {len(names)} 人" if len(names) > 1 else first
    if not isinstance(value, str):
        raise ValidationError(_("A column takes one value a row."))
    return mask_name(value) if mask == Mask.NAME else " ".join(value.split())


class SnapshotField(models.JSONField):
    """A `Snapshot`; whatever else stands in the column is refused on reading and writing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["default"] = Snapshot
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["default"]
        return name, path, args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Snapshot | None:
        """None where a join found no notice: an appeal is against none."""
        found = super().from_db_value(value, expression, connection)  # type: ignore[misc]
        return None if found is None else Snapshot.from_json(found)

    def to_python(self, value: Any) -> Snapshot:
        return value if isinstance(value, Snapshot) else Snapshot.from_json(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        raw = value.to_json() if isinstance(value, Snapshot) else value
        return super().get_db_prep_value(raw, connection, prepared)
