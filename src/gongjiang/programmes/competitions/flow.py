"""The flow of an entry: from the registration over three checks, the day itself and the notice to the prize."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.documents.kinds import DocumentKind, Layout
from gongjiang.kernel.lifecycle.flow import Flow, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant, to_own_unit
from gongjiang.kernel.publicity.guards import no_open_objection, publicise, publicity_over
from gongjiang.kernel.review.endorsement import at_summit, climb, not_own, record
from gongjiang.kernel.review.models import Verdict
from gongjiang.kernel.review.packs import Pack
from gongjiang.kernel.review.recommending import give_place_back, take_place, within_quota

from .actions.notices import RESULTS, results
from .actions.packs import pack
from .actions.steps import (
    award,
    check_in,
    decide_today,
    find_upgrades,
    freeze_flags,
    leave,
    register,
    revoke_award,
    to_filer,
    to_organiser,
    write_results,
)
from .guards import (
    appeals_over,
    day_has_come,
    decided_by_document,
    eligible,
    entered_once,
    judged,
    left_out_by_theory,
    may_be_held,
    not_started,
    started,
    takes_registrations,
    told_apart,
    was_awarded,
    wins,
    wins_nothing,
)
from .models import ContestEvent, Entry
from .permissions import APPLICANT, CHECKER, CLAIMANT, ENTERPRISE, HELPER, ORGANISER, VIEW, WITHDRAWER
from .queries import PRACTICE, THEORY


def entry_titles(keys: Sequence[int]) -> dict[int, str]:
    rows = Entry.objects.filter(case__in=keys).values_list(
        "case", "case__edition", "case__applicant__name", "team"
    )
    found = list(rows)
    trades = dict(
        ContestEvent.objects.filter(edition__in={r[1] for r in found}).values_list("edition", "trade")
    )
    return {case: f"{trades.get(edition, '')}　{team or name}" for case, edition, name, team in found}


to_unit = to_own_unit(Role.UNIT_OFFICER)
OPEN = (State.DRAFT, State.RETURNED)

ENTRY = Flow(
    name="competitions.entry",
    label=c("flow", "Contest entry"),
    prefix="CME",
    view=VIEW,
    model="competitions.Entry",
    url="competitions:entry",
    my_url="competitions:my-entry",
    title=entry_titles,
    edition_required=True,
    applicant_required=True,
    transitions=(
        Transition("draft", c("action", "Save as draft"), (), State.DRAFT, APPLICANT, effects=(to_applicant,)),
        Transition("draft_for", c("action", "Register a worker"), (), State.DRAFT, HELPER, effects=(to_unit,)),
        Transition(
            "submit", c("action", "Register"), OPEN, State.SUBMITTED, CLAIMANT,
            guards=(takes_registrations, eligible, entered_once), effects=(register, freeze_flags, to_unit),
            primary=True,
        ),
        Transition(
            "vouch", c("action", "Vouch for it and send it up"), (State.SUBMITTED,), State.UNDER_REVIEW, ENTERPRISE,
            guards=(not_own, within_quota()), effects=(record(Verdict.ENDORSED), take_place(), climb), primary=True,
            bulk=True,
        ),
        Transition(
            "check", c("action", "Pass the second check"), (State.UNDER_REVIEW,), State.UNDER_REVIEW, CHECKER,
            guards=(
                at_summit(False, _("You run this contest: admit it.")), not_own, within_quota(),
            ),
            effects=(record(Verdict.ENDORSED), take_place(), climb), primary=True, bulk=True,
        ),
        Transition(
            "admit", c("action", "Admit to the contest"), (State.UNDER_REVIEW,), State.SCORING, CHECKER,
            guards=(
                at_summit(True, _("The union that runs the contest admits it; pass it on.")), not_own,
            ),
            effects=(record(Verdict.ENDORSED), to_organiser), primary=True, bulk=True,
        ),
        Transition(
            "return", c("action", "Return to mend"), (State.SUBMITTED, State.UNDER_REVIEW), State.RETURNED, CHECKER,
            needs=("note",), effects=(record(Verdict.RETURNED), leave, give_place_back, to_filer),
        ),
        Transition(
            "refuse", c("action", "Decline"), (State.SUBMITTED, State.UNDER_REVIEW), State.CLOSED, CHECKER,
            outcome=Outcome.REFUSED, guards=(not_own,), needs=("note",),
            effects=(record(Verdict.REFUSED), leave, give_place_back, decide_today), bulk=True,
        ),
        Transition(
            "check_in", c("action", "Check in"), (State.SCORING,), State.SCORING, ORGANISER,
            guards=(day_has_come, may_be_held, not_started), effects=(check_in, to_organiser), primary=True, bulk=True,
        ),
        Transition(
            "absent", c("action", "Close as not started"), (State.SCORING,), State.CLOSED, ORGANISER,
            outcome=Outcome.LAPSED, guards=(day_has_come, not_started), effects=(leave, decide_today), bulk=True,
        ),
        Transition(
            "end_early", c("action", "Close as not in the final"), (State.SCORING,), State.CLOSED, ORGANISER,
            outcome=Outcome.COMPLETED, guards=(left_out_by_theory,), effects=(decide_today,), bulk=True,
        ),
        Transition(
            "publicise", c("action", "Publicise the results"), (State.SCORING,), State.PUBLICISED, ORGANISER,
            guards=(started, judged, told_apart), effects=(write_results, publicise(RESULTS, results)), bulk=True,
        ),
        Transition(
            "confirm", c("action", "Confirm the rank and award"), (State.PUBLICISED,), State.AWARDED, ORGANISER,
            guards=(publicity_over(RESULTS), no_open_objection, appeals_over, wins, decided_by_document),
            needs=("document",), effects=(decide_today, award, find_upgrades, to_organiser), primary=True,
        ),
        Transition(
            "finish", c("action", "Confirm the rank, without a prize"), (State.PUBLICISED,), State.CLOSED, ORGANISER,
            outcome=Outcome.COMPLETED, guards=(publicity_over(RESULTS), no_open_objection, appeals_over, wins_nothing),
            effects=(decide_today,), bulk=True,
        ),
        Transition(
            "hand_over", c("action", "Certificates handed over"), (State.AWARDED,), State.CLOSED, ORGANISER,
            outcome=Outcome.GRANTED, primary=True, bulk=True,
        ),
        Transition(
            "disqualify", c("action", "Disqualify"), (State.SCORING, State.PUBLICISED), State.CLOSED, ORGANISER,
            outcome=Outcome.REFUSED, needs=("note",), effects=(decide_today,),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (*OPEN, State.SUBMITTED, State.UNDER_REVIEW, State.SCORING),
            State.CLOSED, WITHDRAWER, outcome=Outcome.WITHDRAWN, guards=(not_started,),
            effects=(leave, give_place_back),
        ),
        Transition(
            "revoke", c("action", "Take back prize and title"), (State.AWARDED, State.CLOSED), State.CLOSED, ORGANISER,
            outcome=Outcome.REVOKED, guards=(was_awarded, decided_by_document), needs=("document", "note"),
            effects=(revoke_award,),
        ),
    ),
)  # fmt: skip

FLOWS = (ENTRY,)

#: What panels judge: the theory, and the practice under the codes of the stations.
STAGES = ((THEORY, c("panel stage", "Theory")), (PRACTICE, c("panel stage", "Practice")))
PACKS = (Pack("competitions.entry", (State.SCORING,), pack, STAGES),)

#: What contests give rise to.
DOCUMENTS = (
    DocumentKind(
        "competitions.award", c("document", "Decision on prizes and titles"), "documents/letter.txt", public=True
    ),
    DocumentKind(
        "competitions.certificate", c("document", "Certificate of a contest"), "competitions/certificate.txt",
        layout=Layout.CERTIFICATE, stamped=False,
    ),
)  # fmt: skip
