"""The text of a document: a small markup that one template gives and both Word and PDF are made from.

# heading            = large and centred           ! without indent
> to the right       | a | b | a table's row; the first row of a table is its head
anything else is a paragraph; an empty line ends it
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.functional import Promise


class Shape(StrEnum):
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LARGE = "large"
    FLUSH = "flush"
    RIGHT = "right"
    TABLE = "table"


_MARKS = {"# ": Shape.HEADING, "= ": Shape.LARGE, "! ": Shape.FLUSH, "> ": Shape.RIGHT}
#: A value cannot become markup: a bar, and a mark at its beginning, are written wide.
_WIDE = {"#": "＃", "=": "＝", ">": "＞", "!": "！"}


@dataclass(frozen=True)
class Block:
    """One piece of a text. `rows` only of a table, `text` of everything else."""

    shape: Shape
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = field(default=())


def write(template: str, values: Mapping[str, Any]) -> str:
    """The text that a template gives for these values; none can become markup. One empty line between blocks."""
    loaded: Any = get_template(template)
    made = loaded.template.render(Context({k: _plain(v) for k, v in values.items()}, autoescape=False))
    lines = [line.strip() for line in made.splitlines()]
    pieces: list[list[str]] = [[]]
    for line in lines:
        if line:
            pieces[-1].append(line)
        elif pieces[-1]:
            pieces.append([])
    return "\n\n".join("\n".join(piece) for piece in pieces if piece) + "\n"


def blocks(text: str) -> list[Block]:
    """A text in its pieces. What has a mark is a piece by itself, a line each."""
    found: list[Block] = []
    for piece in text.strip().split("\n\n"):
        rows: list[tuple[str, ...]] = []
        loose: list[str] = []
        for line in piece.splitlines():
            if line.startswith("|"):
                rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            elif line[:2] in _MARKS:
                found.append(Block(_MARKS[line[:2]], line[2:].strip()))
            else:
                loose.append(line)
        if rows:
            width = max(len(row) for row in rows)
            found.append(Block(Shape.TABLE, rows=tuple(row + ("",) * (width - len(row)) for row in rows)))
        if loose:
            found.append(Block(Shape.PARAGRAPH, "".join(loose)))
    return found


def digest(number: str, title: str, text: str) -> bytes:
    """32 bytes that change with the number, the title or any character of the text."""
    return hashlib.sha256("\0".join((number, title, text)).encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, str | Promise):
        said = " ".join(str(value).split()).replace("|", "｜")
        return _WIDE.get(said[:1], said[:1]) + said[1:]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
