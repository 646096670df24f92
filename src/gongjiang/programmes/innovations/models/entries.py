"""A result put forward in a call, and what can be won there."""

from django.db import models
from django.db.models import Q

from gongjiang.kernel.access import walls
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.lifecycle.models import Case, Edition

from .results import Result


class Prize(models.Model):
    """One prize of a call and how many win it; the first has position 1. Set while the call is in preparation."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="innovation_prizes")
    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    places = models.PositiveIntegerField()

    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")  # what can be won is public

    class Meta:
        constraints = [
            models.UniqueConstraint(name="prize_position_once", fields=["edition", "position"]),
            models.UniqueConstraint(name="prize_name_once", fields=["edition", "name"]),
            models.CheckConstraint(name="prize_places", condition=Q(places__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A result put forward in one call.

    public_title   what notices and certificates call it, where the result's own title is not for the public
    check_passed   what the site check found; None: not recorded
    prize, document  what it was awarded, and by which decision
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="innovation_entry")
    result = models.ForeignKey(Result, models.PROTECT, related_name="entries")
    public_title = models.TextField(blank=True, default="")
    check_passed = models.BooleanField(null=True, blank=True)
    prize = models.ForeignKey(Prize, models.PROTECT, null=True, blank=True, related_name="entries")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)
