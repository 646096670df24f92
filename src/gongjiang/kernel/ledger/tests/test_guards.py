"""One event is claimed once, whoever claims it and wherever; amounts of a year are added up over all schemes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.ledger import guards
from gongjiang.kernel.ledger.guards import Answer, Key
from gongjiang.kernel.ledger.models import Guard, GuardKind
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.lifecycle.models import Case

from .conftest import House, opened

SHEET = Key(GuardKind.SETTLEMENT, "1404 0020 2603 1200 0187")
DAY = date(2026, 3, 12)


def held(house: House, case: Case, *keys: Key, who: str = "applicant", scheme: str = "tested") -> None:
    actor = house.cast[who].actor
    with scope(actor):
        guards.hold(case.pk, keys or [SHEET], person=actor.person, day=DAY, scheme=scheme)


def test_event_is_claimed_once_however_its_key_is_written(house: House) -> None:
    held(house, opened(house.cast))
    with pytest.raises(Refused, match="being claimed already"):
        held(house, opened(house.cast), Key(GuardKind.SETTLEMENT, "14040020260312000187 "))
    assert Guard.objects.count() == 1


def test_stranger_learns_the_scheme_and_nothing_else(house: House) -> None:
    held(house, opened(house.cast), scheme="other_scheme")
    theirs = opened(house.cast, who="neighbour_officer")
    with scope(house.cast["neighbour_officer"].actor):
        assert Guard.objects.count() == 0
        (found,) = guards.taken([SHEET])
        assert (found.scheme, found.state) == ("other_scheme", "held")
    with pytest.raises(Refused, match="other_scheme"):
        held(house, theirs, who="neighbour_officer")


def test_held_key_is_free_again_once_nothing_comes_of_it(house: House) -> None:
    first, second = opened(house.cast), opened(house.cast)
    held(house, first)
    with scope(house.cast["applicant"].actor):
        guards.release([first.pk])
    held(house, second)
    assert list(Guard.objects.order_by("pk").values_list("case", "state")) == [
        (first.pk, "released"),
        (second.pk, "held"),
    ]


def test_paid_key_stays_taken_for_good(house: House) -> None:
    first = opened(house.cast)
    held(house, first)
    guards.settle([first.pk])
    guards.release([first.pk])
    assert Guard.objects.get().state == "paid"
    with pytest.raises(Refused, match="has been paid for already"):
        held(house, opened(house.cast))
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Guard.objects.update(state="released")


def test_mended_claim_lets_go_of_the_key_it_has_no_more(house: House) -> None:
    case = opened(house.cast)
    held(house, case, SHEET, Key(GuardKind.INVOICE, "A1"))
    held(house, case, SHEET, Key(GuardKind.INVOICE, "A2"))
    assert sorted(Guard.objects.values_list("kind", "state")) == [
        ("invoice", "held"), ("invoice", "released"), ("settlement", "held"),
    ]  # fmt: skip


def test_amounts_of_a_year_are_added_up_over_schemes(house: House) -> None:
    person = house.cast["applicant"].actor.person
    assert person is not None
    one, two = opened(house.cast), opened(house.cast)
    held(house, one, SHEET, Key(GuardKind.INVOICE, "A1"))
    held(house, two, Key(GuardKind.INVOICE, "B1"), scheme="another")
    guards.grant({one.pk: 300_000, two.pk: 150_000})
    assert guards.granted([person], 2026) == {person: 450_000}
    assert guards.granted([person], 2026, apart_from=[two.pk]) == {person: 300_000}
    assert guards.granted([person], 2025) == {person: 0}


def test_guard_answers_free_taken_over_cap_or_asks_a_human(house: House) -> None:
    person = house.cast["applicant"].actor.person
    assert person is not None
    one, two = opened(house.cast), opened(house.cast)
    fresh = [Key(GuardKind.INVOICE, "C1")]
    asked = {"case": two.pk, "person": person, "day": DAY, "fen": 100_000}
    assert guards.ask(fresh, **asked) == Answer.FREE
    held(house, one, Key(GuardKind.INVOICE, "A1"))
    guards.grant({one.pk: 300_000})
    assert guards.ask([Key(GuardKind.INVOICE, "a1")], **asked) == Answer.TAKEN
    assert guards.ask(fresh, **asked, year_cap=399_999) == Answer.OVER_CAP
    assert guards.ask(fresh, **asked, year_cap=400_000) == Answer.ASK


def test_same_event_claimed_by_several_at_once_is_held_by_one(lasting_house: House) -> None:
    house = lasting_house
    cases = [opened(house.cast) for _ in range(4)]
    barrier = Barrier(4)

    def claim(case: Case) -> bool:
        try:
            barrier.wait(5)
            held(house, case)
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(claim, cases)) == 1
    assert Guard.objects.count() == 1
