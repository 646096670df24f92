"""What the demo's unions have published for contests: invented, and marked 演示 in every document number."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from gongjiang.kernel.parameters.actions import publish_history
from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.models import EvidenceMark, Provision
from gongjiang.kernel.world import World

FIRST = date(2019, 1, 1)
DOCUMENT = "演竞办〔2019〕1号（演示）"
CLAUSES = "一二三四五六七八九十"
#: DEMO: no source names these.
CITY: dict[str, Any] = {
    "min_to_hold": 20,
    "min_for_upgrade": 20,
    "age_least": 16,
    "age_most": 60,
    "events_per_person": 1,
    "publicity_days": 5,
    "ranks_may_tie": False,
}
#: DEMO: a county's contest is smaller.
COUNTY = {**CITY, "min_to_hold": 6, "min_for_title": 6, "min_for_upgrade": 6}
#: Copied from presets on purpose.
PRESETS = {
    "min_for_title": "changzhi-6",
    "prize_table": "changzhi-6",
    "upgrade_matrix": "hainan-one-step",
}


def publish_demo_values(world: World) -> list[Provision]:
    """The values of the demo's highest fully populated union."""
    root, declared = world.by_code[world.root], parameters("competitions")
    said = CITY if world.size == "city" else COUNTY
    rows = [_row(root.id, name, value, n) for n, (name, value) in enumerate(said.items())]
    for n, (name, code) in enumerate(PRESETS.items(), start=len(rows)):
        preset = declared[name].preset(code)
        if name in said or preset is None:
            continue
        row = _row(root.id, name, declared[name].kind.write(preset.value), n)
        row.preset, row.evidence = code, preset.evidence.value
        rows.append(row)
    return publish_history(rows)


def _row(unit: int, name: str, value: Any, clause: int) -> Provision:
    return Provision(
        programme="competitions",
        name=name,
        unit_id=unit,
        value=value,
        since=FIRST,
        document=DOCUMENT,
        clause=f"第{CLAUSES[clause % 10]}条",
        evidence=EvidenceMark.NONE,
        published_at=timezone.make_aware(datetime.combine(FIRST, time(9))) - timedelta(days=5),
    )
