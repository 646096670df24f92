"""The steps of an entry, with what happens around them: an open event, judges, notices that end, documents."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pgtrigger
from django.db import connection
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.documents import actions as documents
from gongjiang.kernel.documents.models import Document, DocumentState, NumberWord
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import (
    Case,
    Edition,
    EditionState,
    Participant,
    Quota,
    Window,
    WindowKind,
)
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.publicity.actions import Author, object_to
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review import panels, scoring
from gongjiang.kernel.review.models import Panel, Seat
from gongjiang.programmes.competitions import actions
from gongjiang.programmes.competitions.actions import Content
from gongjiang.programmes.competitions.models import Band, Contest, ContestEvent, Entrant, Entry
from tests.cast import Cast, give_values, person
from tests.conformance.scenes import Step

TRADE, CONTEST = "焊工", "第六届长治职业技能大赛"
#: Invented: what the cast's city has published.
VALUES: dict[str, Any] = {
    "ranks_may_tie": False,
    "min_to_hold": 1,
    "min_for_title": 1,
    "min_for_upgrade": 1,
    "age_least": 18,
    "age_most": 50,
    "events_per_person": 1,
    "publicity_days": 3,
    "prize_table": [{"won": "prize", "name": "一等奖", "first": 1, "last": 2}],
    "upgrade_matrix": [{"first": 1, "last": 3, "grade": "senior"}],
}
SERIAL = count(300)


@contextmanager
def as_owner() -> Iterator[None]:
    """A block in which the tables' owner writes, inside the scope of somebody of the cast."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        role = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE NONE")
        yield
        cursor.execute(f"SET LOCAL ROLE {role}")


def prepare(cast: Cast) -> None:
    """An open event of a contest of the city, officers who are persons too, and an expert who is nobody's colleague."""
    give_values(cast.city, programme="competitions", **VALUES)
    event(cast, contest(cast))
    NumberWord.objects.get_or_create(unit=cast.city, kind="", defaults={"word": "长工发"})
    for name in ("county_officer", "superior"):
        User.objects.filter(pk=cast[name].user.pk, person=None).update(
            person=Person.objects.create(name=f"{name}（演示）", sex="female")
        )
    judge = Person.objects.create(name="裁判（演示）", sex="male")
    User.objects.create_user("referee", None, display_name="裁判", person=judge)


def contest(cast: Cast, name: str = CONTEST, state: str = EditionState.PUBLISHED, **said: Any) -> Edition:
    edition = Edition.objects.create(programme="competitions", unit=cast.city, name=name, state=state, **said)
    now, month = timezone.now(), timedelta(days=30)
    Window.objects.create(edition=edition, kind=WindowKind.APPLY, since=now - month, until=now + month)
    Contest.objects.create(edition=edition, klass="city_1", ordinal=6)
    for position, (won, band, code, first, last) in enumerate(
        (
            ("prize", "一等奖", "", 1, 2),
            ("title", "太行技术状元", "top_technician_title", 1, 1),
            ("title", "太行技术能手", "skilled_hand_title", 2, 12),
        ),
        start=1,
    ):
        Band.objects.create(
            edition=edition, won=won, position=position, name=band, code=code, first=first, last=last
        )
    return edition


def event(
    cast: Cast,
    above: Edition,
    trade: str = TRADE,
    state: str = EditionState.PUBLISHED,
    windows: tuple[tuple[str, datetime, datetime], ...] = (),
    **said: Any,
) -> ContestEvent:
    """An event that takes registrations for a month either way."""
    edition = Edition.objects.create(
        programme="competitions", unit=cast.city, parent=above, name=f"{above.name} {trade}", state=state
    )
    now, month = timezone.now(), timedelta(days=30)
    for kind, since, until in windows or ((WindowKind.APPLY, now - month, now + month),):
        Window.objects.create(edition=edition, kind=kind, since=since, until=until)
    columns: dict[str, Any] = {
        "occupation": "演-01", "trade": trade, "level": "technician", "theory_share": 0, "pass_mark": 60, **said,
    }  # fmt: skip
    return ContestEvent.objects.create(edition=edition, **columns)


def the_event() -> ContestEvent:
    """The stage's own event."""
    return ContestEvent.objects.select_related("edition__unit", "edition__parent").earliest("pk")


def move(name: str, by: str, *also: str, **data: Any) -> Step:
    return Step(name, by, data, also=also)


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


def both(*parts: Any) -> Any:
    def after(cast: Cast, case: Case) -> None:
        for part in parts:
            part(cast, case)

    return after


def _draft(cast: Cast, actor: Actor, case: Case | None) -> Case:
    """The applicant's draft in the stage's event; whoever stands in it already drafts in that of a further contest."""
    with as_owner():
        where = the_event()
        if Entrant.objects.filter(person=actor.person, live=True).exists():
            serial = Edition.objects.count()
            where = event(cast, contest(cast, f"第{serial}届演示竞赛"))
    return actions.enter(where, Content(), actor=actor, unit=cast.works, submit=False).case


def newcomer(cast: Cast) -> Person:
    """Somebody new at the works."""
    with as_owner():
        serial = next(SERIAL)
        made, _number, _phone = person(f"选手演{serial}", serial, entity=cast.works.entities.get())
    return made


def _draft_for(cast: Cast, actor: Actor, case: Case | None) -> Case:
    someone = newcomer(cast)
    return actions.register_for(
        the_event(), [someone.pk], Content(), actor=actor, unit=cast.works, submit=False
    ).case


def another(cast: Cast, case: Case, *, check_in: bool = True) -> Case:
    """Another entry of the same event, admitted, by the same way."""
    where, officer = ContestEvent.objects.get(edition=case.edition_id), cast.actors["unit_officer"]
    someone = newcomer(cast)
    with scope(officer):
        made = actions.register_for(
            where, [someone.pk], Content(), actor=officer, unit=cast.works, submit=True
        ).case
    for step in (VOUCH, CHECK, ADMIT, *((CHECK_IN,) if check_in else ())):
        made = step.take(cast, made)
    return made


def judge(stage: str, *, passes: int = 0, better: bool = False, equal: bool = False, points: int = 80) -> Any:
    """Afterwards: a panel of this stage judges and locks; with `better` or `equal`, another entry goes before it."""

    def after(cast: Cast, case: Case) -> None:
        cases = {case.pk: Decimal(points)}
        if better or equal:
            cases[another(cast, case).pk] = Decimal(points + 10 * better)
        panel_of(cast, stage, cases, passes=passes)

    return after


def panel_of(cast: Cast, stage: str, cases: dict[int, Decimal], *, passes: int = 0) -> Panel:
    """A locked panel of one judge that gave these points."""
    superior = cast.actors["superior"]
    with as_owner():
        expert = load(User.objects.get(username="referee").pk)
        edition = Case.objects.get(pk=next(iter(cases))).edition
    assert edition is not None
    with scope(superior):
        panel = panels.create_panel(edition, cast.city, actor=superior, stage=stage, name=stage)
        panels.configure(
            panel, actor=superior, blind=False, minimum=1, drop=0, precision=2, rounding="half_up", passes=passes,
            reserves=0,
        )  # fmt: skip
        panels.set_criteria(
            panel, [{"name": "总评", "weight": Decimal(100), "maximum": Decimal(100)}], actor=superior
        )
        panels.set_ties(panel, [("admit_all", None)], actor=superior)
        panels.seat(panel, "referee", "panelist", actor=superior)
        panels.enter(panel, list(cases), actor=superior)
        panel = panels.open_panel(panel, actor=superior)
    with scope(expert):
        seat = Seat.objects.get(panel=panel, user=expert.user)
        scoring.swear(seat, actor=expert)
        criterion = panel.criteria.get()
        for item in panel.items.select_related("decoding"):
            scoring.score(seat, item, {criterion.pk: cases[item.decoding.case_id]}, actor=expert)
    with scope(superior):
        panel = Panel.objects.get(pk=panel.pk)
        seen = scoring.preview(panel, actor=superior)
        return scoring.lock(panel, actor=superior, fingerprint=seen.fingerprint)


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
        publicity, author=Author("赵演示", "13900001111"), matter="用了自带的夹具。", request=uuid.uuid4(), position=1,
    )  # fmt: skip
    over(cast, case)


def appeals_open(cast: Cast, case: Case) -> None:
    """Afterwards: the event still takes appeals."""
    now = timezone.now()
    with as_owner():
        Window.objects.create(
            edition_id=case.edition_id, kind=WindowKind.APPEAL, since=now - timedelta(hours=1),
            until=now + timedelta(hours=1),
        )  # fmt: skip


def day_ahead(cast: Cast, case: Case) -> None:
    """Afterwards: the event begins tomorrow."""
    tomorrow = timezone.now() + timedelta(days=1)
    with as_owner():
        Window.objects.create(
            edition_id=case.edition_id,
            kind=WindowKind.REVIEW,
            since=tomorrow,
            until=tomorrow + timedelta(hours=9),
        )


def no_bands(cast: Cast, case: Case) -> None:
    with as_owner():
        Band.objects.filter(edition__children=case.edition_id).delete()


def prize_lost(cast: Cast, case: Case) -> None:
    """Afterwards: nothing is won by it any more."""
    with as_owner():
        Entry.objects.filter(case=case).update(prize=None, title=None)


def no_places(cast: Cast, case: Case) -> None:
    with scope(cast.actors["superior"]):
        for unit in (cast.works, cast.county):
            Quota.objects.create(edition_id=case.edition_id, unit=unit, limit=0)


def closed_registration(cast: Cast, case: Case) -> None:
    with as_owner():
        Window.objects.filter(edition_id=case.edition_id).update(until=timezone.now() - timedelta(hours=1))


def too_few(cast: Cast, case: Case) -> None:
    with as_owner(), pgtrigger.ignore():
        from gongjiang.kernel.parameters.models import Provision

        Provision.objects.filter(programme="competitions", name="min_to_hold").update(value=30)


def with_part(name: str) -> Any:
    """Afterwards: this member of the cast has a part in the case."""

    def after(cast: Cast, case: Case) -> None:
        with as_owner(), pgtrigger.ignore("lifecycle.Participant:participant_frozen"):
            Participant.objects.create(
                case=case, person_id=cast.actors[name].person, role="coach", position=9, unit=cast.works
            )

    return after


def of_students(cast: Cast, case: Case) -> None:
    with as_owner():
        Entry.objects.filter(case=case).update(group="students")


def entered_before(cast: Cast, case: Case) -> None:
    """Afterwards: the same person stands in the event already."""
    made = actions.enter(
        the_event(), Content(), actor=cast.actors["applicant"], unit=cast.works, submit=False
    )
    door.transition(made.case, "submit", actor=cast.actors["applicant"])


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


NOTE = {"note": "请按意见办理。（演示）"}
NO_DOCUMENT = {"document": -1}

DRAFT = Step("draft", "applicant", do=_draft)
DRAFT_FOR = Step("draft_for", "unit_officer", do=_draft_for)
SUBMIT = move("submit", "applicant")
SUBMIT_FOR = move("submit", "unit_officer")
VOUCH = move("vouch", "unit_officer")
CHECK = move("check", "county_officer", note="材料齐全。")
ADMIT = move("admit", "superior")
RETURN = move("return", "unit_officer", **NOTE)
REFUSE = move("refuse", "superior", **NOTE)
CHECK_IN = move("check_in", "superior")
ABSENT = move("absent", "superior")
END_EARLY = move("end_early", "superior")
JUDGED = then(CHECK_IN, judge("practice"))
OUT = then(CHECK_IN, judge("theory", passes=1, better=True))
PUBLICISE = then(move("publicise", "superior"), over)
CONFIRM = by_decision("confirm")
FINISH = move("finish", "superior")
HAND_OVER = move("hand_over", "superior")
DISQUALIFY = move("disqualify", "superior", **NOTE)
WITHDRAW = move("withdraw", "applicant", "unit_officer")
REVOKE = by_decision("revoke", **NOTE)

AT_CITY = (DRAFT, SUBMIT, VOUCH, CHECK)
ADMITTED = (*AT_CITY, ADMIT)
RANKED = (*ADMITTED, JUDGED, PUBLICISE)
AWARDED = (*RANKED, CONFIRM)
UNRANKED = (*ADMITTED, then(JUDGED, no_bands), PUBLICISE)

WALKS = (
    (DRAFT,),
    (DRAFT_FOR,),
    (DRAFT, SUBMIT),
    (DRAFT_FOR, SUBMIT_FOR),
    (DRAFT, SUBMIT, VOUCH),
    AT_CITY,
    ADMITTED,
    (DRAFT, SUBMIT, RETURN),
    (*AT_CITY, REFUSE),
    (*ADMITTED, CHECK_IN),
    (*ADMITTED, ABSENT),
    (*ADMITTED, OUT, END_EARLY),
    RANKED,
    AWARDED,
    (*UNRANKED, FINISH),
    (*AWARDED, HAND_OVER),
    (*ADMITTED, DISQUALIFY),
    (DRAFT, SUBMIT, WITHDRAW),
    (*AWARDED, HAND_OVER, REVOKE),
)

_TIED = then(CHECK_IN, judge("practice", equal=True))
_CONFIRM_BY_NONE = Step("confirm", "superior", NO_DOCUMENT)
_REVOKE_BY_NONE = Step("revoke", "superior", {**NOTE, **NO_DOCUMENT})
_OBJECTED = then(move("publicise", "superior"), objected)
_RUNNING = move("publicise", "superior")
_FINISH_OBJECTED = (*ADMITTED, then(JUDGED, no_bands), _OBJECTED, FINISH)

REFUSALS = (
    (then(DRAFT, closed_registration), SUBMIT),
    (then(DRAFT, of_students), SUBMIT),
    (then(DRAFT, entered_before), SUBMIT),
    (DRAFT, then(SUBMIT, with_part("unit_officer")), VOUCH),
    (DRAFT, then(SUBMIT, no_places), VOUCH),
    (*AT_CITY, move("check", "superior")),
    (DRAFT, SUBMIT, then(VOUCH, with_part("county_officer")), CHECK),
    (DRAFT, SUBMIT, then(VOUCH, no_places), CHECK),
    (DRAFT, SUBMIT, VOUCH, move("admit", "county_officer")),
    (DRAFT, SUBMIT, VOUCH, then(CHECK, with_part("superior")), ADMIT),
    (DRAFT, SUBMIT, VOUCH, then(CHECK, with_part("superior")), REFUSE),
    (*AT_CITY, then(ADMIT, day_ahead), CHECK_IN),
    (*AT_CITY, then(ADMIT, day_ahead), ABSENT),
    (*AT_CITY, then(ADMIT, too_few), CHECK_IN),
    (*ADMITTED, CHECK_IN, CHECK_IN),
    (*ADMITTED, CHECK_IN, ABSENT),
    (*ADMITTED, CHECK_IN, END_EARLY),
    (*ADMITTED, move("publicise", "superior")),
    (*ADMITTED, CHECK_IN, move("publicise", "superior")),
    (*ADMITTED, _TIED, move("publicise", "superior")),
    (*ADMITTED, JUDGED, _RUNNING, CONFIRM),
    (*ADMITTED, JUDGED, _OBJECTED, CONFIRM),
    (*ADMITTED, JUDGED, then(PUBLICISE, appeals_open), CONFIRM),
    (*ADMITTED, JUDGED, then(PUBLICISE, prize_lost), CONFIRM),
    (*RANKED, _CONFIRM_BY_NONE),
    (*ADMITTED, then(JUDGED, no_bands), _RUNNING, FINISH),
    _FINISH_OBJECTED,
    (*ADMITTED, then(JUDGED, no_bands), then(PUBLICISE, appeals_open), FINISH),
    (*RANKED, FINISH),
    (*ADMITTED, CHECK_IN, WITHDRAW),
    (*AT_CITY, REFUSE, _REVOKE_BY_NONE),
)
