"""A value typed by its kind: fields out of the declaration, and what was typed as the JSON that is stored."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.parameters.declaration import Parameter
from gongjiang.kernel.parameters.kinds import (
    Choice,
    Choices,
    Column,
    Kind,
    Number,
    Record,
    Switch,
    Table,
    Text,
    Texts,
    Weights,
    said,
)
from gongjiang.web.components.wording import uom

SPARE = 3  # empty rows below those of a table
YES_NO = (("yes", c("switch", "yes")), ("no", c("switch", "no")))


class ChangeForm(forms.Form):
    """A value, from when it holds, and what decides it.

    names      the names that shares are given to, where the kind takes them from another parameter
    may_repeal whether the unit has a value of its own that it could give up
    """

    def __init__(
        self,
        *args: Any,
        parameter: Parameter,
        names: Sequence[str] = (),
        may_repeal: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.parameter, self.names = parameter, list(names)
        self.value_fields = list(self._value_fields())
        for name, field in self.value_fields:
            self.fields[name] = field
        if may_repeal:
            self.fields["repeals"] = forms.BooleanField(
                label=_("Give up our own value; what the level above has set holds then"), required=False
            )
        self.fields["opens_below"] = forms.BooleanField(
            label=_("Lower levels may set what they like, also looser"), required=False
        )
        self.fields["since"] = forms.DateField(
            label=_("Holds from"),
            initial=timezone.localdate,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            help_text=_("Today at the earliest. What happened before keeps the value of its day."),
        )
        self.fields["document"] = forms.CharField(
            label=_("Document number"), max_length=200, help_text=_("The document that decides it.")
        )
        self.fields["clause"] = forms.CharField(label=_("Clause"), max_length=200)
        self.fields["note"] = forms.CharField(
            label=_("For whoever decides"),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    @property
    def table(self) -> dict[str, Any] | None:
        """Heads and rows of bound cells, where the value is a table."""
        if not isinstance(self.parameter.kind, Table):
            return None
        columns = self.parameter.kind.columns
        bound = [self[name] for name, _field in self.value_fields]
        width = len(columns)
        return {
            "heads": [_headed(column) for column in columns.values()],
            "rows": [bound[n : n + width] for n in range(0, len(bound), width)],
        }

    @property
    def lead(self) -> str:
        """What explains a value of several fields; a single field has it below its label."""
        explained = self.parameter.help if isinstance(self.parameter.kind, Table | Record) else None
        return said(explained) if explained else ""

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields of the value, where it is no table."""
        return [] if self.table else [self[name] for name, _field in self.value_fields]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """What is asked besides the value."""
        own = {name for name, _field in self.value_fields}
        return [self[name] for name in self.fields if name not in own]

    def value(self) -> Any:
        """What was typed, as the kind's JSON; the kind says what is wrong with it."""
        kind, typed = self.parameter.kind, self.cleaned_data
        if isinstance(kind, Weights):
            return {key: typed[f"value_{n}"] for n, key in enumerate(self._keys(kind))}
        if isinstance(kind, Table):
            return [row for row in self._rows(kind) if any(v not in (None, "") for v in row.values())]
        if isinstance(kind, Record):
            return {name: _typed(each.kind, typed[f"value_{name}"]) for name, each in kind.fields.items()}
        return _typed(kind, typed["value"])

    def _rows(self, kind: Table) -> Iterator[dict[str, Any]]:
        count = len(self.value_fields) // len(kind.columns)
        for n in range(count):
            yield {
                name: _typed(column.kind, self.cleaned_data[f"value_{n}_{name}"])
                for name, column in kind.columns.items()
            }

    def _keys(self, kind: Weights) -> list[str]:
        return list(kind.options) or self.names

    def _value_fields(self) -> Iterator[tuple[str, forms.Field]]:
        kind, start = self.parameter.kind, self.initial.get("stored")
        if isinstance(kind, Weights):
            for n, key in enumerate(self._keys(kind)):
                label = said(kind.options[key]) if key in kind.options else key
                yield (
                    f"value_{n}",
                    forms.CharField(
                        label=f"{label} (%)",
                        initial=(start or {}).get(key, ""),
                        widget=_number(),
                        max_length=10,
                    ),
                )
        elif isinstance(kind, Record):
            for name, each in kind.fields.items():
                field = _field(each.kind, _headed(each), _shown(each.kind, (start or {}).get(name)))
                field.required = not each.optional
                yield f"value_{name}", field
        elif isinstance(kind, Table):
            rows = list(start or [])
            sent = sum(1 for name in self.data if name.startswith("value_")) // max(len(kind.columns), 1)
            for n in range(min(max(len(rows) + SPARE, sent), 60)):
                row = rows[n] if n < len(rows) else {}
                for name, column in kind.columns.items():
                    field = _field(column.kind, _headed(column), _shown(column.kind, row.get(name)))
                    field.required = False
                    field.widget.attrs["class"] = "select" if isinstance(column.kind, Choice) else "input"
                    field.widget.attrs["aria-label"] = f"{_headed(column)} {n + 1}"
                    yield f"value_{n}_{name}", field
        else:
            unit = f" ({uom(self.parameter.uom)})" if self.parameter.uom else ""
            field = _field(kind, f"{said(self.parameter.label)}{unit}", _shown(kind, start))
            field.help_text = said(self.parameter.help) if self.parameter.help else ""
            yield "value", field


class DecideForm(forms.Form):
    """What the second person says."""

    answer = forms.CharField(
        label=_("Your word on it"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed where it is declined."),
    )


def _headed(column: Column) -> str:
    return f"{said(column.label)} ({uom(column.uom)})" if column.uom else said(column.label)


def _number() -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": "decimal", "class": "short", "autocomplete": "off"})


def _field(kind: Kind, label: str, start: Any) -> forms.Field:
    if isinstance(kind, Number):
        return forms.CharField(label=label, initial=start, widget=_number(), max_length=20)
    if isinstance(kind, Switch):
        return forms.ChoiceField(label=label, initial=start, choices=YES_NO, widget=forms.RadioSelect)
    if isinstance(kind, Choices):
        return forms.MultipleChoiceField(
            label=label,
            initial=start,
            required=False,
            choices=[(code, said(each)) for code, each in kind.options.items()],
            widget=forms.CheckboxSelectMultiple,
        )
    if isinstance(kind, Choice):
        choices = [("", "—"), *((code, said(each)) for code, each in kind.options.items())]
        return forms.ChoiceField(label=label, initial=start, choices=choices)
    if isinstance(kind, Texts):
        return forms.CharField(
            label=label,
            initial=start,
            help_text=_("One in each line."),
            widget=forms.Textarea(attrs={"rows": 6}),
        )
    return forms.CharField(label=label, initial=start, max_length=500)


def _shown(kind: Kind, stored: Any) -> Any:
    """A stored JSON value as a field shows it."""
    if stored is None:
        return ""
    if isinstance(kind, Number) and kind.is_money:
        return f"{Decimal(stored) / 100:f}"
    if isinstance(kind, Switch):
        return "yes" if stored else "no"
    if isinstance(kind, Texts):
        return "\n".join(stored)
    return stored


def _typed(kind: Kind, typed: Any) -> Any:
    """What was typed as the kind's JSON; nothing typed is nothing."""
    if typed in (None, ""):
        return None
    if isinstance(kind, Number):
        text = str(typed).replace(",", "").replace("，", "").strip()
        if kind.is_money:
            try:
                fen = Decimal(text) * 100
            except InvalidOperation:
                return text
            return f"{fen.normalize():f}" if fen.is_finite() else text
        return text
    if isinstance(kind, Switch):
        return typed == "yes"
    if isinstance(kind, Texts):
        return [line.strip() for line in str(typed).splitlines() if line.strip()]
    return typed if not isinstance(kind, Text) else str(typed)
