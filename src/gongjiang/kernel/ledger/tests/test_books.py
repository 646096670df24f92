"""Entries: once by their key, balanced by their shape, never below what there is; at once and again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.ledger.books import KeyReused, Posting, paid_for, position, post, post_many
from gongjiang.kernel.ledger.models import Account, Entry, EntryKind, Fund, Line
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused

from .conftest import House, opened


def checked() -> None:
    """Ask now what the database asks at the end of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_money_goes_from_received_over_committed_to_paid_and_back(house: House) -> None:
    house.take_in(10_000)
    (commitment,) = house.commit(6_000)
    with scope(house.maker):
        pay = post(
            Posting(
                "pay:1", EntryKind.PAY, house.fund.pk, 6_000, case=commitment.case_id, about=commitment.pk
            ),
            actor=house.maker,
        )
        post(
            Posting("back:1", EntryKind.RECOVER, house.fund.pk, 1_500, case=commitment.case_id, about=pay.pk),
            actor=house.maker,
        )
    checked()
    now = position(house.fund)
    assert (now.received, now.available, now.committed, now.paid) == ({"member": 10_000}, 5_500, 0, 4_500)
    assert now.balances
    assert paid_for(commitment.case_id or 0) == 4_500


def test_same_key_again_is_the_same_entry_and_moves_nothing(house: House) -> None:
    assert house.take_in(10_000) == house.take_in(10_000)
    checked()
    assert (position(house.fund).available, Line.objects.count()) == (10_000, 1)


def test_same_key_for_another_fact_is_a_fault(house: House) -> None:
    house.take_in(10_000)
    with pytest.raises(KeyReused, match="fee:1"):
        house.take_in(10_001)


def test_more_than_there_is_is_refused_in_yuan(house: House) -> None:
    house.take_in(123_456)
    with pytest.raises(Refused) as refusal:
        house.commit(100_000, 23_457)
    assert {str(r.text) for rs in refusal.value.reasons.values() for r in rs} == {
        "The fund holds 1,234.56 yuan as “Available”; 1,234.57 yuan are needed."
    }
    assert position(house.fund).committed == 0


def test_commitment_ends_once(house: House) -> None:
    house.take_in(10_000)
    (commitment,) = house.commit(6_000)
    of = {"fund": house.fund.pk, "fen": 6_000, "case": commitment.case_id, "about": commitment.pk}
    with scope(house.maker):
        post(Posting("release:1", EntryKind.RELEASE, **of), actor=house.maker)
        with pytest.raises(IntegrityError, match="entry_commitment_ends_once"), transaction.atomic():
            post(Posting("pay:1", EntryKind.PAY, **of), actor=house.maker)
    assert (position(house.fund).available, position(house.fund).paid) == (10_000, 0)


@pytest.mark.parametrize(
    ("kind", "fen", "sentence"),
    [
        (EntryKind.PAY, 5_999, "does not end with"),
        (EntryKind.RECOVER, 6_000, "does not follow"),
    ],
)
def test_commitment_ends_whole_and_only_a_payment_comes_back(
    house: House, kind: str, fen: int, sentence: str
) -> None:
    house.take_in(10_000)
    (commitment,) = house.commit(6_000)
    posting = Posting("x", kind, house.fund.pk, fen, case=commitment.case_id, about=commitment.pk)
    with scope(house.maker), pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        post(posting, actor=house.maker)


def test_no_more_comes_back_than_was_paid(house: House) -> None:
    house.take_in(10_000)
    (commitment,) = house.commit(6_000)
    with scope(house.maker):
        of = {"fund": house.fund.pk, "case": commitment.case_id}
        pay = post(Posting("p", EntryKind.PAY, fen=6_000, about=commitment.pk, **of), actor=house.maker)
        post(Posting("r1", EntryKind.RECOVER, fen=4_000, about=pay.pk, **of), actor=house.maker)
        with pytest.raises(IntegrityError, match="more would come back"), transaction.atomic():
            post(Posting("r2", EntryKind.RECOVER, fen=2_001, about=pay.pk, **of), actor=house.maker)


def test_nobody_moves_a_balance_or_changes_an_entry_by_hand(house: House) -> None:
    house.take_in(10_000)
    for wrong in (
        lambda: Account.objects.filter(kind="available").update(balance=1),
        lambda: Entry.objects.update(fen=1),
        lambda: Line.objects.all().delete(),
        lambda: Account.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            wrong()
    with scope(house.maker), pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(fen=1)


def test_entry_without_its_lines_is_not_committed(house: House) -> None:
    with pytest.raises(IntegrityError, match="do not move"), transaction.atomic():
        Entry.objects.create(key="bare", kind="income", fund=house.fund, fen=5)
        checked()


def test_line_against_the_kind_of_its_entry_is_refused(house: House) -> None:
    house.take_in(10_000)
    available, source = Account.objects.get(kind="available"), Account.objects.get(kind="source")
    with pytest.raises(IntegrityError, match="does not allow"), transaction.atomic():
        entry = Entry.objects.create(key="odd", kind="income", fund=house.fund, fen=5)
        Line.objects.create(entry=entry, out_of=available, into=source, fen=5)


def test_line_between_two_funds_is_refused(house: House) -> None:
    house.take_in(10_000)
    other = Fund.objects.create(
        unit=house.cast.city, path="", programme="tested", name="另一专户", opened_on="2020-01-01"
    )
    strange = Account.objects.create(fund=other, kind="committed")
    with pytest.raises(IntegrityError, match="does not allow"), transaction.atomic():
        entry = Entry.objects.create(key="odd", kind="commit", fund=house.fund, fen=5)
        Line.objects.create(entry=entry, out_of=Account.objects.get(kind="available"), into=strange, fen=5)


@pytest.mark.parametrize("who", ["county_officer", "unit_officer", "stranger", "sibling_officer"])
def test_books_are_written_for_ones_own_fund_only_and_read_from_above(house: House, who: str) -> None:
    house.take_in(10_000)
    actor = house.cast[who].actor
    with scope(actor):
        assert (Fund.objects.count(), Entry.objects.count(), Account.objects.count()) == (0, 0, 0)
        with pytest.raises((DatabaseError, Forbidden)), transaction.atomic():
            post(Posting("y", EntryKind.INCOME, house.fund.pk, 1, parts=(("member", 1),)), actor=actor)


def test_auditor_reads_every_line(house: House) -> None:
    house.take_in(10_000)
    with scope(house.cast["auditor"].actor):
        assert (Fund.objects.count(), Line.objects.count()) == (1, 1)


def test_two_at_once_commit_no_more_than_there_is(lasting_house: House) -> None:
    house = lasting_house
    house.take_in(10_000)
    cases = [opened(house.cast).pk for _ in range(6)]
    barrier = Barrier(3)

    def commit(mine: list[int]) -> int:
        done = 0
        try:
            barrier.wait(5)
            for case in mine:
                try:
                    with scope(house.maker):
                        post(
                            Posting(f"c:{case}", EntryKind.COMMIT, house.fund.pk, 3_000, case=case),
                            actor=house.maker,
                        )
                    done += 1
                except Refused:
                    pass
        finally:
            connection.close()
        return done

    with ThreadPoolExecutor(3) as pool:
        done = sum(pool.map(commit, (cases[:2], cases[2:4], cases[4:])))
    assert done == 3
    assert (position(house.fund).available, position(house.fund).committed) == (1_000, 9_000)


def test_same_fact_posted_by_several_at_once_is_one_entry(lasting_house: House) -> None:
    house, barrier = lasting_house, Barrier(4)

    def take_in(_n: int) -> int:
        try:
            barrier.wait(5)
            return house.take_in(7_700).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(take_in, range(4)))) == 1
    assert (position(house.fund).available, Line.objects.count()) == (7_700, 1)


STEPS = st.lists(st.tuples(st.sampled_from(sorted(EntryKind.values)), st.integers(1, 5_000)), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_books_balance_whatever_happens(house: House, steps: list[tuple[str, int]]) -> None:
    """Every sequence of facts, sensible or not: nothing overdrawn, the sum zero, the lines the balances."""
    point = transaction.savepoint()
    case = opened(house.cast).pk
    about: dict[str, list[Entry]] = {kind: [] for kind in EntryKind.values}
    before = {"release": "commit", "pay": "commit", "recover": "pay"}
    with scope(house.maker):
        for n, (kind, fen) in enumerate(steps):
            of = about[before[kind]][-1] if kind in before and about[before[kind]] else None
            parts = (
                (("member", fen - fen // 3), ("employer", fen // 3))
                if kind in ("income", "refund") and fen > 2
                else ()
            )
            try:
                with transaction.atomic():
                    made = post_many(
                        [
                            Posting(
                                f"{n}", kind, house.fund.pk, of.fen if of and kind != "recover" else fen,
                                case=None if kind in ("income", "refund") else case,
                                about=of.pk if of else None,
                                parts=parts or ((("member", fen),) if kind in ("income", "refund") else ()),
                            )
                        ],
                        actor=house.maker,
                    )  # fmt: skip
                    about[kind] += made
            except (Refused, DatabaseError):
                continue
    checked()
    accounts = list(Account.objects.all())
    assert sum(a.balance for a in accounts) == 0
    for a in accounts:
        into = sum(Line.objects.filter(into=a).values_list("fen", flat=True))
        out_of = sum(Line.objects.filter(out_of=a).values_list("fen", flat=True))
        assert a.balance == into - out_of
        assert (a.balance <= 0) if a.kind == "source" else (a.balance >= 0)
    assert position(house.fund).balances
    transaction.savepoint_rollback(point)
