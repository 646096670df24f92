"""The case and its companions. The columns of `Case` are frozen by a test."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import Person

from ..states import Outcome, Phase
from .editions import Edition


class Case(models.Model):
    """The thin spine. Everything specific lives in the programme's own table, joined one to one."""

    number = models.TextField(unique=True, null=True, blank=True)  # given at submission
    flow = models.TextField()
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="cases")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cases")
    path = PathField()
    applicant = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="cases")
    state = models.TextField()
    phase = models.TextField(choices=Phase)
    outcome = models.TextField(choices=Outcome, blank=True, default="")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    confidential = models.BooleanField(default=False)

    is_source = True
    wall = walls.Wall("in_tree(path) OR applicant_id = me() OR reaches(id)", reading="seated_for(id)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="case_phase", condition=Q(phase__in=Phase.values)),
            models.CheckConstraint(
                name="case_closed_has_outcome",
                condition=Q(phase="closed", closed_at__isnull=False, outcome__in=Outcome.values)
                | (~Q(phase="closed") & Q(closed_at=None, outcome="")),
            ),
            models.CheckConstraint(
                name="case_numbered_unless_draft",
                condition=Q(phase="draft") | Q(number__isnull=False) | Q(outcome="withdrawn"),
            ),
            models.CheckConstraint(
                name="case_confidential_is_nobodys", condition=Q(confidential=False) | Q(applicant=None)
            ),
        ]
        indexes = [
            models.Index(fields=["flow", "path", "id"], name="case_flow_path"),
            models.Index(fields=["path", "id"], name="case_path"),
            models.Index(fields=["applicant", "id"], name="case_applicant"),
            models.Index(fields=["edition"], name="case_edition"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="case_through_the_door",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF replaying() THEN RETURN NEW; END IF;
                IF TG_OP = 'INSERT' THEN
                  IF NEW.version <> 1 OR NOT EXISTS (SELECT 1 FROM lifecycle_flowedge e
                    WHERE e.flow = NEW.flow AND e.source = '' AND e.target = NEW.state AND e.phase = NEW.phase)
                  THEN RAISE EXCEPTION 'a case of % does not begin in %', NEW.flow, NEW.state
                    USING ERRCODE = '23514';
                  END IF;
                  NEW.path := reporting_path(NEW.unit_id, channel_of(NEW.edition_id));
                  RETURN NEW;
                END IF;
                IF ROW(NEW.flow, NEW.opened_at, NEW.confidential)
                   IS DISTINCT FROM ROW(OLD.flow, OLD.opened_at, OLD.confidential)
                   OR (OLD.phase <> 'draft' AND ROW(NEW.unit_id, NEW.applicant_id, NEW.number, NEW.edition_id)
                   IS DISTINCT FROM ROW(OLD.unit_id, OLD.applicant_id, OLD.number, OLD.edition_id))
                THEN RAISE EXCEPTION 'flow, unit, applicant, number and edition of a submitted case are frozen'
                  USING ERRCODE = '23514';
                END IF;
                IF ROW(NEW.path, NEW.unit_id, NEW.edition_id)
                  IS DISTINCT FROM ROW(OLD.path, OLD.unit_id, OLD.edition_id)
                THEN NEW.path := reporting_path(NEW.unit_id, channel_of(NEW.edition_id)); END IF;
                IF NEW.version = OLD.version AND ROW(NEW.state, NEW.phase, NEW.outcome, NEW.closed_at)
                   IS DISTINCT FROM ROW(OLD.state, OLD.phase, OLD.outcome, OLD.closed_at)
                THEN RAISE EXCEPTION 'the state of a case changes through its flow only' USING ERRCODE = '23514';
                END IF;
                IF NEW.version <> OLD.version THEN
                  IF NEW.version <> OLD.version + 1
                  THEN RAISE EXCEPTION 'the version of a case rises by one' USING ERRCODE = '23514'; END IF;
                  IF NOT EXISTS (SELECT 1 FROM lifecycle_flowedge e WHERE e.flow = NEW.flow
                    AND e.source = OLD.state AND e.target = NEW.state AND e.phase = NEW.phase)
                  THEN RAISE EXCEPTION '% does not lead from % to % in phase %',
                    NEW.flow, OLD.state, NEW.state, NEW.phase
                    USING ERRCODE = '23514';
                  END IF;
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="case_has_its_event",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("version"),
                timing=pgtrigger.Deferred,
                func="""
                IF NOT event_written(NEW.id, NEW.version, NEW.state) THEN
                  RAISE EXCEPTION 'case % changed without its event', NEW.id USING ERRCODE = '23514';
                END IF;
                RETURN NULL;
                """,
            ),
            pgtrigger.Protect(name="case_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"


class CaseEvent(models.Model):
    """One step of a case: what happened, from where to where, who, for which unit, in which words. Append-only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    version = models.PositiveIntegerField()
    name = models.TextField()  # the transition
    source = models.TextField(blank=True, default="")
    target = models.TextField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.TextField(blank=True, default="")  # of the one who acted; empty for the applicant
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [models.UniqueConstraint(name="event_version_once", fields=["case", "version"])]
        triggers = [
            pgtrigger.Protect(name="event_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="event_of_the_step_just_made",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                IF NOT replaying() AND NOT EXISTS (SELECT 1 FROM lifecycle_case c
                  JOIN lifecycle_flowedge e ON e.flow = c.flow AND e.source = NEW.source AND e.target = NEW.target
                  WHERE c.id = NEW.case_id AND c.version = NEW.version AND c.state = NEW.target)
                THEN RAISE EXCEPTION 'case % has made no such step as this event', NEW.case_id USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
                """,
            ),
        ]


class Turn(models.Model):
    """Whose turn it is: a unit's (in a role) or a person's, until `until`. A live turn is access and the work list."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="turns")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="turns")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="turns")
    role = models.TextField(blank=True, default="")  # a kernel.access Role; empty: whatever role
    flow = models.TextField()  # the case's, kept here for the work list
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="turn_of_one",
                condition=Q(unit=None, person__isnull=False) | Q(unit__isnull=False, person=None),
            ),
            models.UniqueConstraint(name="turn_one_live", fields=["case"], condition=Q(until=None)),
        ]
        indexes = [
            models.Index(fields=["unit", "due_at", "id"], name="turn_unit_live", condition=Q(until=None)),
            models.Index(fields=["person", "id"], name="turn_person_live", condition=Q(until=None)),
            models.Index(
                fields=["unit", "until", "id"], name="turn_unit_past", condition=Q(until__isnull=False)
            ),
        ]


class Participant(models.Model):
    """A person in a case, with the share, unit, post, grade and flags of that time, frozen at submission.

    The database refuses changes once the case has left its draft or its return; the door's own effects may write,
    and so may whoever has just opened a case that begins in intake.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="participations")
    role = models.TextField()
    position = models.PositiveSmallIntegerField(default=1)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)  # per cent
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    post = models.TextField(blank=True, default="", db_default="")  # 岗位
    grade = models.TextField(blank=True, default="", db_default="")  # 技能等级
    flags = ArrayField(models.TextField(), blank=True, default=list, db_default=[])
    flag_rule = models.TextField(blank=True, default="", db_default="")  # the version that derived the flags

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="participant_once_a_role", fields=["case", "person", "role"]),
            models.CheckConstraint(
                name="participant_share", condition=Q(share=None) | Q(share__gt=0, share__lte=100)
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="participant_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                IF NOT replaying() AND (
                  TG_OP <> 'DELETE' AND NOT participants_open(NEW.case_id)
                  OR TG_OP <> 'INSERT' AND NOT participants_open(OLD.case_id))
                THEN RAISE EXCEPTION 'the participants of a submitted case are frozen' USING ERRCODE = '23514';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            ),
        ]


class NumberSeries(models.Model):
    """The last number given in a gapless series, taken under lock."""

    series = models.TextField(unique=True)  # e.g. "INN-2024-140423"
    last = models.PositiveIntegerField(default=0)


class FlowEdge(models.Model):
    """A legal move of a flow, as the database knows it: the union over versions, synchronised after migrate."""

    flow = models.TextField()
    source = models.TextField(blank=True, default="")  # empty: a case may begin in `target`
    target = models.TextField()
    phase = models.TextField(default="")  # the target's

    app_reads_only = True

    class Meta:
        constraints = [models.UniqueConstraint(name="flow_edge_once", fields=["flow", "source", "target"])]


class Relation(models.TextChoices):
    """What one case is to another; GLOSSARY: 关联."""

    MERGED_INTO = "merged_into", c("case link", "merged into")
    DUPLICATE_OF = "duplicate_of", c("case link", "a duplicate of")
    HANDED_OVER = "handed_over", c("case link", "handed over to")
    CONTINUED_AS = "continued_as", c("case link", "continued as")
    CAUSED_BY = "caused_by", c("case link", "caused by")


class CaseLink(models.Model):
    """One case says what it is to another. Written once; no chain of one relation comes back to where it began.

    A merged case is closed and keeps its people. A link is shown only to whoever may see both its ends.
    """

    source = models.ForeignKey(Case, models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Case, models.PROTECT, related_name="links_in")
    relation = models.TextField(choices=Relation)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM lifecycle_case a WHERE a.id = source_id)"
        " AND EXISTS (SELECT 1 FROM lifecycle_case b WHERE b.id = target_id)",
        adding=f"{walls.writes('source_id', Case)} AND {walls.writes('target_id', Case)}",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="caselink_relation", condition=Q(relation__in=Relation.values)),
            models.CheckConstraint(name="caselink_of_two", condition=~Q(source=F("target"))),
            models.CheckConstraint(name="caselink_says_why", condition=~Q(reason="")),
            models.UniqueConstraint(name="caselink_once", fields=["source", "target", "relation"]),
            models.UniqueConstraint(
                name="caselink_merged_once", fields=["source"], condition=Q(relation="merged_into")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="caselink_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="caselink_no_circle",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                PERFORM pg_advisory_xact_lock(hashtext('lifecycle_caselink'), hashtext(NEW.relation));
                IF link_leads_back(NEW.source_id, NEW.target_id, NEW.relation) THEN
                  RAISE EXCEPTION 'case % would come back to itself', NEW.source_id
                    USING ERRCODE = '23514', CONSTRAINT = 'caselink_no_circle';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="caselink_merged_is_closed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Condition("NEW.relation = 'merged_into'"),
                func="""
                IF NOT merged(NEW.source_id) THEN
                  RAISE EXCEPTION 'case % is not closed as merged', NEW.source_id USING ERRCODE = '23514';
                END IF;
                RETURN NULL;
                """,
            ),
        ]
