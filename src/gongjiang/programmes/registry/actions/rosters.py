"""Taking in a roster, putting it back, and asking after whom it leaves out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.exchange.models import ImportBatch
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.people import actions as people
from gongjiang.kernel.people import withdrawing
from gongjiang.kernel.people.models import Employment, IdentifierKind, Person
from gongjiang.kernel.people.withdrawing import Before

from ..models import Absent, Answer, PostChange, Written
from ..permissions import WORKERS

PIECE = 2_000
#: What stood in an employment and its person before.
WAS = {
    "was_since": "date", "was_post": "text", "was_post_class": "text", "was_sex": "text", "was_form": "text",
    "was_wage": "boolean", "was_hukou": "text", "was_education": "text",
}  # fmt: skip
NO_PHONE = (None, None)

#: What an employment and its person hold, in one word: it changes when any of it does.
MARK = (
    "md5(concat_ws('|', e.entity_id, e.since, coalesce(e.until::text, ''), e.form, e.post, e.post_class,"
    " p.name, p.sex, p.state, encode(i.digest, 'hex'), coalesce(e.wage_is_main::text, ''), p.hukou, p.education))"
)
JOINED = (
    " people_employment e JOIN people_person p ON p.id = e.person_id"
    " LEFT JOIN people_identifier i ON i.person_id = p.id AND i.kind = 'phone'"
)


def take_in(
    newcomers: Sequence[people.Newcomer],
    amendments: Sequence[people.Amendment],
    batch: ImportBatch,
    *,
    actor: Actor,
) -> tuple[list[int], list[int]]:
    """Enrol and amend what a roster says, and write down what stood there before.

    Returns the employments of the newcomers and of the amendments, each in order.
    """
    known = {n.person for n in newcomers if n.person is not None} | {a.person for a in amendments}
    before = _before([a.employment for a in amendments])
    phones = _phones(known)
    made = people.enrol(newcomers, actor=actor)
    people.amend(amendments, actor=actor)
    note_changes({a.employment: before[a.employment] for a in amendments}, batch)
    amended = [a.employment for a in amendments]
    _write_down(
        batch,
        {"new_person": "boolean"},
        "true, NULL, '', '', '', '', NULL, '', ''",
        [
            (key, bool(n.phone), *phones.get(n.person, NO_PHONE), n.person is None)
            for key, n in zip(made, newcomers, strict=True)
        ],
    )
    _write_down(
        batch,
        WAS,
        "false, " + ", ".join(WAS),
        [
            (a.employment, bool(a.phone), *phones.get(a.person, NO_PHONE), *before[a.employment])
            for a in amendments
        ],
    )
    return made, amended


def _write_down(
    batch: ImportBatch, more: Mapping[str, str], stood: str, rows: Sequence[Sequence[Any]]
) -> None:
    """Note what was written: (employment, sets a phone, the phone before, its digest, and the columns of `more`).

    stood   SQL for the rest of the columns: whether the employment is new, and what stood there before
    """
    if not rows:
        return
    columns = {"employment": "bigint", "sets_phone": "boolean", "phone": "bytea", "digest": "bytea", **more}
    new_person = "t.new_person" if "new_person" in more else "false"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_written (batch_id, employment, person, is_new_person, sets_phone, was_phone,"
            " was_phone_digest, mark, is_new_employment, was_since, was_post, was_post_class, was_sex, was_form,"
            " was_wage, was_hukou, was_education)"
            f" SELECT %s, e.id, p.id, {new_person}, t.sets_phone, t.phone, t.digest, {MARK}, {stood}"
            f" FROM unnest({', '.join(f'%s::{kind}[]' for kind in columns.values())}) AS t ({', '.join(columns)})"
            f" JOIN ({JOINED}) ON e.id = t.employment",
            [batch.pk, *(array(column) for column in zip(*rows, strict=True))],
        )


def _before(employments: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    found = Employment.objects.filter(pk__in=employments).values_list(
        "pk",
        "since",
        "post",
        "post_class",
        "person__sex",
        "form",
        "wage_is_main",
        "person__hukou",
        "person__education",
    )
    return {key: tuple(rest) for key, *rest in found} if employments else {}


def note_changes(before: Mapping[int, tuple[Any, ...]], batch: ImportBatch | None = None) -> None:
    """Write down whose post or post class became another one; `before` holds (since, post, class, …) by employment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_postchange (employment_id, batch_id, was_post, was_post_class, post, post_class,"
            ' "on") SELECT e.id, %s, t.post, t.class, e.post, e.post_class, %s'
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t (id, post, class)"
            " JOIN people_employment e ON e.id = t.id WHERE (e.post, e.post_class) <> (t.post, t.class)",
            [
                batch.pk if batch else None,
                timezone.localdate(),
                list(before),
                [was[1] for was in before.values()],
                [was[2] for was in before.values()],
            ],
        )


def _phones(persons: set[int]) -> dict[int | None, tuple[bytes, bytes]]:
    if not persons:
        return {}
    found = Person.objects.filter(pk__in=persons, identifiers__kind=IdentifierKind.PHONE).values_list(
        "pk", "identifiers__cipher", "identifiers__digest"
    )
    return {key: (bytes(cipher), bytes(digest)) for key, cipher, digest in found}


def touched(batch: ImportBatch, actor: Actor) -> int:
    """How many employments of the import have been changed, or used by something else, since it was taken in.

    Raises ValidationError for one that 0.1 took in: what it wrote was not noted.
    """
    if batch.new + batch.changed and not Written.objects.filter(batch=batch).exists():
        raise ValidationError(
            _(
                "This import was taken in by an earlier version, which did not note what it wrote. It cannot be undone."
            )
        )
    used = [
        f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."{column}" = w.person AND w.is_new_person)'
        for table, column in withdrawing.users_of(Person)
    ]
    used += [
        f'EXISTS (SELECT 1 FROM "{table}" x WHERE x."{column}" = w.employment AND w.is_new_employment)'
        for table, column in withdrawing.users_of(Employment)
    ]
    used.append(
        "w.is_new_person AND EXISTS (SELECT 1 FROM people_employment x"
        " WHERE x.person_id = w.person AND x.id <> w.employment)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM registry_written w LEFT JOIN ({JOINED}) ON e.id = w.employment"
            f" WHERE w.batch_id = %s AND (e.id IS NULL OR {MARK} <> w.mark OR {' OR '.join(used)})",
            [batch.pk],
        )
        (count,) = cursor.fetchone()
    return int(count)


def undo(batch: ImportBatch, actor: Actor) -> int:
    """Put back what the import wrote for the next rows; returns how many, 0 when all has been put back.

    Raises IntegrityError where something uses what would have to go.
    """
    rows = list(Written.objects.filter(batch=batch).order_by("pk")[:PIECE])
    if not rows:
        Absent.objects.filter(batch=batch, answer=Answer.OPEN).delete()
        PostChange.objects.filter(batch=batch).delete()
        return 0
    with transaction.atomic():
        withdrawing.put_back([_as_before(row) for row in rows], actor=actor)
        withdrawing.unwrite(
            [row.employment for row in rows if row.is_new_employment],
            [row.person for row in rows if row.is_new_person],
            actor=actor,
        )
        Written.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _as_before(row: Written) -> Before:
    phone = None
    if row.was_phone is not None and row.was_phone_digest is not None:
        phone = (bytes(row.was_phone), bytes(row.was_phone_digest))
    return Before(
        row.employment,
        row.person,
        row.was_since,
        row.was_post,
        row.was_post_class,
        row.was_sex,
        row.was_form,
        row.was_wage,
        row.was_hukou,
        row.was_education,
        row.sets_phone and not row.is_new_person,
        phone,
    )


#: Open employments at the enterprises that a roster speaks of, of which no line of it speaks.
LEFT_OUT = """
    FROM people_employment e
    WHERE e.until IS NULL AND in_tree(e.path)
      AND e.path COLLATE "C" >= %(path)s AND e.path COLLATE "C" < %(path)s || '~'
      AND e.entity_id IN (SELECT DISTINCT x.entity_id FROM exchange_importline l
                          JOIN people_employment x ON x.id = l.subject WHERE l.batch_id = %(batch)s)
      AND NOT EXISTS (SELECT 1 FROM exchange_importline l WHERE l.batch_id = %(batch)s AND l.subject = e.id)
"""
ASK = """
    INSERT INTO registry_absent (employment_id, batch_id, unit_id, path, asked_at, answer)
    SELECT id, %(batch)s, unit_id, '', now(), 'open' FROM missing ORDER BY id
    ON CONFLICT (employment_id) WHERE answer = 'open' DO NOTHING
"""


def ask_absent(batch: ImportBatch, actor: Actor, ask: bool) -> int:
    """How many people the roster leaves out; `ask` puts the question for each, where none is open yet."""
    given: dict[str, Any] = {"batch": batch.pk, "path": batch.path}
    with connection.cursor() as cursor:
        # The lines of a batch are younger than the planner's figures: taken for few, they would be looped over.
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        put = f", asked AS ({ASK})" if ask else ""
        cursor.execute(
            f"WITH missing AS MATERIALIZED (SELECT e.id, e.unit_id {LEFT_OUT}){put} SELECT count(*) FROM missing",
            given,
        )
        (count,) = cursor.fetchone()
        if ask:  # somebody who is in the newest roster works there, whatever was asked before
            cursor.execute(
                "UPDATE registry_absent a SET answer = 'here', answered_by_id = %(user)s, answered_at = now()"
                " FROM exchange_importline l WHERE l.batch_id = %(batch)s AND l.subject = a.employment_id"
                " AND l.status <> 'error' AND a.answer = 'open'",
                {**given, "user": actor.user},
            )
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
    return int(count)


def answer_absent(questions: Sequence[int], answer: str, *, actor: Actor, left_on: date | None = None) -> int:
    """Say of people whom a roster left out that they have left, or still work there; returns how many were answered.

    Raises ValidationError for a last day that cannot be, Forbidden where the actor keeps none of these registers.
    """
    open_ones = Absent.objects.filter(pk__in=questions, answer=Answer.OPEN)
    found = list(
        WORKERS.filter(open_ones, actor).select_related("employment").select_for_update(of=("self",))
    )
    if not found:
        raise Forbidden("answer")
    if answer == Answer.LEFT:
        if left_on is None:
            raise ValidationError({"left_on": _("Write the first day on which they no longer worked there.")})
        if left_on > timezone.localdate():
            raise ValidationError({"left_on": _("This day lies in the future.")})
        late = [a for a in found if left_on <= a.employment.since]
        if late:
            raise ValidationError(
                {
                    "left_on": _("%(name)s began on %(day)s; the day must be a later one.")
                    % {"name": late[0].employment.person.name, "day": late[0].employment.since.isoformat()}
                }
            )
    with transaction.atomic():
        if answer == Answer.LEFT and left_on is not None:
            withdrawing.leave([(a.employment_id, left_on) for a in found], actor=actor)
        Absent.objects.filter(pk__in=[a.pk for a in found]).update(
            answer=Answer(answer),
            left_on=left_on if answer == Answer.LEFT else None,
            answered_by=actor.user,
            answered_at=timezone.now(),
        )
    return len(found)
