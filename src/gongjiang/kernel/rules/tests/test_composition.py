"""The composition of lists, against the published example and against every possible exchange of small ones."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjiang.kernel.rules.composition import Candidate, Requirement, compose, remedy

FLAGS = ("female", "migrant_worker")
CATEGORIES = ("worker", "manager")


@st.composite
def lists(draw):
    def some(start: int, least: int, most: int) -> list[Candidate]:
        return [
            Candidate(
                start + n,
                draw(st.sampled_from(CATEGORIES)),
                frozenset(draw(st.sets(st.sampled_from(FLAGS)))),
                rank=start + n,
                separate=draw(st.booleans()) if n == 0 else False,
            )
            for n in range(draw(st.integers(least, most)))
        ]

    needed = draw(st.sets(st.sampled_from((*FLAGS, *CATEGORIES)), min_size=1, max_size=3))
    requirements = []
    for name in sorted(needed):
        floor = draw(st.none() | st.integers(0, 100))
        cap = draw(st.none() | st.integers(floor or 0, 100))
        requirements.append(
            Requirement(
                name,
                None if floor is None else Fraction(floor),
                None if cap is None else Fraction(cap),
            )
        )
    return some(0, 1, 5), some(100, 0, 5), requirements


def exchanged(listed, reserve, swaps):
    gone = {s.out for s in swaps}
    by_key = {c.key: c for c in reserve}
    return [c for c in listed if c.key not in gone] + [by_key[s.into] for s in swaps]


def fewest_by_trying(listed, reserve, requirements):
    going = [c for c in listed if not c.separate]
    coming = [c for c in reserve if not c.separate]
    for n in range(min(len(going), len(coming)) + 1):
        for outs in combinations(going, n):
            for intos in combinations(coming, n):
                rest = [c for c in listed if c not in outs] + list(intos)
                if compose(rest, requirements).is_met:
                    return n
    return None


@settings(max_examples=150, deadline=None)
@given(lists())
def test_remedy_is_the_smallest_of_all_exchanges(given_lists) -> None:
    listed, reserve, requirements = given_lists
    found = remedy(listed, reserve, requirements)
    fewest = fewest_by_trying(listed, reserve, requirements)
    assert (len(found.swaps) if found.possible else None) == fewest
    if found.possible:
        assert compose(exchanged(listed, reserve, found.swaps), requirements).is_met


@given(lists())
def test_parts_add_up_to_the_denominator_and_separate_places_are_left_out(given_lists) -> None:
    listed, _, requirements = given_lists
    composition = compose(listed, requirements)
    assert sum(n for _, n in composition.parts) == composition.denominator
    assert composition.denominator + composition.separate == len(listed)
    assert all(0 <= line.numerator <= line.denominator for line in composition.lines)


def published(frontline: int, everybody: int, separate: int) -> list[Candidate]:
    """As published for an honours list: 373 of 966 with 35 places listed separately."""
    rest = everybody - separate - frontline
    return (
        [Candidate(n, "frontline") for n in range(frontline)]
        + [Candidate(10_000 + n, "other") for n in range(rest)]
        + [Candidate(20_000 + n, "other", separate=True) for n in range(separate)]
    )


@pytest.mark.parametrize(
    ("frontline", "everybody", "separate", "share"), [(373, 966, 35, "40.06"), (412, 1035, 44, "41.57")]
)
def test_share_excludes_places_listed_separately(
    frontline: int, everybody: int, separate: int, share: str
) -> None:
    line = compose(published(frontline, everybody, separate), [Requirement("frontline")]).lines[0]
    assert f"{float(line.share):.2f}" == share


def test_overlapping_flags_are_mended_together() -> None:
    """One swap may serve three requirements at once; the last in merit goes."""
    listed = [Candidate(n, "manager", rank=n) for n in range(1, 5)]
    reserve = [
        Candidate(9, "worker", rank=9),
        Candidate(10, "worker", frozenset({"female", "migrant_worker"}), rank=10),
    ]
    quarter = [Requirement(n, floor=Fraction(25)) for n in ("worker", "female", "migrant_worker")]
    assert [(s.out, s.into) for s in remedy(listed, reserve, quarter).swaps] == [(4, 10)]


def test_remedy_that_the_reserve_cannot_give_says_so() -> None:
    listed = [Candidate(1, "manager"), Candidate(2, "manager")]
    found = remedy(listed, [Candidate(3, "manager")], [Requirement("worker", floor=Fraction(50))])
    assert (found.possible, found.swaps) == (False, ())


def test_remedy_of_a_long_list_is_found_without_trying_everything() -> None:
    listed = [Candidate(n, "manager", frozenset({"female"} if n % 5 == 0 else ()), n) for n in range(400)]
    reserve = [
        Candidate(1000 + n, "worker", frozenset({f for i, f in enumerate(FLAGS) if n >> i & 1}), n)
        for n in range(400)
    ]
    requirements = [
        Requirement("worker", floor=Fraction(30)),
        Requirement("female", floor=Fraction(35)),
        Requirement("migrant_worker", floor=Fraction(20), cap=Fraction(40)),
    ]
    found = remedy(listed, reserve, requirements)
    assert (found.possible, len(found.swaps)) == (True, 120)
    assert compose(exchanged(listed, reserve, found.swaps), requirements).is_met


def test_somebody_listed_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        compose([Candidate(1, "worker"), Candidate(1, "worker")], [])
