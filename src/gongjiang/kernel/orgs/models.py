"""Units of the union tree, the legal entities they cover, and the dated edges between units."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access import walls

from .paths import PathField


class Level(models.TextChoices):
    NATION = "nation", _("nation")
    PROVINCE = "province", _("province")
    CITY = "city", _("city")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township")
    ENTERPRISE = "enterprise", _("enterprise")


class UnitKind(models.TextChoices):
    UNION = "union", _("union")
    FEDERATION = "federation", _("federation")
    DEPARTMENT = "department", _("department")
    TEAM = "team", _("team")


class Channel(models.TextChoices):
    TERRITORIAL = "territorial", _("territorial")
    INDUSTRIAL = "industrial", _("industrial")


class Unit(models.Model):
    """A node of the union tree. Its paths are where it reports now, in each channel; `orgs.tree` alone writes them.

    path             along the territorial lines, from the root
    industrial_path  along the industrial line where it has one, else along the territorial line of its parent; the
                     same as `path` for a unit without an industrial union above it
    """

    code = models.TextField(unique=True)  # region code of a territorial union, otherwise issued
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    kind = models.TextField(choices=UnitKind, default=UnitKind.UNION)
    level = models.TextField(choices=Level)
    region = models.TextField()  # code of the division where it lies, 2 to 9 digits
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(unique=True)
    industrial_path = PathField(blank=True, default="")
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    is_source = True
    app_reads_only = True  # `orgs.tree` runs as the owner
    wall = walls.Wall("in_tree(path) OR is_public_level(level) OR id = ANY (my_units())")

    class Meta:
        constraints = [
            models.CheckConstraint(name="unit_kind", condition=Q(kind__in=UnitKind.values)),
            models.CheckConstraint(name="unit_level", condition=Q(level__in=Level.values)),
            models.CheckConstraint(
                name="unit_closed_after_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["region"], name="unit_region"),
            models.Index(fields=["level", "path"], name="unit_level_path"),
            models.Index(fields=["industrial_path"], name="unit_industrial_path"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="unit_reports_somewhere",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="IF NEW.industrial_path = '' THEN NEW.industrial_path := NEW.path; END IF; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Edge(models.Model):
    """One dated line of reporting: unit → parent in a channel, half-open [since, until)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="edges")
    parent = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    channel = models.TextField(choices=Channel, default=Channel.TERRITORIAL)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    is_source = True
    app_reads_only = True
    wall = walls.inherits("unit_id", Unit)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="edge_one_open", fields=["unit", "channel"], condition=Q(until=None)
            ),
            models.CheckConstraint(name="edge_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="edge_not_itself", condition=~Q(unit=F("parent"))),
        ]


class Ownership(models.TextChoices):
    STATE = "state", _("state-owned")
    COLLECTIVE = "collective", _("collective")
    PRIVATE = "private", _("private")
    FOREIGN = "foreign", _("foreign-invested")
    HMT = "hmt", _("Hong Kong, Macao and Taiwan invested")
    PUBLIC = "public", _("public institution")
    SOCIAL = "social", _("social organisation")
    SELF_EMPLOYED = "self_employed", _("self-employed")


class SizeClass(models.TextChoices):
    LARGE = "large", _("large")
    MEDIUM = "medium", _("medium")
    SMALL = "small", _("small")
    MICRO = "micro", _("micro")


class EntityState(models.TextChoices):
    CANDIDATE = "candidate", _("to be verified")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    DEREGISTERED = "deregistered", _("deregistered")


class LegalEntity(models.Model):
    """Who employs, with or without a union: one row for each unified social credit code (GB 32100)."""

    uscc = models.CharField(max_length=18, null=True, blank=True, unique=True)
    uscc_missing_reason = models.TextField(blank=True, default="")
    name = models.TextField()
    ownership = models.TextField(choices=Ownership)
    industry = models.CharField(max_length=5)  # GB/T 4754-2017
    size_class = models.TextField(choices=SizeClass)
    region = models.TextField()
    state = models.TextField(choices=EntityState, default=EntityState.ACTIVE)
    declared_workers = models.PositiveIntegerField(null=True, blank=True)
    branch_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="branches")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="entities")  # the responsible union
    path = PathField(editable=False)  # the responsible union's present path
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.Wall("in_tree(path) OR unit_id = ANY (my_units())", writing="in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entity_uscc_or_reason", condition=Q(uscc__isnull=False) | ~Q(uscc_missing_reason="")
            ),
            models.CheckConstraint(name="entity_ownership", condition=Q(ownership__in=Ownership.values)),
            models.CheckConstraint(name="entity_size", condition=Q(size_class__in=SizeClass.values)),
            models.CheckConstraint(name="entity_state", condition=Q(state__in=EntityState.values)),
        ]
        indexes = [models.Index(fields=["path", "id"], name="entity_path")]
        triggers = [walls.mirrors_path("entity_path_follows_unit")]

    def __str__(self) -> str:
        return self.name
