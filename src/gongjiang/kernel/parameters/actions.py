"""Proposing, publishing, pinning, and keeping decisions: the only writer of values."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.rules import Decision, Reason
from gongjiang.kernel.rules.decision import to_json

from . import read
from .declaration import Parameter, parameter
from .kinds import Weights
from .models import (
    TAKEN_OVER,
    DecisionRecord,
    EditionPin,
    EvidenceMark,
    Proposal,
    ProposalState,
    Provision,
)
from .rules import DECIDE, PROPOSE


def propose(
    full_name: str,
    *,
    actor: Actor,
    unit: Unit,
    since: dt.date,
    value: Any = None,
    repeals: bool = False,
    opens_below: bool = False,
    edition: Edition | None = None,
    document: str,
    clause: str,
    evidence: str = EvidenceMark.NONE,
    preset: str = "",
    note: str = "",
) -> Proposal:
    """Propose a value of "programme.name" from a day on, for a second person to decide.

    value    as the parameter's kind writes it (JSON); none where the unit `repeals` its own and the level above holds
    preset   code of the preset it was copied from; where nothing was changed, its evidence mark is noted with it
    Raises Forbidden, or Refused with every reason, each naming its field.
    """
    asked = parameter(full_name)
    if not PROPOSE.filter(Unit.objects.filter(pk=unit.pk), actor).exists():
        raise Forbidden
    against: list[Reason] = []
    if not repeals:
        try:
            value = asked.kind.write(asked.kind.read(value))
        except ValidationError as wrong:
            against.append(Reason(" ".join(wrong.messages), field="value"))
    chosen = asked.preset(preset)
    if chosen is not None and value != asked.kind.write(chosen.value):
        chosen = None  # begun from a preset and changed: a value of one's own
    proposal = Proposal(
        programme=asked.programme,
        name=asked.name,
        unit=unit,
        edition=edition,
        value=None if repeals else value,
        repeals=repeals,
        opens_below=opens_below and not repeals,
        since=since,
        document=document.strip(),
        clause=clause.strip(),
        evidence=chosen.evidence.value if chosen else evidence,
        preset=chosen.code if chosen else "",
        note=note.strip(),
        proposed_by_id=actor.account,
        proposed_at=timezone.now(),
    )
    with transaction.atomic():
        _alone(proposal)
        proposal.after = _last(proposal)
        if not against:
            against = stands_against(proposal, asked)
        if _of_slot(Proposal, proposal).filter(state=ProposalState.WAITING).exists():
            against.append(
                Reason(_("A change is waiting for its second person already. Have it decided first."))
            )
        if against:
            raise Refused({0: against})
        proposal.save(force_insert=True)
    return proposal


def publish(proposal: Proposal, *, actor: Actor, answer: str = "") -> Provision:
    """Publish what somebody else has proposed; what was in force ends on the day it begins.

    Raises Forbidden, or Refused: by the proposer, decided already, or no longer allowed.
    """
    with transaction.atomic():
        mine = _locked(proposal, actor, answer)
        asked = parameter(f"{mine.programme}.{mine.name}")
        _alone(mine)
        against = stands_against(mine, asked)
        last = _last(mine)
        if (last.pk if last else None) != mine.after_id:
            against.insert(
                0, Reason(_("Another value was published since this was proposed. Propose it again."))
            )
        if mine.proposed_by_id == actor.user:
            against.insert(0, Reason(_("You have proposed this yourself. Somebody else decides.")))
        if against:
            raise Refused({0: against})
        _decide(mine, ProposalState.PUBLISHED, actor, answer)
        provision = Provision(
            **{name: getattr(mine, name) for name in TAKEN_OVER},
            proposal=mine,
            published_at=timezone.now(),
        )
        _follow(provision)
        if mine.edition_id is not None:
            _adopt(provision, asked)
    return provision


def decline(proposal: Proposal, *, actor: Actor, answer: str) -> None:
    """Do not publish it, and say why. Raises Forbidden, or Refused where it is decided already or no word is said."""
    with transaction.atomic():
        mine = _locked(proposal, actor, answer)
        if not answer.strip():
            raise Refused({0: [Reason(_("Say why, so that it can be mended."), field="answer")]})
        if mine.proposed_by_id == actor.user:
            raise Refused({0: [Reason(_("You have proposed this yourself. Somebody else decides."))]})
        _decide(mine, ProposalState.DECLINED, actor, answer)


def withdraw(proposal: Proposal, *, actor: Actor) -> None:
    """Take one's own proposal back. Raises Forbidden where it is somebody else's, Refused where it is decided."""
    with transaction.atomic():
        found = PROPOSE.filter(Proposal.objects.filter(pk=proposal.pk), actor)
        mine = found.filter(proposed_by=actor.user).select_for_update().first()
        if mine is None:
            raise Forbidden
        _check_waiting(mine)
        _decide(mine, ProposalState.WITHDRAWN, actor, "")


def stands_against(proposal: Proposal, asked: Parameter) -> list[Reason]:
    """Everything that stands against this proposal as things are now."""
    found, today = [], timezone.localdate()
    last = _last(proposal)
    if not proposal.document:
        found.append(Reason(_("Name the document that decides it, by its number."), field="document"))
    if not proposal.clause:
        found.append(Reason(_("Name the clause of the document."), field="clause"))
    if proposal.since < today:
        text = _(
            "This day is past. A value begins today (%(today)s) at the earliest; what was in force stays as it was."
        )
        found.append(Reason(text % {"today": today.isoformat()}, field="since"))
    elif last is not None and last.since == proposal.since == today:
        found.append(
            Reason(_("A value is in force since today. The next one begins tomorrow."), field="since")
        )
    if proposal.unit.level not in asked.levels:
        text = _("“%(name)s” is not set at the level of this unit.")
        found.append(Reason(text % {"name": asked}))
    if proposal.repeals and (last is None or last.repeals):
        found.append(Reason(_("This unit has set no value of its own that could be given up.")))
    if not proposal.repeals:
        found += _loosens(proposal, asked)
        found += _other_names(proposal, asked)
    return found


def pin(edition: Edition, *, on: dt.date | None = None) -> list[EditionPin]:
    """Fix the values of an edition as they stand on a day (today), when it is published. Nothing is pinned twice.

    Raises Missing where required ones are not published: the edition cannot open.
    """
    on = on or timezone.localdate()
    needed = read.missing(edition.programme, edition=edition, on=on)
    if needed:
        raise read.Missing(needed)
    have = set(EditionPin.objects.filter(edition=edition).values_list("name", flat=True))
    values = read.values(edition.programme, edition=edition, on=on)
    return EditionPin.objects.bulk_create(
        _pin(edition, each, on) for name, each in values.items() if name not in have
    )


def amend(edition: Edition, names: Sequence[str], *, since: dt.date, actor: Actor) -> list[EditionPin]:
    """Let a running edition follow what its unit has published, for what happens from `since` on.

    What happened before keeps the values it ran under. Raises Forbidden, or Refused where the day is past.
    """
    if not DECIDE.filter(Unit.objects.filter(pk=edition.unit_id), actor).exists():
        raise Forbidden
    if since < timezone.localdate():
        raise Refused(
            {
                0: [
                    Reason(
                        _("This day is past. An amendment holds from today at the earliest."), field="since"
                    )
                ]
            }
        )
    with transaction.atomic():
        now = read.values_of(edition.programme, [edition.unit_id], on=since, edition=edition)[edition.unit_id]
        return [_repin(edition, now[name], since) for name in names]


def publish_history(rows: Iterable[Provision]) -> list[Provision]:
    """Load provisions of the past, such as a demonstration's or another system's. As the owner of the tables.

    Each says when it was published and till when it held; the database refuses overlaps, gaps and days before that.
    """
    loaded = list(rows)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('gongjiang.replay', 'on', true)")
        for row in sorted(loaded, key=lambda r: r.since):
            asked = parameter(f"{row.programme}.{row.name}")
            if not row.repeals:
                row.value = asked.kind.write(asked.kind.read(row.value))
            row.save(force_insert=True)
        cursor.execute("SELECT set_config('gongjiang.replay', '', true)")
    return loaded


def record(
    case: Case,
    decision: Decision,
    *,
    rule: str,
    version: str,
    facts: Mapping[str, Any],
    actor: Actor | None = None,
) -> DecisionRecord:
    """Keep a decision of a rule about a case, with the facts it was made from."""
    return DecisionRecord.objects.create(
        case=case,
        rule=rule,
        version=version,
        facts={name: str(each) for name, each in facts.items()},
        user_id=actor.user if actor else None,
        at=timezone.now(),
        **to_json(decision),
    )


def _of_slot(model: Any, like: Proposal | Provision) -> Any:
    return model.objects.filter(
        programme=like.programme, name=like.name, unit=like.unit_id, edition=like.edition_id
    )


def _last(like: Proposal | Provision) -> Provision | None:
    """The latest row of the slot that is or will be in force."""
    rows = _of_slot(Provision, like).filter(Q(until=None) | Q(until__gt=F("since")))
    found: Provision | None = rows.order_by("-since", "-pk").first()
    return found


def _alone(like: Proposal | Provision) -> None:
    """Be the only one who changes this slot until the transaction ends."""
    slot = "/".join(
        str(x) for x in (like.programme, like.name, like.unit_id, like.edition_id) if x is not None
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('parameters'), hashtext(%s))", [slot])


def _follow(provision: Provision) -> None:
    """Insert after the row in force; rows that have not begun by then never will."""
    rows = _of_slot(Provision, provision)
    rows.filter(since__gte=provision.since).filter(Q(until=None) | Q(until__gt=F("since"))).update(
        until=F("since")
    )
    rows.filter(since__lt=provision.since).filter(Q(until=None) | Q(until__gt=provision.since)).update(
        until=provision.since
    )
    provision.save(force_insert=True)


def _adopt(provision: Provision, asked: Parameter) -> None:
    """A published edition takes what was decided for it, from the day it begins."""
    edition = provision.edition
    if edition is None or not EditionPin.objects.filter(edition=edition).exists():
        return
    now = read.values_of(asked.programme, [edition.unit_id], on=provision.since, edition=edition)
    _repin(edition, now[edition.unit_id][asked.name], provision.since)


def _repin(edition: Edition, value: read.Value, since: dt.date) -> EditionPin:
    pins = EditionPin.objects.filter(edition=edition, name=value.parameter.name, until=None)
    pins.filter(since__gte=since).update(until=F("since"))
    pins.filter(since__lt=since).update(until=since)
    made = _pin(edition, value, since)
    made.save(force_insert=True)
    return made


def _pin(edition: Edition, value: read.Value, since: dt.date) -> EditionPin:
    bare = value.value
    stored = None if value.provision or bare is None else value.parameter.kind.write(bare)
    return EditionPin(
        edition=edition, name=value.parameter.name, provision=value.provision, value=stored, since=since
    )


def _locked(proposal: Proposal, actor: Actor, answer: str) -> Proposal:
    found = DECIDE.filter(Proposal.objects.filter(pk=proposal.pk), actor)
    mine = found.select_for_update(of=("self",)).select_related("unit", "edition").first()
    if mine is None:
        raise Forbidden
    _check_waiting(mine)
    return mine


def _check_waiting(proposal: Proposal) -> None:
    if proposal.state != ProposalState.WAITING:
        text = _("Somebody has decided this already: %(state)s.")
        raise Refused({0: [Reason(text % {"state": proposal.get_state_display()})]})


def _decide(proposal: Proposal, state: str, actor: Actor, answer: str) -> None:
    proposal.state, proposal.decided_at, proposal.answer = state, timezone.now(), answer.strip()
    proposal.decided_by_id = actor.user
    proposal.save(update_fields=["state", "decided_by", "decided_at", "answer"])


def _loosens(proposal: Proposal, asked: Parameter) -> list[Reason]:
    above = read.above(asked, unit=proposal.unit, on=proposal.since, edition=proposal.edition)
    row = above.provision
    if row is None or row.opens_below or asked.allows(above.value, asked.kind.read(proposal.value)):
        return []
    text = _("%(unit)s has set this (%(document)s, %(clause)s), and a lower level may only be stricter.")
    shown = {"unit": row.unit.name, "document": row.document, "clause": row.clause}
    return [
        Reason(
            text % shown,
            field="value",
            clause=row.clause,
            document=row.document,
            version=above.version,
        )
    ]


def _other_names(proposal: Proposal, asked: Parameter) -> list[Reason]:
    if not (isinstance(asked.kind, Weights) and asked.kind.keys_from):
        return []
    found = read.values(asked.programme, unit=proposal.unit, on=proposal.since, edition=proposal.edition)
    names = found[asked.kind.keys_from]
    if set(asked.kind.read(proposal.value)) == set(names.value or ()):
        return []
    text = _("A share is needed for each of “%(other)s”, and for nothing else: %(names)s.")
    shown = {"other": names.parameter, "names": "、".join(names.value or ())}
    return [Reason(text % shown, field="value")]
