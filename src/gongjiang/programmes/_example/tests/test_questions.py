"""A question, told by what people do with it. What holds for every programme is tested by the conformance suite."""

import pytest

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Refused
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import live
from gongjiang.programmes._example import actions
from gongjiang.programmes._example.models import Question
from gongjiang.programmes._example.permissions import VIEW
from tests.cast import Cast

WORDS = {"subject": "高温津贴", "details": "从几月开始发？"}


def ask(cast: Cast, actor: Actor) -> Question:
    with scope(actor):
        return actions.ask(WORDS, actor=actor, unit=cast.works)


def test_question_asked_is_the_turn_of_the_workplace(cast: Cast) -> None:
    question = ask(cast, cast["applicant"].actor)
    turn = live(question.case)
    assert turn is not None
    assert (question.case.state, turn.unit, turn.role) == (State.SUBMITTED, cast.works, "unit_officer")


def test_question_returned_is_mended_and_answered(cast: Cast) -> None:
    asker, officer = cast["applicant"].actor, cast["unit_officer"].actor
    question = ask(cast, asker)
    with scope(officer):
        door.transition(question.case, "return", actor=officer, note="哪个岗位？")
    with scope(asker):
        mine = Question.objects.select_related("case").get()
        actions.mend(mine, {**WORDS, "details": "露天岗位从几月开始发？"}, actor=asker)
    with scope(officer):
        case = door.transition(question.case, "answer", actor=officer, note="6 月。")
    question.refresh_from_db()
    assert (case.outcome, question.details) == (Outcome.COMPLETED, "露天岗位从几月开始发？")
    assert [e.name for e in case.events.order_by("version")] == ["ask", "return", "mend", "answer"]
    assert question.answered_on is not None


def test_question_of_the_officer_is_refused_to_the_same_officer(cast: Cast) -> None:
    officer = cast["unit_officer"].actor
    question = ask(cast, officer)
    with scope(officer), pytest.raises(Refused) as refusal:
        door.transition(question.case, "answer", actor=officer, note="6 月。")
    assert list(refusal.value.reasons) == [question.pk]


def test_question_is_seen_by_asker_and_upwards_only(cast: Cast) -> None:
    question = ask(cast, cast["applicant"].actor)
    seen = []
    for name, actor in cast.actors.items():
        with scope(actor):
            if VIEW.filter(Question.objects.filter(pk=question.pk), actor, "case__").exists():
                seen.append(name)
    assert seen == ["applicant", "unit_officer", "county_officer", "superior", "leader"]
