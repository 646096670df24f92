"""Somebody must do something by a day; and who went where, and what they found."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.store import Store
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import Person

#: Where the files that prove something lie.
STORE = Store("tasks")


class TaskKind(models.TextChoices):
    """GLOSSARY: 任务. Which of them ask for evidence: `EVIDENCE`."""

    ASSIGN = "assign", c("task", "something to do")
    CONSULT = "consult", c("task", "an opinion")
    RECTIFY = "rectify", c("task", "something to put right")
    FOLLOW_UP = "follow_up", c("task", "a follow-up")
    VISIT = "visit", c("task", "a visit")
    FAULT = "fault", c("task", "a fault to mend")
    SUPERVISE = "supervise", c("task", "supervision")


#: Kinds whose reply must say or show what proves it: a document number, a record of the visit, a file.
EVIDENCE = frozenset({TaskKind.RECTIFY, TaskKind.FAULT, TaskKind.SUPERVISE})


class TaskState(models.TextChoices):
    OPEN = "open", c("task state", "open")
    DONE = "done", c("task state", "done, to be verified")
    RETURNED = "returned", c("task state", "sent back")
    VERIFIED = "verified", c("task state", "verified")
    CANCELLED = "cancelled", c("task state", "cancelled")


#: The owner is to act.
WAITING = (TaskState.OPEN, TaskState.RETURNED)


class Verdict(models.TextChoices):
    """What somebody who was consulted says."""

    AGREED = "agreed", c("task verdict", "agreed")
    OBJECTED = "objected", c("task verdict", "objected")
    NONE = "", c("task verdict", "none")


class Task(models.Model):
    """Somebody must do something by a day: one owner, a unit or a person, and any number of units that help.

    The unit that asks sees it and all above it; the owner and those who help see this task and nothing else by it.
    Whoever did it does not verify it. `due_at` mirrors the running clock; the clock keeps the first deadline.

    recurrence  key of what a programme asks, "name:subject", and of what recurs, "name:subject:day": one task for each
    valid_to    until when the verdict of a `consult` holds
    """

    kind = models.TextField(choices=TaskKind)
    subject = models.TextField()
    detail = models.TextField(blank=True, default="")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="tasks")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="tasks")
    asked_by = models.ForeignKey(Unit, models.PROTECT, related_name="tasks_asked")
    path = PathField(editable=False)  # of the unit that asks
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )  # who asked; None for what the kernel opens by itself
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="tasks")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="tasks")
    state = models.TextField(choices=TaskState, default=TaskState.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reply = models.TextField(blank=True, default="")
    evidence = models.TextField(blank=True, default="")
    verdict = models.TextField(choices=Verdict, blank=True, default="")
    valid_to = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    recurrence = models.TextField(null=True, blank=True, unique=True)
    version = models.PositiveIntegerField(default=1)

    is_source = True
    wall = walls.Wall(
        "in_tree(path) OR owner_id = ANY (held_units()) OR person_id = me() OR helps_with_task(id)"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="task_kind", condition=Q(kind__in=TaskKind.values)),
            models.CheckConstraint(name="task_state", condition=Q(state__in=TaskState.values)),
            models.CheckConstraint(name="task_verdict", condition=Q(verdict__in=Verdict.values)),
            models.CheckConstraint(name="task_says_what", condition=~Q(subject="")),
            models.CheckConstraint(
                name="task_of_one",
                condition=Q(owner=None, person__isnull=False) | Q(owner__isnull=False, person=None),
            ),
            models.CheckConstraint(
                name="task_verified_by_another",
                condition=Q(verified_by=None) | Q(done_by=None) | ~Q(verified_by=F("done_by")),
            ),
            models.CheckConstraint(
                name="task_done_has_a_reply",
                condition=~Q(state__in=["done", "verified"]) | ~Q(reply="") & Q(done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="task_evidence",
                condition=~Q(state__in=["done", "verified"])
                | ~Q(kind__in=sorted(EVIDENCE))
                | ~Q(evidence=""),
            ),
            models.CheckConstraint(
                name="task_ended",
                condition=Q(state__in=["verified", "cancelled"], ended_at__isnull=False)
                | ~Q(state__in=["verified", "cancelled"]) & Q(ended_at=None),
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at", "id"], name="task_owner_waits",
                condition=Q(state__in=["open", "returned"]),
            ),
            models.Index(
                fields=["person", "due_at", "id"], name="task_person_waits",
                condition=Q(state__in=["open", "returned"]),
            ),
            models.Index(fields=["asked_by", "state", "due_at", "id"], name="task_asked"),
            models.Index(fields=["case"], name="task_case"),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="task_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="task_path_follows_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("asked_by_id", "path"),
                func="NEW.path := unit_path(NEW.asked_by_id); RETURN NEW;",
            ),
            pgtrigger.Trigger(
                name="task_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                  ('open', 'done'), ('returned', 'done'), ('done', 'returned'), ('done', 'verified'),
                  ('open', 'cancelled'), ('returned', 'cancelled'), ('done', 'cancelled'))
                  OR OLD.ended_at IS NOT NULL AND NEW.path = OLD.path
                  OR ROW(NEW.kind, NEW.subject, NEW.case_id, NEW.edition_id, NEW.asked_by_id, NEW.user_id,
                    NEW.opened_at, NEW.recurrence) IS DISTINCT FROM ROW(OLD.kind, OLD.subject, OLD.case_id,
                    OLD.edition_id, OLD.asked_by_id, OLD.user_id, OLD.opened_at, OLD.recurrence)
                THEN RAISE EXCEPTION 'a task does not change so' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Helper(models.Model):
    """A unit that helps with a task and so sees it."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="helpers")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    wall = walls.inherits("task_id", Task)

    class Meta:
        constraints = [models.UniqueConstraint(name="helper_once", fields=["task", "unit"])]


class TaskEvent(models.Model):
    """One step of a task, in words. Append-only."""

    task = models.ForeignKey(Task, models.PROTECT, related_name="events")
    name = models.TextField()
    target = models.TextField(choices=TaskState)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.inherits("task_id", Task, appended=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="taskevent_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class TaskFile(models.Model):
    """What proves that a task was done; the content lies encrypted under the name `stored`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, models.PROTECT, related_name="files")
    name = models.TextField()
    media_type = models.TextField()
    bytes = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    stored = models.TextField(unique=True)
    at = models.DateTimeField()

    wall = walls.inherits("task_id", Task, appended=True)

    class Meta:
        triggers = [pgtrigger.Protect(name="taskfile_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class Visit(models.Model):
    """Somebody went to a unit, or for a case, on a day: who, and what they found. Never where they walked.

    device  what an offline phone calls it: sent twice, it is the same row
    """

    kind = models.TextField()  # a word of the programme that asks for it
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="visits")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="visits")
    task = models.ForeignKey(Task, models.PROTECT, null=True, blank=True, related_name="visits")
    on = models.DateField()
    by = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # the union that went
    path = PathField(editable=False)  # of the union that went
    findings = models.TextField()
    checklist = models.TextField(blank=True, default="")  # its version
    signed_by = models.TextField(blank=True, default="")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    device = models.TextField(null=True, blank=True, unique=True)

    is_source = True
    wall = walls.Wall(
        "in_tree(path)",
        reading="case_id IS NOT NULL AND EXISTS (SELECT 1 FROM lifecycle_case a WHERE a.id = case_id)",
        adding="acts_for(by_id, ARRAY['officer', 'approver', 'unit_officer'])",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="visit_to_one",
                condition=Q(case=None, unit__isnull=False) | Q(case__isnull=False, unit=None),
            ),
            models.CheckConstraint(name="visit_found_something", condition=~Q(findings="") & ~Q(kind="")),
        ]
        indexes = [models.Index(fields=["path", "on", "id"], name="visit_path")]
        triggers = [
            pgtrigger.Protect(name="visit_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="visit_path_follows_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("by_id", "path"),
                func="NEW.path := unit_path(NEW.by_id); RETURN NEW;",
            ),
        ]


class Visitor(models.Model):
    """One of those who went: named once."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="visitors")
    name = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    wall = walls.inherits("visit_id", Visit)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="visitor_once", fields=["visit", "name"]),
            models.UniqueConstraint(
                name="visitor_person_once", fields=["visit", "person"], condition=Q(person__isnull=False)
            ),
        ]
