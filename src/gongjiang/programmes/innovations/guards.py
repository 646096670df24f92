"""What stands against a step of a result or an entry, with how to mend it. Each asks about the whole batch at once."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.documents.models import IN_FORCE, Document
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.flow import Batch, Guard, Reason
from gongjiang.kernel.lifecycle.models import Edition, Participant
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.models import PublicityCase
from gongjiang.kernel.review.models import Result as Came
from gongjiang.kernel.review.scoring import standings
from gongjiang.kernel.targets import queries as targets
from gongjiang.kernel.targets.models import EvidenceLevel

from .models import BenefitKind, BenefitTable, Conversion, Entry, EvidenceKind, Result, Secrecy
from .queries import PAPER, ROADSHOW, grades_of, prizes, without_roadshow
from .rules import shares_wrong

Reasons = dict[int, list[Reason]]
ASKED = {"problem": later("The problem"), "novelty": later("What is new"), "effect": later("The effect")}


def _keys(batch: Batch) -> list[int]:
    return [case.pk for case in batch.cases]


def _same(keys: Iterable[int], reason: Reason) -> Reasons:
    return {key: [reason] for key in keys}


def complete(batch: Batch) -> Reasons:
    """Guard: what the enterprise needs to judge a result is there."""
    reasons: Reasons = {}
    for result in Result.objects.filter(case__in=_keys(batch)):
        for name, label in ASKED.items():
            if not getattr(result, name).strip():
                said = _("“%(label)s” is empty. Please fill it in before you submit.") % {"label": label}
                url = reverse("innovations:edit", args=[result.pk])
                reasons.setdefault(result.pk, []).append(Reason(said, field=name, url=f"{url}#id_{name}"))
    return reasons


def shares_add_up(batch: Batch) -> Reasons:
    """Guard: the author is among the makers, and their shares make a whole."""
    makers: dict[int, list[Participant]] = {}
    for maker in Participant.objects.filter(case__in=_keys(batch)).order_by("position"):
        makers.setdefault(maker.case_id, []).append(maker)
    reasons: Reasons = {}
    for case in batch.cases:
        team = makers.get(case.pk, [])
        if case.applicant_id not in {maker.person_id for maker in team}:
            reasons[case.pk] = [
                Reason(_("You are not in the list of makers. Whoever files it is one of them."))
            ]
        elif said := shares_wrong([maker.share for maker in team]):
            reasons[case.pk] = [Reason(said, field="own_share")]
    return reasons


def tables_compared(batch: Batch) -> Reasons:
    """Guard: every table of benefit that a machine has read was compared with its paper."""
    waiting = BenefitTable.objects.filter(result__in=_keys(batch), compared_at=None)
    text = _("A table of benefit waits to be compared with its paper. Nothing of it counts before that.")
    return {
        key: [Reason(text, url=reverse("innovations:compare", args=[table]))]
        for table, key in waiting.order_by("-pk").values_list("pk", "result")
    }


def finance_is_there(batch: Batch) -> Reasons:
    """Guard: somebody at the unit may sign the benefit."""
    today = timezone.localdate(batch.at)
    held = Grant.objects.filter(
        unit__in={c.unit_id for c in batch.cases}, role=Role.FINANCE_MAKER, since__lte=today
    )
    there = {grant.unit_id for grant in held if grant.until is None or grant.until > today}
    said = _("Nobody signs for finance at your unit yet. Ask your administrator to name a finance clerk.")
    return _same([c.pk for c in batch.cases if c.unit_id not in there], Reason(said))


def signer_is_no_author(batch: Batch) -> Reasons:
    """Guard: nobody signs the benefit of what they made."""
    mine = set(
        Participant.objects.filter(case__in=_keys(batch), person=batch.actor.person or 0).values_list(
            "case", flat=True
        )
    )
    return _same(mine, Reason(_("You are one of its makers. Somebody else in finance has to sign it.")))


def benefit_signed(batch: Batch) -> Reasons:
    """Guard: finance has confirmed every line that still stands."""
    keys = _keys(batch)
    lines = targets.standing(case__in=keys, kind__in=BenefitKind.values).filter(
        value__gt=0, level=EvidenceLevel.SELF_REPORTED
    )
    open_ = {reading.target.case_id for reading in lines if reading.target.case_id}
    return {
        key: [
            Reason(
                _("Not every line is signed yet. Open the benefit and sign or correct each line."),
                url=reverse("innovations:sign", args=[key]),
            )
        ]
        for key in open_
    }


def has_operation_sheet(batch: Batch) -> Reasons:
    """Guard: another workplace could do the same after reading the operation sheet."""
    there = set(
        File.objects.filter(case__in=_keys(batch), kind=EvidenceKind.SHEET, removed_at=None).values_list(
            "case", flat=True
        )
    )
    return {
        key: [
            Reason(
                _("The operation sheet is missing. Add it, so that others can do the same after reading it."),
                url=reverse("innovations:papers", args=[key]),
            )
        ]
        for key in _keys(batch)
        if key not in there
    }


def paybacks_read(batch: Batch) -> Reasons:
    """Guard: of everything that was taken over and is due, it is known what it brought."""
    due = Conversion.objects.filter(
        result__in=_keys(batch), due_on__lte=timezone.localdate(batch.at), benefit__readings=None
    )
    return {
        key: [Reason(_("A workplace took it over a year ago or more; record first what it brought there."))]
        for key in set(due.values_list("result", flat=True))
    }


def still_enters(batch: Batch) -> Reasons:
    """Guard: the result behind the entry still stands."""
    gone = (Outcome.WITHDRAWN, Outcome.REFUSED, Outcome.REVOKED)
    keys = (
        Entry.objects.filter(case__in=_keys(batch))
        .filter(result__case__outcome__in=gone)
        .values_list("case", flat=True)
    )
    return {key: [Reason(_("The result itself was withdrawn or revoked."))] for key in keys}


def ranking_page(edition: int, unit: int) -> str:
    """Where a unit ranks what it sends up in a call, and swaps."""
    return reverse("review:ranking", args=[edition, unit])


def roadshow_ahead(batch: Batch) -> Reasons:
    """Guard: the roadshow is still to come: the call has one, and no panel of it has judged the entry yet."""
    without = without_roadshow({c.edition_id for c in batch.cases if c.edition_id})
    none = _("This call has no roadshow; send what the papers passed for the site check.")
    over = _("The roadshow has been judged; publicise the ranks after the site check.")
    judged = standings(_keys(batch), ROADSHOW)
    return {
        c.pk: [Reason(none if c.edition_id in without else over)]
        for c in batch.cases
        if c.edition_id in without or c.pk in judged
    }


def passed_to_the_end(batch: Batch) -> Reasons:
    """Guard: the last panel of its call has passed it: the roadshow's, or the papers where it has none."""
    without = without_roadshow({c.edition_id for c in batch.cases if c.edition_id})
    keys = _keys(batch)
    papers, roadshow = standings(keys, PAPER), standings(keys, ROADSHOW)
    unpassed = {
        True: _("The panel on the papers has not passed it."),
        False: _("The panel of the roadshow has not passed it."),
    }
    found = {}
    for case in batch.cases:
        on_papers = case.edition_id in without
        standing = (papers if on_papers else roadshow).get(case.pk)
        if standing is None or standing.result != Came.PASSED:
            found[case.pk] = [Reason(unpassed[on_papers])]
    return found


def may_be_published(batch: Batch) -> Reasons:
    """Guard: what the notice says of it may be public."""
    rows = (
        Entry.objects.filter(case__in=_keys(batch))
        .exclude(result__secrecy=Secrecy.OPEN)
        .filter(public_title="")
    )
    text = _(
        "This result is not open. Enter the title under which it may be publicised, on the entry's page."
    )
    return {
        key: [Reason(text, url=reverse("innovations:public-title", args=[key]))]
        for key in rows.values_list("case", flat=True)
    }


def not_selected(batch: Batch) -> Reasons:
    """Guard: the last panel that judged it has not passed it."""
    keys = _keys(batch)
    last = {**standings(keys, PAPER), **standings(keys, ROADSHOW)}
    found = {}
    for key in keys:
        if key not in last:
            found[key] = [Reason(_("No panel has judged it yet."))]
        elif last[key].result == Came.PASSED:
            found[key] = [Reason(_("The panel passed it; it can only be disqualified, with the reason."))]
    return found


def not_publicised_since(kind: str) -> Guard:
    """Guard: it has not stood in a later notice of this kind."""

    def guard(batch: Batch) -> Reasons:
        keys = PublicityCase.objects.filter(
            case__in=_keys(batch), publicity__kind=kind, publicity__cancelled_at=None
        ).values_list("case", flat=True)
        return {key: [Reason(_("Its rank has been publicised; what follows is the award."))] for key in keys}

    return guard


def checked_on_site(batch: Batch) -> Reasons:
    """Guard: two named checkers have been there and found it in use, where the call asks for that."""
    asked = {
        edition.pk
        for edition in Edition.objects.filter(pk__in={c.edition_id for c in batch.cases})
        if read.value("innovations.onsite_check_required", unit=edition.unit_id, edition=edition).value
    }
    passed = dict(Entry.objects.filter(case__in=_keys(batch)).values_list("case", "check_passed"))
    words = {
        None: _("The site check has not been recorded yet."),
        False: _("The site check did not confirm it."),
    }
    return {
        c.pk: [Reason(words[passed.get(c.pk)])]
        for c in batch.cases
        if c.edition_id in asked and not passed.get(c.pk)
    }


def has_a_prize(batch: Batch) -> Reasons:
    """Guard: its rank lies within the prizes of the call, or it was given a grade where the call gives those."""
    won = prizes(_keys(batch))
    graded = {
        e.pk for e in Edition.objects.filter(pk__in={c.edition_id for c in batch.cases}) if grades_of(e)
    }
    outside = Reason(_("Its rank lies outside the prizes of this call."))
    return {
        c.pk: [
            Reason(
                _("It was given no grade of recommendation."),
                url=reverse("innovations:grades", args=[c.edition_id]),
            )
            if c.edition_id in graded
            else outside
        ]
        for c in batch.cases
        if c.pk not in won
    }


def decided_by_document(batch: Batch) -> Reasons:
    """Guard: a document that is in force, of the union that made the call, stands behind it."""
    if not batch.data.get("document"):
        return {}  # asked for by `needs`
    document = Document.objects.filter(pk=batch.data["document"]).first()
    units = dict(Edition.objects.filter(pk__in={c.edition_id for c in batch.cases}).values_list("pk", "unit"))
    text = _("The document is not in force, or is not of the union that made the call.")
    return {
        c.pk: [Reason(text, field="document")]
        for c in batch.cases
        if document is None or document.state not in IN_FORCE or document.unit_id != units.get(c.edition_id)
    }


def was_awarded(batch: Batch) -> Reasons:
    """Guard: there is an award to take back."""
    return {
        c.pk: [Reason(_("There is no award to revoke."))]
        for c in batch.cases
        if c.state == State.CLOSED and c.outcome != Outcome.GRANTED
    }
