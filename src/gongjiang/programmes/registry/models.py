"""What the registry keeps beside the kernel's people and entities: what an import wrote, whom a roster left out,
which enterprises are to be verified, and what somebody says is wrong about them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import LegalEntity, LegalForm, Ownership, SizeClass, Unit
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import Employment, Person, PostClass
from gongjiang.kernel.tasks.models import Task


class Written(models.Model):
    """What an import wrote for one row of a file, and what stood there before; lets the import be undone.

    Keys, and no relations: what they name may be gone, and undoing notices.

    is_new_person, is_new_employment   the import made them; there is no "before"
    was_…                              what an amended employment held; a phone as its encrypted form and keyed hash
    mark                               fingerprint of the employment and its person right after the import
    """

    batch = models.ForeignKey(  # as with the lines of a batch
        ImportBatch, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    employment = models.BigIntegerField()
    person = models.BigIntegerField()
    is_new_person = models.BooleanField()
    is_new_employment = models.BooleanField()
    was_since = models.DateField(null=True, blank=True)
    was_post = models.TextField(blank=True, default="")
    was_post_class = models.TextField(blank=True, default="")
    was_sex = models.TextField(blank=True, default="")
    was_form = models.TextField(blank=True, default="", db_default="")
    was_wage = models.BooleanField(null=True, blank=True)
    was_hukou = models.TextField(blank=True, default="", db_default="")
    was_education = models.TextField(blank=True, default="", db_default="")
    sets_phone = models.BooleanField(default=False)
    was_phone = models.BinaryField(null=True, blank=True)
    was_phone_digest = models.BinaryField(max_length=32, null=True, blank=True)
    mark = models.TextField()

    wall = walls.inherits("batch_id", ImportBatch)

    class Meta:
        constraints = [models.UniqueConstraint(name="written_once", fields=["batch", "employment"])]


class EntityWritten(models.Model):
    """What an import wrote for one row of a list of enterprises; lets the import be undone. What waits is a Candidate.

    Keys, and no relations to what may be gone.

    is_new      the import made it; there is no "before"
    face_until  the day until which its former face held, where the import gave it another one
    was_…       the number declared before, and its day
    mark        fingerprint of the enterprise right after the import
    """

    batch = models.ForeignKey(  # as with the lines of a batch
        ImportBatch, models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    entity = models.BigIntegerField()
    is_new = models.BooleanField()
    face_until = models.DateField(null=True, blank=True)
    was_declared_workers = models.PositiveIntegerField(null=True, blank=True)
    was_declared_on = models.DateField(null=True, blank=True)
    mark = models.TextField()

    wall = walls.inherits("batch_id", ImportBatch)

    class Meta:
        constraints = [models.UniqueConstraint(name="entitywritten_once", fields=["batch", "entity"])]


class PostChange(models.Model):
    """Somebody's post or post class became another one, as far as the register was told. Written once.

    on     the day on which the register learned it: rosters do not say when
    batch  the import that said so, which takes it along when it is undone; None for a correction
    """

    employment = models.ForeignKey(Employment, models.CASCADE, related_name="post_changes")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+")
    was_post = models.TextField(blank=True, default="")
    was_post_class = models.TextField(choices=PostClass)
    post = models.TextField(blank=True, default="")
    post_class = models.TextField(choices=PostClass)
    on = models.DateField()

    is_source = True
    wall = walls.inherits("employment_id", Employment)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="postchange_changes", condition=~Q(post=F("was_post"), post_class=F("was_post_class"))
            ),
            models.CheckConstraint(
                name="postchange_classes",
                condition=Q(post_class__in=PostClass.values, was_post_class__in=PostClass.values),
            ),
        ]


class Answer(models.TextChoices):
    OPEN = "open", c("absent", "not answered yet")
    LEFT = "left", c("absent", "has left")
    HERE = "here", c("absent", "still works here")


class Absent(models.Model):
    """Somebody who works at an enterprise by the register and is not in its newest roster: a question, not a dismissal.

    left_on   the first day on which they no longer worked there
    """

    employment = models.ForeignKey(Employment, models.CASCADE, related_name="absences")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(choices=Answer, default=Answer.OPEN)
    left_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="absent_asked_once", fields=["employment"], condition=Q(answer=Answer.OPEN)
            ),
            models.CheckConstraint(name="absent_answer", condition=Q(answer__in=Answer.values)),
            models.CheckConstraint(
                name="absent_left_on_a_day", condition=Q(left_on__isnull=False) ^ ~Q(answer=Answer.LEFT)
            ),
            models.CheckConstraint(
                name="absent_answered_by_somebody",
                condition=Q(answer=Answer.OPEN) | Q(answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="absent_path")]
        triggers = [walls.mirrors_path("absent_path_follows_unit")]

    def __str__(self) -> str:
        return str(self.employment)


class Mending(models.Model):
    """A task to put right what one check found at one union.

    found  how many rows were wrong when it was asked
    """

    task = models.OneToOneField(Task, models.PROTECT, primary_key=True, related_name="registry_mending")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")  # the task's owner
    check_code = models.SlugField(max_length=40)
    found = models.PositiveIntegerField()

    wall = walls.inherits("task_id", Task)

    class Meta:
        constraints = [models.CheckConstraint(name="mending_found_some", condition=Q(found__gt=0))]
        indexes = [models.Index(fields=["unit", "check_code"], name="mending_unit_check")]


class Why(models.TextChoices):
    """Why what a list says of an enterprise cannot be taken in as it stands."""

    NO_CODE = "no_code", c("candidate", "no credit code is stated")
    OLD_NUMBER = "old_number", c("candidate", "an old 15-digit registration number")
    WRONG_CODE = "wrong_code", c("candidate", "the credit code cannot be right")
    ELSEWHERE = "elsewhere", c("candidate", "the credit code is on the register of another union")
    INDUSTRY = "industry", c("candidate", "the old industry code has become several")


class Settled(models.TextChoices):
    OPEN = "open", c("candidate", "to be verified")
    VERIFIED = "verified", c("candidate", "verified")
    SAME = "same", c("candidate", "the same as one on the register")
    REJECTED = "rejected", c("candidate", "rejected")


class Candidate(models.Model):
    """An enterprise as a list states it, until somebody has compared it with its licence (待核).

    unit      the union that would be responsible for it
    written   the credit code, or what stood in its place, in normal form
    code_2011 industry by the list of 2011, where the file gave that one
    entity    what it became, or was all along
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="+")
    why = models.TextField(choices=Why)
    name = models.TextField()
    written = models.TextField(blank=True, default="")
    ownership = models.TextField(choices=Ownership)
    legal_form = models.TextField(choices=LegalForm, blank=True, default="")
    size_class = models.TextField(choices=SizeClass)
    industry = models.CharField(max_length=5, blank=True, default="")
    code_2011 = models.CharField(max_length=5, blank=True, default="")
    chains = ArrayField(models.TextField(), blank=True, default=list)
    region = models.TextField()
    park = models.TextField(blank=True, default="")
    declared_workers = models.PositiveIntegerField(null=True, blank=True)
    declared_on = models.DateField(null=True, blank=True)
    opened_on = models.DateField()
    stated_at = models.DateTimeField(auto_now_add=True)
    state = models.TextField(choices=Settled, default=Settled.OPEN)
    entity = models.ForeignKey(LegalEntity, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.TextField(blank=True, default="")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    wall = walls.Wall("in_tree(path)")

    class Meta:
        constraints = [
            models.CheckConstraint(name="candidate_why", condition=Q(why__in=Why.values)),
            models.CheckConstraint(name="candidate_state", condition=Q(state__in=Settled.values)),
            models.CheckConstraint(name="candidate_ownership", condition=Q(ownership__in=Ownership.values)),
            models.CheckConstraint(name="candidate_size", condition=Q(size_class__in=SizeClass.values)),
            models.CheckConstraint(name="candidate_legal_form", condition=Q(legal_form__in=["", *LegalForm])),
            models.CheckConstraint(
                name="candidate_became_an_entity",
                condition=Q(entity__isnull=False, state__in=[Settled.VERIFIED, Settled.SAME])
                | Q(entity=None, state__in=[Settled.OPEN, Settled.REJECTED]),
            ),
            models.CheckConstraint(
                name="candidate_settled_by_somebody",
                condition=Q(state=Settled.OPEN) | Q(settled_by__isnull=False, settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="candidate_rejected_with_reason", condition=~Q(state=Settled.REJECTED) | ~Q(note="")
            ),
            models.UniqueConstraint(
                name="candidate_waits_once",
                fields=["unit", "name", "written"],
                condition=Q(state=Settled.OPEN),
            ),
        ]
        indexes = [models.Index(fields=["path", "id"], name="candidate_path")]
        triggers = [walls.mirrors_path("candidate_path_follows_unit")]

    def __str__(self) -> str:
        return self.name


class Fact(models.TextChoices):
    """What the person may object to. Numbers are mended at a counter, with the card in hand."""

    NAME = "name", c("fact", "Name")
    SEX = "sex", c("fact", "Sex")
    POST = "post", c("fact", "Post")
    POST_CLASS = "post_class", c("fact", "Post class")
    SINCE = "since", c("fact", "First day at work")
    UNTIL = "until", c("fact", "No longer works there since")


class Correction(models.Model):
    """A worker says that a fact about them is wrong.

    stated   what the register said when it was objected to; the decision asks whether it still does
    wanted   what it should say, as the fact's own code or date
    reason   the worker's words
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="registry_correction")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    employment = models.ForeignKey(Employment, models.PROTECT, related_name="+")
    fact = models.TextField(choices=Fact)
    stated = models.TextField(blank=True, default="")
    wanted = models.TextField()
    reason = models.TextField()

    is_source = True
    wall = walls.inherits("case_id", Case)

    class Meta:
        constraints = [
            models.CheckConstraint(name="correction_fact", condition=Q(fact__in=Fact.values)),
            models.CheckConstraint(
                name="correction_changes_something", condition=~Q(wanted="") & ~Q(wanted=F("stated"))
            ),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return str(Fact(self.fact).label)
