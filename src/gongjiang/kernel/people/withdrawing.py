"""Taking back: an employment that has ended, a fact that was wrong, and what was written by mistake. Set-wise.

Everything runs in the actor's scope; the database refuses what lies outside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, models, transaction
from django.db.models import Model

from gongjiang.kernel.access.actor import Actor

from .models import Employment, Identifier, IdentifierKind, Person, Sex


@dataclass(frozen=True)
class Before:
    """What an employment and its person held before somebody wrote; None where nothing is to be put back.

    form, wage_is_main, hukou, education   as they were, put back together with `since`
    phone    its encrypted form and keyed hash; None where there was none. Read only where `sets_phone`
    """

    employment: int
    person: int
    since: date | None = None
    post: str = ""
    post_class: str = ""
    sex: str = ""
    form: str = ""
    wage_is_main: bool | None = None
    hukou: str = ""
    education: str = ""
    sets_phone: bool = False
    phone: tuple[bytes, bytes] | None = None


def leave(ends: Sequence[tuple[int, date]], *, actor: Actor) -> int:
    """End open employments: (employment, first day on which the person no longer works there). Returns how many.

    One whose day is not after its beginning stays as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employment e SET until = t.until FROM unnest(%s::bigint[], %s::date[]) AS t (id, until)"
            " WHERE e.id = t.id AND e.until IS NULL AND t.until > e.since",
            [[key for key, _day in ends], [day for _key, day in ends]],
        )
        return cursor.rowcount


def rename(person: int, name: str, *, actor: Actor) -> None:
    """The name as it is on the person's card."""
    Person.objects.filter(pk=person).update(name=" ".join(name.split()))


def set_sex(person: int, sex: str, *, actor: Actor) -> None:
    """The person's sex, a code of `Sex`."""
    Person.objects.filter(pk=person).update(sex=Sex(sex))


def users_of(model: type[Model]) -> list[tuple[str, str]]:
    """(table, column) of everything that uses a record of this kind and would not go with it."""
    return [_place(r) for r in _relations(model) if r.on_delete is not models.CASCADE]


def parts_of(model: type[Model]) -> list[tuple[str, str]]:
    """(table, column) of everything that goes with a record of this kind."""
    return [_place(r) for r in _relations(model) if r.on_delete is models.CASCADE]


def _relations(model: type[Model]) -> list[models.ForeignObjectRel]:
    return [
        r
        for r in model._meta.get_fields(include_hidden=True)
        if isinstance(r, models.ManyToOneRel) and r.related_model._meta.managed
    ]


def _place(relation: models.ForeignObjectRel) -> tuple[str, str]:
    column = str(relation.field.column)  # type: ignore[attr-defined]
    return relation.related_model._meta.db_table, column  # type: ignore[union-attr]


def put_back(amended: Sequence[Before], *, actor: Actor) -> None:
    """Bring amended employments and their persons to what they held before."""
    with transaction.atomic(), connection.cursor() as cursor:
        dated = [b for b in amended if b.since is not None]
        cursor.execute(
            "UPDATE people_employment e SET since = t.since, post = t.post, post_class = t.post_class, form = t.form,"
            " wage_is_main = t.wage FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::text[],"
            " %s::boolean[]) AS t (id, since, post, post_class, form, wage) WHERE e.id = t.id",
            [
                [b.employment for b in dated],
                [b.since for b in dated],
                [b.post for b in dated],
                [b.post_class for b in dated],
                [b.form for b in dated],
                [b.wage_is_main for b in dated],
            ],
        )
        cursor.execute(
            "UPDATE people_person p SET hukou = t.hukou, education = t.education"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t (id, hukou, education)"
            " WHERE p.id = t.id AND (p.hukou, p.education) <> (t.hukou, t.education)",
            [[b.person for b in dated], [b.hukou for b in dated], [b.education for b in dated]],
        )
        sexed = [b for b in amended if b.sex]
        cursor.execute(
            "UPDATE people_person p SET sex = t.sex FROM unnest(%s::bigint[], %s::text[]) AS t (id, sex)"
            " WHERE p.id = t.id AND p.sex <> t.sex",
            [[b.person for b in sexed], [b.sex for b in sexed]],
        )
        known = [(b.person, b.phone) for b in amended if b.sets_phone and b.phone is not None]
        cursor.execute(
            "UPDATE people_identifier i SET cipher = t.cipher, digest = t.digest"
            " FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS t (person, cipher, digest)"
            " WHERE i.person_id = t.person AND i.kind = %s",
            [
                [person for person, _phone in known],
                [cipher for _person, (cipher, _digest) in known],
                [digest for _person, (_cipher, digest) in known],
                IdentifierKind.PHONE,
            ],
        )
        added = [b.person for b in amended if b.sets_phone and b.phone is None]
        Identifier.objects.filter(person__in=added, kind=IdentifierKind.PHONE).delete()


def unwrite(employments: Sequence[int], persons: Sequence[int], *, actor: Actor) -> None:
    """Take employments away that should never have been written, and with them persons who came with them.

    Raises IntegrityError where something uses one of them, seen or unseen; nothing is taken away then.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT forget_flags(%s)", [list(persons)])
        for model, keys in ((Person, list(persons)), (Employment, list(employments))):
            for table, column in parts_of(model):
                if table != Employment._meta.db_table:
                    cursor.execute(f'DELETE FROM "{table}" WHERE "{column}" = ANY (%s)', [keys])
        # The employment last: a person is seen, and may be taken away, through where they work.
        cursor.execute("DELETE FROM people_person WHERE id = ANY (%s)", [list(persons)])
        cursor.execute("DELETE FROM people_employment WHERE id = ANY (%s)", [list(employments)])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
