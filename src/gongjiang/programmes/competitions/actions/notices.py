"""What the notice of an event says: rank, points, prize and title of everybody who was judged."""

from django.utils.translation import gettext as _

from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.lifecycle.flow import Batch, Reason, Refused
from gongjiang.kernel.lifecycle.models import Case, Edition, Participant
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.guards import Content
from gongjiang.kernel.publicity.snapshot import Column, Mask, Step
from gongjiang.programmes.competitions.models import ContestEvent, Entry
from gongjiang.programmes.competitions.queries import ENTRANT

RESULTS = "competitions.results"
COLUMNS = (
    Column("名次", "Rank", number=True),
    Column("选手", "Entrants", Mask.NAMES, leads=True),
    Column("单位", "Unit"),
    Column("理论", "Theory", number=True),
    Column("实操", "Practice", number=True),
    Column("总分", "Total", number=True),
    Column("拟获奖项", "Prize"),
    Column("拟授称号", "Title"),
)


def results(batch: Batch) -> Content:
    """The results of one event, by rank. Runs after they have been written."""
    keys = {c.edition_id for c in batch.cases}
    if len(keys) != 1:
        text = _("One notice speaks of one event. Choose entries of the same event.")
        raise Refused({c.pk: [Reason(text)] for c in batch.cases})
    edition = Edition.objects.select_related("unit", "parent").get(pk=keys.pop())
    event = ContestEvent.objects.get(edition=edition)
    contest = edition.parent or edition
    rows = {
        e.pk: e
        for e in Entry.objects.filter(case__in=batch.cases).select_related("case__unit", "prize", "title")
    }
    people: dict[int, list[str]] = {}
    named = Participant.objects.filter(case__in=batch.cases, role=ENTRANT).order_by("position")
    for case, name in named.values_list("case", "person__name"):
        people.setdefault(case, []).append(name)
    entered = Case.objects.filter(edition=edition, flow="competitions.entry").count()
    return Content(
        unit=edition.unit,
        title=f"{contest.name}“{event.trade}”赛项成绩公示",
        title_en=f"{contest.name_en or contest.name}: results in {event.trade_en or event.trade}",
        cases=sorted(batch.cases, key=lambda c: (rows[c.pk].rank or 0, c.number or "")),
        columns=COLUMNS,
        rows={key: _row(entry, people.get(key, [])) for key, entry in rows.items()},
        days=int(read.value("competitions.publicity_days", unit=edition.unit_id, edition=edition).value),
        ends_at=EndsAt.OFFICE,
        edition=edition,
        steps=[
            Step("报名", "Registered", f"{entered} 份"),
            Step("比赛评分", "Judged"),
            Step("列入名单", "On this list", f"{len(rows)} 份"),
        ],
    )


def _row(entry: Entry, names: list[str]) -> tuple[str | list[str], ...]:
    return (
        str(entry.rank), names, entry.case.unit.name, _points(entry.theory), _points(entry.practice),
        _points(entry.total), entry.prize.name if entry.prize else "—", entry.title.name if entry.title else "—",
    )  # fmt: skip


def _points(value: object) -> str:
    return "—" if value is None else f"{value:.2f}"
