"""医保结算数据: one settlement a row; each becomes a claim without anybody applying (免申即享), once."""

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.kinds import Column, ImportKind, Row, Verdict
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.ledger.guards import Key
from gongjiang.kernel.ledger.models import Guard, GuardKind
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.people import crypto
from gongjiang.kernel.people.crypto import keyed_hashes
from gongjiang.kernel.people.identity import identity_number
from gongjiang.kernel.people.models import Identifier, IdentifierKind
from gongjiang.kernel.people.search import resolve

from . import actions, queries
from .actions.claims import AMOUNTS, covered, same_settlement
from .models import Claim, PlanCode

KINDS = {
    "住院": PlanCode.INPATIENT, "门诊慢特病": PlanCode.SPECIAL_OUTPATIENT, "inpatient": PlanCode.INPATIENT,
    "outpatient": PlanCode.SPECIAL_OUTPATIENT,
}  # fmt: skip
PIECE = 1_000


def _identity(cell: cells.Cell) -> str:
    return identity_number(cells.text(cell))


def _fen(cell: cells.Cell) -> int:
    written = cells.text(cell).replace(",", "").replace("，", "")
    try:
        fen = Decimal(written) * 100
    except InvalidOperation:
        raise cells.BadCell(_("“%(value)s” is no amount in yuan") % {"value": written[:20]}) from None
    if fen < 0 or fen != fen.to_integral_value():
        raise cells.BadCell(_("“%(value)s” is no amount in yuan with two decimals") % {"value": written[:20]})
    return int(fen)


def _money(name: str, label: Any, *synonyms: str, required: bool = False) -> Column:
    return Column(name, label, _fen, synonyms, required=required, examples=("0.00", "0.00"))


COLUMNS = (
    Column("name", c("roster", "Name"), cells.short(60), ("姓名", "参保人"), required=True,
           examples=("王演示", "李演示")),
    Column(
        "identity", c("roster", "Identity number"), _identity, ("身份证号", "身份证号码", "证件号码"),
        required=True, examples=("0004231990010112__", "0004231985063000__"),
    ),
    Column(
        "settlement", c("settlement", "Settlement number"), cells.short(60), ("结算单号", "结算编号", "结算ID"),
        required=True, examples=("JS000001", "JS000002"),
    ),
    Column(
        "plan", c("settlement", "Kind of treatment"), cells.one_of(KINDS), ("就医类型", "医疗类别", "类别"),
        required=True, examples=("住院", "门诊慢特病"),
    ),
    Column("hospital", c("settlement", "Hospital"), cells.short(100), ("医院", "医疗机构", "定点医院")),
    Column("diagnosis", c("settlement", "Diagnosis"), cells.short(100), ("诊断", "疾病编码", "诊断编码")),
    Column("admitted_on", c("settlement", "Admitted on"), cells.day, ("入院日期", "就诊日期"), required=True,
           examples=("2026-03-02", "2026-03-05")),
    Column("discharged_on", c("settlement", "Discharged on"), cells.day, ("出院日期",), required=True,
           examples=("2026-03-10", "2026-03-05")),
    Column("settled_on", c("settlement", "Settled on"), cells.day, ("结算日期",), required=True,
           examples=("2026-03-10", "2026-03-05")),
    _money("total", c("settlement", "Total cost"), "总费用", "医疗总费用", required=True),
    _money("pooled", c("settlement", "Paid by the pool"), "统筹支付", "基金支付", required=True),
    _money("deductible", c("settlement", "Deductible"), "起付线", "起付标准"),
    _money("copay", c("settlement", "Own share within the pool"), "统筹段自负", "按比例自付"),
    _money("class_b", c("settlement", "First share of class B"), "乙类先行自付"),
    _money("over_limit", c("settlement", "Above the price limit"), "超限价"),
    _money("above_cap", c("settlement", "Above the ceiling of the pool"), "封顶线以上"),
    _money("self_funded", c("settlement", "Wholly self-paid"), "自费"),
    _money("other", c("settlement", "Paid by others"), "其他赔付", "其他保险已付"),
)  # fmt: skip


def _content(values: dict[str, Any]) -> dict[str, Any]:
    """The row as the content of a claim: what the file leaves out is zero."""
    return {**dict.fromkeys(AMOUNTS, 0), **{k: v for k, v in values.items() if k not in ("name", "identity")}}


def judge(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> list[Verdict]:
    """What each settlement means: a new claim, another amount for one that is there, nothing new, or why nothing."""
    digests = keyed_hashes(IdentifierKind.IDENTITY, [row.values["identity"] for row in rows])
    persons = resolve(digests, [row.values["name"] for row in rows])
    keys = [Key(GuardKind.SETTLEMENT, row.values["settlement"]).digest for row in rows]
    there = {
        bytes(g.digest): g.case_id
        for g in Guard.objects.filter(group=GuardKind.SETTLEMENT, digest__in=keys).exclude(state="released")
    }
    claims = Claim.objects.select_related("case").in_bulk(list(there.values()))
    return [
        _verdict(row, persons.get(n), n in persons, claims.get(there.get(keys[n], 0)))
        for n, row in enumerate(rows)
    ]


def _verdict(row: Row, person: int | None, is_known: bool, claim: Claim | None) -> Verdict:
    content = _content(row.values)
    if claim is not None:
        if claim.case.applicant_id != person:
            return Verdict(LineStatus.ERROR, (_("this settlement is claimed for somebody else already"),))
        differs = any(getattr(claim, name) != content[name] for name in AMOUNTS)
        if differs and claim.case.state in ("draft", "returned", "submitted"):
            said = _("%(number)s is claimed already; it takes over these amounts") % {"number": claim.case}
            return Verdict(LineStatus.CHANGED, (said,), (person, content), claim.pk)
        return Verdict(LineStatus.SAME, subject=claim.pk)
    if person is None:
        text = (
            _("the identity number and the name do not go together in the register; please compare both")
            if is_known
            else _("the register does not have this person")
        )
        return Verdict(LineStatus.ERROR, (text,))
    if content["discharged_on"] < content["admitted_on"]:
        return Verdict(LineStatus.ERROR, (_("the discharge lies before the admission"),))
    try:
        coverage = covered(person, content)
    except ValidationError:
        return Verdict(LineStatus.ERROR, (_("nobody enrolled this person for that day"),))
    if not queries.values(coverage.edition)["auto_claims"]:
        return Verdict(LineStatus.ERROR, (_("this period does not make claims out of settlements"),))
    return Verdict(LineStatus.NEW, (_("becomes a claim"),), (person, content))


def apply(verdicts: Sequence[Verdict], batch: ImportBatch, actor: Actor) -> list[int | None]:
    """A claim for each, computed at once. Somebody who claims the same at this moment has it; ours is then the same."""
    found: list[int | None] = []
    for verdict in verdicts:
        person, content = verdict.plan
        if verdict.subject is not None:
            case = same_settlement(verdict.subject, content, actor=actor)
            found.append(case.pk if case else verdict.subject)
            continue
        try:
            with transaction.atomic():
                found.append(actions.receive(person, content, actor=actor).pk)
        except Refused:
            found.append(None)
    return found


def lines(rows: "QuerySet[Claim]") -> Iterator[list[Any]]:
    """Settlements in the columns of the import, led by the person's key; everything in full."""
    kinds: dict[str, str] = {code: word for word, code in reversed(KINDS.items())}
    found = rows.select_related("case__applicant").iterator(chunk_size=PIECE)
    while piece := list(islice(found, PIECE)):
        numbers = {
            person: crypto.reveal(bytes(cipher))
            for person, cipher in Identifier.objects.filter(
                person__in={claim.case.applicant_id for claim in piece}, kind=IdentifierKind.IDENTITY
            ).values_list("person", "cipher")
        }
        for claim in piece:
            person = claim.case.applicant
            assert person is not None
            amounts = [f"{getattr(claim, n) // 100}.{getattr(claim, n) % 100:02d}" for n in AMOUNTS]
            yield [
                person.pk, person.name, numbers.get(person.pk, ""), queries.unsealed(claim.settlement),
                kinds.get(claim.plan, ""), queries.unsealed(claim.hospital), queries.unsealed(claim.diagnosis),
                claim.admitted_on, claim.discharged_on, claim.settled_on, *amounts,
            ]  # fmt: skip


SETTLEMENTS = ImportKind(
    name="mutual_aid.settlements",
    label=c("import", "Settlements of the medical insurance"),
    lead=gettext_lazy(
        "Each settlement of somebody who is covered becomes a claim and is computed at once. One that the claimant"
        " has filed already stays one claim."
    ),
    roles=(Role.OFFICER,),
    columns=COLUMNS,
    judge=judge,
    apply=apply,
    unique=("settlement",),
    who="name",
    done_url="mutual_aid:settlements",
    upload_url="mutual_aid:import-settlements",
)
