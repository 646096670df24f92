"""Claims and rosters as they go wrong: the same event by three ways, two at once, ceilings, people who left or died."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.exchange import actions as exchange
from gongjiang.kernel.exchange import work
from gongjiang.kernel.exchange.kinds import kind
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.exchange.sheets import write_all
from gongjiang.kernel.ledger import books
from gongjiang.kernel.ledger.models import Entry, Guard, PaymentBatch
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import FlowError, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Employment, Person
from gongjiang.programmes.mutual_aid import actions, queries, rehearsal
from gongjiang.programmes.mutual_aid.actions.enrolment import Listed
from gongjiang.programmes.mutual_aid.models import (
    Adjustment,
    Claim,
    Fee,
    FeeMatch,
    MemberCoverage,
    UnitEnrolment,
)
from tests.cast import Cast, identity_number
from tests.conformance.scenes import walk

from .scenes import APPROVED, BEGIN, CHECK, COMPUTED, ENDORSED, PAID, PASS, SENT, answered, released
from .stage import content, covering_period, prepare, sheet, values_of_the_period

ACCOUNT = {"account": "6222020200087654321", "bank": "示例银行长治分行"}
NOWHERE = {"payee": "", "account": "", "bank": ""}
HEADERS = [
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


@pytest.fixture
def stage(cast: Cast) -> Iterator[Cast]:
    prepare(cast)
    with translation.override("en"):
        yield cast


@pytest.fixture
def lasting_stage(lasting_cast: Cast) -> Cast:
    prepare(lasting_cast)
    return lasting_cast


def settlements(cast: Cast, *rows: list[Any]) -> ImportBatch:
    """The file of the medical insurance, taken in by the city."""
    return taken_in(cast, "mutual_aid.settlements", "superior", cast.city, HEADERS, list(rows))


def taken_in(
    cast: Cast, name: str, who: str, unit: Unit, headers: list[str], rows: list[list[Any]]
) -> ImportBatch:
    actor, of = cast[who].actor, kind(name)
    with scope(actor):
        batch = exchange.upload(of, unit, write_all("xlsx", "表", headers, rows), "表.xlsx", actor=actor)
        exchange.set_columns(batch, dict(batch.mapping.columns), actor=actor)
    work.advance(batch.pk)
    batch.refresh_from_db()
    if batch.to_do:
        with scope(actor):
            exchange.confirm(batch, actor=actor)
        work.advance(batch.pk)
        batch.refresh_from_db()
    return batch


def row(number: int, settlement: str, *, copay: str = "12000.00", name: str = "王演甲子") -> list[Any]:
    day = str(timezone.localdate() - dt.timedelta(days=10))
    total = f"{20_000 + float(copay):.2f}"
    return [name, identity_number(number), settlement, "住院", day, day, day, total, "20000.00", copay]


def test_settlement_file_makes_a_claim_without_anybody_applying(stage: Cast) -> None:
    batch = settlements(stage, row(11, "JS1"))
    assert (batch.new, batch.error) == (1, 0)
    claim = Claim.objects.select_related("case").get()
    assert (claim.channel, claim.case.state, claim.result) == ("insurer", "computed", 690_000)
    assert claim.case.applicant == stage["applicant"].person


def test_small_settlement_waits_for_whoever_approves_and_a_large_one_for_the_first_review(
    stage: Cast,
) -> None:
    settlements(stage, row(11, "JS1"), row(12, "JS2", copay="4000.00", name="李演乙丑"))
    turns = dict(Claim.objects.values_list("result", "case__turns__unit").filter(case__turns__until=None))
    assert turns == {690_000: stage.county.pk, 200_000: stage.city.pk}


def test_same_event_by_three_ways_is_one_claim(stage: Cast) -> None:
    me, officer = stage["applicant"].actor, stage["unit_officer"].actor
    with scope(me):
        mine = actions.file_claim(
            content(settlement="JS1", copay=1_150_000, total=3_150_000),
            actor=me,
            submit=True,
            papers=[sheet()],
        )
    person = stage["applicant"].person
    assert person is not None
    with scope(officer), pytest.raises(Refused, match="being claimed already"):
        actions.file_for(person.pk, content(settlement="js 1"), actor=officer, submit=True, papers=[sheet()])
    first = settlements(stage, row(11, "JS1"))
    assert (first.changed, first.new, first.error) == (1, 0, 0)
    again = settlements(stage, row(11, "JS1"))
    assert (again.same, again.to_do) == (1, 0)
    claim = Claim.objects.filter(case__phase__in=("intake", "handling")).get()
    assert (claim.pk, claim.copay, claim.channel) == (mine.pk, 1_200_000, "member")


def test_settlement_file_cut_in_the_middle_is_completed_by_the_whole_one(stage: Cast) -> None:
    second = row(12, "JS2", name="李演乙丑")
    cut = settlements(stage, row(11, "JS1"), [*second[:5], *[""] * 5])
    assert (cut.new, cut.error) == (1, 1)
    whole = settlements(stage, row(11, "JS1"), second)
    assert (whole.same, whole.new, whole.error) == (1, 1, 0)
    assert Claim.objects.count() == 2


def test_settlement_of_somebody_else_is_told_apart(stage: Cast) -> None:
    settlements(stage, row(11, "JS1"))
    other = settlements(stage, row(12, "JS1", name="李演乙丑"))
    assert (other.error, Claim.objects.count()) == (1, 1)


def test_same_invoice_of_two_claims_is_refused(stage: Cast) -> None:
    me, colleague = stage["applicant"].actor, stage["colleague"].actor
    with scope(me):
        actions.file_claim(content(), actor=me, submit=True, papers=[sheet()])
    with scope(colleague), pytest.raises(Refused, match="invoice is being claimed"):
        actions.file_claim(
            content(settlement="YS2", invoices="fp0002"), actor=colleague, submit=True, papers=[sheet()]
        )


def test_two_who_approve_at_once_commit_once(lasting_stage: Cast) -> None:
    cast, barrier = lasting_stage, Barrier(3)
    case = walk(cast, ENDORSED)
    assert case is not None

    def approve(_n: int) -> str:
        actor = cast["superior"].actor
        try:
            barrier.wait(5)
            with scope(actor):
                door.transition(case, "approve", actor=actor)
            return "approved"
        except FlowError as told:
            return type(told).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(approve, range(3))) == ["Stale", "Stale", "approved"]
    assert Entry.objects.filter(kind="commit").count() == 1
    assert Guard.objects.exclude(fen=None).get().fen == 690_000


def test_payment_settles_books_case_and_guard_together(stage: Cast) -> None:
    case = walk(stage, PAID)
    assert case is not None
    claim = Claim.objects.get(pk=case.pk)
    held = books.position(covering_period(stage).mutual_aid_period.fund, edition=case.edition_id)
    assert (case.outcome, claim.paid_on, held.paid, held.committed, held.balances) == (
        "granted", timezone.localdate(), 690_000, 0, True,
    )  # fmt: skip
    assert set(Guard.objects.filter(case=case).values_list("state", flat=True)) == {"paid"}


def test_same_answer_again_pays_nobody_twice(stage: Cast) -> None:
    case = walk(stage, PAID)
    assert case is not None
    finance = stage["leader"].actor
    with scope(finance):
        answered(stage, case, "成功", finance)
    assert (Entry.objects.filter(kind="pay").count(), Case.objects.get(pk=case.pk).version) == (
        1,
        case.version,
    )


def test_nothing_is_paid_where_the_answer_stops_half_way(stage: Cast) -> None:
    """The database fails after the books and before the cases: neither has happened, and it goes on from there."""
    case = walk(stage, SENT)
    assert case is not None
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
            CREATE TRIGGER die BEFORE INSERT ON lifecycle_caseevent FOR EACH ROW EXECUTE FUNCTION die();
        """)
    finance = stage["leader"].actor
    with pytest.raises(DatabaseError, match="the disk is full"), transaction.atomic(), scope(finance):
        answered(stage, case, "成功", finance)
    assert (Entry.objects.filter(kind="pay").count(), PaymentBatch.objects.get().state) == (0, "released")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER die ON lifecycle_caseevent; DROP FUNCTION die()")
    with scope(finance):
        answered(stage, case, "成功", finance)
    assert Case.objects.get(pk=case.pk).outcome == "granted"


def test_dead_claimants_account_is_refused_by_the_system(stage: Cast) -> None:
    case = walk(stage, APPROVED)
    assert case is not None
    Person.objects.filter(pk=case.applicant_id).update(state="deceased")
    finance = stage["leader"].actor
    with scope(finance), pytest.raises(Refused, match="heirs"):
        actions.make_batch(Edition.objects.get(pk=case.edition_id), [case.pk], actor=finance)
    with scope(finance):
        actions.say_account(Claim.objects.get(pk=case.pk), payee="王演继", **ACCOUNT, actor=finance)
        batch = actions.make_batch(Edition.objects.get(pk=case.edition_id), [case.pk], actor=finance)
    assert batch.payments.get().payee == "王演继"


def test_settlement_is_paid_where_the_claimant_says_and_the_next_one_there_again(
    stage: Cast, client: Client
) -> None:
    me, county, city = (stage[who].actor for who in ("applicant", "county_officer", "superior"))
    finance, person = stage["leader"].actor, stage["applicant"].person
    assert person is not None
    with scope(county):
        claim = actions.receive(person.pk, content(**NOWHERE), actor=county)
        case = door.transition(claim.case, "endorse", actor=county)
    with scope(city):
        case = door.transition(case, "approve", actor=city)
    with scope(finance), pytest.raises(Refused, match="No account"):
        actions.make_batch(covering_period(stage), [case.pk], actor=finance)
    client.force_login(stage["leader"].user)
    page = client.get(reverse("mutual_aid:new-batch", args=[covering_period(stage).pk]))
    assert "另有1件已核准的理赔没有列出" in page.content.decode()
    with scope(me):
        actions.say_account(claim, payee=person.name, **ACCOUNT, actor=me)
        with pytest.raises(Stale):
            actions.say_account(claim, payee="他人", **ACCOUNT, actor=me)
    with scope(finance):
        actions.make_batch(covering_period(stage), [case.pk], actor=finance)
    released(stage, case)
    with scope(finance):
        answered(stage, case, "成功", finance)
    with scope(county):
        later = actions.receive(person.pk, content(**NOWHERE, settlement="JS2", invoices=""), actor=county)
    assert later.account_tail == "4321"


def test_who_has_left_the_unit_is_covered_to_the_end_of_the_period(stage: Cast) -> None:
    person = stage["applicant"].person
    Employment.objects.filter(person=person).update(until=timezone.localdate() - dt.timedelta(days=30))
    me = stage["applicant"].actor
    assert me.workplaces == ()
    with scope(me):
        claim = actions.file_claim(content(), actor=me, submit=True, papers=[sheet()])
    assert (claim.case.state, claim.case.unit_id) == ("submitted", stage.works.pk)


def test_who_is_not_covered_on_the_day_learns_it_before_anything_is_kept(stage: Cast) -> None:
    stranger = stage["stranger"].actor
    with scope(stranger), pytest.raises(ValidationError, match="Nobody enrolled you"):
        actions.file_claim(content(), actor=stranger, submit=True, papers=[sheet()])
    assert Claim.objects.count() == 0


def test_second_claim_gets_what_the_ceiling_leaves(stage: Cast) -> None:
    values_of_the_period(cap_per_period=1_000_000)(stage, None)  # type: ignore[arg-type]
    walk(stage, APPROVED)
    me, county = stage["applicant"].actor, stage["county_officer"].actor
    later = timezone.localdate() - dt.timedelta(days=2)
    with scope(me):
        second = actions.file_claim(
            content(settlement="YS2", invoices="", admitted_on=later, discharged_on=later, settled_on=later),
            actor=me, submit=True, papers=[sheet()],
        )  # fmt: skip
    with scope(county):
        door.transition(second.case, "compute", actor=county)
    second.refresh_from_db()
    assert (second.cap_before, second.result, second.cap_after) == (310_000, 310_000, 0)


def test_corrected_settlement_after_payment_adjusts_and_edits_nothing(stage: Cast) -> None:
    case = walk(stage, PAID)
    assert case is not None
    superior = stage["superior"].actor
    with scope(superior):
        claim = Claim.objects.select_related("case", "coverage__edition").get(pk=case.pk)
        _claim, made = actions.correct(
            claim,
            {"copay": 1_000_000, "total": 3_000_000},
            reason="医院更正",
            document="演审1号",
            actor=superior,
        )
    assert made is not None
    assert (made.kind, made.fen) == ("recovery", 140_000)
    assert list(Entry.objects.filter(case=case, kind="pay").values_list("fen", flat=True)) == [690_000]
    finance = stage["leader"].actor
    with scope(finance):
        actions.money_back(Adjustment.objects.get(), actor=finance)
    assert (books.paid_for(case.pk), Case.objects.get(pk=case.pk).outcome) == (550_000, "granted")


def test_explanation_names_rule_clause_and_every_line(stage: Cast) -> None:
    case = walk(stage, COMPUTED)
    assert case is not None
    record = case.decisions.get()
    assert [r["amount"] for r in record.reasons if "amount" in r] == [250_000, 300_000, 140_000]
    assert all(r["document"] for r in record.reasons)


def test_rehearsal_over_the_live_claims_shows_who_loses_and_where(stage: Cast) -> None:
    walk(stage, COMPUTED)
    edition, superior = covering_period(stage), stage["superior"].actor
    values = queries.terms(edition)
    from dataclasses import replace

    with scope(superior):
        played = rehearsal.rehearse(edition, values, replace(values, threshold_mode="deductible"))
    assert (played.claims, played.whole.before, played.whole.after) == (1, 690_000, 640_000)
    assert [(p.name, p.lose, p.gain, p.difference) for p in played.places] == [
        ("襄垣县总工会", 1, 0, -50_000)
    ]


# rosters and fees

ROSTER = ["姓名", "身份证号", "医保类型", "份数"]


def enrol(cast: Cast, who: str, unit: Unit, *people: tuple[str, int]) -> ImportBatch:
    rows = [[name, identity_number(serial), "职工医保", "1"] for name, serial in people]
    return taken_in(cast, "mutual_aid.roster", who, unit, ROSTER, rows)


def test_person_on_two_rosters_is_void_on_the_second_and_both_units_are_told(stage: Cast) -> None:
    person = stage["applicant"].person
    assert person is not None
    Employment.objects.create(
        person=person,
        entity=stage.mill.entities.get(),
        unit=stage.mill,
        since=dt.date(2020, 1, 1),
        post_class="production",
    )
    enrol(stage, "unit_officer", stage.works, ("王演甲子", 11))
    second = enrol(stage, "neighbour_officer", stage.mill, ("王演甲子", 11), ("刘演丁卯", 14))
    assert (second.new, second.error) == (2, 0)
    lines = MemberCoverage.objects.filter(person=person, edition__mutual_aid_period__number=18).order_by("pk")
    assert [(line.unit_id, line.state, line.also_listed, bool(line.void_reason)) for line in lines] == [
        (stage.works.pk, "listed", True, False),
        (stage.mill.pk, "void", False, True),
    ]


def test_person_who_is_not_in_the_register_or_elsewhere_is_not_enrolled(stage: Cast) -> None:
    batch = enrol(stage, "unit_officer", stage.works, ("赵演某", 77), ("陈演戊辰", 15), ("张演甲子", 11))
    assert (batch.error, batch.new) == (3, 0)


def test_one_transfer_for_two_units_is_matched_to_both_and_no_further(stage: Cast) -> None:
    cases = []
    for who, unit, name in (
        ("unit_officer", stage.works, "applicant"),
        ("neighbour_officer", stage.mill, "neighbour_officer"),
    ):
        actor, person = stage[who].actor, stage[name].person
        assert person is not None
        with scope(actor):
            made = actions.begin(Edition.objects.get(mutual_aid_period__number=18), unit, actor=actor)
            actions.list_people(made, [Listed(person.pk, person.name, "employee")], actor=actor)
            case = door.transition(made.case, "submit", actor=actor)
        for step in (CHECK, PASS):
            case = step.take(stage, case)
        cases.append(case)
    finance = stage["leader"].actor
    with scope(finance):
        edition = Edition.objects.get(mutual_aid_period__number=18)
        receipt = actions.record_receipt(
            edition,
            reference="R1",
            remitter="两家合缴",
            fen=15_000,
            received_on=timezone.localdate(),
            actor=finance,
        )
        one, two = (UnitEnrolment.objects.get(case=case) for case in cases)
        actions.match_fee(one, receipt, payer="employer", fen=6_000, actor=finance)
        actions.match_fee(one, receipt, payer="member", fen=4_000, actor=finance)
        with pytest.raises(Refused, match="more than is left"):
            actions.match_fee(two, receipt, payer="employer", fen=6_000, actor=finance)
        actions.match_fee(two, receipt, payer="employer", fen=5_000, actor=finance)
        door.transition(cases[0], "cover", actor=finance)
        with pytest.raises(Refused, match="are missing"):
            door.transition(cases[1], "cover", actor=finance)
    covered = MemberCoverage.objects.filter(edition=edition, state="covered")
    assert [line.unit_id for line in covered] == [stage.works.pk]
    assert (Fee.objects.count(), FeeMatch.objects.count()) == (4, 3)
    assert books.position(edition.mutual_aid_period.fund, edition=edition.pk).available == 15_000


def test_line_that_the_register_does_not_bear_out_is_void_after_the_check(stage: Cast) -> None:
    officer: Actor = stage["unit_officer"].actor
    stranger = stage["stranger"].person
    assert stranger is not None
    case = BEGIN.take(stage, None)
    with scope(officer):
        made = UnitEnrolment.objects.get(case=case)
        actions.list_people(made, [Listed(stranger.pk, stranger.name, "employee")], actor=officer)
        case = door.transition(case, "submit", actor=officer)
    CHECK.take(stage, case)
    line = MemberCoverage.objects.get(enrolment=made)
    assert (line.state, "does not have this person" in line.void_reason) == ("void", True)


def test_same_transfer_is_recorded_once(stage: Cast) -> None:
    finance = stage["leader"].actor
    said = {"reference": "R1", "remitter": "示例厂", "fen": 100, "received_on": timezone.localdate()}
    with scope(finance):
        actions.record_receipt(covering_period(stage), **said, actor=finance)
        with pytest.raises(ValidationError, match="recorded already"):
            actions.record_receipt(covering_period(stage), **said, actor=finance)
