"""What judges read of an entry. Blind: names of persons and units are struck out of every text, and no file goes
along."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.review.packs import PackPart
from gongjiang.kernel.targets import queries as targets
from gongjiang.programmes.innovations.models import BenefitKind, Entry, EvidenceKind

STRUCK = "＊＊"
NOT_FOR_JUDGES = (EvidenceKind.AGREEMENT, EvidenceKind.FORM)


def pack(cases: Sequence[Case], blind: bool) -> dict[int, list[PackPart]]:
    """The pack of each entry: what the result is, what it brings, and, where names may be seen, its papers."""
    keys = [c.pk for c in cases]
    entries = Entry.objects.filter(case__in=keys).select_related("result__case")
    names = _names(cases) if blind else {}
    benefits = _benefits([e.result_id for e in entries])
    files: dict[int, list[File]] = {}
    if not blind:
        of = {e.result_id: e.pk for e in entries} | {e.pk: e.pk for e in entries}
        papers = File.objects.filter(case__in=of, removed_at=None).exclude(kind__in=NOT_FOR_JUDGES)
        for file in papers.order_by("pk"):
            files.setdefault(of[file.case_id], []).append(file)
    found = {}
    for entry in entries:
        result, struck = entry.result, names.get(entry.pk, [])
        said = [
            (_("Title"), result.title),
            (_("Kind"), str(result.get_category_display())),
            (_("The problem"), result.problem),
            (_("What is new"), result.novelty),
            (_("The effect"), result.effect),
            (_("Benefit"), benefits.get(entry.result_id, "")),
        ]
        found[entry.pk] = [PackPart(label, _strike(text, struck)) for label, text in said if text.strip()]
        found[entry.pk] += [PackPart(pgettext("pack", "File"), file=f.pk) for f in files.get(entry.pk, [])]
    return found


def _names(cases: Sequence[Case]) -> dict[int, list[str]]:
    """{case key: names that would tell whose it is}, the longest first."""
    people: dict[int, set[str]] = {c.pk: set() for c in cases}
    for key, name in Participant.objects.filter(case__in=people).values_list("case", "person__name"):
        people[key].add(name)
    units = Unit.objects.in_bulk({key for c in cases for key in ancestors(c.path)})
    for case in cases:
        for unit in (units[key] for key in ancestors(case.path) if key in units):
            people[case.pk] |= {unit.name, unit.name.removesuffix("工会").removesuffix("总")}
    return {
        key: sorted((n for n in each if len(n) > 1), key=len, reverse=True) for key, each in people.items()
    }


def _strike(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, STRUCK)
    return text


def _benefits(results: Sequence[int]) -> dict[int, str]:
    """{result: the lines of its benefit, each with who vouches for it}."""
    lines: dict[int, list[str]] = {}
    found = targets.standing(case__in=results, kind__in=BenefitKind.values).filter(value__gt=0)
    for reading in found.select_related("target").order_by("since"):
        kind = BenefitKind(reading.target.kind).label
        last = reading.until - timedelta(days=1)
        said = f"{reading.since:%Y-%m-%d}–{last:%Y-%m-%d} {kind} {reading.value / 100:,.2f} 元"
        lines.setdefault(reading.target.case_id or 0, []).append(f"{said}（{reading.get_level_display()}）")
    return {key: "\n".join(each) for key, each in lines.items()}
