"""From points to places: exact, the same for the same inputs, and as a naive computation with fractions has it."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjiang.kernel.review import ranking
from gongjiang.kernel.review.ranking import (
    ADMIT_ALL,
    CHAIR,
    DOWN,
    EARLIER,
    HALF_EVEN,
    HALF_UP,
    OUT,
    PASSED,
    RESERVE,
    WHOLE,
    Entry,
    Place,
    Scheme,
    Short,
    Tied,
    rank,
    rounded,
    totals,
)

PLAIN = Scheme((WHOLE,), (100_00,), drop=0, minimum=1, precision=2, rounding=HALF_UP, passes=0)


def of(*sheets: int, key: int = 1) -> Entry:
    """An item with one criterion, points in whole points."""
    return Entry(key, [[s * 100] for s in sheets])


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    n = draw(st.integers(1, 4))
    cuts = sorted(draw(st.lists(st.integers(1, WHOLE - 1), min_size=n - 1, max_size=n - 1, unique=True)))
    weights = tuple(b - a for a, b in zip([0, *cuts], [*cuts, WHOLE], strict=True))
    maxima = tuple(draw(st.lists(st.integers(1, 150_00), min_size=n, max_size=n)))
    drop = draw(st.integers(0, 2))
    steps = draw(st.lists(st.integers(0, n - 1), max_size=n, unique=True))
    return Scheme(
        weights=weights,
        maxima=maxima,
        drop=drop,
        minimum=2 * drop + 1,
        precision=draw(st.integers(0, 6)),
        rounding=draw(st.sampled_from([HALF_UP, HALF_EVEN, DOWN])),
        passes=draw(st.integers(0, 6)),
        reserves=draw(st.integers(0, 2)),
        ties=(*steps, ADMIT_ALL),
        earlier_share=draw(st.sampled_from([0, 30_00, 33_33])),
    )


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Scheme, list[Entry]]:
    scheme = draw(schemes())
    # few different values, so that equals are common
    sheet = st.tuples(*[st.sampled_from([0, m // 3, m // 2, m]) for m in scheme.maxima])
    sheets = st.lists(sheet, min_size=scheme.minimum, max_size=scheme.minimum + 2)
    many = draw(st.lists(st.tuples(sheets, st.sampled_from([0, 50 * EARLIER])), min_size=1, max_size=9))
    return scheme, [Entry(n, s, e) for n, (s, e) in enumerate(many, start=1)]


def naive(scheme: Scheme, entry: Entry) -> int:
    """The total by the definition, in fractions."""
    worth = sorted(
        sum((Fraction(w * p, m) for w, p, m in zip(scheme.weights, sheet, scheme.maxima, strict=True)), Fraction(0))
        for sheet in entry.sheets
    )  # fmt: skip
    kept = worth[scheme.drop : len(worth) - scheme.drop]
    total = sum(kept, Fraction(0)) / len(kept) / 100
    share = Fraction(scheme.earlier_share, WHOLE)
    total = (total * (1 - share) + Fraction(entry.earlier, EARLIER) * share) * 10**scheme.precision
    whole = total.numerator // total.denominator
    rest = total - whole
    if scheme.rounding == DOWN or rest < Fraction(1, 2):
        return whole
    if rest > Fraction(1, 2) or scheme.rounding == HALF_UP:
        return whole + 1
    return whole + whole % 2


@settings(deadline=None)
@given(rounds())
def test_totals_equal_those_of_the_definition_in_fractions(given_: tuple[Scheme, list[Entry]]) -> None:
    scheme, entries = given_
    assert totals(scheme, entries) == {e.key: naive(scheme, e) for e in entries}


@settings(deadline=None)
@given(rounds(), st.randoms())
def test_places_are_the_same_whatever_the_order_of_items_and_sheets(
    given_: tuple[Scheme, list[Entry]], chance
) -> None:
    scheme, entries = given_
    mixed = [replace(e, sheets=chance.sample(list(e.sheets), len(e.sheets))) for e in entries]
    chance.shuffle(mixed)
    assert rank(scheme, mixed) == rank(scheme, entries)


@settings(deadline=None)
@given(rounds())
def test_more_points_never_make_a_place_worse(given_: tuple[Scheme, list[Entry]]) -> None:
    scheme, entries = given_
    first = entries[0]
    better = replace(first, sheets=[scheme.maxima, *first.sheets[1:]])
    before = {p.key: p.rank for p in rank(scheme, entries)}
    after = {p.key: p.rank for p in rank(scheme, [better, *entries[1:]])}
    assert after[first.key] <= before[first.key]


@settings(deadline=None)
@given(rounds())
def test_total_lies_between_the_lowest_and_the_highest_sheet(given_: tuple[Scheme, list[Entry]]) -> None:
    scheme, entries = given_
    alone = replace(scheme, earlier_share=0)
    one = replace(alone, drop=0, minimum=1)
    for entry in entries:
        each = [totals(one, [Entry(0, [s])])[0] for s in entry.sheets]
        assert min(each) <= totals(alone, [entry])[entry.key] <= max(each)


@settings(deadline=None)
@given(rounds())
def test_better_totals_have_better_places_and_as_many_pass_as_may(
    given_: tuple[Scheme, list[Entry]],
) -> None:
    scheme, entries = given_
    places = rank(scheme, entries)
    assert [p.total for p in places] == sorted((p.total for p in places), reverse=True)
    assert [p.rank for p in places] == sorted(p.rank for p in places)
    passed = [p for p in places if p.result == PASSED]
    if scheme.passes:
        assert len(passed) >= min(scheme.passes, len(places))
        assert all(p.rank <= scheme.passes for p in passed)
    else:
        assert len(passed) == len(places)


@settings(deadline=None)
@given(st.integers(1, 8), st.integers(0, 8))
def test_all_equal_share_the_first_place_and_admit_all_admits_them(items: int, passes: int) -> None:
    scheme = replace(PLAIN, passes=passes, ties=(0, ADMIT_ALL))
    places = rank(scheme, [of(80, 80, key=n) for n in range(items)])
    assert {(p.rank, p.result) for p in places} == {(1, PASSED)}


def test_all_equal_with_a_cut_and_no_rule_cannot_be_ranked() -> None:
    with pytest.raises(Tied) as tied:
        rank(replace(PLAIN, passes=2, ties=(0,)), [of(80, key=n) for n in (1, 2, 3)])
    assert (tied.value.keys, tied.value.seats, tied.value.chair) == ((1, 2, 3), 2, False)


def test_tie_away_from_the_cut_shares_the_rank_and_needs_no_rule() -> None:
    places = rank(
        replace(PLAIN, passes=1, reserves=1), [of(90, key=1), of(80, key=2), of(80, key=3), of(70, key=4)]
    )
    assert [(p.key, p.rank, p.result) for p in places] == [
        (1, 1, PASSED), (2, 2, RESERVE), (3, 2, RESERVE), (4, 4, OUT),
    ]  # fmt: skip


def test_tie_at_the_cut_is_settled_by_the_next_criterion() -> None:
    scheme = replace(PLAIN, weights=(50_00, 50_00), maxima=(100_00, 100_00), passes=1, ties=(1, 0))
    places = rank(scheme, [Entry(1, [[90_00, 70_00]]), Entry(2, [[70_00, 90_00]])])
    assert places == [Place(2, 80_00, 1, PASSED, 1, (1,)), Place(1, 80_00, 2, OUT, 1, (1,))]


def test_tie_at_the_cut_waits_for_the_chair_and_takes_the_chairs_order() -> None:
    scheme = replace(PLAIN, passes=1, ties=(CHAIR,))
    entries = [of(80, key=1), of(80, key=2)]
    with pytest.raises(Tied) as tied:
        rank(scheme, entries)
    assert tied.value.chair
    with pytest.raises(Tied):
        rank(scheme, entries, {1: 1, 2: 1})
    assert [(p.key, p.rank, p.result) for p in rank(scheme, entries, {1: 2, 2: 1})] == [
        (2, 1, PASSED),
        (1, 2, OUT),
    ]


def test_extremes_are_left_out_of_the_mean() -> None:
    scheme = replace(PLAIN, drop=1, minimum=3)
    assert totals(scheme, [of(10, 80, 81, 82, 100)]) == {1: 81_00}


def test_fewer_judges_than_the_minimum_is_said_and_not_averaged() -> None:
    with pytest.raises(Short) as short:
        rank(replace(PLAIN, minimum=3), [of(80, 80, 80, key=1), of(80, 80, key=2)])
    assert short.value.items == {2: 2}


def test_earlier_stage_has_its_share() -> None:
    scheme = replace(PLAIN, earlier_share=30_00)
    assert totals(scheme, [Entry(1, [[80_00]], earlier=90 * EARLIER)]) == {1: 83_00}


@pytest.mark.parametrize(
    ("rounding", "expected"), [(HALF_UP, [2, 3, 3]), (HALF_EVEN, [2, 2, 3]), (DOWN, [2, 2, 2])]
)
def test_halves_are_rounded_as_declared(rounding: str, expected: list[int]) -> None:
    assert [rounded(n, 4, rounding) for n in (9, 10, 11)] == expected


@pytest.mark.parametrize(
    "wrong",
    [{"weights": (99_00,)}, {"drop": 1, "minimum": 2}, {"rounding": ""}, {"precision": 7}, {"maxima": (0,)}],
)
def test_scheme_that_cannot_give_a_result_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        replace(PLAIN, **wrong)


def _timed(key: int, *sheet: int, earlier: int = 0, seconds: int | None = None) -> ranking.Entry:
    return ranking.Entry(key, [sheet], earlier, seconds)


def _staged(*ties: ranking.Step, share: int = 30_00) -> ranking.Scheme:
    return ranking.Scheme(
        weights=(100_00,), maxima=(100_00,), drop=0, minimum=1, precision=2, rounding=ranking.HALF_UP, passes=0,
        ties=ties, earlier_share=share,
    )  # fmt: skip


def test_equal_totals_are_told_apart_by_this_stage_and_then_by_time() -> None:
    """30 % theory and 70 % practice: 80 and 80 equal 94 and 74; then two who are equal in both by the time used."""
    entries = [
        _timed(1, 80_00, earlier=80 * ranking.EARLIER, seconds=5000),
        _timed(2, 74_00, earlier=94 * ranking.EARLIER, seconds=4000),
        _timed(3, 80_00, earlier=80 * ranking.EARLIER, seconds=4900),
    ]
    places = ranking.rank(_staged(ranking.STAGE, ranking.TIME), entries)
    assert [(p.key, p.rank, p.total, p.own, p.settled) for p in places] == [
        (3, 1, 80_00, 80_00, (ranking.STAGE, ranking.TIME)),
        (1, 2, 80_00, 80_00, (ranking.STAGE, ranking.TIME)),
        (2, 3, 80_00, 74_00, (ranking.STAGE,)),
    ]


def test_missing_time_is_said_where_time_tells_equals_apart() -> None:
    entries = [_timed(1, 80_00, seconds=10), _timed(2, 70_00)]
    with pytest.raises(ranking.Untimed) as untimed:
        ranking.rank(_staged(ranking.TIME, share=0), entries)
    assert untimed.value.items == (2,)
    assert [p.key for p in ranking.rank(_staged(ranking.STAGE, share=0), entries)] == [1, 2]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_places_by_stage_and_time_do_not_depend_on_the_order_of_items(said, random) -> None:
    entries = [
        _timed(n, points * 25_00, earlier=before * 25 * ranking.EARLIER, seconds=used)
        for n, (points, before, used) in enumerate(said)
    ]
    scheme = _staged(ranking.STAGE, ranking.TIME)
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert ranking.rank(scheme, shuffled) == ranking.rank(scheme, entries)
