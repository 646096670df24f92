"""The two populated territories: real counties, and how many invented workers and enterprises each gets."""

from dataclasses import dataclass

PROVINCE = "140000"

ENGLISH = {
    "140000": "Shanxi Province",
    "140100": "Taiyuan City",
    "140200": "Datong City",
    "140300": "Yangquan City",
    "140400": "Changzhi City",
    "140500": "Jincheng City",
    "140600": "Shuozhou City",
    "140700": "Jinzhong City",
    "140800": "Yuncheng City",
    "140900": "Xinzhou City",
    "141000": "Linfen City",
    "141100": "Lüliang City",
    "140403": "Luzhou District",
    "140404": "Shangdang District",
    "140405": "Tunliu District",
    "140406": "Lucheng District",
    "140423": "Xiangyuan County",
    "140425": "Pingshun County",
    "140426": "Licheng County",
    "140427": "Huguan County",
    "140428": "Zhangzi County",
    "140429": "Wuxiang County",
    "140430": "Qin County",
    "140431": "Qinyuan County",
    "141102": "Lishi District",
    "141121": "Wenshui County",
    "141122": "Jiaocheng County",
    "141123": "Xing County",
    "141124": "Lin County",
    "141125": "Liulin County",
    "141126": "Shilou County",
    "141127": "Lan County",
    "141128": "Fangshan County",
    "141129": "Zhongyang County",
    "141130": "Jiaokou County",
    "141181": "Xiaoyi City",
    "141182": "Fenyang City",
}


@dataclass(frozen=True)
class Share:
    """What one county is given: (workers, enterprises). Invented, in believable proportion."""

    workers: int
    enterprises: int


@dataclass(frozen=True)
class Place:
    """A populated territory: the city whose tree is built, its filled counties, and its demo accounts.

    accounts  (username, role, region code); a worker, a judge, a unit_officer, a finance_maker and a team_leader
            are of the largest coal mine there, a finance_maker@union of the union of the territory
    """

    root: str
    city: str
    shares: dict[str, Share]
    accounts: tuple[tuple[str, str, str], ...]


CITY = Place(
    root="140400",
    city="140400",
    shares={
        "140403": Share(52_000, 820),
        "140404": Share(20_000, 300),
        "140405": Share(15_000, 230),
        "140406": Share(19_000, 270),
        "140423": Share(26_000, 330),
        "140425": Share(7_000, 130),
        "140426": Share(7_500, 130),
        "140427": Share(11_000, 180),
        "140428": Share(13_500, 200),
        "140429": Share(9_000, 140),
        "140430": Share(5_500, 110),
        "140431": Share(14_500, 160),
    },
    accounts=(
        ("xiangyuan-worker", "worker", "140423"),
        ("xiangyuan-teamleader", "team_leader", "140423"),
        ("xiangyuan-enterprise", "unit_officer", "140423"),
        ("xiangyuan-finance", "finance_maker", "140423"),
        ("xiangyuan-officer", "officer", "140423"),
        ("wuxiang-officer", "officer", "140429"),
        ("wuxiang-enterprise", "unit_officer", "140429"),
        ("changzhi-officer", "officer", "140400"),
        ("changzhi-judge", "panelist", "140403"),
        ("changzhi-approver", "approver", "140400"),
        ("changzhi-leader", "leader", "140400"),
        ("changzhi-auditor", "auditor", "140400"),
        ("changzhi-cashier", "finance_maker@union", "140400"),
        ("changzhi-checker", "finance_checker", "140400"),
        ("changzhi-steward", "data_steward", "140400"),
        ("changzhi-admin", "system_admin", "140400"),
        ("shanxi-officer", "officer", "140000"),
    ),
)

COUNTY = Place(
    root="141129",
    city="141100",
    shares={"141129": Share(30_000, 300)},
    accounts=(
        ("zhongyang-worker", "worker", "141129"),
        ("zhongyang-teamleader", "team_leader", "141129"),
        ("zhongyang-enterprise", "unit_officer", "141129"),
        ("zhongyang-finance", "finance_maker", "141129"),
        ("zhongyang-officer", "officer", "141129"),
        ("zhongyang-leader", "leader", "141129"),
        ("liulin-officer", "officer", "141125"),
        ("luliang-officer", "officer", "141100"),
        ("zhongyang-judge", "panelist", "141129"),
        ("luliang-approver", "approver", "141100"),
        ("luliang-leader", "leader", "141100"),
        ("luliang-auditor", "auditor", "141100"),
        ("zhongyang-cashier", "finance_maker@union", "141129"),
        ("zhongyang-checker", "finance_checker", "141129"),
        ("luliang-admin", "system_admin", "141100"),
        ("shanxi-officer", "officer", "140000"),
    ),
)

PLACES = {"city": CITY, "county": COUNTY}
