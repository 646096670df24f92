"""The two flows: a result with its maker and its enterprise, and an entry from its enterprise to the award."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.documents.kinds import DocumentKind, Layout
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant, to_own_unit
from gongjiang.kernel.publicity.guards import no_open_objection, publicise, publicity_over
from gongjiang.kernel.review.endorsement import at_summit, climb, not_own, record, send_back, somebody_below
from gongjiang.kernel.review.models import Result as Came
from gongjiang.kernel.review.models import Verdict
from gongjiang.kernel.review.packs import Pack
from gongjiang.kernel.review.recommending import (
    endorsed_last,
    free_below,
    give_place_back,
    take_back,
    take_place,
    within_quota,
)
from gongjiang.kernel.review.scoring import result_of

from .actions.notices import FINALISTS, RANKS, finalists, ranks
from .actions.packs import pack
from .actions.steps import (
    accept_today,
    adopt_today,
    award,
    decide_today,
    find_alike,
    freeze_flags,
    put_into_library,
    revoke_award,
    strike,
    to_first_reader,
    to_organiser,
    unadopt,
)
from .guards import (
    benefit_signed,
    checked_on_site,
    complete,
    decided_by_document,
    finance_is_there,
    has_a_prize,
    has_operation_sheet,
    may_be_published,
    not_publicised_since,
    not_selected,
    passed_to_the_end,
    paybacks_read,
    ranking_page,
    roadshow_ahead,
    shares_add_up,
    signer_is_no_author,
    still_enters,
    tables_compared,
    was_awarded,
)
from .models import Entry, Result
from .permissions import (
    APPLICANT,
    CLAIMS,
    CLAIMS_NONE,
    DECIDER,
    ENDORSER,
    ENTERPRISE,
    FIRST_READER,
    KEEPER,
    ORGANISER,
    RECOMMENDER,
    REVOKER,
    SIGNER,
    STANDS,
    TEAM_LEADER,
    VIEW,
    WITH_TEAM,
)
from .queries import PAPER, ROADSHOW


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
            guards=(complete, shares_add_up, tables_compared), effects=(freeze_flags, find_alike, to_first_reader),
            primary=True,
        ),
        Transition(
            "confirm", c("action", "Confirm for the team"), (State.SUBMITTED,), State.SUBMITTED, TEAM_LEADER,
            guards=(not_own,), effects=(to_officer,), primary=True,
        ),
        Transition(
            "take_over", c("action", "Read it without the team leader"), (State.SUBMITTED,), State.SUBMITTED,
            KEEPER & WITH_TEAM, needs=("note",), effects=(to_officer,),
        ),
        Transition(
            "accept", c("action", "Accept for trial use"), (State.SUBMITTED,), State.TRIAL, ENTERPRISE,
            effects=(accept_today, to_officer), primary=True, bulk=True,
        ),
        Transition(
            "return", c("action", "Return to mend"), (State.SUBMITTED,), State.RETURNED, FIRST_READER,
            needs=("note",), effects=(to_applicant,),
        ),
        Transition(
            "refuse", c("action", "Refuse"), (State.SUBMITTED,), State.CLOSED, ENTERPRISE,
            outcome=Outcome.REFUSED, needs=("note",),
        ),
        Transition(
            "adopt", c("action", "Adopt and hand the benefit to finance"), (State.TRIAL,), State.VERIFYING,
            ENTERPRISE & CLAIMS, guards=(finance_is_there, tables_compared), effects=(adopt_today, to_finance),
            primary=True,
        ),
        Transition(
            "adopt_unclaimed", c("action", "Confirm adoption"), (State.TRIAL,), State.AWARDED,
            ENTERPRISE & CLAIMS_NONE, guards=(tables_compared,), effects=(adopt_today, to_officer), primary=True,
            bulk=True,
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
            effects=(to_own_unit(Role.UNIT_OFFICER),),
        ),
        Transition(
            "endorse", c("action", "Endorse"), (State.UNDER_REVIEW,), State.UNDER_REVIEW, ENDORSER,
            guards=(
                at_summit(False, _("You decide this entry yourself; there is nobody above to endorse it to.")),
                not_own, still_enters, within_quota(where=ranking_page),
            ),
            effects=(record(Verdict.ENDORSED), take_place(), climb), primary=True, bulk=True,
        ),
        Transition(
            "call_back", c("action", "Call back"), (State.UNDER_REVIEW,), State.UNDER_REVIEW,
            endorsed_last(Role.UNIT_OFFICER, Role.OFFICER), needs=("note",),
            effects=(record(Verdict.RECALLED), take_back),
        ),
        Transition(
            "send_back", c("action", "Send back to mend"), (State.UNDER_REVIEW,), State.UNDER_REVIEW, ENDORSER,
            guards=(somebody_below(True, _("It lies with the unit that recommended it: mend it there.")), not_own),
            needs=("note",), effects=(record(Verdict.RETURNED), send_back, free_below),
        ),
        Transition(
            "admit", c("action", "Admit to the panel"), (State.UNDER_REVIEW,), State.SCORING, DECIDER,
            guards=(
                at_summit(True, _("The unit that made the call decides; endorse it so that it gets there.")),
                not_own, still_enters,
            ),
            effects=(record(Verdict.ENDORSED), to_organiser), primary=True, bulk=True,
        ),
        Transition(
            "refuse", c("action", "Decline"), (State.UNDER_REVIEW,), State.CLOSED, ENDORSER,
            outcome=Outcome.REFUSED, guards=(not_own,), needs=("note",),
            effects=(record(Verdict.REFUSED), decide_today, give_place_back), bulk=True,
        ),
        Transition(
            "shortlist", c("action", "Publicise the finalists"), (State.SCORING,), State.PUBLICISED, ORGANISER,
            guards=(
                result_of(PAPER, Came.PASSED, sentence=_("The panel on the papers has not passed it.")),
                roadshow_ahead,
                may_be_published,
            ),
            effects=(publicise(FINALISTS, finalists),), bulk=True,
        ),
        Transition(
            "eliminate", c("action", "Close as not selected"), (State.SCORING,), State.CLOSED, ORGANISER,
            outcome=Outcome.REFUSED, guards=(not_selected,), needs=("note",), effects=(decide_today,), bulk=True,
        ),
        Transition(
            "pitch", c("action", "Invite to the roadshow"), (State.PUBLICISED,), State.SCORING, ORGANISER,
            guards=(publicity_over(FINALISTS), no_open_objection, not_publicised_since(RANKS)),
            effects=(to_organiser,), primary=True, bulk=True,
        ),
        Transition(
            "inspect", c("action", "Send for the site check"), (State.SCORING,), State.VERIFYING, ORGANISER,
            guards=(passed_to_the_end,), effects=(to_organiser,), primary=True, bulk=True,
        ),
        Transition(
            "rank", c("action", "Publicise the outcome"), (State.VERIFYING,), State.PUBLICISED, ORGANISER,
            guards=(checked_on_site, has_a_prize, may_be_published),
            effects=(publicise(RANKS, ranks),), primary=True, bulk=True,
        ),
        Transition(
            "award", c("action", "Award"), (State.PUBLICISED,), State.AWARDED, ORGANISER,
            guards=(publicity_over(RANKS), no_open_objection, decided_by_document),
            needs=("document",), effects=(decide_today, award, to_organiser), primary=True,
        ),
        Transition(
            "close", c("action", "Certificates handed over"), (State.AWARDED,), State.CLOSED, ORGANISER,
            outcome=Outcome.GRANTED, primary=True, bulk=True,
        ),
        Transition(
            "suspend", c("action", "Freeze over a dispute"), (State.PUBLICISED,), State.SUSPENDED, ORGANISER,
            needs=("note",), effects=(to_organiser,),
        ),
        Transition(
            "resume", c("action", "End the freeze"), (State.SUSPENDED,), State.PUBLICISED, ORGANISER,
            needs=("note",), effects=(to_organiser,),
        ),
        Transition(
            "disqualify", c("action", "Disqualify"),
            (State.SCORING, State.VERIFYING, State.PUBLICISED, State.SUSPENDED), State.CLOSED, ORGANISER,
            outcome=Outcome.REFUSED, needs=("note",), effects=(decide_today,),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (State.UNDER_REVIEW, State.SCORING, State.VERIFYING), State.CLOSED,
            APPLICANT, outcome=Outcome.WITHDRAWN, effects=(give_place_back,),
        ),
        Transition(
            "revoke", c("action", "Revoke the award"), (State.AWARDED, State.CLOSED), State.CLOSED, ORGANISER,
            outcome=Outcome.REVOKED, guards=(was_awarded, decided_by_document), needs=("document", "note"),
            effects=(revoke_award,),
        ),
    ),
)  # fmt: skip

FLOWS = (RESULT, ENTRY)

#: What panels read of an entry.
STAGES = ((PAPER, c("panel stage", "On the papers")), (ROADSHOW, c("panel stage", "At the roadshow")))
PACKS = (Pack("innovations.entry", (State.SCORING,), pack, STAGES),)

#: What calls give rise to.
DOCUMENTS = (
    DocumentKind("innovations.award", c("document", "Award decision"), "documents/letter.txt", public=True),
    DocumentKind(
        "innovations.certificate",
        c("document", "Certificate of honour"),
        "innovations/certificate.txt",
        layout=Layout.CERTIFICATE,
        stamped=False,
    ),
)
