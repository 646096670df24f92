"""Rules about people that the demo's city is supposed to have published.

Nothing here is anybody's real decision: each row's document says that it is a demonstration.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.parameters.actions import publish_history
from gongjiang.kernel.parameters.models import EvidenceMark, Provision
from gongjiang.kernel.people.models import ConsentText, Flag, Source
from gongjiang.kernel.world import World

DOCUMENT = "演示：并非任何机关的规定"
SINCE = date(2015, 1, 1)

#: Divisions of GB/T 4754 that the demo takes for producer services.
PRODUCER_SERVICES = "G54 G59 I65 L72 M73 M74 M75"

_RULES = {
    Flag.INDUSTRIAL_WORKER: {"rule": "shaanxi-2025", "industries": PRODUCER_SERVICES},
    Flag.FRONTLINE: "production-posts",
    Flag.MIGRANT_WORKER: "nbs-migrant",
    Flag.NEW_FORM_WORKER: "platform-work",
    Flag.NON_PUBLIC: "not-public",
    Flag.FEMALE: "woman",
    Flag.ETHNIC_MINORITY: "not-han",
    "likeness": {
        "review_from": 60, "weigh_identity": 100, "weigh_name": 30, "weigh_birth": 30, "weigh_phone": 35,
        "weigh_employer": 10, "auto_merge": False, "always_two": False,
    },
    "sources": {
        Source.REGISTRY: 1, Source.INSURANCE: 2, Source.SELF: 3, Source.ENTERPRISE: 4, Source.UNION: 5,
    },
}  # fmt: skip
_CONSENTS = (
    (
        "publish_name", "在公示和报道中写明我的姓名", "Name me in notices and reports",
        "我同意工会在公示、公告和宣传报道中写明我的姓名、单位和获奖情况。不写身份证号、手机号和住址。",
        "I agree that the union names me, my workplace and my award in notices and reports.", "公众",
    ),
    (
        "share_with_employer", "把我的培训和等级证书告诉用人单位", "Tell my employer of my certificates",
        "我同意工会把我取得的培训结业、技能等级证书告诉我现在的用人单位，用于落实待遇。",
        "I agree that the union tells my present employer of my certificates.", "现在的用人单位",
    ),
    (
        "contact_by_phone", "用手机号通知我", "Reach me by phone",
        "我同意工会通过短信或电话把与我有关的办理进度、活动和补助通知我。",
        "I agree to be told by text message or phone of what concerns me.", "本级工会",
    ),
)  # fmt: skip


def load(world: World) -> dict[str, int]:
    """Write rules and texts; returns how many. What follows from them is the worker's first task."""
    city = Unit.objects.get(code=world.root)
    published = publish_history(
        Provision(
            programme="people", name=str(name), unit=city, value=value, since=SINCE, document=DOCUMENT,
            clause=f"第{place}条", evidence=EvidenceMark.NONE,
            published_at=timezone.make_aware(datetime.combine(SINCE, time(9))) - timedelta(days=5),
        )
        for place, (name, value) in enumerate(_RULES.items(), start=1)
    )  # fmt: skip
    ConsentText.objects.bulk_create(
        ConsentText(
            purpose=purpose, version=1, title=title, title_en=title_en, text=text, text_en=text_en, scope=scope,
            since=SINCE, document=DOCUMENT,
        )
        for purpose, title, title_en, text, text_en, scope in _CONSENTS
    )  # fmt: skip
    return {"rules": len(published), "texts": len(_CONSENTS)}
