"""Where a result meets the rest: authors who leave, merged records, flags, what a revocation takes along."""

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.lifecycle.models import Edition, Participant
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.people.models import FlagRule, Person
from gongjiang.kernel.people.tests.test_merging import double, merged, pair_of, rule, steward
from gongjiang.programmes.innovations import actions, facts
from gongjiang.programmes.innovations.models import Entry, Inventor, RewardShare
from tests.cast import SINCE, Cast
from tests.conformance.scenes import walk

from . import entering
from .scenes import (
    ACCEPTED,
    ADOPT_UNCLAIMED,
    AWARDED,
    CLAIMED,
    DETAILS,
    DRAFT,
    PATENT,
    RETURN,
    REVOKE,
    REWARD,
    SIGN,
    SUBMIT,
    SUBMITTED,
    prepare,
    result_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast: Cast) -> Cast:
    prepare(cast)
    return cast


def leave(cast: Cast, who: str) -> None:
    cast[who].person.employments.update(until=timezone.localdate())


# ── an author who leaves (brief, section 8.6) ────────────────────────────────


def test_author_who_left_reads_the_own_result_with_its_unit_and_reward(stage: Cast, client: Client):
    case = walk(stage, (*AWARDED, REWARD))
    leave(stage, "applicant")
    client.force_login(stage["applicant"].user)
    shown = client.get(reverse("innovations:my-result", args=[case.pk]))
    assert shown.status_code == 200
    assert stage.works.entities.get().name in shown.content.decode()
    listed = client.get(reverse("innovations:mine"))
    assert case.number in listed.content.decode()


def test_whoever_left_sees_the_units_of_own_cases_and_no_other_enterprise(stage: Cast):
    walk(stage, AWARDED)
    Grant.objects.filter(user=stage["colleague"].user).delete()
    for who in ("applicant", "colleague"):
        leave(stage, who)
    seen = {}
    for who in ("applicant", "colleague", "anonymous"):
        actor = stage.actors["anonymous"] if who == "anonymous" else stage[who].actor
        with scope(actor):
            seen[who] = (
                set(Unit.objects.filter(level="enterprise").values_list("pk", flat=True)),
                set(LegalEntity.objects.values_list("unit", flat=True)),
            )
    works = ({stage.works.pk}, {stage.works.pk})
    assert seen == {"applicant": works, "colleague": (set(), set()), "anonymous": (set(), set())}


def test_whoever_left_changes_nothing_of_the_enterprise(stage: Cast):
    walk(stage, AWARDED)
    leave(stage, "applicant")
    with scope(stage["applicant"].actor):
        assert LegalEntity.objects.update(name="x") == 0


def test_own_units_are_asked_for_once_in_a_query(stage: Cast):
    """The subquery is a plan of its own beside the scan: it runs once, and only for rows that nothing else admits."""
    walk(stage, AWARDED)
    with scope(stage["applicant"].actor), connection.cursor() as cursor:
        cursor.execute("EXPLAIN SELECT id FROM orgs_unit")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert plan.count("  InitPlan 1") == 1
    assert "SubPlan" not in plan


# ── flags of the makers ──────────────────────────────────────────────────────


def women_are_counted() -> None:
    FlagRule.objects.create(flag="female", rule="woman", since=SINCE, document="演示")


def test_flags_are_frozen_at_submission_and_copied_to_the_entry(stage: Cast):
    women_are_counted()
    Person.objects.filter(pk=stage["applicant"].person.pk).update(sex="female")
    case = walk(stage, ACCEPTED)
    officer = stage["unit_officer"].actor
    Person.objects.filter(pk=stage["applicant"].person.pk).update(sex="male")
    with scope(officer):
        entry = actions.recommend(result_of(case), Edition.objects.get(), actor=officer, details=DETAILS)
    rows = Participant.objects.filter(case__in=[case.pk, entry.pk])
    assert list(rows.values_list("flags", "flag_rule")) == [(["female"], "female=woman")] * 2


def test_flags_are_those_of_the_last_submission_and_a_draft_has_none(stage: Cast):
    women_are_counted()
    draft = walk(stage, (DRAFT,))
    assert Participant.objects.get(case=draft).flag_rule == ""
    Person.objects.filter(pk=stage["applicant"].person.pk).update(sex="male")
    case = walk(stage, (*SUBMITTED, RETURN))
    assert Participant.objects.get(case=case).flags == []
    Person.objects.filter(pk=stage["applicant"].person.pk).update(sex="female")
    SUBMIT.take(stage, case)
    assert Participant.objects.get(case=case).flags == ["female"]


def test_flag_without_a_rule_is_given_to_nobody(stage: Cast):
    case = walk(stage, SUBMITTED)
    assert list(Participant.objects.filter(case=case).values_list("flags", "flag_rule")) == [([], "")]


# ── records that are merged ──────────────────────────────────────────────────


def persons(fact) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person FROM ({fact.select}) AS fact ORDER BY person")
        return [person for (person,) in cursor.fetchall()]


def test_merged_records_count_as_one_maker_inventor_and_rewarded(stage: Cast):
    rule()
    case = walk(stage, (*AWARDED, REWARD, PATENT))
    survivor, other = stage["applicant"].person, double(stage)
    with pgtrigger.ignore("lifecycle.Participant:participant_frozen"):
        Participant.objects.create(case=case, person=other, role="author", position=2, unit=stage.works)
    reward, patent = RewardShare.objects.get(), Inventor.objects.get()
    RewardShare.objects.create(reward=reward.reward, person=other, fen=1)
    Inventor.objects.create(patent=patent.patent, person=other)
    counted = (facts.CONTRIBUTION, facts.REWARDED, facts.INVENTOR)
    assert [len(set(persons(fact))) for fact in counted] == [2, 2, 2]
    merged(
        pair_of(survivor, other, stage), survivor,
        by=steward(stage.county), and_by=steward(stage.county, "second"),
    )  # fmt: skip
    assert [persons(fact) for fact in counted] == [[survivor.pk] * 2] * 3
    assert persons(facts.RESULT) == [survivor.pk]


def test_reward_asks_for_a_second_steward(stage: Cast):
    assert RewardShare.binds
    rule()
    walk(stage, (*AWARDED, REWARD))
    survivor, other = stage["applicant"].person, double(stage)
    with pytest.raises(ValidationError):
        merged(pair_of(survivor, other, stage), survivor, by=steward(stage.county))


# ── what a revocation takes along (brief, section 8.15) ──────────────────────


def facts_of(fact, *columns: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM ({fact.select}) AS fact ORDER BY key")
        return cursor.fetchall()


def test_award_of_a_revoked_result_counts_no_longer_and_the_outbox_hears_of_it(stage: Cast):
    case = walk(stage, (*entering.AWARDED, entering.CLOSE))
    entry = Entry.objects.get(case=case)
    assert facts_of(facts.ENTRY, "awarded") == [(True,)]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_change")
    REVOKE.take(stage, ADOPT_UNCLAIMED.take(stage, entry.result.case))
    assert facts_of(facts.ENTRY, "awarded") == [(False,)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM outbox_change WHERE source = 'innovations_revocation'")
        assert cursor.fetchall() == [(entry.result_id,)]


def test_benefit_of_a_revoked_result_counts_no_longer(stage: Cast):
    case = walk(stage, (*CLAIMED, SIGN))
    assert [day is not None for (day,) in facts_of(facts.BENEFIT, "day")] == [True]
    REVOKE.take(stage, case)
    assert facts_of(facts.BENEFIT, "day", "level") == [(None, "finance_confirmed")]
