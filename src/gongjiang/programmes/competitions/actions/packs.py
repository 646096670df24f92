"""What judges read of an entry: the task, and, where names may be seen, who stands behind it."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.review.packs import PackPart
from gongjiang.programmes.competitions.models import ContestEvent
from gongjiang.programmes.competitions.queries import ENTRANT


def pack(cases: Sequence[Case], blind: bool) -> dict[int, list[PackPart]]:
    """Blind: the event and its task, the same for everybody; the code is that of the station."""
    events = {e.pk: e for e in ContestEvent.objects.filter(edition__in={c.edition_id for c in cases})}
    people: dict[int, list[str]] = {}
    if not blind:
        rows = Participant.objects.filter(case__in=cases, role=ENTRANT).order_by("position")
        for key, name, unit in rows.values_list("case", "person__name", "unit__name"):
            people.setdefault(key, []).append(f"{name}　{unit}")
    found = {}
    for case in cases:
        event = events[case.edition_id]  # type: ignore[index]
        parts = [PackPart(pgettext("contest", "Event"), f"{event.trade}　{event.get_level_display()}")]
        if event.task.strip():
            parts.append(PackPart(_("Task"), event.task))
        if case.pk in people:
            parts.append(PackPart(_("Entrants"), "\n".join(people[case.pk])))
        found[case.pk] = parts
    return found
