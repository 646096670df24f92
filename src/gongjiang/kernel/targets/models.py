"""A target says what is measured of a case, a unit or an edition; a reading is one measurement, never edited."""

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit


class Direction(models.TextChoices):
    UP = "up", c("target", "the more the better")
    DOWN = "down", c("target", "the less the better")


class EvidenceLevel(models.TextChoices):
    """How surely a value is known. Values of different levels never meet in one total."""

    SELF_REPORTED = "self_reported", c("evidence level", "Self-reported")
    FINANCE_CONFIRMED = "finance_confirmed", c("evidence level", "Confirmed by finance")
    THIRD_PARTY = "third_party", c("evidence level", "Confirmed by a third party")


class Target(models.Model):
    """What is measured, of exactly one case, unit or edition.

    kind        the programme's code for it, such as "profit"; one target of a kind for a case
    text        in words, where no indicator counts it; an indicator's reading is computed and never typed
    uom         unit of measure of every value of it; money is in fen
    goal        what is to be reached on `goal_on`, where something is to be reached
    source      the document that sets it
    """

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="targets")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="targets")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="targets")
    kind = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    indicator = models.TextField(blank=True, default="")
    uom = models.TextField()
    baseline = models.BigIntegerField(null=True, blank=True)
    baseline_on = models.DateField(null=True, blank=True)
    goal = models.BigIntegerField(null=True, blank=True)
    goal_on = models.DateField(null=True, blank=True)
    direction = models.TextField(choices=Direction, default=Direction.UP)
    source = models.TextField(blank=True, default="")

    is_source = True
    wall = walls.Wall(
        "unit_id IS NOT NULL AND in_tree(unit_path(unit_id)) OR edition_id IS NOT NULL",
        reading="case_id IS NOT NULL AND EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = case_id)",
        writing=f"case_id IS NOT NULL AND {walls.writes('case_id', Case)}"
        " OR unit_id IS NOT NULL AND in_tree(unit_path(unit_id))"
        " OR edition_id IS NOT NULL AND in_tree(unit_path("
        "(SELECT e.unit_id FROM lifecycle_edition e WHERE e.id = edition_id)))",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="target_of_one",
                condition=Q(case__isnull=False, unit=None, edition=None)
                | Q(case=None, unit__isnull=False, edition=None)
                | Q(case=None, unit=None, edition__isnull=False),
            ),
            models.CheckConstraint(
                name="target_says_what", condition=~Q(kind="") | ~Q(text="") | ~Q(indicator="")
            ),
            models.CheckConstraint(name="target_measured", condition=~Q(uom="")),
            models.CheckConstraint(name="target_direction", condition=Q(direction__in=Direction.values)),
            models.UniqueConstraint(
                name="target_kind_once_a_case",
                fields=["case", "kind"],
                condition=Q(case__isnull=False) & ~Q(kind=""),
            ),
        ]


class Reading(models.Model):
    """One value of a target for the days [since, until). A better one supersedes it; neither is ever changed.

    value      in the target's unit of measure
    level      how surely it is known; anything but self-reported names who confirmed it, never the reporter
    method     how the value was worked out; `compared` says with what, `basis` on what records
    first      the reading that this one replaces in the end; None on the first of its line
    """

    target = models.ForeignKey(Target, models.PROTECT, related_name="readings")
    since = models.DateField()
    until = models.DateField()
    value = models.BigIntegerField()
    level = models.TextField(choices=EvidenceLevel, default=EvidenceLevel.SELF_REPORTED)
    method = models.TextField(blank=True, default="")
    compared = models.TextField(blank=True, default="")
    basis = models.TextField(blank=True, default="")
    file = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True, default="")  # why it replaces the one before
    at = models.DateTimeField()
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    first = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    is_source = True
    wall = walls.inherits("target_id", Target, appended=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reading_dates", condition=Q(until__gt=F("since"))),
            models.CheckConstraint(name="reading_level", condition=Q(level__in=EvidenceLevel.values)),
            models.CheckConstraint(
                name="reading_confirmed_by_another",
                condition=Q(confirmed_by=None) | Q(reported_by=None) | ~Q(confirmed_by=F("reported_by")),
            ),
            models.CheckConstraint(
                name="reading_says_who_confirmed",
                condition=Q(level="self_reported", confirmed_by=None)
                | Q(level__in=["finance_confirmed", "third_party"], confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="reading_line",
                condition=Q(supersedes=None, first=None) | Q(supersedes__isnull=False, first__isnull=False),
            ),
            models.UniqueConstraint(
                name="reading_begins_once", fields=["target", "since"], condition=Q(supersedes=None)
            ),
        ]
        indexes = [models.Index(fields=["first"], name="reading_of_line")]
        triggers = [
            pgtrigger.Protect(name="reading_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="reading_replaces_its_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__supersedes__isnull=False),
                func="""
                IF NOT EXISTS (SELECT 1 FROM targets_reading r WHERE r.id = NEW.supersedes_id
                  AND r.target_id = NEW.target_id AND coalesce(r.first_id, r.id) = NEW.first_id)
                THEN RAISE EXCEPTION 'a reading replaces one of the same target and line'
                  USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    @property
    def yuan(self) -> Decimal:
        """The value of a target that is reckoned in fen."""
        return Decimal(self.value) / 100
