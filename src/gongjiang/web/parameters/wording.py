"""How a value is written, in the reader's language."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.parameters.declaration import Parameter
from gongjiang.kernel.parameters.kinds import (
    Choice,
    Choices,
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
from gongjiang.web.components.wording import measured, thousands, uom


def shown(parameter: Parameter, value: Any) -> list[str]:
    """A value as lines of text; none where nothing is set."""
    if value is None:
        return []
    kind = parameter.kind
    if isinstance(kind, Table):
        return [_row(kind, row) for row in value] or [_("none")]
    if isinstance(kind, Record):
        return [
            _("%(name)s: %(value)s")
            % {"name": said(each.label), "value": _one(each.kind, value[name], each.uom)}
            for name, each in kind.fields.items()
            if value[name] is not None
        ]
    if isinstance(kind, Weights):
        names = kind.options
        parts = [
            f"{said(names[key]) if key in names else key} {_per_cent(each)}" for key, each in value.items()
        ]
        return [_list(parts)]
    if isinstance(kind, Choices):
        return [_list([said(kind.options[code]) for code in value]) or _("none")]
    if isinstance(kind, Texts):
        return [_list(list(value)) or _("none")]
    return [_one(kind, value, parameter.uom)]


def _one(kind: Kind, value: Any, unit: str) -> str:
    if isinstance(kind, Switch):
        return pgettext("switch", "yes") if value else pgettext("switch", "no")
    if isinstance(kind, Choice):
        return said(kind.options[value])
    if isinstance(kind, Number):
        if unit == "share":
            return _per_cent(value)
        number = measured(value, unit) if kind.is_money else thousands(value)
        return f"{number} {uom(unit)}".strip()
    return str(value)


def _row(kind: Table, row: Mapping[str, Any]) -> str:
    cells = []
    for name, column in kind.columns.items():
        if row[name] is None:
            continue
        text = _one(column.kind, row[name], column.uom)
        cells.append(text if isinstance(column.kind, Choice | Text) else f"{said(column.label)} {text}")
    return _list(cells)


def _per_cent(share: Decimal) -> str:
    return f"{share.normalize():f} %"


def _list(parts: Sequence[str]) -> str:
    return pgettext("between listed names", ", ").join(parts)
