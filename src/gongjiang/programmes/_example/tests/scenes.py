"""How the conformance suite plays this programme."""

from datetime import date

from gongjiang.insight.periods import Period
from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import Unit
from gongjiang.programmes._example import actions
from gongjiang.programmes._example.models import Question
from tests.cast import Cast
from tests.conformance.scenes import Page, Step, of_case

WORDS = {"subject": "高温津贴从几月发", "details": "露天岗位从几月开始发？"}


def _ask(cast: Cast, actor: Actor, case: Case | None) -> Case:
    return actions.ask(WORDS, actor=actor, unit=cast.works).case


def _mend(cast: Cast, actor: Actor, case: Case | None) -> Case:
    assert case is not None
    return actions.mend(Question.objects.get(pk=case.pk), WORDS, actor=actor).case


ASK = Step("ask", "applicant", do=_ask)
ANSWER = Step("answer", "unit_officer", {"note": "从 6 月起。"})
RETURN = Step("return", "unit_officer", {"note": "哪个岗位？"})
MEND = Step("mend", "applicant", do=_mend)
WITHDRAW = Step("withdraw", "applicant")
ASK_ONESELF = Step("ask", "unit_officer", do=_ask)

WALKS = {
    "example.question": (
        (ASK,),
        (ASK, ANSWER),
        (ASK, RETURN),
        (ASK, RETURN, MEND),
        (ASK, WITHDRAW),
        (ASK, RETURN, WITHDRAW),
    )
}
REFUSALS = {"example.question": ((ASK_ONESELF, ANSWER),)}

ABOVE = ("county_officer", "superior", "leader")
PAGES = {
    "example:mine": Page("applicant", (ASK,)),
    "example:my-question": Page("applicant", (ASK,), args=of_case),
    "example:mend": Page(
        "applicant", (ASK, RETURN), args=of_case, tells=lambda cast, case: [WORDS["subject"]]
    ),
    "example:ask": Page(
        "applicant", tells=lambda cast, case: [cast.works.name], others=("colleague", "unit_officer")
    ),
    "example:desk": Page("unit_officer", (ASK,), ABOVE),
    "example:question": Page("unit_officer", (ASK,), ABOVE, args=of_case),
}


def _answered(unit: Unit, period: Period, day: date) -> int:
    within = Question.objects.filter(case__path__startswith=unit.path)
    return within.filter(answered_on__gte=period.start, answered_on__lt=period.until).count()


FIGURES = {"example.answered": _answered}
