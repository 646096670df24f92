"""Editions, their windows and their quotas."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import Channel, Unit


class EditionState(models.TextChoices):
    DRAFT = "draft", _("in preparation")
    APPROVED = "approved", c("edition", "approved")
    PUBLISHED = "published", _("published")
    SETTLED = "settled", _("settled")
    ARCHIVED = "archived", c("edition", "archived")
    CANCELLED = "cancelled", _("cancelled")


class Edition(models.Model):
    """One round of one programme run by one unit: its brand and, through windows, its times.

    An edition below another (an event of a contest, a county's own call) names its parent and is never counted in
    it. Once published, its rules are frozen: `published_at` says from when.
    """

    programme = models.TextField()
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="editions")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    brand = models.TextField(blank=True, default="")  # what the place calls it: 金点子
    brand_en = models.TextField(blank=True, default="")
    channel = models.TextField(choices=Channel, default=Channel.TERRITORIAL)
    state = models.TextField(choices=EditionState, default=EditionState.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, db_default=1)

    # what a union runs, and when, is public; it is written in the name of the unit that runs it
    wall = walls.Wall("true", writing="acts_for(unit_id, ARRAY['officer', 'approver'])")

    class Meta:
        constraints = [
            models.CheckConstraint(name="edition_state", condition=Q(state__in=EditionState.values)),
            models.CheckConstraint(name="edition_channel", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="edition_not_its_own_parent", condition=~Q(parent=F("pk"))),
            models.UniqueConstraint(name="edition_name_once", fields=["programme", "unit", "name"]),
            models.CheckConstraint(
                name="edition_by_two", condition=Q(created_by=None) | ~Q(approved_by=F("created_by"))
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="edition_moves",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                  ('draft', 'approved'), ('approved', 'draft'), ('approved', 'published'), ('published', 'settled'),
                  ('settled', 'archived'),
                  ('draft', 'cancelled'), ('approved', 'cancelled'), ('published', 'cancelled'))
                THEN RAISE EXCEPTION 'an edition does not lead from % to %', OLD.state, NEW.state
                  USING ERRCODE = '23514'; END IF;
                IF OLD.state <> 'draft' AND ROW(NEW.programme, NEW.unit_id, NEW.parent_id, NEW.name, NEW.name_en,
                    NEW.brand, NEW.brand_en, NEW.channel, NEW.created_by_id)
                  IS DISTINCT FROM ROW(OLD.programme, OLD.unit_id, OLD.parent_id, OLD.name, OLD.name_en,
                    OLD.brand, OLD.brand_en, OLD.channel, OLD.created_by_id)
                THEN RAISE EXCEPTION 'an edition is frozen once it is approved' USING ERRCODE = '23514'; END IF;
                IF OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at
                THEN RAISE EXCEPTION 'an edition is published once' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WindowKind(models.TextChoices):
    APPLY = "apply", _("applications")
    QUALIFY = "qualify", c("window", "qualification")
    REVIEW = "review", c("window", "review")
    ROADSHOW = "roadshow", c("window", "roadshow")
    PUBLICITY = "publicity", c("window", "publicity")
    APPEAL = "appeal", c("window", "objections and appeals")
    CONVERT = "convert", c("window", "conversion")
    COVER = "cover", c("window", "cover")
    CLAIM = "claim", c("window", "claims")


class Window(models.Model):
    """A dated interval of an edition, half-open [since, until)."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="windows")
    kind = models.TextField(choices=WindowKind)
    since = models.DateTimeField()
    until = models.DateTimeField()

    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="window_dates", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(name="window_kind", condition=Q(kind__in=WindowKind.values)),
        ]


class Stream(models.TextChoices):
    """Kinds of places: those of the ordinary contest, those listed apart (单列), and the ranked reserve."""

    REGULAR = "regular", c("quota", "regular")
    SEPARATE = "separate", c("quota", "listed apart")
    RESERVE = "reserve", c("quota", "reserve")


class Quota(models.Model):
    """How many places a unit has in an edition, and how many of them are taken.

    `allotted_from` is the quota of the unit above out of which this one was given; what is given out of one quota
    never exceeds it. `taken` is moved by `lifecycle.quotas` alone, under the lock of the row.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="quotas")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="quotas")
    stream = models.TextField(choices=Stream, default=Stream.REGULAR)
    limit = models.PositiveIntegerField()
    taken = models.PositiveIntegerField(default=0)
    allotted_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="allotments"
    )

    # how many places each unit has is public; whoever acts for the unit takes them, whoever runs the edition sets them
    wall = walls.Wall(
        "true",
        writing="runs_edition(edition_id) OR acts_for(unit_id, ARRAY['officer', 'approver', 'unit_officer'])",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="quota_stream", condition=Q(stream__in=Stream.values)),
            models.CheckConstraint(
                name="quota_not_exceeded", condition=Q(taken__gte=0, taken__lte=F("limit"))
            ),
            models.UniqueConstraint(name="quota_once", fields=["edition", "unit", "stream"]),
            models.CheckConstraint(name="quota_not_from_itself", condition=~Q(allotted_from=F("pk"))),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="quota_set_by_who_runs_it",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("limit", "allotted_from_id", "unit_id", "stream"),
                func="""
                IF my_user() IS NOT NULL AND NOT runs_edition(NEW.edition_id) THEN
                  RAISE EXCEPTION 'places of edition % are set by whoever runs it', NEW.edition_id
                    USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="quota_within_the_one_above",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func="""
                IF quota_overdrawn(NEW.id) OR NEW.allotted_from_id IS NOT NULL AND quota_overdrawn(NEW.allotted_from_id)
                THEN RAISE EXCEPTION 'more places are allotted than there are'
                  USING ERRCODE = '23514', CONSTRAINT = 'quota_within_the_one_above'; END IF;
                RETURN NULL;
                """,
            ),
        ]


class EditionEvent(models.Model):
    """One step of an edition: who, from where to where, why. Append-only."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="events")
    name = models.TextField()
    source = models.TextField(blank=True, default="")
    target = models.TextField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    wall = walls.Wall("true", adding="runs_edition(edition_id)")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="editionevent_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
