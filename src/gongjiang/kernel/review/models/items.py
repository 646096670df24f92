"""What lies before a panel: under codes, in masked packs, and whose it is."""

import pgtrigger
from django.db import models
from django.db.models import Q

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case

from .panels import ANY, OF_ITEM, PREPARING, Panel, while_panel


class Item(models.Model):
    """What is judged, as judges know it: a code and a place in the order. Whose it is, `Decoding` alone knows.

    calibration    everybody scores it so as to compare; it has no place in the standing
    withdrawn_at   it takes part no longer, for the reason given
    seconds        the time used, where time tells equals apart
    """

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="items")
    code = models.TextField()
    position = models.PositiveIntegerField()
    calibration = models.BooleanField(default=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True, default="")
    seconds = models.PositiveIntegerField(null=True, blank=True)

    wall = walls.Wall("seated_on(panel_id) OR runs_panel(panel_id)", writing="runs_panel(panel_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="item_code_once", fields=["panel", "code"]),
            models.UniqueConstraint(
                name="item_position_once",
                fields=["panel", "position"],
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                name="item_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
            ),
        ]
        triggers = [
            while_panel(
                PREPARING, pgtrigger.Insert | pgtrigger.Delete, "item_entered_before", "row.panel_id"
            ),
            pgtrigger.Trigger(
                name="item_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF hold_panel(NEW.panel_id) = 'locked' OR NEW.panel_id <> OLD.panel_id OR NEW.code <> OLD.code
                   OR NEW.calibration <> OLD.calibration OR OLD.withdrawn_at IS NOT NULL
                THEN RAISE EXCEPTION 'the item is frozen' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Decoding(models.Model):
    """Which case stands behind a code. Judges of a blind panel have no sight of it, now or later."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="decoding")
    panel = models.ForeignKey(Panel, models.CASCADE, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="decodings")

    wall = walls.Wall("runs_panel(panel_id) OR sees_through(panel_id)", writing="runs_panel(panel_id)")

    class Meta:
        constraints = [models.UniqueConstraint(name="decoding_case_once", fields=["panel", "case"])]
        indexes = [models.Index(fields=["case"], name="decoding_case")]
        triggers = [
            pgtrigger.Protect(name="decoding_stays", operation=pgtrigger.Update),
            while_panel(PREPARING, pgtrigger.Insert | pgtrigger.Delete, "decoding_frozen", "row.panel_id"),
        ]


class Part(models.Model):
    """One part of the pack that judges read: a text or a file, masked, frozen when the item was entered.

    stored, media_type, bytes, digest   of a file in the store of case files; `ending` is all that is left of its name
    """

    item = models.ForeignKey(Item, models.CASCADE, related_name="parts")
    position = models.PositiveSmallIntegerField()
    label = models.TextField()
    text = models.TextField(blank=True, default="")
    stored = models.TextField(blank=True, default="")
    media_type = models.TextField(blank=True, default="")
    bytes = models.PositiveBigIntegerField(default=0)
    digest = models.BinaryField(max_length=32, null=True, blank=True)
    ending = models.TextField(blank=True, default="")

    wall = walls.Wall("judges_item(item_id) OR runs_item(item_id)", writing="runs_item(item_id)")

    class Meta:
        constraints = [models.UniqueConstraint(name="part_position_once", fields=["item", "position"])]
        triggers = [while_panel(PREPARING, ANY, "part_frozen", OF_ITEM)]
