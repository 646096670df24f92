"""What the demo's union has published: invented, and marked 演示 in every document number."""

import datetime as dt
from typing import Any

from django.utils import timezone

from gongjiang.kernel.lifecycle.models import Edition
from gongjiang.kernel.parameters.actions import pin, publish_history
from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.models import EditionPin, EvidenceMark, Provision
from gongjiang.kernel.world import World

FIRST = dt.date(2023, 10, 1)
#: From this day on payments are publicised before they are approved. DEMO
PUBLIC_SINCE = dt.date(2026, 10, 1)
CLAUSES = "一二三四五六七八九十"
#: DEMO: nothing of it is published by the city; the bands are Hainan's.
VALUES: dict[str, Any] = {
    "term_months": 36,
    "fee_per_share": 20_000,
    "fee_split": [{"payer": "employer", "amount": 15_000}, {"payer": "member", "amount": 5_000}],
    "min_months_in_unit": 0,
    "waiting": [{"from": 0, "to": 30, "share": "0"}, {"from": 30, "to": 90, "share": "50"}],
    "renewal_gap_days": 30,
    "plans": [
        {"plan": "inpatient", "shape": "banded_self_pay"},
        {"plan": "special_outpatient", "shape": "banded_self_pay", "share": "20", "threshold": 100_000},
        {"plan": "critical", "shape": "lump_sum", "lump": 1_000_000, "times": 1},
        {"plan": "death", "shape": "lump_sum", "lump": 1_000_000, "most_claims": 3},
        {"plan": "allowance", "shape": "per_diem", "day_amount": 5_000, "from_day": 4, "day_cap": 90},
    ],
    "bands": [
        {"from": 100_000, "to": 500_000, "share": "50"},
        {"from": 500_000, "to": 1_000_000, "share": "60"},
        {"from": 1_000_000, "share": "70"},
    ],
    "band_mode": "marginal",
    "threshold_mode": "gate",
    "band_edge": "below",
    "threshold_edge": "reached",
    "aggregation": "per_admission",
    "cap_per_period": 5_000_000,
    "rounding": "fen_half_up",
    "cap_order": "reduce_first",
    "binding_date": "admitted",
    "period_date": "settled",
    "indemnity": True,
    "claim_notify_days": 90,
    "claim_limitation_years": 2,
    "publicity": False,
    "auto_claims": True,
    "auto_pay_max": 300_000,
}
PRESETS = {"bands": "hainan-p4", "fee_split": "hainan-p4", "claim_limitation_years": "cicma"}


def publish(world: World) -> None:
    """The values of the union that runs the periods, one change, and one that waits for a second person."""
    root, declared = world.by_code[world.root].id, parameters("mutual_aid")
    rows = []
    for n, (name, value) in enumerate(VALUES.items()):
        until = PUBLIC_SINCE if name == "publicity" else None
        row = _row(root, name, value, "演工发〔2023〕17号（演示）", n, FIRST, until)
        code = PRESETS.get(name)
        if code and (preset := declared[name].preset(code)):
            row.preset, row.evidence = code, preset.evidence.value
        rows.append(row)
    for n, (name, value) in enumerate({"publicity": True, "publicity_days": 3}.items()):
        rows.append(_row(root, name, value, "演工发〔2026〕9号（演示）", n, PUBLIC_SINCE))
    publish_history(rows)


def _row(
    unit: int, name: str, value: Any, document: str, n: int, since: dt.date, until: dt.date | None = None
) -> Provision:
    return Provision(
        programme="mutual_aid", name=name, unit_id=unit, value=value, since=since, until=until, document=document,
        clause=f"第{CLAUSES[n % 10]}条" if n < 10 else f"第{_number(n + 1)}条", evidence=EvidenceMark.NONE,
        published_at=timezone.make_aware(dt.datetime.combine(since - dt.timedelta(days=5), dt.time(9))),
    )  # fmt: skip


def _number(n: int) -> str:
    ten, one = divmod(n, 10)
    return ("" if ten == 1 else CLAUSES[ten - 1]) + "十" + (CLAUSES[one - 1] if one else "")


def fix(edition: Edition, on: dt.date) -> None:
    """What the edition has run under since its first day; the change of this year moved it from its day on."""
    pin(edition, on=on)
    if on >= PUBLIC_SINCE:
        return
    changed = {row.name: row for row in Provision.objects.filter(programme="mutual_aid", since=PUBLIC_SINCE)}
    for name, row in changed.items():
        EditionPin.objects.filter(edition=edition, name=name, until=None).update(until=PUBLIC_SINCE)
        EditionPin.objects.create(edition=edition, name=name, provision=row, since=PUBLIC_SINCE)
