"""Registration, the day, ranks and what follows: the edges of the brief, each by the least privileged who may."""

import uuid
from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Participant, Window
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.publicity.actions import Author, appeal
from gongjiang.kernel.review import panels
from gongjiang.kernel.review.models import Panel, Recusal
from gongjiang.programmes.competitions import actions, queries
from gongjiang.programmes.competitions.actions import Content
from gongjiang.programmes.competitions.models import Entrant, Entry, Upgrade
from tests.cast import Cast
from tests.conformance.scenes import walk

from .stage import (
    ADMIT,
    ADMITTED,
    AWARDED,
    CHECK,
    CHECK_IN,
    DRAFT,
    JUDGED,
    PUBLICISE,
    RANKED,
    SUBMIT,
    VOUCH,
    another,
    appeals_open,
    as_owner,
    by_decision,
    closed_registration,
    contest,
    decision,
    event,
    judge,
    newcomer,
    panel_of,
    prepare,
    the_event,
    then,
    too_few,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast: Cast) -> Cast:
    prepare(cast)
    return cast


def _sentences(refused: Refused) -> list[str]:
    return [str(r.text) for reasons in refused.reasons.values() for r in reasons]


def test_same_person_in_two_events_of_a_contest_is_refused_and_told_where(stage: Cast) -> None:
    walk(stage, (DRAFT, SUBMIT))
    above = the_event().edition.parent
    assert above is not None
    other = event(stage, above, "电工", occupation="演-02")
    actor = stage.actors["applicant"]
    with scope(actor), pytest.raises(Refused) as refusal:
        actions.enter(other, Content(), actor=actor, unit=stage.works, submit=True)
    assert _sentences(refusal.value) == ["王演甲子已报名“焊工”；本届竞赛每人限报1项。"]
    assert Entry.objects.count() == 1


def test_same_person_may_enter_another_contest(stage: Cast) -> None:
    walk(stage, (DRAFT, SUBMIT))
    other = event(stage, contest(stage, "县区竞赛（演示）"), "电工")
    actor = stage.actors["applicant"]
    with scope(actor):
        made = actions.enter(other, Content(), actor=actor, unit=stage.works, submit=True)
    assert made.case.state == "submitted"


def test_two_delegations_for_one_person_the_first_counts(stage: Cast) -> None:
    """The union registers somebody who has registered already: the other one is told why, nothing is written."""
    walk(stage, (DRAFT, SUBMIT))
    officer = stage.actors["unit_officer"]
    person = stage["applicant"].person
    assert person is not None
    with scope(officer), pytest.raises(Refused) as refusal:
        actions.register_for(
            the_event(), [person.pk], Content(), actor=officer, unit=stage.works, submit=True
        )
    assert _sentences(refusal.value) == ["王演甲子已报名该赛项，以先报的为准。"]
    assert Entrant.objects.filter(live=True).count() == 1


def test_place_is_free_again_after_a_withdrawal(stage: Cast) -> None:
    case = walk(stage, (DRAFT, SUBMIT))
    applicant = stage.actors["applicant"]
    with scope(applicant):
        door.transition(case, "withdraw", actor=applicant)
        again = actions.enter(the_event(), Content(), actor=applicant, unit=stage.works, submit=True)
    assert (again.case.state, Entrant.objects.filter(live=True).count()) == ("submitted", 1)


def test_union_registers_nobody_of_another_workplace(stage: Cast) -> None:
    officer = stage.actors["unit_officer"]
    stranger = stage["stranger"].person
    assert stranger is not None
    with scope(officer), pytest.raises(Forbidden):
        actions.register_for(
            the_event(), [stranger.pk], Content(), actor=officer, unit=stage.works, submit=True
        )


def test_team_event_needs_its_number_and_everybody_of_it_starts(stage: Cast) -> None:
    above = the_event().edition.parent
    assert above is not None
    pair = event(stage, above, "双人焊接", format="pair", size=2)
    officer = stage.actors["unit_officer"]
    two = [newcomer(stage).pk, newcomer(stage).pk]
    with scope(officer), pytest.raises(Refused):
        actions.register_for(pair, two[:1], Content(), actor=officer, unit=stage.works, submit=True)
    with scope(officer):
        case = actions.register_for(
            pair, two, Content(team="先锋队"), actor=officer, unit=stage.works, submit=True
        ).case
    for step in (VOUCH, CHECK, ADMIT, CHECK_IN):
        case = step.take(stage, case)
    started = Entrant.objects.filter(case=case, started_on__isnull=False)
    assert sorted(started.values_list("person", flat=True)) == sorted(two)


def test_event_under_its_threshold_after_withdrawals_asks_for_a_decision(stage: Cast) -> None:
    case = walk(stage, ADMITTED)
    assert case is not None
    too_few(stage, case)
    superior = stage.actors["superior"]
    edition = the_event().edition
    with scope(superior):
        with pytest.raises(Refused) as refusal:
            door.transition(case, "check_in", actor=superior)
        assert "现有1人报名，满30人方可开赛" in _sentences(refusal.value)[0]
        actions.decide_shortfall(edition, "without_titles", "行业人数少。（演示）", actor=superior)
        case = door.transition(case, "check_in", actor=superior)
    panel_of(stage, "practice", {case.pk: Decimal(90)})
    with scope(superior):
        door.transition(case, "publicise", actor=superior)
    entry = Entry.objects.select_related("prize").get(case=case)
    assert (entry.rank, entry.prize.name if entry.prize else "", entry.title) == (1, "一等奖", None)
    assert entry.title_withheld == "实际参赛1人，满30人方授予称号。"


def test_cancelled_event_checks_nobody_in(stage: Cast) -> None:
    case = walk(stage, ADMITTED)
    assert case is not None
    too_few(stage, case)
    superior = stage.actors["superior"]
    with scope(superior):
        actions.decide_shortfall(the_event().edition, "cancel", "人数不足。（演示）", actor=superior)
        with pytest.raises(Refused) as refusal:
            door.transition(case, "check_in", actor=superior)
    assert _sentences(refusal.value) == ["已决定：取消该赛项，不再检录。"]


def test_shortfall_is_not_decided_where_there_is_none(stage: Cast) -> None:
    walk(stage, ADMITTED)
    superior, county = stage.actors["superior"], stage.actors["county_officer"]
    with scope(superior), pytest.raises(Refused):
        actions.decide_shortfall(the_event().edition, "cancel", "试一试", actor=superior)
    with scope(county), pytest.raises(Forbidden):
        actions.decide_shortfall(the_event().edition, "cancel", "试一试", actor=county)


def test_whoever_fails_a_part_keeps_the_rank_and_wins_nothing(stage: Cast) -> None:
    case = walk(stage, (*ADMITTED, then(CHECK_IN, judge("practice", points=59)), PUBLICISE))
    entry = Entry.objects.get(case=case)
    assert (entry.rank, entry.prize, entry.title) == (1, None, None)


def test_everybody_tied_cannot_be_publicised_where_ranks_are_not_shared(stage: Cast) -> None:
    case = walk(stage, (*ADMITTED, then(CHECK_IN, judge("practice", equal=True))))
    superior = stage.actors["superior"]
    with scope(superior), pytest.raises(Refused) as refusal:
        door.transition(case, "publicise", actor=superior)
    assert "2份并列第1名" in _sentences(refusal.value)[0]


def test_title_and_prize_are_credentials_and_a_rank_gives_a_claim_to_a_grade(stage: Cast) -> None:
    case = walk(stage, AWARDED)
    held = Credential.objects.filter(case=case).order_by("kind")
    assert [(c.kind, c.name, c.level) for c in held] == [
        ("honour", "第六届长治职业技能大赛焊工一等奖", "1"),
        ("title", "太行技术状元", "top_technician_title"),
    ]
    assert all(c.certificate_id for c in held)
    claim = Upgrade.objects.get(case=case)
    assert (claim.held, claim.rises_to, claim.state) == ("", "senior", "eligible")


def test_grade_that_the_authority_refuses_leaves_prize_and_title(stage: Cast) -> None:
    case = walk(stage, AWARDED)
    superior, today = stage.actors["superior"], timezone.localdate()
    with scope(superior):
        claim = Upgrade.objects.get(case=case)
        actions.send([claim], on=today, actor=superior)
        with pytest.raises(ValidationError):
            actions.answer(claim, on=today, actor=superior)
        actions.answer(claim, on=today, reason="年限不足。（演示）", actor=superior)
        with pytest.raises(Stale):
            actions.answer(claim, on=today, certificate="演-1", actor=superior)
    states = Credential.objects.filter(case=case).values_list("kind", "state").order_by("kind")
    assert list(states) == [("honour", "valid"), ("title", "valid")]
    assert Upgrade.objects.get(case=case).state == "refused"


def test_grade_that_is_issued_is_a_credential_with_its_own_number(stage: Cast) -> None:
    case = walk(stage, AWARDED)
    superior, today = stage.actors["superior"], timezone.localdate()
    with scope(superior):
        claim = Upgrade.objects.get(case=case)
        actions.send([claim], on=today, actor=superior)
        actions.answer(claim, on=today, certificate="演晋2026001", actor=superior)
    grade = Credential.objects.get(case=case, kind="grade")
    assert (grade.level, grade.number, grade.person_id) == ("senior", "演晋2026001", claim.person_id)


def test_officer_of_a_county_records_no_answer_for_the_city(stage: Cast) -> None:
    case = walk(stage, AWARDED)
    county = stage.actors["county_officer"]
    claim = Upgrade.objects.get(case=case)
    with scope(county), pytest.raises(Forbidden):
        actions.send([claim], on=timezone.localdate(), actor=county)


def test_revoked_title_falls_and_nobody_moves_up(stage: Cast) -> None:
    case = walk(stage, AWARDED)
    assert case is not None
    by_decision("revoke", note="身份不实。（演示）").take(stage, case)
    assert set(Credential.objects.filter(case=case).values_list("state", flat=True)) == {"revoked"}


def test_appeal_within_its_window_is_taken_and_holds_the_rank(stage: Cast) -> None:
    case = walk(stage, RANKED)
    assert case is not None
    appeals_open(stage, case)
    applicant, superior = stage.actors["applicant"], stage.actors["superior"]
    paper = decision(stage).pk
    with scope(applicant):
        appeal(
            Case.objects.get(pk=case.pk), author=Author("王演甲子", "13900000011"), matter="用时记错了。（演示）",
            request=uuid.uuid4(), actor=applicant,
        )  # fmt: skip
    with scope(superior), pytest.raises(Refused) as refusal:
        door.transition(case, "confirm", actor=superior, document=paper)
    assert len(_sentences(refusal.value)) == 2  # the appeal, and that appeals are still taken


def test_appeal_after_its_window_is_refused(stage: Cast) -> None:
    case = walk(stage, RANKED)
    assert case is not None
    now = timezone.now()
    with as_owner():
        Window.objects.create(
            edition_id=case.edition_id, kind="appeal", since=now - timedelta(hours=2, minutes=5),
            until=now - timedelta(minutes=5),
        )  # fmt: skip
    applicant = stage.actors["applicant"]
    with scope(applicant), pytest.raises(ValidationError):
        appeal(
            Case.objects.get(pk=case.pk), author=Author("王演甲子", "13900000011"), matter="用时记错了。",
            request=uuid.uuid4(), actor=applicant,
        )  # fmt: skip


def test_coach_and_colleague_of_an_entrant_do_not_judge_it(stage: Cast) -> None:
    """The expert is made the entrant's coach, and a colleague gets a seat: both are recused without being asked."""
    case = walk(stage, (*ADMITTED, CHECK_IN))
    assert case is not None
    other = another(stage, case)
    superior = stage.actors["superior"]
    coach = User.objects.get(username="referee").person
    with as_owner(), pgtrigger.ignore("lifecycle.Participant:participant_frozen"):
        Participant.objects.create(case=case, person=coach, role="coach", position=5, unit=stage.works)
        fresh = Person.objects.create(name="外单位专家（演示）", sex="male")
        User.objects.create_user("outsider", None, display_name="外单位专家", person=fresh)
    edition = the_event().edition
    with scope(superior):
        panel = panels.create_panel(edition, stage.city, actor=superior, stage="practice", name="实操")
        panels.configure(
            panel, actor=superior, blind=False, minimum=2, drop=0, precision=2, rounding="half_up", passes=0,
            reserves=0,
        )  # fmt: skip
        panels.set_criteria(
            panel, [{"name": "总评", "weight": Decimal(100), "maximum": Decimal(100)}], actor=superior
        )
        for login in ("referee", "colleague", "outsider"):
            panels.seat(panel, login, "panelist", actor=superior)
        items = panels.enter(panel, [case.pk, other.pk], actor=superior)
        recused = set(
            Recusal.objects.filter(item__in=items).values_list("seat__name", "item__decoding__case", "kind")
        )
        missing = panels.missing(Panel.objects.get(pk=panel.pk))
    assert recused == {
        ("裁判", case.pk, "own"), ("李演乙丑", case.pk, "workplace"), ("李演乙丑", other.pk, "workplace"),
    }  # fmt: skip
    assert [s for s in missing if "回避" in s], missing


def test_two_officers_at_once_the_second_is_told(stage: Cast) -> None:
    case = walk(stage, (DRAFT, SUBMIT))
    assert case is not None
    officer = stage.actors["unit_officer"]
    with scope(officer):
        door.transition(case, "vouch", actor=officer, version=case.version)
        with pytest.raises(Stale):
            door.transition(case, "return", actor=officer, version=case.version, note="请补材料。")


def test_late_registration_is_refused(stage: Cast) -> None:
    case = walk(stage, (DRAFT,))
    assert case is not None
    closed_registration(stage, case)
    applicant = stage.actors["applicant"]
    with scope(applicant), pytest.raises(Refused) as refusal:
        door.transition(case, "submit", actor=applicant)
    assert _sentences(refusal.value) == ["该赛项现在不接受报名：已经截止，或还没有开始。"]


def test_roster_counts_each_once_and_only_those_who_work_there(stage: Cast) -> None:
    officer, today = stage.actors["unit_officer"], timezone.localdate()
    people = [newcomer(stage).pk, newcomer(stage).pk]
    stranger = stage["stranger"].person
    assert stranger is not None
    said = {"on": today, "unit": stage.works, "actor": officer}
    with scope(officer):
        made = actions.report_selection(the_event(), people, **said)
        with pytest.raises(ValidationError):
            actions.report_selection(the_event(), people[:1], **said)
        with pytest.raises(ValidationError):
            late = {**said, "on": today + timedelta(days=1)}
            actions.report_selection(the_event(), [newcomer(stage).pk], **late)
        with pytest.raises(Forbidden):
            actions.report_selection(the_event(), [stranger.pk], **said)
    assert (len(made), Entrant.objects.filter(stage="enterprise").count()) == (2, 2)


def test_neighbour_sees_neither_entry_nor_start(stage: Cast) -> None:
    walk(stage, (DRAFT, SUBMIT))
    neighbour = stage.actors["neighbour_officer"]
    with scope(neighbour):
        seen = (
            Entry.objects.count(),
            Entrant.objects.count(),
            queries.entered([stage["applicant"].person.pk], 0),
        )
    assert seen == (0, 0, [])


def test_practice_and_time_are_written_with_the_result(stage: Cast) -> None:
    case = walk(stage, (*ADMITTED, JUDGED, PUBLICISE))
    entry = Entry.objects.get(case=case)
    assert (entry.theory, entry.practice, entry.total, entry.seconds) == (None, 80, 80, None)
