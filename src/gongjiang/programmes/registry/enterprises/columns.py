"""The columns of a list of enterprises, and what may stand in them."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.kinds import Column
from gongjiang.kernel.orgs.models import LegalForm, Ownership, SizeClass
from gongjiang.kernel.people.identity import normal

OWNERSHIPS = {
    "国有": Ownership.STATE, "集体": Ownership.COLLECTIVE, "民营": Ownership.PRIVATE, "外资": Ownership.FOREIGN,
    "港澳台": Ownership.HMT, "机关事业": Ownership.PUBLIC, "社会组织": Ownership.SOCIAL,
    "个体": Ownership.SELF_EMPLOYED, "国有企业": Ownership.STATE, "国有控股": Ownership.STATE,
    "集体企业": Ownership.COLLECTIVE, "私营": Ownership.PRIVATE, "私营企业": Ownership.PRIVATE,
    "民营企业": Ownership.PRIVATE, "外商投资": Ownership.FOREIGN, "外商投资企业": Ownership.FOREIGN,
    "港澳台投资": Ownership.HMT, "港澳台商投资企业": Ownership.HMT, "事业单位": Ownership.PUBLIC,
    "机关": Ownership.PUBLIC, "个体工商户": Ownership.SELF_EMPLOYED, "个体户": Ownership.SELF_EMPLOYED,
    **{label: Ownership(code) for code, label in (
        ("state", "state-owned"), ("collective", "collective"), ("private", "private"),
        ("foreign", "foreign-invested"), ("public", "public institution"), ("social", "social organisation"),
        ("self_employed", "self-employed"), ("hmt", "Hong Kong, Macao and Taiwan invested"),
    )},
}  # fmt: skip
SIZES = {
    "大型": SizeClass.LARGE, "中型": SizeClass.MEDIUM, "小型": SizeClass.SMALL, "微型": SizeClass.MICRO,
    "大": SizeClass.LARGE, "中": SizeClass.MEDIUM, "小": SizeClass.SMALL, "微": SizeClass.MICRO,
    "大型企业": SizeClass.LARGE, "中型企业": SizeClass.MEDIUM, "小型企业": SizeClass.SMALL,
    "微型企业": SizeClass.MICRO, "large": SizeClass.LARGE, "medium": SizeClass.MEDIUM, "small": SizeClass.SMALL,
    "micro": SizeClass.MICRO,
}  # fmt: skip

#: 市场主体统计分类 (国统字〔2023〕14号), as the regulation words it; a list may also write the code.
LEGAL_FORMS = {
    "有限责任公司": LegalForm.LIMITED, "国有独资公司": LegalForm.STATE_SOLE,
    "私营有限责任公司": LegalForm.PRIVATE_LIMITED, "其他有限责任公司": LegalForm.OTHER_LIMITED,
    "股份有限公司": LegalForm.SHARES, "私营股份有限公司": LegalForm.PRIVATE_SHARES,
    "其他股份有限公司": LegalForm.OTHER_SHARES, "非公司企业法人": LegalForm.NOT_COMPANY,
    "全民所有制企业（国有企业）": LegalForm.WHOLE_PEOPLE, "集体所有制企业（集体企业）": LegalForm.COLLECTIVE,
    "股份合作企业": LegalForm.SHARE_COOPERATIVE, "联营企业": LegalForm.JOINT, "个人独资企业": LegalForm.SOLE,
    "合伙企业": LegalForm.PARTNERSHIP, "其他内资企业": LegalForm.OTHER_DOMESTIC,
    "港澳台投资有限责任公司": LegalForm.HMT_LIMITED, "港澳台投资股份有限公司": LegalForm.HMT_SHARES,
    "港澳台投资合伙企业": LegalForm.HMT_PARTNERSHIP, "其他港澳台投资企业": LegalForm.HMT_OTHER,
    "外商投资有限责任公司": LegalForm.FOREIGN_LIMITED, "外商投资股份有限公司": LegalForm.FOREIGN_SHARES,
    "外商投资合伙企业": LegalForm.FOREIGN_PARTNERSHIP, "其他外商投资企业": LegalForm.FOREIGN_OTHER,
    "农民专业合作社（联合社）": LegalForm.FARMERS, "个体工商户": LegalForm.INDIVIDUAL,
    "其他市场主体": LegalForm.OTHER,
}  # fmt: skip
#: What else is written for some of them.
_ALSO = {
    "全民所有制企业": LegalForm.WHOLE_PEOPLE, "国有企业": LegalForm.WHOLE_PEOPLE,
    "集体所有制企业": LegalForm.COLLECTIVE, "集体企业": LegalForm.COLLECTIVE,
    "农民专业合作社": LegalForm.FARMERS, "农民专业合作社联合社": LegalForm.FARMERS,
}  # fmt: skip


@cache
def _forms() -> Callable[[cells.Cell], LegalForm]:
    with translation.override("en"):
        english = {str(code.label): code for code in LegalForm}
    codes = {str(code.value): code for code in LegalForm}
    both = {f"{code.value}{word}": code for word, code in LEGAL_FORMS.items()}
    return cells.one_of({**LEGAL_FORMS, **_ALSO, **codes, **both, **english})


def _legal_form(cell: cells.Cell) -> LegalForm:
    return _forms()(cell)


def _code(cell: cells.Cell) -> str:
    """What stands in the place of the credit code, in normal form; whether it can be right is judged later."""
    written = normal(cells.text(cell))
    if len(written) > 40:
        raise cells.BadCell(_("this is no credit code; it has 18 characters"))
    return written


def _industry(cell: cells.Cell) -> str:
    """A code of GB/T 4754 as written, with or without the letter of its section."""
    written = normal(cells.text(cell))
    if len(written) > 5 or not written.isascii() or not written.lstrip("ABCDEFGHIJKLMNOPQRST").isdigit():
        raise cells.BadCell(
            _("“%(value)s” is no industry code; write it as C31 or 3110") % {"value": written[:20]}
        )
    return written


def _workers(cell: cells.Cell) -> int:
    written = unicodedata.normalize("NFKC", cells.text(cell)).replace(",", "").removesuffix("人")
    if not written.isascii() or not written.isdigit() or int(written) > 10_000_000:
        raise cells.BadCell(_("“%(value)s” is no number of workers") % {"value": written[:20]})
    return int(written)


def _chains(cell: cells.Cell) -> list[str]:
    """Each chain once, in the order written."""
    parts = (" ".join(part.split()) for part in re.split("[、,，;；/]", cells.text(cell)))
    found = list(dict.fromkeys(part for part in parts if part))
    if any(len(part) > 60 for part in found):
        raise cells.BadCell(_("a chain's name has at most 60 characters"))
    return found


COLUMNS = (
    Column(
        "name", c("enterprise", "Name"), cells.short(100),
        ("企业名称", "单位名称", "名称", "企业", "公司名称", "company"), required=True,
        examples=("演示甲厂", "演示乙公司"),
    ),
    Column(
        "uscc", gettext_lazy("Unified social credit code"), _code,
        ("统一社会信用代码", "信用代码", "社会信用代码", "企业代码", "注册号", "USCC"), examples=("", ""),
        hint=gettext_lazy("18 characters; what has none, or a wrong one, waits to be verified"),
    ),
    Column(
        "ownership", c("enterprise", "Ownership"), cells.one_of(OWNERSHIPS),
        ("所有制", "经济类型", "单位性质"), required=True, examples=("民营", "国有"),
    ),
    Column(
        "legal_form", c("enterprise", "Legal form"), _legal_form,
        ("登记注册类型", "企业类型", "登记注册统计类别", "市场主体类型", "组织形式"),
        examples=("私营有限责任公司", "国有独资公司"),
        hint=gettext_lazy("the kind of market entity it is registered as, in words or by its code of three digits"),
    ),
    Column(
        "size_class", c("enterprise", "Size"), cells.one_of(SIZES), ("规模", "企业规模", "规模类型"),
        required=True, examples=("小型", "中型"),
    ),
    Column(
        "industry", c("enterprise", "Industry"), _industry, ("行业代码", "行业", "国民经济行业代码", "industry code"),
        examples=("C31", "B06"), hint=gettext_lazy("by GB/T 4754-2017"),
    ),
    Column(
        "code_2011", gettext_lazy("Industry by the list of 2011"), _industry,
        ("2011版行业代码", "行业代码2011", "GB/T4754-2011"),
        hint=gettext_lazy("only where the file still has the old codes; they are translated"),
    ),
    Column(
        "chains", c("enterprise", "Industrial chains"), _chains, ("产业链", "所属产业链", "所在产业链", "重点产业链"),
        hint=gettext_lazy("as the published list of chains names them; several with 、 between them"),
    ),
    Column(
        "region", gettext_lazy("Township or area"), cells.short(60),
        ("所在乡镇", "所属乡镇", "乡镇街道", "所在区域", "行政区划", "区划代码", "所在地", "township"),
        hint=gettext_lazy("its name or code; left out, it is the area of the union that the list is for"),
    ),
    Column(
        "park", c("enterprise", "Park"), cells.short(60), ("园区", "所属园区", "所在园区", "开发区", "产业园区"),
        hint=gettext_lazy("as the published list of parks names it"),
    ),
    Column(
        "declared_workers", gettext_lazy("Workers declared"), _workers,
        ("职工人数", "从业人数", "职工数", "人数", "workers"), examples=("86", "1,200"),
    ),
    Column(
        "declared_on", gettext_lazy("Workers declared as of"), cells.day,
        ("职工人数统计日期", "人数截止日期", "统计日期", "截止日期", "填报日期", "as of"),
        examples=("2025-12-31", "2025-12-31"),
        hint=gettext_lazy("the day of which the number is true"),
    ),
    Column(
        "opened_on", c("enterprise", "Opened"), cells.day, ("成立日期", "注册日期", "开业日期", "founded"),
        examples=("2019-03-01", "2005-07-15"),
    ),
)  # fmt: skip
