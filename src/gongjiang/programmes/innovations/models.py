"""A result (成果) lives for years; an entry (参评) takes it through one call. Each has its case.

What grows on a result stands beside it: patents, rewards by the enterprise, its card in the library, who asked for
it, who took it over. What it brought in money is a `Target` of its case with `Reading`s.
"""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.targets.models import Target


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
    SHEET = "sheet", c("evidence", "Operation sheet")
    AGREEMENT = "agreement", c("evidence", "Agreement on ownership")
    SEAL = "seal", c("evidence", "Benefit sheet with the seal of finance")
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


class Prize(models.Model):
    """One prize of a call and how many win it; the first has position 1. Set while the call is in preparation."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="innovation_prizes")
    position = models.PositiveSmallIntegerField()
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    places = models.PositiveIntegerField()

    wall = walls.Wall("true", writing="edition_in_draft(edition_id)")  # what can be won is public

    class Meta:
        constraints = [
            models.UniqueConstraint(name="prize_position_once", fields=["edition", "position"]),
            models.UniqueConstraint(name="prize_name_once", fields=["edition", "name"]),
            models.CheckConstraint(name="prize_places", condition=Q(places__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A result put forward in one call.

    public_title   what notices and certificates call it, where the result's own title is not for the public
    check_passed   what the site check found; None: not recorded
    prize, document  what it was awarded, and by which decision
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="innovation_entry")
    result = models.ForeignKey(Result, models.PROTECT, related_name="entries")
    public_title = models.TextField(blank=True, default="")
    check_passed = models.BooleanField(null=True, blank=True)
    prize = models.ForeignKey(Prize, models.PROTECT, null=True, blank=True, related_name="entries")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("case_id", Case)


class Judgement(models.TextChoices):
    OPEN = "open", c("likeness", "Not judged yet")
    DIFFERENT = "different", c("likeness", "Something else")
    SAME = "same", c("likeness", "The same")


class Likeness(models.Model):
    """An earlier result that is like this one, found at submission; an officer says with a reason what it means.

    other   key of the earlier result; it may lie out of reach, so nothing joins it but what `similar` may tell
    score   per cent of what the titles have in common
    """

    result = models.ForeignKey(Result, models.CASCADE, related_name="likenesses")
    other = models.BigIntegerField()
    score = models.PositiveSmallIntegerField()
    judgement = models.TextField(choices=Judgement, default=Judgement.OPEN)
    reason = models.TextField(blank=True, default="")
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()

    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="likeness_once", fields=["result", "other"]),
            models.CheckConstraint(name="likeness_judgement", condition=Q(judgement__in=Judgement.values)),
            models.CheckConstraint(
                name="likeness_judged_with_a_reason",
                condition=Q(judgement="open", reason="", judged_at=None)
                | (~Q(judgement="open") & ~Q(reason="") & Q(judged_at__isnull=False)),
            ),
        ]


class PatentKind(models.TextChoices):
    INVENTION = "invention", c("patent", "Invention")
    UTILITY_MODEL = "utility_model", c("patent", "Utility model")
    DESIGN = "design", c("patent", "Design")
    SOFTWARE = "software", c("patent", "Software copyright")


class PatentStatus(models.TextChoices):
    APPLIED = "applied", c("patent", "Applied for")
    GRANTED = "granted", c("patent", "Granted")


class Patent(models.Model):
    """A right on a result, by its number once in the whole installation. Only a grant is counted."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="patents")
    kind = models.TextField(choices=PatentKind)
    number = models.TextField(unique=True)
    status = models.TextField(choices=PatentStatus)
    owner = models.TextField()
    granted_on = models.DateField(null=True, blank=True)

    is_source = True
    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="patent_kind", condition=Q(kind__in=PatentKind.values)),
            models.CheckConstraint(
                name="patent_granted_on_a_day",
                condition=Q(status="applied", granted_on=None)
                | Q(status="granted", granted_on__isnull=False),
            ),
            models.CheckConstraint(name="patent_owned", condition=~Q(owner="") & ~Q(number="")),
        ]

    def __str__(self) -> str:
        return self.number


class Inventor(models.Model):
    """Somebody whom a patent names as inventor."""

    patent = models.ForeignKey(Patent, models.CASCADE, related_name="inventors")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    is_source = True
    wall = walls.inherits("patent_id", Patent, appended=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="inventor_once", fields=["patent", "person"])]


class Reward(models.Model):
    """What an enterprise paid for a result: its own money, never the union's. A wrong one is voided, not deleted."""

    result = models.ForeignKey(Result, models.PROTECT, related_name="rewards")
    payer = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    fen = models.PositiveBigIntegerField()
    clause = models.TextField()  # of the enterprise's rule
    paid_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField()
    voided = models.TextField(blank=True, default="")  # why

    is_source = True
    wall = walls.inherits("result_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reward_some", condition=Q(fen__gt=0)),
            models.CheckConstraint(name="reward_by_a_rule", condition=~Q(clause="")),
        ]


class RewardShare(models.Model):
    """What one person got of a reward."""

    reward = models.ForeignKey(Reward, models.PROTECT, related_name="shares")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    fen = models.PositiveBigIntegerField()

    binds = True  # money was paid to this record: merging it takes a second person
    is_source = True
    wall = walls.inherits("reward_id", Reward, appended=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="rewardshare_once", fields=["reward", "person"])]


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
