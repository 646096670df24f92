"""Credentials, their history, and what a stranger who has the code may read."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import Person


class CredentialKind(models.TextChoices):
    GRADE = "grade", c("credential", "skill grade")
    CERTIFICATE = "certificate", c("credential", "certificate")
    QUALIFICATION = "qualification", c("credential", "qualification")
    TITLE = "title", c("credential", "title")
    HONOUR = "honour", c("credential", "honour")
    DESIGNATION = "designation", c("credential", "designation")


class CredentialState(models.TextChoices):
    """As stored; a valid one whose last day has passed reads as expired (`standing`)."""

    VALID = "valid", c("credential", "Valid")
    SUSPENDED = "suspended", c("credential", "Suspended")
    EXPIRED = "expired", c("credential", "Expired")
    REVOKED = "revoked", c("credential", "Revoked")


_HELD = "unit_id = ANY (held_units())"


class Credential(models.Model):
    """What exactly one person or unit holds, half-open [valid_from, valid_to). A row a grant; nothing is re-used.

    kind, level  the shape and its place in the kind's list: a code of whoever declares the kind
    unit         who issued it; the holder's unit has its own column
    holder_unit  where the holder belonged when it was granted, where it is counted
    document     by which it was granted; certificate: the paper that the holder gets
    """

    kind = models.TextField(choices=CredentialKind)
    level = models.TextField(blank=True, default="")
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="credentials")
    holder = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="credentials")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="credentials_issued")
    path = PathField(editable=False)
    holder_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    holder_path = PathField(editable=False)
    number = models.TextField()
    on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    state = models.TextField(choices=CredentialState, default=CredentialState.VALID)
    code = models.TextField(unique=True)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="granted")
    certificate = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="certifies")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="credentials")
    version = models.PositiveIntegerField(default=1)

    is_source = True
    binds = True  # merging two holders takes a second person
    wall = walls.Wall(
        "person_id = me() OR in_tree(path) OR in_tree(holder_path) OR holder_id = ANY (my_units())",
        writing=_HELD,
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="credential_kind", condition=Q(kind__in=CredentialKind.values)),
            models.CheckConstraint(name="credential_state", condition=Q(state__in=CredentialState.values)),
            models.CheckConstraint(
                name="credential_of_one_holder",
                condition=Q(person__isnull=False, holder=None) | Q(person=None, holder=F("holder_unit")),
            ),
            models.CheckConstraint(
                name="credential_dates",
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(name="credential_named", condition=~Q(name="") & ~Q(number="")),
            models.UniqueConstraint(name="credential_number_once", fields=["unit", "kind", "number"]),
            models.UniqueConstraint(
                name="credential_once_a_case",
                fields=["case", "kind", "level", "name", "person", "holder"],
                condition=Q(case__isnull=False),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="credential_path"),
            models.Index(fields=["holder_path", "id"], name="credential_holder_path"),
            models.Index(fields=["person"], name="credential_person"),
        ]
        triggers = [
            pgtrigger.Protect(name="credential_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="credential_only_its_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'UPDATE' THEN
                  IF to_jsonb(NEW) - '{state,version,path,holder_path,certificate_id,person_id}'::text[] <>
                     to_jsonb(OLD) - '{state,version,path,holder_path,certificate_id,person_id}'::text[]
                     OR (OLD.certificate_id IS NOT NULL AND NEW.certificate_id IS DISTINCT FROM OLD.certificate_id)
                     OR (OLD.person_id IS DISTINCT FROM NEW.person_id AND NOT
                         pg_has_role(current_user, (SELECT relowner FROM pg_class
                           WHERE oid = 'credentials_credential'::regclass), 'MEMBER'))
                  THEN RAISE EXCEPTION 'of credential % only the state changes', OLD.number
                    USING ERRCODE = '23514'; END IF;
                  IF NEW.state <> OLD.state AND OLD.state = 'revoked'
                  THEN RAISE EXCEPTION 'credential % stays revoked', OLD.number USING ERRCODE = '23514'; END IF;
                  IF NEW.state <> OLD.state AND NEW.version <> OLD.version + 1
                  THEN RAISE EXCEPTION 'the version of a credential rises by one' USING ERRCODE = '23514'; END IF;
                END IF;
                NEW.path := unit_path(NEW.unit_id);
                NEW.holder_path := unit_path(NEW.holder_unit_id);
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"


class CredentialEvent(models.Model):
    """One step of a credential: granted, suspended, restored, revoked; by which document, and why. Append-only."""

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="events")
    version = models.PositiveIntegerField()
    state = models.TextField(choices=CredentialState)
    on = models.DateField()
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM credentials_credential above WHERE above.id = credential_id)",
        adding="EXISTS (SELECT 1 FROM credentials_credential above"
        " WHERE above.id = credential_id AND above.unit_id = ANY (held_units()))",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="credentialevent_version_once", fields=["credential", "version"])
        ]
        triggers = [
            pgtrigger.Protect(name="credentialevent_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class PublicCredential(models.Model):
    """What a stranger with the code reads: who (masked), what, by whom, when, and whether it still holds."""

    code = models.TextField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    kind = models.TextField(choices=CredentialKind)
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    holder = models.TextField()  # a person's name masked, a unit's in full
    issuer = models.TextField()
    issuer_en = models.TextField(blank=True, default="")
    number = models.TextField()
    on = models.DateField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    state = models.TextField(choices=CredentialState)
    state_on = models.DateField()
    document = models.TextField(blank=True, default="")  # number of the one by which the state came to be

    wall = walls.Wall("true", writing=_HELD)
