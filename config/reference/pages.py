"""The README of a programme, made from its declarations: flows with their diagram, pages, tables, figures."""

from collections.abc import Callable, Iterable, Iterator
from inspect import getdoc
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import translation

from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.programme import Programme
from gongjiang.web.checks import declared_access, patterns

HEAD = "<!-- Made by ./run manage reference from what the programme declares. Do not edit. -->"


def path(programme: Programme) -> Path:
    """Where the page is kept: in the programme's own folder, so that it goes when the folder goes."""
    return Path(settings.ROOT) / "src" / "gongjiang" / "programmes" / programme.name / "README.md"


def read(programme: Programme) -> str:
    """The page as it is written now; nothing where there is none."""
    return path(programme).read_text(encoding="utf-8") if path(programme).exists() else ""


def render(programme: Programme) -> str:
    """The page, in English whatever the language of the reader."""
    with translation.override("en"):
        return "\n".join([HEAD, *_lines(programme), ""])


def _lines(programme: Programme) -> Iterator[str]:
    yield f"# {programme.label}"
    announced = programme.module("programme")
    yield from ("", (getattr(announced, "__doc__", None) or "").strip())
    for flow in getattr(programme.module("flow"), "FLOWS", ()):
        yield from _flow(flow)
    yield from _table("Pages", ("address", "shows", "who", "which rows, where fewer"), _pages(programme))
    yield from _table("Tables", ("model", "holds"), _models(programme))
    yield from _table("Figures", ("code", "counts", "unit", "how"), _figures(programme))
    yield from _table("Ratios", ("code", "says", "above the line", "below it"), _ratios(programme))


def _flow(flow: Flow) -> Iterator[str]:
    yield from ("", f"## Flow `{flow.name}`: {flow.label}", "", f"Seen by: {flow.view.words}", "")
    yield from ("```mermaid", "stateDiagram-v2")
    for move in flow.transitions:
        for source in move.sources or ("[*]",):
            yield f"    {source} --> {move.target}: {move.name}{f' ({move.outcome})' if move.outcome else ''}"
    yield "```"
    head = ("move", "from", "to", "who", "only if", "then")
    yield from _table("", head, (_move(move) for move in flow.transitions))


def _move(move: Transition) -> tuple[str, ...]:
    needs = [f"{name} is given" for name in move.needs]
    return (
        f"`{move.name}` {move.label}",
        ", ".join(move.sources) or "(opens)",
        f"{move.target}: {move.outcome}" if move.outcome else str(move.target),
        move.may.words,
        "; ".join([*needs, *map(_said, move.guards)]),
        "; ".join(map(_said, move.effects)),
    )


def _said(function: Callable[..., Any]) -> str:
    """What a guard or an effect says of itself; for one made by another function, that function's name."""
    if words := _first(function):
        return words.partition(": ")[2].rstrip(".")
    return function.__qualname__.split(".")[0].replace("_", " ")


def _pages(programme: Programme) -> Iterator[tuple[str, ...]]:
    for route, pattern in patterns():
        view = getattr(pattern.callback, "view_class", pattern.callback)
        if view.__module__.startswith(f"{programme.package}."):
            rules = [_words(r, programme) for r in (declared_access(view), getattr(view, "rule", None)) if r]
            yield f"`/{route}`", _first(view), *rules, *[""] * (2 - len(rules))


def _words(access: Any, programme: Programme) -> str:
    """The words of a page's rule; a rule that a flow declares is not written out again."""
    flows: tuple[Flow, ...] = getattr(programme.module("flow"), "FLOWS", ())
    return next((f"seen by, of `{f.name}`" for f in flows if f.view is access), str(access.words))


def _figures(programme: Programme) -> Iterator[tuple[str, ...]]:
    for i in getattr(programme.module("indicators"), "INDICATORS", ()):
        yield f"`{i.code}`", str(i.definition), i.uom, str(i.rule)


def _ratios(programme: Programme) -> Iterator[tuple[str, ...]]:
    for r in getattr(programme.module("indicators"), "RATIOS", ()):
        yield f"`{r.code}`", str(r.definition), f"`{r.above.code}`", f"`{r.below.code}`"


def _models(programme: Programme) -> Iterator[tuple[str, ...]]:
    for model in apps.get_app_config(programme.code).get_models():
        yield f"`{model.__name__}`", _first(model)


def _first(of: Any) -> str:
    """The first paragraph of the documentation of a class or function itself, not of what it inherits from."""
    return " ".join((getdoc(of) or "").partition("\n\n")[0].split()) if of.__doc__ else ""


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    found = list(rows)
    if not found:
        return
    yield from ("", f"## {title}", "") if title else ("",)
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in found)
