"""The endorsement chain: one row for each step that a case climbs up the tree."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import Unit


class Verdict(models.TextChoices):
    ENDORSED = "endorsed", c("verdict", "Endorsed")
    RETURNED = "returned", c("verdict", "Returned")
    REFUSED = "refused", c("verdict", "Refused")
    GRANTED = "granted", c("verdict", "Granted")


class Endorsement(models.Model):
    """What one unit said of a case on its way up. Append-only; a case returned and sent again adds rows."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="endorsements")
    step = models.PositiveSmallIntegerField()  # 1 is the first unit that endorsed
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    verdict = models.TextField(choices=Verdict)
    opinion = models.TextField(blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="endorsement_step_once", fields=["case", "step"]),
            models.CheckConstraint(name="endorsement_verdict", condition=Q(verdict__in=Verdict.values)),
        ]
        triggers = [
            pgtrigger.Protect(name="endorsement_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
