"""From points to places: pure, exact, the same whatever the order of items, judges or sheets.

All amounts are integers. Points and maxima come in hundredths of a point, weights in hundredths of a per cent; a
total is on a scale of 100 and comes back in units of 10 ** -precision. What is in between is never rounded.

1. A sheet is worth the sum of weight × points ÷ maximum over the criteria.
2. An item's total is the mean of its sheets without the `drop` highest and lowest.
3. An earlier stage's total counts for its share.
4. The total is rounded once, as declared. Equal rounded totals are equal.
5. Equals are told apart by the declared steps: the trimmed mean of one criterion, what was reached in this stage alone,
   the time used, one after the other, until a rule ends it.
   Whoever is still equal shares the rank; only at the cut must it be settled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import lcm
from operator import mul

HALF_UP, HALF_EVEN, DOWN = "half_up", "half_even", "down"
ADMIT_ALL, CHAIR = "admit_all", "chair"
STAGE, TIME = "stage", "time"
PASSED, RESERVE, OUT = "passed", "reserve", "out"
#: An earlier stage's total comes in millionths of a point.
EARLIER = 10**6
WHOLE = 100_00

#: A criterion by its position from 0, this stage alone, the time used, or a rule that ends the order.
Step = int | str


@dataclass(frozen=True, slots=True)
class Scheme:
    """The rules of one panel. `weights` sum to 100.00 per cent; `passes` 0 means that there is no cut.

    Raises ValueError where the rules cannot give a result.
    """

    weights: tuple[int, ...]
    maxima: tuple[int, ...]
    drop: int
    minimum: int
    precision: int
    rounding: str
    passes: int
    reserves: int = 0
    ties: tuple[Step, ...] = ()
    earlier_share: int = 0  # hundredths of a per cent

    def __post_init__(self) -> None:
        if sum(self.weights) != WHOLE or len(self.weights) != len(self.maxima) or min(self.maxima) <= 0:
            raise ValueError("weights sum to 100 per cent, one for each maximum")
        if self.minimum <= 2 * self.drop:
            raise ValueError("no sheet would be left")
        if self.rounding not in (HALF_UP, HALF_EVEN, DOWN) or not 0 <= self.precision <= 6:
            raise ValueError("precision and rounding must be declared")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: a sheet for each judge, each with the points in the order of the criteria; the time used, if asked."""

    key: int
    sheets: Sequence[Sequence[int]]
    earlier: int = 0
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands. `settled` are the steps that told it from its equals; equals keep one rank.

    own  what it reached in this stage alone, rounded like the total; where no earlier stage has a share, nothing
    """

    key: int
    total: int
    rank: int
    result: str
    judges: int
    settled: tuple[Step, ...] = ()
    own: int | None = None


class Short(ValueError):
    """Items with fewer sheets than the minimum: {key: sheets}."""

    def __init__(self, items: Mapping[int, int]) -> None:
        self.items = dict(items)
        super().__init__(f"too few judges for {len(self.items)} items")


class Untimed(ValueError):
    """Items without a time, where time tells equals apart."""

    def __init__(self, items: Sequence[int]) -> None:
        self.items = tuple(items)
        super().__init__(f"{len(items)} items have no time")


class Tied(ValueError):
    """Equals on both sides of the cut, and nothing that tells them apart. `chair` may be asked, if declared.

    keys   all who are equal
    seats  how many of them can pass
    """

    def __init__(self, keys: Sequence[int], seats: int, chair: bool) -> None:
        self.keys, self.seats, self.chair = tuple(keys), seats, chair
        super().__init__(f"{len(keys)} are equal at the cut")


def rank(scheme: Scheme, entries: Sequence[Entry], decided: Mapping[int, int] | None = None) -> list[Place]:
    """Places of all entries, best first.

    decided  the chair's order among equals at the cut, {key: position}; read only where the steps end with the chair
    Raises Short, Untimed and Tied: then nothing can be locked.
    """
    short = {e.key: len(e.sheets) for e in entries if len(e.sheets) < scheme.minimum}
    if short:
        raise Short(short)
    if TIME in scheme.ties and (untimed := [e.key for e in entries if e.seconds is None]):
        raise Untimed(sorted(untimed))
    by_key = {e.key: e for e in entries}
    ordered = sorted((-total, key) for key, total in totals(scheme, entries).items())
    places: list[Place] = []
    for negative, group in groupby(ordered, key=lambda pair: pair[0]):
        keys = [key for _, key in group]
        if len(keys) == 1:
            parts: list[tuple[list[int], tuple[Step, ...]]] = [(keys, ())]
        else:
            parts = _told_apart(scheme, by_key, keys)
        for members, settled in parts:
            places += _placed(scheme, by_key, members, settled, -negative, len(places) + 1, decided or {})
    if not scheme.earlier_share:
        return places
    alone = totals(replace(scheme, earlier_share=0), entries)
    return [replace(place, own=alone[place.key]) for place in places]


def totals(scheme: Scheme, entries: Sequence[Entry]) -> dict[int, int]:
    """The rounded total of every entry, in units of 10 ** -precision."""
    common = lcm(*scheme.maxima)
    factors = tuple(w * (common // m) for w, m in zip(scheme.weights, scheme.maxima, strict=True))
    drop, scale, share = scheme.drop, 10**scheme.precision, scheme.earlier_share
    found = {}
    for entry in entries:
        worth = [sum(map(mul, factors, sheet)) for sheet in entry.sheets]
        if drop:
            worth.sort()
            worth = worth[drop:-drop]
        above, below = sum(worth), common * 100 * len(worth)
        if share:
            above = above * (WHOLE - share) * EARLIER + entry.earlier * share * below
            below *= WHOLE * EARLIER
        found[entry.key] = rounded(above * scale, below, scheme.rounding)
    return found


def rounded(above: int, below: int, rounding: str) -> int:
    """The whole number that a non-negative fraction is rounded to.

    >>> [rounded(5, 2, r) for r in (HALF_UP, HALF_EVEN, DOWN)]
    [3, 2, 2]
    """
    whole, rest = divmod(above, below)
    if rounding == DOWN or 2 * rest < below:
        return whole
    if 2 * rest > below or rounding == HALF_UP:
        return whole + 1
    return whole + whole % 2


def _told_apart(
    scheme: Scheme, by_key: Mapping[int, Entry], keys: list[int]
) -> list[tuple[list[int], tuple[Step, ...]]]:
    """Equals split by the criteria among the steps, best first, each part with the steps that made it one."""
    parts: list[tuple[list[int], tuple[Step, ...]]] = [(keys, ())]
    for step in scheme.ties:
        if step in (ADMIT_ALL, CHAIR):
            break
        finer: list[tuple[list[int], tuple[Step, ...]]] = []
        for members, settled in parts:
            if len(members) == 1:
                finer.append((members, settled))
                continue
            means = _told_by(scheme, [by_key[key] for key in members], step)
            split = sorted((-means[key], key) for key in members)
            made = [[key for _, key in group] for _, group in groupby(split, key=lambda pair: pair[0])]
            finer += [(part, (*settled, step) if len(made) > 1 else settled) for part in made]
        parts = finer
    return parts


def _told_by(scheme: Scheme, entries: Sequence[Entry], step: Step) -> dict[int, int]:
    """What a step compares: whoever has more comes first."""
    if step == TIME:
        return {entry.key: -(entry.seconds or 0) for entry in entries}
    if step == STAGE:
        return _alone(scheme, entries)
    assert isinstance(step, int)
    return _means(scheme, entries, step)


def _alone(scheme: Scheme, entries: Sequence[Entry]) -> dict[int, int]:
    """The means of the sheets, without the earlier stage and not rounded, brought to a common denominator."""
    least = lcm(*scheme.maxima)
    factors = tuple(w * (least // m) for w, m in zip(scheme.weights, scheme.maxima, strict=True))
    common = lcm(*{len(e.sheets) - 2 * scheme.drop for e in entries})
    found = {}
    for entry in entries:
        worth = sorted(sum(map(mul, factors, sheet)) for sheet in entry.sheets)
        kept = worth[scheme.drop : len(worth) - scheme.drop]
        found[entry.key] = sum(kept) * (common // len(kept))
    return found


def _means(scheme: Scheme, entries: Sequence[Entry], criterion: int) -> dict[int, int]:
    """The trimmed means of one criterion, brought to a common denominator."""
    common = lcm(*{len(e.sheets) - 2 * scheme.drop for e in entries})
    found = {}
    for entry in entries:
        points = sorted(sheet[criterion] for sheet in entry.sheets)
        kept = points[scheme.drop : len(points) - scheme.drop]
        found[entry.key] = sum(kept) * (common // len(kept))
    return found


def _placed(
    scheme: Scheme,
    by_key: Mapping[int, Entry],
    members: list[int],
    settled: tuple[Step, ...],
    total: int,
    start: int,
    decided: Mapping[int, int],
) -> list[Place]:
    """Places of those who are equal after all criteria, the first of them at rank `start`."""
    last = start + len(members) - 1
    if scheme.passes and start <= scheme.passes < last:
        end = next((step for step in scheme.ties if step in (ADMIT_ALL, CHAIR)), "")
        if end == ADMIT_ALL:
            return [
                Place(k, total, start, PASSED, len(by_key[k].sheets), (*settled, ADMIT_ALL)) for k in members
            ]
        order = [decided.get(key) for key in members]
        if end != CHAIR or None in order or len(set(order)) != len(order):
            raise Tied(members, scheme.passes - start + 1, end == CHAIR)
        found = []
        for n, key in enumerate(sorted(members, key=lambda k: decided[k])):
            result = _result(scheme, start + n)
            found.append(Place(key, total, start + n, result, len(by_key[key].sheets), (*settled, CHAIR)))
        return found
    result = _result(scheme, start)
    return [Place(key, total, start, result, len(by_key[key].sheets), settled) for key in members]


def _result(scheme: Scheme, place: int) -> str:
    if not scheme.passes or place <= scheme.passes:
        return PASSED
    return RESERVE if place <= scheme.passes + scheme.reserves else OUT
