"""How the conformance suite plays this programme.

The colleague of the cast is the finance clerk of the works, and the leader of its one team.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gongjiang.kernel.access.actor import Actor, load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.tests.samples import png
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.targets.models import Reading
from gongjiang.programmes.innovations import actions, queries
from gongjiang.programmes.innovations.models import (
    BenefitTable,
    Card,
    Conversion,
    Interest,
    Likeness,
    Patent,
    Result,
    Reward,
)
from gongjiang.programmes.innovations.rules import WEIGHTS
from tests.cast import SINCE, Cast, give_values
from tests.conformance.scenes import Page, Step, of_case, walk

from . import entering
from .entering import RECOMMEND, then
from .figures import FIGURES as FIGURES

WORDS: dict[str, Any] = {
    "title": "带式输送机托辊快换工装",
    "category": "improvement",
    "problem": "换一只托辊要停机四十分钟。",
    "novelty": "用卡槽代替螺栓，一人可换。",
    "effect": "每次停机缩短到八分钟。",
    "put_into_use_on": None,
    "secrecy": "internal",
}
DETAILS = {
    "done_from": date(2024, 10, 1),
    "done_to": date(2025, 2, 28),
    "put_into_use_on": date(2025, 3, 1),
    "second_class": "equipment",
    "topic": "production",
    "industry": "0610",
    "ownership": "duty",
    "gov_plan": False,
    "gov_award": False,
    "disputed": False,
}
GRADED_CALL = "推荐等次征集（演示）"
LINE = {
    "since": date(2025, 1, 1),
    "until": date(2025, 11, 1),
    "method": "每月少停机六次，每次二千元。",
    "compared": "上年同期停机记录。",
    "basis": "生产部停机台账，设备部工时单。",
}
FEN = 12_000_000
#: What a card of the library says is open to every union's officers.
OPENED = ("innovations_card",)


def prepare(cast: Cast) -> None:
    """An open call of the city, somebody who signs for the works, and a team of the works with its leader."""
    entering.prepare(cast)
    led = tree.add(
        cast.works, on=SINCE, code="T1", name="机修班（演示）", kind="team", level="enterprise",
        region=cast.works.region,
    )  # fmt: skip
    Grant.objects.create(user=cast["colleague"].user, role=Role.TEAM_LEADER, unit=led, since=SINCE)
    Grant.objects.create(user=cast["colleague"].user, role=Role.FINANCE_MAKER, unit=cast.works, since=SINCE)


def result_of(case: Case | None) -> Result:
    """The result behind a case, as whoever acts sees it."""
    assert case is not None
    return Result.objects.select_related("case__unit").get(case=case)


def patent_no(serial: int, *, kind: str = "2") -> str:
    """A valid number, a new one for each serial."""
    body = f"2023{kind}{serial:07d}"
    check = sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11
    return f"ZL{body}.{'X' if check == 10 else check}"


def _draft(cast: Cast, actor: Actor, case: Case | None) -> Case:
    evidence = [Upload("photo", "工装.png", png(salt=1))]
    return actions.file_result(WORDS, actor=actor, unit=cast.works, submit=False, evidence=evidence).case


def _draft_without_effect(cast: Cast, actor: Actor, case: Case | None) -> Case:
    return actions.file_result({**WORDS, "effect": ""}, actor=actor, unit=cast.works, submit=False).case


def _draft_of(*shares: tuple[str, int]) -> Callable[[Cast, Actor, Case | None], Case]:
    """A draft with these makers of the cast and their shares, claiming a benefit."""

    def do(cast: Cast, actor: Actor, case: Case | None) -> Case:
        team = [actions.Maker(cast[name].person.pk, Decimal(share)) for name, share in shares]  # type: ignore[union-attr]
        result = actions.file_result(WORDS, actor=actor, unit=cast.works, submit=False, team=team)
        actions.claim(result, "saving", fen=FEN, actor=actor, **LINE)
        return result.case

    return do


def _draft_of_the_team(cast: Cast, actor: Actor, case: Case | None) -> Case:
    content = {**WORDS, "team": Unit.objects.get(code="T1")}
    return actions.file_result(content, actor=actor, unit=cast.works, submit=False).case


def _confirm_own(cast: Cast, actor: Actor, case: Case | None) -> Case:
    """The author leads the team since yesterday."""
    assert case is not None
    yesterday = timezone.localdate() - timedelta(days=1)
    with entering.as_owner():
        team = Unit.objects.get(code="T1")
        Grant.objects.create(user=cast["applicant"].user, role=Role.TEAM_LEADER, unit=team, since=yesterday)
    author = load(cast["applicant"].user.pk)
    with scope(author):
        return door.transition(case, "confirm", actor=author)


def _draft_at_the_mill(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = actions.file_result(WORDS, actor=actor, unit=cast.mill, submit=False)
    actions.claim(result, "profit", fen=FEN, actor=actor, **LINE)
    return result.case


TABLE = "单位：元\n2024年 节支 126,000.00\n2025年1-10月 利润 l2.600\n合计 138,600.00"


def _bring_table(cast: Cast, case: Case, by: str = "unit_officer") -> None:
    """Somebody brings a table that a machine has read."""
    actor = cast.actors[by]
    with scope(actor):
        paper = [Upload("table", "效益表.png", png(salt=case.pk))]
        actions.bring_table(result_of(case), TABLE, paper, actor=actor)


def _draft_with_table(cast: Cast, actor: Actor, case: Case | None) -> Case:
    made = actions.file_result(WORDS, actor=actor, unit=cast.works, submit=False)
    actions.bring_table(made, TABLE, [Upload("table", "效益表.png", png(salt=made.pk))], actor=actor)
    return made.case


def _sign(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = result_of(case)
    decisions = {line.pk: (None, "") for line in queries.benefit(result)}
    return actions.sign(result, decisions, actor=actor)


def _keep(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = result_of(case)
    actions.add_papers(result, [Upload("sheet", "作业指导书.png", png(salt=2))], actor=actor)
    return door.transition(result.case, "keep", actor=actor)


def _revoke(cast: Cast, actor: Actor, case: Case | None) -> Case:
    return actions.revoke(result_of(case), document="示例工发〔2026〕3号", note="与事实不符", actor=actor)


def _convert_long_ago(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = result_of(case)
    actions.convert(
        result,
        licensee_name="示例纺织厂",
        mode="spread",
        on=timezone.localdate() - timedelta(days=500),
        fen=None,
        actor=actor,
    )
    return result.case


def _read_payback(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = result_of(case)
    taken = result.conversions.get()
    actions.read_payback(
        taken,
        since=taken.on,
        until=timezone.localdate(),
        fen=500_000,
        basis="对方用料台账",
        actor=actor,
    )
    return result.case


def _add_patent(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = result_of(case)
    assert actor.person is not None
    actions.add_patent(
        result,
        kind="实用新型",
        number=patent_no(Patent.objects.count() + 1),
        owner="襄垣县示例机械厂",
        granted_on=None,
        inventors=[actor.person],
        actor=actor,
    )
    return result.case


def _reward(cast: Cast, actor: Actor, case: Case | None) -> Case:
    result = result_of(case)
    maker = Participant.objects.get(case=case)
    actions.pay_reward(
        result,
        payer=cast.works.entities.get(),
        fen=80_000,
        clause="职工创新奖励办法第六条",
        paid_on=timezone.localdate(),
        shares={maker.person_id: 80_000},
        actor=actor,
    )
    return result.case


def _twin(cast: Cast, actor: Actor, case: Case | None) -> Case:
    """The same title twice: the second one is found to be like the first."""
    actions.file_result(WORDS, actor=actor, unit=cast.works, submit=True)
    return actions.file_result(WORDS, actor=actor, unit=cast.works, submit=True).case


def a_week_on() -> date:
    return timezone.localdate() + timedelta(days=7)


def _ask_for(cast: Cast, actor: Actor, case: Case | None) -> Case:
    assert case is not None
    actions.ask_for(Card.objects.get(pk=case.pk), cast.mill, "我厂的皮带机也想用。", a_week_on(), actor=actor)
    return case


DRAFT = Step("draft", "applicant", do=_draft)
DRAFT_WITHOUT_EFFECT = Step("draft", "applicant", do=_draft_without_effect)
DRAFT_CLAIMING = Step("draft", "applicant", do=_draft_of(("applicant", 100)))
DRAFT_WITH_TABLE = Step("draft", "applicant", do=_draft_with_table)
ACCEPT_WITH_TABLE = then(Step("accept", "unit_officer"), _bring_table)
DRAFT_WITH_CLERK = Step("draft", "applicant", do=_draft_of(("applicant", 60), ("colleague", 40)))
DRAFT_OF_PARTS = Step("draft", "applicant", do=_draft_of(("applicant", 60), ("colleague", 30)))
DRAFT_WITHOUT_AUTHOR = Step("draft", "applicant", do=_draft_of(("colleague", 100)))
DRAFT_AT_THE_MILL = Step("draft", "neighbour_officer", do=_draft_at_the_mill)
DRAFT_OF_THE_TEAM = Step("draft", "applicant", do=_draft_of_the_team)
CONFIRM = Step("confirm", "colleague")
CONFIRM_OWN = Step("confirm", "applicant", do=_confirm_own)
RETURN_TO_TEAM = Step("return", "colleague", {"note": "请补一张装上以后的照片。"})
TAKE_OVER = Step("take_over", "unit_officer", {"note": "班组长在外培训。"})
TWIN = Step("submit", "applicant", do=_twin)
SUBMIT = Step("submit", "applicant")
ACCEPT = Step("accept", "unit_officer")
RETURN = Step("return", "unit_officer", {"note": "请写明节省了多少工时。"})
REFUSE = Step("refuse", "unit_officer", {"note": "与去年的一项相同。"})
ADOPT = Step("adopt", "unit_officer")
ADOPT_UNCLAIMED = Step("adopt_unclaimed", "unit_officer")
DROP = Step("drop", "unit_officer", {"note": "试用中断裂。"})
SIGN = Step("sign", "colleague", do=_sign)
SIGN_BARE = Step("sign", "colleague")
SEND_BACK = Step("send_back", "colleague", {"note": "请附停机记录。"})
KEEP = Step("keep", "unit_officer", do=_keep)
KEEP_BARE = Step("keep", "unit_officer")
FINISH_UNKEPT = Step("finish_unkept", "unit_officer", {"note": "只适用于本厂一台设备。"})
FINISH = Step("finish", "unit_officer")
REVOKE = Step("revoke", "unit_officer", do=_revoke, also=("county_officer", "superior"))
WITHDRAW = Step("withdraw", "applicant")
SUBMIT_AT_THE_MILL = Step("submit", "neighbour_officer")
ACCEPT_AT_THE_MILL = Step("accept", "neighbour_officer")
ADOPT_AT_THE_MILL = Step("adopt", "neighbour_officer")
CONVERT = Step("convert", "unit_officer", do=_convert_long_ago)
PAYBACK = Step("payback", "unit_officer", do=_read_payback)
PATENT = Step("patent", "applicant", do=_add_patent)
REWARD = Step("reward", "unit_officer", do=_reward)
ASK_FOR = Step("ask", "neighbour_officer", do=_ask_for)
SUBMITTED = (DRAFT, SUBMIT)
ACCEPTED = (*SUBMITTED, ACCEPT)
WITH_TEAM = (DRAFT_OF_THE_TEAM, SUBMIT)
CLAIMED = (DRAFT_CLAIMING, SUBMIT, ACCEPT, ADOPT)
AWARDED = (*ACCEPTED, ADOPT_UNCLAIMED)
FOLLOWED = (*AWARDED, KEEP)
WALKS = {
    "innovations.result": (
        (DRAFT,),
        SUBMITTED,
        ACCEPTED,
        (*SUBMITTED, RETURN),
        (*SUBMITTED, RETURN, SUBMIT),
        (*SUBMITTED, REFUSE),
        WITH_TEAM,
        (*WITH_TEAM, CONFIRM),
        (*WITH_TEAM, CONFIRM, ACCEPT),
        (*WITH_TEAM, RETURN_TO_TEAM, SUBMIT),
        (*WITH_TEAM, TAKE_OVER),
        (*ACCEPTED, DROP),
        CLAIMED,
        (*CLAIMED, SIGN),
        (*CLAIMED, SEND_BACK),
        AWARDED,
        FOLLOWED,
        (*AWARDED, FINISH_UNKEPT),
        (*FOLLOWED, FINISH),
        (*AWARDED, REVOKE),
        (*FOLLOWED, FINISH, REVOKE),
        (DRAFT, WITHDRAW),
        (*SUBMITTED, WITHDRAW),
    ),
    "innovations.entry": entering.WALKS,
}
REFUSALS = {
    "innovations.result": (
        (DRAFT_WITHOUT_EFFECT, SUBMIT),
        (DRAFT_OF_PARTS, SUBMIT),
        (DRAFT_WITH_TABLE, SUBMIT),
        (*SUBMITTED, ACCEPT_WITH_TABLE, ADOPT_UNCLAIMED),
        (DRAFT_CLAIMING, SUBMIT, ACCEPT_WITH_TABLE, ADOPT),
        (DRAFT_WITHOUT_AUTHOR, SUBMIT),
        (*WITH_TEAM, CONFIRM_OWN),
        (DRAFT_AT_THE_MILL, SUBMIT_AT_THE_MILL, ACCEPT_AT_THE_MILL, ADOPT_AT_THE_MILL),
        (DRAFT_WITH_CLERK, SUBMIT, ACCEPT, ADOPT, SIGN_BARE),
        (*CLAIMED, SIGN_BARE),
        (*AWARDED, KEEP_BARE),
        (*FOLLOWED, CONVERT, FINISH),
    ),
    "innovations.entry": entering.REFUSALS,
}
ABOVE = ("county_officer", "superior", "leader")
STAFF = ("unit_officer", *ABOVE, "sibling_officer", "neighbour_officer")


def title(cast: Cast, case: Case | None) -> list[str]:
    """What the page is about."""
    return [WORDS["title"]]


def field(name: str) -> Callable[[Cast, Case | None], list[str]]:
    """A control that the page asks with."""
    return lambda cast, case: [f'name="{name}"']


def of_row(model: Any, column: str) -> Callable[[Cast, Case | None], dict[str, Any]]:
    """The keywords of a page about a row that belongs to the case."""
    return lambda cast, case: {"pk": model.objects.filter(**{column: case and case.pk}).latest("pk").pk}


def of_call(cast: Cast, case: Case | None) -> dict[str, Any]:
    """The keywords of the call's page."""
    return {"pk": Edition.objects.exclude(state="draft").get().pk}


def of_draft_call(cast: Cast, case: Case | None) -> dict[str, Any]:
    """The same of a call that is still prepared."""
    made, _new = Edition.objects.get_or_create(programme="innovations", unit=cast.city, name="下一届（演示）")
    return {"pk": made.pk}


def of_graded_call(cast: Cast, case: Case | None) -> dict[str, Any]:
    """The same of a call that gives grades, by its own values."""
    made, new = Edition.objects.get_or_create(programme="innovations", unit=cast.city, name=GRADED_CALL)
    if new:
        give_values(cast.city, edition=made, outcome_mode="grade", outcome_grades=entering.GRADES)
    return {"pk": made.pk}


def call(cast: Cast, case: Case | None) -> list[str]:
    """What the call is named."""
    return [Edition.objects.exclude(state="draft").get().name]


def _requests(cast: Cast, more: int) -> None:
    for _ in range(more):
        walk(cast, (*FOLLOWED, ASK_FOR))


PAGES = {
    "innovations:mine": Page("applicant", SUBMITTED),
    "innovations:new": Page(
        "applicant",
        tells=field("novelty"),
        others=("colleague", "unit_officer", "neighbour_officer", "stranger"),
    ),
    "innovations:my-result": Page("applicant", SUBMITTED, args=of_case),
    "innovations:edit": Page("applicant", (DRAFT,), args=of_case, tells=title),
    "innovations:claim": Page("applicant", (DRAFT,), args=of_case, tells=field("compared")),
    "innovations:line": Page(
        "applicant", (DRAFT_CLAIMING,), args=of_row(Reading, "target__case"), tells=field("compared")
    ),
    "innovations:table": Page("applicant", (DRAFT,), args=of_case, tells=field("text")),
    "innovations:compare": Page(
        "applicant", (DRAFT_WITH_TABLE,), args=of_row(BenefitTable, "result"), tells=field("compared")
    ),
    "innovations:my-patent": Page("applicant", (DRAFT,), args=of_case, tells=field("inventors")),
    "innovations:my-entry": Page("applicant", (RECOMMEND,), args=of_case),
    "innovations:desk": Page("unit_officer", SUBMITTED, ABOVE),
    "innovations:result": Page("unit_officer", SUBMITTED, ABOVE, args=of_case),
    "innovations:recommend": Page("unit_officer", ACCEPTED, args=of_case, tells=title),
    "innovations:papers": Page("unit_officer", ACCEPTED, args=of_case, tells=field("sheet")),
    "innovations:sign": Page("colleague", CLAIMED, args=of_case, tells=title),
    "innovations:revoke": Page(
        "unit_officer", AWARDED, ("county_officer", "superior"), args=of_case, tells=title
    ),
    "innovations:reward": Page("unit_officer", AWARDED, args=of_case, tells=field("clause")),
    "innovations:patent": Page("unit_officer", ACCEPTED, args=of_case, tells=field("inventors")),
    "innovations:convert": Page("unit_officer", FOLLOWED, args=of_case, tells=field("licensee_name")),
    "innovations:judge": Page(
        "unit_officer", (TWIN,), args=of_row(Likeness, "result"), tells=field("judgement")
    ),
    "innovations:entries": Page("unit_officer", (RECOMMEND,), ABOVE),
    "innovations:entry": Page("unit_officer", (RECOMMEND,), ABOVE, args=of_case),
    "innovations:site-check": Page(
        "superior", (*entering.PITCHED, entering.INSPECT), args=of_case, tells=field("findings")
    ),
    "innovations:entry-form": Page("unit_officer", (RECOMMEND,), ABOVE, args=of_case),
    "innovations:slides": Page(
        "superior", (*entering.FINALIST, entering.PITCH), args=of_case, tells=field("slides")
    ),
    "innovations:public-title": Page(
        "unit_officer",
        (RECOMMEND,),
        args=of_case,
        tells=field("title"),
        others=("superior",),
    ),
    "innovations:calls": Page("unit_officer", (RECOMMEND,), STAFF, tells=call),
    "innovations:call": Page("unit_officer", (RECOMMEND,), STAFF, args=of_call, tells=call),
    "innovations:prizes": Page("superior", args=of_draft_call, tells=field("lines")),
    "innovations:grades": Page("superior", args=of_graded_call, tells=lambda cast, case: [GRADED_CALL]),
    "innovations:roadshow": Page("superior", (RECOMMEND,), args=of_call, tells=field("stream")),
    "innovations:union-awards": Page(
        "unit_officer", entering.HONOURED, ABOVE, args=of_call, tells=lambda cast, case: ["省五一劳动奖章"]
    ),
    "innovations:pay-union-awards": Page("superior", entering.HONOURED, args=of_call, tells=field("voucher")),
    "innovations:move-on": Page(
        "superior",
        entering.AT_CITY,
        args=lambda cast, case: {**of_call(cast, case), "name": "admit"},
        tells=field("pick"),
    ),
    "innovations:finance": Page("colleague", CLAIMED),
    "innovations:patents": Page("unit_officer", (*ACCEPTED, PATENT), ABOVE, tells=title),
    "innovations:granted": Page(
        "unit_officer", (*ACCEPTED, PATENT), args=of_row(Patent, "result"), tells=field("granted_on")
    ),
    "innovations:rewards": Page("unit_officer", (*AWARDED, REWARD), ABOVE, tells=title),
    "innovations:void-reward": Page(
        "unit_officer", (*AWARDED, REWARD), args=of_row(Reward, "result"), tells=field("why")
    ),
    "innovations:conversions": Page("unit_officer", (*FOLLOWED, CONVERT), ABOVE, tells=title),
    "innovations:payback": Page(
        "unit_officer", (*FOLLOWED, CONVERT), args=of_row(Conversion, "result"), tells=field("basis")
    ),
    "innovations:sign-payback": Page(
        "colleague", (*FOLLOWED, CONVERT, PAYBACK), args=of_row(Conversion, "result"), tells=field("yuan")
    ),
    "innovations:library": Page("unit_officer", FOLLOWED, STAFF[1:], tells=title),
    "innovations:card": Page("unit_officer", FOLLOWED, STAFF[1:], args=of_case, tells=title),
    "innovations:interests": Page("unit_officer", others=("neighbour_officer",), rows=_requests, tells=title),
    "innovations:answer": Page(
        "unit_officer", (*FOLLOWED, ASK_FOR), args=of_row(Interest, "card"), tells=field("words")
    ),
}
