"""Asking, replying, verifying, sending back, cancelling; recording a visit; opening what recurs. The only writer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.files.beside import keeping
from gongjiang.kernel.lifecycle import clocks
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Clock, Edition
from gongjiang.kernel.orgs.models import Unit

from .models import (
    EVIDENCE,
    STORE,
    WAITING,
    Helper,
    Task,
    TaskEvent,
    TaskFile,
    TaskKind,
    TaskState,
    Visit,
    Visitor,
)
from .queries import about as tasks_about
from .rules import ASKING, acts_as_asker, acts_as_owner


def ask(
    kind: str,
    subject: str,
    *,
    actor: Actor,
    unit: int,
    due_at: datetime,
    owner: int | None = None,
    person: int | None = None,
    detail: str = "",
    case: Case | None = None,
    edition: Edition | None = None,
    helpers: Collection[int] = (),
    about: str | None = None,
) -> Task:
    """Ask a unit or a person, in the name of a unit, to do something by a moment.

    about   what a programme asks for, "name:key": asked once, and done on its own page (`Programme.tasks`)

    Raises Forbidden when the actor does not act for the unit, ValidationError for a moment that is past or for
    none or two owners. Whoever sees the task learns nothing of its case by it.
    """
    if not any(g.unit == unit for g in actor.held(*ASKING)):
        raise Forbidden
    if (owner is None) == (person is None):
        raise ValidationError({"owner": _("Choose one unit or one person.")})
    if due_at <= timezone.now():
        raise ValidationError({"due_at": _("The deadline is past. Choose a later moment.")})
    return _open(
        kind,
        subject,
        at=timezone.now(),
        due_at=due_at,
        helpers=helpers,
        user_id=actor.user,
        asked_by_id=unit,
        owner_id=owner,
        person_id=person,
        detail=detail,
        case=case,
        edition=edition,
        recurrence=about,
    )


def recur(
    kind: str,
    name: str,
    due: Mapping[int, date],
    *,
    unit: int,
    subject: str,
    owners: Mapping[int, int],
    hour: int = 18,
) -> int:
    """Open one task for each subject and due day that has none yet; returns how many are new. Run by the worker.

    name    of what recurs, e.g. "stations.half_yearly"
    due     key of the subject → its due day
    owners  key of the subject → the unit that is to do it
    Called again, after a kill for example, it opens nothing twice.
    """
    at = timezone.now()
    keys = {f"{name}:{of}:{day.isoformat()}": of for of, day in due.items()}
    there = set(Task.objects.filter(recurrence__in=list(keys)).values_list("recurrence", flat=True))
    opened = 0
    for recurrence, of in sorted(keys.items()):
        if recurrence in there:
            continue
        moment = timezone.make_aware(datetime(due[of].year, due[of].month, due[of].day, hour))
        try:
            with transaction.atomic():
                _open(
                    kind,
                    subject,
                    at=at,
                    due_at=moment,
                    asked_by_id=unit,
                    owner_id=owners[of],
                    recurrence=recurrence,
                )
        except IntegrityError:
            if not Task.objects.filter(recurrence=recurrence).exists():
                raise
        else:
            opened += 1
    return opened


def reply(
    task: Task,
    *,
    actor: Actor,
    text: str,
    evidence: str = "",
    verdict: str = "",
    valid_to: date | None = None,
    files: Sequence[Upload] = (),
    version: int | None = None,
) -> Task:
    """Say that it is done, and how.

    files   what proves it, instead of or beside the words
    Raises Forbidden for whoever does not own it, Stale, Refused with all reasons, or ValidationError for a file that is
    not accepted.
    """
    with keeping(STORE, files) as kept, transaction.atomic():
        evidence = evidence.strip() or "、".join(file.name for file in kept)
        now = _locked(task, version)
        if not acts_as_owner(now, actor):
            raise Forbidden
        if now.state not in WAITING:
            raise Stale(now)
        reasons = []
        if not text.strip():
            reasons.append(Reason(_("Say what was done."), field="text"))
        if now.kind in EVIDENCE and not evidence:
            missing = _("Say what proves it, or attach it: a document, a record, a photo.")
            reasons.append(Reason(missing, field="evidence"))
        if now.kind == TaskKind.CONSULT and not verdict:
            reasons.append(Reason(_("Choose whether you agree."), field="verdict"))
        if reasons:
            raise Refused({now.pk: reasons})
        at = timezone.now()
        said = {"evidence": evidence, "verdict": verdict, "valid_to": valid_to}
        _move(
            now,
            TaskState.DONE,
            "reply",
            actor,
            text,
            at,
            reply=text.strip(),
            done_by_id=actor.user,
            done_at=at,
            **said,
        )
        for file in kept:
            TaskFile(task=now, at=at, **asdict(file)).save(force_insert=True)
        clocks.stop(Clock.objects.filter(task=now.pk), at)
    return now


def answer(name: str, key: int, *, actor: Actor, text: str) -> int:
    """What was asked under this name of this subject is done, and how: each such task that waits for the actor's unit
    is answered with it. Returns how many were."""
    waiting = [t for t in tasks_about(name, key).filter(state__in=WAITING) if acts_as_owner(t, actor)]
    for task in waiting:
        reply(task, actor=actor, text=text, evidence=text if task.kind in EVIDENCE else "")
    return len(waiting)


def verify(task: Task, *, actor: Actor, note: str = "", version: int | None = None) -> Task:
    """Accept what was done. Raises Forbidden, Stale, or Refused for whoever did it."""
    with transaction.atomic():
        now = _for_the_asker(task, actor, version, (TaskState.DONE,))
        if now.done_by_id == actor.user:
            raise Refused({now.pk: [Reason(_("You did it yourself. Somebody else must verify it."))]})
        at = timezone.now()
        _move(now, TaskState.VERIFIED, "verify", actor, note, at, verified_by_id=actor.user, ended_at=at)
    return now


def return_(task: Task, *, actor: Actor, note: str, due_at: datetime, version: int | None = None) -> Task:
    """Send it back to be done better, by a new moment; the first clock keeps what it was.

    Raises Forbidden, Stale, or Refused without a reason or for a moment that is past.
    """
    with transaction.atomic():
        now = _for_the_asker(task, actor, version, (TaskState.DONE,))
        at = timezone.now()
        reasons = []
        if not note.strip():
            reasons.append(Reason(_("Say what is missing."), field="note"))
        if due_at <= at:
            reasons.append(Reason(_("The deadline is past. Choose a later moment."), field="due_at"))
        if reasons:
            raise Refused({now.pk: reasons})
        _move(now, TaskState.RETURNED, "return", actor, note, at, due_at=due_at)
        clocks.begin_for_task(now, due_at, at)
    return now


def postpone(task: Task, *, actor: Actor, note: str, due_at: datetime, version: int | None = None) -> Task:
    """Give more time; the first deadline stays on record. Raises Forbidden, Stale, or Refused."""
    with transaction.atomic():
        now = _for_the_asker(task, actor, version, WAITING)
        reasons = []
        if not note.strip():
            reasons.append(Reason(_("Please fill this in."), field="note"))
        if due_at <= now.due_at:
            reasons.append(Reason(_("It must be later than the present deadline."), field="due_at"))
        if now.due_at < timezone.now():
            reasons.append(Reason(_("The deadline has passed; it cannot be extended any more.")))
        if reasons:
            raise Refused({now.pk: reasons})
        at = timezone.now()
        clocks.move_task(now.pk, due_at, note.strip(), at)
        _move(now, now.state, "postpone", actor, note, at, due_at=due_at)
    return now


def cancel(task: Task, *, actor: Actor, note: str, version: int | None = None) -> Task:
    """Ask no longer. Raises Forbidden, Stale, or Refused without a reason."""
    with transaction.atomic():
        now = _for_the_asker(task, actor, version, (*WAITING, TaskState.DONE))
        if not note.strip():
            raise Refused({now.pk: [Reason(_("Please fill this in."), field="note")]})
        at = timezone.now()
        _move(now, TaskState.CANCELLED, "cancel", actor, note, at, ended_at=at)
        clocks.stop(Clock.objects.filter(task=now.pk), at)
    return now


def withdraw(name: str, keys: Collection[int], note: str) -> int:
    """What was asked under this name of these subjects is asked no longer, for this reason: they are gone. Run by the
    worker. What is answered or ended already stays; returns how many tasks it closes."""
    closed, at = 0, timezone.now()
    with transaction.atomic():
        for key in sorted(keys):
            for task in tasks_about(name, key).filter(state__in=WAITING).select_for_update():
                Task.objects.filter(pk=task.pk).update(
                    state=TaskState.CANCELLED, version=F("version") + 1, ended_at=at
                )
                task.state = TaskState.CANCELLED
                _event(task, "cancel", None, None, note, at)
                clocks.stop(Clock.objects.filter(task=task.pk), at)
                closed += 1
    return closed


def record_visit(
    kind: str,
    *,
    actor: Actor,
    by: int,
    on: date,
    visitors: Sequence[str],
    findings: str,
    at_least: int = 1,
    case: Case | None = None,
    unit: Unit | None = None,
    task: Task | None = None,
    checklist: str = "",
    signed_by: str = "",
    device: str | None = None,
) -> Visit:
    """Record that people of a union went somewhere and what they found.

    at_least  how many different visitors the rule asks for
    device    what an offline phone calls this visit; sent again, the first row is the answer
    Raises Forbidden, or ValidationError for too few visitors, a day to come, or a visit to nothing.
    """
    if not any(g.unit == by for g in actor.held(Role.OFFICER, Role.APPROVER, Role.UNIT_OFFICER)):
        raise Forbidden
    names = sorted({name.strip() for name in visitors if name.strip()})
    if len(names) < at_least:
        raise ValidationError({"visitors": _("At least %s different people must have gone.") % at_least})
    if on > timezone.localdate():
        raise ValidationError({"on": _("This day is still to come.")})
    if (case is None) == (unit is None):
        raise ValidationError({"unit": _("Say which unit or which case was visited.")})
    if not findings.strip():
        raise ValidationError({"findings": _("Say what was found.")})
    with transaction.atomic():
        if device and (there := Visit.objects.filter(device=device).first()):
            return there
        visit = Visit.objects.create(
            kind=kind,
            case=case,
            unit=unit,
            task=task,
            on=on,
            by_id=by,
            findings=findings.strip(),
            checklist=checklist,
            signed_by=signed_by,
            recorded_by_id=actor.account,
            recorded_at=timezone.now(),
            device=device or None,
        )
        Visitor.objects.bulk_create(Visitor(visit=visit, name=name) for name in names)
    return visit


def _open(kind: str, subject: str, *, at: datetime, helpers: Collection[int] = (), **of: Any) -> Task:
    with transaction.atomic():
        task = Task.objects.create(kind=kind, subject=subject.strip(), opened_at=at, **of)
        Helper.objects.bulk_create(Helper(task=task, unit_id=unit) for unit in sorted(set(helpers)))
        clocks.begin_for_task(task, task.due_at, at)
        _event(task, "ask", of.get("user_id"), of["asked_by_id"], "", at)
    return task


def _locked(task: Task, version: int | None) -> Task:
    now = Task.objects.select_for_update(of=("self",)).filter(pk=task.pk).first()
    if now is None:
        raise Forbidden
    if version is not None and version != now.version:
        raise Stale(now)
    return now


def _for_the_asker(task: Task, actor: Actor, version: int | None, states: Collection[str]) -> Task:
    now = _locked(task, version)
    if not acts_as_asker(now, actor):
        raise Forbidden
    if now.state not in states:
        raise Stale(now)
    return now


def _move(task: Task, state: str, name: str, actor: Actor, note: str, at: datetime, **said: Any) -> None:
    Task.objects.filter(pk=task.pk).update(state=state, version=F("version") + 1, **said)
    task.refresh_from_db()
    mine = next((g.unit for g in actor.grants if g.unit in (task.owner_id, task.asked_by_id)), None)
    _event(task, name, actor.user, mine, note.strip(), at)


def _event(task: Task, name: str, user: int | None, unit: int | None, note: str, at: datetime) -> None:
    TaskEvent.objects.create(
        task=task, name=name, target=task.state, user_id=user, unit_id=unit, note=note, at=at
    )
