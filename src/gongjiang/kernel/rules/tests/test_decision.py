from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.rules.decision import (
    Decision,
    Outcome,
    Reason,
    all_of,
    facts,
    from_json,
    share_of,
    to_json,
)

words = st.text(max_size=20)
reasons = st.builds(
    Reason,
    text=words,
    clause=words,
    document=words,
    version=words,
    facts=st.lists(st.tuples(words, words), max_size=3).map(tuple),
    amount=st.none() | st.integers(-(10**9), 10**9),
)


@st.composite
def decisions(draw):
    lines = tuple(draw(st.lists(reasons, max_size=4)))
    amounts = [r.amount for r in lines if r.amount is not None]
    return Decision(draw(st.sampled_from(Outcome)), sum(amounts) if amounts else None, lines)


@given(decisions())
def test_decision_is_the_same_after_storage(decision: Decision) -> None:
    assert from_json(to_json(decision)) == decision


def test_decision_whose_lines_do_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="the lines add up to 640000 fen, not 640001"):
        Decision(Outcome.GRANTED, 640001, (Reason("a", amount=200000), Reason("b", amount=440000)))


def test_all_of_collects_every_reason() -> None:
    one = Reason("出院日期早于保障期开始", clause="第八条", facts=facts(discharged="2024-01-03"))
    two = Reason("未参加基本医疗保险", clause="第四条")
    assert all_of([one, None, two], amount=5) == Decision(Outcome.REFUSED, None, (one, two))
    assert all_of([None, None], amount=5) == Decision(Outcome.GRANTED, 5)


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_share_is_within_half_a_fen(amount: int, hundredths: int) -> None:
    per_cent = Decimal(hundredths) / 100
    assert abs(share_of(amount, per_cent) - Decimal(amount) * per_cent / 100) <= Decimal("0.5")
