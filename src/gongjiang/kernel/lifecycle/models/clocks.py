"""Rules for deadlines, and the clocks that run by them."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.calendar.deadlines import CountedIn, EndsAt, Rule
from gongjiang.kernel.orgs.models import Unit

from .cases import Case, Turn
from .editions import Edition

#: What an operator loaded counts as confirmed; what an officer proposed waits for a second one.
IN_FORCE = Q(proposed_by=None) | Q(confirmed_by__isnull=False)


class DeadlineRules(models.QuerySet["DeadlineRule"]):
    def in_force(self) -> Self:
        """Those that bind: confirmed, whatever their dates."""
        return self.filter(IN_FORCE)


class DeadlineRule(models.Model):
    """How long whoever's turn it is has in one state of a flow: set by an edition, or by a unit for all below it.

    There is no rule unless somebody has published one: `document` says where. It binds what begins in
    [since, until), and what it once bound keeps it. `state` may also name another event than a state, for a clock
    that a flow starts beside its turn. A rule that an officer proposes binds nothing before a second one confirms it.

    extension_limit  days by which it may be extended altogether; None: not at all
    extension_role   the role that approves an extension
    """

    flow = models.TextField()
    state = models.TextField()
    edition = models.ForeignKey(Edition, models.CASCADE, null=True, blank=True, related_name="deadline_rules")
    unit = models.ForeignKey(Unit, models.CASCADE, null=True, blank=True, related_name="deadline_rules")
    amount = models.PositiveSmallIntegerField()
    counted_in = models.TextField(
        choices=[
            (CountedIn.WORKING_DAY.value, _("working days")),
            (CountedIn.CALENDAR_DAY.value, _("calendar days")),
        ]
    )
    ends_at = models.TextField(choices=[(end.value, end.value) for end in EndsAt])
    counts_first_day = models.BooleanField(default=False)
    rolls_forward = models.BooleanField(default=False)
    document = models.TextField()  # 文号 and clause
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    extension_limit = models.PositiveSmallIntegerField(null=True, blank=True)
    extension_role = models.TextField(blank=True, default="", db_default="")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = DeadlineRules.as_manager()
    # how long an office may take is public
    wall = walls.Wall("true", writing="sets_deadlines(unit_id, edition_id)")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deadlinerule_of_one",
                condition=Q(unit=None, edition__isnull=False) | Q(unit__isnull=False, edition=None),
            ),
            models.CheckConstraint(name="deadlinerule_amount", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="deadlinerule_counted_in", condition=Q(counted_in__in=[c.value for c in CountedIn])
            ),
            models.CheckConstraint(
                name="deadlinerule_ends_at", condition=Q(ends_at__in=[e.value for e in EndsAt])
            ),
            models.CheckConstraint(name="deadlinerule_cited", condition=~Q(document="")),
            models.CheckConstraint(
                name="deadlinerule_dates", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
            models.UniqueConstraint(
                name="deadlinerule_one_open",
                fields=["flow", "state", "edition", "unit"],
                condition=Q(until=None) & IN_FORCE,
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="deadlinerule_by_two",
                condition=Q(proposed_by=None) | Q(confirmed_by=None) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="deadlinerule_confirmed",
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="deadlinerule_extension",
                condition=Q(extension_limit=None, extension_role="")
                | Q(extension_limit__gte=1) & ~Q(extension_role=""),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="deadlinerule_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF my_user() IS NULL THEN
                  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                  RETURN NEW;
                END IF;
                IF TG_OP = 'INSERT' THEN
                  IF NEW.proposed_by_id IS DISTINCT FROM my_user() OR NEW.confirmed_by_id IS NOT NULL
                  THEN RAISE EXCEPTION 'a rule is proposed by one and confirmed by another' USING ERRCODE = '23514';
                  END IF;
                  RETURN NEW;
                END IF;
                IF TG_OP = 'DELETE' THEN
                  IF OLD.proposed_by_id IS NULL OR OLD.confirmed_by_id IS NOT NULL
                  THEN RAISE EXCEPTION 'a rule in force is ended, never taken away' USING ERRCODE = '23514'; END IF;
                  RETURN OLD;
                END IF;
                IF to_jsonb(NEW) - ARRAY['until', 'confirmed_by_id', 'confirmed_at']
                   IS DISTINCT FROM to_jsonb(OLD) - ARRAY['until', 'confirmed_by_id', 'confirmed_at']
                   OR OLD.confirmed_by_id IS NOT NULL AND NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id
                   OR NEW.confirmed_by_id IS DISTINCT FROM OLD.confirmed_by_id AND NEW.confirmed_by_id <> my_user()
                THEN RAISE EXCEPTION 'a rule is confirmed and ended, never changed' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def rule(self) -> Rule:
        """The row as the value that `deadline` reckons with."""
        return Rule(
            self.amount,
            CountedIn(self.counted_in),
            EndsAt(self.ends_at),
            self.counts_first_day,
            self.rolls_forward,
        )


class Clock(models.Model):
    """One time limit of a case or a task. Several may run at once; `due_at` of the case mirrors the nearest.

    rule         the rule it is pinned to; None where whoever started it set the moment itself
    event        what started it: the state whose turn it measures, or another name that the rule goes by
    turn         the turn that it measures, where it measures one: both end together
    region       where it runs: local closures of this division count
    due_at       as reckoned now; `first_due_at` never changes
    provisional  it reaches beyond the years whose notices are loaded
    stopped_at   met or no longer asked; None while it runs
    breached_at  the moment it was missed: stays when it is met later
    """

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="clocks")
    task = models.ForeignKey("tasks.Task", models.PROTECT, null=True, blank=True, related_name="clocks")
    turn = models.OneToOneField(Turn, models.PROTECT, null=True, blank=True, related_name="clock")
    rule = models.ForeignKey(DeadlineRule, models.PROTECT, null=True, blank=True, related_name="clocks")
    event = models.TextField()
    region = models.TextField(blank=True, default="")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()
    provisional = models.BooleanField(default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall(
        f"CASE WHEN task_id IS NULL THEN {walls.writes('case_id', Case)}"
        f" ELSE {walls.writes('task_id', 'tasks.Task')} END",
        reading="EXISTS (SELECT 1 FROM lifecycle_case above WHERE above.id = case_id)",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clock_of_one",
                condition=Q(case=None, task__isnull=False, turn=None) | Q(case__isnull=False, task=None),
            ),
            models.CheckConstraint(
                name="clock_breached_when_due",
                condition=Q(breached_at=None) | Q(breached_at__gte=F("started_at")),
            ),
            models.UniqueConstraint(
                name="clock_one_running", fields=["case", "event"], condition=Q(stopped_at=None)
            ),
            models.UniqueConstraint(name="clock_one_a_task", fields=["task"], condition=Q(stopped_at=None)),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="clock_running", condition=Q(stopped_at=None, breached_at=None)
            ),
            models.Index(
                fields=["id"], name="clock_breached", condition=Q(stopped_at=None, breached_at__isnull=False)
            ),
            models.Index(fields=["case"], name="clock_case"),
        ]
        triggers = [
            pgtrigger.Protect(name="clock_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="clock_keeps_its_start",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF ROW(NEW.case_id, NEW.task_id, NEW.turn_id, NEW.rule_id, NEW.event, NEW.started_at, NEW.first_due_at)
                   IS DISTINCT FROM
                   ROW(OLD.case_id, OLD.task_id, OLD.turn_id, OLD.rule_id, OLD.event, OLD.started_at, OLD.first_due_at)
                   OR OLD.stopped_at IS NOT NULL
                   OR OLD.breached_at IS NOT NULL AND NEW.breached_at IS NULL AND NEW.due_at <= OLD.due_at
                THEN RAISE EXCEPTION 'a clock keeps its start, its first deadline and its breach'
                  USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]


class Pause(models.Model):
    """A clock stands still, with the reason and who asked for it. Overlapping pauses count once."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="pauses")
    reason = models.TextField()
    sender = models.TextField()  # who or what asked for it, e.g. "objection:17": the same ends it
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    wall = walls.inherits("clock_id", Clock)

    class Meta:
        constraints = [
            models.CheckConstraint(name="pause_says_why", condition=~Q(reason="") & ~Q(sender="")),
            models.CheckConstraint(name="pause_dates", condition=Q(until=None) | Q(until__gte=F("since"))),
            models.UniqueConstraint(
                name="pause_one_open_a_sender", fields=["clock", "sender"], condition=Q(until=None)
            ),
        ]
        triggers = [pgtrigger.Protect(name="pause_stays", operation=pgtrigger.Delete)]


class Extension(models.Model):
    """More days for a clock, in the unit its rule counts in, approved by somebody who may."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="extensions")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    wall = walls.inherits("clock_id", Clock, appended=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="extension_of_days", condition=Q(days__gte=1) & ~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Protect(name="extension_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="extension_within_its_limit",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                IF extended_too_far(NEW.clock_id) THEN
                  RAISE EXCEPTION 'clock % is extended beyond its limit', NEW.clock_id
                    USING ERRCODE = '23514', CONSTRAINT = 'extension_within_its_limit'; END IF;
                RETURN NULL;
                """,
            ),
        ]


class Why(models.TextChoices):
    """Why a clock is due at another moment than before."""

    CALENDAR = "calendar", c("deadline moved", "the calendar has changed")
    PAUSE = "pause", c("deadline moved", "it stood still meanwhile")
    EXTENSION = "extension", c("deadline moved", "it was extended")


class Moved(models.Model):
    """A deadline that moved: from where to where, and why. Append-only."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="moves")
    before = models.DateTimeField()
    after = models.DateTimeField()
    why = models.TextField(choices=Why)
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.inherits("clock_id", Clock, appended=True)

    class Meta:
        constraints = [models.CheckConstraint(name="moved_why", condition=Q(why__in=Why.values))]
        triggers = [pgtrigger.Protect(name="moved_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class Reckoned(models.Model):
    """The calendar by which the open clocks were last reckoned: one row, written by the worker."""

    stamp = models.TextField()
    at = models.DateTimeField()

    app_reads_only = True
