"""Bars as plain SVG: where everything stands, computed here; `insight/bars.html` draws it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, LEFT, TOP, BASE = 424.0, 38.0, 26.0, 176.0
THICKEST = 24.0


@dataclass(frozen=True)
class Point:
    """One value to draw. `part` marks a period that is not over."""

    label: str
    value: int
    url: str
    said: str
    part: bool = False


@dataclass(frozen=True)
class Bar:
    """A point with its place, in the drawing's own units."""

    point: Point
    shown: str
    x: str
    y: str
    width: str
    height: str
    middle: str
    above: str


@dataclass(frozen=True)
class Line:
    """A line across, with its number."""

    y: str
    below: str
    shown: str


@dataclass(frozen=True)
class Chart:
    """Bars over one scale that begins at zero."""

    bars: Sequence[Bar]
    lines: Sequence[Line]
    base: Line


def bars(points: Sequence[Point], short: Callable[[int], str]) -> Chart:
    """The points as bars, left to right. `short` writes a number in few characters; where crowded, only the last."""
    top, step = scale(max((p.value for p in points), default=0))
    lines = [_line(top, step * n, short) for n in range(1, round(top / step) + 1)]
    room = (WIDTH - LEFT) / max(len(points), 1)
    width = min(THICKEST, room * 0.7)
    crowded = max((_wide(short(p.value)) for p in points), default=0) > room
    drawn = []
    for n, point in enumerate(points):
        left = LEFT + room * n + (room - width) / 2
        y = min(_y(top, point.value), BASE - 1)
        drawn.append(
            Bar(
                point,
                "" if crowded and n < len(points) - 1 else short(point.value),
                _f(left),
                _f(y),
                _f(width),
                _f(BASE - y),
                _f(left + width / 2),
                _f(y - 6),
            )
        )
    return Chart(drawn, lines, _line(top, 0, short))


def scale(greatest: int) -> tuple[int, int]:
    """The top of the scale and the step between its lines: at most four round steps.

    >>> scale(17), scale(0), scale(200_000)
    ((20, 5), (1, 1), (200000, 50000))
    """
    if greatest <= 0:
        return 1, 1
    power = 10 ** max(math.floor(math.log10(greatest)) - 1, 0)
    step = next(s * power for s in (1, 2, 5, 10, 20, 50) if s * power * 4 >= greatest)
    return step * math.ceil(greatest / step), step


def _y(top: int, value: int) -> float:
    return BASE - (BASE - TOP) * value / top


def _line(top: int, value: int, short: Callable[[int], str]) -> Line:
    y = _y(top, value)
    return Line(_f(y), _f(y + 4), short(value))


def _wide(text: str) -> float:
    """About how wide a bold number is drawn."""
    return sum(12.5 if ord(c) > 255 else 7.5 for c in text)


def _f(number: float) -> str:
    return f"{number:.1f}"
