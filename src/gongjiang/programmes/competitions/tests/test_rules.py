"""Bands, thresholds, eligibility and upgrades: what follows from numbers alone."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.read import Value
from gongjiang.programmes.competitions.rules import (
    Person,
    Range,
    Threshold,
    against_entry,
    rises_to,
    won,
)

#: Changzhi, the sixth contest (published).
PRIZES = [Range(1, 2), Range(3, 6), Range(7, 12), Range(13, share=Decimal(50))]
ORDER = [g.value for g in Grade]
RANKS = st.dictionaries(st.integers(1, 500), st.integers(1, 60), max_size=40)


@given(RANKS, st.integers(0, 120), st.randoms(use_true_random=False))
def test_bands_do_not_depend_on_the_order_in_which_entries_come(ranks, entrants, random) -> None:
    shuffled = list(ranks.items())
    random.shuffle(shuffled)
    assert won(PRIZES, dict(shuffled), entrants) == won(PRIZES, ranks, entrants)


@given(RANKS, st.integers(0, 120))
def test_equals_win_the_same_and_a_better_rank_never_wins_less(ranks, entrants) -> None:
    found = won(PRIZES, ranks, entrants)
    places = sorted((rank, found.get(key, len(PRIZES))) for key, rank in ranks.items())
    assert [band for _rank, band in places] == sorted(band for _rank, band in places)
    by_rank = {rank: {b for r, b in places if r == rank} for rank, _band in places}
    assert all(len(bands) == 1 for bands in by_rank.values())


@given(st.integers(1, 200))
def test_everybody_tied_wins_the_first_prize(entrants) -> None:
    assert won(PRIZES, dict.fromkeys(range(entrants), 1), entrants) == dict.fromkeys(range(entrants), 0)


def test_band_to_a_share_of_the_entrants_ends_at_half_rounded_down() -> None:
    ranks = {n: n for n in range(1, 32)}
    merit = sorted(key for key, band in won(PRIZES, ranks, 31).items() if band == 3)
    assert merit == [13, 14, 15]


def test_band_to_a_share_is_empty_where_few_came() -> None:
    ranks = {n: n for n in range(1, 21)}
    assert [key for key, band in won(PRIZES, ranks, 20).items() if band == 3] == []


def test_threshold_says_how_many_are_missing() -> None:
    asked = [Threshold("min_to_hold", 20, n) for n in (19, 20, 21)] + [Threshold("min_to_hold", None, 0)]
    assert [(t.met, t.short) for t in asked] == [(False, 1), (True, 0), (True, 0), (True, 0)]


def _values(**said: Any) -> dict[str, Value]:
    declared = parameters("competitions")
    values = {"age_least": 18, "age_most": 50, "entry_exclusions": ("中华技能大奖",), **said}
    return {name: Value(declared[name], value) for name, value in values.items()}


def _against(*people: Person, group: str = "workers", size: int = 1, **said: Any) -> list[str]:
    reasons = against_entry(
        people, group=group, group_asked="workers", group_label="职工组", size=size, day=date(2026, 4, 30),
        values=_values(**said),
    )  # fmt: skip
    return [r.field or r.text for r in reasons]


def test_age_counts_in_full_years_on_the_last_day_of_registration() -> None:
    just = [Person("甲", date(2008, 4, 30)), Person("乙", date(1975, 5, 1))]
    assert [_against(p) for p in just] == [[], []]
    not_yet, past = Person("甲", date(2008, 5, 1)), Person("乙", date(1975, 4, 30))
    assert [len(_against(p)) for p in (not_yet, past)] == [1, 1]


def test_student_among_workers_is_refused_with_the_clause() -> None:
    reasons = against_entry(
        [Person("甲", date(2000, 1, 1))], group="students", group_asked="workers", group_label="职工组", size=1,
        day=date(2026, 4, 30), values=_values(),
    )  # fmt: skip
    assert [(r.field, bool(r.clause)) for r in reasons] == [("group", True)]


def test_holder_of_an_excluded_title_may_not_enter() -> None:
    assert len(_against(Person("甲", date(1990, 1, 1), ["第十届中华技能大奖"]))) == 1
    assert _against(Person("甲", date(1990, 1, 1), ["太行技术能手"])) == []


def test_team_of_the_wrong_number_is_refused() -> None:
    assert _against(Person("甲", date(1990, 1, 1)), size=2) == ["members"]


def test_unknown_day_of_birth_is_no_silent_yes() -> None:
    assert len(_against(Person("甲", None))) == 1


MATRIX = [
    {"first": 1, "last": 3, "held": "technician", "grade": "senior_technician"},
    {"first": 1, "last": 3, "held": "", "grade": "technician"},
    {"first": 4, "last": 12, "held": "", "grade": "senior"},
]


def _rises(rank: int, held: str, cap: str = "senior_technician") -> str | None:
    found = rises_to(MATRIX, rank=rank, held=held, cap=cap, order=ORDER)
    return found[1] if found else None


def test_holder_of_the_grade_takes_the_next_step() -> None:
    assert [_rises(2, "senior"), _rises(2, "technician"), _rises(2, "")] == [
        "technician", "senior_technician", "technician",
    ]  # fmt: skip


def test_winner_who_holds_the_grade_already_does_not_rise() -> None:
    assert [_rises(5, "senior"), _rises(5, "technician"), _rises(2, "senior_technician")] == [None] * 3


def test_nobody_rises_above_the_standard_of_the_event() -> None:
    assert [_rises(2, "technician", cap="technician"), _rises(2, "senior", cap="technician")] == [
        None, "technician",
    ]  # fmt: skip


def test_rank_outside_the_matrix_gives_no_claim() -> None:
    assert _rises(13, "") is None


@given(st.integers(1, 30), st.sampled_from(["", *ORDER]), st.sampled_from(ORDER))
def test_a_claim_always_rises_and_keeps_below_the_cap(rank, held, cap) -> None:
    found = _rises(rank, held, cap)
    if found is not None:
        assert ORDER.index(found) <= ORDER.index(cap)
        assert not held or ORDER.index(found) > ORDER.index(held)
