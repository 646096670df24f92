"""A result (成果) lives for years; an entry (参评) takes it through one call. Each has its case."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case


class Category(models.TextChoices):
    INVENTION = "invention", c("innovation", "Small invention")
    CREATION = "creation", c("innovation", "Small creation")
    IMPROVEMENT = "improvement", c("innovation", "Small improvement")
    DESIGN = "design", c("innovation", "Small design")
    SUGGESTION = "suggestion", c("innovation", "Small suggestion")


class Secrecy(models.TextChoices):
    OPEN = "open", c("secrecy", "Open")
    INTERNAL = "internal", c("secrecy", "Within the organisation")


class EvidenceKind(models.TextChoices):
    """What a file of a result shows."""

    PHOTO = "photo", c("evidence", "Photos")
    PAPER = "paper", c("evidence", "Drawings, records and other papers")
    CERTIFICATE = "certificate", c("evidence", "Certificate of the unit that uses it")


class Result(models.Model):
    """What a worker or a team made better, filed once."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="innovation_result")
    title = models.TextField()
    category = models.TextField(choices=Category)
    problem = models.TextField()
    novelty = models.TextField()
    effect = models.TextField()
    put_into_use_on = models.DateField(null=True, blank=True)
    secrecy = models.TextField(choices=Secrecy, default=Secrecy.INTERNAL)
    accepted_on = models.DateField(null=True, blank=True)  # by the enterprise; where the result is counted

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="result_category", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="result_secrecy", condition=Q(secrecy__in=Secrecy.values)),
            models.CheckConstraint(name="result_titled", condition=~Q(title="")),
        ]
        indexes = [models.Index(fields=["accepted_on"], name="result_accepted")]

    def __str__(self) -> str:
        return self.title


class Entry(models.Model):
    """A result put forward in one call."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="innovation_entry")
    result = models.ForeignKey(Result, models.PROTECT, related_name="entries")
    decided_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)
