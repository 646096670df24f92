"""How the conformance suite plays this programme. Finance of the city are the leader (who makes) and the auditor."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db.models import QuerySet, Sum
from django.utils import timezone

from gongjiang.insight.periods import Period
from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.ledger.models import Entry, PaymentBatch, PaymentLine
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.lifecycle.models import Case, Edition, Window
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.publicity import actions as publicity
from gongjiang.kernel.publicity.actions import Author
from gongjiang.kernel.publicity.models import Objection, Publicity
from gongjiang.programmes.mutual_aid import actions, queries
from gongjiang.programmes.mutual_aid.actions.claims import OPEN, _open
from gongjiang.programmes.mutual_aid.actions.enrolment import Listed
from gongjiang.programmes.mutual_aid.models import (
    Adjustment,
    Channel,
    Claim,
    CoverState,
    Fee,
    FeeMatch,
    MemberCoverage,
    Receipt,
    Relative,
    UnitEnrolment,
)
from tests.cast import Cast, identity_number
from tests.conformance.scenes import Page, Spreadsheet, Step, Walk, of_case, walk

from .stage import as_owner, content, covering_period, move, prepare, sheet, then, values_of_the_period

__all__ = ["prepare"]

# enrolment


def _begin(cast: Cast, actor: Actor, case: Case | None) -> Case:
    edition = Edition.objects.get(programme="mutual_aid", mutual_aid_period__number=18)
    return actions.begin(edition, cast.works, actor=actor).case


def listed(cast: Cast, case: Case) -> None:
    """Afterwards: two people stand on the roster, and on no other of the period."""
    officer = cast.actors["unit_officer"]
    people = [cast[name].person for name in ("applicant", "colleague")]
    with as_owner():
        MemberCoverage.objects.filter(edition=case.edition_id, person__in=people).update(
            state=CoverState.VOID, void_reason="演示", since=None, until=None, waits_until=None
        )
    with scope(officer):
        actions.list_people(
            UnitEnrolment.objects.get(case=case),
            [Listed(p.pk, p.name, "employee") for p in people if p],
            actor=officer,
        )


def emptied(cast: Cast, case: Case) -> None:
    with as_owner():
        MemberCoverage.objects.filter(enrolment=case.pk).update(state=CoverState.VOID, void_reason="演示")


def closed(kind: str) -> Any:
    """Afterwards: the window of this kind is over."""

    def after(cast: Cast, case: Case) -> None:
        with as_owner():
            past = timezone.now() - dt.timedelta(days=1)
            Window.objects.filter(edition=case.edition_id, kind=kind).update(
                since=past - dt.timedelta(days=400), until=past
            )

    return after


def paid(share: float = 1) -> Any:
    """Afterwards: the fee has come, or a part of it."""

    def after(cast: Cast, case: Case) -> None:
        finance = cast.actors["leader"]
        with scope(finance):
            enrolment = UnitEnrolment.objects.select_related("case").get(case=case)
            edition = Edition.objects.get(pk=case.edition_id)
            for fee in Fee.objects.filter(enrolment=enrolment):
                fen = int(fee.due * share)
                receipt = actions.record_receipt(
                    edition, reference=f"{case.pk}{fee.payer}", remitter="示例机械厂", fen=fen,
                    received_on=timezone.localdate(), actor=finance,
                )  # fmt: skip
                actions.match_fee(enrolment, receipt, payer=fee.payer, fen=fen, actor=finance)

    return after


BEGIN = Step("begin", "unit_officer", do=_begin)
LISTED = then(BEGIN, listed)
SUBMIT_ROSTER = move("submit", "unit_officer")
CHECK = move("check", "county_officer")
RETURN_ROSTER = move("return", "county_officer", note="请核对身份证号。")
PASS = move("pass", "county_officer")
COVER = move("cover", "leader")
LAPSE = move("lapse", "leader", note="超过缴费期限。")
WITHDRAW_ROSTER = move("withdraw", "unit_officer")
ROSTER = (LISTED, SUBMIT_ROSTER)
CHECKED = (*ROSTER, CHECK)
ASKED = (*CHECKED, PASS)

# claim


SERIALS = itertools.count(20260001)


def _opened(member: str, channel: Channel, name: str, **changed: Any) -> Any:
    def do(cast: Cast, actor: Actor, case: Case | None) -> Case:
        person, serial = cast[member].person, next(SERIALS)
        assert person is not None
        event = {"settlement": f"YS{serial}", "invoices": f"FP{serial}\nFQ{serial}"}
        with (
            as_owner()
        ):  # walks are played one after the other, so what earlier ones used of the ceiling is given back
            Claim.objects.filter(case__applicant=person, result__gt=0).update(result=0)
        try:
            claim = _open(person.pk, content(**{**event, **changed}), channel, name, actor)
        except ValidationError as hidden:  # who may not see the cover finds none
            raise Forbidden from hidden
        if channel != Channel.INSURER:
            files.attach(claim.case, [sheet()], actor=actor, states=OPEN)
        return claim.case

    return do


def claim_of(case: Case | None) -> Claim:
    assert case is not None
    return Claim.objects.select_related("case__edition", "coverage__edition").get(case=case)


def kin(by: str) -> Any:
    """Afterwards: this member of the cast has declared the claimant as a relative."""

    def after(cast: Cast, case: Case) -> None:
        with as_owner():
            Relative.objects.create(
                user=cast[by].user, person_id=case.applicant_id, name="演示", declared_at=timezone.now()
            )

    return after


def against_kin(*steps: Step) -> Walk:
    """The walk, with the claimant as a relative of whoever takes the last step."""
    return (*steps[:-2], then(steps[-2], kin(steps[-1].by)), steps[-1])


def tampered(**columns: Any) -> Any:
    def after(cast: Cast, case: Case) -> None:
        with as_owner():
            Claim.objects.filter(case=case).update(**columns)

    return after


def claimed_before(cast: Cast, case: Case) -> None:
    """Afterwards: a colleague has claimed the same settlement."""
    colleague, settlement = cast.actors["colleague"], queries.unsealed(claim_of(case).settlement)
    with scope(colleague):
        said = content(settlement=settlement)
        other = actions.file_claim(said, actor=colleague, submit=True, papers=[sheet()])
    assert other.case.state == "submitted"


def over(cast: Cast, case: Case) -> None:
    with as_owner(), pgtrigger.ignore("publicity.Publicity:publicity_is_frozen"):
        past = timezone.now() - dt.timedelta(days=1)
        Publicity.objects.filter(cases__case=case).update(
            opened_at=past - dt.timedelta(days=9), closes_at=past
        )


def objected(cast: Cast, case: Case) -> None:
    publicity.object_to(
        Publicity.objects.filter(cases__case=case).latest("pk"), author=Author("赵演示", "13900001111"),
        matter="他没有住过院。", request=uuid.uuid4(), position=1,
    )  # fmt: skip
    over(cast, case)


def appealed(cast: Cast, case: Case) -> None:
    """Afterwards: the claimant has appealed, and the city upholds it."""
    me, superior = cast.actors["applicant"], cast.actors["superior"]
    with scope(me):
        publicity.appeal(
            case,
            author=Author("王演甲子", "13900000011"),
            matter="结算单可以证明。",
            request=uuid.uuid4(),
            actor=me,
        )
    with scope(superior):
        objection = Objection.objects.filter(case=case).latest("received_at")
        publicity.rule_on(objection, result="upheld", reasons="结算单属实。", actor=superior)


def released(cast: Cast, case: Case) -> None:
    """Afterwards: the batch of the case has gone to the bank."""
    checker = cast.actors["auditor"]
    with scope(checker):
        actions.release_batch(PaymentBatch.objects.filter(payments__case=case).latest("pk"), actor=checker)


def answered(cast: Cast, case: Case, word: str, actor: Actor) -> None:
    line = PaymentLine.objects.filter(case=case).select_related("batch").order_by("-pk").first()
    if line is None:
        raise Forbidden
    said = "序号,结果,原因\n" + f"{line.position},{word},{'' if word == '成功' else '账号已销'}"
    actions.answer(line.batch, said.encode(), "回盘.csv", actor=actor)


def _batch(cast: Cast, actor: Actor, case: Case | None) -> Case:
    claim = claim_of(case)
    actions.make_batch(Edition.objects.select_related("mutual_aid_period__fund__unit").get(pk=claim.case.edition_id),
                       [claim.pk], actor=actor)  # fmt: skip
    return Case.objects.get(pk=claim.pk)


def _unbatch(cast: Cast, actor: Actor, case: Case | None) -> Case:
    assert case is not None
    actions.cancel_batch(PaymentBatch.objects.filter(payments__case=case).latest("pk"), actor=actor)
    return Case.objects.get(pk=case.pk)


def _answer(word: str) -> Any:
    def do(cast: Cast, actor: Actor, case: Case | None) -> Case:
        assert case is not None
        answered(cast, case, word, actor)
        return Case.objects.get(pk=case.pk)

    return do


def _again(cast: Cast, actor: Actor, case: Case | None) -> Case:
    claim = claim_of(case)
    account = "6222020200087654321"
    return actions.say_account(
        claim, payee=claim.payee, account=account, bank="示例银行长治分行", actor=actor
    ).case


def _ask_back(cast: Cast, actor: Actor, case: Case | None) -> Case:
    claim = claim_of(case)
    actions.ask_back(claim, fen=50_000, reason="重复报销", document="演审〔2026〕1号", actor=actor)
    return Case.objects.get(pk=claim.pk)


def _money_back(cast: Cast, actor: Actor, case: Case | None) -> Case:
    assert case is not None
    actions.money_back(Adjustment.objects.filter(claim=case.pk).latest("pk"), actor=actor)
    return Case.objects.get(pk=case.pk)


def _top_up(cast: Cast, actor: Actor, case: Case | None) -> Case:
    claim = claim_of(case)
    amounts = {"copay": 1_300_000, "total": 3_300_000}
    corrected, _made = actions.correct(
        claim, amounts, reason="医院更正结算", document="演审〔2026〕2号", actor=actor
    )
    return corrected.case


DRAFT = Step("draft", "applicant", do=_opened("applicant", Channel.MEMBER, "draft"))
DRAFT_BARE = Step(
    "draft", "applicant", do=_opened("applicant", Channel.MEMBER, "draft", settlement="", account="")
)
DRAFT_ODD = Step("draft", "applicant", do=_opened("applicant", Channel.MEMBER, "draft", total=3_200_001))
DRAFT_SMALL = Step(
    "draft", "applicant", do=_opened("applicant", Channel.MEMBER, "draft", total=2_050_000, copay=50_000)
)
DRAFT_FOR = Step("draft_for", "unit_officer", do=_opened("colleague", Channel.OFFICER, "draft_for"))
RECEIVE = Step(
    "receive", "superior", do=_opened("applicant", Channel.INSURER, "receive", total=2_300_000, copay=300_000),
    also=("county_officer",),
)  # fmt: skip
SUBMIT = move("submit", "applicant")
SUBMIT_FOR = Step("submit", "unit_officer", also=("colleague",))
SUBMIT_RECEIVED = Step("submit", "superior", also=("county_officer", "applicant"))
COMPUTE = move("compute", "county_officer")
COMPUTE_RECEIVED = Step("compute", "superior", also=("county_officer",))
RETURN = move("return", "county_officer", note="请补交发票。")
WAIVE = move("waive", "county_officer", note="差一分为四舍五入。")
ENDORSE = move("endorse", "county_officer")
ENDORSE_RECEIVED = move("endorse", "superior")
SEND_BACK = move("send_back", "superior", note="请核对医院等级。")
REFUSE = move("refuse", "county_officer", note="未达到起付额。")
APPROVE = move("approve", "superior")
PUBLICISE = move("publicise", "superior")
CONFIRM = move("confirm", "superior")
STRIKE = move("strike", "superior", note="异议属实。")
BATCH = Step("batch", "leader", do=_batch)
UNBATCH = Step("unbatch", "leader", do=_unbatch)
PAY = Step("pay", "leader", do=_answer("成功"), also=("auditor",))
BOUNCE = Step("bounce", "leader", do=_answer("失败"), also=("auditor",))
AGAIN = Step("again", "applicant", do=_again, also=("leader",))
RECOVER = Step("recover", "superior", do=_ask_back)
RECOVERED = Step("recovered", "leader", do=_money_back)
TOP_UP = Step("top_up", "superior", do=_top_up)
REOPEN = move("reopen", "superior", note="申诉成立。")
WITHDRAW = move("withdraw", "applicant")

SUBMITTED = (DRAFT, SUBMIT)
COMPUTED = (*SUBMITTED, COMPUTE)
ENDORSED = (*COMPUTED, ENDORSE)
PUBLIC = values_of_the_period(publicity=True, publicity_days=5)
ENDORSED_PUBLIC = (*COMPUTED, then(ENDORSE, PUBLIC))
PUBLICISED = (*ENDORSED_PUBLIC, then(PUBLICISE, over))
APPROVED = (*ENDORSED, APPROVE)
SENT = (*APPROVED, then(BATCH, released))
PAID = (*SENT, PAY)
BOUNCED = (*SENT, BOUNCE)
REFUSED = (DRAFT_SMALL, SUBMIT, COMPUTE, REFUSE)
CAPPED = values_of_the_period(year_cap_on=True, year_cap=100)
OWN = (RECEIVE, SUBMIT_RECEIVED, COMPUTE_RECEIVED, ENDORSE_RECEIVED)

WALKS = {
    "mutual_aid.enrolment": (
        (BEGIN,),
        ROSTER,
        CHECKED,
        (*ROSTER, RETURN_ROSTER),
        (*CHECKED, RETURN_ROSTER),
        (*ROSTER, RETURN_ROSTER, SUBMIT_ROSTER),
        ASKED,
        (*CHECKED, then(PASS, paid()), COVER),
        (*ASKED, LAPSE),
        (LISTED, WITHDRAW_ROSTER),
    ),
    "mutual_aid.claim": (
        (DRAFT,),
        (DRAFT_FOR,),
        (RECEIVE,),
        SUBMITTED,
        (DRAFT_FOR, SUBMIT_FOR),
        (RECEIVE, SUBMIT_RECEIVED),
        (RECEIVE, SUBMIT_RECEIVED, COMPUTE_RECEIVED),
        OWN,
        (*SUBMITTED, RETURN),
        (*SUBMITTED, RETURN, SUBMIT),
        COMPUTED,
        (DRAFT_ODD, SUBMIT, COMPUTE, WAIVE),
        ENDORSED,
        (*ENDORSED, SEND_BACK),
        REFUSED,
        APPROVED,
        (*APPROVED, BATCH),
        (*APPROVED, BATCH, UNBATCH),
        PAID,
        BOUNCED,
        (*BOUNCED, AGAIN),
        (*PAID, RECOVER),
        (*PAID, RECOVER, RECOVERED),
        (*PAID, TOP_UP),
        (*REFUSED[:-1], then(REFUSE, appealed), REOPEN),
        (*SUBMITTED, WITHDRAW),
        # last, since the period publishes from here on
        PUBLICISED,
        (*PUBLICISED, CONFIRM),
        (*ENDORSED_PUBLIC, PUBLICISE, STRIKE),
    ),
}
REFUSALS = {
    "mutual_aid.enrolment": (
        (BEGIN, SUBMIT_ROSTER),
        (then(LISTED, closed("apply")), SUBMIT_ROSTER),
        (*ROSTER, then(CHECK, emptied), PASS),
        (*CHECKED, then(PASS, paid(0.5)), COVER),
        (*CHECKED, then(PASS, paid()), LAPSE),
    ),
    "mutual_aid.claim": (
        (DRAFT_BARE, SUBMIT),
        (then(DRAFT, closed("claim")), SUBMIT),
        (then(DRAFT, claimed_before), SUBMIT),
        against_kin(DRAFT_ODD, SUBMIT, COMPUTE, WAIVE),
        (*COMPUTED, WAIVE),
        against_kin(*ENDORSED),
        (DRAFT_SMALL, SUBMIT, COMPUTE, ENDORSE),
        against_kin(*REFUSED),
        against_kin(*APPROVED),
        (*OWN, APPROVE),
        (*ENDORSED_PUBLIC, APPROVE),
        (*COMPUTED, then(ENDORSE, tampered(result=10**9)), APPROVE),
        (*COMPUTED, then(ENDORSE, CAPPED), APPROVE),
        against_kin(*ENDORSED_PUBLIC, PUBLICISE),
        (*OWN, PUBLICISE),
        (*ENDORSED, PUBLICISE),
        (*COMPUTED, then(ENDORSE, PUBLIC, tampered(result=1)), PUBLICISE),
        (*ENDORSED_PUBLIC, PUBLICISE, CONFIRM),
        (*ENDORSED_PUBLIC, then(PUBLICISE, objected), CONFIRM),
        against_kin(*PUBLICISED, CONFIRM),
        (*ENDORSED_PUBLIC, then(PUBLICISE, over, tampered(result=10**9), CAPPED), CONFIRM),
        against_kin(*PUBLICISED, STRIKE),
        (*APPROVED, move("batch", "leader")),
        (*APPROVED, BATCH, move("unbatch", "leader")),
        (*SENT, move("pay", "leader")),
        (*SENT, move("bounce", "leader")),
        (*BOUNCED, move("again", "applicant")),
        against_kin(*PAID, RECOVER),
        (*PAID, move("recover", "superior")),
        (*PAID, RECOVER, move("recovered", "leader")),
        against_kin(*PAID, TOP_UP),
        (*PAID, move("top_up", "superior")),
        (*REFUSED, REOPEN),
    ),
}

MEDICAL = ("superior", "auditor", "leader")
DESK = (
    "unit_officer",
    "county_officer",
    "superior",
    "leader",
    "auditor",
    "neighbour_officer",
    "sibling_officer",
)


def field(name: str) -> Callable[[Cast, Case | None], list[str]]:
    """A control that the page asks with."""
    return lambda cast, case: [f'name="{name}"']


def of(model: Any, **where: str) -> Callable[[Cast, Case | None], dict[str, Any]]:
    """The keywords of a page about a row that belongs to the case."""

    def args(cast: Cast, case: Case | None) -> dict[str, Any]:
        return {"pk": model.objects.filter(**dict.fromkeys(where.values(), case and case.pk)).latest("pk").pk}

    return args


def of_period(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {"pk": covering_period(cast).pk}


def of_draft(cast: Cast, case: Case | None) -> dict[str, Any]:
    made, _new = Edition.objects.get_or_create(programme="mutual_aid", unit=cast.city, name="下一期（演示）")
    return {"pk": made.pk}


def of_cover(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {
        "pk": MemberCoverage.objects.get(person=cast["colleague"].person, edition=covering_period(cast)).pk
    }


def period_name(cast: Cast, case: Case | None) -> list[str]:
    return ["第十七期职工大病医疗互助"]


def roster_names(cast: Cast, case: Case | None) -> list[str]:
    return ["李演乙丑"]


def batch_number(cast: Cast, case: Case | None) -> list[str]:
    return [PaymentBatch.objects.latest("pk").number]


def _covers(cast: Cast, n: int) -> None:
    """More people of the works who are covered."""
    from tests.cast import person

    edition = covering_period(cast)
    enrolment = UnitEnrolment.objects.get(case__edition=edition, case__unit=cast.works)
    first = MemberCoverage.objects.count() + 300
    for serial in range(first, first + n):
        row, _number, _phone = person(f"演示{serial}", serial, entity=cast.works.entities.get())
        MemberCoverage.objects.create(
            enrolment=enrolment, edition=edition, person=row, unit=cast.works, path=cast.works.path, name=row.name,
            insurance="employee", state="covered", since=date(2026, 1, 1), until=date(2027, 1, 1),
        )  # fmt: skip


def _receipts(cast: Cast, n: int) -> None:
    edition = covering_period(cast)
    for _each in range(n):
        Receipt.objects.create(
            fund=edition.mutual_aid_period.fund, edition=edition, reference=f"R{Receipt.objects.count():05d}",
            remitter="示例机械厂工会户", fen=100, received_on=date(2026, 1, 5), recorded_at=timezone.now(),
        )  # fmt: skip


def _relatives(cast: Cast, n: int) -> None:
    from tests.cast import person

    for _each in range(n):
        serial = Relative.objects.count() + 500
        row, _number, _phone = person(f"亲属{serial}", serial)
        Relative.objects.create(
            user=cast["superior"].user, person=row, name=f"亲属演示{serial}", declared_at=timezone.now()
        )


def _batches(cast: Cast, n: int) -> None:
    edition = covering_period(cast)
    for _each in range(n):
        PaymentBatch.objects.create(
            number=f"PB-2026-140400-{take('PB-2026-140400', 1):04d}", fund=edition.mutual_aid_period.fund,
            edition=edition, made_by=cast["leader"].user, made_at=timezone.now(),
        )  # fmt: skip


def _settlements(cast: Cast, n: int) -> None:
    for serial in range(n):
        settlement = f"JS{Claim.objects.count():05d}{serial}"
        day = timezone.localdate() - dt.timedelta(days=12)
        step = Step(
            "receive", "superior", do=_opened(
                "applicant", Channel.INSURER, "receive", settlement=settlement, invoices="", settled_on=day,
                discharged_on=day, admitted_on=day,
            ),
        )  # fmt: skip
        walk(cast, (step,))


MADE = (*APPROVED, BATCH)
PAGES = {
    "mutual_aid:mine": Page("applicant", SUBMITTED),
    "mutual_aid:new": Page(
        "applicant", tells=field("copay"), others=("colleague", "stranger", *DESK)
    ),
    "mutual_aid:my-claim": Page("applicant", SUBMITTED, args=of_case),
    "mutual_aid:edit": Page("applicant", (DRAFT,), args=of_case, tells=field("copay")),
    "mutual_aid:my-account": Page("applicant", BOUNCED, args=of_case, tells=field("account")),
    "mutual_aid:desk": Page("county_officer", SUBMITTED, MEDICAL),
    "mutual_aid:claim": Page(
        "county_officer", (DRAFT_FOR, SUBMIT_FOR), ("unit_officer", *MEDICAL), args=of_case
    ),
    "mutual_aid:edit-for": Page("unit_officer", (DRAFT_FOR,), args=of_case, tells=field("copay")),
    "mutual_aid:account": Page("leader", BOUNCED, args=of_case, tells=field("account")),
    "mutual_aid:correct": Page("superior", PAID, args=of_case, tells=field("document")),
    "mutual_aid:ask-back": Page("superior", PAID, args=of_case, tells=field("document")),
    "mutual_aid:money-back": Page(
        "leader", (*PAID, RECOVER), args=of(Adjustment, claim="claim"), tells=field("version")
    ),
    "mutual_aid:settlements": Page(
        "superior", others=("county_officer",), rows=_settlements, tells=lambda cast, case: ["王演甲子"]
    ),
    "mutual_aid:import-settlements": Page(
        "superior", others=("county_officer", "sibling_officer"), tells=field("file")
    ),
    "mutual_aid:enrolments": Page("unit_officer", ROSTER, ("county_officer", *MEDICAL)),
    "mutual_aid:import-roster": Page("unit_officer", others=("neighbour_officer",), tells=field("file")),
    "mutual_aid:enrolment": Page("unit_officer", ROSTER, ("county_officer", *MEDICAL), args=of_case),
    "mutual_aid:match": Page("leader", ASKED, args=of_case, tells=field("receipt")),
    "mutual_aid:covers": Page(
        "unit_officer", others=("county_officer", *MEDICAL), rows=_covers, tells=roster_names
    ),
    "mutual_aid:roster": Page("unit_officer", rows=_covers, tells=roster_names),
    "mutual_aid:file-for": Page("unit_officer", args=of_cover, tells=field("copay")),
    "mutual_aid:receipts": Page("leader", rows=_receipts, tells=lambda cast, case: ["示例机械厂工会户"]),
    "mutual_aid:new-receipt": Page("leader", tells=field("remitter")),
    "mutual_aid:batches": Page("leader", others=("superior", "auditor"), rows=_batches, tells=batch_number),
    "mutual_aid:batch": Page(
        "leader", MADE, ("superior", "auditor"), args=of(PaymentBatch, payments__case="payments__case"),
        tells=batch_number,
    ),
    "mutual_aid:release": Page(
        "auditor", MADE, args=of(PaymentBatch, payments__case="payments__case"), tells=field("version")
    ),
    "mutual_aid:cancel-batch": Page(
        "leader", MADE, args=of(PaymentBatch, payments__case="payments__case"), tells=field("version")
    ),
    "mutual_aid:batch-file": Page(
        "leader", SENT, ("auditor",), args=of(PaymentBatch, payments__case="payments__case"),
        tells=field("version"),
    ),
    "mutual_aid:bank-answer": Page(
        "leader", SENT, ("auditor",), args=of(PaymentBatch, payments__case="payments__case"), tells=field("file")
    ),
    "mutual_aid:periods": Page("superior", SUBMITTED, tuple(w for w in DESK if w != "superior"), tells=period_name),
    "mutual_aid:period": Page("superior", SUBMITTED, tuple(w for w in DESK if w != "superior"), args=of_period,
                              tells=period_name),
    "mutual_aid:set-period": Page("superior", args=of_draft, tells=field("number")),
    "mutual_aid:new-batch": Page("leader", APPROVED, args=of_period, tells=field("pick")),
    "mutual_aid:rehearsal": Page("superior", COMPUTED, args=of_period, tells=period_name),
    "mutual_aid:relatives": Page("superior", rows=_relatives, tells=lambda cast, case: ["亲属演示"]),
    "mutual_aid:declare": Page(
        "superior", others=("county_officer", "sibling_officer"), tells=field("identity")
    ),
    "mutual_aid:take-back": Page(
        "superior", args=lambda cast, case: (_relatives(cast, 1), {"pk": Relative.objects.latest("pk").pk})[1],
        tells=field("once"),
    ),
}  # fmt: skip

# figures, counted the slow and plain way


def _standing(unit: Unit, day: date) -> QuerySet[MemberCoverage]:
    return MemberCoverage.objects.filter(
        path__startswith=unit.path, state="covered", since__lte=day, until__gt=day
    )


def _participants(unit: Unit, period: Period, day: date) -> int:
    return len(set(_standing(unit, day).values_list("person", flat=True)))


def _units(unit: Unit, period: Period, day: date) -> int:
    return len(set(_standing(unit, day).values_list("unit", flat=True)))


def _new_joiners(unit: Unit, period: Period, day: date) -> int:
    rows = MemberCoverage.objects.filter(
        path__startswith=unit.path,
        state="covered",
        previous=None,
        since__gte=period.start,
        since__lt=period.until,
    )
    return len(set(rows.values_list("person", flat=True)))


def _fund_raised(unit: Unit, period: Period, day: date) -> int:
    rows = FeeMatch.objects.filter(
        fee__enrolment__case__path__startswith=unit.path,
        receipt__received_on__gte=period.start, receipt__received_on__lt=period.until,
    )  # fmt: skip
    return rows.aggregate(n=Sum("fen"))["n"] or 0


def _entries(unit: Unit, kind: str, start: date | None, until: date) -> list[Entry]:
    if unit.level == Level.ENTERPRISE:
        return []
    rows = Entry.objects.filter(case__path__startswith=unit.path, case__flow="mutual_aid.claim", kind=kind)
    return [
        e for e in rows.select_related("case")
        if (start is None or start <= timezone.localdate(e.at)) and timezone.localdate(e.at) < until
    ]  # fmt: skip


def _claims_paid(unit: Unit, period: Period, day: date) -> int:
    return len(_entries(unit, "pay", period.start, period.until))


def _persons_paid(unit: Unit, period: Period, day: date) -> int:
    return len({e.case.applicant_id for e in _entries(unit, "pay", period.start, period.until) if e.case})


def _fen(unit: Unit, kind: str, start: date | None, until: date) -> int:
    return sum(e.fen for e in _entries(unit, kind, start, until))


def _amount(unit: Unit, period: Period, day: date) -> int:
    return _fen(unit, "pay", period.start, period.until) - _fen(unit, "recover", period.start, period.until)


def _recovered(unit: Unit, period: Period, day: date) -> int:
    return _fen(unit, "recover", period.start, period.until)


def _cumulative_claims(unit: Unit, period: Period, day: date) -> int:
    return len(_entries(unit, "pay", None, day + dt.timedelta(days=1)))


def _cumulative_amount(unit: Unit, period: Period, day: date) -> int:
    until = day + dt.timedelta(days=1)
    return _fen(unit, "pay", None, until) - _fen(unit, "recover", None, until)


def _handling_days(unit: Unit, period: Period, day: date) -> int:
    if unit.level == Level.ENTERPRISE:
        return 0
    rows = Claim.objects.filter(
        case__path__startswith=unit.path,
        handled_days__isnull=False,
        paid_on__gte=period.start,
        paid_on__lt=period.until,
    )
    return rows.aggregate(n=Sum("handled_days"))["n"] or 0


FIGURES = {
    "mutual_aid.participants": _participants,
    "mutual_aid.units": _units,
    "mutual_aid.new_joiners": _new_joiners,
    "mutual_aid.fund_raised": _fund_raised,
    "mutual_aid.claims_paid": _claims_paid,
    "mutual_aid.persons_paid": _persons_paid,
    "mutual_aid.amount": _amount,
    "mutual_aid.recovered": _recovered,
    "mutual_aid.cumulative_claims": _cumulative_claims,
    "mutual_aid.cumulative_amount": _cumulative_amount,
    "mutual_aid.handling_days": _handling_days,
}


def _roster_rows(cast: Cast) -> tuple[list[str], list[list[Any]]]:
    prepare(cast)
    MemberCoverage.objects.all().delete()  # so that the export holds what was imported and nothing else
    return ["姓名", "身份证号", "医保类型", "份数"], [
        ["王演甲子", identity_number(11), "职工医保", "1"],
        ["李演乙丑", identity_number(12), "居民医保", "1"],
    ]


def _settlement_rows(cast: Cast) -> tuple[list[str], list[list[Any]]]:
    prepare(cast)
    day = str(timezone.localdate() - dt.timedelta(days=10))
    headers = [
        "姓名",
        "身份证号",
        "结算单号",
        "就医类型",
        "入院日期",
        "出院日期",
        "结算日期",
        "总费用",
        "统筹支付",
        "统筹段自负",
    ]
    return headers, [
        [
            "王演甲子",
            identity_number(11),
            "JS0001",
            "住院",
            day,
            day,
            day,
            "32000.00",
            "20000.00",
            "12000.00",
        ],
        ["李演乙丑", identity_number(12), "JS0002", "门诊慢特病", day, day, day, "3000", "1000", "2000"],
    ]


IMPORTS = {
    "mutual_aid.roster": Spreadsheet(
        "unit_officer",
        unit=lambda cast: cast.works,
        rows=_roster_rows,
        export="/desk/mutual_aid/covers/roster/",
    ),
    "mutual_aid.settlements": Spreadsheet(
        "superior", unit=lambda cast: cast.city, rows=_settlement_rows, export="/desk/mutual_aid/settlements/"
    ),
}
