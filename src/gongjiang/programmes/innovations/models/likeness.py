"""What a result is like."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case

from .results import Result


class Judgement(models.TextChoices):
    OPEN = "open", c("likeness", "Not judged yet")
    DIFFERENT = "different", c("likeness", "Something else")
    SAME = "same", c("likeness", "The same")


class Likeness(models.Model):
    """An earlier result that is like this one, found at submission; an officer says with a reason what it means.

    other   key of the earlier result; it may lie out of reach, so nothing joins it but what `similar` may tell
    score   per cent of what the titles have in common
    """

    result = models.ForeignKey(Result, models.CASCADE, related_name="likenesses")
    other = models.BigIntegerField()
    score = models.PositiveSmallIntegerField()
    judgement = models.TextField(choices=Judgement, default=Judgement.OPEN)
    reason = models.TextField(blank=True, default="")
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()

    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="likeness_once", fields=["result", "other"]),
            models.CheckConstraint(name="likeness_judgement", condition=Q(judgement__in=Judgement.values)),
            models.CheckConstraint(
                name="likeness_judged_with_a_reason",
                condition=Q(judgement="open", reason="", judged_at=None)
                | (~Q(judgement="open") & ~Q(reason="") & Q(judged_at__isnull=False)),
            ),
        ]
