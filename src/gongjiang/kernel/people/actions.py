"""Writing people and where they work, many at a time: whether one or twenty thousand, a handful of statements."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.lifecycle.flow import Forbidden

from . import sources
from .crypto import keyed_hash, keyed_hashes, provider, seal_many
from .identity import born_on, identity_number, initials, is_male
from .models import EmploymentForm, Identifier, IdentifierKind, MatchPair, Person, PersonState, Sex, Source


# Of what an import makes one for each row, tuples: they cost a third of a frozen dataclass.
class Post(NamedTuple):
    """What a person does at an entity, from when; what is empty or None after `post_class` changes nothing.

    form   of employment; a newcomer's is a labour contract where nothing is said
    """

    since: date
    post: str
    post_class: str
    form: str = ""
    wage_is_main: bool | None = None
    team: str = ""
    place: str = ""


class Particulars(NamedTuple):
    """Facts that a person may refuse: empty is not known."""

    ethnicity: str = ""
    hukou: str = ""
    education: str = ""


PARTICULARS = Particulars._fields


class Newcomer(NamedTuple):
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
    particulars: Particulars = Particulars()


class Amendment(NamedTuple):
    """What an open employment and its person become; an empty phone and a sex of None change nothing."""

    employment: int
    person: int
    post: Post
    phone: str = ""
    sex: str | None = None
    particulars: Particulars = Particulars()


def sex_of(identity: str) -> str:
    """The sex that an identity number states."""
    return Sex.MALE if is_male(identity) else Sex.FEMALE


def enrol(newcomers: Sequence[Newcomer], *, actor: Actor, source: str = Source.ENTERPRISE) -> list[int]:
    """Open one employment for each, creating the persons who are new; returns the employments' keys in order.

    `source` says whose word it is: a phone, or another fact, that a source with more weight has sent stays. Runs in
    the actor's scope: the database refuses a unit outside it. Raises IntegrityError when an identity
    number or an open employment has come into being meanwhile; nothing is written then.
    """
    if not newcomers:
        return []
    new = [n for n in newcomers if n.person is None]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(q.s) FROM (SELECT pg_get_serial_sequence('people_person', 'id')::regclass AS s OFFSET 0) q,"
            " generate_series(1, %s)",
            [len(new)],
        )
        fresh = iter([key for (key,) in cursor.fetchall()])
        keys = [n.person if n.person is not None else next(fresh) for n in newcomers]
        created = [(key, n) for key, n in zip(keys, newcomers, strict=True) if n.person is None]
        sealed = seal_many(IdentifierKind.IDENTITY, [n.identity for _key, n in created])
        phones = iter(seal_many(IdentifierKind.PHONE, [n.phone for _key, n in created if n.phone]))
        sealed_phones = [next(phones) if n.phone else (None, None) for _key, n in created]
        cursor.execute(
            "SELECT * FROM enrol_rows(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " %s)",
            [
                array(keys),
                array([n.entity for n in newcomers]),
                array([n.unit for n in newcomers]),
                array([n.post.since for n in newcomers]),
                array([n.post.form or EmploymentForm.CONTRACT for n in newcomers]),
                array([n.post.post for n in newcomers]),
                array([n.post.post_class for n in newcomers]),
                array([n.post.wage_is_main for n in newcomers]),
                array([n.post.team for n in newcomers]),
                array([n.post.place for n in newcomers]),
                array([key for key, _n in created]),
                array([n.name for _key, n in created]),
                array([initials(n.name) for _key, n in created]),
                array([sex_of(n.identity) for _key, n in created]),
                array([born_on(n.identity) for _key, n in created]),
                array([cipher for cipher, _digest in sealed]),
                array([digest for _cipher, digest in sealed]),
                array([cipher for cipher, _digest in sealed_phones]),
                array([digest for _cipher, digest in sealed_phones]),
                provider().hash_key_number,
                source,
            ],
        )
        employments = [key for (key,) in cursor.fetchall()]
        told = list(zip(keys, newcomers, strict=True))
        _phone([(key, n.phone) for key, n in told if n.phone and n.person is not None], actor, source)
        _learn([(key, n.particulars) for key, n in told], actor, source)
    return employments


def amend(amendments: Sequence[Amendment], *, actor: Actor, source: str = Source.ENTERPRISE) -> None:
    """Bring open employments, and what is known of their persons, to what was stated. Runs in the actor's scope.

    `source` as in `enrol`.
    """
    if not amendments:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employment e SET since = t.since, post = t.post, post_class = t.post_class,"
            " form = coalesce(nullif(t.form, ''), e.form), wage_is_main = coalesce(t.wage_is_main, e.wage_is_main),"
            " team = coalesce(nullif(t.team, ''), e.team), place = coalesce(nullif(t.place, ''), e.place)"
            " FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::text[], %s::boolean[], %s::text[],"
            " %s::text[]) AS t (id, since, post, post_class, form, wage_is_main, team, place)"
            " WHERE e.id = t.id AND e.until IS NULL",
            [
                array([a.employment for a in amendments]),
                array([a.post.since for a in amendments]),
                array([a.post.post for a in amendments]),
                array([a.post.post_class for a in amendments]),
                array([a.post.form for a in amendments]),
                array([a.post.wage_is_main for a in amendments]),
                array([a.post.team for a in amendments]),
                array([a.post.place for a in amendments]),
            ],
        )
        known = [(a.person, a.sex) for a in amendments if a.sex is not None]
        cursor.execute(
            "UPDATE people_person p SET sex = t.sex FROM unnest(%s::bigint[], %s::text[]) AS"
            " t (id, sex) WHERE p.id = t.id",
            [array([person for person, _sex in known]), array([sex for _person, sex in known])],
        )
        _phone([(a.person, a.phone) for a in amendments if a.phone], actor, source)
        _learn([(a.person, a.particulars) for a in amendments], actor, source)


def provide(person: int, particulars: Particulars, *, actor: Actor, source: str = Source.SELF) -> None:
    """What a person, or another source, says of the optional facts; what is empty changes nothing.

    Whoever speaks of themselves writes through `say_of_myself`, which admits these facts of this person and nothing
    else; others need the walls' leave: the person works in their tree.
    """
    with transaction.atomic():
        if source == Source.SELF and person == actor.person:
            _say_of_myself(person, particulars, actor)
        else:
            _learn([(person, particulars)], actor, source)


def take_back(fields: Iterable[str], *, actor: Actor) -> None:
    """The actor says nothing any more of these optional facts about themselves.

    They are unknown from now on. That nothing is said is a word like another: a source that weighs less does not fill
    it in again, and where one that weighs more has spoken, its word stays. Raises Forbidden for who is no person.
    """
    if actor.person is None:
        raise Forbidden("take_back")
    with transaction.atomic():
        for field in fields:
            _say(actor.person, field, "", actor)


def identify(person: Person, identity: str, *, actor: Actor) -> MatchPair | None:
    """Give a provisional person their identity number; None where it is theirs alone from now on.

    Where the register knows the number already, nothing is written but a pair for the stewards, which is returned: the
    number may be that record's, or mistyped. Runs in the actor's scope. Raises BadIdentifier, and ValidationError where
    the person has a number.
    """
    number = identity_number(identity)
    with transaction.atomic(), connection.cursor() as cursor:
        if Identifier.objects.filter(person=person, kind=IdentifierKind.IDENTITY).exists():
            raise ValidationError(_("This person has an identity number already. Ask for a correction."))
        cursor.execute(
            "SELECT claim_identity(%s, %s)", [person.pk, keyed_hash(IdentifierKind.IDENTITY, number)]
        )
        (found,) = cursor.fetchone()
        if found is not None:
            return MatchPair(pk=found)
        _identify(IdentifierKind.IDENTITY, [(person.pk, number)])
        Person.objects.filter(pk=person.pk, state=PersonState.PROVISIONAL).update(
            state=PersonState.IDENTIFIED, sex=sex_of(number), born_on=born_on(number)
        )
        return None


def _path(actor: Actor) -> str:
    """The widest place in whose name the actor writes, or where a worker works: its ranks of sources bind."""
    return min((g.path for g in actor.grants), key=len, default=min(actor.workplaces, default=""))


def _phone(values: Sequence[tuple[int, str]], actor: Actor, source: str) -> None:
    """Phones as a source sends them: one that a weightier source has sent stays."""
    if not values:
        return
    above = sources.outranking(IdentifierKind.PHONE, source, path=_path(actor))
    held = sources.held_by(IdentifierKind.PHONE, [person for person, _v in values], above)
    _identify(IdentifierKind.PHONE, [(person, value) for person, value in values if person not in held])
    sources.note(
        IdentifierKind.PHONE,
        source,
        list(zip(dict(values), keyed_hashes(IdentifierKind.PHONE, dict(values).values()), strict=True)),
    )


def _say_of_myself(person: int, particulars: Particulars, actor: Actor) -> None:
    for field in PARTICULARS:
        if value := getattr(particulars, field):
            _say(person, field, value, actor)


def _say(person: int, field: str, value: str, actor: Actor) -> None:
    """A fact that a weightier source has sent stays; that the person says otherwise is noted."""
    above = sources.outranking(field, Source.SELF, path=min(actor.workplaces, default=""))
    holds = not sources.held_by(field, [person], above)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT say_of_myself(%s, %s, %s, %s)", [field, value, keyed_hash(field, value), holds]
        )


def _learn(said: Sequence[tuple[int, Particulars]], actor: Actor, source: str) -> None:
    """Optional facts as a source sends them."""
    for field in PARTICULARS:
        values = {person: getattr(p, field) for person, p in said if getattr(p, field)}
        if not values:
            continue
        held = sources.held_by(field, values, sources.outranking(field, source, path=_path(actor)))
        free = {person: value for person, value in values.items() if person not in held}
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE people_person p SET {field} = t.value FROM unnest(%s::bigint[], %s::text[]) AS t (id, value)"
                f" WHERE p.id = t.id AND p.{field} <> t.value",
                [array(free), array(free.values())],
            )
        sources.note(field, source, [(person, keyed_hash(field, value)) for person, value in values.items()])


def _identify(kind: str, values: Sequence[tuple[int, str]]) -> None:
    """Give persons this identifier, encrypted; one they had of the kind is replaced, an identity number never."""
    if not values:
        return
    sealed = seal_many(kind, (value for _person, value in values))
    clash = (
        ""
        if kind == IdentifierKind.IDENTITY
        else (
            " ON CONFLICT (person_id, kind) DO UPDATE SET cipher = excluded.cipher, digest = excluded.digest,"
            " keys = excluded.keys, verified_at = NULL"
            " WHERE people_identifier.digest <> excluded.digest"
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_identifier (person_id, kind, cipher, digest, keys)"
            " SELECT person, %s, cipher, digest, %s FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[])"
            f" AS t (person, cipher, digest){clash}",
            [
                kind,
                provider().hash_key_number,
                array([person for person, _v in values]),
                array([c for c, _d in sealed]),
                array([d for _c, d in sealed]),
            ],
        )
