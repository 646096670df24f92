"""Grants: who holds which role over which unit, and when."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField

from . import walls
from .roles import Role


class Grant(models.Model):
    """A role held by an account over a unit, half-open [since, until). Written through the functions
    `appoint` and `end_grant` alone, which ask who appoints.

    A role over the installation names the unit that appointed it, and gives no sight of that unit (see `Actor`).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.TextField(choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants")
    path = PathField(editable=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    app_reads_only = True
    wall = walls.Wall("user_id = my_user() OR in_tree(path) OR appoints_all()")

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="grant_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
        ]
        triggers = [walls.mirrors_path("grant_path_follows_unit")]
