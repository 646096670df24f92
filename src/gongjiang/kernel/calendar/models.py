"""The notices of the State Council by year, the days they move, and what is closed in one place only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access import walls


class CalendarYear(models.Model):
    """One loaded notice. `digest` is that of its days: two calendars with equal digests are equal."""

    year = models.PositiveSmallIntegerField(unique=True)
    document = models.TextField()  # 文号
    published_on = models.DateField()
    source = models.TextField()  # where the days were read from
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    app_reads_only = True

    def __str__(self) -> str:
        return f"{self.year} {self.document}"


class HolidayKind(models.TextChoices):
    HOLIDAY = "holiday", _("holiday")
    MAKEUP_DAY = "makeup_day", _("make-up working day")


class Holiday(models.Model):
    """A day that a notice moves: off, or a weekend day that is worked. The last days of December may be next year's."""

    notice = models.ForeignKey(CalendarYear, models.CASCADE, related_name="days")
    day = models.DateField(unique=True)
    kind = models.TextField(choices=HolidayKind)
    name = models.TextField()
    name_en = models.TextField()

    app_reads_only = True

    class Meta:
        constraints = [models.CheckConstraint(name="holiday_kind", condition=Q(kind__in=HolidayKind.values))]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Closure(models.Model):
    """A day on which the offices of one division, and of all divisions within it, are closed by a local notice."""

    region = models.TextField()  # division code, 2 to 9 digits
    day = models.DateField()
    name = models.TextField()
    document = models.TextField()  # 文号
    added_by = models.BigIntegerField(
        null=True, blank=True
    )  # key of the account: this package stands below accounts
    added_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("true", writing="officer_in(region)")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="closure_once", fields=["region", "day"]),
            models.CheckConstraint(name="closure_region", condition=Q(region__regex=r"^\d{2,9}$")),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.day}"
