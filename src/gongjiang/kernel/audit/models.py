"""What left the walls, append-only: whose data were shown to whom and what for, and which lists went out as files."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length, Now, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField
from gongjiang.kernel.people.models import IdentifierKind, Person

#: Characters that a purpose in words has at least.
SHORTEST = 6


class DisclosureKind(models.TextChoices):
    REVEAL = "reveal", c("disclosure", "shown in full")
    EXPORT = "export", c("disclosure", "written into a file")


class Purpose(models.TextChoices):
    HANDLING = "handling", c("purpose", "handling an application of this person")
    CORRECTION = "correction", c("purpose", "checking or correcting the register")
    CONTACT = "contact", c("purpose", "getting in touch with this person")
    REQUEST = "request", c("purpose", "asked for by an authority, under the law")
    OTHER = "other", c("purpose", "another purpose")


class Disclosure(models.Model):
    """One identifier of one person, shown once to one user, who acted in `role` for `unit`.

    at        the database's own time wherever somebody acts in a scope
    note      the purpose in words; the person reads them, and they hold no number
    request   which request asked; no two disclosures share one
    """

    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.TextField(choices=Role)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    path = PathField(editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="disclosures")
    kind = models.TextField(choices=DisclosureKind, default=DisclosureKind.REVEAL)
    what = models.TextField(choices=IdentifierKind)
    purpose = models.TextField(choices=Purpose)
    note = models.TextField()
    request = models.UUIDField(default=uuid.uuid4, unique=True)

    wall = walls.Wall(
        "person_id = me() OR user_id = my_user() OR audits(path) OR EXISTS (SELECT 1 FROM people_person m"
        " WHERE m.id = audit_disclosure.person_id AND m.merged_into_id = me())",
        adding="user_id = my_user() AND unit_id = ANY (held_units())",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="disclosure_role", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="disclosure_kind", condition=Q(kind__in=DisclosureKind.values)),
            models.CheckConstraint(name="disclosure_what", condition=Q(what__in=IdentifierKind.values)),
            models.CheckConstraint(name="disclosure_purpose", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(
                name="disclosure_explained", condition=GreaterThanOrEqual(Length(Trim("note")), SHORTEST)
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="disclosure_path"),
            models.Index(fields=["person", "id"], name="disclosure_person"),
            models.Index(fields=["user", "id"], name="disclosure_user"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="disclosure_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'path' <> to_jsonb(OLD) - 'path'
                THEN RAISE EXCEPTION 'a disclosure stays as it was written' USING ERRCODE = '23514'; END IF;
                IF TG_OP = 'INSERT' AND my_user() IS NOT NULL THEN NEW.at := now(); END IF;
                NEW.path := unit_path(NEW.unit_id);
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="disclosure_is_kept", operation=pgtrigger.Delete),
        ]


class HandOver(models.Model):
    """One file with a list, fetched once by one user, who acted in `role` for `unit`; both empty for a person's own.

    conditions   the filters that the list had, in words
    rows         how many records the file holds
    tier         of its most sensitive column; from T2 on the purpose is said
    """

    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.TextField(blank=True, default="")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    path = PathField(editable=False, blank=True, default="")
    title = models.TextField()
    conditions = models.TextField(blank=True, default="")
    rows = models.PositiveIntegerField()
    tier = models.TextField()
    purpose = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")

    wall = walls.Wall(
        "user_id = my_user() OR audits(path)",
        adding="user_id = my_user() AND (unit_id IS NULL OR unit_id = ANY (held_units()))",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="hand_over_tier", condition=Q(tier__in=("T0", "T1", "T2"))),
            models.CheckConstraint(
                name="hand_over_explained",
                condition=~Q(tier="T2")
                | (~Q(purpose="") & Q(GreaterThanOrEqual(Length(Trim("note")), SHORTEST))),
            ),
        ]
        indexes = [
            models.Index(fields=["path", "id"], name="hand_over_path"),
            models.Index(fields=["user", "id"], name="hand_over_user"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="hand_over_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'path' <> to_jsonb(OLD) - 'path'
                THEN RAISE EXCEPTION 'a hand-over stays as it was written' USING ERRCODE = '23514'; END IF;
                IF TG_OP = 'INSERT' AND my_user() IS NOT NULL THEN NEW.at := now(); END IF;
                NEW.path := coalesce(unit_path(NEW.unit_id), '');
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="hand_over_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title
