"""Batches: two people, one bank line for one commitment, answers taken in once, bounced lines into a later batch."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.audit.models import HandOver
from gongjiang.kernel.ledger import batches
from gongjiang.kernel.ledger.books import position
from gongjiang.kernel.ledger.models import BankAnswer, Entry, PaymentBatch, PaymentLine
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from tests.cast import SINCE

from .conftest import ACCOUNT, House, answer


def test_batch_goes_to_the_bank_and_is_paid_to_the_fen(house: House) -> None:
    house.take_in(1_000_000)
    one, two = house.commit(517_252, 100)
    batch = house.released(one, two)
    assert (batch.lines, batch.fen, batch.state) == (2, 517_352, "released")
    with scope(house.checker):
        written = batches.fetch(batch, actor=house.checker).decode("utf-8-sig").splitlines()
    assert written[1:] == [
        f"{batch.number},1,王演甲子,{ACCOUNT}\t,示例银行襄垣支行,5172.52,互助金专户",
        f"{batch.number},2,王演甲子,{ACCOUNT}\t,示例银行襄垣支行,1.00,互助金专户",
    ]
    assert HandOver.objects.get().rows == 2
    done = house.answered(batch, "成功", "成功")
    assert (len(done.paid), len(done.bounced)) == (2, 0)
    assert (position(house.fund).paid, position(house.fund).committed) == (517_352, 0)
    assert PaymentBatch.objects.get().state == "settled"


def test_account_is_kept_sealed(house: House) -> None:
    house.take_in(1_000)
    batch = house.batch(*house.commit(500))
    line = batch.payments.get()
    assert ACCOUNT.encode() not in bytes(line.account)
    assert line.account_tail == ACCOUNT[-4:]


def test_who_made_a_batch_does_not_release_it(house: House) -> None:
    house.take_in(1_000)
    batch = house.batch(*house.commit(500))
    assert house.maker.user is not None
    Grant.objects.create(
        user_id=house.maker.user, role=Role.FINANCE_CHECKER, unit=house.cast.city, since=SINCE
    )
    from gongjiang.kernel.access.actor import load

    both = load(house.maker.user)
    with scope(both), pytest.raises(Refused, match="Somebody else"):
        batches.release(batch, actor=both)
    with pytest.raises(IntegrityError, match="batch_released_by_another"), transaction.atomic():
        PaymentBatch.objects.update(
            state="released",
            lines=1,
            fen=500,
            digest=b"x",
            released_by=house.maker.user,
            released_at="2026-01-01T00:00Z",
        )


@pytest.mark.parametrize("who", ["superior", "county_officer", "auditor"])
def test_officers_make_and_release_no_batch(house: House, who: str) -> None:
    house.take_in(1_000)
    (commitment,) = house.commit(500)
    actor = house.cast[who].actor
    with scope(actor), pytest.raises(Forbidden):
        batches.make(house.fund, [house.payee(commitment)], actor=actor)


def test_commitment_stands_in_one_live_line(house: House) -> None:
    house.take_in(1_000)
    (commitment,) = house.commit(500)
    house.batch(commitment)
    with pytest.raises(IntegrityError, match="payment_one_live"), transaction.atomic():
        house.batch(commitment)


def test_bounced_line_goes_into_a_later_batch_and_never_the_same(house: House) -> None:
    house.take_in(1_000)
    (commitment,) = house.commit(500)
    first = house.released(commitment)
    done = house.answered(first, "户名不符")
    assert [(line.position, line.reason) for line in done.bounced] == [(1, "户名不符")]
    assert (position(house.fund).committed, position(house.fund).paid) == (500, 0)
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentLine.objects.create(
            batch=first, position=2, commitment=commitment, case_id=commitment.case_id, payee="x",
            account=b"x", account_tail="5678", bank="x", fen=500,
        )  # fmt: skip
    second = house.released(commitment)
    house.answered(second, "成功")
    assert position(house.fund).paid == 500
    assert list(PaymentLine.objects.order_by("pk").values_list("batch", "state")) == [
        (first.pk, "bounced"),
        (second.pk, "paid"),
    ]


def test_answer_taken_in_again_changes_nothing(house: House) -> None:
    house.take_in(1_000)
    batch = house.released(*house.commit(500, 300))
    house.answered(batch, "成功", "账号已销")
    again = house.answered(batch, "成功", "账号已销")
    assert (again.paid, again.bounced, again.known) == ([], [], 2)
    assert (Entry.objects.filter(kind="pay").count(), BankAnswer.objects.count()) == (1, 1)
    assert position(house.fund).paid == 500


def test_answer_cut_in_the_middle_leaves_the_rest_waiting(house: House) -> None:
    house.take_in(1_000)
    batch = house.released(*house.commit(500, 300))
    house.answered(batch, "成功")
    assert list(batch.payments.order_by("position").values_list("state", flat=True)) == ["paid", "waiting"]
    assert PaymentBatch.objects.get().state == "released"
    with scope(house.checker):
        batches.answer(batch, answer(batch, "成功", first=2), "第二份.csv", actor=house.checker)
    assert PaymentBatch.objects.get().state == "settled"
    assert position(house.fund).paid == 800


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("PB-0000-000000-0001,1,成功,", "there is no such line"),
        ("{n},9,成功,", "there is no such line"),
        ("{n},1,也许,", "is no answer that is known"),
        ("{n},1,成功,\n{n},1,成功,", "answered twice"),
    ],
)
def test_answer_that_does_not_fit_is_refused_whole(house: House, rows: str, sentence: str) -> None:
    house.take_in(1_000)
    batch = house.released(*house.commit(500, 300))
    content = f"批次号,序号,结果,原因\n{batch.number},2,成功,\n{rows.format(n=batch.number)}".encode()
    with scope(house.checker), pytest.raises(ValidationError, match=sentence):
        batches.answer(batch, content, "回盘.csv", actor=house.checker)
    assert set(batch.payments.values_list("state", flat=True)) == {"waiting"}
    assert position(house.fund).paid == 0


def test_answer_with_another_amount_is_refused(house: House) -> None:
    house.take_in(1_000)
    batch = house.released(*house.commit(500))
    content = f"批次号,序号,金额（元）,结果,原因\n{batch.number},1,5.01,成功,".encode()
    with scope(house.checker), pytest.raises(ValidationError, match="amount is not the one"):
        batches.answer(batch, content, "回盘.csv", actor=house.checker)


def test_answer_that_contradicts_the_earlier_one_is_refused(house: House) -> None:
    house.take_in(1_000)
    batch = house.released(*house.commit(500, 300))
    house.answered(batch, "成功")
    with pytest.raises(ValidationError, match="the opposite"):
        house.answered(batch, "账号已销")


def test_released_batch_is_frozen(house: House) -> None:
    house.take_in(1_000)
    batch = house.released(*house.commit(500))
    for wrong in (
        lambda: PaymentLine.objects.update(fen=501),
        lambda: PaymentLine.objects.all().delete(),
        lambda: PaymentBatch.objects.update(fen=501),
        lambda: PaymentBatch.objects.update(state="making"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    with scope(house.maker), pytest.raises(Stale):
        batches.cancel(batch, actor=house.maker)


def test_cancelled_batch_frees_its_commitments(house: House) -> None:
    house.take_in(1_000)
    (commitment,) = house.commit(500)
    batch = house.batch(commitment)
    with scope(house.maker):
        assert batches.cancel(batch, actor=house.maker) == [commitment.case_id]
    assert house.released(commitment).fen == 500


def test_same_answer_by_two_at_once_pays_once(lasting_house: House) -> None:
    house = lasting_house
    house.take_in(1_000)
    batch = house.released(*house.commit(500, 300))
    barrier = Barrier(3)

    def take_in(_n: int) -> int:
        try:
            barrier.wait(5)
            return len(house.answered(batch, "成功", "成功").paid)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(take_in, range(3))) == [0, 0, 2]
    assert (position(house.fund).paid, BankAnswer.objects.count()) == (800, 1)
