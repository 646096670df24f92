"""When: the states of a question, and who moves it from one to the next."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Reason, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import to_applicant, to_own_unit

from .actions import answered_today
from .models import Question
from .permissions import ANSWERER, ASKER, VIEW
from .rules import is_impartial


def impartial(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: nobody answers their own question."""
    reason = Reason(_("You asked this yourself. Please let a colleague answer it."))
    own = [case.pk for case in batch.cases if not is_impartial(case.applicant_id, batch.actor.person)]
    return {key: [reason] for key in own}


def subjects(keys: Sequence[int]) -> dict[int, str]:
    """What each case is called."""
    return dict(Question.objects.filter(case__in=keys).values_list("case", "subject"))


QUESTION = Flow(
    name="example.question",
    label=c("flow", "Question"),
    prefix="EXA",
    view=VIEW,
    model="example.Question",
    url="example:question",
    my_url="example:my-question",
    title=subjects,
    applicant_required=True,
    transitions=(
        Transition(
            "ask", c("action", "Ask the union"), (), State.SUBMITTED, ASKER,
            effects=(to_own_unit(Role.UNIT_OFFICER),),
        ),
        Transition(
            "answer", c("action", "Answer"), (State.SUBMITTED,), State.CLOSED, ANSWERER, outcome=Outcome.COMPLETED,
            guards=(impartial,), needs=("note",), effects=(answered_today,), primary=True,
        ),
        Transition(
            "return", c("action", "Return to mend"), (State.SUBMITTED,), State.RETURNED, ANSWERER,
            needs=("note",), effects=(to_applicant,),
        ),
        Transition(
            "mend", c("action", "Mend and send again"), (State.RETURNED,), State.SUBMITTED, ASKER,
            effects=(to_own_unit(Role.UNIT_OFFICER),), primary=True,
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (State.SUBMITTED, State.RETURNED), State.CLOSED, ASKER,
            outcome=Outcome.WITHDRAWN,
        ),
    ),
)  # fmt: skip

FLOWS = (QUESTION,)
