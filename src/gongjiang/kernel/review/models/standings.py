"""Points of the judges, what the chair ruled among equals, and the standing that follows with the lock."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls

from .items import Item
from .panels import OPEN, Criterion, Panel, while_panel
from .seats import Seat


class Result(models.TextChoices):
    PASSED = "passed", c("standing", "Passed")
    RESERVE = "reserve", c("standing", "Reserve")
    OUT = "out", c("standing", "Not passed")


class Score(models.Model):
    """The points of one judge for one item in one criterion. Nobody else sees them before the lock."""

    seat = models.ForeignKey(Seat, models.PROTECT, related_name="scores")
    item = models.ForeignKey(Item, models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    points = models.DecimalField(max_digits=6, decimal_places=2)
    at = models.DateTimeField()

    wall = walls.Wall("my_seat(seat_id) OR shown_scores(item_id)", writing="my_seat(seat_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="score_once", fields=["seat", "item", "criterion"]),
            models.CheckConstraint(name="score_points", condition=Q(points__gte=0)),
        ]
        indexes = [models.Index(fields=["item"], name="score_item")]
        triggers = [
            pgtrigger.Protect(name="score_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="score_while_open",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF hold_panel((SELECT i.panel_id FROM review_item i WHERE i.id = NEW.item_id)) IS DISTINCT FROM 'open'
                THEN RAISE EXCEPTION 'the panel is not open' USING ERRCODE = '23514'; END IF;
                IF NOT EXISTS (SELECT 1 FROM review_seat s JOIN review_item i ON i.panel_id = s.panel_id
                     JOIN review_criterion c ON c.panel_id = s.panel_id
                     WHERE s.id = NEW.seat_id AND i.id = NEW.item_id AND c.id = NEW.criterion_id
                     AND s.role <> 'scrutineer' AND s.oath_at IS NOT NULL AND s.until IS NULL
                     AND i.withdrawn_at IS NULL AND NEW.points <= c.maximum)
                   OR EXISTS (SELECT 1 FROM review_recusal r WHERE r.seat_id = NEW.seat_id AND r.item_id = NEW.item_id)
                THEN RAISE EXCEPTION 'these points are not this judge''s to give' USING ERRCODE = '23514'; END IF;
                IF TG_OP = 'UPDATE' AND ROW(NEW.seat_id, NEW.item_id, NEW.criterion_id)
                   IS DISTINCT FROM ROW(OLD.seat_id, OLD.item_id, OLD.criterion_id)
                THEN RAISE EXCEPTION 'points stay where they were given' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]


class Ruling(models.Model):
    """Where the chair put an item among equals at the cut, and why; written with the lock. Append-only."""

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="rulings")
    item = models.OneToOneField(Item, models.PROTECT, related_name="ruling")
    position = models.PositiveSmallIntegerField()
    reason = models.TextField()
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="+")

    wall = walls.Wall("seated_on(panel_id) OR runs_panel(panel_id)", adding="chairs(panel_id)")

    class Meta:
        constraints = [models.CheckConstraint(name="ruling_reason", condition=~Q(reason=""))]
        triggers = [
            pgtrigger.Protect(name="ruling_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            while_panel(OPEN, pgtrigger.Insert, "ruling_with_the_lock", "row.panel_id"),
        ]


class Standing(models.Model):
    """The place of one item when its panel was locked. Append-only, and there only once the panel is locked.

    total     points out of 100, rounded as the panel says
    own       points of this stage alone, where an earlier one has a share in the total
    judges    how many sheets it rests on, before the extremes were left out
    settled   what told it from its equals: names of criteria or of a rule; empty where nobody was equal
    """

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="standings")
    item = models.OneToOneField(Item, models.PROTECT, related_name="standing")
    total = models.DecimalField(max_digits=9, decimal_places=6)
    own = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    rank = models.PositiveIntegerField()
    result = models.TextField(choices=Result)
    judges = models.PositiveSmallIntegerField()
    settled = models.TextField(blank=True, default="")

    wall = walls.Wall(
        "seated_on(panel_id) OR runs_panel(panel_id)", adding="runs_panel(panel_id) OR chairs(panel_id)"
    )

    class Meta:
        constraints = [models.CheckConstraint(name="standing_result", condition=Q(result__in=Result.values))]
        indexes = [models.Index(fields=["panel", "rank"], name="standing_rank")]
        triggers = [
            pgtrigger.Protect(name="standing_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            while_panel(OPEN, pgtrigger.Insert, "standing_with_the_lock", "row.panel_id"),
            pgtrigger.Trigger(
                name="standing_is_locked",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                IF hold_panel(NEW.panel_id) IS DISTINCT FROM 'locked' THEN
                  RAISE EXCEPTION 'a standing comes with the lock' USING ERRCODE = '23514';
                END IF;
                RETURN NULL;
                """,
            ),
        ]
