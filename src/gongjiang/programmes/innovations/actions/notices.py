"""What the two notices of a call say: the finalists after the papers, and the ranks at the end."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.lifecycle.flow import Batch, Reason, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.guards import Content
from gongjiang.kernel.publicity.snapshot import Column, Mask, Step
from gongjiang.kernel.review.scoring import standings
from gongjiang.programmes.innovations.models import Entry
from gongjiang.programmes.innovations.queries import PAPER, ROADSHOW, prizes

FINALISTS, RANKS = "innovations.finalists", "innovations.ranks"
PRIZE_COLUMN = Column("拟定奖次", "Prize")
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
        days=_days(edition),
        ends_at=EndsAt.OFFICE,
        edition=edition,
        steps=_steps(edition, len(batch.cases)),
    )


def ranks(batch: Batch) -> Content:
    """The prizes, the highest first, within each by rank."""
    edition, rows = _edition(batch), _rows(batch.cases)
    keys = [c.pk for c in batch.cases]
    won = prizes(keys)
    final = {**standings(keys, PAPER), **standings(keys, ROADSHOW)}
    return Content(
        unit=edition.unit,
        title=f"{edition.name}拟表彰名单公示",
        title_en=f"{edition.name_en or edition.name}: prizes proposed",
        cases=sorted(batch.cases, key=lambda c: (final[c.pk].rank or 0, c.number or "")),
        columns=(PRIZE_COLUMN, *COLUMNS),
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
