"""How the conformance suite plays this programme."""

from typing import Any

from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.programmes.competitions.models import Entrant, Upgrade
from tests.cast import Cast
from tests.conformance.scenes import Page, of_case

from . import stage
from .figures import FIGURES
from .stage import ADMITTED, DRAFT, DRAFT_FOR, RETURN, SUBMIT, SUBMIT_FOR, as_owner, prepare, the_event

WALKS = {"competitions.entry": stage.WALKS}
REFUSALS = {"competitions.entry": stage.REFUSALS}

ABOVE = ("county_officer", "superior", "leader")
STAFF = ("neighbour_officer", "sibling_officer", *ABOVE)
WORKERS = ("colleague", "unit_officer", "neighbour_officer", "stranger")


def _trade(cast: Cast, case: Case | None) -> list[str]:
    return [stage.TRADE]


def _contest(cast: Cast, case: Case | None) -> list[str]:
    return [stage.CONTEST]


def _name(cast: Cast, case: Case | None) -> list[str]:
    with as_owner():
        assert case is not None
        assert case.applicant is not None
        return [case.applicant.name]


def _of_event(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {"pk": the_event().pk}


def _of_contest(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {"pk": the_event().edition.parent_id}


def _of_draft(cast: Cast, case: Case | None) -> dict[str, Any]:
    made = Edition.objects.filter(name="第七届（演示）").first() or stage.contest(
        cast, "第七届（演示）", "draft"
    )
    return {"pk": made.pk}


def _to_approve(cast: Cast, case: Case | None) -> dict[str, Any]:
    above = the_event().edition.parent
    assert above is not None
    stage.event(cast, above, "电工", "draft")
    return {"pk": above.pk, "name": "approve"}


def _seventh(cast: Cast, case: Case | None) -> list[str]:
    return ["第七届（演示）"]


def _move(cast: Cast, case: Case | None) -> dict[str, Any]:
    return {"pk": the_event().pk, "name": "check_in"}


def _contests(cast: Cast, rows: int) -> None:
    for _ in range(rows):
        stage.contest(cast, f"第{Edition.objects.count()}次演示竞赛")


def _upgrade_of(case: Case, **said: Any) -> Upgrade:
    with as_owner():
        return Upgrade.objects.create(
            case=case, person_id=case.applicant_id, unit_id=case.unit_id, rises_to="senior", rule="第1行（演示）",
            **said,
        )  # fmt: skip


def _eligible(cast: Cast, case: Case | None) -> dict[str, Any]:
    assert case is not None
    return {"pk": _upgrade_of(case).pk}


def _sent(cast: Cast, case: Case | None) -> dict[str, Any]:
    assert case is not None
    return {"pk": _upgrade_of(case, state="sent", sent_on=case.opened_at.date()).pk}


def _upgrades(cast: Cast, rows: int) -> None:
    for _ in range(rows):
        made = None
        for step in (DRAFT_FOR, SUBMIT_FOR):
            made = step.take(cast, made)
        assert made is not None
        _upgrade_of(made)


def _newest(cast: Cast, case: Case | None) -> list[str]:
    with as_owner():
        row = Upgrade.objects.select_related("person").latest("pk")
    return [row.person.name]


def _started(cast: Cast, case: Case | None) -> list[str]:
    with as_owner():
        return [Entrant.objects.select_related("person").latest("pk").person.name]


PAGES = {
    "competitions:mine": Page("applicant", (DRAFT,), tells=_trade),
    "competitions:events": Page("applicant", tells=_trade, others=WORKERS),
    "competitions:enter": Page("applicant", args=_of_event, tells=_trade, others=WORKERS),
    "competitions:my-entry": Page("applicant", (DRAFT, SUBMIT), args=of_case),
    "competitions:edit": Page("applicant", (DRAFT, SUBMIT, RETURN), args=of_case, tells=_trade),
    "competitions:contests": Page(
        "unit_officer", others=STAFF, rows=_contests, tells=lambda cast, case: ["次演示竞赛"]
    ),
    "competitions:contest": Page("unit_officer", args=_of_contest, others=STAFF, tells=_contest),
    "competitions:describe": Page("superior", args=_of_draft, tells=_seventh),
    "competitions:bands": Page("superior", args=_of_draft, tells=_seventh),
    "competitions:new-event": Page("superior", args=_of_contest, tells=_contest),
    "competitions:advance": Page("superior", args=_to_approve, tells=_contest),
    "competitions:event": Page("unit_officer", args=_of_event, others=STAFF, tells=_trade),
    "competitions:register": Page(
        "unit_officer", args=_of_event, others=("neighbour_officer",), tells=_trade
    ),
    "competitions:selection": Page(
        "unit_officer", args=_of_event, others=("neighbour_officer",), tells=_trade
    ),
    "competitions:shortfall": Page("superior", args=_of_event, tells=_trade),
    "competitions:move-on": Page("superior", ADMITTED, args=_move),
    "competitions:entries": Page("unit_officer", (DRAFT_FOR, SUBMIT_FOR), ABOVE, tells=_name),
    "competitions:entry": Page("unit_officer", (DRAFT, SUBMIT), ABOVE, args=of_case),
    "competitions:desk-edit": Page("unit_officer", (DRAFT_FOR,), args=of_case, tells=_trade),
    "competitions:starts": Page("unit_officer", (DRAFT_FOR, SUBMIT_FOR), ABOVE, tells=_started),
    "competitions:upgrades": Page("unit_officer", others=ABOVE, rows=_upgrades, tells=_newest),
    "competitions:send-upgrade": Page("superior", (DRAFT_FOR, SUBMIT_FOR), args=_eligible, tells=_newest),
    "competitions:answer-upgrade": Page("superior", (DRAFT_FOR, SUBMIT_FOR), args=_sent, tells=_newest),
}

__all__ = ["FIGURES", "PAGES", "REFUSALS", "WALKS", "prepare"]
