"""Patents on a result, and what the enterprise paid for it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.models import Person

from .results import Result


class PatentKind(models.TextChoices):
    INVENTION = "invention", c("patent", "Invention")
    UTILITY_MODEL = "utility_model", c("patent", "Utility model")
    DESIGN = "design", c("patent", "Design")
    SOFTWARE = "software", c("patent", "Software copyright")


class PatentStatus(models.TextChoices):
    APPLIED = "applied", c("patent", "Applied for")
    GRANTED = "granted", c("patent", "Granted")


class Patent(models.Model):
    """A right on a result, by its number once in the whole installation. Only a grant is counted."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="patents")
    kind = models.TextField(choices=PatentKind)
    number = models.TextField(unique=True)
    status = models.TextField(choices=PatentStatus)
    owner = models.TextField()
    granted_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="patent_kind", condition=Q(kind__in=PatentKind.values)),
            models.CheckConstraint(
                name="patent_granted_on_a_day",
                condition=Q(status="applied", granted_on=None)
                | Q(status="granted", granted_on__isnull=False),
            ),
            models.CheckConstraint(name="patent_owned", condition=~Q(owner="") & ~Q(number="")),
        ]

    def __str__(self) -> str:
        return self.number


class Inventor(models.Model):
    """Somebody whom a patent names as inventor."""

    patent = models.ForeignKey(Patent, models.CASCADE, related_name="inventors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    is_source = True
    wall = walls.inherits("patent_id", Patent, appended=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="inventor_once", fields=["patent", "person"])]


class Reward(models.Model):
    """What an enterprise paid for a result: its own money, never the union's. A wrong one is voided, not deleted."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="rewards")
    payer = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    fen = models.PositiveBigIntegerField()
    clause = models.TextField()  # of the enterprise's rule
    paid_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    voided = models.TextField(blank=True, default="")  # why

    is_source = True
    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reward_some", condition=Q(fen__gt=0)),
            models.CheckConstraint(name="reward_by_a_rule", condition=~Q(clause="")),
        ]


class RewardShare(models.Model):
    """What one person got of a reward."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="shares")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    fen = models.PositiveBigIntegerField()

    binds = True  # money was paid to this record: merging it takes a second person
    is_source = True
    wall = walls.inherits("reward_id", Reward, appended=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="rewardshare_once", fields=["reward", "person"])]
