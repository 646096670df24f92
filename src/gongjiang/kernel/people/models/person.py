"""A human being, and the encrypted identifiers that find them again."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")
    UNKNOWN = "unknown", _("not known")


class PersonState(models.TextChoices):
    """What is kept of a person's course; whether they are employed or have left is read from their employments."""

    PROVISIONAL = "provisional", _("provisional")
    IDENTIFIED = "identified", _("identified")
    RETIRED = "retired", c("person", "retired")
    DECEASED = "deceased", _("deceased")
    MERGED = "merged", c("person", "merged into another record")


class Hukou(models.TextChoices):
    RURAL = "rural", c("hukou", "rural")
    URBAN = "urban", c("hukou", "urban")


class Education(models.TextChoices):
    """The highest schooling completed, by the levels of GB/T 4658."""

    PRIMARY = "primary", c("education", "primary school or less")
    LOWER_SECONDARY = "lower_secondary", c("education", "lower secondary")
    UPPER_SECONDARY = "upper_secondary", c("education", "upper secondary or vocational")
    COLLEGE = "college", c("education", "junior college")
    BACHELOR = "bachelor", c("education", "bachelor")
    MASTER = "master", c("education", "master")
    DOCTOR = "doctor", c("education", "doctor")


#: Works now in one of the actor's trees.
EMPLOYED = (
    "EXISTS (SELECT 1 FROM people_employment e"
    " WHERE e.person_id = {person} AND e.until IS NULL AND in_tree(e.path))"
)


class Person(models.Model):
    """One human being, once. Identity number and phone are in `Identifier`, never here.

    name         the original, as it is printed
    name_key     for matching: without separator dots, spaces and width, compatibility characters unified
    initials     of the pinyin, for search; empty where nobody has worked them out
    ethnicity    GB/T 3304 number, "01" to "56"; empty is unknown, never "no", and so with hukou and education
    merged_into  the record that speaks for this one since a merge; never one that is merged itself
    """

    name = models.TextField()
    name_key = models.GeneratedField(
        expression=Func(F("name"), function="name_key"), output_field=models.TextField(), db_persist=True
    )
    initials = models.TextField(blank=True, default="", db_default="")
    sex = models.TextField(choices=Sex, default=Sex.UNKNOWN)
    born_on = models.DateField(null=True, blank=True)
    ethnicity = models.CharField(max_length=2, blank=True, default="", db_default="")
    hukou = models.TextField(choices=Hukou, blank=True, default="", db_default="")
    education = models.TextField(choices=Education, blank=True, default="", db_default="")
    state = models.TextField(choices=PersonState, default=PersonState.PROVISIONAL)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False, db_index=False
    )

    is_source = True
    wall = walls.Wall(  # and whoever applied for, or takes part in, a case within reach, wherever they work by now
        f"id = me() OR merged_into_id = me() OR {EMPLOYED.format(person='people_person.id')}"
        " OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.applicant_id = people_person.id)"
        " OR EXISTS (SELECT 1 FROM lifecycle_participant p WHERE p.person_id = people_person.id)",
        writing=EMPLOYED.format(person="people_person.id"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_sex", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(name="person_state", condition=Q(state__in=PersonState.values)),
            models.CheckConstraint(name="person_named", condition=~Q(name="")),
            models.CheckConstraint(name="person_hukou", condition=Q(hukou__in=["", *Hukou.values])),
            models.CheckConstraint(
                name="person_education", condition=Q(education__in=["", *Education.values])
            ),
            models.CheckConstraint(
                name="person_merged",
                condition=Q(state=PersonState.MERGED, merged_into__isnull=False)
                | ~Q(state=PersonState.MERGED) & Q(merged_into=None),
            ),
            models.CheckConstraint(name="person_not_into_itself", condition=~Q(merged_into=F("id"))),
        ]
        indexes = [
            GinIndex(Func(F("name_key"), function="bigrams"), name="person_bigrams"),
            models.Index(fields=["name_key", "born_on"], name="person_name_birth"),
            models.Index(
                fields=["merged_into"], name="person_merged_into", condition=Q(merged_into__isnull=False)
            ),
            models.Index(
                fields=["initials"], name="person_initials", opclasses=["text_pattern_ops"],
                condition=~Q(initials=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class IdentifierKind(models.TextChoices):
    IDENTITY = "identity", _("resident identity number")
    PHONE = "phone", _("phone number")


class Identifier(models.Model):
    """An encrypted identifier (T2) and its keyed hash. An identity number is one person's; a phone may be shared.

    verified_at  when somebody or some source outside confirmed that it is this person's
    keys         number of the hash key that made the digest (see `crypto`)
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="identifiers", db_index=False)
    kind = models.TextField(choices=IdentifierKind)
    cipher = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    verified_at = models.DateTimeField(null=True, blank=True)
    keys = models.PositiveSmallIntegerField(default=1, db_default=1)

    wall = walls.Wall(
        f"person_id = me() OR {EMPLOYED.format(person='people_identifier.person_id')}",
        writing=EMPLOYED.format(person="people_identifier.person_id"),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="identity_once", fields=["digest"], condition=Q(kind=IdentifierKind.IDENTITY)
            ),
            models.UniqueConstraint(name="identifier_kind_once", fields=["person", "kind"]),
            models.CheckConstraint(name="identifier_kind", condition=Q(kind__in=IdentifierKind.values)),
        ]
        indexes = [
            models.Index(fields=["digest"], name="identifier_phone", condition=Q(kind=IdentifierKind.PHONE)),
        ]
