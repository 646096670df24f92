"""What a `parameters.yaml`, a programme's or the kernel's, declares: name, type, unit, which way is tighter, presets.

    publicity_days:
      label: {en: Days of publicity, zh: 公示期}
      type: days            # integer decimal share money days switch choice choices text texts weights table record
      uom: working_day
      least: 1
      tighter: higher       # lower higher fewer more on off same free
      levels: [city, county]
      default: 5
      evidence: A           # A B C D none
      citation: {en: …, zh: …}
      presets: [{code: …, label: {en: …, zh: …}, value: …, evidence: B, citation: {en: …, zh: …}}]

`required: true` stands in the place of a default: no value is shipped, and nothing opens until one is published.
`required_if: {other: value}` asks for one only where another parameter has that value.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.core.exceptions import ValidationError

from gongjiang.kernel import catalogue
from gongjiang.kernel.orgs.models import Level

from .kinds import (
    Choice,
    Choices,
    Column,
    Kind,
    Label,
    Number,
    Record,
    Switch,
    Table,
    Text,
    Texts,
    Weights,
    said,
)

FILE = "parameters.yaml"


class Evidence(StrEnum):
    """How good the source of a default or preset is: A official text, B reprint, C template-grade, D our design."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    NONE = "none"


class Tighter(StrEnum):
    """Which way a lower level may move from what the level above has set, unless that opens it."""

    LOWER = "lower"
    HIGHER = "higher"
    FEWER = "fewer"
    MORE = "more"
    ON = "on"
    OFF = "off"
    SAME = "same"  # no way: it binds as it is
    FREE = "free"  # each level decides for itself


class Wrong(ValueError):
    """A declaration that says too little, or contradicts itself."""


@dataclass(frozen=True)
class Preset:
    """A published local value that a union may copy, on purpose; never inherited."""

    code: str
    label: Label
    value: Any
    evidence: Evidence
    citation: Label

    @property
    def cited(self) -> str:
        return said(self.citation)

    def __str__(self) -> str:
        return said(self.label)


@dataclass(frozen=True)
class Parameter:
    """One declared parameter. `full_name` is "programme.name"; `default` is None where a value is required.

    uom     unit of measure of a number, by the glossary's codes; empty for what is not counted
    levels  the levels that may set it
    """

    programme: str
    name: str
    label: Label
    kind: Kind
    type: str
    uom: str
    tighter: Tighter
    levels: tuple[str, ...]
    required: bool
    default: Any
    evidence: Evidence
    citation: Label
    help: Label | None = None
    required_if: Mapping[str, Any] = field(default_factory=dict)
    presets: tuple[Preset, ...] = ()

    @property
    def cited(self) -> str:
        """Where the default comes from, in the reader's language."""
        return said(self.citation)

    @property
    def full_name(self) -> str:
        return f"{self.programme}.{self.name}"

    def preset(self, code: str) -> Preset | None:
        """The preset of that code; None where there is none."""
        return next((p for p in self.presets if p.code == code), None)

    def is_needed(self, values: Mapping[str, Any]) -> bool:
        """Whether nothing may open without it, given the values of the others."""
        return self.required or bool(
            self.required_if and all(values.get(n) == v for n, v in self.required_if.items())
        )

    def allows(self, above: Any, below: Any) -> bool:
        """Whether a lower level may set `below` where the level above has set `above`."""
        match self.tighter:
            case Tighter.LOWER:
                return bool(below <= above)
            case Tighter.HIGHER:
                return bool(below >= above)
            case Tighter.FEWER:
                return set(below) <= set(above)
            case Tighter.MORE:
                return set(below) >= set(above)
            case Tighter.ON:
                return below or not above
            case Tighter.OFF:
                return above or not below
            case Tighter.SAME:
                return bool(below == above)
        return True

    def __str__(self) -> str:
        return said(self.label)


def parameters(programme: str) -> dict[str, Parameter]:
    """What the installed programme of that code declares, by name, in the order of its file; empty without a file."""
    return _all().get(programme, {})


def parameter(full_name: str) -> Parameter:
    """The parameter "programme.name". Raises KeyError where it is not declared."""
    programme, _, name = full_name.partition(".")
    return parameters(programme)[name]


def everything() -> Iterator[Parameter]:
    """Every declared parameter of every installed programme."""
    for declared in _all().values():
        yield from declared.values()


@dataclass(frozen=True)
class Subject:
    """What values are about: an installed programme, or what the kernel itself keeps; `code` is the app's label."""

    code: str
    label: Any
    example: bool = False


@cache
def subjects() -> tuple[Subject, ...]:
    """All that declare parameters: the programmes in their order, then the kernel's."""
    found = [Subject(p.code, p.label, p.example) for p in catalogue.programmes()]
    known = {each.code for each in found}
    found += [Subject(a.label, a.verbose_name) for a in apps.get_app_configs() if a.label not in known]
    return tuple(each for each in found if _all().get(each.code))


def programmes() -> list[str]:
    """The codes of all that declare parameters."""
    return [each.code for each in subjects()]


@cache
def _all() -> dict[str, dict[str, Parameter]]:
    files = {config.label: Path(config.path) / FILE for config in apps.get_app_configs()}
    return {code: load(code, path) for code, path in files.items() if path.is_file()}


def load(programme: str, path: Path) -> dict[str, Parameter]:
    """Read one file. Raises Wrong, which names the parameter and what is the matter with it."""
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(written, dict):
        raise Wrong(f"{path}: a mapping of parameters is needed")
    found = {}
    for name, spec in written.items():
        try:
            found[name] = _parameter(programme, name, dict(spec))
        except (KeyError, TypeError, ValueError, ValidationError) as error:
            words = "; ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            raise Wrong(f"{programme}.{name}: {type(error).__name__}: {words}") from error
    for each in found.values():
        names = [*each.required_if, *([each.kind.keys_from] if isinstance(each.kind, Weights) else [])]
        for other in filter(None, names):
            if other not in found:
                raise Wrong(f"{each.full_name} speaks of {other}, which is not declared")
    return found


def _parameter(programme: str, name: str, spec: dict[str, Any]) -> Parameter:
    kind_name = spec.pop("type")
    uom = spec.pop("uom", {"share": "share", "money": "fen", "days": "day"}.get(kind_name, ""))
    kind = _kind(kind_name, spec)
    if isinstance(kind, Number) != bool(uom):
        raise Wrong("a number has a unit, and nothing else has")
    tighter = Tighter(spec.pop("tighter"))
    _check_direction(tighter, kind)
    required, default = bool(spec.pop("required", False)), spec.pop("default", None)
    required_if = spec.pop("required_if", {})
    if required and default is not None:
        raise Wrong("what is required has no default")
    if not required and default is None and not required_if:
        raise Wrong("a default is needed, or `required: true`")
    evidence, citation = Evidence(spec.pop("evidence")), _label(spec.pop("citation"))
    if (evidence == Evidence.NONE) != (default is None):
        raise Wrong("evidence and a default go together")
    presets = tuple(
        Preset(
            p["code"],
            _label(p["label"]),
            kind.read(p["value"]),
            Evidence(p["evidence"]),
            _label(p["citation"]),
        )
        for p in spec.pop("presets", ())
    )
    if len({p.code for p in presets}) != len(presets):
        raise Wrong("two presets share a code")
    levels = tuple(Level(each).value for each in spec.pop("levels"))
    label, help_ = _label(spec.pop("label")), spec.pop("help", None)
    if spec:
        raise Wrong(f"unknown: {', '.join(spec)}")
    return Parameter(
        programme=programme,
        name=name,
        label=label,
        kind=kind,
        type=kind_name,
        uom=uom,
        tighter=tighter,
        levels=levels,
        required=required,
        default=None if default is None else kind.read(default),
        evidence=evidence,
        citation=citation,
        help=_label(help_) if help_ else None,
        required_if=required_if,
        presets=presets,
    )


def _kind(name: str, spec: dict[str, Any]) -> Kind:
    def limit(word: str) -> Decimal | None:
        given = spec.pop(word, None)
        return None if given is None else Decimal(str(given))

    def options() -> dict[str, Label]:
        return {str(code): _label(label) for code, label in spec.pop("options").items()}

    match name:
        case "integer":
            return Number(limit("least"), limit("most"))
        case "days":
            least = limit("least")
            return Number(Decimal(0) if least is None else least, limit("most"))
        case "decimal":
            return Number(limit("least"), limit("most"), places=int(spec.pop("places", 2)))
        case "share":
            return Number(limit("least") or Decimal(0), limit("most") or Decimal(100), places=2)
        case "money":
            return Number(limit("least") or Decimal(0), limit("most"), is_money=True)
        case "switch":
            return Switch()
        case "choice":
            return Choice(options())
        case "choices":
            return Choices(options())
        case "text":
            return Text()
        case "texts":
            return Texts(int(spec.pop("least", 1)))
        case "weights":
            if "keys_from" in spec:
                return Weights(keys_from=str(spec.pop("keys_from")))
            return Weights(options())
        case "record":
            return Record({str(n): _column(dict(c)) for n, c in spec.pop("fields").items()})
        case "table":
            bands = spec.pop("bands", None)
            return Table(
                {str(n): _column(dict(c)) for n, c in spec.pop("columns").items()},
                (str(bands[0]), str(bands[1])) if bands else None,
                str(spec.pop("once", "")),
            )
    raise Wrong(f"there is no type {name!r}")


def _column(spec: dict[str, Any]) -> Column:
    label, optional, name = _label(spec.pop("label")), bool(spec.pop("optional", False)), spec.pop("type")
    uom = spec.pop("uom", {"share": "share", "money": "fen", "days": "day"}.get(name, ""))
    column = Column(label, _kind(name, spec), uom, optional)
    if spec:
        raise Wrong(f"unknown in a column: {', '.join(spec)}")
    return column


def _check_direction(tighter: Tighter, kind: Kind) -> None:
    fits = {
        Tighter.LOWER: Number,
        Tighter.HIGHER: Number,
        Tighter.FEWER: Choices | Texts,
        Tighter.MORE: Choices | Texts,
        Tighter.ON: Switch,
        Tighter.OFF: Switch,
    }
    if not isinstance(kind, fits.get(tighter, Kind)):
        raise Wrong(f"{tighter.value} says nothing about a {type(kind).__name__.lower()}")


def _label(given: Mapping[str, str]) -> Label:
    if set(given) != {"en", "zh"} or not all(given.values()):
        raise Wrong("labels and citations are written in en and zh")
    return dict(given)
