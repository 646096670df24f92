"""The library: who may read of a result, who asks for it, who took it over."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.targets.models import Target

from .results import Category, Result


class Card(models.Model):
    """A result in the library (知识库): what others may read of it. Gone when the result is revoked."""

    result = models.OneToOneField(Result, models.PROTECT, primary_key=True, related_name="card")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    unit_name = models.TextField()
    title = models.TextField()
    category = models.TextField(choices=Category)
    industry = models.TextField(blank=True, default="")
    summary = models.TextField()
    is_open = models.BooleanField()
    since = models.DateField()
    taken_over = models.PositiveIntegerField(default=0, db_default=0)  # how many conversions are recorded

    wall = walls.Wall(
        "is_open OR cardinality(held_units()) > 0"
        " OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = result_id)",
        writing=walls.writes("result_id", Case),
    )

    class Meta:
        indexes = [models.Index(fields=["is_open", "-since", "-result"], name="card_newest")]

    def __str__(self) -> str:
        return self.title


class Interest(models.Model):
    """A workplace asks the unit of a result in the library for it; that unit answers."""

    card = models.ForeignKey(Card, models.CASCADE, related_name="interests")
    owner = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # of the result
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # that asks
    unit_name = models.TextField()
    words = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("in_tree(unit_path(unit_id)) OR in_tree(unit_path(owner_id))")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="interest_once_open", fields=["card", "unit"], condition=Q(answered_at=None)
            ),
            models.CheckConstraint(name="interest_worded", condition=~Q(words="")),
            models.CheckConstraint(
                name="interest_answered", condition=Q(answer="", answered_at=None) | ~Q(answer="")
            ),
        ]
        indexes = [models.Index(fields=["owner", "-id"], name="interest_of_owner")]


class Mode(models.TextChoices):
    SPREAD = "spread", c("conversion", "Spread")
    TRANSFER = "transfer", c("conversion", "Transferred")
    LICENCE = "licence", c("conversion", "Licensed")
    JOINT = "joint", c("conversion", "Carried out jointly")


class Conversion(models.Model):
    """A result taken over by a workplace (成果转化): by whom, how, when, for how much. Its benefit is read later.

    due_on    when it is asked for the first time what it brought, one year on
    benefit   the target whose readings say so
    """

    result = models.ForeignKey(Result, models.PROTECT, related_name="conversions")
    licensee = models.ForeignKey(LegalEntity, models.PROTECT, null=True, blank=True, related_name="+")
    licensee_name = models.TextField()
    mode = models.TextField(choices=Mode)
    on = models.DateField()
    fen = models.PositiveBigIntegerField(null=True, blank=True)  # what was paid for it
    due_on = models.DateField()
    benefit = models.OneToOneField(Target, models.PROTECT, related_name="+")
    contract = models.ForeignKey(File, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()

    is_source = True
    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="conversion_mode", condition=Q(mode__in=Mode.values)),
            models.CheckConstraint(name="conversion_due_later", condition=Q(due_on__gt=F("on"))),
            models.CheckConstraint(name="conversion_by_somebody", condition=~Q(licensee_name="")),
            models.UniqueConstraint(name="conversion_once", fields=["result", "licensee_name", "mode", "on"]),
        ]
