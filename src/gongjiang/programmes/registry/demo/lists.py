"""A list of enterprises that a county has taken in, and what of it waits to be verified. Invented. DEMO"""

from datetime import timedelta
from typing import Any

from stdnum.cn import uscc

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.exchange.models import BatchState, ImportBatch
from gongjiang.kernel.orgs.models import LegalEntity, Ownership, SizeClass
from gongjiang.kernel.world import UnitRow, World

from ..enterprises import ENTERPRISES
from ..models import Candidate, Settled, Why

#: What a county has stated: why it waits, the name, what stands for the code, and what became of it.
STATED = (
    (Why.OLD_NUMBER, "演示建材经营部", "{region}100000901", Settled.OPEN),
    (Why.WRONG_CODE, "演示机械加工厂", "{misread}", Settled.OPEN),
    (Why.NO_CODE, "演示农机修理部", "", Settled.OPEN),
    (Why.INDUSTRY, "演示货运服务公司", "{right}", Settled.OPEN),
    (Why.WRONG_CODE, "{known}（分厂）", "91{region}MA00", Settled.SAME),
    (Why.NO_CODE, "演示集贸市场三号摊位", "", Settled.REJECTED),
)


def load(world: World) -> dict[str, int]:
    """One list for each county with a one-click officer."""
    counties = [
        account.unit
        for account in world.accounts.values()
        if account.role == Role.OFFICER and world.by_id[account.unit].level == "county"
    ]
    return {"candidates": sum(_list(world, world.by_id[key]) for key in counties)}


def _list(world: World, county: UnitRow) -> int:
    officer = world.officers[county.id, Role.OFFICER].user
    at = world.now - timedelta(days=6)
    known = LegalEntity.objects.filter(path__within=county.path).order_by("pk").first()
    if known is None:
        return 0
    batch = ImportBatch.objects.create(
        kind=ENTERPRISES.name, unit_id=county.id, uploaded_by_id=officer, language="zh-hans",
        file_name="市场监管局企业名单（演示）.xlsx", digest=bytes(32), state=BatchState.APPLIED, total=len(STATED),
        done=len(STATED), new=len(STATED), checked_at=at, confirmed_at=at, finished_at=at,
    )  # fmt: skip
    body = f"91{county.region}MA0{county.id % 10000:04d}SX"
    right = _code(f"91{county.region}MA{county.id % 1000000:06d}X")
    words = {
        "region": county.region, "right": right, "misread": _code(body.replace("S", "5")).replace("5X", "SX", 1),
        "known": known.name,
    }  # fmt: skip
    rows: list[Candidate] = []
    for why, name, written, state in STATED:
        settled: dict[str, Any] = {}
        if state != Settled.OPEN:
            settled = {"settled_by_id": officer, "settled_at": world.now - timedelta(days=2)}
            settled["note"] = "市场摊位，不是企业。（演示）" if state == Settled.REJECTED else ""
            settled["entity"] = known if state == Settled.SAME else None
        rows.append(
            Candidate(
                unit_id=county.id, batch=batch, why=why, name=name.format(**words), written=written.format(**words),
                ownership=Ownership.PRIVATE, size_class=SizeClass.MICRO, region=county.region,
                industry="" if why == Why.INDUSTRY else "C34", code_2011="G58" if why == Why.INDUSTRY else "",
                legal_form="112", declared_workers=12, opened_on=world.today - timedelta(days=2000), state=state,
                **settled,
            )
        )  # fmt: skip
    return len(Candidate.objects.bulk_create(rows))


def _code(body: str) -> str:
    return body + str(uscc.calc_check_digit(body))
