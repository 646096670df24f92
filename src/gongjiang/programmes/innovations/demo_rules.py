"""What the demo's unions have published: invented, and marked 演示 in every document number."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.parameters.actions import pin, publish_history
from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.models import EvidenceMark, Provision
from gongjiang.kernel.world import UnitRow, World

FIRST = date(2023, 1, 1)
CLAUSES = "一二三四五六七八九十"
#: DEMO: the weights of the brief's demonstration, over five criteria.
CRITERIA = ["创新性", "先进性", "实用性", "经济效益", "推广应用前景"]
WEIGHTS = {"创新性": "25", "先进性": "25", "实用性": "25", "经济效益": "10", "推广应用前景": "15"}
CITY: dict[str, Any] = {
    "criteria_names": CRITERIA,
    "criteria_weights": WEIGHTS,
    "panel_size": 7,
    "drop_extremes": 1,
    "pitch_minutes": 8,
    "defence_minutes": 5,
    "quota_per_unit": 3,
}
#: What the county with a call of its own calls it, and judges by. DEMO
BRAND = "金点子"
COUNTY: dict[str, Any] = {
    "criteria_names": ["创新性", "实用性", "安全效益"],
    "criteria_weights": {"创新性": "40", "实用性": "30", "安全效益": "30"},
    "pitch_minutes": 6,
    "quota_per_unit": 2,
    "union_award_bands": [{"band": n, "reward": fen} for n, fen in ((1, 300_000), (2, 100_000), (3, 50_000))],
}
#: Copied from presets on purpose.
PRESETS = {"paper_vs_roadshow": "innovation-method", "union_award_bands": "shanxi-2015"}


def publish_demo_values(world: World) -> list[Provision]:
    """The values of the demo's highest fully populated union, two changes of lower ones, and one to come."""
    root, document = world.by_code[world.root], "演工发〔2023〕1号（演示）"
    declared = parameters("innovations")
    rows = [_row(root.id, name, value, document, n) for n, (name, value) in enumerate(CITY.items())]
    for n, (name, code) in enumerate(PRESETS.items(), start=len(rows)):
        preset = declared[name].preset(code)
        assert preset is not None
        row = _row(root.id, name, declared[name].kind.write(preset.value), document, n)
        row.preset, row.evidence = code, preset.evidence.value
        rows.append(row)
    rows += _changed(root.id, world.today)
    below = next((u for u in world.units if u.parent == root.id and u.kind == "union"), None)
    if below is not None:
        rows.append(_row(below.id, "publicity_days", 7, "演县工发〔2024〕2号（演示）", 0, date(2024, 3, 1)))
    county = county_with_a_brand(world)
    if county.id != root.id:
        document = "演县工发〔2023〕4号（演示）"
        rows += [_row(county.id, name, value, document, n) for n, (name, value) in enumerate(COUNTY.items())]
    enterprise = next(world.at_level("enterprise"), None)
    if enterprise is not None:
        preset = declared["enterprise_reward"].preset("zhejiang-firm")
        assert preset is not None
        value = declared["enterprise_reward"].kind.write(preset.value)
        row = _row(
            enterprise.id, "enterprise_reward", value, "演企工〔2024〕5号（演示）", 1, date(2024, 5, 1)
        )
        row.preset, row.evidence = preset.code, preset.evidence.value
        rows.append(row)
    return publish_history(rows)


def county_with_a_brand(world: World) -> UnitRow:
    """The county of the demo's own officer, which runs a call of its own; the territory itself where it is a county."""
    root = world.by_code[world.root]
    below = [u for u in world.units if u.parent == root.id and u.kind == "union" and u.level == "county"]
    return next((u for u in below if (u.id, "officer") in world.officers and _shown(world, u)), root)


def _shown(world: World, unit: UnitRow) -> bool:
    return any(a.unit == unit.id and a.role == "officer" for a in world.accounts.values())


def pin_demo_editions() -> int:
    """Fix the values of every call that runs or has run, on the day its first window opened; returns how many."""
    editions = Edition.objects.filter(programme="innovations", pins=None).exclude(
        state__in=["draft", "cancelled"]
    )
    done = 0
    for edition in editions:
        first = edition.windows.order_by("since").first()
        if first is not None:
            pin(edition, on=timezone.localdate(first.since))
            done += 1
    return done


def _changed(unit: int, today: date) -> list[Provision]:
    """Days of publicity: five, six since a year ago, and seven from next month on."""
    then, later = today - timedelta(days=365), today + timedelta(days=30)
    return [
        _row(unit, "publicity_days", 5, "演工发〔2023〕1号（演示）", 9, FIRST, then),
        _row(unit, "publicity_days", 6, f"演工发〔{then.year}〕8号（演示）", 1, then, later),
        _row(unit, "publicity_days", 7, f"演工发〔{today.year}〕3号（演示）", 2, later, None, today),
    ]


def _row(
    unit: int,
    name: str,
    value: Any,
    document: str,
    clause: int,
    since: date = FIRST,
    until: date | None = None,
    published: date | None = None,
) -> Provision:
    day = published or since
    return Provision(
        programme="innovations",
        name=name,
        unit_id=unit,
        value=value,
        since=since,
        until=until,
        document=document,
        clause=f"第{CLAUSES[clause]}条",
        evidence=EvidenceMark.NONE,
        published_at=timezone.make_aware(datetime.combine(day, time(9)))
        - timedelta(days=0 if published else 5),
    )
