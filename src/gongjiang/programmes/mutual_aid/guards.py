"""What stands against a step of an enrolment or a claim, and how to mend it; about a whole batch at once."""

from collections.abc import Iterable

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from gongjiang.kernel.files.models import File
from gongjiang.kernel.ledger import books, guards
from gongjiang.kernel.ledger.models import PaymentLine, PaymentState
from gongjiang.kernel.lifecycle.editions import open_windows
from gongjiang.kernel.lifecycle.flow import Batch, Guard, Reason
from gongjiang.kernel.lifecycle.models import CaseEvent, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.publicity.models import Ruling, RulingResult
from gongjiang.kernel.review.endorsement import own_among
from gongjiang.kernel.review.models import Endorsement, Verdict
from gongjiang.kernel.rules import Outcome

from . import queries
from .models import (
    Adjustment,
    AdjustmentKind,
    Channel,
    Claim,
    CoverState,
    Fee,
    MemberCoverage,
    Relative,
    UnitEnrolment,
)

Reasons = dict[int, list[Reason]]


def _keys(batch: Batch) -> list[int]:
    return [case.pk for case in batch.cases]


def _each(keys: Iterable[int], text: str, field: str = "") -> Reasons:
    return {key: [Reason(text, field=field)] for key in keys}


def _editions(batch: Batch) -> dict[int, Edition]:
    rows = Edition.objects.select_related("unit", "mutual_aid_period__fund").in_bulk(
        {c.edition_id for c in batch.cases if c.edition_id}
    )
    return {c.pk: rows[c.edition_id] for c in batch.cases if c.edition_id in rows}


def _claims(batch: Batch) -> list[Claim]:
    return list(
        Claim.objects.filter(case__in=_keys(batch))
        .select_related("case", "coverage__edition__unit")
        .order_by("case")
    )


# enrolment


def window_open(kind: str, text: object) -> Guard:
    """Guard: the period's window of this kind is open."""

    def guard(batch: Batch) -> Reasons:
        editions = _editions(batch)
        now = open_windows(list(set(editions.values())), kind, batch.at)
        return _each((key for key, e in editions.items() if e.pk not in now), str(text))

    return guard


def roster_there(batch: Batch) -> Reasons:
    """Guard: somebody stands on the roster, and as many as the period asks for."""
    listed = dict(
        MemberCoverage.objects.filter(enrolment__in=_keys(batch), state=CoverState.LISTED)
        .values_list("enrolment")
        .annotate(n=Count("pk"))
    )
    before = dict(UnitEnrolment.objects.filter(case__in=_keys(batch)).values_list("case", "members"))
    found: Reasons = {}
    editions = _editions(batch)
    for case in batch.cases:
        n, values = listed.get(case.pk, 0), queries.values(editions[case.pk])
        if not n:
            found[case.pk] = [Reason(_("Nobody stands on the roster yet. Upload it first."))]
        elif values["floor_on"]:
            covered = MemberCoverage.objects.filter(
                edition=case.edition_id, unit=case.unit_id, state=CoverState.COVERED
            ).count()
            members, share = before[case.pk], values["floor_share"]
            if (n + covered) * 100 < members * share:
                text = _("%(n)s of %(members)s members join; this period asks for %(share)s %%.")
                said = {"n": n + covered, "members": members, "share": f"{share:g}"}
                found[case.pk] = [Reason(text % said)]
    return found


def somebody_left(batch: Batch) -> Reasons:
    """Guard: at least one line of the roster has passed the check."""
    there = set(
        MemberCoverage.objects.filter(enrolment__in=_keys(batch), state=CoverState.LISTED).values_list(
            "enrolment", flat=True
        )
    )
    text = _("Nobody on the roster can be enrolled. Return it to the unit.")
    return _each((key for key in _keys(batch) if key not in there), text)


def fee_there(batch: Batch) -> Reasons:
    """Guard: every payer's part of the fee is matched to a transfer, to the fen."""
    found: Reasons = {}
    for fee in Fee.objects.filter(enrolment__in=_keys(batch)).annotate(got=Sum("matches__fen")):
        if (short := fee.due - (fee.got or 0)) > 0:
            text = _("%(yuan)s yuan of %(payer)s are missing. Nobody is covered on a short fee.")
            said = {"yuan": f"{short // 100:,}.{short % 100:02d}", "payer": fee.get_payer_display()}
            found.setdefault(fee.enrolment_id, []).append(Reason(text % said))
    return found


def no_fee_there(batch: Batch) -> Reasons:
    """Guard: nothing has been paid for it yet."""
    paid = Fee.objects.filter(enrolment__in=_keys(batch), matches__isnull=False).values_list(
        "enrolment", flat=True
    )
    return _each(set(paid), _("Money has come for it already. Finance decides first what becomes of that."))


# claim: what it needs


def complete(batch: Batch) -> Reasons:
    """Guard: days, amounts, payee and papers are there."""
    files: dict[int, set[str]] = {}
    for case, kind in File.objects.filter(case__in=_keys(batch), removed_at=None).values_list("case", "kind"):
        files.setdefault(case, set()).add(kind)
    found: Reasons = {}
    for claim in _claims(batch):
        now = queries.terms(claim.coverage.edition)
        plan = now.plans.get(claim.plan)
        cost = plan is not None and plan.shape in queries.COST_SHAPES
        reasons = []
        if cost and not claim.total:
            reasons.append(
                Reason(_("The total cost is missing. It stands on the settlement sheet."), field="total")
            )
        if cost and not queries.unsealed(claim.settlement):
            reasons.append(
                Reason(
                    _("The number of the settlement is missing. It stands on the sheet."), field="settlement"
                )
            )
        if claim.channel != Channel.INSURER:
            if not claim.account_tail or not claim.payee or not claim.bank:
                reasons.append(Reason(_("Say which account the money goes to."), field="account"))
            wanted = queries.values(claim.coverage.edition)["papers"] if cost else ()
            reasons += [
                Reason(_("A paper is missing: %(paper)s.") % {"paper": _paper(kind)}, field=kind)
                for kind in wanted
                if kind not in files.get(claim.pk, ())
            ]
        if reasons:
            found[claim.pk] = reasons
    return found


def _paper(kind: str) -> str:
    from .papers import PAPERS

    return str(PAPERS[kind])


def free_event(batch: Batch) -> Reasons:
    """Guard: nobody has claimed this event before, in whatever programme or channel."""
    found: Reasons = {}
    for claim in _claims(batch):
        keys = queries.keys_of(claim, queries.terms(claim.coverage.edition))
        if taken := guards.taken(keys, case=claim.pk):
            found[claim.pk] = [Reason(guards.sentence(each)) for each in taken]
    return found


# claim: who looks at it


def impartial(batch: Batch) -> Reasons:
    """Guard: nobody reviews what is their own, a declared relative's or of their own unit."""
    keys = own_among(_keys(batch), batch.actor)
    own = _each(keys, _("It is your own. A colleague has to look at it."))
    kin = set(Relative.objects.filter(user=batch.actor.user or 0).values_list("person", flat=True))
    paths = set(batch.actor.workplaces)
    units = dict(Unit.objects.filter(pk__in={c.unit_id for c in batch.cases}).values_list("pk", "path"))
    for case in batch.cases:
        if case.applicant_id in kin:
            own.setdefault(case.pk, []).append(
                Reason(_("You have declared the claimant as a relative. A colleague has to look at it."))
            )
        if units.get(case.unit_id) in paths:
            own.setdefault(case.pk, []).append(
                Reason(_("The claimant belongs to the unit where you work. A colleague has to look at it."))
            )
    return own


def another_person(batch: Batch) -> Reasons:
    """Guard: whoever approves has neither filed the claim nor made its first review."""
    seen = Endorsement.objects.filter(case__in=_keys(batch), verdict=Verdict.ENDORSED, user=batch.actor.user)
    filed = CaseEvent.objects.filter(
        case__in=_keys(batch), name__in=("submit", "draft_for"), user=batch.actor.user
    )
    first = set(seen.values_list("case", flat=True)) | set(filed.values_list("case", flat=True))
    return _each(first, _("You reviewed or filed it yourself. A second person has to approve it."))


def has_result(batch: Batch) -> Reasons:
    """Guard: the rule has given an amount, and would give the same now."""
    found: Reasons = {}
    claims = _claims(batch)
    decisions = queries.decisions_of(claims)
    for claim in claims:
        if claim.result is None:
            text = _("The rule gives no amount for it. Read the reasons: waive the question, or decline it.")
            found[claim.pk] = [Reason(text)]
            continue
        now = decisions[claim.pk]
        if now.amount != claim.result:
            found[claim.pk] = [
                Reason(_("Another claim of this person has changed the amount. Compute it anew."))
            ]
    return found


def has_question(batch: Batch) -> Reasons:
    """Guard: the rule asks a human about it."""
    claims = _claims(batch)
    decisions = queries.decisions_of(claims)
    asked = {c.pk for c in claims if decisions[c.pk].outcome == Outcome.ASK and not c.waived}
    text = _("There is no question about it that could be waived.")
    return _each((key for key in _keys(batch) if key not in asked), text)


def publicity_wanted(wanted: bool) -> Guard:
    """Guard: the period publicises payments before they are approved (or does not)."""
    said = {
        True: _("This period does not publicise payments; approve it directly."),
        False: _("This period publicises payments first."),
    }

    def guard(batch: Batch) -> Reasons:
        editions = _editions(batch)
        asked = {e.pk: bool(queries.values(e)["publicity"]) for e in set(editions.values())}
        return _each((k for k, e in editions.items() if asked[e.pk] != wanted), str(said[wanted]))

    return guard


# claim: money


def fund_suffices(batch: Batch) -> Reasons:
    """Guard: the fund has as much available as is approved."""
    editions, found = _editions(batch), {}
    claims = {c.pk: c for c in _claims(batch)}
    paid = books.paid_for_each(claims)
    for edition in set(editions.values()):
        mine = [k for k, e in editions.items() if e == edition]
        there = books.position(edition.mutual_aid_period.fund, edition=edition.pk).available
        needed = sum((claims[k].result or 0) - paid[k] for k in mine)
        if needed > there:
            text = _("%(needed)s yuan are to be approved, and the fund has %(there)s yuan available.")
            said = {"needed": _yuan(needed), "there": _yuan(there)}
            found.update(_each(mine, text % said))
    return found


def within_year_cap(batch: Batch) -> Reasons:
    """Guard: with it nobody is granted more in a year, over all programmes, than the period allows."""
    found: Reasons = {}
    claims = _claims(batch)
    now = queries.terms_for(claims)
    for claim in claims:
        cap = now[claim.pk].year_cap
        if cap is None or claim.result is None:
            continue
        person = claim.coverage.person_id
        spent = guards.granted([person], claim.admitted_on.year, apart_from=[claim.pk])[person]
        if spent + claim.result > cap:
            text = _(
                "With %(spent)s yuan granted elsewhere this year, %(fen)s yuan would pass the ceiling of %(cap)s."
            )
            said = {"spent": _yuan(spent), "fen": _yuan(claim.result), "cap": _yuan(cap)}
            found[claim.pk] = [Reason(text % said)]
    return found


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def stands_in_a_batch(state: str, text: object) -> Guard:
    """Guard: the latest payment line of the case is in this state; "" where there is none that lives."""

    def guard(batch: Batch) -> Reasons:
        last: dict[int, str] = {}
        for case, now in (
            PaymentLine.objects.filter(case__in=_keys(batch)).order_by("pk").values_list("case", "state")
        ):
            last[case] = now
        return _each((k for k in _keys(batch) if _live(last.get(k, "")) != state), str(text))

    def _live(now: str) -> str:
        return "" if state == "" and now in (PaymentState.BOUNCED, PaymentState.PAID) else now

    return guard


def account_there(batch: Batch) -> Reasons:
    """Guard: there is another account than the one that the bank sent the money back from."""
    tails = {
        case: (tail, bank)
        for case, tail, bank in PaymentLine.objects.filter(case__in=_keys(batch), state=PaymentState.BOUNCED)
        .order_by("pk")
        .values_list("case", "account_tail", "bank")
    }
    text = _("The account is the one that the bank could not pay to. Write the right one first.")
    return _each(
        (c.pk for c in _claims(batch) if not c.account_tail or tails.get(c.pk) == (c.account_tail, c.bank)),
        text,
    )


def to_be_recovered(batch: Batch) -> Reasons:
    """Guard: an adjustment says how much is to be paid back, and for what."""
    there = Adjustment.objects.filter(claim__in=_keys(batch), kind=AdjustmentKind.RECOVERY, entry=None)
    open_ = set(there.values_list("claim", flat=True))
    return _each(
        (k for k in _keys(batch) if k not in open_), _("Say first how much is to be paid back, and why.")
    )


def recovered(batch: Batch) -> Reasons:
    """Guard: what was to be paid back has come."""
    there = Adjustment.objects.filter(claim__in=_keys(batch), kind=AdjustmentKind.RECOVERY, entry=None)
    return _each(
        set(there.values_list("claim", flat=True)), _("The money has not come back yet. Record it first.")
    )


def to_be_topped_up(batch: Batch) -> Reasons:
    """Guard: a corrected settlement gives more than was paid."""
    there = Adjustment.objects.filter(claim__in=_keys(batch), kind=AdjustmentKind.TOP_UP)
    due = {c.pk for c in _claims(batch) if (c.result or 0) > books.paid_for(c.pk)} & set(
        there.values_list("claim", flat=True)
    )
    text = _("Nothing more is due for it. Correct the settlement first.")
    return _each((k for k in _keys(batch) if k not in due), text)


def appeal_upheld(batch: Batch) -> Reasons:
    """Guard: an appeal against the refusal was upheld."""
    closed = {c.pk: c.closed_at for c in batch.cases}
    upheld = {
        case
        for case, at in Ruling.objects.filter(
            Q(objection__kind="appeal"), objection__case__in=_keys(batch), result=RulingResult.UPHELD
        ).values_list("objection__case", "at")
        if closed[case] is not None and at >= closed[case]
    }
    return _each((k for k in _keys(batch) if k not in upheld), _("No appeal against it has been upheld."))
