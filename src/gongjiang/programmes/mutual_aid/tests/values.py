"""Values of a period for tests, invented: everything that it cannot be published without."""

from typing import Any

from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.read import Value
from gongjiang.programmes.mutual_aid.rules import Terms, terms_of

BANDS = [
    {"from": 100_000, "to": 500_000, "share": "50"},
    {"from": 500_000, "to": 1_000_000, "share": "60"},
    {"from": 1_000_000, "share": "70"},
]
VALUES: dict[str, Any] = {
    "term_months": 12,
    "fee_per_share": 10_000,
    "fee_split": [{"payer": "employer", "amount": 6_000}, {"payer": "member", "amount": 4_000}],
    "min_months_in_unit": 3,
    "waiting": [],
    "renewal_gap_days": 30,
    "plans": [
        {"plan": "inpatient", "shape": "banded_self_pay"},
        {"plan": "special_outpatient", "shape": "banded_self_pay", "share": "20", "threshold": 100_000},
        {"plan": "allowance", "shape": "per_diem", "day_amount": 5_000, "from_day": 4, "day_cap": 90},
        {"plan": "critical", "shape": "lump_sum", "lump": 1_000_000, "times": 1},
        {"plan": "accident", "shape": "pct_total_cost", "share": "10"},
        {"plan": "death", "shape": "lump_sum", "lump": 1_000_000, "most_claims": 3},
    ],
    "bands": BANDS,
    "band_mode": "marginal",
    "threshold_mode": "gate",
    "band_edge": "below",
    "threshold_edge": "reached",
    "aggregation": "per_admission",
    "cap_per_period": 5_000_000,
    "rounding": "fen_half_up",
    "cap_order": "reduce_first",
    "binding_date": "admitted",
    "period_date": "admitted",
    "indemnity": True,
    "claim_notify_days": 60,
    "claim_limitation_years": 2,
    "publicity": False,
    "auto_claims": True,
    "auto_pay_max": 300_000,
}


def found(**changed: Any) -> dict[str, Value]:
    """Values as `parameters.read.values` gives them."""
    given = {**VALUES, **changed}
    declared = parameters("mutual_aid")
    return {
        name: Value(p, p.default if name not in given else p.kind.read(given[name]))
        for name, p in declared.items()
    }


def terms(**changed: Any) -> Terms:
    return terms_of(found(**changed))
