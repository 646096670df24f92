"""A table of benefit that a machine has read from paper, or that was pasted."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Case

from .results import Result


class BenefitTable(models.Model):
    """What a phone or a scanner read on a table of benefit, beside its image. None of its amounts counts until somebody
    has compared each with the paper; what then agrees becomes a line of benefit.

    text     as it was pasted; what its lines say is worked out anew whenever it is looked at
    taken    how many lines were taken over
    """

    result = models.ForeignKey(Result, models.PROTECT, related_name="tables")
    image = models.ForeignKey(File, models.PROTECT, related_name="+")
    text = models.TextField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    read_at = models.DateTimeField()
    compared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    compared_at = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0, db_default=0)

    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="benefittable_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="benefittable_compared_by_somebody",
                condition=Q(compared_by=None, compared_at=None, taken=0)
                | Q(compared_by__isnull=False, compared_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["result"], name="benefittable_waits", condition=Q(compared_at=None))]
