"""A result through its years: makers, benefit, rights, rewards, likeness, library. The edge cases of the brief, §8."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Clock, Edition, Participant
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.targets.models import Reading
from gongjiang.kernel.tasks.models import Task
from gongjiang.kernel.tasks.queries import to_do, to_verify
from gongjiang.programmes.innovations import actions, queries, rules
from gongjiang.programmes.innovations.actions.library import ask_for_paybacks
from gongjiang.programmes.innovations.models import Card, Conversion, Entry, Likeness, Patent, Result
from gongjiang.programmes.innovations.tasks import asked_no_longer
from tests.cast import Cast, open_edition
from tests.conformance.scenes import walk

from . import entering
from .scenes import (
    ACCEPT,
    ACCEPTED,
    ASK_FOR,
    AWARDED,
    CLAIMED,
    DETAILS,
    DRAFT,
    FEN,
    FOLLOWED,
    LINE,
    REVOKE,
    SIGN,
    SUBMITTED,
    WORDS,
    a_week_on,
    patent_no,
    prepare,
    result_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast: Cast) -> Cast:
    prepare(cast)
    return cast


def said(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(r.field or r.text) for reasons in refusal.value.reasons.values() for r in reasons]


def taken(cast: Cast, steps, by: str = "unit_officer") -> Result:
    case = walk(cast, steps)
    with scope(cast[by].actor):
        return result_of(case)


def filed(cast: Cast, who: str = "applicant", **words) -> Result:
    actor = cast[who].actor
    unit = {"applicant": cast.works, "neighbour_officer": cast.mill, "stranger": cast.plant}[who]
    with scope(actor):
        return actions.file_result({**WORDS, **words}, actor=actor, unit=unit, submit=True)


# ── makers ───────────────────────────────────────────────────────────────────


def test_colleague_is_found_by_name_and_phone_at_the_own_workplace_only(stage: Cast):
    colleague, neighbour, stranger = stage["colleague"], stage["neighbour_officer"], stage["stranger"]
    asked = [
        (colleague.user.display_name, colleague.phone),
        (colleague.user.display_name, neighbour.phone),
        ("别人", colleague.phone),
        (neighbour.user.display_name, neighbour.phone),
        (stranger.user.display_name, stranger.phone),
        (colleague.user.display_name, "12"),
    ]
    with scope(stage["applicant"].actor):
        assert actions.colleagues(asked) == [colleague.person.pk, None, None, None, None, None]
    with scope(stage["superior"].actor):
        assert actions.colleagues(asked) == [None] * 6


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=8))
def test_shares_stand_only_where_they_make_a_whole(hundredths: list[int]):
    shares = [Decimal(n) / 100 for n in hundredths]
    assert (rules.shares_wrong(shares) == "") is (sum(shares) == 100)


def test_makers_are_frozen_once_it_is_submitted(stage: Cast):
    result = filed(stage)
    actor = stage["applicant"].actor
    with scope(actor), pytest.raises(Stale):
        actions.revise(
            result, WORDS, actor=actor, submit=False, team=[actions.Maker(actor.person, Decimal(50))]
        )


def test_author_who_moves_stays_author_and_the_old_unit_keeps_the_count(stage: Cast):
    result = taken(stage, ACCEPTED)
    stage["applicant"].person.employments.update(until=timezone.localdate())
    row = Participant.objects.get(case=result.pk)
    assert (row.person, row.unit, result.case.unit) == (stage["applicant"].person, stage.works, stage.works)
    with scope(stage["applicant"].actor):
        found = Result.objects.select_related("case__unit").get(case=result.pk)
        assert (found.title, found.case.unit) == (WORDS["title"], stage.works)


# ── benefit ──────────────────────────────────────────────────────────────────


def test_benefit_has_one_line_for_each_year_and_kind(stage: Cast):
    result, actor = taken(stage, (DRAFT,), "applicant"), stage["applicant"].actor
    with scope(actor):
        actions.claim(result, "saving", fen=FEN, actor=actor, **LINE)
        actions.claim(result, "profit", fen=FEN, actor=actor, **LINE)
        for change, field in (
            ({}, "kind"),
            ({"since": dt.date(2025, 11, 1), "until": dt.date(2026, 2, 1)}, "until"),
            ({"until": dt.date(2024, 12, 31)}, "until"),
            ({"since": timezone.localdate(), "until": timezone.localdate() + dt.timedelta(2)}, "until"),
            ({"method": " "}, "method"),
            ({"basis": "据" * 201}, "basis"),
        ):
            with pytest.raises(Refused) as refusal:
                actions.claim(result, "saving", fen=FEN, actor=actor, **{**LINE, **change})
            assert said(refusal) == [field]
        assert [line.value for line in queries.benefit(result)] == [FEN, FEN]


def test_ten_months_stay_ten_months():
    assert rules.months(dt.date(2025, 1, 1), dt.date(2025, 11, 1)) == 10


@pytest.mark.parametrize(("yuan", "asked"), [("12", True), ("120000", False), ("1200000000", True)])
def test_amount_that_is_most_likely_a_slip_is_asked_back(yuan: str, asked: bool):
    if asked:
        with pytest.raises(rules.Unclear):
            rules.fen(Decimal(yuan))
    else:
        assert rules.fen(Decimal(yuan)) == int(yuan) * 100


def test_line_taken_back_leaves_the_way_without_finance(stage: Cast):
    result, actor = taken(stage, (DRAFT,), "applicant"), stage["applicant"].actor
    with scope(actor):
        line = actions.claim(result, "saving", fen=FEN, actor=actor, **LINE)
        actions.take_back(line, actor=actor)
        assert list(queries.benefit(result)) == []
        again = actions.claim(result, "saving", fen=5_000_000, actor=actor, **LINE)
        assert (again.value, again.first_id) == (5_000_000, line.pk)


def test_finance_corrects_a_line_with_a_reason_and_the_sealed_sheet(stage: Cast):
    case = walk(stage, CLAIMED)
    clerk = stage["colleague"].actor
    with scope(clerk):
        result = result_of(case)
        (line,) = queries.benefit(result)
        with pytest.raises(Refused):
            actions.sign(result, {line.pk: (9_000_000, "")}, actor=clerk)
        seal = [Upload("seal", "核定表.png", png(salt=9))]
        moved = actions.sign(result, {line.pk: (9_000_000, "扣除材料费")}, actor=clerk, seal=seal)
        assert moved.state == "awarded"
    stands = queries.benefit(result).get()
    assert (stands.value, stands.level, stands.confirmed_by, stands.file.name) == (
        9_000_000,
        "finance_confirmed",
        stage["colleague"].user,
        "核定表.png",
    )
    assert Reading.objects.get(pk=line.pk).value == FEN


def test_finance_sees_only_what_it_has_to_sign(stage: Cast):
    before = walk(stage, SUBMITTED)
    waiting = walk(stage, CLAIMED)
    clerk = stage["colleague"].actor
    with scope(clerk):
        from gongjiang.programmes.innovations.permissions import VIEW

        seen = set(
            VIEW.filter(Case.objects.filter(flow="innovations.result"), clerk).values_list("pk", flat=True)
        )
    assert seen == {waiting.pk}
    assert before.pk not in seen


def test_line_changed_meanwhile_is_not_signed_as_it_was(stage: Cast):
    case = walk(stage, CLAIMED)
    clerk = stage["colleague"].actor
    with scope(clerk):
        result = result_of(case)
        line = queries.benefit(result).get()
        actions.sign(result, {line.pk: (None, "")}, actor=clerk)
    with scope(clerk), pytest.raises(Forbidden):
        actions.sign(result, {line.pk: (None, "")}, actor=clerk)


# ── patents and rewards ──────────────────────────────────────────────────────


def test_new_type_invention_patent_is_refused_with_an_explanation(stage: Cast):
    result, actor = taken(stage, (DRAFT,), "applicant"), stage["applicant"].actor
    wanted = {"owner": "示例厂", "granted_on": None, "inventors": [actor.person], "actor": actor}
    with scope(actor):
        for kind, number, field in (
            ("新型发明专利", patent_no(1), "kind"),
            ("发明", patent_no(1), "number"),
            ("实用新型", f"{patent_no(7)[:-1]}{(int(patent_no(7)[-1]) + 1) % 10}", "number"),
        ):
            with pytest.raises(Refused) as refusal:
                actions.add_patent(result, kind=kind, number=number, **wanted)
            assert said(refusal) == [field]
        patent = actions.add_patent(result, kind="实用新型", number=patent_no(1), **wanted)
        assert (patent.kind, patent.status) == ("utility_model", "applied")
        with pytest.raises(Refused) as refusal:
            actions.add_patent(result, kind="实用新型", number=patent_no(1), **wanted)
        assert said(refusal) == ["number"]
        with pytest.raises(Refused):
            actions.grant_patent(patent, timezone.localdate() + dt.timedelta(1), actor=actor)
        assert actions.grant_patent(patent, dt.date(2026, 1, 5), actor=actor).status == "granted"
        with pytest.raises(Refused):
            actions.grant_patent(patent, dt.date(2026, 1, 6), actor=actor)
    with scope(stage["neighbour_officer"].actor), pytest.raises(Forbidden):
        actions.grant_patent(patent, dt.date(2026, 1, 5), actor=stage["neighbour_officer"].actor)


def test_reward_is_the_enterprises_money_and_adds_up(stage: Cast):
    early, result = taken(stage, ACCEPTED), taken(stage, AWARDED)
    officer, person = stage["unit_officer"].actor, stage["applicant"].person.pk
    right = {
        "payer": stage.works.entities.get(),
        "fen": 100_000,
        "clause": "奖励办法第六条",
        "paid_on": timezone.localdate(),
        "shares": {person: 100_000},
        "actor": officer,
    }
    with scope(officer):
        for change in (
            {"shares": {person: 99_999}},
            {"shares": {stage["stranger"].person.pk: 100_000}},
            {"clause": " "},
            {"paid_on": timezone.localdate() + dt.timedelta(1)},
        ):
            with pytest.raises(Refused):
                actions.pay_reward(result, **{**right, **change})
        with pytest.raises(Refused):
            actions.pay_reward(early, **right)
        reward = actions.pay_reward(result, **right)
        assert list(reward.shares.values_list("person", "fen")) == [(person, 100_000)]
        assert actions.void_reward(reward, "登记错了", actor=officer).voided == "登记错了"
    with scope(stage["applicant"].actor), pytest.raises(Forbidden):
        actions.pay_reward(result, **{**right, "actor": stage["applicant"].actor})


# ── likeness, once over the years ────────────────────────────────────────────


@given(st.text("皮带机托辊快换夹具液压支架采样器", min_size=2, max_size=20))
def test_equal_titles_meet_in_every_band(title: str):
    key = rules.title_key(title)
    assert rules.bands(key) == rules.bands(rules.title_key(f" {title}（演示12）"))
    assert rules.alike(key, key) == 100


def test_earlier_result_elsewhere_is_found_and_only_an_open_one_is_told(stage: Cast):
    hidden = filed(stage, "stranger", secrecy="internal")
    mine = filed(stage, title="带式输送机 托辊快换工装（二）")
    like = Likeness.objects.get(result=mine.pk)
    assert (like.other, like.score) == (hidden.pk, 100)
    with scope(stage["applicant"].actor):
        (told,) = queries.alike(mine, stage["applicant"].actor)
        assert (told.title, told.unit_name, told.in_reach) == ("", "", False)
    Result.objects.filter(pk=hidden.pk).update(secrecy="open", accepted_on=timezone.localdate())
    with scope(stage["applicant"].actor):
        (told,) = queries.alike(mine, stage["applicant"].actor)
        assert (told.title, told.unit_name) == (WORDS["title"], stage.plant.name)


def test_drafts_and_other_titles_are_not_found(stage: Cast):
    walk(stage, (DRAFT,))
    other = filed(stage, "neighbour_officer", title="锅炉房水泵在线监测")
    assert list(Likeness.objects.filter(result=other.pk)) == []


def test_work_granted_before_is_not_recommended_again(stage: Cast):
    officer = stage["unit_officer"].actor
    walk(stage, entering.AWARDED)
    later = open_edition("innovations", stage.city, name="下一届")
    second = taken(stage, ACCEPTED)
    with scope(officer):
        second = result_of(second.case)
        with pytest.raises(Refused):  # not judged yet
            actions.recommend(second, later, actor=officer, details=DETAILS)
        like = second.likenesses.get()
        with pytest.raises(Refused):
            actions.judge(like, "same", " ", actor=officer)
        actions.judge(like, "same", "同一套工装", actor=officer)
        with pytest.raises(Refused):
            actions.recommend(second, later, actor=officer, details=DETAILS)
        actions.judge(like, "different", "另一种结构", actor=officer)
        assert actions.recommend(second, later, actor=officer, details=DETAILS).result == second


def test_result_in_two_calls_counts_once(stage: Cast):
    """Filed once and entered through several channels: several entries, one result."""
    officer, result = stage["unit_officer"].actor, taken(stage, ACCEPTED)
    second = open_edition("innovations", stage.county, name="县级征集")
    with scope(officer):
        for call in Edition.objects.order_by("pk"):
            actions.recommend(result, call, actor=officer, details=DETAILS)
        with pytest.raises(Refused):
            actions.recommend(result, second, actor=officer)
    assert (Result.objects.count(), Entry.objects.filter(result=result).count()) == (1, 2)


@pytest.mark.parametrize("change", [{"secrecy": "unreported"}, {"gov_plan": True}])
def test_what_may_not_go_up_is_not_recommended(stage: Cast, change: dict):
    result, officer = taken(stage, ACCEPTED), stage["unit_officer"].actor
    Result.objects.filter(pk=result.pk).update(**change)
    with scope(officer), pytest.raises(Refused):
        actions.recommend(result_of(result.case), Edition.objects.get(), actor=officer)
    assert Entry.objects.count() == 0


def test_unsigned_benefit_is_not_recommended(stage: Cast):
    result, officer = taken(stage, CLAIMED), stage["unit_officer"].actor
    with scope(officer), pytest.raises(Refused):
        actions.recommend(result, Edition.objects.get(), actor=officer, details=DETAILS)
    SIGN.take(stage, result.case)
    with scope(officer):
        assert actions.recommend(
            result_of(result.case), Edition.objects.get(), actor=officer, details=DETAILS
        )


# ── library and conversion ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("secrecy", "public", "staff"), [("open", 1, 1), ("internal", 0, 1), ("unreported", 0, 0)]
)
def test_library_tells_as_much_as_the_maker_allowed(stage: Cast, secrecy: str, public: int, staff: int):
    case = walk(stage, AWARDED)
    Result.objects.filter(pk=case.pk).update(secrecy=secrecy)
    walk_on(stage, case)
    counts = {}
    for who in ("anonymous", "sibling_officer"):
        with scope(stage.actors[who]):
            counts[who] = Card.objects.count()
    assert counts == {"anonymous": public, "sibling_officer": staff}


def walk_on(cast: Cast, case: Case) -> Case:
    return FOLLOWED[-1].take(cast, case)


def test_workplace_asks_once_and_is_answered_by_the_unit_of_the_result(stage: Cast):
    case = walk(stage, FOLLOWED)
    asker, owner = stage["neighbour_officer"].actor, stage["unit_officer"].actor
    with scope(asker):
        card = Card.objects.get(pk=case.pk)
        with pytest.raises(Refused) as refused:
            actions.ask_for(card, stage.mill, "想用", timezone.localdate(), actor=asker)
        assert [reason.field for reason in refused.value.reasons[card.pk]] == ["by"]
        interest = actions.ask_for(card, stage.mill, "想用", a_week_on(), actor=asker)
        with pytest.raises(Refused):
            actions.ask_for(card, stage.mill, "还想用", a_week_on(), actor=asker)
        with pytest.raises(Forbidden):
            actions.ask_for(card, stage.works, "想用", a_week_on(), actor=asker)
        with pytest.raises(Forbidden):
            actions.answer(interest, "自问自答", actor=asker)
    with scope(owner):
        with pytest.raises(Refused):
            actions.ask_for(card, stage.works, "自己的", a_week_on(), actor=owner)
        assert [(t.asked_by_id, t.detail, timezone.localdate(t.due_at)) for t in to_do(owner)] == [
            (stage.mill.pk, "想用", a_week_on())
        ]
        assert actions.answer(interest, "请来看看", actor=owner).answer == "请来看看"
        assert list(to_do(owner)) == []
        with pytest.raises(Refused):
            actions.answer(interest, "再答", actor=owner)
    with scope(stage["sibling_officer"].actor):
        assert stage.mill.pk not in [i.unit_id for i in card.interests.all()]
    with scope(asker):
        assert [task.reply for task in to_verify(asker)] == ["请来看看"]


def test_conversion_is_read_a_year_on_and_confirmed_by_finance(stage: Cast):
    case, officer, clerk = walk(stage, FOLLOWED), stage["unit_officer"].actor, stage["colleague"].actor
    on = timezone.localdate() - dt.timedelta(days=400)
    wanted = {"licensee_name": "示例纺织厂", "mode": "licence", "on": on, "fen": 300_000, "actor": officer}
    with scope(officer):
        result = result_of(case)
        conversion = actions.convert(result, **wanted)
        with pytest.raises(Refused):
            actions.convert(result, **wanted)
        with pytest.raises(Refused):
            actions.read_payback(
                conversion, since=on - dt.timedelta(1), until=on, fen=1, basis="账", actor=officer
            )
        told = actions.read_payback(
            conversion, since=on, until=conversion.due_on, fen=700_000, basis="账", actor=officer
        )
        with pytest.raises(Forbidden):
            actions.sign_payback(conversion, actor=officer)
    with scope(clerk):
        sure = actions.sign_payback(Conversion.objects.get(pk=conversion.pk), actor=clerk)
    assert (sure.supersedes, sure.level, sure.value) == (told, "finance_confirmed", 700_000)
    assert rules.months(conversion.on, conversion.due_on) >= 12


# ── revocation ───────────────────────────────────────────────────────────────


def test_revoked_result_leaves_the_library_and_keeps_its_document(stage: Cast):
    case = walk(stage, (*FOLLOWED, REVOKE))
    result = Result.objects.get(pk=case.pk)
    assert (case.outcome, Card.objects.count(), result.revocation.document) == (
        "revoked",
        0,
        "示例工发〔2026〕3号",
    )
    assert list(case.events.order_by("version").values_list("name", flat=True))[-1] == "revoke"
    with scope(stage["unit_officer"].actor), pytest.raises(Forbidden):
        actions.revoke(result_of(case), document="x", note="y", actor=stage["unit_officer"].actor)


def test_revocation_needs_its_document(stage: Cast):
    result, officer = taken(stage, AWARDED), stage["unit_officer"].actor
    with scope(officer), pytest.raises(Refused) as refusal:
        actions.revoke(result, document=" ", note="不实", actor=officer)
    assert said(refusal) == ["document"]
    assert Patent.objects.count() == 0


@pytest.mark.parametrize("by", ["unit_officer", "county_officer"])
def test_revocation_ends_what_is_asked_about_the_result_with_its_reason(stage: Cast, by: str):
    case = walk(stage, (*FOLLOWED, ASK_FOR))
    officer, asker, revoker = (stage[name].actor for name in ("unit_officer", "neighbour_officer", by))
    with scope(officer):
        on = timezone.localdate() - dt.timedelta(days=350)
        actions.convert(
            result_of(case), licensee_name="示例纺织厂", mode="spread", on=on, fen=None, actor=officer
        )
    assert ask_for_paybacks() == 1
    with scope(revoker):
        actions.revoke(result_of(case), document="示例工发〔2026〕3号", note="与他人成果雷同", actor=revoker)
    job = ProcrastinateJob.objects.filter(task_name="innovations.asked_no_longer").get()
    asked_no_longer(**job.args)
    asked_no_longer(**job.args)  # killed after it was done, it is run again
    with scope(officer):
        assert list(to_do(officer)) == []
    with scope(asker):
        task = Task.objects.get(kind="assign")
        assert (task.state, task.events.latest("pk").note) == (
            "cancelled",
            "成果已撤销（示例工发〔2026〕3号）：与他人成果雷同",
        )
    assert Clock.objects.filter(task__isnull=False, stopped_at=None).count() == 0


def test_revocation_leaves_what_is_answered_to_whoever_asked(stage: Cast):
    case = walk(stage, (*FOLLOWED, ASK_FOR))
    officer, asker = stage["unit_officer"].actor, stage["neighbour_officer"].actor
    with scope(officer):
        actions.answer(Card.objects.get(pk=case.pk).interests.get(), "请来看看", actor=officer)
        actions.revoke(result_of(case), document="示例工发〔2026〕3号", note="雷同", actor=officer)
    asked_no_longer(**ProcrastinateJob.objects.get(task_name="innovations.asked_no_longer").args)
    with scope(asker):
        assert [task.reply for task in to_verify(asker)] == ["请来看看"]


# ── what a third party found ─────────────────────────────────────────────────


def test_third_party_counts_as_such_with_its_report_and_not_without(stage: Cast):
    case, clerk = walk(stage, CLAIMED), stage["colleague"].actor
    with scope(clerk):
        result = result_of(case)
        (line,) = queries.benefit(result)
        with pytest.raises(Refused) as refused:
            actions.sign(result, {line.pk: (None, "")}, actor=clerk, audited=[line.pk])
        assert said(refused) == ["report"]
        reports = [Upload("report", "审计报告.png", png(salt=8))]
        actions.sign(result, {line.pk: (None, "")}, actor=clerk, audited=[line.pk], reports=reports)
    stands = queries.benefit(result).get()
    assert (stands.level, stands.confirmed_by, stands.file.name) == (
        "third_party",
        stage["colleague"].user,
        "审计报告.png",
    )


def test_finance_says_on_the_page_who_found_it(stage: Cast, client: Client):
    case = walk(stage, CLAIMED)
    (line,) = queries.benefit(Result.objects.get(pk=case.pk))
    client.force_login(stage["colleague"].user)
    page = reverse("innovations:sign", args=[case.pk])
    form = client.get(page)
    sent = {
        "once": form.context["once"], "version": form.context["version"], f"yuan_{line.pk}": "120000",
        f"level_{line.pk}": "third_party", "report": SimpleUploadedFile("报告.png", png(salt=7)),
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    assert queries.benefit(Result.objects.get(pk=case.pk)).get().level == "third_party"


# ── whose industry ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(("filed", "kept"), [("", "06"), ("2511", "2511")])
def test_result_that_names_no_industry_has_that_of_its_enterprise(stage: Cast, filed: str, kept: str):
    LegalEntity.objects.filter(unit=stage.works).update(industry="B06")
    case = walk(stage, SUBMITTED)
    Result.objects.filter(pk=case.pk).update(industry=filed)
    ACCEPT.take(stage, case)
    assert Result.objects.get(pk=case.pk).industry == kept
