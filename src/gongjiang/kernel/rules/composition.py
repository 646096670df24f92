"""The composition of a list (结构比例): floors and caps over categories and flags, and the fewest swaps that mend it.

Categories divide the list: everybody has one, and their shares add up to 100 %. Flags overlap (农民工, 女, 少数民族,
非公) and add up to nothing. Places listed separately (单列) count in no share, neither above nor below the line:
373 of 966 with 35 separate places is 373 ÷ 931.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count
from typing import Any

#: How many exchanges of kinds are looked at before the best known answer is given.
LOOKED_AT = 20_000


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be on a list.

    key       whatever names the candidate; sortable
    category  the one category the candidate counts in
    flags     the flags that hold, any number
    rank      place in the order of merit, 1 first; among equals the key decides
    separate  listed separately: counts in no share
    """

    key: Any
    category: str
    flags: frozenset[str] = frozenset()
    rank: int = 0
    separate: bool = False

    def counts_as(self, name: str) -> bool:
        return not self.separate and (name == self.category or name in self.flags)


@dataclass(frozen=True)
class Requirement:
    """What share of a list a category or a flag must have at least, and may have at most, in per cent.

    name    of the category or the flag
    source  clause and document number that say so
    """

    name: str
    floor: Fraction | None = None
    cap: Fraction | None = None
    source: str = ""

    def least(self, denominator: int) -> int:
        """The fewest that reach the floor."""
        return 0 if self.floor is None else -((-self.floor * denominator) // 100)

    def most(self, denominator: int) -> int:
        """The most that stay within the cap."""
        return denominator if self.cap is None else int(self.cap * denominator // 100)


@dataclass(frozen=True)
class Line:
    """How a list stands to one requirement: how many of how many, how many are missing or too many."""

    requirement: Requirement
    numerator: int
    denominator: int

    @property
    def share(self) -> Fraction | None:
        """In per cent; None where there is nobody to divide by."""
        return Fraction(100 * self.numerator, self.denominator) if self.denominator else None

    @property
    def missing(self) -> int:
        return max(0, self.requirement.least(self.denominator) - self.numerator)

    @property
    def beyond(self) -> int:
        return max(0, self.numerator - self.requirement.most(self.denominator))

    @property
    def is_met(self) -> bool:
        return not self.missing and not self.beyond


@dataclass(frozen=True)
class Composition:
    """A list measured against its requirements.

    separate  how many places count in no share
    parts     (category, how many), which add up to the denominator
    """

    lines: tuple[Line, ...]
    parts: tuple[tuple[str, int], ...]
    denominator: int
    separate: int

    @property
    def is_met(self) -> bool:
        return all(line.is_met for line in self.lines)


@dataclass(frozen=True)
class Swap:
    """One goes, one comes."""

    out: Any
    into: Any


@dataclass(frozen=True)
class Remedy:
    """The swaps that make a list meet its requirements.

    fewest    proven: no smaller number of swaps does it
    possible  False where no exchange with the reserve does it, and `swaps` is empty
    """

    swaps: tuple[Swap, ...] = ()
    fewest: bool = True
    possible: bool = True


def compose(listed: Iterable[Candidate], requirements: Sequence[Requirement]) -> Composition:
    """Measure a list. Raises ValueError where a key stands on it twice."""
    everybody = list(listed)
    if len({c.key for c in everybody}) != len(everybody):
        raise ValueError("a candidate stands on the list twice")
    counted = [c for c in everybody if not c.separate]
    parts: dict[str, int] = {}
    for c in counted:
        parts[c.category] = parts.get(c.category, 0) + 1
    lines = tuple(Line(r, sum(c.counts_as(r.name) for c in counted), len(counted)) for r in requirements)
    return Composition(lines, tuple(sorted(parts.items())), len(counted), len(everybody) - len(counted))


def remedy(
    listed: Iterable[Candidate],
    reserve: Iterable[Candidate],
    requirements: Sequence[Requirement],
    *,
    looked_at: int = LOOKED_AT,
) -> Remedy:
    """The fewest swaps with the reserve after which every requirement is met.

    Separate places stay as they are. Candidates that no requirement tells apart are one kind: of a kind the last in
    merit goes and the first in merit comes. The search goes by the number of swaps, and never takes a step that
    cannot lead on within it, so that its first answer is the smallest; past `looked_at` states it answers with swaps
    that always mend most, and says that they may not be the fewest.
    """
    names = [r.name for r in requirements]

    def kinds(candidates: Iterable[Candidate], *, last_first: bool) -> dict[tuple[int, ...], list[Candidate]]:
        found: dict[tuple[int, ...], list[Candidate]] = {}
        for c in sorted(candidates, key=lambda c: (c.rank, c.key), reverse=last_first):
            found.setdefault(tuple(int(c.counts_as(n)) for n in names), []).append(c)
        return found

    present = [c for c in listed if not c.separate]
    here = {c.key for c in present}
    going = kinds(present, last_first=True)
    coming = kinds((c for c in reserve if not c.separate and c.key not in here), last_first=False)
    lines = compose(present, requirements).lines
    start = tuple(line.numerator for line in lines)
    bounds = [(r.least(len(present)), r.most(len(present))) for r in requirements]
    moves = [
        (out, into, tuple(b - a for a, b in zip(out, into, strict=True)))
        for out in sorted(going)
        for into in sorted(coming)
        if out != into
    ]

    def off(numbers: Sequence[int]) -> int:
        """How far the worst requirement is off: as many swaps are needed at least."""
        return max((max(lo - n, n - hi, 0) for n, (lo, hi) in zip(numbers, bounds, strict=True)), default=0)

    def total(numbers: Sequence[int]) -> int:
        return sum(max(lo - n, n - hi, 0) for n, (lo, hi) in zip(numbers, bounds, strict=True))

    order = count()
    State = tuple[tuple[int, ...], tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]
    first: State = (start, (), ())
    queue: list[tuple[int, int, int, State]] = [(off(start), total(start), next(order), first)]
    seen: set[tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]] = {((), ())}
    left = looked_at
    while queue and left:
        _, _, _, (numbers, outs, intos) = heappop(queue)
        if off(numbers) == 0:
            return Remedy(_swaps(outs, intos, going, coming))
        left -= 1
        for out, into, change in moves:
            if outs.count(out) >= len(going[out]) or intos.count(into) >= len(coming[into]):
                continue
            taken = (tuple(sorted((*outs, out))), tuple(sorted((*intos, into))))
            if taken in seen:
                continue
            seen.add(taken)
            then = tuple(n + d for n, d in zip(numbers, change, strict=True))
            swaps = len(taken[0])
            heappush(queue, (swaps + off(then), total(then), next(order), (then, *taken)))
    if not queue:
        return Remedy(possible=False)
    return _quickly(start, going, coming, moves, total)


def _quickly(start: Any, going: Any, coming: Any, moves: Any, total: Any) -> Remedy:
    """Swaps that each mend most, until all is met or none mends anything."""
    numbers = start
    outs: list[Any] = []
    intos: list[Any] = []
    while total(numbers):
        best = None
        for out, into, change in moves:
            if outs.count(out) < len(going[out]) and intos.count(into) < len(coming[into]):
                then = tuple(n + d for n, d in zip(numbers, change, strict=True))
                if total(then) < total(numbers) and (best is None or total(then) < total(best[0])):
                    best = (then, out, into)
        if best is None:
            return Remedy(fewest=False, possible=False)
        numbers = best[0]
        outs.append(best[1])
        intos.append(best[2])
    return Remedy(_swaps(outs, intos, going, coming), fewest=False)


def _swaps(outs: Any, intos: Any, going: Any, coming: Any) -> tuple[Swap, ...]:
    def named(kinds: Any, people: Any) -> list[Any]:
        return [people[kind][n].key for kind in sorted(set(kinds)) for n in range(kinds.count(kind))]

    return tuple(Swap(a, b) for a, b in zip(named(outs, going), named(intos, coming), strict=True))
