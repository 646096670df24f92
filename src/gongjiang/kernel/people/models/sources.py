"""Who said what about a person, and whose word weighs more."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import Unit

from .person import EMPLOYED, Person


class Source(models.TextChoices):
    REGISTRY = "registry", c("source", "household registry")
    INSURANCE = "insurance", c("source", "social insurance")
    ENTERPRISE = "enterprise", c("source", "the employer's roster")
    UNION = "union", c("source", "the union")
    SELF = "self", c("source", "the person")


class SourceRank(models.Model):
    """How much a source's word weighs for one field: 1 is the most. Required configuration, there is no default.

    field  a field of `FieldSource`; empty for all that have no row of their own
    """

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="source_ranks")
    field = models.TextField(blank=True, default="")
    source = models.TextField(choices=Source)
    rank = models.PositiveSmallIntegerField()
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    document = models.TextField()

    app_reads_only = True
    wall = walls.open_to_all("whose word weighs more is public")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="sourcerank_one_open",
                fields=["unit", "field", "source"],
                condition=Q(until=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="sourcerank_source", condition=Q(source__in=Source.values)),
            models.CheckConstraint(name="sourcerank_rank", condition=Q(rank__gte=1)),
            models.CheckConstraint(
                name="sourcerank_dates", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(name="sourcerank_cited", condition=~Q(document="")),
        ]


class FieldSource(models.Model):
    """What one source last said of one field: a keyed hash of the value, never the value."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="field_sources", db_index=False)
    field = models.TextField()
    source = models.TextField(choices=Source)
    digest = models.BinaryField(max_length=32)
    seen_at = models.DateTimeField()

    wall = walls.Wall(
        f"person_id = me() OR {EMPLOYED.format(person='people_fieldsource.person_id')}",
        writing=EMPLOYED.format(person="people_fieldsource.person_id"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fieldsource_once", fields=["person", "field", "source"]),
            models.CheckConstraint(name="fieldsource_source", condition=Q(source__in=Source.values)),
        ]
