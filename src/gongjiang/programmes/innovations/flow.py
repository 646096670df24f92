"""The two flows: a result with its maker and its enterprise, and an entry on its way up to the unit that called."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant, to_own_unit
from gongjiang.kernel.review.endorsement import at_summit, climb, record
from gongjiang.kernel.review.models import Verdict

from .actions.steps import (
    accept_today,
    adopt_today,
    decide_today,
    find_alike,
    put_into_library,
    strike,
    unadopt,
)
from .guards import (
    benefit_signed,
    complete,
    finance_is_there,
    has_operation_sheet,
    paybacks_read,
    shares_add_up,
    signer_is_no_author,
)
from .models import Entry, Result
from .permissions import (
    APPLICANT,
    CLAIMS,
    CLAIMS_NONE,
    DECIDER,
    ENDORSER,
    ENTERPRISE,
    RECOMMENDER,
    REVOKER,
    SIGNER,
    STANDS,
    VIEW,
)


def result_titles(keys: Sequence[int]) -> dict[int, str]:
    return dict(Result.objects.filter(case__in=keys).values_list("case", "title"))


def entry_titles(keys: Sequence[int]) -> dict[int, str]:
    return dict(Entry.objects.filter(case__in=keys).values_list("case", "result__title"))


to_officer = to_own_unit(Role.UNIT_OFFICER)
to_finance = to_own_unit(Role.FINANCE_MAKER)

RESULT = Flow(
    name="innovations.result",
    label=c("flow", "Innovation"),
    prefix="INN",
    view=VIEW,
    model="innovations.Result",
    url="innovations:result",
    my_url="innovations:my-result",
    title=result_titles,
    applicant_required=True,
    transitions=(
        Transition("draft", c("action", "Save as draft"), (), State.DRAFT, APPLICANT, effects=(to_applicant,)),
        Transition(
            "submit", c("action", "Submit innovation"), (State.DRAFT, State.RETURNED), State.SUBMITTED, APPLICANT,
            guards=(complete, shares_add_up), effects=(find_alike, to_officer), primary=True,
        ),
        Transition(
            "accept", c("action", "Accept for trial use"), (State.SUBMITTED,), State.TRIAL, ENTERPRISE,
            effects=(accept_today, to_officer), primary=True, bulk=True,
        ),
        Transition(
            "return", c("action", "Return to mend"), (State.SUBMITTED,), State.RETURNED, ENTERPRISE,
            needs=("note",), effects=(to_applicant,),
        ),
        Transition(
            "refuse", c("action", "Refuse"), (State.SUBMITTED,), State.CLOSED, ENTERPRISE,
            outcome=Outcome.REFUSED, needs=("note",),
        ),
        Transition(
            "adopt", c("action", "Adopt and hand the benefit to finance"), (State.TRIAL,), State.VERIFYING,
            ENTERPRISE & CLAIMS, guards=(finance_is_there,), effects=(adopt_today, to_finance), primary=True,
        ),
        Transition(
            "adopt_unclaimed", c("action", "Confirm adoption"), (State.TRIAL,), State.AWARDED,
            ENTERPRISE & CLAIMS_NONE, effects=(adopt_today, to_officer), primary=True, bulk=True,
        ),
        Transition(
            "drop", c("action", "End trial without adoption"), (State.TRIAL,), State.CLOSED, ENTERPRISE,
            outcome=Outcome.REFUSED, needs=("note",), effects=(unadopt,),
        ),
        Transition(
            "sign", c("action", "Sign the benefit"), (State.VERIFYING,), State.AWARDED, SIGNER,
            guards=(signer_is_no_author, benefit_signed), effects=(to_officer,), primary=True,
        ),
        Transition(
            "send_back", c("action", "Ask back about the benefit"), (State.VERIFYING,), State.TRIAL, SIGNER,
            needs=("note",), effects=(to_officer,),
        ),
        Transition(
            "keep", c("action", "Take into the library"), (State.AWARDED,), State.FOLLOWING, ENTERPRISE,
            guards=(has_operation_sheet,), effects=(put_into_library, to_officer), primary=True,
        ),
        Transition(
            "finish_unkept", c("action", "Finish without the library"), (State.AWARDED,), State.CLOSED, ENTERPRISE,
            outcome=Outcome.COMPLETED, needs=("note",),
        ),
        Transition(
            "finish", c("action", "Finish following it up"), (State.FOLLOWING,), State.CLOSED, ENTERPRISE,
            outcome=Outcome.COMPLETED, guards=(paybacks_read,),
        ),
        Transition(
            "revoke", c("action", "Revoke"), (State.AWARDED, State.FOLLOWING, State.CLOSED), State.CLOSED,
            REVOKER & STANDS, outcome=Outcome.REVOKED, needs=("note", "document"), effects=(strike,),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (State.DRAFT, State.SUBMITTED, State.RETURNED), State.CLOSED,
            APPLICANT, outcome=Outcome.WITHDRAWN,
        ),
    ),
)  # fmt: skip

ENTRY = Flow(
    name="innovations.entry",
    label=c("flow", "Innovation entry"),
    prefix="INE",
    view=VIEW,
    model="innovations.Entry",
    url="innovations:entry",
    my_url="innovations:my-entry",
    title=entry_titles,
    edition_required=True,
    applicant_required=True,
    transitions=(
        Transition(
            "recommend", c("action", "Recommend"), (), State.UNDER_REVIEW, RECOMMENDER,
            effects=(record(Verdict.ENDORSED), climb),
        ),
        Transition(
            "endorse", c("action", "Endorse"), (State.UNDER_REVIEW,), State.UNDER_REVIEW, ENDORSER,
            guards=(at_summit(False, _("You decide this entry yourself; there is nobody above to endorse it to.")),),
            effects=(record(Verdict.ENDORSED), climb), primary=True, bulk=True,
        ),
        Transition(
            "grant", c("action", "Grant"), (State.UNDER_REVIEW,), State.CLOSED, DECIDER, outcome=Outcome.GRANTED,
            guards=(at_summit(True, _("The unit that made the call decides; endorse it so that it gets there.")),),
            effects=(decide_today, record(Verdict.GRANTED)), primary=True, bulk=True,
        ),
        Transition(
            "refuse", c("action", "Decline"), (State.UNDER_REVIEW,), State.CLOSED, DECIDER, outcome=Outcome.REFUSED,
            needs=("note",), effects=(decide_today, record(Verdict.REFUSED)),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (State.UNDER_REVIEW,), State.CLOSED, APPLICANT,
            outcome=Outcome.WITHDRAWN,
        ),
    ),
)  # fmt: skip

FLOWS = (RESULT, ENTRY)
