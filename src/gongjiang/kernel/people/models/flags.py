"""Flags: what is derived about a person by a dated rule. They overlap, and are never added up."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import Unit

from .person import EMPLOYED, Person


class Flag(models.TextChoices):
    INDUSTRIAL_WORKER = "industrial_worker", c("flag", "industrial worker")
    FRONTLINE = "frontline", c("flag", "front line")
    MIGRANT_WORKER = "migrant_worker", c("flag", "migrant worker")
    NEW_FORM_WORKER = "new_form_worker", c("flag", "worker in a new form of employment")
    NON_PUBLIC = "non_public", c("flag", "in the non-public sector")
    FEMALE = "female", c("flag", "woman")
    ETHNIC_MINORITY = "ethnic_minority", c("flag", "ethnic minority")


class FlagRule(models.Model):
    """By which predicate a flag is derived in a jurisdiction, from a day on. No row, no flag: nothing is assumed.

    unit        whose territory it binds; None is the whole country. The nearest one above a workplace wins
    rule        name of a predicate in `people.flags`, such as "shaanxi-2025"; it is the version that is kept
    industries  GB/T 4754 codes, or beginnings of them, that the predicate asks for; see its docstring
    """

    flag = models.TextField(choices=Flag)
    rule = models.SlugField(max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="flag_rules")
    industries = ArrayField(models.CharField(max_length=5), blank=True, default=list, db_default=[])
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    document = models.TextField()

    is_source = True
    app_reads_only = True
    wall = walls.open_to_all("by which rule people are counted is public")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="flagrule_one_open",
                fields=["flag", "unit"],
                condition=Q(until=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="flagrule_flag", condition=Q(flag__in=Flag.values)),
            models.CheckConstraint(name="flagrule_dates", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.CheckConstraint(name="flagrule_cited", condition=~Q(document="")),
        ]


class DerivedFlag(models.Model):
    """A person had a flag under a rule in [since, until). The worker keeps the rows; nobody else writes them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="flags")
    flag = models.TextField(choices=Flag)
    rule = models.SlugField(max_length=60)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    is_source = True
    merge_follows = False  # derived anew for both records
    wall = walls.Wall(
        f"person_id = me() OR {EMPLOYED.format(person='people_derivedflag.person_id')}", writing="false"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="derivedflag_one_open", fields=["person", "flag"], condition=Q(until=None)
            ),
            models.CheckConstraint(name="derivedflag_flag", condition=Q(flag__in=Flag.values)),
            models.CheckConstraint(
                name="derivedflag_dates", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
        ]
        indexes = [models.Index(fields=["person"], name="derivedflag_person")]
