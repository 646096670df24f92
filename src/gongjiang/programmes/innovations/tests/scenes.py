"""How the conformance suite plays this programme."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from gongjiang.insight.periods import Period
from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.orgs.models import Unit
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.models import Entry, Result
from tests.cast import Cast, open_edition
from tests.conformance.scenes import Page, Step, of_case

WORDS = {
    "title": "带式输送机托辊快换工装",
    "category": "improvement",
    "problem": "换一只托辊要停机四十分钟。",
    "novelty": "用卡槽代替螺栓，一人可换。",
    "effect": "每次停机缩短到八分钟。",
    "put_into_use_on": None,
    "secrecy": "internal",
}


def prepare(cast: Cast) -> None:
    """An open call of the city."""
    open_edition("innovations", cast.city)


def _draft(cast: Cast, actor: Actor, case: Case | None) -> Case:
    evidence = [Upload("photo", "工装.png", png(salt=1))]
    return actions.file_result(WORDS, actor=actor, unit=cast.works, submit=False, evidence=evidence).case


def _draft_without_effect(cast: Cast, actor: Actor, case: Case | None) -> Case:
    return actions.file_result({**WORDS, "effect": ""}, actor=actor, unit=cast.works, submit=False).case


def _recommend(cast: Cast, actor: Actor, case: Case | None) -> Case:
    """Puts an accepted result of the applicant forward; the entry is a case of its own."""
    accepted = None
    for step in (DRAFT, SUBMIT, ACCEPT):
        accepted = step.take(cast, accepted)
    with scope(cast["unit_officer"].actor):
        result = Result.objects.select_related("case__unit").get(case=accepted)
    return actions.recommend(result, Edition.objects.get(), actor=actor, note="值得推广").case


DRAFT = Step("draft", "applicant", do=_draft)
DRAFT_WITHOUT_EFFECT = Step("draft", "applicant", do=_draft_without_effect)
SUBMIT = Step("submit", "applicant")
ACCEPT = Step("accept", "unit_officer")
RETURN = Step("return", "unit_officer", {"note": "请写明节省了多少工时。"})
REFUSE = Step("refuse", "unit_officer", {"note": "与去年的一项相同。"})
ADOPT = Step("adopt", "unit_officer")
DROP = Step("drop", "unit_officer", {"note": "试用中断裂。"})
WITHDRAW = Step("withdraw", "applicant")

RECOMMEND = Step("recommend", "unit_officer", do=_recommend)
ENDORSE = Step("endorse", "county_officer", {"note": "同类矿井都可用。"})
GRANT = Step("grant", "superior")
REFUSE_ENTRY = Step("refuse", "superior", {"note": "未达到推广条件。"})
ENDORSE_AT_THE_TOP = Step("endorse", "superior")
GRANT_BELOW_THE_TOP = Step("grant", "county_officer")

WALKS = {
    "innovations.result": (
        (DRAFT,),
        (DRAFT, SUBMIT),
        (DRAFT, SUBMIT, ACCEPT),
        (DRAFT, SUBMIT, RETURN),
        (DRAFT, SUBMIT, RETURN, SUBMIT),
        (DRAFT, SUBMIT, REFUSE),
        (DRAFT, SUBMIT, ACCEPT, ADOPT),
        (DRAFT, SUBMIT, ACCEPT, DROP),
        (DRAFT, WITHDRAW),
        (DRAFT, SUBMIT, WITHDRAW),
    ),
    "innovations.entry": (
        (RECOMMEND,),
        (RECOMMEND, ENDORSE),
        (RECOMMEND, ENDORSE, GRANT),
        (RECOMMEND, ENDORSE, REFUSE_ENTRY),
        (RECOMMEND, WITHDRAW),
    ),
}
REFUSALS = {
    "innovations.result": ((DRAFT_WITHOUT_EFFECT, SUBMIT),),
    "innovations.entry": ((RECOMMEND, ENDORSE, ENDORSE_AT_THE_TOP), (RECOMMEND, GRANT_BELOW_THE_TOP)),
}

SUBMITTED = (DRAFT, SUBMIT)
ACCEPTED = (*SUBMITTED, ACCEPT)
ABOVE = ("county_officer", "superior", "leader")


def title(cast: Cast, case: Case | None) -> list[str]:
    """What the page is about."""
    return [WORDS["title"]]


PAGES = {
    "innovations:mine": Page("applicant", SUBMITTED),
    "innovations:new": Page(
        "applicant",
        tells=lambda cast, case: ['name="novelty"'],
        others=("colleague", "unit_officer", "neighbour_officer", "stranger"),
    ),
    "innovations:my-result": Page("applicant", SUBMITTED, args=of_case),
    "innovations:edit": Page("applicant", (DRAFT,), args=of_case, tells=title),
    "innovations:my-entry": Page("applicant", (RECOMMEND,), args=of_case),
    "innovations:desk": Page("unit_officer", SUBMITTED, ABOVE),
    "innovations:result": Page("unit_officer", SUBMITTED, ABOVE, args=of_case),
    "innovations:recommend": Page("unit_officer", ACCEPTED, args=of_case, tells=title),
    "innovations:entries": Page("unit_officer", (RECOMMEND,), ABOVE),
    "innovations:entry": Page("unit_officer", (RECOMMEND,), ABOVE, args=of_case),
}


def _during(rows: QuerySet[Any], unit: Unit, column: str, period: Period) -> QuerySet[Any]:
    """The rows of a unit's tree with a day in the period, found the slow and plain way."""
    within = {"case__path__startswith": unit.path}
    return rows.filter(**within, **{f"{column}__gte": period.start, f"{column}__lt": period.until})


def _results(unit: Unit, period: Period, day: date) -> int:
    return _during(Result.objects.all(), unit, "accepted_on", period).count()


def _contributions(unit: Unit, period: Period) -> QuerySet[Participant]:
    return _during(Participant.objects.all(), unit, "case__innovation_result__accepted_on", period)


def _participations(unit: Unit, period: Period, day: date) -> int:
    return _contributions(unit, period).count()


def _participants(unit: Unit, period: Period, day: date) -> int:
    return len(set(_contributions(unit, period).values_list("person", flat=True)))


def _adopted(unit: Unit, period: Period, day: date) -> int:
    adopted = Case.objects.filter(flow="innovations.result", outcome="completed", path__startswith=unit.path)
    days = [timezone.localdate(at) for at in adopted.values_list("closed_at", flat=True)]
    return sum(period.start <= day < period.until for day in days)


def _awarded(unit: Unit, period: Period, day: date) -> int:
    granted = _during(Entry.objects.filter(case__outcome="granted"), unit, "decided_on", period)
    return len(set(granted.values_list("result", flat=True)))


FIGURES = {
    "innovations.results": _results,
    "innovations.participations": _participations,
    "innovations.participants": _participants,
    "innovations.adopted": _adopted,
    "innovations.awarded": _awarded,
}
