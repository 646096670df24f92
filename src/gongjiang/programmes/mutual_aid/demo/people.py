"""Rosters: who is covered in the seventeenth period, from when, by which batch and fee; and the eighteenth begins."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from django.db import connection
from django.utils import timezone

from gongjiang.kernel import bulk
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.ledger.models import Account, Entry, Line
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Edition
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.world import UnitRow, World
from gongjiang.programmes.mutual_aid.models import (
    Fee,
    FeeMatch,
    MemberCoverage,
    Period,
    Receipt,
    UnitEnrolment,
)
from gongjiang.programmes.mutual_aid.rules import retires_on

from .values import VALUES

#: When the batches of a unit begin: the first of the period, and two for those who came later. DEMO
BEGINS = (dt.date(2024, 1, 1), dt.date(2025, 7, 1), dt.date(2026, 11, 1))
UNTIL = dt.date(2027, 1, 1)
#: How many are covered: the city's published figure; elsewhere the same share. SEED for the city
CITY = 193_684
SHARE = CITY / 200_000
FEE = VALUES["fee_per_share"]
SAID = {"lapse": "超过缴费期限。（演示）", "return": "请核对医保类型。（演示）"}
#: What became of the batches of the next period so far, in this order; the first is of the demo's own enterprise.
NEXT = ("draft", "submitted", "returned", "verifying", "fee_matching", "lapsed", "withdrawn")


@dataclass
class Batch:
    """One unit's batch: who is on it."""

    unit: UnitRow
    begins: dt.date
    people: list[int] = field(default_factory=list)
    key: int = 0


def enrol(world: World, period: Period) -> list[Batch]:
    """Every unit's batches with their people, fees and the money in the books; the batches."""
    batches = _chosen(world)
    with bulk.bare(
        Case, CaseEvent, UnitEnrolment, MemberCoverage, Fee, Receipt, FeeMatch, Account, Entry, Line
    ):
        _cases(world, period.edition, batches)
        bulk.copy(
            UnitEnrolment, ("case_id", "members", "begins_on"),
            ((b.key, len(world.workers[b.unit.id]), b.begins) for b in batches),
        )  # fmt: skip
        _cover(period.pk, batches)
        _money(period, batches)
        bulk.advance(Fee, Receipt, FeeMatch, Account, Entry)
    return batches


def _chosen(world: World) -> list[Batch]:
    """Who joins with which batch: everybody at work by then and below the retirement age, as many as are published."""
    people = world.people
    found: dict[tuple[int, dt.date], Batch] = {}
    begun = dict(_since())
    wanted = CITY if world.size == "city" else int(len(people) * SHARE)
    left: list[tuple[UnitRow, dt.date, int]] = []
    for unit in world.at_level("enterprise"):
        for person in world.workers.get(unit.id, ()):
            n = person - people.first
            day = begun.get(person)
            begins = next((b for b in BEGINS if day is not None and day < b), None)
            if begins is None:
                continue
            if retires_on(people.born_on[n], people.sexes[n], people.post_classes[n]) <= begins:
                continue
            left.append((unit, begins, person))
    surplus = len(left) - wanted
    if surplus < 0:
        raise ValueError(f"the demo has {len(left)} people who can be covered, and {wanted} are wanted")
    out = set(world.random("mutual_aid left out").sample(range(len(left)), surplus))
    for n, (unit, begins, person) in enumerate(left):
        if n not in out:
            found.setdefault((unit.id, begins), Batch(unit, begins)).people.append(person)
    return [found[key] for key in sorted(found, key=lambda k: (k[1], k[0]))]


def _since() -> Iterator[tuple[int, dt.date]]:
    """person → the first day of the open employment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, min(since) FROM people_employment WHERE until IS NULL GROUP BY 1")
        yield from cursor.fetchall()


@cache
def _at(day: dt.date, hour: int = 9) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def actors(world: World, unit: UnitRow) -> dict[str, tuple[int | None, int | None, str]]:
    """(user, unit, role) of those who act for a unit's batch or claim."""
    root = world.by_code[world.root]
    county = root if root.level == "county" else world.above(unit, "county")
    officers = world.officers

    def of(at: UnitRow, role: str) -> tuple[int | None, int | None, str]:
        return officers[at.id, role].user, at.id, role

    return {
        "unit": of(unit, Role.UNIT_OFFICER),
        "county": of(county, Role.OFFICER),
        "city": of(root, Role.OFFICER),
        "second": of(root, Role.APPROVER),
        "cashier": of(root, Role.FINANCE_MAKER),
    }


def _cases(world: World, edition: Edition, batches: Sequence[Batch]) -> None:
    histories = []
    for batch in batches:
        by = actors(world, batch.unit)
        first = batch.begins - dt.timedelta(days=40)
        course = (
            ("begin", "unit", 0),
            ("submit", "unit", 5),
            ("check", "county", 9),
            ("pass", "county", 11),
            ("cover", "cashier", 18),
        )
        steps = [Step(name, _at(first + dt.timedelta(days=days)), *by[who]) for name, who, days in course]
        histories.append(
            History(
                unit=batch.unit.id, path=batch.unit.path, region=batch.unit.region, applicant=None, steps=steps,
                edition=edition.pk,
            )
        )  # fmt: skip
    for batch, key in zip(batches, replay("mutual_aid.enrolment", histories), strict=True):
        batch.key = key


def _cover(edition: int, batches: Sequence[Batch]) -> None:
    """Everybody on a roster is covered from the first day of its batch, and waits ninety days for the whole."""
    keys = [b.key for b in batches for _person in b.people]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO mutual_aid_membercoverage (enrolment_id, edition_id, person_id, unit_id, path, name, shares,
              insurance, state, since, until, waits_until)
            SELECT e.case_id, %s, p.id, c.unit_id, c.path, p.name, 1,
              CASE WHEN p.id %% 23 = 0 THEN 'resident' ELSE 'employee' END, 'covered', e.begins_on, %s,
              e.begins_on + 90
            FROM unnest(%s::bigint[], %s::bigint[]) listed (enrolment, person)
            JOIN mutual_aid_unitenrolment e ON e.case_id = listed.enrolment
            JOIN lifecycle_case c ON c.id = e.case_id JOIN people_person p ON p.id = listed.person
            """,
            [edition, UNTIL, bulk.array(keys), bulk.array(n for b in batches for n in b.people)],
        )


def _money(period: Period, batches: Sequence[Batch]) -> None:
    """What each batch owed, the one transfer that paid it, and the books."""
    parts = [(row["payer"], row["amount"]) for row in VALUES["fee_split"]]
    fees, receipts, matches, entries, lines = [], [], [], [], []
    totals: dict[str, int] = defaultdict(int)
    accounts = {payer: n for n, (payer, _fen) in enumerate(parts, start=1)}
    available = len(parts) + 1
    key = 0
    for serial, batch in enumerate(batches, start=1):
        day = batch.begins - dt.timedelta(days=23)
        at = _at(day, 10)
        fen = FEE * len(batch.people)
        reference = f"YS{day:%Y%m%d}{serial:06d}"
        receipts.append((serial, period.fund_id, period.pk, reference, f"{batch.unit.name}", fen, day, at))
        for payer, share in parts:
            key += 1
            part = share * len(batch.people)
            totals[payer] += part
            fees.append((key, batch.key, payer, part))
            entries.append(
                (
                    key,
                    f"demo/fee/{batch.key}/{payer}",
                    "income",
                    period.fund_id,
                    batch.key,
                    None,
                    part,
                    reference,
                    None,
                    at,
                )
            )
            lines.append((key, accounts[payer], available, part))
            matches.append((key, serial, key, part, key, at))
    bulk.copy(Fee, ("id", "enrolment_id", "payer", "due"), fees)
    bulk.copy(
        Receipt,
        ("id", "fund_id", "edition_id", "reference", "remitter", "fen", "received_on", "recorded_at"),
        receipts,
    )
    bulk.copy(
        Account,
        ("id", "fund_id", "kind", "edition_id", "payer", "balance"),
        [
            *(
                (n, period.fund_id, "source", period.pk, payer, -totals[payer])
                for payer, n in accounts.items()
            ),
            (available, period.fund_id, "available", period.pk, "", sum(totals.values())),
        ],
    )
    bulk.copy(
        Entry,
        ("id", "key", "kind", "fund_id", "case_id", "about_id", "fen", "note", "user_id", "at"),
        entries,
    )
    bulk.copy(Line, ("entry_id", "out_of_id", "into_id", "fen"), lines)
    bulk.copy(FeeMatch, ("id", "receipt_id", "fee_id", "fen", "entry_id", "at"), matches)


def begin_next(world: World, period: Period) -> int:
    """The first batches of the next period, in every state that a batch can be in."""
    shown = next((a.unit for a in world.accounts.values() if a.role == Role.UNIT_OFFICER), None)
    units = sorted(world.at_level("enterprise"), key=lambda u: (u.id != shown, u.id))[: len(NEXT)]
    ways = {
        "draft": ("begin",), "submitted": ("begin", "submit"), "returned": ("begin", "submit", "return"),
        "verifying": ("begin", "submit", "check"), "fee_matching": ("begin", "submit", "check", "pass"),
        "lapsed": ("begin", "submit", "check", "pass", "lapse"), "withdrawn": ("begin", "submit", "withdraw"),
    }  # fmt: skip
    who = {"begin": "unit", "submit": "unit", "withdraw": "unit", "lapse": "cashier"}
    histories = []
    for unit, end in zip(units, NEXT, strict=True):
        by = actors(world, unit)
        first = world.now - dt.timedelta(days=20)
        steps = [
            Step(name, first + dt.timedelta(days=3 * n, hours=9), *by[who.get(name, "county")],
                 SAID.get(name, ""))
            for n, name in enumerate(ways[end])
        ]  # fmt: skip
        turns = []
        if end not in ("lapsed", "withdrawn"):
            side = {"draft": "unit", "returned": "unit", "fee_matching": "cashier"}.get(end, "county")
            _user, at, role = by[side]
            turns = [TurnThen(steps[-1].at, None, unit=at, role=role)]
        histories.append(
            History(
                unit=unit.id, path=unit.path, region=unit.region, applicant=None, steps=steps, turns=turns,
                edition=period.pk,
            )
        )  # fmt: skip
    keys = replay("mutual_aid.enrolment", histories)
    UnitEnrolment.objects.bulk_create(
        UnitEnrolment(case_id=key, members=len(world.workers[unit.id]), begins_on=UNTIL)
        for key, unit in zip(keys, units, strict=True)
    )
    names, start = world.people.names, world.people.first
    lines = []
    for key, unit, end in zip(keys, units, NEXT, strict=True):
        void = "" if end not in ("lapsed", "withdrawn") else "超过缴费期限。（演示）"
        for person in world.workers[unit.id][:8]:
            lines.append(
                MemberCoverage(
                    enrolment_id=key, edition_id=period.pk, person_id=person, unit_id=unit.id, path=unit.path,
                    name=names[person - start], insurance="employee", state="void" if void else "listed",
                    void_reason=void,
                )
            )  # fmt: skip
    MemberCoverage.objects.bulk_create(lines)
    Fee.objects.bulk_create(
        Fee(enrolment_id=key, payer=row["payer"], due=row["amount"] * len(world.workers[unit.id][:8]))
        for key, unit, end in zip(keys, units, NEXT, strict=True)
        if end in ("fee_matching", "lapsed")
        for row in VALUES["fee_split"]
    )
    return len(keys)
