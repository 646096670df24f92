"""What stands against putting a result forward in a call: what the call's union has published, each with its clause."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.flow import Reason
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.parameters import read
from gongjiang.kernel.parameters.read import Value
from gongjiang.programmes.innovations import queries
from gongjiang.programmes.innovations.models import (
    Entry,
    EvidenceKind,
    Judgement,
    Likeness,
    Ownership,
    Result,
    Secrecy,
)
from gongjiang.programmes.innovations.permissions import CLAIMS
from gongjiang.programmes.innovations.rules import excluded

ACCEPTED = (State.TRIAL, State.VERIFYING, State.AWARDED, State.FOLLOWING)


def against(result: Result, edition: Edition, actor: Actor) -> list[Reason]:
    """Why this result may not go into this call now; empty where it may."""
    case, reasons = result.case, []
    if not (case.state in ACCEPTED or case.outcome == Outcome.COMPLETED):
        reasons.append(Reason(_("Only a result that the enterprise has accepted can be recommended.")))
    claimed = case.state == State.TRIAL and CLAIMS.filter(Case.objects.filter(pk=case.pk), actor).exists()
    if claimed or case.state == State.VERIFYING:
        reasons.append(Reason(_("Its benefit is not signed by finance yet. Recommend it after that.")))
    if result.secrecy == Secrecy.UNREPORTED:
        reasons.append(Reason(_("It stays in the enterprise, as its author said. It cannot be recommended.")))
    if not queries.calls_for(case).filter(pk=edition.pk).exists():
        said = _("“%(call)s” takes no recommendations now.") % {"call": edition.name}
        reasons.append(Reason(said, field="edition"))
    published = read.values("innovations", unit=edition.unit_id, edition=edition)
    reasons += _excluded(result, published["exclusion_rules"], published["category_list"])
    reasons += _papers(result, published["evidence_required"])
    reasons += _there_already(result, edition, published["dedupe_key"])
    return reasons + _over_the_years(result, edition, published)


def _excluded(result: Result, rules: Value, categories: Value) -> list[Reason]:
    """What its own words rule out."""
    words = {
        "government_plan": _("It belongs to a science plan of the government, which collections leave out."),
        "government_award": _("It was awarded by a government, which collections leave out."),
        "dispute": _("Whose it is may be disputed. Settle that first."),
        "unused": _("It is not in use yet. Enter since when it is, and recommend it then."),
    }
    fields = {
        "government_plan": "gov_plan", "government_award": "gov_award", "dispute": "disputed",
        "unused": "put_into_use_on",
    }  # fmt: skip
    reasons = [
        rules.reason(words[name], field=fields[name])
        for name in excluded(
            rules.value, gov_plan=result.gov_plan, gov_award=result.gov_award, disputed=result.disputed,
            in_use_on=result.put_into_use_on, today=timezone.localdate(),
        )
    ]  # fmt: skip
    if result.category not in categories.value:
        said = _("“%(kind)s” is not among the kinds of this call.") % {"kind": result.get_category_display()}
        reasons.append(categories.reason(said))
    return reasons


def _papers(result: Result, required: Value) -> list[Reason]:
    """The kinds of paper that the call asks for, and the agreement where whose it is was agreed in writing."""
    there = set(File.objects.filter(case=result.pk, removed_at=None).values_list("kind", flat=True))
    page = reverse("innovations:papers", args=[result.pk])
    said = _("“%(kind)s” is missing; this call asks for it.")
    reasons = [
        required.reason(said % {"kind": EvidenceKind(kind).label}, url=page)
        for kind in required.value
        if kind not in there
    ]
    if result.ownership == Ownership.AGREED and EvidenceKind.AGREEMENT not in there:
        agreed = _("Whose it is was agreed in writing: add the agreement.")
        reasons.append(Reason(agreed, field="ownership", url=page))
    return reasons


def _there_already(result: Result, edition: Edition, key: Value) -> list[Reason]:
    """It, or what counts as the same under `dedupe_key`, is in this call. A patent number is one result's anyway."""
    entries = Entry.objects.filter(case__edition=edition).exclude(case__outcome=Outcome.WITHDRAWN)
    if entries.filter(result=result).exists():
        said = _("This result is already in “%(call)s”. One result enters a call once.")
        return [Reason(said % {"call": edition.name}, field="edition")]
    twins = entries.filter(
        case__unit=result.case.unit_id,
        case__applicant=result.case.applicant_id,
        result__title_key=result.title_key,
        result__case__opened_at__year=timezone.localtime(result.case.opened_at).year,
    )
    if key.value == "title_or_patent" and (twin := twins.select_related("case").first()):
        said = _("The same author's result of the same name and year is already in this call: %(number)s.")
        return [key.reason(said % {"number": twin.case.number}, field="edition")]
    return []


def _over_the_years(result: Result, edition: Edition, published: dict[str, Value]) -> list[Reason]:
    """One work enters once over the years, and what has won does not come again; the officer says what is the same."""
    once, rules = published["one_entry_across_years"], published["exclusion_rules"]
    no_winner = "won_before" in rules.value
    if not once.value and not no_winner:
        return []
    likenesses = list(Likeness.objects.filter(result=result))
    if any(like.judgement == Judgement.OPEN for like in likenesses):
        return [Reason(_("Earlier results are like this one. Say first of each whether it is the same."))]
    same = {like.other for like in likenesses if like.judgement == Judgement.SAME}
    if result.earlier_id:
        same.add(result.earlier_id)
    before = _went_before([result.pk, *same], edition)
    if no_winner and (
        any(won for won in before.values()) or any(t.was_granted for t in queries.told(sorted(same)).values())
    ):
        said = _("The same work was granted in an earlier round. A work enters once over the years.")
        return [rules.reason(said)]
    if once.value and before:
        said = _("The same work was in an earlier call of this union. A work enters once over the years.")
        return [once.reason(said)]
    return []


def _went_before(keys: list[int], edition: Edition) -> dict[int, Any]:
    """{result: whether it won} for those that were in another call of the same union, wherever they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT result, won FROM innovations_went_before(%s, %s)", [keys, edition.pk])
        return dict(cursor.fetchall())
