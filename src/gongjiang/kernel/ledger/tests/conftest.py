"""A fund of the city with money in it, a case, and two people of its finance."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import translation

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.ledger import batches
from gongjiang.kernel.ledger.batches import Payee
from gongjiang.kernel.ledger.books import Posting, post, post_many
from gongjiang.kernel.ledger.models import Entry, EntryKind, Fund, PaymentBatch
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.tests.conftest import THING, _known, opened
from tests.cast import SINCE, Cast

__all__ = ["THING", "opened"]

ACCOUNT = "6222020200012345678"


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@dataclass
class House:
    """A fund and those who keep it."""

    cast: Cast
    fund: Fund
    maker: Actor
    checker: Actor

    def take_in(self, fen: int, *, key: str = "fee:1", payer: str = "member") -> Entry:
        with scope(self.maker):
            return post(
                Posting(key, EntryKind.INCOME, self.fund.pk, fen, parts=((payer, fen),)), actor=self.maker
            )

    def commit(self, *amounts: int) -> list[Entry]:
        """A case for each amount, and the commitment to it."""
        cases = [opened(self.cast) for _ in amounts]
        with scope(self.maker):
            return post_many(
                [
                    Posting(f"commit:{case.pk}", EntryKind.COMMIT, self.fund.pk, fen, case=case.pk)
                    for case, fen in zip(cases, amounts, strict=True)
                ],
                actor=self.maker,
            )

    def payee(self, commitment: Entry) -> Payee:
        person = self.cast["applicant"].person
        assert person is not None
        return Payee(commitment, person.pk, person.name, ACCOUNT, "示例银行襄垣支行")

    def batch(self, *commitments: Entry) -> PaymentBatch:
        with scope(self.maker):
            return batches.make(self.fund, [self.payee(c) for c in commitments], actor=self.maker)

    def released(self, *commitments: Entry) -> PaymentBatch:
        made = self.batch(*commitments)
        with scope(self.checker):
            return batches.release(made, actor=self.checker)

    def answered(self, batch: PaymentBatch, *said: str) -> batches.Answered:
        with scope(self.checker):
            return batches.answer(batch, answer(batch, *said), "回盘.csv", actor=self.checker)


def answer(batch: PaymentBatch, *said: str, first: int = 1) -> bytes:
    """The bank's file: of each line 成功, or the reason why it bounced."""
    rows = ["批次号,序号,结果,原因"]
    for n, words in enumerate(said, start=first):
        rows.append(
            f"{batch.number},{n},{'成功' if words == '成功' else '失败'},{'' if words == '成功' else words}"
        )
    return "\n".join(rows).encode()


def keep_house(cast: Cast) -> House:
    actors = []
    for name, role in (("finance", Role.FINANCE_MAKER), ("checker", Role.FINANCE_CHECKER)):
        user = User.objects.create_user(f"city-{name}", None, display_name=name)
        Grant.objects.create(user=user, role=role, unit=cast.city, since=SINCE)
        actors.append(load(user.pk))
    fund = Fund.objects.create(
        unit=cast.city, path="", programme="tested", name="互助金专户", opened_on=SINCE
    )
    return House(cast, fund, *actors)


@pytest.fixture
def flow(db: None) -> Iterator[object]:
    yield from _known(db)


@pytest.fixture
def house(flow: object, cast: Cast) -> House:
    """In this test's transaction."""
    return keep_house(cast)


@pytest.fixture
def lasting_house(transactional_db: None, lasting_cast: Cast) -> Iterator[House]:
    """Committed: for several connections at once, and for what is checked at the end of a transaction."""
    for _flow in _known(transactional_db):
        yield keep_house(lasting_cast)


def case_of(entry: Entry) -> Case:
    return Case.objects.get(pk=entry.case_id)
