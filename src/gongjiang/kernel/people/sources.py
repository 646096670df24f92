"""Whose word counts: what each source said of a field, and whether a new word may replace the present one."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from gongjiang.kernel.bulk import array
from gongjiang.kernel.orgs.paths import ancestors

from .crypto import keyed_hash
from .models import Identifier, IdentifierKind, Person, Source, SourceRank


def ranks(field: str, *, path: str = "", on: date | None = None) -> dict[str, int]:
    """source -> rank for the field where `path` lies: the nearest place's row, the field's own before the general."""
    day = on or timezone.localdate()
    rows = SourceRank.objects.filter(
        Q(unit=None) | Q(unit__in=ancestors(path)), Q(until=None) | Q(until__gt=day), since__lte=day
    ).filter(field__in=(field, ""))
    found: dict[str, tuple[int, bool, int]] = {}
    for each in rows.select_related("unit"):
        near = (len(each.unit.path) if each.unit else 0, each.field != "", each.rank)
        if each.source not in found or near[:2] > found[each.source][:2]:
            found[each.source] = near
    return {source: rank for source, (_place, _own, rank) in found.items()}


def outranking(field: str, source: str, *, path: str = "", on: date | None = None) -> list[str]:
    """The sources whose word for the field this source may not replace, in the jurisdiction of `path`.

    Where two sources are not ranked, neither replaces the other: nothing is assumed. A source replaces its own word.
    """
    weigh = ranks(field, path=path, on=on)
    mine = weigh.get(source)
    return [
        other
        for other in Source.values
        if other != source and (mine is None or other not in weigh or weigh[other] < mine)
    ]


def is_configured(path: str = "", on: date | None = None) -> bool:
    """Whether sources are ranked at all where `path` lies."""
    day = on or timezone.localdate()
    return SourceRank.objects.filter(
        Q(unit=None) | Q(unit__in=ancestors(path)), Q(until=None) | Q(until__gt=day), since__lte=day
    ).exists()


def note(field: str, source: str, said: Sequence[tuple[int, bytes]]) -> None:
    """Write down what a source said: (person, keyed hash of the value) for each. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO people_fieldsource (person_id, field, source, digest, seen_at)"
            " SELECT person, %s, %s, digest, now() FROM unnest(%s::bigint[], %s::bytea[]) AS t (person, digest)"
            " ON CONFLICT (person_id, field, source) DO UPDATE"
            " SET digest = excluded.digest, seen_at = excluded.seen_at",
            [field, source, array([person for person, _d in said]), array([digest for _p, digest in said])],
        )


def held_by(field: str, persons: Iterable[int], sources: Sequence[str]) -> set[int]:
    """Of these persons, those whose present value of the field is what one of the sources has said. Two queries."""
    if not sources:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, digest FROM people_fieldsource"
            " WHERE field = %s AND source = ANY (%s) AND person_id = ANY (%s::bigint[])",
            [field, list(sources), array(persons)],
        )
        said = [(person, bytes(digest)) for person, digest in cursor.fetchall()]
    present = _present(field, [person for person, _digest in said]) if said else {}
    return {person for person, digest in said if present.get(person) == digest}


def _present(field: str, persons: Sequence[int]) -> dict[int, bytes]:
    """person -> keyed hash of the present value: of an identifier where there is one, of a fact also if it is empty."""
    if field in IdentifierKind.values:
        held = Identifier.objects.filter(kind=field, person__in=persons).values_list("person", "digest")
        return {person: bytes(digest) for person, digest in held}
    values = Person.objects.filter(pk__in=persons).values_list("pk", field)
    return {person: keyed_hash(field, value) for person, value in values}
