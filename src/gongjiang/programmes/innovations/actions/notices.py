"""What the two notices of a call say: the finalists after the papers, and the ranks at the end."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.lifecycle.flow import Batch, Reason, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.guards import Content
from gongjiang.kernel.publicity.snapshot import Column, Mask, Step
from gongjiang.kernel.review.scoring import standings
from gongjiang.programmes.innovations.models import Entry, Roadshow
from gongjiang.programmes.innovations.queries import PAPER, ROADSHOW, grades_of, prizes

FINALISTS, RANKS = "innovations.finalists", "innovations.ranks"
PRIZE_COLUMN = Column("拟定奖次", "Prize")
GRADE_COLUMN = Column("拟推荐等次", "Grade of recommendation")
COLUMNS = (
    Column("成果名称", "Innovation", leads=True),
    Column("申报单位", "Unit"),
    Column("完成人", "Makers", Mask.NAMES),
)


def finalists(batch: Batch) -> Content:
    """The entries that go on to the roadshow, by their numbers: before it nobody's place is told."""
    edition, rows = _edition(batch), _rows(batch.cases)
    return Content(
        unit=edition.unit,
        title=f"{edition.name}入围项目公示",
        title_en=f"{edition.name_en or edition.name}: finalists",
        cases=sorted(batch.cases, key=lambda c: c.number or ""),
        columns=COLUMNS,
        rows=rows,
        text=_when_and_where(edition),
        days=_days(edition),
        ends_at=EndsAt.OFFICE,
        edition=edition,
        steps=_steps(edition, len(batch.cases)),
    )


def ranks(batch: Batch) -> Content:
    """The prizes, the highest first, within each by rank; where the call gives grades, by grade and number."""
    edition, rows = _edition(batch), _rows(batch.cases)
    keys = [c.pk for c in batch.cases]
    won = prizes(keys)
    graded = bool(grades_of(edition))
    final = {} if graded else {**standings(keys, PAPER), **standings(keys, ROADSHOW)}
    place = {key: won[key].place if graded else final[key].rank or 0 for key in keys}
    return Content(
        unit=edition.unit,
        title=f"{edition.name}{'拟推荐名单公示' if graded else '拟表彰名单公示'}",
        title_en=f"{edition.name_en or edition.name}: {'grades' if graded else 'prizes'} proposed",
        cases=sorted(batch.cases, key=lambda c: (place[c.pk], c.number or "")),
        columns=(GRADE_COLUMN if graded else PRIZE_COLUMN, *COLUMNS),
        rows={key: (won[key].name, *row) for key, row in rows.items()},
        days=_days(edition),
        ends_at=EndsAt.OFFICE,
        edition=edition,
        steps=_steps(edition, len(batch.cases)),
    )


def _edition(batch: Batch) -> Edition:
    keys = {c.edition_id for c in batch.cases}
    if len(keys) != 1:
        text = _("One notice speaks of one call. Choose entries of the same call.")
        raise Refused({c.pk: [Reason(text)] for c in batch.cases})
    return Edition.objects.select_related("unit").get(pk=keys.pop())


def _when_and_where(edition: Edition) -> str:
    """What the finalists' notice says of the roadshow, as far as it is known."""
    planned = Roadshow.objects.filter(edition=edition).first()
    if planned is None:
        return ""
    at = timezone.localtime(planned.at)
    said = f"路演定于{at.year}年{at.month}月{at.day}日{at:%H:%M}在{planned.place}举行。"
    return f"{said}直播地址：{planned.stream}" if planned.stream else said


def _rows(cases: Sequence[Case]) -> dict[int, tuple[str, str, list[str]]]:
    entries = Entry.objects.filter(case__in=[c.pk for c in cases]).select_related("result", "case__unit")
    makers: dict[int, list[str]] = {}
    for case, name in (
        Participant.objects.filter(case__in=[c.pk for c in cases])
        .order_by("position")
        .values_list("case", "person__name")
    ):
        makers.setdefault(case, []).append(name)
    return {e.pk: (e.public_title or e.result.title, e.case.unit.name, makers.get(e.pk, [])) for e in entries}


def _days(edition: Edition) -> int:
    return int(read.value("innovations.publicity_days", unit=edition.unit_id, edition=edition).value)


def _steps(edition: Edition, listed: int) -> list[Step]:
    entered = Case.objects.filter(edition=edition, flow="innovations.entry").count()
    return [
        Step("推荐参评", "Recommended", f"{entered} 项"),
        Step("评审", "Judged"),
        Step("列入名单", "On this list", f"{listed} 项"),
    ]
