"""The lot: the same seed gives the same order, a ticket that drops out moves nobody else, and the script agrees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongjiang.kernel.review.lot import SCRIPT, hash_of, new_secret, order, seed_of

TICKETS = st.lists(st.text("0123456789ABC", min_size=1, max_size=5), min_size=1, max_size=12, unique=True)


@settings(deadline=None)
@given(TICKETS, st.text(min_size=1), st.randoms())
def test_order_depends_on_seed_and_tickets_alone(tickets: list[str], seed: str, chance) -> None:
    mixed = chance.sample(tickets, len(tickets))
    assert order(mixed, seed) == order(tickets, seed)
    assert sorted(order(tickets, seed)) == sorted(tickets)


@settings(deadline=None)
@given(TICKETS, st.text(min_size=1))
def test_ticket_that_drops_out_leaves_the_order_of_the_others(tickets: list[str], seed: str) -> None:
    gone = tickets[0]
    assert order(tickets, seed, {gone}) == [t for t in order(tickets, seed) if t != gone]


def test_ticket_that_is_there_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        order(["1", "1"], "s")


def test_script_of_the_public_page_gives_the_same_order(capsys: pytest.CaptureFixture[str]) -> None:
    tickets, secret, value = ["001", "002", "003"], new_secret(), "08 17 21 23 30 33 + 05"
    names = {
        "tickets": tickets, "dropped": {"002"}, "secret": secret, "public_value": value,
        "entries_hash": hash_of(*tickets), "commitment": hash_of(secret),
    }  # fmt: skip
    exec(SCRIPT, names)
    seed = seed_of(secret, value)
    assert capsys.readouterr().out == f"{seed} {order(tickets, seed, {'002'})}\n"
