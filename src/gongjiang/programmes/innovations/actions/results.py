"""Filing a result with its makers, mending it, judging what it is like, putting it forward, revoking it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit, UnitKind
from gongjiang.kernel.people.crypto import keyed_hash
from gongjiang.kernel.people.identity import BadIdentifier, phone_number
from gongjiang.kernel.people.models import IdentifierKind
from gongjiang.programmes.innovations.models import Entry, Judgement, Likeness, Result
from gongjiang.programmes.innovations.permissions import KEEPER
from gongjiang.programmes.innovations.rules import bands, title_key

from .admission import against
from .asking import ask, refuse

#: States in which the author may still change the content, the makers and the evidence.
OPEN = (State.DRAFT, State.RETURNED)
FIELDS = ("title", "category", "problem", "novelty", "effect", "put_into_use_on", "secrecy")
#: Asked under "more" on the form, or when the result is put forward.
MORE = (
    "second_class", "topic", "industry", "route", "done_from", "done_to", "ownership", "prior_awards", "gov_plan",
    "gov_award", "disputed",
)  # fmt: skip
#: States in which the enterprise's union keeps the papers of a result.
KEPT = (State.SUBMITTED, State.TRIAL, State.AWARDED, State.FOLLOWING)


@dataclass(frozen=True)
class Maker:
    """Somebody of the team and their share in per cent."""

    person: int
    share: Decimal


def colleagues(named: Sequence[tuple[str, str]]) -> list[int | None]:
    """The persons behind names and phone numbers, at the workplaces of whoever asks; None for whom there is none.

    Nothing else is told of them, and nobody is found by a name or a phone alone.
    """
    digests, names = [], []
    for name, phone in named:
        try:
            digests.append(keyed_hash(IdentifierKind.PHONE, phone_number(phone)))
        except BadIdentifier:
            digests.append(b"")
        names.append(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, person FROM innovations_colleagues(%s, %s)", [digests, names])
        found = dict(cursor.fetchall())
    return [found.get(place) for place in range(1, len(named) + 1)]


def file_result(
    content: Mapping[str, Any],
    *,
    actor: Actor,
    unit: Unit,
    submit: bool,
    evidence: Sequence[Upload] = (),
    team: Sequence[Maker] | None = None,
) -> Result:
    """A worker files a result at the union of the workplace, as a draft or submitted at once.

    content  the values of FIELDS, of MORE where they are known, and the `team` (班组) of the workplace it comes from
    team     the makers in their order, the author among them; None: the author alone
    Raises Refused with every reason when it is submitted and something is missing, Forbidden for anybody who does
    not work there, ValidationError for evidence that is not accepted; nothing is kept then.
    """
    if actor.person is None or unit.path not in actor.workplaces:
        raise Forbidden
    _check_team(content, unit)
    with transaction.atomic():
        case = door.open_case("innovations.result", "draft", actor=actor, unit=unit, applicant=actor.person)
        result = Result.objects.create(case=case, **_columns(content))
        _name_makers(case, team or [Maker(actor.person, Decimal(100))])
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
    team: Sequence[Maker] | None = None,
) -> Result:
    """The author changes a draft or a returned result, its makers and its evidence, and may submit it.

    removed  keys of files that are taken off before `evidence` is added
    team     the makers as they are from now on; None leaves them as they were
    Raises Forbidden, Stale, Refused, or ValidationError for evidence that is not accepted; nothing is changed then.
    """
    case = result.case
    if case.applicant_id != actor.person:
        raise Forbidden
    if case.state not in OPEN:
        raise Stale(case)
    _check_team(content, case.unit)
    with transaction.atomic():
        columns = _columns(content)
        for name, value in columns.items():
            setattr(result, name, value)
        result.save(update_fields=list(columns))
        if team is not None:
            Participant.objects.filter(case=case).delete()
            _name_makers(case, team)
        files.remove(case, removed, actor=actor, states=OPEN)
        files.attach(case, evidence, actor=actor, states=OPEN)
        if submit:
            result.case = door.transition(case, "submit", actor=actor, version=case.version)
    return result


def add_papers(
    result: Result, uploads: Sequence[Upload], *, actor: Actor, removed: Collection[int] = ()
) -> None:
    """The enterprise's union adds papers while the result is in its hands. Raises Forbidden, Stale, ValidationError."""
    with transaction.atomic():
        case = ask(KEEPER, result.pk, actor)
        files.remove(case, removed, actor=actor, states=KEPT)
        files.attach(case, uploads, actor=actor, states=KEPT)


def judge(likeness: Likeness, judgement: str, reason: str, *, actor: Actor) -> Likeness:
    """An officer says whether it is the same as the earlier result, and why; the result then follows that one.

    Raises Forbidden or Refused.
    """
    with transaction.atomic():
        ask(KEEPER, likeness.result_id, actor)
        if judgement not in (Judgement.SAME, Judgement.DIFFERENT):
            raise refuse(likeness.result_id, _("Say whether it is the same or something else."), "judgement")
        if not reason.strip():
            raise refuse(likeness.result_id, _("Say in a sentence why."), "reason")
        likeness.judgement, likeness.reason = judgement, reason.strip()
        likeness.judged_by_id, likeness.judged_at = actor.user, timezone.now()
        likeness.save(update_fields=["judgement", "reason", "judged_by", "judged_at"])
        same = Likeness.objects.filter(result=likeness.result_id, judgement=Judgement.SAME)
        earlier = same.order_by("-score", "other").values_list("other", flat=True).first()
        Result.objects.filter(pk=likeness.result_id).update(earlier=earlier)
    return likeness


def recommend(
    result: Result,
    edition: Edition,
    *,
    actor: Actor,
    details: Mapping[str, Any] | None = None,
) -> Entry:
    """The enterprise puts a result forward in a call; `send_up` then sends it to the union above.

    details  values of MORE and the day of use that were not known when it was filed
    Raises Refused with every reason, or Forbidden.
    """
    case = result.case
    with transaction.atomic():
        ask(KEEPER, case.pk, actor)
        if details:
            for name, value in details.items():
                setattr(result, name, value)
            result.save(update_fields=list(details))
        if reasons := against(result, edition, actor):
            raise Refused({case.pk: reasons})
        entry_case = door.open_case(
            "innovations.entry",
            "recommend",
            actor=actor,
            unit=case.unit,
            applicant=case.applicant_id,
            edition=edition,
        )
        copied = ("person_id", "role", "position", "share", "unit_id", "post", "grade", "flags", "flag_rule")
        Participant.objects.bulk_create(
            Participant(case=entry_case, **{name: getattr(maker, name) for name in copied})
            for maker in Participant.objects.filter(case=case)
        )
        return Entry.objects.create(case=entry_case, result=result)


def revoke(result: Result, *, document: str, note: str, actor: Actor) -> Case:
    """The result counts no longer, by this document. Raises Forbidden, or Refused where a word is missing."""
    return door.transition(result.case, "revoke", actor=actor, document=document, note=note)


def _columns(content: Mapping[str, Any]) -> dict[str, Any]:
    key = title_key(content["title"])
    more = {name: content[name] for name in ("team", *MORE) if name in content}
    return {**{name: content[name] for name in FIELDS}, **more, "title_key": key, "bands": bands(key)}


def _check_team(content: Mapping[str, Any], unit: Unit) -> None:
    """Raises Forbidden for a team of another workplace."""
    team = content.get("team")
    if team is not None and (team.kind != UnitKind.TEAM or team.parent_id != unit.pk):
        raise Forbidden


def _name_makers(case: Case, team: Sequence[Maker]) -> None:
    Participant.objects.bulk_create(
        Participant(
            case=case,
            person_id=maker.person,
            role="author",
            position=position,
            share=maker.share,
            unit=case.unit,
        )
        for position, maker in enumerate(team, start=1)
    )
