"""Effects of the flows: what a step writes beside the case."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.days import working_days_between
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.ledger import books, guards
from gongjiang.kernel.ledger.books import Posting
from gongjiang.kernel.ledger.models import Entry, EntryKind
from gongjiang.kernel.lifecycle.flow import Batch
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Edition
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.parameters.actions import record
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.models import (
    Channel,
    Claim,
    CoverState,
    Fee,
    MemberCoverage,
    UnitEnrolment,
)
from gongjiang.programmes.mutual_aid.rules import fee_due, waits_until
from gongjiang.programmes.mutual_aid.rules.payout import VERSION

from .checking import standing

RULE = "mutual_aid.payout"


def _editions(cases: Sequence[Case]) -> dict[int, Edition]:
    return Edition.objects.select_related("unit", "mutual_aid_period__fund").in_bulk(
        {c.edition_id for c in cases if c.edition_id}
    )


def claims_of(batch: Batch) -> list[Claim]:
    """The claims of the cases of a move, in their order."""
    return list(
        Claim.objects.filter(case__in=[c.pk for c in batch.cases])
        .select_related("case", "coverage__edition__unit", "coverage__edition__mutual_aid_period")
        .order_by("case")
    )


# whose turn


def to_first_review(batch: Batch) -> None:
    """Effect: the lowest union above the claimant's own that reviews is to act."""
    lines = queries.reviewers(batch.cases)
    pass_turns(batch, {key: Next(unit=line[0].pk, role=Role.OFFICER) for key, line in lines.items() if line})


def to_review(batch: Batch) -> None:
    """Effect: as `to_first_review`; what the insurance sent in up to the amount that needs no first review goes to
    whoever approves.
    """
    lines = queries.reviewers(batch.cases)
    small = set()
    for claim in claims_of(batch):
        if claim.channel == Channel.INSURER:
            values = queries.values(claim.coverage.edition)
            if (
                values["auto_claims"]
                and claim.result is not None
                and claim.result <= (values["auto_pay_max"] or 0)
            ):
                small.add(claim.pk)
    to = {
        k: Next(unit=(line[-1] if k in small else line[0]).pk, role=Role.OFFICER) for k, line in lines.items()
    }
    pass_turns(batch, to)


def to_summit(batch: Batch) -> None:
    """Effect: the union that runs the period is to act."""
    lines = queries.reviewers(batch.cases)
    pass_turns(batch, {key: Next(unit=line[-1].pk, role=Role.OFFICER) for key, line in lines.items() if line})


def to_finance(batch: Batch) -> None:
    """Effect: finance of the union that runs the period is to act."""
    editions = _editions(batch.cases)
    pass_turns(
        batch,
        {
            c.pk: Next(unit=editions[c.edition_id].unit_id, role=Role.FINANCE_MAKER)
            for c in batch.cases
            if c.edition_id
        },
    )


def to_filer(batch: Batch) -> None:
    """Effect: whoever filled it in is to act: the claimant, or the union of the workplace."""
    channels = dict(Claim.objects.filter(case__in=[c.pk for c in batch.cases]).values_list("case", "channel"))
    pass_turns(
        batch,
        {
            c.pk: Next(unit=c.unit_id, role=Role.UNIT_OFFICER)
            if channels.get(c.pk) == Channel.OFFICER
            else Next(person=c.applicant_id)
            for c in batch.cases
        },
    )


# enrolment


def check_lines(batch: Batch) -> None:
    """Effect: every line of the roster is checked against the register; what cannot be enrolled is void, with why."""
    for case in batch.cases:
        lines = list(MemberCoverage.objects.filter(enrolment=case.pk, state=CoverState.LISTED))
        begins = UnitEnrolment.objects.values_list("begins_on", flat=True).get(case=case.pk)
        against = standing(lines, case, begins)
        wrong = [line for line in lines if against.get(line.pk)]
        for line in wrong:
            line.state, line.void_reason = CoverState.VOID, "；".join(against[line.pk])
        MemberCoverage.objects.bulk_update(wrong, ["state", "void_reason"], batch_size=2000)


def write_fees(batch: Batch) -> None:
    """Effect: what each payer owes is fixed by the lines that have passed the check."""
    for case, edition in ((c, _editions(batch.cases)[c.edition_id]) for c in batch.cases if c.edition_id):
        lines = MemberCoverage.objects.filter(enrolment=case.pk, state=CoverState.LISTED)
        shares = lines.aggregate(n=Sum("shares"))["n"] or 0
        Fee.objects.filter(enrolment=case.pk).delete()
        Fee.objects.bulk_create(
            Fee(enrolment_id=case.pk, payer=payer, due=fen)
            for payer, fen in fee_due(shares, queries.values(edition)).items()
        )


def cover(batch: Batch) -> None:
    """Effect: everybody on the roster is covered, from the day of the batch to the end of the period."""
    for case in batch.cases:
        edition = _editions([case])[case.edition_id]  # type: ignore[index]
        days = queries.cover_days(edition)
        assert days is not None
        begins = max(days[0], UnitEnrolment.objects.values_list("begins_on", flat=True).get(case=case.pk))
        lines = list(MemberCoverage.objects.filter(enrolment=case.pk, state=CoverState.LISTED))
        before = _covers_before(edition, [line.person_id for line in lines], begins)
        waiting = queries.terms(edition).waiting
        for line in lines:
            line.state, line.since, line.until = CoverState.COVERED, begins, days[1]
            line.previous_id = before.get(line.person_id)
            line.waits_until = waits_until(begins, waiting, renewed=line.previous_id is not None)
        MemberCoverage.objects.bulk_update(
            lines, ["state", "since", "until", "waits_until", "previous"], batch_size=2000
        )


def _covers_before(edition: Edition, persons: Sequence[int], begins: dt.date) -> dict[int, int]:
    """person → the cover of an earlier period of this union that ended no longer ago than the gap allows."""
    gap = queries.values(edition)["renewal_gap_days"]
    rows = MemberCoverage.objects.filter(
        person__in=persons, state=CoverState.COVERED, edition__unit=edition.unit_id,
        until__gte=begins - dt.timedelta(days=gap), since__lt=begins,
    ).exclude(edition=edition)  # fmt: skip
    return dict(rows.order_by("until").values_list("person", "pk"))


def void_lines(batch: Batch) -> None:
    """Effect: nobody on the roster is enrolled by it."""
    why = str(batch.data.get("note") or _("withdrawn by the unit"))
    MemberCoverage.objects.filter(enrolment__in=[c.pk for c in batch.cases], state=CoverState.LISTED).update(
        state=CoverState.VOID, void_reason=why
    )


# claim


def hold_event(batch: Batch) -> None:
    """Effect: the event is claimed by this case and by no other, in whatever programme. Raises Refused."""
    for claim in claims_of(batch):
        guards.hold(
            claim.pk,
            queries.keys_of(claim, queries.terms(claim.coverage.edition)),
            person=claim.coverage.person_id,
            day=claim.admitted_on,
            scheme="mutual_aid",
        )


def report_today(batch: Batch) -> None:
    """Effect: the day of the first submission is the day on which it was reported."""
    keys = [c.pk for c in batch.cases]
    again = set(
        CaseEvent.objects.filter(case__in=keys, name="submit", source="returned").values_list(
            "case", flat=True
        )
    )
    Claim.objects.filter(case__in=set(keys) - again).update(reported_on=timezone.localdate(batch.at))


def release_event(batch: Batch) -> None:
    """Effect: nothing comes of it; the event may be claimed again."""
    guards.release([c.pk for c in batch.cases])


def compute(batch: Batch) -> None:
    """Effect: the rule decides, and its decision is kept with every line and clause."""
    for claim in claims_of(batch):
        apply_rule(claim, batch)


def waive(batch: Batch) -> None:
    """Effect: somebody has looked at what the rule asked about; it decides without."""
    Claim.objects.filter(case__in=[c.pk for c in batch.cases]).update(waived=True)
    compute(batch)


def apply_rule(claim: Claim, batch: Batch) -> None:
    now = queries.terms_for([claim])[claim.pk]
    decision = queries.decision_of(claim)
    used = queries.used_before([claim])[claim.pk]
    plan = now.plans.get(claim.plan)
    left = max(0, now.cap_per_period - used.paid)
    claim.result = decision.amount
    claim.base = queries.base_counted(claim, plan, now)
    claim.cap_before, claim.cap_after = left, max(0, left - (decision.amount or 0))
    claim.save(update_fields=["result", "base", "cap_before", "cap_after"])
    cost = queries.cost_of(claim)
    facts = {name: getattr(cost, name) for name in cost.__dataclass_fields__}
    days = {
        name: getattr(claim, name)
        for name in ("plan", "admitted_on", "discharged_on", "settled_on", "reported_on")
    }
    record(
        claim.case,
        decision,
        rule=RULE,
        version=VERSION,
        facts={**days, **facts, "used": used.paid},
        actor=batch.actor,
    )


def commit(batch: Batch) -> None:
    """Effect: the fund commits the amount, and the guard knows of it; in the move's own transaction. Raises Refused."""
    postings, amounts = [], {}
    claims, keys = claims_of(batch), [case.pk for case in batch.cases]
    paid = books.paid_for_each(keys)
    before = dict(
        Entry.objects.filter(case__in=keys, kind=EntryKind.COMMIT).values_list("case").annotate(n=Count("pk"))
    )
    for claim in claims:
        fen = (claim.result or 0) - paid[claim.pk]
        amounts[claim.pk] = claim.result or 0
        period = claim.coverage.edition.mutual_aid_period
        earlier = before.get(claim.pk, 0)
        postings.append(
            Posting(
                key=f"{claim.case.number}/commit/{earlier + 1}",
                kind=EntryKind.COMMIT,
                fund=period.fund_id,
                edition=period.pk,
                case=claim.pk,
                fen=fen,
            )
        )
    books.post_many(postings, actor=batch.actor)
    guards.grant(amounts)


def settle(batch: Batch) -> None:
    """Effect: it was paid; its event is taken for good, and how long it took is known."""
    today = timezone.localdate(batch.at)
    guards.settle([c.pk for c in batch.cases])
    known = calendars()
    claims = claims_of(batch)
    for claim in claims:
        claim.paid_on = today
        claim.handled_days = handled(claim.case, today, known.at(""))
    Claim.objects.bulk_update(claims, ["paid_on", "handled_days"])


def handled(case: Case, until: dt.date, calendar: object) -> int:
    """Working days from the first submission to a day, without those in which it lay with whoever filled it in."""
    events = list(case.events.order_by("version").values_list("target", "at"))
    first = next((at for target, at in events if target == State.SUBMITTED), None)
    if first is None:
        return 0
    days = working_days_between(calendar, timezone.localdate(first), until)  # type: ignore[arg-type]
    for (target, since), (_target, at) in pairwise(events):
        if target == State.RETURNED:
            days -= working_days_between(calendar, timezone.localdate(since), timezone.localdate(at))  # type: ignore[arg-type]
    return max(0, days)
