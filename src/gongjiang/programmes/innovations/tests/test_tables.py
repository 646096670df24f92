"""A table of benefit that a machine has read: nothing counts before a person has compared it. Edge case 14."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.models import BenefitTable, Result
from tests.cast import Cast
from tests.conformance.scenes import walk

from .scenes import ACCEPTED, DRAFT, DRAFT_WITH_TABLE, SUBMITTED, TABLE, prepare, result_of

pytestmark = pytest.mark.django_db
WORDS = {"method": "台账相减", "compared": "上年", "basis": "台账"}
LINE = actions.Compared("saving", date(2024, 1, 1), date(2025, 1, 1), 12_600_000)
OTHER = actions.Compared("profit", date(2025, 1, 1), date(2025, 11, 1), 1_260_000)


@pytest.fixture
def stage(cast: Cast) -> Cast:
    prepare(cast)
    return cast


def paper(salt: int = 51) -> list[Upload]:
    return [Upload("table", "效益表.png", png(salt=salt))]


def test_nothing_counts_and_nothing_is_submitted_before_somebody_compared_it(stage: Cast):
    case, author = walk(stage, (DRAFT_WITH_TABLE,)), stage["applicant"].actor
    result = Result.objects.get(pk=case.pk)
    assert list(queries.benefit(result)) == []
    with scope(author):
        with pytest.raises(Refused) as refused:
            door.transition(case, "submit", actor=author)
        table = BenefitTable.objects.get()
        assert [r.url for r in refused.value.reasons[case.pk]] == [
            reverse("innovations:compare", args=[table.pk])
        ]
        actions.compare_table(table, [LINE, OTHER], WORDS, actor=author)
        door.transition(case, "submit", actor=author)
    lines = queries.benefit(result).order_by("since").values_list("value", "level", "method")
    assert list(lines) == [
        (12_600_000, "self_reported", "台账相减"),
        (1_260_000, "self_reported", "台账相减"),
    ]


def test_table_is_compared_once(stage: Cast):
    walk(stage, (DRAFT_WITH_TABLE,))
    author, table = stage["applicant"].actor, BenefitTable.objects.get()
    with scope(author):
        assert actions.compare_table(table, [], WORDS, actor=author).taken == 0
        with pytest.raises(Stale):
            actions.compare_table(table, [LINE], WORDS, actor=author)
    assert list(queries.benefit(Result.objects.get())) == []


def test_one_wrong_line_takes_none_over(stage: Cast):
    walk(stage, (DRAFT_WITH_TABLE,))
    author, table = stage["applicant"].actor, BenefitTable.objects.get()
    two_years = actions.Compared("profit", date(2024, 6, 1), date(2025, 6, 1), 1_260_000)
    with scope(author):
        with pytest.raises(Refused):
            actions.compare_table(table, [LINE, two_years], WORDS, actor=author)
        table.refresh_from_db()
    assert (table.compared_at, list(queries.benefit(Result.objects.get()))) == (None, [])


@pytest.mark.parametrize(
    ("text", "papers", "field"), [(TABLE, 0, "table"), ("效益情况说明\n年度 类别 金额", 1, "text")]
)
def test_table_without_paper_or_figures_is_refused(stage: Cast, text: str, papers: int, field: str):
    case, author = walk(stage, (DRAFT,)), stage["applicant"].actor
    with scope(author), pytest.raises(Refused) as refused:
        actions.bring_table(result_of(case), text, paper()[:papers], actor=author)
    assert [r.field for r in refused.value.reasons[case.pk]] == [field]
    assert BenefitTable.objects.count() == 0


def test_author_brings_none_once_it_is_submitted_and_strangers_none_at_all(stage: Cast):
    case, author = walk(stage, SUBMITTED), stage["applicant"].actor
    with scope(author), pytest.raises(Stale):
        actions.bring_table(result_of(case), TABLE, paper(), actor=author)
    stranger = stage["neighbour_officer"].actor
    with scope(stranger), pytest.raises(Forbidden):
        actions.bring_table(Result(pk=case.pk), TABLE, paper(), actor=stranger)


def test_enterprise_brings_one_during_the_trial(stage: Cast):
    case, officer = walk(stage, ACCEPTED), stage["unit_officer"].actor
    with scope(officer):
        table = actions.bring_table(result_of(case), TABLE, paper(), actor=officer)
        actions.compare_table(table, [LINE], WORDS, actor=officer)
    assert queries.benefit(Result.objects.get(pk=case.pk)).get().value == 12_600_000


def test_page_shows_the_paper_beside_each_line_with_its_doubts(stage: Cast, client: Client):
    case = walk(stage, (DRAFT,))
    client.force_login(stage["applicant"].user)
    page = reverse("innovations:table", args=[case.pk])
    form = client.get(page)
    once = {"once": form.context["once"], "version": form.context["version"]}
    sent = {**once, "text": TABLE, "table": SimpleUploadedFile("效益表.png", png(salt=2))}
    shown = client.post(page, sent, follow=True)
    assert shown.context["link"] in shown.content.decode()
    first, second = shown.context["form"].blocks
    assert (first["line"].doubts, bool(second["line"].doubts)) == ([], True)
    compare = shown.redirect_chain[-1][0]
    once = {"once": shown.context["once"], "version": shown.context["version"]}
    answers = {
        **once, **WORDS, "same_0": "yes", "kind_0": "saving", "since_0": "2024-01-01", "last_0": "2024-12-31",
        "yuan_0": "126000", "same_1": "yes", "kind_1": "profit", "since_1": "2025-01-01", "last_1": "2025-10-31",
    }  # fmt: skip
    assert list(client.post(compare, answers).context["form"].errors) == ["yuan_1"]
    assert client.post(compare, {**answers, "same_1": "no"}).status_code == 302
    assert queries.benefit(Result.objects.get(pk=case.pk)).get().value == 12_600_000
