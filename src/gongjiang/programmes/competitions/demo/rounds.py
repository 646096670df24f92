"""The demo's contests and their events: five that are settled and one that takes registrations. Invented."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.credentials.ladder import Grade
from gongjiang.kernel.lifecycle.models import Edition, EditionState, Window, WindowKind
from gongjiang.kernel.parameters.actions import pin
from gongjiang.kernel.world import Account, UnitRow, World
from gongjiang.programmes.competitions.models import HAND, TOP, Band, Contest, ContestEvent

ZONE = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
ORDINALS = "一二三四五六七八九十"
LISTED = """
    焊工 电工 装配钳工 车工 铣工 数控车工 数控铣工 加工中心操作工 机床装调维修工
    工具钳工 模具工 增材制造设备操作员 工业机器人系统操作员 工业机器人系统运维员
    无人机驾驶员 采煤工 综采维修电工 矿井通风工 瓦斯检查工 矿山救护工 矿井泵工
    矿山电工 煤质化验工 选煤工 化工总控工 化学检验员 炼铁工 炼钢工 轧钢工
    高炉值班工 起重装卸机械操作工 叉车司机 桥式起重机司机 汽车维修工
    新能源汽车维修工 公交驾驶员 网约配送员 快递员 快件处理员 通信网络管理员
    信息通信网络运行管理员 网络与信息安全管理员 计算机程序设计员 人工智能训练师
    数据标注员 砌筑工 钢筋工 混凝土工 架子工 测量放线工 管道工 供热管网运行工
    水生产处理工 污水处理工 中式烹调师 中式面点师 餐厅服务员 客房服务员 茶艺师
    养老护理员 育婴员 护理员 针灸推拿师 美发师 讲解员
"""
TRADES = tuple(LISTED.split())
#: Events of each contest that is settled: with the one of this year that is awarded 167, over 65 trades (published
#: figures). A county's own is smaller.
RUNS = {"city": (33, 33, 33, 34, 33), "county": (12, 12, 12)}
#: Events of this year's contest.
THIS_YEAR = 10
TASK = "按图样在规定时间内完成工件，工具和材料由赛场提供。（演示文字）"


@dataclass(eq=False)
class Run:
    """One event of one contest: who runs it, and its days."""

    edition: Edition
    event: ContestEvent
    trade: str
    unit: UnitRow
    officer: Account
    year: int
    day: datetime  # the final
    bands: Sequence[Band] = field(repr=False)


@dataclass(eq=False)
class Round:
    """One contest with its events."""

    edition: Edition
    year: int
    runs: list[Run]


def make_rounds(world: World) -> tuple[list[Round], Round]:
    """Those that are settled, the oldest first, and this year's."""
    counts, offset, found = RUNS[world.size], 0, []
    for n, count in enumerate(counts):
        year = world.today.year - len(counts) + n
        trades = [TRADES[(offset + k) % len(TRADES)] for k in range(count)]
        found.append(_round(world, n, year, trades, settled=True))
        offset += count
    now = _round(world, len(counts), world.today.year, list(TRADES[:THIS_YEAR]), settled=False)
    return found, now


def _round(world: World, n: int, year: int, trades: Sequence[str], *, settled: bool) -> Round:
    unit = world.by_code[world.root]
    officer, approver = world.officers[unit.id, Role.OFFICER], world.officers[unit.id, Role.APPROVER]
    place = unit.name.removesuffix("总工会")
    name = f"第{ORDINALS[n]}届{place}职业技能大赛（演示）"
    state = EditionState.SETTLED if settled else EditionState.PUBLISHED
    start = datetime(year, 3, 1, 9, tzinfo=ZONE) if settled else (world.now - 60 * DAY).replace(hour=9)
    made = {"programme": "competitions", "unit_id": unit.id, "state": state, "published_at": start - 7 * DAY,
            "created_by_id": officer.user, "approved_by_id": approver.user}  # fmt: skip
    contest = Edition.objects.create(name=name, name_en=f"Skills contest no. {n + 1} (demo)", **made)
    Contest.objects.create(
        edition=contest, klass="city_1" if world.size == "city" else "county", ordinal=n + 1,
        filing=f"演竞备〔{year}〕{n + 1}号",
    )  # fmt: skip
    bands = Band.objects.bulk_create(_bands(contest))
    editions = Edition.objects.bulk_create(
        Edition(parent=contest, name=f"{name} {trade}", **made) for trade in trades
    )
    windows = [Window(edition=contest, kind=WindowKind.APPLY, since=start, until=start + 75 * DAY)]
    runs, events = [], []
    for k, (edition, trade) in enumerate(zip(editions, trades, strict=True)):
        since, until, day = start, start + 60 * DAY, datetime(year, 9, 12, 8, tzinfo=ZONE) + (k % 5) * DAY
        if not settled:
            until, day = _this_year(world, k)
        windows += _windows(edition, since, until, day)
        event = ContestEvent(
            edition=edition, occupation=f"演-{TRADES.index(trade) + 1:02d}", trade=trade,
            level=Grade.TECHNICIAN if k % 3 else Grade.SENIOR_TECHNICIAN, theory_share=30, pass_mark=60, task=TASK,
        )  # fmt: skip
        events.append(event)
        runs.append(Run(edition, event, trade, unit, officer, year, day, bands))
    ContestEvent.objects.bulk_create(events)
    Window.objects.bulk_create(windows)
    if not settled:
        for edition in (contest, *editions):
            pin(edition, on=start.date())
    return Round(contest, year, runs)


def _this_year(world: World, k: int) -> tuple[datetime, datetime]:
    """When the registration of an event ends, and the day of its final: the last four are further on."""
    now = world.now.astimezone(ZONE).replace(hour=8, minute=0, second=0, microsecond=0)
    ahead = {6: (-3, 12), 7: (-9, -1), 8: (-20, -4), 9: (-40, -25)}.get(k, (20, 45))
    return now + ahead[0] * DAY, now + ahead[1] * DAY


def _windows(edition: Edition, since: datetime, until: datetime, day: datetime) -> Iterator[Window]:
    end = day.replace(hour=18)
    yield Window(edition=edition, kind=WindowKind.APPLY, since=since, until=until)
    yield Window(edition=edition, kind=WindowKind.REVIEW, since=day, until=end)
    yield Window(edition=edition, kind=WindowKind.APPEAL, since=end, until=end + timedelta(hours=2))


def _bands(contest: Edition) -> list[Band]:
    """The preset of Changzhi's sixth contest."""
    rows = (
        ("prize", "一等奖", "First prize", "", 1, 2, None), ("prize", "二等奖", "Second prize", "", 3, 6, None),
        ("prize", "三等奖", "Third prize", "", 7, 12, None), ("prize", "优胜奖", "Merit", "", 13, None, 50),
        ("title", "太行技术状元", "Top technician", TOP, 1, 1, None),
        ("title", "太行技术能手", "Skilled hand", HAND, 2, 12, None),
    )  # fmt: skip
    return [
        Band(
            edition=contest, won=won, position=n, name=name, name_en=english, code=code, first=first, last=last,
            share=share,
        )
        for n, (won, name, english, code, first, last, share) in enumerate(rows, start=1)
    ]  # fmt: skip
