"""The steps of an entry, with what happens around them: panels that judge, notices that end, checks, documents."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import connection
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.documents import actions as documents
from gongjiang.kernel.documents.models import Document, DocumentState, NumberWord
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant, Quota
from gongjiang.kernel.parameters.models import Provision
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.publicity.actions import Author, object_to
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review import panels, scoring
from gongjiang.kernel.review.models import Panel, Seat
from gongjiang.programmes.innovations import actions
from gongjiang.programmes.innovations.models import Entry, Prize, Result
from gongjiang.programmes.innovations.rules import title_key
from tests.cast import Cast, give_values, open_edition
from tests.conformance.scenes import Step

TITLE = "托辊快换工装"


def prepare(cast: Cast) -> None:
    """An open call of the city with prizes, officers who are persons too, and an expert who is nobody's colleague."""
    edition = open_edition("innovations", cast.city)
    Prize.objects.create(edition=edition, position=1, name="一等奖", places=1)
    NumberWord.objects.create(unit=cast.city, word="长工发")
    for name in ("county_officer", "superior"):
        User.objects.filter(pk=cast[name].user.pk).update(
            person=Person.objects.create(name=f"{name}（演示）", sex="female")
        )
    judge = Person.objects.create(name="专家（演示）", sex="male")
    User.objects.create_user("expert", None, display_name="专家", person=judge)


@contextmanager
def as_owner() -> Iterator[None]:
    """A block in which the tables' owner writes, inside the scope of somebody of the cast."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE NONE")
        yield
        cursor.execute(f"SET LOCAL ROLE {role}")


def move(name: str, by: str, **data: Any) -> Step:
    return Step(name, by, data)


def then(step: Step, after: Any) -> Step:
    """The step, and afterwards `after(cast, case)`."""

    def do(cast: Cast, actor: Actor, case: Case | None) -> Case:
        if step.do is not None:
            made = step.do(cast, actor, case)
        else:
            assert case is not None
            made = door.transition(case, step.name, actor=actor, **step.data)
        after(cast, made)
        return made

    return replace(step, do=do)


def judge(stage: str, *, passes: int = 0, better: bool = False) -> Any:
    """Afterwards: a panel of this stage judges the case and is locked; with `better`, another entry goes before it."""

    def after(cast: Cast, case: Case) -> None:
        cases = [case.pk, *([_another(cast, case)] if better else [])]
        superior = cast.actors["superior"]
        with as_owner():
            expert = load(User.objects.get(username="expert").pk)
        with scope(superior):
            edition = Edition.objects.get(pk=case.edition_id)
            panel = panels.create_panel(edition, cast.city, actor=superior, stage=stage, name=stage)
            panels.configure(
                panel, actor=superior, blind=False, minimum=1, drop=0, precision=2, rounding="half_up",
                passes=passes, reserves=0,
            )  # fmt: skip
            panels.set_criteria(
                panel, [{"name": "创新性", "weight": Decimal(100), "maximum": Decimal(100)}], actor=superior
            )
            panels.set_ties(panel, [("admit_all", None)], actor=superior)
            panels.seat(panel, "expert", "panelist", actor=superior)
            panels.enter(panel, cases, actor=superior)
            panel = panels.open_panel(panel, actor=superior)
        with scope(expert):
            seat = Seat.objects.get(panel=panel, user=expert.user)
            scoring.swear(seat, actor=expert)
            criterion = panel.criteria.get()
            for item in panel.items.select_related("decoding"):
                points = Decimal(80) if item.decoding.case_id == case.pk else Decimal(90)
                scoring.score(seat, item, {criterion.pk: points}, actor=expert)
        with scope(superior):
            panel = Panel.objects.get(pk=panel.pk)
            seen = scoring.preview(panel, actor=superior)
            scoring.lock(panel, actor=superior, fingerprint=seen.fingerprint)

    return after


def _another(cast: Cast, case: Case) -> int:
    """Another entry of the call, on its way before the same panel."""
    officer = cast.actors["unit_officer"]
    with scope(officer):
        made = _put_forward(cast, officer, title="液压支架快换销轴")
    for step in (SEND, ENDORSE, ADMIT):
        made = step.take(cast, made)
    return made.pk


def over(cast: Cast, case: Case) -> None:
    """Afterwards: the notice that the case stands in is over."""
    with as_owner(), pgtrigger.ignore("publicity.Publicity:publicity_is_frozen"):
        past = timezone.now() - timedelta(days=1)
        Publicity.objects.filter(cases__case=case, ended_at=None).update(
            opened_at=past - timedelta(days=9), closes_at=past
        )


def objected(cast: Cast, case: Case) -> None:
    """Afterwards: somebody objects to the case's row, and then the notice is over."""
    publicity = Publicity.objects.filter(cases__case=case).latest("pk")
    object_to(
        publicity, author=Author("赵演示", "13900001111"), matter="这项成果不是他们做的。",
        request=uuid.uuid4(), position=1,
    )  # fmt: skip
    over(cast, case)


def named(cast: Cast, case: Case) -> None:
    """Afterwards: the entry has a title that may be public."""
    superior = cast.actors["superior"]
    with scope(superior):
        entry = Entry.objects.select_related("case").get(case=case)
        actions.name_in_public(entry, TITLE, actor=superior)


def unnamed(cast: Cast, case: Case) -> None:
    with as_owner():
        Entry.objects.filter(case=case).update(public_title="")


def checked(passed: bool = True) -> Any:
    """Afterwards: two checkers have been there."""

    def after(cast: Cast, case: Case) -> None:
        superior = cast.actors["superior"]
        with scope(superior):
            entry = Entry.objects.select_related("case__edition").get(case=case)
            actions.check_on_site(
                entry, on=timezone.localdate(), visitors=("周演示", "吴演示"), findings="现场在用，与申报一致。",
                passed=passed, actor=superior,
            )  # fmt: skip

    return after


def both(*parts: Any) -> Any:
    def after(cast: Cast, case: Case) -> None:
        for part in parts:
            part(cast, case)

    return after


def no_prizes(cast: Cast, case: Case) -> None:
    with as_owner():
        Prize.objects.filter(edition=case.edition_id).delete()


GRADES = ["推荐使用", "参考使用", "特殊条件下参考使用"]


def graded(cast: Cast, case: Case) -> None:
    """The call gives grades of recommendation instead of ranks."""
    with as_owner():
        give_values(cast.city, outcome_mode="grade", outcome_grades=GRADES)


def with_bands(cast: Cast, case: Case) -> None:
    """The union adds an award and money to the first prize."""
    if Provision.objects.filter(name="union_award_bands").exists():
        return
    with as_owner():
        bands = [
            {"band": 1, "award": "省五一劳动奖章", "reward": 2_000_000},
            {"band": 2, "reward": 1_000_000},
        ]
        give_values(cast.city, union_award_bands=bands)


def give_grade(grade: str) -> Any:
    """Afterwards: the organiser has given it this grade."""

    def after(cast: Cast, case: Case) -> None:
        superior = cast.actors["superior"]
        with scope(superior):
            edition = Edition.objects.get(pk=case.edition_id)
            actions.give_grades(edition, {case.pk: grade}, actor=superior)

    return after


def no_places(cast: Cast, case: Case) -> None:
    with scope(cast.actors["superior"]):
        Quota.objects.create(edition_id=case.edition_id, unit=cast.works, limit=0)


def with_part(name: str) -> Any:
    """Afterwards: this member of the cast has a part in the case."""

    def after(cast: Cast, case: Case) -> None:
        with as_owner(), pgtrigger.ignore("lifecycle.Participant:participant_frozen"):
            person = cast.actors[name].person
            Participant.objects.create(case=case, person_id=person, role="maker", position=9, unit=cast.works)

    return after


def dropped(cast: Cast, case: Case) -> None:
    """Afterwards: the result behind the entry is given up."""
    officer = cast.actors["unit_officer"]
    with scope(officer):
        result = Entry.objects.select_related("result__case").get(case=case).result.case
        door.transition(result, "drop", actor=officer, note="试用中断裂。")


def decision(cast: Cast) -> Document:
    """A decision of the city that is in force."""
    superior = cast.actors["superior"]
    with scope(superior):
        made = documents.issue(
            "decision",
            unit=cast.city,
            title="关于表彰的决定",
            context={"paragraphs": ["（演示）"]},
            actor=superior,
        )
    with as_owner(), pgtrigger.ignore():
        Document.objects.filter(pk=made.pk).update(state=DocumentState.ISSUED)
    made.refresh_from_db()
    return made


def by_decision(name: str, **data: Any) -> Step:
    """A move that a decision in force stands behind."""

    def do(cast: Cast, actor: Actor, case: Case | None) -> Case:
        assert case is not None
        return door.transition(case, name, actor=actor, document=decision(cast).pk, **data)

    return Step(name, "superior", do=do)


def _recommend(cast: Cast, actor: Actor, case: Case | None) -> Case:
    """Puts an accepted result of the applicant forward; the entry is a case of its own, each of another result."""
    with as_owner():
        before = Entry.objects.count()
    serial = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in str(before))
    return _put_forward(cast, actor, title=f"{serial}型托辊快换工装" if before else "")


def _put_forward(cast: Cast, actor: Actor, title: str = "") -> Case:
    from .scenes import ACCEPT, DETAILS, DRAFT, SUBMIT, result_of

    accepted = None
    for step in (DRAFT, SUBMIT, ACCEPT):
        accepted = step.take(cast, accepted)
        if title and step is DRAFT:
            with as_owner():
                Result.objects.filter(case=accepted).update(title=title, title_key=title_key(title), bands=[])
    officer = cast.actors["unit_officer"]
    with scope(officer):
        result = result_of(accepted)
        for like in result.likenesses.all():
            actions.judge(like, "different", "部位相同，做法不同。", actor=officer)
    call = Edition.objects.earliest("pk")  # the stage's own; a page of the scenes opens another one
    return actions.recommend(result, call, actor=actor, details=DETAILS).case


NOTE = {"note": "请按意见办理。（演示）"}
NO_DOCUMENT = {"document": -1}

RECOMMEND = Step("recommend", "unit_officer", do=_recommend)
SEND = move("endorse", "unit_officer")
ENDORSE = move("endorse", "county_officer", note="同类矿井都可用。")
CALL_BACK = move("call_back", "unit_officer", **NOTE)
SEND_BACK = move("send_back", "county_officer", **NOTE)
ADMIT = then(move("admit", "superior"), named)
PASSED = then(ADMIT, judge("paper"))
NOT_PASSED = then(ADMIT, judge("paper", passes=1, better=True))
REFUSE = move("refuse", "superior", **NOTE)
SHORTLIST = then(move("shortlist", "superior"), over)
PITCH = move("pitch", "superior")
SEEN = then(PITCH, judge("roadshow"))
INSPECT = move("inspect", "superior")
CHECKED = then(INSPECT, checked())
RANK = then(move("rank", "superior"), over)
AWARD = by_decision("award")
CLOSE = move("close", "superior")
ELIMINATE = move("eliminate", "superior", **NOTE)
SUSPEND = move("suspend", "superior", **NOTE)
RESUME = move("resume", "superior", **NOTE)
DISQUALIFY = move("disqualify", "superior", **NOTE)
WITHDRAW = move("withdraw", "applicant")
REVOKE = by_decision("revoke", **NOTE)

AT_CITY = (RECOMMEND, SEND, ENDORSE)
JUDGED = (*AT_CITY, PASSED)
FINALIST = (*JUDGED, SHORTLIST)
PITCHED = (*FINALIST, SEEN)
RANKED = (*PITCHED, CHECKED, RANK)
AWARDED = (*RANKED, AWARD)
TO_GRADE = (*PITCHED, then(CHECKED, graded))
GRADED = (*PITCHED, then(CHECKED, both(graded, give_grade(GRADES[1]))), RANK)
HONOURED = (*PITCHED, CHECKED, then(RANK, with_bands), AWARD)

WALKS = (
    (RECOMMEND,),
    (RECOMMEND, SEND),
    AT_CITY,
    (RECOMMEND, SEND, CALL_BACK),
    (RECOMMEND, SEND, SEND_BACK),
    (*AT_CITY, ADMIT),
    (*AT_CITY, REFUSE),
    FINALIST,
    (*AT_CITY, NOT_PASSED, ELIMINATE),
    (*FINALIST, PITCH),
    (*PITCHED, INSPECT),
    RANKED,
    AWARDED,
    (*AWARDED, CLOSE),
    (*FINALIST, SUSPEND),
    (*FINALIST, SUSPEND, RESUME),
    (*JUDGED, DISQUALIFY),
    (RECOMMEND, SEND, WITHDRAW),
    (*AWARDED, CLOSE, REVOKE),
)

_OBJECTED = then(move("shortlist", "superior"), objected)
_RANK_OBJECTED = then(move("rank", "superior"), objected)
_AWARD_BY_NONE = Step("award", "superior", NO_DOCUMENT)
_REVOKE_BY_NONE = Step("revoke", "superior", {**NOTE, **NO_DOCUMENT})

REFUSALS = (
    (*AT_CITY, move("endorse", "superior")),
    (then(RECOMMEND, with_part("unit_officer")), SEND),
    (then(RECOMMEND, dropped), SEND),
    (then(RECOMMEND, no_places), SEND),
    (RECOMMEND, move("send_back", "unit_officer", **NOTE)),
    (RECOMMEND, then(SEND, with_part("county_officer")), SEND_BACK),
    (RECOMMEND, SEND, move("admit", "county_officer")),
    (RECOMMEND, SEND, then(ENDORSE, with_part("superior")), ADMIT),
    (RECOMMEND, SEND, then(ENDORSE, dropped), ADMIT),
    (RECOMMEND, SEND, then(ENDORSE, with_part("superior")), REFUSE),
    (*AT_CITY, ADMIT, SHORTLIST),
    (*PITCHED, SHORTLIST),
    (*AT_CITY, then(PASSED, unnamed), SHORTLIST),
    (*AT_CITY, ADMIT, ELIMINATE),
    (*JUDGED, move("shortlist", "superior"), PITCH),
    (*JUDGED, _OBJECTED, PITCH),
    (*RANKED, PITCH),
    (*FINALIST, PITCH, INSPECT),
    (*PITCHED, INSPECT, RANK),
    (*PITCHED, then(INSPECT, both(checked(), no_prizes)), RANK),
    (*PITCHED, then(CHECKED, graded), RANK),
    (*PITCHED, then(CHECKED, unnamed), RANK),
    (*PITCHED, CHECKED, move("rank", "superior"), AWARD),
    (*PITCHED, CHECKED, _RANK_OBJECTED, _AWARD_BY_NONE),
    (*RANKED, _AWARD_BY_NONE),
    (*AT_CITY, REFUSE, _REVOKE_BY_NONE),
)
