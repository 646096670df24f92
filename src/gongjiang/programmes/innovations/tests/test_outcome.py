"""What comes out of a call besides ranks: grades, what the union adds, and the roadshow that the public may watch."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.credentials.models import Credential
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.actions.packs import pack
from gongjiang.programmes.innovations.models import Entry, Roadshow, UnionAward
from tests.cast import Cast, give_values
from tests.conformance.scenes import walk

from . import entering, scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(cast: Cast) -> Cast:
    scenes.prepare(cast)
    return cast


def fields(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.field for reasons in refusal.value.reasons.values() for reason in reasons]


# ── grades of recommendation ─────────────────────────────────────────────────


def test_graded_entry_is_publicised_and_honoured_by_its_grade_without_a_rank(stage: Cast):
    case = walk(stage, (*entering.GRADED, entering.AWARD))
    notice = Publicity.objects.get(kind="innovations.ranks")
    assert notice.title.endswith("拟推荐名单公示")
    assert notice.snapshot.rows == (("参考使用", entering.TITLE, stage.works.name, "王＊子"),)
    held = Credential.objects.get(case=case)
    assert (held.level, held.name.endswith("参考使用")) == ("2", True)
    entry = Entry.objects.get(case=case)
    assert (entry.won, entry.prize) == ("参考使用", None)


@pytest.mark.parametrize(
    ("steps", "grade", "by"),
    [
        (entering.TO_GRADE, "特等", "superior"),  # no grade of this call
        (entering.TO_GRADE, "推荐使用", "county_officer"),  # not the organiser
        (entering.PITCHED, "推荐使用", "superior"),  # not as far as the site check
        ((*entering.PITCHED, entering.CHECKED), "推荐使用", "superior"),  # the call gives ranks
    ],
)
def test_grade_is_given_by_the_organiser_out_of_those_of_the_call(stage: Cast, steps, grade: str, by: str):
    case = walk(stage, steps)
    actor = stage.actors[by]
    with scope(actor), pytest.raises(Forbidden):
        actions.give_grades(Edition.objects.get(pk=case.edition_id), {case.pk: grade}, actor=actor)
    assert Entry.objects.get(case=case).grade == ""


def test_grade_is_taken_away_again_before_the_notice(stage: Cast):
    case, superior = walk(stage, entering.TO_GRADE), stage.actors["superior"]
    call = Edition.objects.get(pk=case.edition_id)
    with scope(superior):
        assert actions.give_grades(call, {case.pk: "推荐使用"}, actor=superior) == 1
        assert actions.give_grades(call, {case.pk: ""}, actor=superior) == 0
    assert Entry.objects.get(case=case).grade == ""


def test_call_that_gives_ranks_has_no_page_for_grades(stage: Cast, client: Client):
    case = walk(stage, (*entering.PITCHED, entering.CHECKED))
    client.force_login(stage["superior"].user)
    page = reverse("innovations:grades", args=[case.edition_id])
    assert client.get(page).status_code == 404
    give_values(stage.city, outcome_mode="grade", outcome_grades=entering.GRADES)
    form = client.get(page)
    assert form.status_code == 200
    sent = {"once": form.context["once"], f"grade_{case.pk}": "推荐使用"}
    assert client.post(page, sent).status_code == 302
    assert Entry.objects.get(case=case).grade == "推荐使用"


# ── what the union adds ──────────────────────────────────────────────────────


def test_union_adds_to_the_prize_what_its_bands_say_and_pays_it_once(stage: Cast):
    case, superior = walk(stage, entering.HONOURED), stage.actors["superior"]
    added = UnionAward.objects.get()
    assert (added.entry_id, added.band, added.award, added.fen) == (case.pk, 1, "省五一劳动奖章", 2_000_000)
    assert added.clause == "演工发〔2015〕1号（演示） 第一条"
    call, today = Edition.objects.get(pk=case.edition_id), timezone.localdate()
    with scope(superior):
        for wrong, field in (
            ({"paid_on": today + timedelta(1), "voucher": "记-12"}, "paid_on"),
            ({"paid_on": today, "voucher": " "}, "voucher"),
        ):
            with pytest.raises(Refused) as refused:
                actions.pay_union_awards(call, [case.pk], actor=superior, **wrong)
            assert fields(refused) == [field]
        assert actions.pay_union_awards(call, [case.pk], paid_on=today, voucher="记-12", actor=superior) == 1
        with pytest.raises(Refused):
            actions.pay_union_awards(call, [case.pk], paid_on=today, voucher="记-13", actor=superior)
    added.refresh_from_db()
    assert (added.paid_on, added.voucher) == (today, "记-12")


def test_without_bands_nothing_is_added(stage: Cast):
    walk(stage, entering.AWARDED)
    assert UnionAward.objects.count() == 0


def test_money_for_an_award_that_was_revoked_is_not_paid(stage: Cast):
    case, superior = walk(stage, (*entering.HONOURED, entering.REVOKE)), stage.actors["superior"]
    call = Edition.objects.get(pk=case.edition_id)
    with scope(superior), pytest.raises(Refused):
        actions.pay_union_awards(
            call, [case.pk], paid_on=timezone.localdate(), voucher="记-12", actor=superior
        )
    assert UnionAward.objects.get().paid_on is None


def test_other_unions_pay_nothing_for_a_call(stage: Cast):
    case, county = walk(stage, entering.HONOURED), stage.actors["county_officer"]
    call = Edition.objects.get(pk=case.edition_id)
    with scope(county), pytest.raises(Forbidden):
        actions.pay_union_awards(call, [case.pk], paid_on=timezone.localdate(), voucher="记-1", actor=county)


def test_what_is_paid_is_ticked_on_the_page_and_goes_out_as_a_list(stage: Cast, client: Client):
    case = walk(stage, entering.HONOURED)
    client.force_login(stage["superior"].user)
    page = reverse("innovations:pay-union-awards", args=[case.edition_id])
    form = client.get(page)
    sent = {
        "once": form.context["once"], "pick": [str(case.pk)],
        "paid_on": timezone.localdate().isoformat(), "voucher": "记-12",
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    assert client.get(page).context["nothing"]
    assert "记-12" in client.get(reverse("innovations:union-awards", args=[case.edition_id])).content.decode()


# ── the roadshow ─────────────────────────────────────────────────────────────


def plan(cast: Cast, call: Edition, *, by: str = "superior", **more) -> Roadshow:
    actor = cast.actors[by]
    said = {"at": timezone.now() + timedelta(days=9), "place": "市工人文化宫", "stream": "", **more}
    with scope(actor):
        return actions.plan_roadshow(call, **said, actor=actor)


def test_public_reads_when_and_where_the_roadshow_is_and_where_to_watch(stage: Cast, client: Client):
    call = Edition.objects.get()
    plan(stage, call)
    plan(stage, call, stream="https://live.example.org/51")  # said again, it is changed
    page = client.get(reverse("innovations:public")).content.decode()
    assert ("市工人文化宫" in page, 'href="https://live.example.org/51"' in page) == (True, True)
    Roadshow.objects.update(at=timezone.now() - timedelta(days=2))
    assert "市工人文化宫" not in client.get(reverse("innovations:public")).content.decode()


def test_notice_of_the_finalists_says_when_the_roadshow_is(stage: Cast):
    plan(stage, Edition.objects.get(), stream="https://live.example.org/51")
    walk(stage, entering.FINALIST)
    text = Publicity.objects.get().text
    assert ("市工人文化宫" in text, "https://live.example.org/51" in text) == (True, True)


@pytest.mark.parametrize(
    ("stream", "refusal"), [("http://live.example.org/51", Refused), ("ftp://x", Refused)]
)
def test_stream_that_is_not_encrypted_is_refused(stage: Cast, stream: str, refusal):
    with pytest.raises(refusal):
        plan(stage, Edition.objects.get(), stream=stream)
    assert Roadshow.objects.count() == 0


def test_only_the_organiser_plans_and_only_where_there_is_a_roadshow(stage: Cast):
    call = Edition.objects.get()
    with pytest.raises(Forbidden):
        plan(stage, call, by="county_officer")
    give_values(stage.city, paper_vs_roadshow={"paper": "100", "roadshow": "0"})
    with pytest.raises(Refused):
        plan(stage, call)


def test_slides_reach_the_judges_who_see_names_and_not_those_who_do_not(stage: Cast):
    case, superior = walk(stage, (*entering.FINALIST, entering.PITCH)), stage.actors["superior"]
    with scope(superior):
        entry = Entry.objects.select_related("case").get(case=case)
        actions.add_slides(entry, [Upload("slides", "路演.png", png(salt=5))], actor=superior)
        named, blind = pack([case], False)[case.pk], pack([case], True)[case.pk]
    files = [part.file for part in named if part.file is not None]
    assert (len(files), [part for part in blind if part.file is not None]) == (2, [])


def test_slides_come_before_the_site_check_and_from_the_organiser(stage: Cast, client: Client):
    case = walk(stage, (*entering.PITCHED, entering.INSPECT))
    superior, county = stage.actors["superior"], stage.actors["county_officer"]
    entry = Entry.objects.select_related("case").get(case=case)
    slides = [Upload("slides", "路演.png", png(salt=6))]
    with scope(superior), pytest.raises(Stale):
        actions.add_slides(entry, slides, actor=superior)
    with scope(county), pytest.raises(Forbidden):
        actions.add_slides(entry, slides, actor=county)


def test_slides_are_added_on_the_page(stage: Cast, client: Client):
    case = walk(stage, (*entering.FINALIST, entering.PITCH))
    client.force_login(stage["superior"].user)
    page = reverse("innovations:slides", args=[case.pk])
    form = client.get(page)
    sent = {
        "once": form.context["once"], "version": form.context["version"],
        "slides": SimpleUploadedFile("路演.png", png(salt=7)),
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    assert "路演.png" in client.get(reverse("innovations:entry", args=[case.pk])).content.decode()


# ── the entry form ───────────────────────────────────────────────────────────


def test_entry_form_has_room_for_the_seal_of_every_union_up_to_the_organiser(stage: Cast, client: Client):
    case = walk(stage, (entering.RECOMMEND,))
    client.force_login(stage["unit_officer"].user)
    page = client.get(reverse("innovations:entry-form", args=[case.pk]))
    assert page.context["seals"][0].pk == stage.works.pk
    assert page.context["seals"][-1].pk == stage.city.pk
    assert stage["applicant"].person.name in page.content.decode()


@pytest.mark.parametrize("state", ["draft", "settled", "cancelled"])
def test_roadshow_is_planned_while_the_call_runs(stage: Cast, state: str):
    other = Edition.objects.create(
        programme="innovations", unit=stage.city, name="另一届（演示）", state=state
    )
    with pytest.raises(Forbidden):
        plan(stage, other)
