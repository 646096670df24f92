"""Claims of the seventeenth period: as many payments and as much money as the city published, others in every state."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from gongjiang.kernel import bulk
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.calendar.days import working_days_between
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.ledger.guards import Key
from gongjiang.kernel.ledger.models import (
    Account,
    BankAnswer,
    Entry,
    Guard,
    GuardKind,
    Line,
    PaymentBatch,
    PaymentLine,
)
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.lifecycle.numbers import take
from gongjiang.kernel.lifecycle.replay import History, Step, TurnThen, replay
from gongjiang.kernel.parameters.models import DecisionRecord
from gongjiang.kernel.people.crypto import seal
from gongjiang.kernel.publicity.models import Publicity, PublicityCase
from gongjiang.kernel.publicity.snapshot import digest, freeze
from gongjiang.kernel.rules.decision import to_json
from gongjiang.kernel.world import World
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.actions.notices import COLUMNS, PAYMENTS
from gongjiang.programmes.mutual_aid.actions.steps import RULE
from gongjiang.programmes.mutual_aid.models import Adjustment, Channel, Claim, MemberCoverage, Period
from gongjiang.programmes.mutual_aid.rules import Cost, Cover, Event, Terms, Used, decide
from gongjiang.programmes.mutual_aid.rules.payout import VERSION

from .people import BEGINS, Batch, actors

#: S0 of the city: “已互助184人次，发放补助金951743元”. The amount is what was paid less what was recovered.
PAYMENTS_PAID, FEN_PAID = 184, 95_174_300
RECOVERED = 80_000
#: How many claims stand elsewhere; the last named ones are of the demo's own worker. DEMO
OTHERS = {
    "draft": 2, "submitted": 5, "returned": 3, "computed": 4, "under_review": 4, "publicised": 3, "approved": 4,
    "in_batch": 3, "bounced": 2, "refused": 6, "withdrawn": 2,
}  # fmt: skip
HOSPITALS = ("演示市人民医院", "演示医学院附属医院", "演示县中医院", "演示省肿瘤医院")
WAYS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "withdrawn": ("submit", "withdraw"),
    "computed": ("submit", "compute"),
    "refused": ("submit", "compute", "refuse"),
    "under_review": ("submit", "compute", "endorse"),
    "publicised": ("submit", "compute", "endorse", "publicise"),
    "approved": ("submit", "compute", "endorse", "approve"),
    "in_batch": ("submit", "compute", "endorse", "approve", "batch"),
    "bounced": ("submit", "compute", "endorse", "approve", "batch", "bounce"),
    "paid": ("submit", "compute", "endorse", "approve", "batch", "pay"),
    "bounced_once": ("submit", "compute", "endorse", "approve", "batch", "bounce", "again", "batch", "pay"),
    "recovered": ("submit", "compute", "endorse", "approve", "batch", "pay", "recover", "recovered"),
    "recovering": ("submit", "compute", "endorse", "approve", "batch", "pay", "recover"),
}
BY = {
    "compute": "county", "return": "county", "refuse": "county", "endorse": "county", "approve": "second",
    "publicise": "city", "batch": "cashier", "pay": "cashier", "bounce": "cashier", "again": "cashier",
    "recover": "city", "recovered": "cashier",
}  # fmt: skip
NOTES = {
    "return": "请补交结算单。（演示）", "refuse": "个人负担未达到起付额。（演示）", "recover": "重复报销。（演示）",
    "bounce": "账号已销。（演示）",
}  # fmt: skip
COMMITTED = ("approve",)


@dataclass
class Told:
    """One claim as it went."""

    batch: Batch
    person: int
    end: str
    channel: Channel
    event: Event
    days: dict[str, dt.datetime] = field(default_factory=dict)
    result: int = 0
    key: int = 0
    history: History | None = None

    @property
    def is_paid(self) -> bool:
        return "pay" in WAYS[self.end]

    @property
    def moves(self) -> tuple[str, ...]:
        first = {Channel.MEMBER: "draft", Channel.OFFICER: "draft_for", Channel.INSURER: "receive"}[
            self.channel
        ]
        return (first, *WAYS[self.end])


def claim(world: World, period: Period, batches: Sequence[Batch]) -> dict[str, int]:
    """Load the claims with their decisions, the books, the batches and the guard."""
    random, terms = world.random("mutual_aid claims"), queries.terms(period.edition)
    told = _told(world, batches, random, terms)
    told.sort(key=lambda t: t.days["first"])
    histories = [_history(world, period, t) for t in told]
    for t, key in zip(told, replay("mutual_aid.claim", histories), strict=True):
        t.key = key
    covers = dict(
        MemberCoverage.objects.filter(
            edition=period.edition, person__in=[t.person for t in told]
        ).values_list("person", "pk")
    )
    _rows(world, told, covers, random)
    _decisions(told, terms)
    _guards(told)
    sent = _money(world, period, told)
    _notices(world, period, told)
    return {"claims": len(told), "payments": sent}


def _told(world: World, batches: Sequence[Batch], random: Random, terms: Terms) -> list[Told]:
    first = [b for b in batches if b.begins == BEGINS[0]]
    weights = [len(b.people) for b in first]
    used: set[int] = set()
    own = next((a.person for a in world.accounts.values() if a.role == "worker"), None)
    count = PAYMENTS_PAID if world.size == "city" else 30
    ends = ["recovered", "bounced_once", "recovering", *["paid"] * (count - 3)]
    paid = [_drawn(world, first, weights, end, used, random, terms) for end in ends]
    if world.size == "city":
        _fit(paid, FEN_PAID + RECOVERED, terms)
    others = [
        _drawn(world, first, weights, end, used, random, terms) for end, n in OTHERS.items() for _ in range(n)
    ]
    for end in ("paid", "computed"):
        place = next((b for b in batches if own in b.people), None)
        if own is None or place is None or own in used:
            continue
        waits = place.begins + dt.timedelta(days=90)
        mine = next((t for t in (*paid, *others) if t.end == end and t.event.admitted_on >= waits), None)
        if mine is not None:
            mine.batch, mine.person = place, own
            if end == "computed":
                mine.channel = Channel.MEMBER
                mine.days[f"0:{mine.moves[0]}"] = mine.days["first"]
    return [*paid, *others]


def _drawn(
    world: World,
    first: Sequence[Batch],
    weights: Sequence[int],
    end: str,
    used: set[int],
    random: Random,
    terms: Terms,
) -> Told:
    while True:
        batch = random.choices(first, weights)[0]
        person = random.choice(batch.people)
        if person not in used:
            used.add(person)
            break
    live = end in (
        "submitted",
        "returned",
        "computed",
        "under_review",
        "publicised",
        "approved",
        "in_batch",
        "bounced",
        "draft",
    )
    today = world.today
    span = (today - dt.date(2024, 4, 20)).days
    ago = random.randint(12, 40) if live else random.randint(70, span)
    out = today - dt.timedelta(days=ago)
    days = random.randint(4, 21)
    self_pay = (
        60_000 if end == "refused" else int(min(4_500_000, max(110_000, random.lognormvariate(13.6, 0.55))))
    )
    pooled = int(self_pay * random.uniform(1.2, 2.6))
    extra = random.choice((0, 0, 23_400, 51_800))
    cost = Cost(
        total=self_pay + pooled + extra, pooled=pooled, deductible=min(self_pay, 80_000),
        copay=max(0, self_pay - 80_000), above_cap=extra,
    )  # fmt: skip
    told = Told(
        batch, person, end,
        random.choices(list(Channel), (55, 15, 30))[0],
        Event("inpatient", out - dt.timedelta(days=days - 1), out, out, out + dt.timedelta(days=3), cost),
    )  # fmt: skip
    if told.end in ("draft", "withdrawn", "returned"):
        told.channel = Channel.MEMBER
    told.result = decide(told.event, Cover(BEGINS[0], dt.date(2027, 1, 1)), Used(), terms).amount or 0
    told.days = _days(world, told, random)
    return told


def _days(world: World, told: Told, random: Random) -> dict[str, dt.datetime]:
    """The moment of each move; those of money on the batch days of the month."""
    at = timezone.make_aware(
        dt.datetime.combine(told.event.reported_on, dt.time(random.randint(8, 16), random.randint(0, 59)))
    )
    found = {"first": at}
    moves = told.moves
    gap = {"submit": 0, "compute": 2, "endorse": 3, "approve": 4, "publicise": 3, "refuse": 3}
    for n, name in enumerate(moves):
        if name == "batch":
            at = _batch_day(at)
        elif name in ("pay", "bounce"):
            at += dt.timedelta(days=3, hours=1)
        elif n:
            at += dt.timedelta(days=gap.get(name, 4), minutes=random.randint(3, 50))
        at = min(at, world.now - dt.timedelta(minutes=len(moves) - n))
        found[f"{n}:{name}"] = at
    return found


def _batch_day(at: dt.datetime) -> dt.datetime:
    """Finance pays on the 10th and the 25th."""
    local = timezone.localtime(at)
    day = 10 if local.day < 10 else 25
    if local.day >= 25:
        local = (local.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        day = 10
    return local.replace(day=day, hour=10, minute=0)


def _fit(paid: Sequence[Told], wanted: int, terms: Terms) -> None:
    """Change what the last ones cost so that the payouts of the rule add up to the published amount, to the fen."""
    rest = wanted - sum(t.result for t in paid)
    for told in reversed(paid):
        if not rest:
            return
        target = max(550_001, min(2_400_000, told.result + rest))
        cost = _costing(target, told, terms)
        made = decide(_with(told.event, cost), Cover(BEGINS[0], dt.date(2027, 1, 1)), Used(), terms).amount
        assert made == target
        rest -= target - told.result
        told.event, told.result = _with(told.event, cost), target
    if rest:
        raise ValueError(f"{rest} fen do not fit")


def _with(event: Event, cost: Cost) -> Event:
    return Event(
        event.plan, event.admitted_on, event.discharged_on, event.settled_on, event.reported_on, cost
    )


def _costing(target: int, told: Told, terms: Terms) -> Cost:
    """A cost for which the rule gives exactly `target`: in the highest band a fen more makes at most a fen more."""
    low, high = 1_000_001, 4_000_000
    cover = Cover(BEGINS[0], dt.date(2027, 1, 1))
    while low < high:
        middle = (low + high) // 2
        if (decide(_with(told.event, _cost(middle)), cover, Used(), terms).amount or 0) < target:
            low = middle + 1
        else:
            high = middle
    return _cost(low)


def _cost(self_pay: int) -> Cost:
    pooled = self_pay * 2
    return Cost(total=self_pay + pooled, pooled=pooled, deductible=80_000, copay=self_pay - 80_000)


def _history(world: World, period: Period, told: Told) -> History:
    unit = told.batch.unit
    by = actors(world, unit)
    me = next((a.user for a in world.accounts.values() if a.person == told.person), None)
    filer: tuple[int | None, int | None, str] = {
        Channel.MEMBER: (me, None, ""), Channel.OFFICER: by["unit"], Channel.INSURER: by["city"],
    }[told.channel]  # fmt: skip
    small = told.channel == Channel.INSURER and told.result <= 300_000
    steps = []
    for n, name in enumerate(told.moves):
        who = by[BY[name]] if name in BY else filer
        if small and name in ("compute", "endorse"):
            who = by["city"]
        steps.append(Step(name, told.days[f"{n}:{name}"], *who, NOTES.get(name, "")))
    turns = []
    side = {
        "submitted": "county", "computed": "city" if small else "county", "under_review": "city", "approved": "cashier",
        "recovering": "cashier",
    }.get(told.end)  # fmt: skip
    if side:
        _user, at, role = by[side]
        turns = [TurnThen(steps[-1].at, None, unit=at, role=role)]
    elif told.end in ("draft", "returned", "bounced"):
        if told.channel == Channel.OFFICER:
            turns = [TurnThen(steps[-1].at, None, unit=unit.id, role=Role.UNIT_OFFICER)]
        else:
            turns = [TurnThen(steps[-1].at, None, person=told.person)]
    told.history = History(
        unit=unit.id, path=unit.path, region=unit.region, applicant=told.person, steps=steps, turns=turns,
        edition=period.pk,
    )  # fmt: skip
    return told.history


def _number(told: Told) -> str:
    return f"JS{told.event.settled_on:%Y%m%d}{told.person:07d}"


def _account(told: Told) -> str:
    return (
        "000000"
        + hashlib.sha256(f"account {told.person}".encode())
        .hexdigest()
        .translate(str.maketrans("abcdef", "012345"))[:13]
    )


def _rows(world: World, told: Sequence[Told], covers: dict[int, int], random: Random) -> None:
    names, start, known = world.people.names, world.people.first, calendars().at("")
    claims, adjustments = [], []
    for t in told:
        cost, account = t.event.cost, _account(t)
        by = world.officers[t.batch.unit.id, Role.UNIT_OFFICER].user
        city = world.officers[world.by_code[world.root].id, Role.OFFICER].user
        paid = next((at for name, at in t.days.items() if name.endswith(":pay")), None)
        submitted = next((at for name, at in t.days.items() if name.endswith(":submit")), None)
        computed = "compute" in t.moves and t.result > 0
        claims.append(
            Claim(
                case_id=t.key, coverage_id=covers[t.person], plan=t.event.plan, channel=t.channel,
                filed_by_id={Channel.MEMBER: None, Channel.OFFICER: by, Channel.INSURER: city}[t.channel],
                admitted_on=t.event.admitted_on, discharged_on=t.event.discharged_on, settled_on=t.event.settled_on,
                reported_on=t.event.reported_on,
                **{name: getattr(cost, name) for name in cost.__dataclass_fields__},
                settlement=seal(_number(t)), hospital=seal(random.choice(HOSPITALS)), diagnosis=seal("演示诊断"),
                payee=names[t.person - start], account=seal(account), account_tail=account[-4:], bank="演示银行营业部",
                base=cost.deductible + cost.copay, result=t.result if computed else None,
                cap_before=5_000_000 if computed else None, cap_after=5_000_000 - t.result if computed else None,
                paid_on=timezone.localdate(paid) if paid else None,
                handled_days=working_days_between(known, timezone.localdate(submitted), timezone.localdate(paid))
                if paid and submitted
                else None,
            )
        )  # fmt: skip
        if "recover" in t.moves:
            adjustments.append((t, next(at for name, at in t.days.items() if name.endswith(":recover"))))
    Claim.objects.bulk_create(claims)
    Adjustment.objects.bulk_create(
        Adjustment(
            claim_id=t.key,
            kind="recovery",
            fen=RECOVERED,
            reason="重复报销（演示）",
            document="演审〔2026〕3号（演示）",
            at=at,
        )
        for t, at in adjustments
    )


def _decisions(told: Sequence[Told], terms: Terms) -> None:
    cover = Cover(BEGINS[0], dt.date(2027, 1, 1))
    DecisionRecord.objects.bulk_create(
        DecisionRecord(
            case_id=t.key, rule=RULE, version=VERSION,
            facts={"plan": t.event.plan, "total": str(t.event.cost.total), "settled_on": str(t.event.settled_on)},
            at=next(at for name, at in t.days.items() if name.endswith(":compute")),
            **to_json(decide(t.event, cover, Used(), terms)),
        )
        for t in told
        if "compute" in t.moves
    )  # fmt: skip


def _guards(told: Sequence[Told]) -> None:
    Guard.objects.bulk_create(
        Guard(
            kind=GuardKind.SETTLEMENT, group=GuardKind.SETTLEMENT, digest=Key(GuardKind.SETTLEMENT, _number(t)).digest,
            person_id=t.person, day=t.event.admitted_on, scheme="mutual_aid", case_id=t.key,
            state="paid" if t.is_paid else "released" if t.end in ("refused", "withdrawn") else "held",
            fen=t.result if "approve" in t.moves else None, at=t.days["first"],
        )
        for t in told
        if "submit" in t.moves
    )  # fmt: skip


def _money(world: World, period: Period, told: Sequence[Told]) -> int:
    """Commitments, batches with their lines, payments, what came back: in the books to the fen."""
    root = world.by_code[world.root]
    maker = world.officers[root.id, Role.FINANCE_MAKER].user
    checker = world.officers[root.id, Role.FINANCE_CHECKER].user
    numbers = dict(Case.objects.filter(pk__in=[t.key for t in told]).values_list("pk", "number"))
    names, start = world.people.names, world.people.first
    key = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    accounts = dict(Account.objects.filter(fund=period.fund_id).values_list("kind", "pk"))
    for kind in ("committed", "paid"):
        accounts[kind] = Account.objects.create(fund_id=period.fund_id, kind=kind, edition=period.edition).pk
    entries: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    runs: dict[dt.datetime, list[tuple[Told, int, str, dt.datetime | None]]] = {}
    balance = {"committed": 0, "paid": 0, "available": 0}

    def post(
        said: str, kind: str, t: Told, about: int | None, fen: int, at: dt.datetime, a: str, b: str
    ) -> int:
        nonlocal key
        key += 1
        entries.append((key, said, kind, period.fund_id, t.key, about, fen, "", maker, at))
        lines.append((key, accounts[a], accounts[b], fen))
        balance[a] -= fen
        balance[b] += fen
        return key

    for t in told:
        if "approve" not in t.moves:
            continue
        commitment = payment = 0
        placed = None
        for n, name in enumerate(t.moves):
            at = t.days[f"{n}:{name}"]
            if name == "approve":
                commitment = post(
                    f"{numbers[t.key]}/commit/1", "commit", t, None, t.result, at, "available", "committed"
                )
            elif name == "batch":
                placed = at
                runs.setdefault(at, [])
                if n + 1 == len(t.moves):
                    runs[at].append((t, commitment, "waiting", None))
            elif name == "bounce" and placed:
                runs[placed].append((t, commitment, "bounced", at))
            elif name == "pay" and placed:
                runs[placed].append((t, commitment, "paid", at))
            elif name == "recovered":
                post(f"{numbers[t.key]}/recover/1", "recover", t, payment, RECOVERED, at, "paid", "available")
            if name == "pay":
                payment = post(
                    f"{numbers[t.key]}/pay", "pay", t, commitment, t.result, at, "committed", "paid"
                )
                t.days["payment"] = at
                t.days[f"key:{payment}"] = at
    paid_by = {e[4]: e[0] for e in entries if e[2] == "pay"}
    with bulk.bare(Entry, Line, Account, PaymentBatch, PaymentLine):
        bulk.copy(
            Entry,
            ("id", "key", "kind", "fund_id", "case_id", "about_id", "fen", "note", "user_id", "at"),
            entries,
        )
        bulk.copy(Line, ("entry_id", "out_of_id", "into_id", "fen"), lines)
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE ledger_account SET balance = balance + %s WHERE id = %s",
                [(change, accounts[kind]) for kind, change in balance.items()],
            )
        for at in sorted(runs):
            _run(period, root.code, at, runs[at], maker, checker, paid_by, names, start)
        bulk.advance(Entry)
    recovered = dict(Entry.objects.filter(kind="recover").values_list("case", "pk"))
    for adjustment in Adjustment.objects.filter(claim__in=list(recovered)):
        adjustment.entry_id = recovered[adjustment.claim_id]
        adjustment.save(update_fields=["entry"])
    return len(paid_by)


def _run(
    period: Period, code: str, at: dt.datetime, run: Sequence[tuple[Told, int, str, dt.datetime | None]], maker: int,
    checker: int, paid_by: dict[int, int], names: Sequence[str], start: int,
) -> None:  # fmt: skip
    """One batch of finance, with what the bank answered."""
    waiting = any(state == "waiting" for _t, _c, state, _a in run)
    answered = max((a for _t, _c, _s, a in run if a), default=None)
    series = f"PB-{timezone.localtime(at).year}-{code}"
    batch = PaymentBatch.objects.create(
        number=f"{series}-{take(series, 1):04d}", fund_id=period.fund_id, edition=period.edition,
        state="released" if waiting else "settled", lines=len(run), fen=sum(t.result for t, *_rest in run),
        digest=hashlib.sha256(f"demo {at}".encode()).digest(), made_by_id=maker, made_at=at,
        released_by_id=checker, released_at=at + dt.timedelta(hours=3), settled_at=None if waiting else answered,
        version=2,
    )  # fmt: skip
    PaymentLine.objects.bulk_create(
        PaymentLine(
            batch=batch, position=n, commitment_id=commitment, case_id=t.key, person_id=t.person,
            payee=names[t.person - start], account=seal(_account(t)),
            account_tail=_account(t)[-4:], bank="演示银行营业部", fen=t.result, state=state,
            reason="账号已销" if state == "bounced" else "", answered_at=answer,
            payment_id=paid_by[t.key] if state == "paid" else None,
        )
        for n, (t, commitment, state, answer) in enumerate(run, start=1)
    )  # fmt: skip
    if answered:
        BankAnswer.objects.create(
            batch=batch, digest=hashlib.sha256(f"answer {at}".encode()).digest(), file_name=f"{batch.number}回盘.csv",
            paid=sum(s == "paid" for _t, _c, s, _a in run), bounced=sum(s == "bounced" for _t, _c, s, _a in run),
            user_id=checker, at=answered,
        )  # fmt: skip


def _notices(world: World, period: Period, told: Sequence[Told]) -> None:
    """The notice that stands now."""
    listed = [t for t in told if t.end == "publicised"]
    root, names, start = world.by_code[world.root], world.people.names, world.people.first
    numbers = dict(Case.objects.filter(pk__in=[t.key for t in listed]).values_list("pk", "number"))
    rows = [
        ((numbers[t.key] or "")[-4:], names[t.person - start], f"{t.result // 100}.{t.result % 100:02d}")
        for t in listed
    ]
    opened = world.now - dt.timedelta(days=1, hours=-9)
    snapshot = freeze(COLUMNS, rows)
    title = f"{period.edition.name}拟互助名单公示"
    series = f"GS-{opened.year}-{root.code}"
    number = f"{series}-{take(series, 1):04d}"
    made = Publicity.objects.create(
        number=number, unit_id=root.id, path=root.path, edition=period.edition, kind=PAYMENTS, round=1, title=title,
        title_en=f"{period.edition.name_en}: payments proposed", opened_at=opened, days=3,
        closes_at=world.now + dt.timedelta(days=4, hours=18), snapshot=snapshot,
        digest=digest(number, title, "", snapshot),
        publicised_by_id=world.officers[root.id, Role.OFFICER].user,
    )  # fmt: skip
    PublicityCase.objects.bulk_create(
        PublicityCase(publicity=made, case_id=t.key, position=n) for n, t in enumerate(listed, start=1)
    )
