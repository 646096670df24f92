"""When: what somebody objected to is taken up and decided on by the union that keeps their record."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Reason, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import Next, pass_turns, to_own_unit
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.paths import ancestors

from .actions import mend, stated_now
from .models import Correction, Fact
from .permissions import CORRECTIONS, DECIDER, OBJECTOR


def impartial(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: nobody decides on what they objected to themselves."""
    reason = Reason(_("This is about yourself. Please let a colleague, or the union above, decide it."))
    me = batch.actor.person
    return {case.pk: [reason] for case in batch.cases if me is not None and case.applicant_id == me}


def as_stated(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: the register still says what was objected to."""
    found = {}
    rows = Correction.objects.filter(case__in=batch.cases).select_related("employment__person")
    for each in rows:
        now = stated_now(each.employment, each.fact)
        if now == each.wanted:
            found[each.pk] = [Reason(_("The register says this by now. Refuse the objection as settled."))]
        elif now != each.stated:
            found[each.pk] = [
                Reason(
                    _("The register has changed since it was objected to: it says “%(now)s” now.")
                    % {"now": now}
                )
            ]
    return found


def to_union_above(batch: Batch) -> None:
    """Effect: the nearest union of a county or above decides; where there is none, the turn stays where it is."""
    keys = {key for case in batch.cases for key in ancestors(case.path)[:-1]}
    offices = set(
        Unit.objects.filter(pk__in=keys, level__in=(Level.COUNTY, Level.CITY, Level.PROVINCE)).values_list(
            "pk", flat=True
        )
    )
    above = {c.pk: [key for key in ancestors(c.path)[:-1] if key in offices] for c in batch.cases}
    pass_turns(
        batch,
        {
            c.pk: Next(unit=above[c.pk][-1], role=Role.OFFICER)
            if above[c.pk]
            else Next(unit=c.unit_id, role=Role.UNIT_OFFICER)
            for c in batch.cases
        },
    )


def titles(keys: Sequence[int]) -> dict[int, str]:
    """What each case is called: the fact and whose it is."""
    rows = Correction.objects.filter(case__in=keys).values_list("case", "fact", "person__name")
    return {key: f"{name} · {Fact(fact).label}" for key, fact, name in rows}


CORRECTION = Flow(
    name="registry.correction",
    label=c("flow", "Correction of the register"),
    prefix="REG",
    view=CORRECTIONS,
    model="registry.Correction",
    url="registry:correction",
    my_url="registry:my-correction",
    title=titles,
    applicant_required=True,
    transitions=(
        Transition(
            "submit", c("action", "Say what is wrong"), (), State.SUBMITTED, OBJECTOR,
            effects=(to_own_unit(Role.UNIT_OFFICER),),
        ),
        Transition(
            "take_up", c("action", "Take it up"), (State.SUBMITTED,), State.UNDER_REVIEW, DECIDER,
            guards=(impartial,), effects=(to_own_unit(Role.UNIT_OFFICER),), bulk=True,
        ),
        Transition(
            "hand_up", c("action", "Hand to the union above"), (State.SUBMITTED, State.UNDER_REVIEW),
            State.UNDER_REVIEW, DECIDER, needs=("note",), effects=(to_union_above,),
        ),
        Transition(
            "grant", c("action", "Correct the register"), (State.UNDER_REVIEW,), State.CLOSED, DECIDER,
            outcome=Outcome.GRANTED, guards=(impartial, as_stated), needs=("note",), effects=(mend,), primary=True,
        ),
        Transition(
            "refuse", c("action", "Leave the register as it is"), (State.UNDER_REVIEW,), State.CLOSED, DECIDER,
            outcome=Outcome.REFUSED, guards=(impartial,), needs=("note",),
        ),
        Transition(
            "withdraw", c("action", "Withdraw"), (State.SUBMITTED, State.UNDER_REVIEW), State.CLOSED, OBJECTOR,
            outcome=Outcome.WITHDRAWN,
        ),
    ),
)  # fmt: skip

FLOWS = (CORRECTION,)
