"""A result put forward in a call, what can be won there, and when its roadshow is."""

from django.conf import settings
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
    grade           the grade of recommendation (推荐等次), where the call gives grades and not ranks
    prize, document  what it was awarded, and by which decision
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="innovation_entry")
    result = models.ForeignKey(Result, models.PROTECT, related_name="entries")
    public_title = models.TextField(blank=True, default="")
    check_passed = models.BooleanField(null=True, blank=True)
    grade = models.TextField(blank=True, default="", db_default="")
    prize = models.ForeignKey(Prize, models.PROTECT, null=True, blank=True, related_name="entries")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)

    @property
    def won(self) -> str:
        """What it was awarded, in a word; empty before the decision."""
        return (self.prize.name if self.prize else self.grade) if self.document_id else ""


class UnionAward(models.Model):
    """What the union that made a call adds to a prize by its bands (`union_award_bands`): an award, money, or both.

    band    1 is the highest
    fen     the union's own money; what enterprises pay are `Reward`s
    clause  by which it is given, as it stood for the call
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="union_award")
    band = models.PositiveSmallIntegerField()
    award = models.TextField(blank=True, default="")
    fen = models.PositiveBigIntegerField(null=True, blank=True)
    clause = models.TextField(blank=True, default="")
    paid_on = models.DateField(null=True, blank=True)
    voucher = models.TextField(blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    wall = walls.inherits("entry_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="unionaward_of_something", condition=~Q(award="") | Q(fen__isnull=False)
            ),
            models.CheckConstraint(
                name="unionaward_paid_by_a_voucher",
                condition=Q(paid_on=None, voucher="")
                | Q(paid_on__isnull=False, fen__isnull=False) & ~Q(voucher=""),
            ),
        ]


class Roadshow(models.Model):
    """When and where the entries of a call are presented, and where one can watch. Public."""

    edition = models.OneToOneField(Edition, models.CASCADE, primary_key=True, related_name="roadshow")
    at = models.DateTimeField()
    place = models.TextField()
    stream = models.URLField(blank=True, default="")

    wall = walls.Wall("true", writing="runs_edition(edition_id)")

    class Meta:
        constraints = [models.CheckConstraint(name="roadshow_somewhere", condition=~Q(place=""))]
