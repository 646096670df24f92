"""What a steward reads about a pair."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.orgs.paths import ancestors

from ..models import Identifier, IdentifierKind, MatchPair, MatchRule, PairState
from ..rules import STEWARD


@dataclass(frozen=True)
class Job:
    """A place of work as a steward reads it; `until` is empty while it lasts."""

    entity: str
    since: str
    until: str


@dataclass(frozen=True)
class Side:
    """One record of a pair. The identifiers are ciphers: what is shown of them is masked.

    bound    a payment, credential or honour hangs on it
    sources  field -> (source, day), the latest word for each
    """

    person: int
    name: str
    sex: str
    born_on: date | None
    ethnicity: str
    hukou: str
    education: str
    state: str
    identity: bytes
    verified: bool
    phone: bytes
    jobs: tuple[Job, ...]
    cases: int
    account: bool
    bound: bool
    sources: dict[str, tuple[str, str]]


def queue(actor: Actor) -> QuerySet[MatchPair]:
    """Pairs that wait for a decision in the actor's trees; without those whose record has been merged elsewhere."""
    return STEWARD.filter(MatchPair.objects.filter(state=PairState.OPEN), actor)


def sides(pairs: Iterable[MatchPair]) -> dict[int, list[Side]]:
    """pair -> its two records, in the order of their keys; nothing for who is no steward of it. One query."""
    found: dict[int, list[Side]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM pair_sides(%s)", [[p.pk for p in pairs]])
        for pair, *row in cursor.fetchall():
            *head, identity, verified, phone, jobs, cases, account, bound, said = row
            sources: dict[str, tuple[str, str]] = {}
            for line in said:
                field, source, day = line.split("|")
                sources.setdefault(field, (source, day))
            found.setdefault(pair, []).append(
                Side(
                    *head,  # type: ignore[call-arg]
                    bytes(identity or b""),
                    bool(verified),
                    bytes(phone or b""),
                    tuple(Job(*job.rsplit("|", 2)) for job in jobs),
                    cases,
                    account,
                    bound,
                    sources,
                )
            )
    return found


def rule_at(path: str, on: date | None = None) -> MatchRule | None:
    """The rule in force for a tree: the nearest above it."""
    day = on or timezone.localdate()
    rows = MatchRule.objects.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
    near = rows.filter(Q(unit=None) | Q(unit__in=ancestors(path))).select_related("unit")
    return max(near, key=lambda r: len(r.unit.path) if r.unit else 0, default=None)


def is_bound(pair: MatchPair) -> bool:
    """Whether a payment, credential or honour hangs on one of the two."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT persons_bound(%s)", [[pair.a_id, pair.b_id]])
        return bool(cursor.fetchone()[0])


def verified_holder(pair: MatchPair) -> int | None:
    """Which of the two has a verified identity number, where exactly one has any."""
    found = list(Identifier.objects.filter(person__in=(pair.a_id, pair.b_id), kind=IdentifierKind.IDENTITY))
    return found[0].person_id if len(found) == 1 and found[0].verified_at else None
