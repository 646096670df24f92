"""Where people work, dated."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.orgs.paths import PathField

from .person import Person


class EmploymentForm(models.TextChoices):
    CONTRACT = "contract", _("labour contract")
    AGENCY = "agency", _("agency labour")
    FLEXIBLE = "flexible", _("flexible work")
    PLATFORM = "platform", _("platform work")
    INTERN = "intern", _("internship")


class PostClass(models.TextChoices):
    PRODUCTION = "production", _("production line")
    TECHNICAL = "technical", _("technical staff")
    MANAGEMENT = "management", _("management")
    SERVICE = "service", _("service staff")


class Employment(models.Model):
    """A person works for an entity, half-open [since, until); counted at the union `unit` that covers it.

    Two at once are allowed and shown as such: see `queries.overlapping`.

    wage_is_main  whether the wage is the main income; None where nobody has said
    team, place   班组 and place of work in words
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="employments")
    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="employments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="employments")
    path = PathField(editable=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    form = models.TextField(choices=EmploymentForm, default=EmploymentForm.CONTRACT)
    post = models.TextField(blank=True, default="")
    post_class = models.TextField(choices=PostClass)
    wage_is_main = models.BooleanField(null=True, blank=True)
    team = models.TextField(blank=True, default="", db_default="")
    place = models.TextField(blank=True, default="", db_default="")

    is_source = True
    merge_clash = "drop"  # the other record's row for the same entity says the same again
    wall = walls.Wall("in_tree(path) OR person_id = me()", writing="in_tree(path)")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="employment_once_open",
                fields=["person", "entity"],
                include=["path"],
                condition=Q(until=None),
            ),
            models.CheckConstraint(
                name="employment_dates", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(name="employment_form", condition=Q(form__in=EmploymentForm.values)),
            models.CheckConstraint(
                name="employment_post_class", condition=Q(post_class__in=PostClass.values)
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="employment_path", condition=Q(until=None)),
        ]
        triggers = [walls.mirrors_path("employment_path_follows_unit")]
