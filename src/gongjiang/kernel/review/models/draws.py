"""A lot that anyone can re-run: what was committed to, what came of it, and the secret until it is revealed."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.orgs.models import Unit

from .panels import Panel


class DrawPurpose(models.TextChoices):
    ORDER = "order", c("draw", "order of appearance")
    SAMPLE = "sample", c("draw", "sample for checking")
    LOT = "lot", c("draw", "who receives")


class Draw(models.Model):
    """One lot: first the entries and a commitment, then a public value nobody could know, then seed and order.

    entries       the tickets, sorted: tokens that name nobody
    entries_hash  SHA-256 of the entries, one a line
    result        the tickets in the order drawn
    commitment    SHA-256 of the secret; published before the public value exists
    source        which public value will be used, in words, e.g. the result of one named lottery drawing
    public_at     when that value becomes known; later than the commitment
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="draws")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    panel = models.ForeignKey(Panel, models.PROTECT, null=True, blank=True, related_name="draws")
    purpose = models.TextField(choices=DrawPurpose)
    title = models.TextField()
    algorithm = models.TextField()
    entries = ArrayField(models.TextField())
    entries_hash = models.TextField()
    commitment = models.TextField()
    source = models.TextField()
    committed_at = models.DateTimeField()
    public_at = models.DateTimeField()
    public_value = models.TextField(blank=True, default="")
    secret = models.TextField(blank=True, default="")
    seed = models.TextField(blank=True, default="")
    result = ArrayField(models.TextField(), default=list, blank=True)
    result_hash = models.TextField(blank=True, default="")
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    supervised_by = models.TextField(blank=True, default="")  # who watched, as published

    wall = walls.Wall("true", writing="edition_in_tree(edition_id)")  # a draw is public from its first line

    class Meta:
        constraints = [
            models.CheckConstraint(name="draw_purpose", condition=Q(purpose__in=DrawPurpose.values)),
            models.CheckConstraint(
                name="draw_commits_first", condition=Q(public_at__gt=F("committed_at")) & ~Q(source="")
            ),
            models.CheckConstraint(
                name="draw_whole",
                condition=Q(drawn_at=None, public_value="", secret="", seed="", result_hash="")
                | Q(drawn_at__gte=F("public_at")) & ~Q(public_value="") & ~Q(secret="") & ~Q(seed=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="draw_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="draw_is_drawn_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF OLD.drawn_at IS NOT NULL OR ROW(NEW.edition_id, NEW.unit_id, NEW.panel_id, NEW.purpose, NEW.title,
                  NEW.algorithm, NEW.entries, NEW.entries_hash, NEW.commitment, NEW.source, NEW.committed_at,
                  NEW.public_at)
                  IS DISTINCT FROM ROW(OLD.edition_id, OLD.unit_id, OLD.panel_id, OLD.purpose, OLD.title,
                  OLD.algorithm, OLD.entries, OLD.entries_hash, OLD.commitment, OLD.source, OLD.committed_at,
                  OLD.public_at)
                THEN RAISE EXCEPTION 'what a draw has committed to is never changed' USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DrawSecret(models.Model):
    """The sealed half of the seed until it is revealed."""

    draw = models.OneToOneField(Draw, models.CASCADE, primary_key=True, related_name="sealed")
    cipher = models.BinaryField()

    wall = walls.Wall("runs_draw(draw_id)")

    class Meta:
        triggers = [pgtrigger.Protect(name="drawsecret_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class DrawDrop(models.Model):
    """A ticket taken out after the commitment, and why: the others keep the order that the same seed gives."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="drops")
    token = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()

    wall = walls.Wall("true", adding="runs_draw(draw_id)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="drawdrop_once", fields=["draw", "token"]),
            models.CheckConstraint(name="drawdrop_reason", condition=~Q(reason="")),
        ]
        triggers = [pgtrigger.Protect(name="drawdrop_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
