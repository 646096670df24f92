"""企业名单: one row for each enterprise of an area, by its unified social credit code.

What has a right code of its own is taken in. What has none, or one that cannot be right, waits as a candidate (待核):
nobody's list makes an enterprise of a misread licence.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.bulk import array
from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.exchange import cells
from gongjiang.kernel.exchange.kinds import Column, ImportKind, Row, Verdict
from gongjiang.kernel.exchange.models import ImportBatch, LineStatus
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Level, Ownership, SizeClass, Unit, UnitKind
from gongjiang.kernel.people.identity import BadIdentifier, credit_code, normal

from .actions.enterprises import Change, Doubtful, Statement, register
from .models import Candidate, Why
from .permissions import CANDIDATES, REGISTRARS

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
        ("所有制", "经济类型", "企业类型", "登记注册类型", "单位性质"), required=True, examples=("民营", "国有"),
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
        "region", gettext_lazy("Township or area"), cells.short(60),
        ("所在乡镇", "所属乡镇", "乡镇街道", "所在区域", "行政区划", "区划代码", "所在地", "township"),
        hint=gettext_lazy("its name or code; left out, it is the area of the union that the list is for"),
    ),
    Column(
        "declared_workers", gettext_lazy("Workers declared"), _workers,
        ("职工人数", "从业人数", "职工数", "人数", "workers"), examples=("86", "1,200"),
    ),
    Column(
        "opened_on", c("enterprise", "Opened"), cells.day, ("成立日期", "注册日期", "开业日期", "founded"),
        examples=("2019-03-01", "2005-07-15"),
    ),
)  # fmt: skip

#: What a list may change of an enterprise on the register; the name and its like keep their former face.
FACES = ("name", "ownership", "size_class", "industry", "region")


@dataclass(frozen=True)
class _Known:
    """What a set of rows refers to: a fixed number of queries whatever the number of rows.

    steps   code of a division by the list of 2011 → what it has become
    waiting (name, what stands for the code) → the newest candidate of them below the batch's unit
    held_since  key of an entity → since when it is what it is now
    """

    entities: Mapping[str, LegalEntity]
    held_since: Mapping[int, date]
    without_code: Mapping[str, LegalEntity]
    elsewhere: frozenset[str]
    names: frozenset[str]
    divisions: dict[str, str]
    steps: dict[str, list[str]]
    places: "_Places"
    waiting: dict[tuple[str, str], Candidate]
    today: date


class _Places:
    """Regions at and below a unit's, by name and by code, and the union that answers for each."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        regions = Code.objects.filter(
            list__code="region", until=None, level__in=("city", "county", "township")
        )
        self._codes = {
            _short(code): name
            for code, name in regions.filter(
                code__startswith=unit.region[:6].rstrip("0") or unit.region
            ).values_list("code", "name")
        }
        self._named: dict[str, list[str]] = {}
        for code, name in self._codes.items():
            self._named.setdefault(name, []).append(code)
        unions = Unit.objects.filter(path__within=unit.path, kind=UnitKind.UNION, closed_on=None).exclude(
            level=Level.ENTERPRISE
        )
        self._unions = dict(unions.order_by("-path").values_list("region", "pk"))

    def region(self, written: str) -> str:
        """The code of a region that is written as its code or its name. Raises ValueError with what to do instead."""
        if not written:
            return self.unit.region
        digits = normal(written)
        if digits.isdigit():
            found = [code for code in {_short(digits), digits} if code in self._codes or code in self._unions]
        else:
            found = [code for name, codes in self._named.items() if name == written for code in codes]
        if len(found) > 1:
            raise ValueError(_("several places are called “%(name)s”; write the code") % {"name": written})
        if not found:
            raise ValueError(
                _("“%(name)s” is not in the area of %(unit)s") % {"name": written[:30], "unit": self.unit}
            )
        return found[0]

    def union(self, region: str) -> int:
        """The union of the region, or the nearest above it that the list's own union holds."""
        for length in (9, 6, 4):
            if region[:length] in self._unions:
                return self._unions[region[:length]]
        return self.unit.pk


def _short(code: str) -> str:
    """Without the zeros that the statistical form adds: two, four, six or nine digits.

    >>> _short("140423100000"), _short("140423"), _short("140400")
    ('140423100', '140423', '140400')
    """
    return code[:9] if len(code) == 12 and code.endswith("000") else code


def judge(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> list[Verdict]:
    """What each sound row means for the register. Reads only."""
    known = _look_up(rows, batch, actor)
    return [_verdict(row, known) for row in rows]


def _look_up(rows: Sequence[Row], batch: ImportBatch, actor: Actor) -> _Known:
    codes = {row.values["uscc"] for row in rows if "uscc" in row.values}
    names = {row.values["name"] for row in rows}
    reach = CANDIDATES.filter(LegalEntity.objects.all(), actor)
    entities = {str(e.uscc): e for e in reach.filter(uscc__in=codes)}
    without_code = {e.name: e for e in reach.filter(uscc=None, name__in=names)}
    found = LegalEntity.objects.filter(pk__in=[e.pk for e in (*entities.values(), *without_code.values())])
    held = found.values_list("pk", Coalesce(Max("faces__until"), "opened_on"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_codes_held(%s::text[])", [array(sorted(codes - set(entities)))])
        elsewhere = frozenset(code for (code,) in cursor.fetchall())
    industries = Code.objects.filter(list__code="industry", level="division")
    steps: dict[str, list[str]] = {}
    for old, new in (
        industries.filter(list__version="2011")
        .order_by("code", "successors__new__code")
        .values_list("code", "successors__new__code")
    ):
        steps.setdefault(old, []).append(new)
    below = Candidate.objects.filter(path__within=batch.path, name__in=names).order_by("pk")
    return _Known(
        entities,
        dict(held),
        without_code,
        elsewhere,
        frozenset(reach.filter(name__in=names).values_list("name", flat=True)),
        {code[1:]: code for code in industries.filter(until=None).values_list("code", flat=True)},
        steps,
        _Places(batch.unit),
        {(each.name, each.written): each for each in below},
        timezone.localdate(),
    )


def _verdict(row: Row, known: _Known) -> Verdict:
    values = row.values
    problems = []
    try:
        region = known.places.region(values.get("region", ""))
    except ValueError as wrong:
        problems.append(str(wrong))
        region = ""
    industry, options = values.get("industry", ""), list[str]()
    if industry and not _is_listed(industry, known.divisions):
        problems.append(_("the industry code “%(code)s” is not in the list of 2017") % {"code": industry})
    old = values.get("code_2011", "") if not industry else ""
    if old:
        options = _today(old, known)
        if not options:
            problems.append(_("the industry code “%(code)s” is not in the list of 2011") % {"code": old})
        industry = options[0] if len(options) == 1 else ""
    industry = _filed(industry, known.divisions)
    opened = values.get("opened_on", known.today)
    if opened > known.today:
        problems.append(_("the day of opening, %(day)s, lies in the future") % {"day": opened.isoformat()})
    if problems:
        return Verdict(LineStatus.ERROR, tuple(problems))
    written = values.get("uscc", "")
    stated = Statement(
        values["name"], written, values["ownership"], values["size_class"], industry,
        old if len(options) > 1 else "", region, known.places.union(region), values.get("declared_workers"), opened,
    )  # fmt: skip
    entity = known.entities.get(written) if written else known.without_code.get(stated.name)
    if entity is not None:
        return _amended(entity, stated, "region" in values, known)
    why = doubt(written, written in known.elsewhere, bool(stated.code_2011))
    if why is not None:
        return _waits(stated, why, known)
    notes = [_("on the register from now on")]
    if stated.name in known.names:
        notes.append(_("another enterprise of this name has another code; both are kept"))
    return Verdict(LineStatus.NEW, tuple(notes), stated)


def doubt(written: str, is_elsewhere: bool = False, is_divided: bool = False) -> Why | None:
    """Why an enterprise with this code, and perhaps an old industry code that was divided, must be verified first."""
    if not written:
        return Why.NO_CODE
    if len(written) == 15 and written.isdigit():
        return Why.OLD_NUMBER
    try:
        credit_code(written)
    except BadIdentifier:
        return Why.WRONG_CODE
    if is_elsewhere:
        return Why.ELSEWHERE
    return Why.INDUSTRY if is_divided else None


#: Letters that a credit code never has, as what they are most often misread from.
_MISREAD = str.maketrans("IOSZ", "1052")


def meant(written: str) -> str:
    """What may have been meant: the code with misread letters put right where its check character then fits.

    Only ever offered to who compares it with the licence; empty where nothing fits.
    """
    code = written.translate(_MISREAD)
    try:
        return credit_code(code) if code != written else ""
    except BadIdentifier:
        return ""


def _today(old: str, known: _Known) -> list[str]:
    """What a code of 2011 has become: the same class of its division's successor where only the division moved."""
    letter, digits = (old[0], old[1:]) if old[0].isalpha() else ("", old)
    found = [
        new for code, became in known.steps.items() if code[1:] == digits[:2] and letter in ("", code[0])
        for new in became
    ]  # fmt: skip
    if len(found) == 1 and found[0][1:] == digits[:2]:
        return [old]
    return found


def _is_listed(industry: str, divisions: dict[str, str]) -> bool:
    letter, digits = (industry[0], industry[1:]) if industry[0].isalpha() else ("", industry)
    found = divisions.get(digits[:2])
    return found is not None and letter in ("", found[0])


def _filed(industry: str, divisions: dict[str, str]) -> str:
    """As the register keeps it: a division with its letter (C31), a class without (3110)."""
    digits = industry.lstrip("ABCDEFGHIJKLMNOPQRST")
    return divisions.get(digits, industry) if len(digits) == 2 else digits


def _waits(stated: Statement, why: Why, known: _Known) -> Verdict:
    """A candidate, unless the same was stated before: an open one goes on waiting, a decision on it is remembered."""
    before = known.waiting.get((stated.name, stated.written))
    if before is not None:
        return Verdict(LineStatus.SAME)
    return Verdict(
        LineStatus.NEW, (_("to be verified: %(why)s") % {"why": why.label},), Doubtful(stated, why)
    )


def _amended(entity: LegalEntity, stated: Statement, has_region: bool, known: _Known) -> Verdict:
    """What the file does not have, or leaves empty, changes nothing."""
    if entity.state == EntityState.DEREGISTERED:
        return Verdict(
            LineStatus.ERROR, (_("%(entity)s has been deregistered") % {"entity": entity},), subject=entity.pk
        )
    labels = {
        "name": pgettext("enterprise", "Name"), "ownership": pgettext("enterprise", "Ownership"),
        "size_class": pgettext("enterprise", "Size"), "industry": pgettext("enterprise", "Industry"),
        "region": _("Township or area"),
    }  # fmt: skip
    face: dict[str, Any] = {}
    for name in FACES:
        new = getattr(stated, name)
        if new and (name != "region" or has_region) and new != getattr(entity, name):
            face[name] = new
    changes = [
        _("%(label)s: %(old)s → %(new)s")
        % {"label": labels[name], "old": _word(name, getattr(entity, name)), "new": _word(name, new)}
        for name, new in face.items()
    ]
    if face and known.held_since[entity.pk] >= known.today:
        said = _("%(entity)s was entered or changed today; another change can be taken in from tomorrow on")
        return Verdict(LineStatus.ERROR, (said % {"entity": entity},), subject=entity.pk)
    declared = stated.declared_workers if stated.declared_workers != entity.declared_workers else None
    if declared is not None:
        changes.append(
            _("%(label)s: %(old)s → %(new)s")
            % {"label": _("Workers declared"), "old": _word("", entity.declared_workers), "new": declared}
        )
    if not changes:
        return Verdict(LineStatus.SAME, subject=entity.pk)
    return Verdict(LineStatus.CHANGED, tuple(changes), Change(entity, face, declared), entity.pk)


def _word(name: str, value: Any) -> str:
    words: dict[str, Any] = {"ownership": Ownership, "size_class": SizeClass}
    if name in words:
        return str(words[name](value).label)
    return "—" if value in (None, "") else str(value)


ENTERPRISES = ImportKind(
    name="registry.enterprises",
    label=c("import", "List of enterprises"),
    lead=gettext_lazy(
        "One row for each enterprise, in whatever columns you keep. What has no right credit code is not lost: it"
        " waits until somebody has compared it with the licence."
    ),
    roles=REGISTRARS,
    columns=COLUMNS,
    judge=judge,
    apply=register,
    unique=("uscc",),
    who="name",
    done_url="registry:enterprises",
    upload_url="registry:import-enterprises",
)
