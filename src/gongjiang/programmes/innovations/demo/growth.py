"""What grows on the demo's results: benefit, patents, rewards, the library and what others made of it. All invented."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from gongjiang.kernel.targets.models import EvidenceLevel, Reading, Target
from gongjiang.kernel.tasks import actions as tasks
from gongjiang.kernel.tasks.models import TaskKind
from gongjiang.kernel.world import World
from gongjiang.programmes.innovations.actions.library import REQUEST, a_year_on
from gongjiang.programmes.innovations.models import (
    BenefitKind,
    Card,
    Conversion,
    Interest,
    Inventor,
    Judgement,
    Likeness,
    Mode,
    Patent,
    PatentKind,
    PatentStatus,
    Revocation,
    Reward,
    RewardShare,
    Secrecy,
)
from gongjiang.programmes.innovations.rules import KIND_DIGITS, WEIGHTS

SHARE_PATENTED, SHARE_REWARDED, SHARE_TAKEN_OVER = 0.08, 0.5, 0.12  # of adopted results; DEMO
SHARE_THIRD_PARTY, SHARE_CORRECTED = 0.05, 0.1  # of signed lines; DEMO
INTERESTS = 24
SIGNED = ("awarded", "following", "completed", "unkept", "revoked", "mended")
KEPT = ("following", "completed", "mended")
DOCUMENT = "演示工发〔{year}〕{n}号"

Plan = dict[str, Any]


def grow(world: World, keys: Sequence[int], made: Sequence[Plan]) -> dict[str, int]:
    """Write what belongs to these results; returns how many of each."""
    random = world.random("innovations growth")
    plans = [(key, plan) for key, plan in zip(keys, made, strict=True) if plan["content"]["adopted_on"]]
    lines = _benefit(world, plans, random)
    patents = _patents(world, plans, random)
    rewards = _rewards(world, plans, random)
    cards = _library(world, plans)
    _conversions(world, cards, random)
    _likenesses(world, keys, made)
    Revocation.objects.bulk_create(
        Revocation(
            result_id=key,
            document=DOCUMENT.format(year=plan["days"]["revoke"].year, n=n),
            reason="与事实不符。（演示）",
            on=plan["days"]["revoke"].date(),
        )
        for n, (key, plan) in enumerate(_of(plans, "revoked"), start=1)
    )
    return {"benefit lines": lines, "patents": patents, "rewards": rewards, "library": len(cards)}


def _of(plans: Sequence[tuple[int, Plan]], *ends: str) -> list[tuple[int, Plan]]:
    return [(key, plan) for key, plan in plans if plan["end"] in ends]


def _benefit(world: World, plans: Sequence[tuple[int, Plan]], random: Random) -> int:
    """Lines as the makers reported them, and for signed results as finance found them."""
    claimed = [(key, plan) for key, plan in plans if plan["claims"]]
    targets, first, sure = [], [], []
    for key, plan in claimed:
        for kind in random.sample(BenefitKind.values, random.choice((1, 1, 1, 2))):
            targets.append((Target(case_id=key, kind=kind, uom="fen"), plan))
    Target.objects.bulk_create([target for target, _ in targets], batch_size=2000)
    for target, plan in targets:
        until = plan["content"]["accepted_on"].replace(day=1)
        since = date((until - timedelta(days=1)).year, random.randint(1, 3), 1)
        if since >= until:
            since = date(until.year - 1, 2, 1) if until.month == 1 else until.replace(month=1)
        if since >= until:
            since, until = date(until.year - 1, 2, 1), date(until.year - 1, 12, 1)
        reading = Reading(
            target=target,
            since=since,
            until=until,
            value=random.randint(30, 9000) * 10_000,
            method="节约工时乘以工时单价。（演示）",
            compared="上年同期。（演示）",
            basis="车间台账、财务凭证。（演示）",
            reported_by_id=plan["user"],
            at=plan["days"]["submit"],
        )
        first.append((reading, plan))
    Reading.objects.bulk_create([reading for reading, _ in first], batch_size=2000)
    for reading, plan in first:
        if plan["end"] in SIGNED:
            sure.append(_confirmed(reading, plan["finance"], plan["days"]["sign"], random))
    Reading.objects.bulk_create(sure, batch_size=2000)
    return len(first)


def _confirmed(reading: Reading, by: int, at: datetime, random: Random) -> Reading:
    third = random.random() < SHARE_THIRD_PARTY
    less = random.random() < SHARE_CORRECTED
    return Reading(
        target_id=reading.target_id,
        since=reading.since,
        until=reading.until,
        value=reading.value * 9 // 10 if less else reading.value,
        level=EvidenceLevel.THIRD_PARTY if third else EvidenceLevel.FINANCE_CONFIRMED,
        method=reading.method,
        compared=reading.compared,
        basis=reading.basis,
        reported_by_id=reading.reported_by_id,
        confirmed_by_id=by,
        note="扣除了材料费。（演示）" if less else "",
        at=at,
        supersedes=reading,
        first=reading,
    )


def _patents(world: World, plans: Sequence[tuple[int, Plan]], random: Random) -> int:
    chosen = [(key, plan) for key, plan in _of(plans, *SIGNED) if random.random() < SHARE_PATENTED]
    rows = []
    for serial, (key, plan) in enumerate(chosen, start=1):
        kind = random.choices(PatentKind.values, (15, 65, 10, 10))[0]
        granted = plan["last"].date() + timedelta(days=random.randint(5, 200))
        done = granted < world.today
        rows.append(
            Patent(
                result_id=key,
                kind=kind,
                number=_number(kind, plan["last"].year, serial),
                status=PatentStatus.GRANTED if done else PatentStatus.APPLIED,
                owner=f"{plan['unit'].name}（演示）",
                granted_on=granted if done else None,
            )
        )
    Patent.objects.bulk_create(rows)
    Inventor.objects.bulk_create(
        Inventor(patent=row, person_id=person)
        for row, (_key, plan) in zip(rows, chosen, strict=True)
        for person in plan["team"][:3]
    )
    return len(rows)


def _number(kind: str, year: int, serial: int) -> str:
    """A number of the right form that the office has never given: its serial begins with 00."""
    if kind == PatentKind.SOFTWARE:
        return f"{year}SR00{serial:05d}"
    body = f"{year}{KIND_DIGITS[kind][0]}00{serial:05d}"
    check = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return f"{body}.{'X' if check == 10 else check}"


def _rewards(world: World, plans: Sequence[tuple[int, Plan]], random: Random) -> int:
    paid, rows = [], []
    for key, plan in _of(plans, *SIGNED):
        day = plan["last"].date() + timedelta(days=random.randint(1, 20))
        if day < world.today and random.random() < SHARE_REWARDED:
            each = random.randint(1, 20) * 10_000 // len(plan["team"])
            paid.append((plan, each))
            rows.append(
                Reward(
                    result_id=key,
                    payer_id=plan["unit"].entity,
                    fen=each * len(plan["team"]),
                    clause="本单位职工创新奖励办法第六条（演示）",
                    paid_on=day,
                    recorded_by_id=plan["officer"],
                    recorded_at=plan["last"],
                )
            )
    Reward.objects.bulk_create(rows, batch_size=2000)
    RewardShare.objects.bulk_create(
        [
            RewardShare(reward=row, person_id=person, fen=each)
            for row, (plan, each) in zip(rows, paid, strict=True)
            for person in plan["team"]
        ],
        batch_size=2000,
    )
    return len(rows)


def _library(world: World, plans: Sequence[tuple[int, Plan]]) -> list[tuple[Card, Plan]]:
    kept = [
        (
            Card(
                result_id=key,
                unit_id=plan["unit"].id,
                unit_name=plan["unit"].name,
                title=plan["content"]["title"],
                category=plan["content"]["category"],
                summary=plan["content"]["effect"],
                is_open=plan["content"]["secrecy"] == Secrecy.OPEN,
                since=plan["days"]["keep"].date(),
            ),
            plan,
        )
        for key, plan in _of(plans, *KEPT)
        if plan["content"]["secrecy"] != Secrecy.UNREPORTED
    ]
    Card.objects.bulk_create([card for card, _ in kept], batch_size=2000)
    return kept


def _conversions(world: World, cards: Sequence[tuple[Card, Plan]], random: Random) -> None:
    """Who asked for a result, who took it over, and what it brought them."""
    units = list(world.at_level("enterprise"))
    asked = Interest.objects.bulk_create(_interests(world, cards[-INTERESTS:], units, random))
    for interest in asked:
        if not interest.answer:
            tasks.recur(
                TaskKind.ASSIGN,
                REQUEST,
                {interest.pk: world.today + timedelta(days=7)},
                unit=interest.unit_id,
                subject=f"转化对接：{interest.unit_name}想用“{interest.card.title}”",
                owners={interest.pk: interest.owner_id},
            )
    taken = [(card, plan) for card, plan in cards if random.random() < SHARE_TAKEN_OVER]
    entities = {entity.id: entity for entity in world.entities}
    rows, readings = [], []
    for card, plan in taken:
        other = entities[random.choice(units).entity or world.entities[0].id]
        on = min(card.since + timedelta(days=random.randint(5, 120)), world.today)
        target = Target(case_id=card.result_id, kind="payback-1", text=other.name, uom="fen")
        rows.append(
            Conversion(
                result_id=card.result_id,
                licensee_id=other.id,
                licensee_name=other.name,
                mode=random.choices(Mode.values, (60, 10, 15, 15))[0],
                on=on,
                fen=random.choice((None, None, random.randint(1, 50) * 100_000)),
                due_on=a_year_on(on),
                benefit=target,
                recorded_by_id=plan["officer"],
                recorded_at=plan["last"],
            )
        )
    Target.objects.bulk_create([row.benefit for row in rows], batch_size=2000)
    for row, (_card, plan) in zip(rows, taken, strict=True):
        row.benefit_id = row.benefit.pk
        if row.due_on < world.today and (random.random() < 0.7 or plan["end"] == "completed"):
            readings.append((row, plan))
    Conversion.objects.bulk_create(rows, batch_size=2000)
    Card.objects.filter(result__in=[row.result_id for row in rows]).update(taken_over=1)
    said = [
        Reading(
            target=row.benefit,
            since=row.on,
            until=row.due_on,
            value=random.randint(20, 3000) * 10_000,
            basis="对方单位的台账。（演示）",
            reported_by_id=plan["officer"],
            at=plan["last"],
        )
        for row, plan in readings
    ]
    Reading.objects.bulk_create(said, batch_size=2000)
    Reading.objects.bulk_create(
        [
            _confirmed(reading, plan["finance"], plan["last"], random)
            for reading, (_row, plan) in zip(said, readings, strict=True)
            if random.random() < 0.8
        ],
        batch_size=2000,
    )


def _interests(
    world: World, cards: Sequence[tuple[Card, Plan]], units: Sequence[Any], random: Random
) -> Iterator[Interest]:
    for n, (card, _plan) in enumerate(cards):
        unit = random.choice(units)
        if unit.id != card.unit_id:
            answered = n % 3 == 0
            yield Interest(
                card=card,
                owner_id=card.unit_id,
                unit_id=unit.id,
                unit_name=unit.name,
                words="我们单位也有同样的设备，想来看一看。（演示）",
                asked_by_id=world.officers[unit.id, "unit_officer"].user,
                asked_at=world.now - timedelta(days=9 + n),
                answer="欢迎，请先电话联系工会。（演示）" if answered else "",
                answered_at=world.now - timedelta(days=3) if answered else None,
            )


def _likenesses(world: World, keys: Sequence[int], made: Sequence[Plan]) -> None:
    """Results with the title of an earlier one: those in hand wait for a judgement, the others have one."""
    earlier: dict[str, int] = {}
    rows = []
    for key, plan in zip(keys, made, strict=True):
        title, at = plan["content"]["title_key"], plan["days"].get("submit")
        if at is None or plan["end"] == "withdrawn":
            continue
        if title in earlier:
            open_ = plan["end"] in ("submitted", "trial")
            rows.append(
                Likeness(
                    result_id=key,
                    other=earlier[title],
                    score=100,
                    judgement=Judgement.OPEN if open_ else Judgement.DIFFERENT,
                    reason="" if open_ else "部位相同，做法不同。（演示）",
                    judged_by_id=None if open_ else plan["officer"],
                    judged_at=None if open_ else at,
                    found_at=at,
                )
            )
        else:
            earlier[title] = key
    Likeness.objects.bulk_create(rows, batch_size=2000)
