"""The two flows: a unit's enrolment from the roster to the fee, and a claim from the bed to the bank."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.models import WindowKind
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant, to_own_unit
from gongjiang.kernel.publicity.guards import no_open_objection, publicise, publicity_over
from gongjiang.kernel.review.endorsement import record
from gongjiang.kernel.review.models import Verdict

from .actions.notices import PAYMENTS, payments
from .actions.steps import (
    check_lines,
    commit,
    compute,
    cover,
    hold_event,
    release_event,
    report_today,
    settle,
    to_filer,
    to_finance,
    to_first_review,
    to_review,
    to_summit,
    void_lines,
    waive,
    write_fees,
)
from .guards import (
    account_there,
    another_person,
    appeal_upheld,
    complete,
    fee_there,
    free_event,
    fund_suffices,
    has_question,
    has_result,
    impartial,
    no_fee_there,
    publicity_wanted,
    recovered,
    roster_there,
    somebody_left,
    stands_in_a_batch,
    to_be_recovered,
    to_be_topped_up,
    window_open,
    within_year_cap,
)
from .models import Claim, UnitEnrolment
from .permissions import (
    APPLICANT,
    CASHIER,
    CHECKER,
    CLAIM_VIEW,
    CLAIMANT,
    ENROLMENT_VIEW,
    FINANCE,
    HELPER,
    INSURER,
    KEEPER,
    ORGANISER,
    RECEIVED,
    REVIEWER,
    SUBMITTER,
    outcome,
)


def enrolment_titles(keys: Sequence[int]) -> dict[int, str]:
    rows = UnitEnrolment.objects.filter(case__in=keys).select_related("case__unit")
    return {row.case_id: row.title for row in rows}


def claim_titles(keys: Sequence[int]) -> dict[int, str]:
    return {row.case_id: row.title for row in Claim.objects.filter(case__in=keys)}


to_unit = to_own_unit(Role.UNIT_OFFICER)

ENROLMENT = Flow(
    name="mutual_aid.enrolment",
    label=c("flow", "Enrolment in mutual aid"),
    prefix="MAE",
    view=ENROLMENT_VIEW,
    model="mutual_aid.UnitEnrolment",
    url="mutual_aid:enrolment",
    title=enrolment_titles,
    edition_required=True,
    transitions=(
        Transition("begin", c("action", "Begin an enrolment"), (), State.DRAFT, KEEPER, effects=(to_unit,)),
        Transition(
            "submit", c("action", "Submit the roster"), (State.DRAFT, State.RETURNED), State.SUBMITTED, KEEPER,
            guards=(roster_there, window_open(WindowKind.APPLY, _("The time for enrolment is over."))),
            effects=(to_first_review,), primary=True,
        ),
        Transition(
            "check", c("action", "Check the roster"), (State.SUBMITTED,), State.VERIFYING, CHECKER,
            effects=(check_lines, to_first_review), primary=True, bulk=True,
        ),
        Transition(
            "return", c("action", "Return to mend"), (State.SUBMITTED, State.VERIFYING), State.RETURNED, CHECKER,
            needs=("note",), effects=(to_unit,),
        ),
        Transition(
            "pass", c("action", "Ask for the fee"), (State.VERIFYING,), State.FEE_MATCHING, CHECKER,
            guards=(somebody_left,), effects=(write_fees, to_finance), primary=True, bulk=True,
        ),
        Transition(
            "cover", c("action", "The fee is there"), (State.FEE_MATCHING,), State.CLOSED, CASHIER,
            outcome=Outcome.COMPLETED, guards=(fee_there,), effects=(cover,), primary=True, bulk=True,
        ),
        Transition(
            "lapse", c("action", "End it unpaid"), (State.FEE_MATCHING,), State.CLOSED, CASHIER,
            outcome=Outcome.LAPSED, guards=(no_fee_there,), needs=("note",), effects=(void_lines,),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (State.DRAFT, State.SUBMITTED, State.RETURNED), State.CLOSED, KEEPER,
            outcome=Outcome.WITHDRAWN, effects=(void_lines,),
        ),
    ),
)  # fmt: skip

OPEN = (State.DRAFT, State.RETURNED)

CLAIM_FLOW = Flow(
    name="mutual_aid.claim",
    label=c("flow", "Mutual aid claim"),
    prefix="MAC",
    view=CLAIM_VIEW,
    model="mutual_aid.Claim",
    url="mutual_aid:claim",
    my_url="mutual_aid:my-claim",
    title=claim_titles,
    edition_required=True,
    applicant_required=True,
    tier="T2",
    transitions=(
        Transition("draft", c("action", "Save as draft"), (), State.DRAFT, APPLICANT, effects=(to_applicant,)),
        Transition("draft_for", c("action", "File for a worker"), (), State.DRAFT, HELPER, effects=(to_unit,)),
        Transition("receive", c("action", "Take in a settlement"), (), State.DRAFT, INSURER),
        Transition(
            "submit", c("action", "Submit the claim"), OPEN, State.SUBMITTED, SUBMITTER,
            guards=(
                complete, window_open(WindowKind.CLAIM, _("The time for claims of this period is over.")), free_event,
            ),
            effects=(report_today, hold_event, to_first_review), primary=True,
        ),
        Transition(
            "return", c("action", "Return to mend"), (State.SUBMITTED, State.COMPUTED), State.RETURNED, REVIEWER,
            needs=("note",), effects=(to_filer,),
        ),
        Transition(
            "compute", c("action", "Compute the payout"), (State.SUBMITTED, State.COMPUTED), State.COMPUTED,
            REVIEWER | RECEIVED, effects=(compute, to_review), primary=True, bulk=True,
        ),
        Transition(
            "waive", c("action", "Waive the question"), (State.COMPUTED,), State.COMPUTED, REVIEWER,
            guards=(impartial, has_question), needs=("note",), effects=(waive,),
        ),
        Transition(
            "endorse", c("action", "Pass the first review"), (State.COMPUTED,), State.UNDER_REVIEW, REVIEWER,
            guards=(impartial, has_result), effects=(record(Verdict.ENDORSED), to_summit), primary=True, bulk=True,
        ),
        Transition(
            "send_back", c("action", "Send back to the first review"), (State.UNDER_REVIEW,), State.COMPUTED, REVIEWER,
            needs=("note",), effects=(record(Verdict.RETURNED), to_first_review),
        ),
        Transition(
            "refuse", c("action", "Decline"), (State.COMPUTED, State.UNDER_REVIEW), State.CLOSED, REVIEWER,
            outcome=Outcome.REFUSED, guards=(impartial,), needs=("note",),
            effects=(record(Verdict.REFUSED), release_event),
        ),
        Transition(
            "approve", c("action", "Approve the payment"), (State.UNDER_REVIEW,), State.APPROVED, REVIEWER,
            guards=(
                impartial, another_person, publicity_wanted(False), has_result, within_year_cap, fund_suffices,
            ),
            effects=(record(Verdict.ENDORSED), commit, to_finance), primary=True, bulk=True,
        ),
        Transition(
            "publicise", c("action", "Publicise the payment"), (State.UNDER_REVIEW,), State.PUBLICISED, REVIEWER,
            guards=(
                impartial, another_person, publicity_wanted(True), has_result,
            ),
            effects=(record(Verdict.ENDORSED), publicise(PAYMENTS, payments)), bulk=True,
        ),
        Transition(
            "confirm", c("action", "Approve after publicity"), (State.PUBLICISED,), State.APPROVED, ORGANISER,
            guards=(
                publicity_over(PAYMENTS), no_open_objection, impartial, has_result, within_year_cap, fund_suffices,
            ),
            effects=(commit, to_finance), primary=True, bulk=True,
        ),
        Transition(
            "strike", c("action", "Decline after an objection"), (State.PUBLICISED,), State.CLOSED, ORGANISER,
            outcome=Outcome.REFUSED, guards=(impartial,), needs=("note",), effects=(release_event,),
        ),
        Transition(
            "batch", c("action", "Put into a payment batch"), (State.APPROVED,), State.IN_BATCH, CASHIER,
            guards=(stands_in_a_batch("waiting", _("Choose it while you make a batch.")),),
        ),
        Transition(
            "unbatch", c("action", "Take out of the batch"), (State.IN_BATCH,), State.APPROVED, CASHIER,
            guards=(stands_in_a_batch("", _("It goes out of a batch when the batch is cancelled.")),),
            effects=(to_finance,),
        ),
        Transition(
            "pay", c("action", "Paid by the bank"), (State.IN_BATCH,), State.CLOSED, FINANCE,
            outcome=Outcome.GRANTED, guards=(stands_in_a_batch("paid", _("The bank has not confirmed it yet.")),),
            effects=(settle,),
        ),
        Transition(
            "bounce", c("action", "Sent back by the bank"), (State.IN_BATCH,), State.BOUNCED, FINANCE,
            guards=(stands_in_a_batch("bounced", _("The bank has not sent it back.")),), effects=(to_filer,),
        ),
        Transition(
            "again", c("action", "Pay to the new account"), (State.BOUNCED,), State.APPROVED, CLAIMANT | CASHIER,
            guards=(account_there,), effects=(to_finance,), primary=True,
        ),
        Transition(
            "recover", c("action", "Ask for it back"), (State.CLOSED,), State.RECOVERING,
            ORGANISER & outcome("granted"), guards=(impartial, to_be_recovered), effects=(to_finance,),
        ),
        Transition(
            "recovered", c("action", "The money is back"), (State.RECOVERING,), State.CLOSED, CASHIER,
            outcome=Outcome.GRANTED, guards=(recovered,), primary=True,
        ),
        Transition(
            "top_up", c("action", "Pay what is missing"), (State.CLOSED,), State.COMPUTED,
            ORGANISER & outcome("granted"), guards=(impartial, to_be_topped_up), effects=(to_first_review,),
        ),
        Transition(
            "reopen", c("action", "Take up again after the appeal"), (State.CLOSED,), State.COMPUTED,
            ORGANISER & outcome("refused"), guards=(appeal_upheld,), needs=("note",),
            effects=(hold_event, compute, to_first_review),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (*OPEN, State.SUBMITTED, State.COMPUTED), State.CLOSED, CLAIMANT,
            outcome=Outcome.WITHDRAWN, effects=(release_event,),
        ),
    ),
)  # fmt: skip

FLOWS = (ENROLMENT, CLAIM_FLOW)
