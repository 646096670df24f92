"""A result, what is said of it by codes, and its revocation."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import Unit


class Category(models.TextChoices):
    INVENTION = "invention", c("innovation", "Small invention")
    CREATION = "creation", c("innovation", "Small creation")
    IMPROVEMENT = "improvement", c("innovation", "Small improvement")
    DESIGN = "design", c("innovation", "Small design")
    SUGGESTION = "suggestion", c("innovation", "Small suggestion")
    RENOVATION = "renovation", c("innovation", "Small renovation")  # what some firms call an improvement


class SecondClass(models.TextChoices):
    PRODUCT = "product", c("class of innovation", "Product")
    EQUIPMENT = "equipment", c("class of innovation", "Equipment")
    PUBLIC_GOOD = "public_good", c("class of innovation", "Public good")
    COST = "cost", c("class of innovation", "Cost and management")
    ENVIRONMENT = "environment", c("class of innovation", "Environment and energy")


class Topic(models.TextChoices):
    """S2: the six topics of a collection."""

    HARD_POINT = "hard_point", c("topic of innovation", "Hard problems")
    PRODUCTION = "production", c("topic of innovation", "Production and development")
    CREATION = "creation", c("topic of innovation", "Innovation and creation")
    TEAM = "team", c("topic of innovation", "Team building")
    SKILL = "skill", c("topic of innovation", "Raising skill")
    SAFETY = "safety", c("topic of innovation", "Safety at work")


class Secrecy(models.TextChoices):
    OPEN = "open", c("secrecy", "Open")
    INTERNAL = "internal", c("secrecy", "Within the organisation")
    UNREPORTED = "unreported", c("secrecy", "Stays in the enterprise")


class Ownership(models.TextChoices):
    DUTY = "duty", c("ownership of an innovation", "Made on duty, the enterprise's")
    AGREED = "agreed", c("ownership of an innovation", "As agreed in writing")
    PERSONAL = "personal", c("ownership of an innovation", "The author's own")


class BenefitKind(models.TextChoices):
    OUTPUT = "output", c("benefit", "Added output")
    PROFIT = "profit", c("benefit", "Added profit")
    TAX = "tax", c("benefit", "Added tax")
    SAVING = "saving", c("benefit", "Costs saved")


class EvidenceKind(models.TextChoices):
    """What a file of a result shows."""

    PHOTO = "photo", c("evidence", "Photos")
    PAPER = "paper", c("evidence", "Drawings, records and other papers")
    CERTIFICATE = "certificate", c("evidence", "Certificate of the unit that uses it")
    TABLE = "table", c("evidence", "Table of benefit, as it is on paper")
    SHEET = "sheet", c("evidence", "Operation sheet")
    AGREEMENT = "agreement", c("evidence", "Agreement on ownership")
    SEAL = "seal", c("evidence", "Benefit sheet with the seal of finance")
    REPORT = "report", c("evidence", "Report of a third party")
    FORM = "form", c("evidence", "Entry form with the seals")
    SLIDES = "slides", c("evidence", "Roadshow slides")
    CONTRACT = "contract", c("evidence", "Contract of the transfer")


class Result(models.Model):
    """What a worker or a team made better, filed once.

    team              the 班组 of the workplace that it comes from; its leader, where it has one, confirms it first
    title_key, bands  the title as it is compared with those of others (rules.py)
    accepted_on       by the enterprise; where the result is counted
    adopted_on        when its trial was passed
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="innovation_result")
    team = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.TextField()
    category = models.TextField(choices=Category)
    second_class = models.TextField(choices=SecondClass, blank=True, default="", db_default="")
    topic = models.TextField(choices=Topic, blank=True, default="", db_default="")
    industry = models.TextField(blank=True, default="", db_default="")  # GB/T 4754
    problem = models.TextField()
    novelty = models.TextField()
    route = models.TextField(blank=True, default="", db_default="")
    effect = models.TextField()
    done_from = models.DateField(null=True, blank=True)
    done_to = models.DateField(null=True, blank=True)
    put_into_use_on = models.DateField(null=True, blank=True)
    secrecy = models.TextField(choices=Secrecy, default=Secrecy.INTERNAL)
    ownership = models.TextField(choices=Ownership, blank=True, default="", db_default="")
    prior_awards = models.TextField(blank=True, default="", db_default="")  # one a line
    gov_plan = models.BooleanField(
        null=True, blank=True
    )  # in a science plan of the government; None: not said
    gov_award = models.BooleanField(null=True, blank=True)  # awarded by a government; None: not said
    disputed = models.BooleanField(null=True, blank=True)  # whose it is may be disputed; None: not said
    earlier = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="later"
    )  # of an earlier round
    title_key = models.TextField(blank=True, default="", db_default="")
    bands = ArrayField(models.IntegerField(), default=list, db_default=[])
    accepted_on = models.DateField(null=True, blank=True)
    adopted_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="result_category", condition=Q(category__in=Category.values)),
            models.CheckConstraint(name="result_secrecy", condition=Q(secrecy__in=Secrecy.values)),
            models.CheckConstraint(name="result_titled", condition=~Q(title="")),
            models.CheckConstraint(
                name="result_second_class", condition=Q(second_class__in=["", *SecondClass.values])
            ),
            models.CheckConstraint(name="result_topic", condition=Q(topic__in=["", *Topic.values])),
            models.CheckConstraint(
                name="result_ownership", condition=Q(ownership__in=["", *Ownership.values])
            ),
            models.CheckConstraint(
                name="result_done",
                condition=Q(done_from=None) | Q(done_to=None) | Q(done_to__gte=F("done_from")),
            ),
            models.CheckConstraint(
                name="result_adopted_after_acceptance",
                condition=Q(adopted_on=None) | Q(accepted_on=None) | Q(adopted_on__gte=F("accepted_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["accepted_on"], name="result_accepted"),
            models.Index(fields=["title_key"], name="result_title_key"),
            GinIndex(fields=["bands"], name="result_bands"),
        ]

    def __str__(self) -> str:
        return self.title


class Revocation(models.Model):
    """A result that counts no longer, by which document and why. What was counted stays in the history."""

    result = models.OneToOneField(Result, models.PROTECT, primary_key=True, related_name="revocation")
    document = models.TextField()  # 文号
    reason = models.TextField()
    on = models.DateField()

    is_source = True
    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="revocation_by_document", condition=~Q(document="") & ~Q(reason=""))
        ]
        triggers = [pgtrigger.Protect(name="revocation_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
