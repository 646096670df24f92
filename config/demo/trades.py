"""What the invented enterprises do, read from `trades.csv`: the proportions of a coal and industry city."""

import csv
from dataclasses import dataclass
from pathlib import Path

MANAGEMENT = ("班组长", "车间主任", "部门主管", "安全管理员", "人力资源专员")
SERVICE = ("后勤服务员", "食堂服务员", "保安员", "客服员", "行政文员")

#: Division that the demo accounts' enterprises are chosen from, largest first.
COAL, STEEL = "B06", "C31"


@dataclass(frozen=True)
class Trade:
    """One kind of enterprise.

    industry    code of GB/T 4754-2017, section and division
    words       what stands between the invented brand and the legal form in a name
    share       weight among the enterprises
    scale       mean size against the others
    female      share of women, 0 to 1
    production  share of production posts, 0 to 1
    owners      ownership -> weight
    posts       names of production posts; `technical` those of technical staff
    form        legal form at the end of the name
    registered  registering authority and type, the first two digits of the credit code
    """

    industry: str
    words: tuple[str, ...]
    share: float
    scale: float
    female: float
    production: float
    owners: dict[str, int]
    posts: tuple[str, ...]
    technical: tuple[str, ...]
    form: str
    registered: str


def _read() -> tuple[Trade, ...]:
    with (Path(__file__).parent / "trades.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(
            Trade(
                industry=row["industry"],
                words=tuple(row["words"].split()),
                share=float(row["share"]),
                scale=float(row["scale"]),
                female=float(row["female"]),
                production=float(row["production"]),
                owners={o: int(weight) for o, weight in (each.split(":") for each in row["owners"].split())},
                posts=tuple(row["posts"].split()),
                technical=tuple(row["technical"].split()),
                form=row["form"],
                registered=row["registered"],
            )
            for row in csv.DictReader(handle)
        )


TRADES = _read()
