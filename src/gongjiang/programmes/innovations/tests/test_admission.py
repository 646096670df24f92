"""What a call leaves out, by what its union has published; and what an enterprise's own rule gives."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.lifecycle.models import Edition, Window
from gongjiang.programmes.innovations import actions, rules
from gongjiang.programmes.innovations.models import Entry, Result
from tests.cast import Cast, give_values, open_edition
from tests.conformance.scenes import walk

from . import entering
from .scenes import ACCEPTED, AWARDED, CLAIMED, DETAILS, SIGN, prepare, result_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast: Cast) -> Cast:
    prepare(cast)
    return cast


def publish(cast: Cast, name: str, value, unit=None) -> None:
    """A value of the union, as if it had held since long."""
    give_values(unit or cast.city, **{name: value})


def refused(cast: Cast, result: Result, edition: Edition, **details) -> list[tuple[str, str]]:
    """(field, document) of what stands against recommending it; empty where it went in."""
    officer = cast["unit_officer"].actor
    with scope(officer):
        try:
            actions.recommend(result_of(result.case), edition, actor=officer, details={**DETAILS, **details})
        except Refused as refusal:
            return [(r.field, r.document) for reasons in refusal.reasons.values() for r in reasons]
    return []


def taken(cast: Cast, steps) -> Result:
    case = walk(cast, steps)
    with scope(cast["unit_officer"].actor):
        return result_of(case)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"gov_plan": True}, "gov_plan"),
        ({"gov_award": True}, "gov_award"),
        ({"disputed": True}, "disputed"),
        ({"put_into_use_on": None}, "put_into_use_on"),
        ({"put_into_use_on": timezone.localdate() + timedelta(1)}, "put_into_use_on"),
    ],
)
def test_what_is_excluded_is_refused_by_default_and_let_in_where_the_call_says_so(stage, details, field):
    result, call = taken(stage, ACCEPTED), Edition.objects.get()
    assert [name for name, _document in refused(stage, result, call, **details)] == [field]
    assert Entry.objects.count() == 0
    publish(stage, "exclusion_rules", ["won_before"])
    assert refused(stage, result, call, **details) == []


def test_refusal_names_the_document_that_says_so(stage):
    publish(stage, "exclusion_rules", ["dispute"])
    result = taken(stage, ACCEPTED)
    found = refused(stage, result, Edition.objects.get(), disputed=True)
    assert found == [("disputed", "演工发〔2015〕1号（演示）")]


def test_kind_that_the_call_does_not_name_is_refused(stage):
    publish(stage, "category_list", ["design", "suggestion"])
    assert len(refused(stage, taken(stage, ACCEPTED), Edition.objects.get())) == 1


def test_benefit_signed_after_closing_enters_only_where_the_call_gives_time_to_mend(stage):
    late, early, call = taken(stage, CLAIMED), taken(stage, ACCEPTED), Edition.objects.get()
    now = timezone.now()
    Window.objects.filter(edition=call).update(until=now)
    SIGN.take(stage, late.case)
    assert refused(stage, late, call) == [("edition", "")]
    publish(stage, "late_signature_days", 5)
    assert ("edition", "") in refused(stage, early, call)  # it did not lie with finance
    assert refused(stage, late, call) == []


def test_form_offers_the_kinds_of_the_workplace(stage, client: Client):
    publish(stage, "category_list", ["design", "renovation"], unit=stage.county)
    client.force_login(stage["applicant"].user)
    page = client.get(reverse("innovations:new")).content.decode()
    offered = [
        code for code in ("invention", "improvement", "design", "renovation") if f'value="{code}"' in page
    ]
    assert offered == ["design", "renovation"]


def test_work_of_an_earlier_call_enters_again_only_where_the_call_says_so(stage):
    result, call = taken(stage, ACCEPTED), Edition.objects.get()
    assert refused(stage, result, call) == []
    later = open_edition("innovations", stage.city, name="下一届")
    assert len(refused(stage, result, later)) == 1
    publish(stage, "one_entry_across_years", value=False)
    assert refused(stage, result, later) == []


def test_winner_does_not_come_again_even_where_works_may_enter_twice(stage):
    case = walk(stage, (*entering.AWARDED, entering.CLOSE))
    publish(stage, "one_entry_across_years", value=False)
    later = open_edition("innovations", stage.city, name="下一届")
    result = Entry.objects.select_related("result__case").get(case=case).result
    assert len(refused(stage, result, later)) == 1
    publish(stage, "exclusion_rules", ["unused"])
    assert refused(stage, result, later) == []


def test_same_title_author_and_year_is_one_entry_unless_only_patents_count(stage):
    call = Edition.objects.get()
    first, second = taken(stage, ACCEPTED), taken(stage, ACCEPTED)
    officer = stage["unit_officer"].actor
    with scope(officer):
        actions.judge(second.likenesses.get(), "different", "另一处", actor=officer)
    assert refused(stage, first, call) == []
    assert [field for field, _document in refused(stage, second, call)] == ["edition"]
    publish(stage, "dedupe_key", "patent")
    assert refused(stage, second, call) == []


def test_judgement_says_which_earlier_result_it_follows(stage):
    first, second = taken(stage, ACCEPTED), taken(stage, ACCEPTED)
    officer = stage["unit_officer"].actor
    for judgement, earlier in (("same", first.pk), ("different", None)):
        with scope(officer):
            actions.judge(second.likenesses.get(), judgement, "看过图纸", actor=officer)
        assert Result.objects.get(pk=second.pk).earlier_id == earlier


# ── rewards by the enterprise's own rule ─────────────────────────────────────

FIFTH = {"basis": "benefit", "share": Decimal(20), "least": None, "most": None}


@given(st.integers(0, 10**12), st.integers(0, 100), st.integers(1, 10**9))
def test_share_of_the_benefit_never_passes_its_cap(fen: int, share: int, cap: int):
    line = {"basis": "benefit", "share": Decimal(share), "least": None, "most": cap}
    found = rules.rewards_proposed([line], confirmed_fen=fen, granted=0, adopted=True)
    assert [p.most for p in found] == ([min(fen * share // 100, cap)] if fen else [])


def test_each_line_gives_what_it_is_for():
    table = [
        FIFTH,
        {"basis": "patent", "share": None, "least": 30_000, "most": 200_000},
        {"basis": "improvement", "share": None, "least": 10_000, "most": None},
    ]
    found = rules.rewards_proposed(table, confirmed_fen=1_000_000, granted=2, adopted=True)
    assert [(p.basis, p.least, p.most) for p in found] == [
        ("benefit", 200_000, 200_000), ("patent", 60_000, 400_000), ("improvement", 10_000, None),
    ]  # fmt: skip
    assert rules.rewards_proposed(table, confirmed_fen=0, granted=0, adopted=False) == []


def test_reward_page_proposes_by_the_published_rule_and_shows_examples_where_there_is_none(stage, client):
    case = walk(stage, (*CLAIMED, SIGN))
    client.force_login(stage["unit_officer"].user)
    address = reverse("innovations:reward", args=[case.pk])
    assert "浙江某企业" in client.get(address).content.decode()
    publish(stage, "enterprise_reward", [{"basis": "benefit", "share": "5", "most": 30_000_000}], stage.works)
    page = client.get(address).content.decode()
    assert ("浙江某企业" in page, "演工发〔2015〕1号（演示）" in page, 'value="6000' in page) == (
        False,
        True,
        True,
    )


def test_voided_reward_stays_with_its_reason(stage, client):
    case = walk(stage, AWARDED)
    officer, maker = stage["unit_officer"], stage["applicant"].person.pk
    with scope(officer.actor):
        reward = actions.pay_reward(
            result_of(case), payer=stage.works.entities.get(), fen=50_000, clause="第六条",
            paid_on=date(2026, 1, 5), shares={maker: 50_000}, actor=officer.actor,
        )  # fmt: skip
    client.force_login(officer.user)
    address = reverse("innovations:void-reward", args=[reward.pk])
    sent = client.post(address, {"why": "重复登记", "once": _once(client, address)})
    assert sent.status_code == 302
    reward.refresh_from_db()
    assert reward.voided == "重复登记"
    assert client.get(address).status_code == 404


def _once(client: Client, address: str) -> str:
    import re

    found = re.search(r'name="once" value="([^"]+)"', client.get(address).content.decode())
    return found.group(1) if found else ""


def test_papers_that_a_call_asks_for_are_asked_with_their_clause(stage: Cast):
    result, call = taken(stage, ACCEPTED), Edition.objects.get()
    publish(stage, "evidence_required", ["photo", "certificate"])
    assert refused(stage, result, call) == [("", "演工发〔2015〕1号（演示）")]  # the photo is there
    officer = stage["unit_officer"].actor
    with scope(officer):
        actions.add_papers(
            result_of(result.case), [Upload("certificate", "证明.png", png(salt=3))], actor=officer
        )
    assert refused(stage, result, call) == []


def test_ownership_by_agreement_needs_the_agreement(stage: Cast):
    result, call = taken(stage, ACCEPTED), Edition.objects.get()
    assert refused(stage, result, call, ownership="agreed") == [("ownership", "")]
    officer = stage["unit_officer"].actor
    with scope(officer):
        actions.add_papers(
            result_of(result.case), [Upload("agreement", "协议.png", png(salt=4))], actor=officer
        )
    assert refused(stage, result, call, ownership="agreed") == []


def test_officer_is_asked_for_the_period_of_the_work_and_cannot_turn_it_round(stage: Cast, client: Client):
    result, call = taken(stage, ACCEPTED), Edition.objects.get()
    client.force_login(stage["unit_officer"].user)
    page = reverse("innovations:recommend", args=[result.pk])
    form = client.get(page)
    once = {"once": form.context["once"], "version": form.context["version"]}
    asked = set(form.context["form"].fields)
    assert {"done_from", "done_to"} <= asked
    sent = {
        **{k: str(v).lower() if isinstance(v, bool) else v for k, v in DETAILS.items()},
        "edition": call.pk,
    }
    wrong = client.post(page, {**sent, **once, "done_to": "2024-09-30"})
    assert list(wrong.context["form"].errors) == ["done_to"]
    assert client.post(page, {**sent, **once}).status_code == 302
    assert Entry.objects.get().result.done_from == date(2024, 10, 1)
