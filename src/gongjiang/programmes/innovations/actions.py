"""What may be done with results and entries: the only writer of this programme's rows."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Batch, Forbidden, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Edition, Participant
from gongjiang.kernel.lifecycle.states import Outcome, State
from gongjiang.kernel.orgs.models import Unit

from . import queries
from .models import Entry, Result

#: States in which the author may still change the content and the evidence.
OPEN = (State.DRAFT, State.RETURNED)
FIELDS = ("title", "category", "problem", "novelty", "effect", "put_into_use_on", "secrecy")


def file_result(
    content: Mapping[str, Any], *, actor: Actor, unit: Unit, submit: bool, evidence: Sequence[Upload] = ()
) -> Result:
    """A worker files a result at the union of the workplace, as a draft or submitted at once.

    content  the values of FIELDS
    Raises Refused with every reason when it is submitted and something is missing, Forbidden for anybody who does
    not work there, ValidationError for evidence that is not accepted; nothing is kept then.
    """
    if actor.person is None or unit.path not in actor.workplaces:
        raise Forbidden
    with transaction.atomic():
        case = door.open_case("innovations.result", "draft", actor=actor, unit=unit, applicant=actor.person)
        result = Result.objects.create(case=case, **{name: content[name] for name in FIELDS})
        Participant.objects.create(
            case=case, person_id=actor.person, role="author", position=1, share=100, unit=unit
        )
        files.attach(case, evidence, actor=actor, states=OPEN)
        if submit:
            result.case = door.transition(case, "submit", actor=actor)
    return result


def revise(
    result: Result,
    content: Mapping[str, Any],
    *,
    actor: Actor,
    submit: bool,
    evidence: Sequence[Upload] = (),
    removed: Collection[int] = (),
) -> Result:
    """The author changes a draft or a returned result and its evidence, and may submit it.

    removed  keys of files that are taken off before `evidence` is added
    Raises Forbidden, Stale, Refused, or ValidationError for evidence that is not accepted; nothing is changed then.
    """
    case = result.case
    if case.applicant_id != actor.person:
        raise Forbidden
    if case.state not in OPEN:
        raise Stale(case)
    with transaction.atomic():
        for name in FIELDS:
            setattr(result, name, content[name])
        result.save(update_fields=FIELDS)
        files.remove(case, removed, actor=actor, states=OPEN)
        files.attach(case, evidence, actor=actor, states=OPEN)
        if submit:
            result.case = door.transition(case, "submit", actor=actor, version=case.version)
    return result


def recommend(result: Result, edition: Edition, *, actor: Actor, note: str = "") -> Entry:
    """The enterprise puts an accepted result forward in a call. Raises Refused with every reason, or Forbidden."""
    case = result.case
    reasons = []
    if not (case.state == State.TRIAL or case.outcome == Outcome.COMPLETED):
        reasons.append(Reason(_("Only a result that the enterprise has accepted can be recommended.")))
    if not queries.open_calls(case.path).filter(pk=edition.pk).exists():
        reasons.append(
            Reason(_("“%(call)s” takes no recommendations now.") % {"call": edition.name}, field="edition")
        )
    if (
        queries.entries_of(result)
        .filter(case__edition=edition)
        .exclude(case__outcome=Outcome.WITHDRAWN)
        .exists()
    ):
        reasons.append(
            Reason(
                _("This result is already in “%(call)s”. One result enters a call once.")
                % {"call": edition.name},
                field="edition",
            )
        )
    if reasons:
        raise Refused({case.pk: reasons})
    with transaction.atomic():
        entry_case = door.open_case(
            "innovations.entry",
            "recommend",
            actor=actor,
            unit=case.unit,
            applicant=case.applicant_id,
            edition=edition,
            note=note,
        )
        Participant.objects.bulk_create(
            Participant(
                case=entry_case,
                person_id=p.person_id,
                role=p.role,
                position=p.position,
                share=p.share,
                unit_id=p.unit_id,
            )
            for p in Participant.objects.filter(case=case)
        )
        return Entry.objects.create(case=entry_case, result=result)


def accept_today(batch: Batch) -> None:
    """Effect: the result counts from the day of its acceptance."""
    Result.objects.filter(case__in=[case.pk for case in batch.cases]).update(
        accepted_on=timezone.localdate(batch.at)
    )


def decide_today(batch: Batch) -> None:
    """Effect: the entry counts from the day of its decision."""
    Entry.objects.filter(case__in=[case.pk for case in batch.cases]).update(
        decided_on=timezone.localdate(batch.at)
    )
