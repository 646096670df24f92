"""People, their encrypted identifiers, and where they work."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gongjiang.kernel.access import walls
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.orgs.paths import PathField


class Sex(models.TextChoices):
    MALE = "male", _("male")
    FEMALE = "female", _("female")
    UNKNOWN = "unknown", _("not known")


class PersonState(models.TextChoices):
    PROVISIONAL = "provisional", _("provisional")
    IDENTIFIED = "identified", _("identified")
    DECEASED = "deceased", _("deceased")


#: Works now in one of the actor's trees.
EMPLOYED = (
    "EXISTS (SELECT 1 FROM people_employment e"
    " WHERE e.person_id = {person} AND e.until IS NULL AND in_tree(e.path))"
)


class Person(models.Model):
    """One human being, once. Identity number and phone are in `Identifier`, never here."""

    name = models.TextField()
    sex = models.TextField(choices=Sex, default=Sex.UNKNOWN)
    born_on = models.DateField(null=True, blank=True)
    state = models.TextField(choices=PersonState, default=PersonState.PROVISIONAL)

    is_source = True
    wall = walls.Wall(  # and whoever applied for, or takes part in, a case within reach, wherever they work by now
        f"id = me() OR {EMPLOYED.format(person='people_person.id')}"
        " OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.applicant_id = people_person.id)"
        " OR EXISTS (SELECT 1 FROM lifecycle_participant p WHERE p.person_id = people_person.id)",
        writing=EMPLOYED.format(person="people_person.id"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_sex", condition=Q(sex__in=Sex.values)),
            models.CheckConstraint(name="person_state", condition=Q(state__in=PersonState.values)),
            models.CheckConstraint(name="person_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class IdentifierKind(models.TextChoices):
    IDENTITY = "identity", _("resident identity number")
    PHONE = "phone", _("phone number")


class Identifier(models.Model):
    """An encrypted identifier (T2) and its keyed hash. An identity number is one person's; a phone may be shared."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="identifiers")
    kind = models.TextField(choices=IdentifierKind)
    cipher = models.BinaryField()
    digest = models.BinaryField(max_length=32)

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


class EmploymentForm(models.TextChoices):
    CONTRACT = "contract", _("labour contract")
    AGENCY = "agency", _("agency labour")
    FLEXIBLE = "flexible", _("flexible work")
    PLATFORM = "platform", _("platform work")
    INTERN = "intern", _("internship")


class PostClass(models.TextChoices):
    PRODUCTION = "production", _("production line")
    TECHNICAL = "technical", _("technical staff")
    MANAGEMENT = "management", _("management")
    SERVICE = "service", _("service staff")


class Employment(models.Model):
    """A person works for an entity, half-open [since, until); counted at the union `unit` that covers it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="employments")
    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="employments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="employments")
    path = PathField(editable=False)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    form = models.TextField(choices=EmploymentForm, default=EmploymentForm.CONTRACT)
    post = models.TextField(blank=True, default="")
    post_class = models.TextField(choices=PostClass)

    is_source = True
    wall = walls.Wall("in_tree(path) OR person_id = me()", writing="in_tree(path)")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="employment_once_open", fields=["person", "entity"], condition=Q(until=None)
            ),
            models.CheckConstraint(
                name="employment_dates", condition=Q(until=None) | Q(until__gt=F("since"))
            ),
            models.CheckConstraint(name="employment_form", condition=Q(form__in=EmploymentForm.values)),
            models.CheckConstraint(
                name="employment_post_class", condition=Q(post_class__in=PostClass.values)
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="employment_path", condition=Q(until=None)),
        ]
        triggers = [walls.mirrors_path("employment_path_follows_unit")]
