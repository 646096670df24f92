"""What judges read of a case: declared by the programme, built when the case is entered, frozen from then on.

A programme says so in its `flow.py`: `PACKS = (Pack("innovations.entry", (State.SCORING,), build),)`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from gongjiang.kernel.catalogue import declared
from gongjiang.kernel.lifecycle.models import Case


@dataclass(frozen=True)
class PackPart:
    """One part: a text, or a file of the case by its key. Of a file's name only the ending is kept."""

    label: str
    text: str = ""
    file: int | None = None


#: (cases, blind) -> {case key: parts}. Blind: nothing in them names a person or a unit; the programme answers for it.
Build = Callable[[Sequence[Case], bool], dict[int, list[PackPart]]]


@dataclass(frozen=True)
class Pack:
    """How cases of one flow come before a panel, and from which states.

    stages  (code, label) of the stages that the programme knows; without any, organisers name theirs
    """

    flow: str
    states: tuple[str, ...]
    build: Build
    stages: tuple[tuple[str, Any], ...] = ()


@cache
def registry() -> dict[str, Pack]:
    """Every pack that installed programmes declare, by flow."""
    return {p.flow: p for p in declared("flow", "PACKS")}


def packs(programme: str) -> dict[str, Pack]:
    """{flow: pack} of the flows of one programme that can be scored."""
    return {name: pack for name, pack in registry().items() if name.split(".")[0] == programme}
