"""One life event, paid once, in whatever programme. A scheme holds the keys of an event when it is claimed, grants an
amount on them in the transaction that commits the money, and lets them go when nothing comes of it.

    hold(case, [Key(GuardKind.SETTLEMENT, "14040020260312000187")], person=…, day=…, scheme="mutual_aid")
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel import catalogue
from gongjiang.kernel.bulk import array
from gongjiang.kernel.lifecycle.flow import Reason, Refused
from gongjiang.kernel.people.crypto import keyed_hash

from .models import Guard, GuardKind, GuardState


class Answer(StrEnum):
    """What the guard says of an event. `ASK` is for a human: something like it was claimed, under another key."""

    FREE = "free"
    TAKEN = "taken"
    OVER_CAP = "over_cap"
    ASK = "ask"


@dataclass(frozen=True)
class Key:
    """One key of an event. `value` is normal: no spaces, upper case; only its keyed hash is kept."""

    kind: str
    value: str
    group: str = ""

    @property
    def within(self) -> str:
        return self.group or self.kind

    @property
    def digest(self) -> bytes:
        return keyed_hash(f"guard {self.within}", "".join(self.value.split()).upper())


@dataclass(frozen=True)
class Taken:
    """Who holds a key already: the scheme and whether it has paid, nothing of the matter."""

    key: Key
    scheme: str
    state: str


def taken(keys: Sequence[Key], *, case: int | None = None) -> list[Taken]:
    """Those of the keys that another case holds, wherever it is."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, scheme, state FROM guard_taken(%s::text[], %s::bytea[], %s)",
            [array([k.within for k in keys]), array([k.digest for k in keys]), case],
        )
        return [Taken(keys[place - 1], *rest) for place, *rest in cursor.fetchall()]


def alike(person: int, kind: str, day: dt.date, *, case: int | None = None) -> list[tuple[str, str]]:
    """(scheme, state) of what other cases claimed for the same kind of event of this person on this day."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT scheme, state FROM guard_alike(%s, %s, %s, %s)", [person, kind, day, case])
        return list(cursor.fetchall())


def hold(case: int, keys: Sequence[Key], *, person: int | None, day: dt.date, scheme: str) -> None:
    """The case holds these keys from now on; keys that it held and that are not among them are let go.

    Raises Refused where another case holds one, in whatever programme: two at once never get both.
    """
    mine = {(g.group, bytes(g.digest)): g for g in Guard.objects.filter(case=case).exclude(state="released")}
    wanted = {(k.within, k.digest): k for k in keys}
    gone = [g.pk for at, g in mine.items() if at not in wanted and g.state == GuardState.HELD]
    Guard.objects.filter(pk__in=gone).update(state=GuardState.RELEASED)
    fresh = [k for at, k in wanted.items() if at not in mine]
    if found := taken(fresh, case=case):
        raise Refused({case: [Reason(sentence(each)) for each in found]})
    try:
        with transaction.atomic():
            Guard.objects.bulk_create(
                Guard(
                    kind=k.kind,
                    group=k.within,
                    digest=k.digest,
                    person_id=person,
                    day=day,
                    scheme=scheme,
                    case_id=case,
                    at=timezone.now(),
                )
                for k in fresh
            )
    except IntegrityError as clash:
        if "guard_once" in str(clash):
            raise Refused({case: [Reason(sentence(each)) for each in taken(fresh, case=case)]}) from clash
        raise


def sentence(found: Taken) -> str:
    """What is said to whoever claims an event that is taken."""
    kind = GuardKind(found.key.kind).label
    names = {each.name: str(each.label) for each in catalogue.programmes()}
    scheme = names.get(found.scheme, found.scheme)
    if found.state == GuardState.PAID:
        return _("This %(kind)s has been paid for already (%(scheme)s). One event is paid once.") % {
            "kind": kind,
            "scheme": scheme,
        }
    return _("This %(kind)s is being claimed already (%(scheme)s). One event is claimed once.") % {
        "kind": kind,
        "scheme": scheme,
    }


def granted(persons: Collection[int], year: int, *, apart_from: Collection[int] = ()) -> dict[int, int]:
    """person -> fen granted for events of that year over all programmes, those cases left out.

    Locks the persons until the end of the transaction, in the order of their keys, so that two who grant at once see
    each other's amount.
    """
    keys = sorted(set(persons))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('ledger.guard', p)) FROM unnest(%s::bigint[]) p",
            [array(keys)],
        )
        cursor.execute(
            "SELECT person, fen FROM guard_granted(%s::bigint[], %s, %s, %s::bigint[])",
            [array(keys), dt.date(year, 1, 1), dt.date(year + 1, 1, 1), array(sorted(apart_from))],
        )
        return {**dict.fromkeys(keys, 0), **dict(cursor.fetchall())}


def grant(amounts: Mapping[int, int]) -> None:
    """case -> fen that it is granted: kept on one of its keys, where `granted` adds it up."""
    first = {
        g.case_id: g for g in Guard.objects.filter(case__in=amounts).exclude(state="released").order_by("-pk")
    }
    for case, guard in first.items():
        guard.fen = amounts[case]
    Guard.objects.bulk_update(first.values(), ["fen"])


def settle(cases: Collection[int]) -> None:
    """These cases were paid: their keys are taken for good. In the payment's own transaction."""
    Guard.objects.filter(case__in=cases, state=GuardState.HELD).update(state=GuardState.PAID)


def release(cases: Collection[int]) -> None:
    """Nothing comes of these cases: their keys are free again. What was paid stays paid."""
    Guard.objects.filter(case__in=cases, state=GuardState.HELD).update(state=GuardState.RELEASED)


def ask(
    keys: Sequence[Key],
    *,
    case: int | None,
    person: int,
    day: dt.date,
    fen: int = 0,
    year_cap: int | None = None,
) -> Answer:
    """What stands in the way of paying `fen` for this event. `year_cap` is over all programmes, in fen."""
    if taken(keys, case=case):
        return Answer.TAKEN
    if year_cap is not None:
        spent = granted([person], day.year, apart_from=() if case is None else (case,))[person]
        if spent + fen > year_cap:
            return Answer.OVER_CAP
    if any(alike(person, kind, day, case=case) for kind in {k.kind for k in keys}):
        return Answer.ASK
    return Answer.FREE
