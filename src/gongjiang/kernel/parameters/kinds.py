"""What a parameter's value can be. Each kind reads a stored JSON value strictly and writes it back the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

#: A label in both languages, as a declaration writes it: {"en": …, "zh": …}.
Label = Mapping[str, str]


def said(label: Label) -> str:
    """The label in the reader's language."""
    return label["zh" if str(get_language()).startswith("zh") else "en"]


@dataclass(frozen=True)
class Kind:
    """read(raw) gives the Python value of a stored one, or ValidationError with the sentence; write(value) its JSON."""

    def read(self, raw: Any) -> Any:
        raise NotImplementedError

    def write(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Number(Kind):
    """A number: an int where `places` is 0, otherwise a Decimal, which is stored as text. Money is integer fen."""

    least: Decimal | None = None
    most: Decimal | None = None
    places: int = 0
    is_money: bool = False

    def read(self, raw: Any) -> int | Decimal:
        if isinstance(raw, bool | float):
            raise ValidationError(_("This is not a number."))
        try:
            number = Decimal(str(raw))
        except InvalidOperation as error:
            raise ValidationError(_("This is not a number.")) from error
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int):
            raise ValidationError(_("This is not a number."))
        if number != round(number, self.places):
            if self.places:
                raise ValidationError(_("At most %(n)s decimals.") % {"n": self.places})
            raise ValidationError(_("A whole number is needed."))
        if self.least is not None and number < self.least:
            raise ValidationError(_("At least %(n)s is needed.") % {"n": self._shown(self.least)})
        if self.most is not None and number > self.most:
            raise ValidationError(_("At most %(n)s is allowed.") % {"n": self._shown(self.most)})
        return number if self.places else int(number)

    def write(self, value: int | Decimal) -> int | str:
        return f"{value:f}" if self.places else int(value)

    def _shown(self, limit: Decimal) -> str:
        return f"{limit / 100:f}" if self.is_money else f"{limit:f}"


@dataclass(frozen=True)
class Switch(Kind):
    """Yes or no."""

    def read(self, raw: Any) -> bool:
        if not isinstance(raw, bool):
            raise ValidationError(_("Choose yes or no."))
        return raw


@dataclass(frozen=True)
class Choice(Kind):
    """One of declared codes."""

    options: Mapping[str, Label] = field(default_factory=dict)

    def read(self, raw: Any) -> str:
        if raw not in self.options:
            raise ValidationError(_("Choose one of those offered."))
        return str(raw)


@dataclass(frozen=True)
class Choices(Kind):
    """Several of declared codes, each once, in the order of the declaration."""

    options: Mapping[str, Label] = field(default_factory=dict)

    def read(self, raw: Any) -> tuple[str, ...]:
        if isinstance(raw, str) or not isinstance(raw, Sequence) or set(raw) - set(self.options):
            raise ValidationError(_("Choose from those offered."))
        return tuple(code for code in self.options if code in raw)

    def write(self, value: Sequence[str]) -> list[str]:
        return list(value)


@dataclass(frozen=True)
class Text(Kind):
    """A few words."""

    def read(self, raw: Any) -> str:
        if not isinstance(raw, str) or not raw.strip():
            raise ValidationError(_("Some words are needed."))
        return " ".join(raw.split())


@dataclass(frozen=True)
class Texts(Kind):
    """Several phrases in order, none twice; a list that may be empty says so with `least: 0`."""

    least: int = 1

    def read(self, raw: Any) -> tuple[str, ...]:
        if isinstance(raw, str) or not isinstance(raw, Sequence) or len(raw) < self.least:
            raise ValidationError(_("At least one entry is needed."))
        found = tuple(Text().read(each) for each in raw)
        twice = next((each for each in found if found.count(each) > 1), None)
        if twice is not None:
            raise ValidationError(_("“%(entry)s” stands there twice.") % {"entry": twice})
        return found

    def write(self, value: Sequence[str]) -> list[str]:
        return list(value)


@dataclass(frozen=True)
class Weights(Kind):
    """Shares in per cent that add up to 100, each of a name: in the order declared, or the greatest first.

    options    the names, where they are declared codes
    keys_from  or the parameter whose entries are the names
    """

    options: Mapping[str, Label] = field(default_factory=dict)
    keys_from: str = ""

    def read(self, raw: Any) -> dict[str, Decimal]:
        if not isinstance(raw, Mapping) or not raw:
            raise ValidationError(_("A share is needed for each."))
        if self.options and set(raw) != set(self.options):
            raise ValidationError(_("A share is needed for each."))
        share = Number(Decimal(0), Decimal(100), places=2)
        read = {str(name): Decimal(share.read(each)) for name, each in raw.items()}
        found = dict(sorted(read.items(), key=lambda pair: (self._place(pair[0]), -pair[1], pair[0])))
        total = sum(found.values())
        if total != 100:
            raise ValidationError(
                _("The shares add up to %(total)s %%, not to 100 %%.") % {"total": f"{total:f}"}
            )
        return found

    def _place(self, name: str) -> int:
        return list(self.options).index(name) if name in self.options else 0

    def write(self, value: Mapping[str, Decimal]) -> dict[str, str]:
        return {name: f"{share:f}" for name, share in value.items()}


@dataclass(frozen=True)
class Column:
    """One column of a table; an optional cell may be empty."""

    label: Label
    kind: Kind
    uom: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Table(Kind):
    """Rows of declared columns; may have none, which switches off what it governs.

    bands  names of two number columns, from and to: each row begins where the last one ends, and only the last is open
    once   a column in which no value stands twice
    """

    columns: Mapping[str, Column] = field(default_factory=dict)
    bands: tuple[str, str] | None = None
    once: str = ""

    def read(self, raw: Any) -> tuple[dict[str, Any], ...]:
        if isinstance(raw, str) or not isinstance(raw, Sequence):
            raise ValidationError(_("A table is needed."))
        rows = tuple(self._row(number, row) for number, row in enumerate(raw, start=1))
        if self.once:
            values = [row[self.once] for row in rows]
            twice = next((v for v in values if values.count(v) > 1), None)
            if twice is not None:
                raise ValidationError(_("“%(entry)s” stands there twice.") % {"entry": twice})
        if self.bands and rows:
            self._check_bands(rows, *self.bands)
        return rows

    def _row(self, number: int, row: Any) -> dict[str, Any]:
        if not isinstance(row, Mapping) or set(row) - set(self.columns):
            raise ValidationError(_("A table is needed."))
        found: dict[str, Any] = {}
        for name, column in self.columns.items():
            cell = row.get(name)
            if cell is None or cell == "":
                if not column.optional:
                    raise ValidationError(
                        _("Row %(row)s: “%(column)s” is still empty.")
                        % {"row": number, "column": said(column.label)}
                    )
                found[name] = None
                continue
            try:
                found[name] = column.kind.read(cell)
            except ValidationError as wrong:
                raise ValidationError(
                    _("Row %(row)s, “%(column)s”: %(wrong)s")
                    % {"row": number, "column": said(column.label), "wrong": " ".join(wrong.messages)}
                ) from wrong
        return found

    def _check_bands(self, rows: Sequence[Mapping[str, Any]], since: str, until: str) -> None:
        for number, (row, then) in enumerate(zip(rows, (*rows[1:], None), strict=True), start=1):
            if row[until] is not None and row[until] <= row[since]:
                raise ValidationError(_("Row %(row)s ends before it begins.") % {"row": number})
            if then is not None and row[until] != then[since]:
                raise ValidationError(
                    _("Row %(row)s does not end where the next one begins.") % {"row": number}
                )

    def write(self, value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [
            {
                name: None if row[name] is None else column.kind.write(row[name])
                for name, column in self.columns.items()
            }
            for row in value
        ]


@dataclass(frozen=True)
class Record(Kind):
    """A few values of different kinds that hold together, each under its name."""

    fields: Mapping[str, Column] = field(default_factory=dict)

    def read(self, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, Mapping) or set(raw) - set(self.fields):
            raise ValidationError(_("Some words are needed."))
        found: dict[str, Any] = {}
        for name, each in self.fields.items():
            cell = raw.get(name)
            if cell is None or cell == "":
                if not each.optional:
                    raise ValidationError(_("“%(field)s” is still empty.") % {"field": said(each.label)})
                found[name] = None
                continue
            try:
                found[name] = each.kind.read(cell)
            except ValidationError as wrong:
                raise ValidationError(
                    _("“%(field)s”: %(wrong)s")
                    % {"field": said(each.label), "wrong": " ".join(wrong.messages)}
                ) from wrong
        return found

    def write(self, value: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: None if value[name] is None else each.kind.write(value[name])
            for name, each in self.fields.items()
        }
