"""Finding people and entities: by text through the one function that may search, by identifier through its hash."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from gongjiang.kernel.bulk import array

from .crypto import keyed_hash
from .identity import BadIdentifier, identity_number, phone_number
from .models import Identifier, IdentifierKind

MOST = 2_000
SHORTEST = 2


def matching(kind: str, words: str) -> Q:
    """Rows of that kind ("employment", "entity") whose name holds the words, within the present scope.

    Latin letters are also looked for as the beginning of a person's initials ("wyj" finds 王演甲). At most two
    thousand; fewer than two characters find nothing.
    """
    words = "".join(words.split())
    if len(words) < SHORTEST:
        return Q(pk__in=[])
    return Q(pk__in=RawSQL("SELECT candidates(%s, %s, %s)", [kind, words, MOST]))


def identified_by(words: str) -> QuerySet[Identifier, Any] | None:
    """Keys of the persons with exactly this identity number or phone; None where the words are neither."""
    for kind, parse in ((IdentifierKind.IDENTITY, identity_number), (IdentifierKind.PHONE, phone_number)):
        try:
            digest = keyed_hash(kind, parse(words))
        except BadIdentifier:
            continue
        return Identifier.objects.filter(kind=kind, digest=digest).values("person")
    return None


def resolve(digests: Sequence[bytes], names: Sequence[str]) -> dict[int, int | None]:
    """Who these identity numbers belong to, without revealing anything else: place -> person.

    A place is missing where the number is unknown; its person is None where the number is known under another
    name, or cannot be used. `digests` are keyed hashes of identity numbers, `names` what was typed beside each.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place - 1, person FROM persons_with(%s::bytea[], %s::text[])",
            [array(digests), array(names)],
        )
        return dict(cursor.fetchall())
