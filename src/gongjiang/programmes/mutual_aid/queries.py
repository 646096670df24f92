"""What the flows, the rule and the pages read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.utils import timezone

from gongjiang.kernel.ledger import books
from gongjiang.kernel.ledger.guards import Key
from gongjiang.kernel.ledger.models import EntryKind, GuardKind
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState, WindowKind
from gongjiang.kernel.lifecycle.states import Phase
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.crypto import reveal
from gongjiang.kernel.review.endorsement import chains
from gongjiang.kernel.rules import Decision

from .models import Claim, CoverState, FeeMatch, MemberCoverage, Period
from .rules import Cost, Cover, Event, Terms, Used, decide, terms_of

#: Phases of a claim whose money is committed or paid.
GRANTED = (Phase.FULFILMENT, Phase.FOLLOW_UP)
#: Plans of which a cost is made good: their keys are the settlement and the invoices.
COST_SHAPES = ("banded_self_pay", "pct_total_cost")


def editions(*paths: str, window: str = "", at: dt.datetime | None = None) -> QuerySet[Edition]:
    """Published periods of the unions on these paths (of all, with none), with this window open."""
    rows = Edition.objects.filter(
        programme="mutual_aid", state=EditionState.PUBLISHED, mutual_aid_period__isnull=False
    )
    if window:
        at = at or timezone.now()
        rows = rows.filter(windows__kind=window, windows__since__lte=at, windows__until__gt=at)
    if paths:
        rows = rows.filter(unit__in={key for path in paths for key in ancestors(path)})
    return rows.select_related("unit", "mutual_aid_period").order_by("-mutual_aid_period__number", "pk")


def enrolling(path: str) -> Edition | None:
    """The period in which a unit can enrol its people now."""
    return editions(path, window=WindowKind.APPLY).first()


def cover_days(edition: Edition) -> tuple[dt.date, dt.date] | None:
    """First day of a period's cover and the first day after it."""
    window = edition.windows.filter(kind=WindowKind.COVER).first()
    return (timezone.localdate(window.since), timezone.localdate(window.until)) if window else None


def terms(edition: Edition, on: dt.date | None = None) -> Terms:
    """What the period pays by, for an event of that day."""
    return terms_of(read.values("mutual_aid", edition=edition, on=on))


def values(edition: Edition) -> dict[str, Any]:
    """The bare values of a period."""
    return read.plain(read.values("mutual_aid", edition=edition))


def covering(person: int, day: dt.date) -> QuerySet[MemberCoverage]:
    """What covers somebody on a day, the latest period first."""
    return (
        MemberCoverage.objects.filter(person=person, state=CoverState.COVERED, since__lte=day, until__gt=day)
        .select_related("edition__unit")
        .order_by("-since", "pk")
    )


def reviewers(cases: Sequence[Case]) -> dict[int, list[Unit]]:
    """Case → the unions that review it, the lowest first; never the claimant's own unit."""
    return {
        key: [u for u in line if u.pk != unit] or line
        for (key, line), unit in zip(chains(cases).items(), _units(cases), strict=True)
    }


def _units(cases: Sequence[Case]) -> list[int]:
    return [c.unit_id for c in cases if c.edition_id is not None]


# the rule, from the rows


def cost_of(claim: Claim) -> Cost:
    return Cost(
        **{
            name: getattr(claim, name)
            for name in (
                "total", "pooled", "deductible", "copay", "class_b", "over_limit", "above_cap", "self_funded", "other",
            )
        }
    )  # fmt: skip


def event_of(claim: Claim) -> Event:
    return Event(
        claim.plan,
        claim.admitted_on,
        claim.discharged_on,
        claim.settled_on,
        claim.reported_on,
        cost_of(claim),
    )


def cover_of(coverage: MemberCoverage) -> Cover | None:
    if coverage.since is None or coverage.until is None:
        return None
    return Cover(coverage.since, coverage.until, coverage.previous_id is not None)


def used_before(claims: Sequence[Claim]) -> dict[int, Used]:
    """claim → what other claims of the same person in the same period have used: those that are granted, and of the
    others those that come before it in the order of their settlement. So the order in which they are looked at is no
    matter. One query for all of them.
    """
    live = Q(case__phase__in=(*GRANTED, "handling", "publicity")) | Q(case__outcome="granted")
    held: dict[tuple[int, int], list[Claim]] = defaultdict(list)
    for other in Claim.objects.filter(
        live, result__isnull=False, coverage__person__in={c.coverage.person_id for c in claims},
        coverage__edition__in={c.coverage.edition_id for c in claims},
    ).select_related("coverage", "case"):  # fmt: skip
        held[other.coverage.person_id, other.coverage.edition_id].append(other)
    return {c.pk: _used(c, held[c.coverage.person_id, c.coverage.edition_id]) for c in claims}


def _used(claim: Claim, held: Sequence[Claim]) -> Used:
    mine = (claim.settled_on, claim.pk or 2**62)
    others = [
        o
        for o in held
        if o.pk != claim.pk
        and (o.case.phase in GRANTED or o.case.outcome == "granted" or (o.settled_on, o.pk) < mine)
    ]
    same_plan = [o for o in others if o.plan == claim.plan]
    return Used(
        base=sum(o.base for o in same_plan),
        days=sum((o.discharged_on - o.admitted_on).days + 1 for o in same_plan),
        paid=sum(o.result or 0 for o in others),
        claims=len(others),
        times=len(same_plan),
        same_event=frozenset(
            o.plan for o in others if o.admitted_on == claim.admitted_on and o.plan != claim.plan
        ),
    )


def terms_for(claims: Sequence[Claim]) -> dict[int, Terms]:
    """claim → what its period paid by on the day of its settlement; what was changed later is for later events."""
    known: dict[tuple[int, dt.date], Terms] = {}
    for edition in {c.coverage.edition for c in claims}:
        days = {c.settled_on for c in claims if c.coverage.edition_id == edition.pk}
        same = None if _is_amended(edition) else terms(edition)
        known |= {(edition.pk, day): same or terms(edition, day) for day in days}
    return {c.pk: known[c.coverage.edition_id, c.settled_on] for c in claims}


def decisions_of(claims: Sequence[Claim]) -> dict[int, Decision]:
    """claim → what the rule says of it as it stands; in as many queries for many as for one."""
    used, now = used_before(claims), terms_for(claims)
    return {c.pk: _decided(c, used[c.pk], now[c.pk]) for c in claims}


def decision_of(claim: Claim) -> Decision:
    """What the rule says of a claim as it stands."""
    return decisions_of([claim])[claim.pk]


def _decided(claim: Claim, used: Used, now: Terms) -> Decision:
    said = decide(event_of(claim), cover_of(claim.coverage), used, now)
    if claim.waived and said.outcome == "ask":
        event = replace(event_of(claim), reported_on=claim.settled_on)
        said = decide(event, cover_of(claim.coverage), replace(used, same_event=frozenset()), now)
    return said


def _is_amended(edition: Edition) -> bool:
    return edition.pins.exclude(until=None).exists()


def keys_of(claim: Claim, now: Terms) -> list[Key]:
    """The keys under which its event is claimed once: settlement and invoices of a cost, else person, plan and day."""
    plan = now.plans.get(claim.plan)
    keys = []
    if plan is not None and plan.shape in COST_SHAPES:
        if settlement := unsealed(claim.settlement):
            keys.append(Key(GuardKind.SETTLEMENT, settlement))
        keys += [
            Key(GuardKind.INVOICE, each) for each in unsealed(claim.invoices).splitlines() if each.strip()
        ]
    if not keys:
        kind = GuardKind.DEATH if claim.plan.endswith("death") else GuardKind.ILLNESS
        said = f"{claim.coverage.person_id}|{claim.plan}|{claim.admitted_on}"
        keys.append(Key(kind, said, group=f"mutual_aid.{claim.plan}"))
    return keys


def unsealed(cipher: bytes | memoryview | None) -> str:
    """What a sealed column holds; empty where it holds nothing."""
    held = bytes(cipher or b"")
    return reveal(held) if held else ""


# enrolment


def listed_elsewhere(edition: int, persons: Collection[int], enrolment: int | None) -> dict[int, str]:
    """person → state of the line on which another roster of the period has them, wherever it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, state FROM mutual_aid_listed(%s, %s, %s)", [edition, list(persons), enrolment]
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class FeeState:
    """What a payer owes for a batch and what has come of it, in fen."""

    fee: Any
    got: int

    @property
    def open(self) -> int:
        return int(self.fee.due) - self.got


def fees(enrolment: int) -> list[FeeState]:
    """The fees of a batch with what is matched to them."""
    from .models import Fee

    rows = Fee.objects.filter(enrolment=enrolment).annotate(got=Sum("matches__fen")).order_by("pk")
    return [FeeState(fee, fee.got or 0) for fee in rows]


def open_receipts(edition: int | None = None) -> QuerySet[Any]:
    """Transfers of which something is not matched yet."""
    from .models import Receipt

    rows = Receipt.objects.annotate(used=Sum("matches__fen"))
    if edition is not None:
        rows = rows.filter(edition=edition)
    return rows.filter(Q(used=None) | Q(used__lt=F("fen"))).order_by("received_on", "pk")


# figures of one period


@dataclass(frozen=True)
class Summary:
    """The figures of one period as they stand now; money in fen. `raised` by payer."""

    as_of: dt.datetime
    people: int
    units: int
    payments: int
    persons: int
    paid: int
    recovered: int
    largest: int
    raised: dict[str, int]
    in_the_books: books.Position | None = None

    @property
    def net(self) -> int:
        return self.paid - self.recovered


def summary(edition: Edition, path: str = "") -> Summary:
    """Of the whole period, or of what lies below a path."""
    within: dict[str, Any] = {"path__within": path} if path else {}
    covered = MemberCoverage.objects.filter(edition=edition, state=CoverState.COVERED, **within)
    n = covered.aggregate(people=Count("person", distinct=True), units=Count("unit", distinct=True))
    from gongjiang.kernel.ledger.models import Entry

    entries = Entry.objects.filter(case__edition=edition, case__flow="mutual_aid.claim")
    fees = FeeMatch.objects.filter(receipt__edition=edition)
    if path:
        entries = entries.filter(case__path__within=path)
        fees = fees.filter(fee__enrolment__case__path__within=path)
    paid = entries.filter(kind=EntryKind.PAY).aggregate(
        n=Count("pk"), total=Sum("fen"), most=Max("fen"), persons=Count("case__applicant", distinct=True)
    )
    back = entries.filter(kind=EntryKind.RECOVER).aggregate(total=Sum("fen"))
    raised = dict(fees.values_list("fee__payer").annotate(total=Sum("fen")).order_by("fee__payer"))
    period: Period | None = getattr(edition, "mutual_aid_period", None)
    return Summary(
        as_of=timezone.now(),
        people=n["people"],
        units=n["units"],
        payments=paid["n"],
        persons=paid["persons"],
        paid=paid["total"] or 0,
        recovered=back["total"] or 0,
        largest=paid["most"] or 0,
        raised=raised,
        in_the_books=books.position(period.fund, edition=edition.pk) if period and not path else None,
    )


def workplaces(paths: Iterable[str]) -> list[Unit]:
    """The units where somebody works."""
    return list(Unit.objects.filter(path__in=list(paths)).order_by("pk"))


def base_counted(claim: Claim, plan: Any, now: Terms) -> int:
    """What the rule counts of a claim's cost, in fen."""
    from .rules.formula import base_of

    return int(base_of(cost_of(claim), plan, now)) if plan is not None and plan.bands else 0
