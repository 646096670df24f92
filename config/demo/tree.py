"""The union tree of the demo: real divisions, one union each, and the invented enterprises under them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from config.demo.identities import PAIRS, credit_code
from config.demo.places import PROVINCE, Place
from config.demo.trades import COAL, TRADES, Trade
from gongjiang.kernel.codes.tables import REGIONS, Row
from gongjiang.kernel.world import EntityRow, UnitRow

UNIONS_OPENED = date(2000, 1, 1)
SMALLEST = 4
#: From this many workers an enterprise union reports to the county, smaller ones to their township.
COUNTY_RUN = 300
TEAMS_OF = 5


@dataclass(frozen=True)
class Tree:
    """Units from the province down, and the entities with the trade of each, both in key order."""

    units: Sequence[UnitRow]
    entities: Sequence[EntityRow]
    trades: Sequence[Trade]


class _Units:
    """Hands out keys and paths while the tree grows from the top."""

    def __init__(self) -> None:
        self.rows: list[UnitRow] = []

    def add(
        self, code: str, name: str, level: str, region: str, parent: UnitRow | None, **other: object
    ) -> UnitRow:
        key = len(self.rows) + 1
        path = f"{parent.path if parent else '/'}{key}/"
        fields = {"kind": "union", "opened_on": UNIONS_OPENED, **other}
        row = UnitRow(
            id=key, code=code, name=name, level=level, region=region,
            parent=parent.id if parent else None, path=path, **fields,  # type: ignore[arg-type]
        )  # fmt: skip
        self.rows.append(row)
        return row


def grow(place: Place, seed: int, today: date) -> Tree:
    """Province, all its cities, the counties of one; townships and enterprises where the place is filled."""
    below: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    province = None
    for row in REGIONS.rows():
        if row.code == PROVINCE:
            province = row
        if row.parent_code and row.code.startswith(PROVINCE[:2]):
            below[row.parent_code, row.level].append(row)
    assert province is not None
    units = _Units()
    top = units.add(province.code, union_name(province.name), "province", province.code, None)
    cities = {
        row.code: units.add(row.code, union_name(row.name), "city", row.code, top)
        for row in below[PROVINCE, "city"]
    }
    counties = {
        row.code: (row, units.add(row.code, union_name(row.name), "county", row.code, cities[place.city]))
        for row in below[place.city, "county"]
    }
    townships = {
        code: [
            units.add(row.code, union_name(row.name), "township", row.code, counties[code][1])
            for row in below[code, "township"]
        ]
        for code in place.shares
    }
    entities: list[EntityRow] = []
    trades: list[Trade] = []
    for code in place.shares:
        row, county = counties[code]
        random = Random(f"{seed}:enterprises:{code}")
        _fill(place, row, county, townships[code], random, today, units, entities, trades)
    _add_teams(units, entities, trades)
    return Tree(units.rows, entities, trades)


def union_name(place: str) -> str:
    """The name of the union of a division: 总工会 of a regular one, 工会工作委员会 of a zone or centre."""
    return place + ("总工会" if place[-1] in "省市县区镇乡" or place.endswith("街道") else "工会工作委员会")


def size_class(workers: int) -> str:
    """By head count as for industry: large from 1,000, medium from 300, small from 20."""
    bounds = {"large": 1000, "medium": 300, "small": 20}
    return next((name for name, least in bounds.items() if workers >= least), "micro")


def shares(weights: Sequence[float], total: int, least: int) -> list[int]:
    """Whole numbers in proportion to `weights`, none under `least`, that add up to exactly `total`."""
    spread = total - least * len(weights)
    if spread < 0:
        raise ValueError(f"{total} cannot be shared among {len(weights)} with {least} each")
    whole = sum(weights)
    exact = [spread * weight / whole for weight in weights]
    found = [least + int(part) for part in exact]
    remainders = sorted(range(len(exact)), key=lambda at: int(exact[at]) - exact[at])
    for at in remainders[: total - sum(found)]:
        found[at] += 1
    return found


def _fill(
    place: Place,
    region: Row,
    county: UnitRow,
    townships: Sequence[UnitRow],
    random: Random,
    today: date,
    units: _Units,
    entities: list[EntityRow],
    trades: list[Trade],
) -> None:
    """The enterprises of one county; the first is always a coal mine."""
    share = place.shares[region.code]
    coal = next(trade for trade in TRADES if trade.industry == COAL)
    here = [coal, *random.choices(TRADES, [t.share for t in TRADES], k=share.enterprises - 1)]
    sizes = shares([t.scale * random.lognormvariate(0, 0.8) for t in here], share.workers, SMALLEST)
    used: Counter[str] = Counter()
    for serial, (trade, workers) in enumerate(zip(here, sizes, strict=True), start=1):
        township = random.choice(townships)
        word = random.choice(trade.words)
        opened = today - timedelta(days=int(random.triangular(200, 12_000, 3_500)))
        name = f"{short(region.name)}示例{brand(used[word])}{word}{trade.form}"
        used[word] += 1
        parent = county if workers >= COUNTY_RUN else township
        key = len(entities) + 1
        unit = units.add(
            f"{region.code}{serial:04d}", f"{name}工会", "enterprise", township.region, parent,
            entity=key, opened_on=max(opened, UNIONS_OPENED),
        )  # fmt: skip
        owner = random.choices(list(trade.owners), list(trade.owners.values()))[0]
        entities.append(
            EntityRow(
                id=key,
                uscc=credit_code(region.code, key, trade.registered),
                name=name,
                ownership="private" if owner == "self_employed" and workers > 19 else owner,
                industry=trade.industry,
                size_class=size_class(workers),
                region=township.region,
                unit=unit.id,
                path=unit.path,
                workers=workers,
                opened_on=opened,
            )
        )
        trades.append(trade)


def short(place: str) -> str:
    """A county's name without 县, 区 or 市 where two characters remain."""
    return place[:-1] if len(place) > 2 else place


def brand(turn: int) -> str:
    """The invented brand of the n-th enterprise of one kind in one county: 甲子, 乙丑, … and then 甲子二."""
    again, at = divmod(turn, len(PAIRS))
    return PAIRS[at] + ("" if not again else "二三四五六七八九"[again - 1])


def _add_teams(units: _Units, entities: Sequence[EntityRow], trades: Sequence[Trade]) -> None:
    """班组 in the largest enterprise and in the largest coal mine of each county."""
    largest: dict[tuple[str, bool], int] = {}
    for at, entity in enumerate(entities):
        for of in {(entity.region[:6], False), (entity.region[:6], entity.industry == COAL)}:
            if of not in largest or entity.workers > entities[largest[of]].workers:
                largest[of] = at
    for at in dict.fromkeys(largest.values()):
        parent = units.rows[entities[at].unit - 1]
        for number, post in enumerate(trades[at].posts[:TEAMS_OF], start=1):
            units.add(
                f"{parent.code}-{number}", f"{entities[at].name}{post}班组", "enterprise",
                parent.region, parent, kind="team", opened_on=parent.opened_on,
            )  # fmt: skip
