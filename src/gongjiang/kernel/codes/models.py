"""Versioned code lists: what a coded column may hold, and how one version's codes became the next one's."""

from django.db import models
from django.db.models import F, Q


class CodeList(models.Model):
    """One published version of one list, e.g. ("region", "2023"). `digest` is that of the loaded table."""

    code = models.SlugField(max_length=40)
    version = models.CharField(max_length=20)
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    source = models.TextField()
    as_of = models.DateField()
    published_on = models.DateField()
    digest = models.CharField(max_length=64, blank=True, default="")

    app_reads_only = True

    class Meta:
        constraints = [models.UniqueConstraint(name="codelist_version", fields=["code", "version"])]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Code(models.Model):
    """One code of one version, in force in the half-open interval [since, until).

    `level` is empty in a list without levels. It is part of the key because three prefectures have no
    counties (441900, 442000, 460400): the published table repeats their code one level lower.
    """

    list = models.ForeignKey(CodeList, models.CASCADE, related_name="codes")
    code = models.CharField(max_length=20)
    level = models.CharField(max_length=12, blank=True, default="")
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    app_reads_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(name="code_in_list", fields=["list", "code", "level"]),
            models.CheckConstraint(name="code_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
        ]

    def __str__(self) -> str:
        return self.name


class Crosswalk(models.Model):
    """One code became another on a day: several rows for a split, several into one for a merger."""

    old = models.ForeignKey(Code, models.CASCADE, related_name="successors")
    new = models.ForeignKey(Code, models.CASCADE, related_name="predecessors")
    on = models.DateField()

    app_reads_only = True

    class Meta:
        constraints = [
            models.UniqueConstraint(name="crosswalk_once", fields=["old", "new"]),
            models.CheckConstraint(name="crosswalk_not_itself", condition=~Q(old=F("new"))),
        ]
