"""Which value holds where: nearest first, and a lower level may tighten what is above it, not loosen. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .declaration import Parameter


@dataclass(frozen=True)
class Step:
    """A value that one level has set: read as the parameter's kind reads it; `row` is where it stands."""

    value: Any
    opens_below: bool
    row: Any


def resolve(parameter: Parameter, chain: Sequence[Step]) -> Step | None:
    """The step that holds, of a chain from the highest level down; None where none has set a value.

    A lower step that loosens what holds above it is passed over: it was tighter once, and what is above has changed.
    """
    held: Step | None = None
    for step in chain:
        if held is None or held.opens_below or parameter.allows(held.value, step.value):
            held = step
    return held
