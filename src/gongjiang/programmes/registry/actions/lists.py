"""What a list of enterprises has written, and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.orgs.actions import FACE
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people import withdrawing

from ..models import Candidate, EntityWritten, Settled, Why

PIECE = 2_000
#: What an enterprise holds, in one word: it changes when any of it does.
MARK = (
    "md5(ROW(l.uscc, l.unit_id, l.opened_on, l.closed_on, l.branch_of_id, l.group_id, l.declared_workers,"
    f" l.declared_on, {', '.join(f'l.{name}' for name in FACE)})::text)"
)


@dataclass(frozen=True)
class Declared:
    """A number of workers as it was declared, and the day of which it is true, where that was said."""

    workers: int | None = None
    on: date | None = None

    @property
    def is_known(self) -> bool:
        return self.workers is not None

    def __str__(self) -> str:
        if self.workers is None:
            return "—"
        return f"{self.workers} ({self.on.isoformat()})" if self.on else str(self.workers)


@dataclass(frozen=True)
class Statement:
    """What a row says of an enterprise, with what was worked out of it.

    `legal_form`, `industry`, `chains` and `park` may be empty.
    """

    name: str
    written: str
    ownership: str
    legal_form: str
    size_class: str
    industry: str
    code_2011: str
    chains: list[str]
    region: str
    park: str
    unit: int
    declared: Declared
    opened_on: date


@dataclass(frozen=True)
class Doubtful:
    """A statement that must wait to be verified."""

    stated: Statement
    why: Why


@dataclass(frozen=True)
class Change:
    """What becomes of an enterprise that is on the register: its face, and the number declared where that is known."""

    entity: LegalEntity
    face: dict[str, Any]
    declared: Declared


def note(batch: ImportBatch, made: Sequence[int], changes: Sequence[Change], today: date) -> None:
    """Write down what the rows made and changed, right after it was written."""
    rows: list[tuple[Any, ...]] = [(key, True, None, None, None) for key in made]
    rows += [
        (
            plan.entity.pk,
            False,
            today if plan.face else None,
            plan.entity.declared_workers,
            plan.entity.declared_on,
        )
        for plan in changes
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_entitywritten (batch_id, entity, is_new, face_until, was_declared_workers,"
            f" was_declared_on, mark) SELECT %s, l.id, t.is_new, t.face_until, t.workers, t.day, {MARK}"
            " FROM unnest(%s::bigint[], %s::boolean[], %s::date[], %s::integer[], %s::date[])"
            " AS t (entity, is_new, face_until, workers, day) JOIN orgs_legalentity l ON l.id = t.entity"
            " ON CONFLICT (batch_id, entity) DO UPDATE SET mark = excluded.mark,"
            " face_until = coalesce(registry_entitywritten.face_until, excluded.face_until)",
            [batch.pk, *(array(column) for column in zip(*rows, strict=True))],
        )


def list_touched(batch: ImportBatch, actor: Actor) -> int:
    """How many enterprises of the list were changed or used, or settled where they waited, since it was taken in.

    Raises ValidationError for a list that an earlier version took in: what it wrote was not noted.
    """
    waiting = Candidate.objects.filter(batch=batch)
    if batch.new + batch.changed > waiting.count() + EntityWritten.objects.filter(batch=batch).count():
        raise ValidationError(
            _(
                "This import was taken in by an earlier version, which did not note what it wrote. It cannot be undone."
            )
        )
    used = [
        f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."{column}" = w.entity AND w.is_new)'
        for table, column in withdrawing.users_of(LegalEntity)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM registry_entitywritten w LEFT JOIN orgs_legalentity l ON l.id = w.entity"
            f" WHERE w.batch_id = %s AND (l.id IS NULL OR {MARK} <> w.mark OR {' OR '.join(used)})",
            [batch.pk],
        )
        (count,) = cursor.fetchone()
    return int(count) + waiting.exclude(state=Settled.OPEN).count()


def undo_list(batch: ImportBatch, actor: Actor) -> int:
    """Put back what the list wrote for the next rows; returns how many, 0 when all has been put back.

    Raises IntegrityError where something uses what would have to go.
    """
    rows = list(EntityWritten.objects.filter(batch=batch).order_by("pk")[:PIECE])
    with transaction.atomic():
        if not rows:
            open_ones = Candidate.objects.filter(batch=batch, state=Settled.OPEN).order_by("pk")[:PIECE]
            gone, _each = Candidate.objects.filter(pk__in=[each.pk for each in open_ones]).delete()
            return gone
        _put_back(batch, [row for row in rows if not row.is_new])
        with connection.cursor() as cursor:
            new = [row.entity for row in rows if row.is_new]
            cursor.execute("DELETE FROM orgs_legalentity WHERE id = ANY (%s)", [new])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        EntityWritten.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _put_back(batch: ImportBatch, rows: Sequence[EntityWritten]) -> None:
    """Enterprises that were there before have their former face and number again."""
    faced = [row.entity for row in rows if row.face_until is not None]
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_take_back_faces(%s, %s)", [batch.pk, faced])
        if cursor.fetchone() != (len(faced),):
            raise IntegrityError("an enterprise has changed since")
        cursor.execute(
            "UPDATE orgs_legalentity l SET declared_workers = w.was_declared_workers, declared_on = w.was_declared_on"
            " FROM registry_entitywritten w WHERE w.batch_id = %s AND w.entity = ANY (%s) AND l.id = w.entity"
            " AND (l.declared_workers, l.declared_on) IS DISTINCT FROM (w.was_declared_workers, w.was_declared_on)",
            [batch.pk, [row.entity for row in rows]],
        )
