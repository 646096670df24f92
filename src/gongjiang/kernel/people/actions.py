"""Writing people and where they work, many at a time: whether one or twenty thousand, a handful of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction

from gongjiang.kernel.access.actor import Actor

from .crypto import seal_many
from .identity import born_on, is_male
from .models import EmploymentForm, IdentifierKind, PersonState, Sex


@dataclass(frozen=True)
class Post:
    """What a person does at an entity, from when."""

    since: date
    post: str
    post_class: str


@dataclass(frozen=True)
class Newcomer:
    """Somebody who begins to work for an entity: a person already known by key, or a new one.

    identity, phone   in their normal form; phone may be empty
    """

    person: int | None
    identity: str
    name: str
    phone: str
    entity: int
    unit: int
    post: Post


@dataclass(frozen=True)
class Amendment:
    """What an open employment and its person become; an empty phone and a sex of None change nothing."""

    employment: int
    person: int
    post: Post
    phone: str = ""
    sex: str | None = None


def sex_of(identity: str) -> str:
    """The sex that an identity number states."""
    return Sex.MALE if is_male(identity) else Sex.FEMALE


def enrol(newcomers: Sequence[Newcomer], *, actor: Actor) -> list[int]:
    """Open one employment for each, creating the persons who are new; returns their keys in order.

    Runs in the actor's scope: the database refuses a unit outside it. Raises IntegrityError when an identity
    number or an open employment has come into being meanwhile; nothing is written then.
    """
    if not newcomers:
        return []
    new = [n for n in newcomers if n.person is None]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('people_person', 'id')) FROM generate_series(1, %s)",
            [len(new)],
        )
        fresh = iter([key for (key,) in cursor.fetchall()])
        keys = [n.person if n.person is not None else next(fresh) for n in newcomers]
        # The employment first: a person is seen, and may be written, through where they work.
        cursor.execute(
            "INSERT INTO people_employment (person_id, entity_id, unit_id, path, since,"
            " until, form, post, post_class)"
            " SELECT person, entity, unit, '', since, NULL, %s, post, post_class"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::date[], %s::text[], %s::text[])"
            " AS t (person, entity, unit, since, post, post_class)",
            [
                EmploymentForm.CONTRACT,
                keys,
                [n.entity for n in newcomers],
                [n.unit for n in newcomers],
                [n.post.since for n in newcomers],
                [n.post.post for n in newcomers],
                [n.post.post_class for n in newcomers],
            ],
        )
        created = [(key, n) for key, n in zip(keys, newcomers, strict=True) if n.person is None]
        cursor.execute(
            "INSERT INTO people_person (id, name, sex, born_on, state)"
            " SELECT *, %s FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::date[])",
            [
                PersonState.IDENTIFIED,
                [key for key, _n in created],
                [n.name for _key, n in created],
                [sex_of(n.identity) for _key, n in created],
                [born_on(n.identity) for _key, n in created],
            ],
        )
        _identify(IdentifierKind.IDENTITY, [(key, n.identity) for key, n in created])
        _identify(
            IdentifierKind.PHONE, [(key, n.phone) for key, n in zip(keys, newcomers, strict=True) if n.phone]
        )
    return keys


def amend(amendments: Sequence[Amendment], *, actor: Actor) -> None:
    """Bring open employments, and what is known of their persons, to what was stated. Runs in the actor's scope."""
    if not amendments:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employment e SET since = t.since, post = t.post, post_class = t.post_class"
            " FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[]) AS t (id, since, post, post_class)"
            " WHERE e.id = t.id AND e.until IS NULL",
            [
                [a.employment for a in amendments],
                [a.post.since for a in amendments],
                [a.post.post for a in amendments],
                [a.post.post_class for a in amendments],
            ],
        )
        known = [(a.person, a.sex) for a in amendments if a.sex is not None]
        cursor.execute(
            "UPDATE people_person p SET sex = t.sex FROM unnest(%s::bigint[], %s::text[]) AS"
            " t (id, sex) WHERE p.id = t.id",
            [[person for person, _sex in known], [sex for _person, sex in known]],
        )
        _identify(IdentifierKind.PHONE, [(a.person, a.phone) for a in amendments if a.phone])


def _identify(kind: str, values: Sequence[tuple[int, str]]) -> None:
    """Give persons this identifier, encrypted; one they had of the kind is replaced, an identity number never."""
    if not values:
        return
    sealed = seal_many(kind, (value for _person, value in values))
    clash = (
        ""
        if kind == IdentifierKind.IDENTITY
        else (
            " ON CONFLICT (person_id, kind) DO UPDATE SET cipher = excluded.cipher, digest = excluded.digest"
            " WHERE people_identifier.digest <> excluded.digest"
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_identifier (person_id, kind, cipher, digest)"
            " SELECT person, %s, cipher, digest FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])"
            f" AS t (person, cipher, digest){clash}",
            [kind, [person for person, _v in values], [c for c, _d in sealed], [d for _c, d in sealed]],
        )
