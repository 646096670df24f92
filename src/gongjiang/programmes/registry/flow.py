"""When: what somebody objected to is taken up and decided on by the union that keeps their record."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Rule, deadline
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle.flow import Batch, Flow, Reason, Transition
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.lifecycle.turns import Next, pass_turns
from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.parameters import read

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


def answer_due(batch: Batch) -> Mapping[int, datetime]:
    """Case key → by when the person is to have an answer: so many working days from their objection, by the value in
    force that day, whoever decides. Without a case whose union and those above have published none.
    """
    found, known = {}, calendars()
    regions = dict(Unit.objects.filter(pk__in={c.unit_id for c in batch.cases}).values_list("pk", "region"))
    for case in batch.cases:
        begun = case.opened_at
        values = read.values("registry", unit=case.unit_id, on=timezone.localdate(begun))
        days = values["correction_answer_days"].value
        if days is not None:
            rule = Rule(int(days), CountedIn.WORKING_DAY, EndsAt.OFFICE)
            found[case.pk] = deadline(rule, begun, known.at(regions.get(case.unit_id, ""))).at
    return found


def to_union(batch: Batch) -> None:
    """Effect: the union of the workplace is to act, until the person has waited as long as they may."""
    due = answer_due(batch)
    pass_turns(
        batch,
        {c.pk: Next(unit=c.unit_id, role=Role.UNIT_OFFICER, due_at=due.get(c.pk)) for c in batch.cases},
    )


def to_union_above(batch: Batch) -> None:
    """Effect: the nearest union of a county or above decides, in what is left of the time; where there is none, the
    turn stays where it is.
    """
    due = answer_due(batch)
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
            c.pk: Next(unit=above[c.pk][-1], role=Role.OFFICER, due_at=due.get(c.pk))
            if above[c.pk]
            else Next(unit=c.unit_id, role=Role.UNIT_OFFICER, due_at=due.get(c.pk))
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
            effects=(to_union,),
        ),
        Transition(
            "take_up", c("action", "Take it up"), (State.SUBMITTED,), State.UNDER_REVIEW, DECIDER,
            guards=(impartial,), effects=(to_union,), bulk=True,
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
