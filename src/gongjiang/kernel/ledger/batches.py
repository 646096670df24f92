"""Payments through a bank: put together by one, released by another, answered by the bank, each line once."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.audit.actions import hand_over
from gongjiang.kernel.audit.models import Purpose
from gongjiang.kernel.exchange.cells import is_empty, text
from gongjiang.kernel.exchange.reading import Unreadable, read
from gongjiang.kernel.files.store import digest as digest_of
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.people.crypto import reveal, seal

from .books import Posting, post_many
from .models import (
    BankAnswer,
    BatchState,
    Entry,
    EntryKind,
    Fund,
    PaymentBatch,
    PaymentLine,
    PaymentState,
)
from .rules import CHECKERS, MAKERS

#: An account number: digits, as banks print them.
ACCOUNT = re.compile(r"\d{8,32}")
HEADERS = ("批次号", "序号", "户名", "账号", "开户行", "金额（元）", "用途")
#: What the bank's answer must tell: headers by which it may do so.
ANSWER = {
    "batch": ("批次号", "批次", "batch"),
    "position": ("序号", "no"),
    "result": ("结果", "处理结果", "状态", "result"),
    "reason": ("原因", "失败原因", "退票原因", "reason"),
    "fen": ("金额（元）", "金额(元)", "金额", "amount"),
}
PAID_WORDS = ("成功", "已入账", "交易成功", "paid", "ok")
BOUNCED_WORDS = ("失败", "退票", "退回", "交易失败", "bounced", "failed")


@dataclass(frozen=True)
class Payee:
    """Whom a commitment is paid to. `account` is a number of digits; it is sealed before it is kept."""

    commitment: Entry
    person: int | None
    name: str
    account: str
    bank: str


@dataclass
class Answered:
    """What an answer of the bank did: the lines that are paid or bounced now, and how many it had told before."""

    paid: list[PaymentLine] = field(default_factory=list)
    bounced: list[PaymentLine] = field(default_factory=list)
    known: int = 0


def account_number(value: str) -> str:
    """A bank account in its normal form. Raises ValidationError."""
    number = "".join(value.split()).replace("-", "")
    if not ACCOUNT.fullmatch(number):
        raise ValidationError(_("An account number has 8 to 32 digits and nothing else."))
    return number


def _acts(fund: Fund, actor: Actor, roles: Sequence[str]) -> None:
    if not any(g.unit == fund.unit_id for g in actor.held(*roles)):
        raise Forbidden


def make(
    fund: Fund, payees: Sequence[Payee], *, actor: Actor, edition: Edition | None = None
) -> PaymentBatch:
    """Put a batch together, a line for each commitment in the order given. Raises Forbidden, Refused where there is
    none, and IntegrityError where a commitment stands in another batch.
    """
    _acts(fund, actor, MAKERS)
    if not payees:
        raise Refused({0: [Reason(_("There is nothing to be paid."))]})
    at = timezone.now()
    with transaction.atomic():
        series = f"PB-{timezone.localtime(at).year}-{fund.unit.code}"
        batch = PaymentBatch.objects.create(
            number=f"{series}-{take(series, 1):04d}",
            fund=fund,
            edition=edition,
            made_by_id=actor.user,  # type: ignore[misc]
            made_at=at,
        )
        PaymentLine.objects.bulk_create(
            PaymentLine(
                batch=batch,
                position=position,
                commitment=payee.commitment,
                case_id=payee.commitment.case_id,
                person_id=payee.person,
                payee=payee.name,
                account=seal(payee.account),
                account_tail=payee.account[-4:],
                bank=payee.bank,
                fen=payee.commitment.fen,
            )
            for position, payee in enumerate(payees, start=1)
        )
    return batch


def cancel(batch: PaymentBatch, *, actor: Actor) -> list[int]:
    """Give up a batch that was not released; its cases, whose commitments are free again."""
    with transaction.atomic():
        now = _locked(batch, actor, MAKERS, BatchState.MAKING)
        cases = [key for key in now.payments.values_list("case", flat=True) if key is not None]
        now.payments.all().delete()
        PaymentBatch.objects.filter(pk=now.pk).update(state=BatchState.CANCELLED, version=F("version") + 1)
    return cases


def release(batch: PaymentBatch, *, actor: Actor) -> PaymentBatch:
    """Let it go to the bank: from now on nothing in it changes. Raises Forbidden, Stale, Refused for its maker."""
    with transaction.atomic():
        now = _locked(batch, actor, CHECKERS, BatchState.MAKING)
        if now.made_by_id == actor.user:
            raise Refused(
                {now.pk: [Reason(_("You put this batch together. Somebody else has to release it."))]}
            )
        lines = list(now.payments.order_by("position"))
        if not lines:
            raise Refused({now.pk: [Reason(_("There is nothing to be paid."))]})
        PaymentBatch.objects.filter(pk=now.pk).update(
            state=BatchState.RELEASED,
            lines=len(lines),
            fen=sum(line.fen for line in lines),
            digest=digest_of(_written(now, lines)),
            released_by_id=actor.user,
            released_at=timezone.now(),
            version=F("version") + 1,
        )
        now.refresh_from_db()
    return now


def file_name(batch: PaymentBatch) -> str:
    return f"{batch.number}.csv"


def fetch(batch: PaymentBatch, *, actor: Actor) -> bytes:
    """The file for the bank; the same bytes whoever fetches it, and a record that it went out.

    Raises Forbidden where the actor keeps no finance here or the batch is not released.
    """
    _acts(batch.fund, actor, (*MAKERS, *CHECKERS))
    if batch.state not in (BatchState.RELEASED, BatchState.SETTLED):
        raise Forbidden
    with transaction.atomic():
        written = _written(batch, list(batch.payments.order_by("position")))
        if digest_of(written) != bytes(batch.digest or b""):
            raise ValueError(f"batch {batch.number} is not what was released")
        hand_over(
            batch.number, "", batch.lines, "T2", purpose=Purpose.HANDLING,
            note=_("payment through the bank"), actor=actor,
        )  # fmt: skip
    return written


def _written(batch: PaymentBatch, lines: Sequence[PaymentLine]) -> bytes:
    """CSV in UTF-8 with a mark, so that a spreadsheet opens it; accounts as text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADERS)
    for line in lines:
        yuan = f"{line.fen // 100}.{line.fen % 100:02d}"
        account = reveal(bytes(line.account))
        use = f"{batch.fund.name}"
        writer.writerow([batch.number, line.position, line.payee, f"{account}\t", line.bank, yuan, use])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def answer(batch: PaymentBatch, content: bytes, name: str, *, actor: Actor) -> Answered:
    """Take in what the bank says of the lines of a batch. All of the file or, where something does not fit, nothing.

    The same file again changes nothing; so does a line that says again what is known. A file may tell of some of the
    lines only; the batch is settled once all have been answered. Raises Forbidden, Stale, ValidationError.
    """
    told = _told(content, name)
    at = timezone.now()
    with transaction.atomic():
        now = _locked(batch, actor, (*MAKERS, *CHECKERS), BatchState.RELEASED, BatchState.SETTLED)
        lines = {
            line.position: line
            for line in now.payments.select_for_update(of=("self",))
            .select_related("commitment")
            .order_by("pk")
        }
        result, wrong = Answered(), []
        for row, said in told:
            line = lines.get(said["position"])
            if said["batch"] not in ("", now.number) or line is None:
                wrong.append(
                    _("Row %(row)s: there is no such line in batch %(batch)s.") % {"row": row, "batch": now}
                )
            elif said["fen"] is not None and said["fen"] != line.fen:
                wrong.append(_("Row %(row)s: the amount is not the one of the batch.") % {"row": row})
            elif line.state != PaymentState.WAITING:
                if (line.state == PaymentState.PAID) != said["paid"]:
                    wrong.append(
                        _("Row %(row)s: the bank has said the opposite of this line before.") % {"row": row}
                    )
                result.known += 1
            elif line in result.paid or line in result.bounced:
                wrong.append(_("Row %(row)s: this line is answered twice in the file.") % {"row": row})
            elif said["paid"]:
                result.paid.append(line)
            else:
                line.reason = said["reason"] or _("the bank gave no reason")
                result.bounced.append(line)
        if wrong:
            raise ValidationError({"file": wrong[:20]})
        _write(now, result, actor)
        digest = digest_of(content)
        if not BankAnswer.objects.filter(batch=now, digest=digest).exists():
            BankAnswer.objects.create(
                batch=now, digest=digest, file_name=name[-200:], paid=len(result.paid),
                bounced=len(result.bounced), user_id=actor.user, at=at,
            )  # fmt: skip
        if now.state == BatchState.RELEASED and not now.payments.filter(state=PaymentState.WAITING).exists():
            PaymentBatch.objects.filter(pk=now.pk).update(
                state=BatchState.SETTLED, settled_at=at, version=F("version") + 1
            )
    return result


def _write(batch: PaymentBatch, result: Answered, actor: Actor) -> None:
    at = timezone.now()
    entries = post_many(
        [
            Posting(
                key=f"{batch.number}/{line.position}",
                kind=EntryKind.PAY,
                fund=batch.fund_id,
                edition=batch.edition_id,
                case=line.case_id,
                about=line.commitment_id,
                fen=line.fen,
            )
            for line in result.paid
        ],
        actor=actor,
    )
    for line, entry in zip(result.paid, entries, strict=True):
        line.state, line.payment, line.answered_at = PaymentState.PAID, entry, at
    for line in result.bounced:
        line.state, line.answered_at = PaymentState.BOUNCED, at
    changed = [*result.paid, *result.bounced]
    PaymentLine.objects.bulk_update(changed, ["state", "reason", "payment", "answered_at"], batch_size=2000)


def _told(content: bytes, name: str) -> list[tuple[int, dict[str, Any]]]:
    """(row, what it says) of an answer. Raises ValidationError where it cannot be read."""
    known = {header.casefold(): key for key, headers in ANSWER.items() for header in headers}
    try:
        table = read(content, name, lambda header: header.strip().casefold() in known)
    except Unreadable as why:
        raise ValidationError({"file": str(why)}) from why
    places = {
        known[h.strip().casefold()]: n for n, h in enumerate(table.headers) if h.strip().casefold() in known
    }
    if missing := [ANSWER[key][0] for key in ("position", "result") if key not in places]:
        raise ValidationError(
            {"file": _("The file has no column “%(column)s”.") % {"column": "、".join(missing)}}
        )
    found, wrong = [], []
    for row, cells in table.rows:
        said = {key: "" if is_empty(cells[n]) else text(cells[n]) for key, n in places.items()}
        result = said["result"].casefold()
        if not said["position"].isdigit() or result not in (*PAID_WORDS, *BOUNCED_WORDS):
            wrong.append(
                _("Row %(row)s: “%(words)s” is no answer that is known.")
                % {"row": row, "words": said["result"]}
            )
            continue
        found.append(
            (
                row,
                {
                    "batch": said.get("batch", ""),
                    "position": int(said["position"]),
                    "paid": result in PAID_WORDS,
                    "reason": said.get("reason", ""),
                    "fen": _fen(said.get("fen", "")),
                },
            )
        )
    if wrong:
        raise ValidationError({"file": wrong[:20]})
    return found


def _fen(said: str) -> int | None:
    """An amount in yuan as the bank writes it; None where it writes none. -1 for what is no amount."""
    written = said.replace(",", "").replace("，", "").strip()
    if not written:
        return None
    try:
        return int((Decimal(written) * 100).to_integral_exact())
    except InvalidOperation:
        return -1


def _locked(batch: PaymentBatch, actor: Actor, roles: Sequence[str], *states: str) -> PaymentBatch:
    now = (
        PaymentBatch.objects.select_for_update(of=("self",))
        .select_related("fund__unit")
        .filter(pk=batch.pk)
        .first()
    )
    if now is None:
        raise Forbidden
    _acts(now.fund, actor, roles)
    if now.state not in states:
        raise Stale(now)
    return now


def totals(batch: PaymentBatch) -> tuple[int, int]:
    """(lines, fen) as they stand now, before and after release."""
    found = batch.payments.aggregate(n=Max("position"), fen=Sum("fen"))
    return batch.payments.count() if found["n"] else 0, found["fen"] or 0
