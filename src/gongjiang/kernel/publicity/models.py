"""Notices, the cases behind them, and objections: what was said, by whom (kept apart), and what was ruled."""

import datetime as dt
import secrets
import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access import walls
from gongjiang.kernel.audit.models import SHORTEST, Purpose
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.files.store import Store
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import PathField

from .snapshot import SnapshotField

#: Where evidence for objections lies.
STORE = Store("objections")
_HELD = "unit_id = ANY (held_units())"
_OF_OBJECTION = "EXISTS (SELECT 1 FROM publicity_objection above WHERE above.id = objection_id)"


class PublicityState(models.TextChoices):
    """Never stored: what a notice is follows from the time."""

    OPEN = "open", c("publicity", "Open for objections")
    OVER = "over", c("publicity", "Over")
    CANCELLED = "cancelled", c("publicity", "Cancelled")


class Publicity(models.Model):
    """A notice (公示): a table made for the public; nothing in it is for anybody else.

    kind       which notice of its programme it is, e.g. "innovations.finalists"; `round` counts them in an edition
    days       working days it stands
    closes_at  the last moment at which an objection counts
    snapshot   the masked list, frozen
    digest     of all that the public reads
    answer_days  working days within which objections are answered, where somebody has said so
    ended_at   when the worker did what follows the closing
    """

    number = models.TextField(unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="publicities")
    path = PathField(editable=False)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="publicities")
    kind = models.TextField()
    round = models.PositiveSmallIntegerField(default=1)
    title = models.TextField()
    title_en = models.TextField(blank=True, default="")
    text = models.TextField(blank=True, default="")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, related_name="publicities")
    opened_at = models.DateTimeField()
    days = models.PositiveSmallIntegerField()
    closes_at = models.DateTimeField()
    answer_days = models.PositiveSmallIntegerField(null=True, blank=True)
    snapshot = SnapshotField()
    digest = models.BinaryField(max_length=32)
    publicised_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    is_source = True
    wall = walls.Wall("true", writing=_HELD)

    class Meta:
        constraints = [
            models.CheckConstraint(name="publicity_window", condition=Q(closes_at__gt=F("opened_at"))),
            models.CheckConstraint(name="publicity_days", condition=Q(days__gte=1)),
            models.CheckConstraint(name="publicity_named", condition=~Q(title="") & ~Q(kind="")),
            models.CheckConstraint(
                name="publicity_cancelled_why",
                condition=Q(cancelled_at=None, cancel_reason="")
                | Q(cancelled_at__isnull=False) & ~Q(cancel_reason=""),
            ),
            models.UniqueConstraint(
                name="publicity_round_once", fields=["edition", "unit", "kind", "round"], nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(fields=["closes_at", "id"], name="publicity_closes"),
            models.Index(fields=["path", "id"], name="publicity_path"),
        ]
        triggers = [
            walls.mirrors_path("publicity_path_follows_unit"),
            pgtrigger.Protect(name="publicity_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="publicity_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                IF to_jsonb(NEW) - '{path,closes_at,cancelled_at,cancel_reason,ended_at}'::text[] <>
                   to_jsonb(OLD) - '{path,closes_at,cancelled_at,cancel_reason,ended_at}'::text[]
                THEN RAISE EXCEPTION 'notice % is frozen', OLD.number USING ERRCODE = '23514'; END IF;
                IF NEW.closes_at < OLD.closes_at OR (NEW.closes_at <> OLD.closes_at
                   AND (OLD.closes_at < now() OR OLD.cancelled_at IS NOT NULL))
                THEN RAISE EXCEPTION 'notice % is only prolonged, and only while it is open', OLD.number
                  USING ERRCODE = '23514'; END IF;
                IF OLD.cancelled_at IS NOT NULL AND ROW(NEW.cancelled_at, NEW.cancel_reason)
                   IS DISTINCT FROM ROW(OLD.cancelled_at, OLD.cancel_reason)
                   OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at
                THEN RAISE EXCEPTION 'notice % ends once', OLD.number USING ERRCODE = '23514'; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def state(self, at: dt.datetime | None = None) -> PublicityState:
        """What the notice is at a moment, by default now."""
        if self.cancelled_at is not None:
            return PublicityState.CANCELLED
        return PublicityState.OPEN if (at or timezone.now()) <= self.closes_at else PublicityState.OVER


class PublicityCase(models.Model):
    """A case behind a row of a notice; `position` is the row's place. Never read by a public page."""

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="cases")
    case = models.ForeignKey(Case, models.PROTECT, related_name="publicities")
    position = models.PositiveIntegerField()

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM lifecycle_case above WHERE above.id = case_id)",
        adding="EXISTS (SELECT 1 FROM lifecycle_case above WHERE above.id = case_id) AND EXISTS (SELECT 1"
        " FROM publicity_publicity p WHERE p.id = publicity_id AND p.unit_id = ANY (held_units()))",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="publicitycase_position_once", fields=["publicity", "position"]),
            models.UniqueConstraint(name="publicitycase_case_once", fields=["publicity", "case"]),
            models.CheckConstraint(name="publicitycase_position", condition=Q(position__gte=1)),
        ]
        triggers = [
            pgtrigger.Protect(name="publicitycase_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


def fresh_key() -> int:
    """A key chosen before the row is written: a stranger who objects may not read back what the database gave it."""
    return secrets.randbits(62)


class ObjectionKind(models.TextChoices):
    OBJECTION = "objection", c("publicity", "objection")
    APPEAL = "appeal", c("publicity", "appeal")


class Objection(models.Model):
    """What somebody says against a notice, one of its rows, or (an appeal) the decision on their own case.

    position  the row; None stands for the whole list
    case      the row's case, filled by the database; of an appeal the appellant's
    unit      who deals with it
    matter    sealed: it may tell who wrote it
    Whoever is behind it stands in `ObjectionAuthor` alone.
    """

    id = models.BigIntegerField(primary_key=True, default=fresh_key, editable=False)
    kind = models.TextField(choices=ObjectionKind)
    publicity = models.ForeignKey(Publicity, models.PROTECT, null=True, blank=True, related_name="objections")
    position = models.PositiveIntegerField(null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="objections")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    matter = models.BinaryField()

    is_source = True
    wall = walls.Wall(_HELD, adding="true")

    class Meta:
        constraints = [
            models.CheckConstraint(name="objection_kind", condition=Q(kind__in=ObjectionKind.values)),
            models.CheckConstraint(
                name="objection_of_one_thing",
                condition=Q(kind="objection", publicity__isnull=False)
                | Q(kind="appeal", publicity=None, position=None, case__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "received_at"], name="objection_unit"),
            models.Index(fields=["case"], name="objection_case"),
        ]
        triggers = [
            pgtrigger.Protect(name="objection_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="objection_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("p", "publicity_publicity%ROWTYPE")],
                func="""
                IF NOT replaying() THEN NEW.received_at := clock_timestamp(); END IF;
                IF NEW.kind = 'objection' THEN
                  SELECT * INTO p FROM publicity_publicity WHERE id = NEW.publicity_id;
                  IF p.cancelled_at IS NOT NULL OR NEW.received_at < p.opened_at OR NEW.received_at > p.closes_at
                  THEN RAISE EXCEPTION 'notice % takes no objection now', p.number USING ERRCODE = '23514'; END IF;
                  IF NEW.position IS NOT NULL AND (NEW.position < 1
                     OR NEW.position > jsonb_array_length(p.snapshot -> 'rows'))
                  THEN RAISE EXCEPTION 'notice % has no row %', p.number, NEW.position USING ERRCODE = '23514';
                  END IF;
                  NEW.unit_id := p.unit_id;
                  NEW.case_id := publicised_case(NEW.publicity_id, NEW.position);
                ELSIF NOT replaying() THEN
                  NEW.unit_id := appealed_to(NEW.case_id, NEW.received_at);
                  IF NEW.unit_id IS NULL
                  THEN RAISE EXCEPTION 'case % takes no appeal now', NEW.case_id USING ERRCODE = '23514'; END IF;
                END IF;
                RETURN NEW;
                """,
            ),
        ]


class ObjectionAuthor(models.Model):
    """Who objects (T3): sealed, read only by a handler who is named in `ObjectionHandler` and says what for.

    author   equal for the same name and contact on the same row; nobody objects twice to the same thing
    receipt  of the code that the author was given
    """

    objection = models.OneToOneField(
        Objection, models.PROTECT, primary_key=True, related_name="author", db_index=False
    )
    sealed = models.BinaryField()
    author = models.BinaryField(max_length=32, unique=True)
    receipt = models.BinaryField(max_length=32, unique=True)

    wall = walls.Wall(
        "EXISTS (SELECT 1 FROM publicity_objectionhandler h WHERE h.user_id = my_user()"
        " AND h.objection_id = publicity_objectionauthor.objection_id)",
        adding="true",
    )

    class Meta:
        triggers = [
            pgtrigger.Protect(name="objectionauthor_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class ObjectionFile(models.Model):
    """Evidence for an objection; the content lies encrypted under the name `stored`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files")
    name = models.TextField()
    media_type = models.TextField()
    bytes = models.PositiveBigIntegerField()
    digest = models.BinaryField(max_length=32)
    stored = models.TextField(unique=True)

    wall = walls.Wall(_OF_OBJECTION, adding="true")

    class Meta:
        triggers = [
            pgtrigger.Protect(name="objectionfile_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class ObjectionHandler(models.Model):
    """An officer who has taken an objection on, by name."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="handlers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()

    wall = walls.Wall(_OF_OBJECTION, adding=f"user_id = my_user() AND {_OF_OBJECTION}")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="objectionhandler_once", fields=["objection", "user"]),
        ]
        triggers = [
            pgtrigger.Protect(name="objectionhandler_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class AuthorDisclosure(models.Model):
    """The author of an objection, shown once to a handler, and what for."""

    objection = models.ForeignKey(Objection, models.PROTECT, related_name="disclosures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    purpose = models.TextField(choices=Purpose)
    note = models.TextField()
    request = models.UUIDField(default=uuid.uuid4, unique=True)
    at = models.DateTimeField()

    wall = walls.Wall(
        f"user_id = my_user() OR {_OF_OBJECTION}",
        adding="user_id = my_user() AND EXISTS (SELECT 1 FROM publicity_objectionhandler h"
        " WHERE h.user_id = my_user() AND h.objection_id = publicity_authordisclosure.objection_id)",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="authordisclosure_purpose", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(
                name="authordisclosure_explained",
                condition=GreaterThanOrEqual(Length(Trim("note")), SHORTEST),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="authordisclosure_stays", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class RulingResult(models.TextChoices):
    UPHELD = "upheld", c("publicity", "upheld")
    REJECTED = "rejected", c("publicity", "rejected")


class Ruling(models.Model):
    """How an objection was decided, by somebody who had no part in the decision it is against. Final."""

    objection = models.OneToOneField(Objection, models.PROTECT, related_name="ruling")
    result = models.TextField(choices=RulingResult)
    reasons = models.TextField()
    ruled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    is_source = True
    wall = walls.Wall(_OF_OBJECTION, writing=_OF_OBJECTION)

    class Meta:
        constraints = [
            models.CheckConstraint(name="ruling_result", condition=Q(result__in=RulingResult.values)),
            models.CheckConstraint(name="ruling_reasoned", condition=~Q(reasons="")),
        ]
        triggers = [
            pgtrigger.Protect(name="ruling_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="ruling_is_final_and_anothers",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF TG_OP = 'UPDATE' THEN
                  IF OLD.told_at IS NOT NULL OR to_jsonb(NEW) - 'told_at' <> to_jsonb(OLD) - 'told_at'
                  THEN RAISE EXCEPTION 'a ruling is final' USING ERRCODE = '23514'; END IF;
                ELSIF had_part_in(NEW.ruled_by_id, NEW.objection_id) THEN
                  RAISE EXCEPTION 'whoever had a part in the decision does not rule on it' USING ERRCODE = '23514';
                END IF;
                RETURN NEW;
                """,
            ),
        ]
