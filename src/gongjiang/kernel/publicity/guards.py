"""What a flow takes from here: two guards and an effect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.calendar.deadlines import EndsAt
from gongjiang.kernel.documents.models import Document
from gongjiang.kernel.lifecycle.flow import Batch, Effect, Guard, Reason
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.lifecycle.turns import end_turns
from gongjiang.kernel.orgs.models import Unit

from .actions import publicise as publish
from .models import PublicityCase
from .queries import with_open_objection
from .snapshot import Column, Step


@dataclass(frozen=True)
class Content:
    """What one notice says about the cases of a move; see `actions.publicise`. `cases` in the order of the list."""

    unit: Unit
    title: str
    cases: Sequence[Case]
    columns: Sequence[Column]
    rows: Mapping[int, Sequence[str | Sequence[str]]]
    days: int
    ends_at: EndsAt
    edition: Edition | None = None
    counts_first_day: bool = False
    text: str = ""
    title_en: str = ""
    steps: Sequence[Step] = field(default=())
    document: Document | None = None
    answer_days: int | None = None


def publicise(kind: str, content: Callable[[Batch], Content]) -> Effect:
    """Effect: the cases of the move are published as one list; until it is over, nobody is to act on them."""

    def effect(batch: Batch) -> None:
        said = content(batch)
        publish(kind=kind, actor=batch.actor, **vars(said))
        end_turns(batch)

    return effect


def publicity_over(kind: str) -> Guard:
    """Guard: the case has stood in a notice of this kind that is over, and was not taken back."""

    def guard(batch: Batch) -> dict[int, list[Reason]]:
        now = timezone.now()
        stood = dict(
            PublicityCase.objects.filter(
                case__in=[c.pk for c in batch.cases], publicity__kind=kind, publicity__cancelled_at=None
            )
            .values_list("case")
            .annotate(Max("publicity__closes_at"))
        )
        found: dict[int, list[Reason]] = {}
        for case in batch.cases:
            until = stood.get(case.pk)
            if until is None:
                found[case.pk] = [Reason(_("It has not been publicised yet."))]
            elif now <= until:
                said = timezone.localtime(until).strftime("%Y-%m-%d %H:%M")
                found[case.pk] = [Reason(_("The notice stands until %(until)s.") % {"until": said})]
        return found

    return guard


def no_open_objection(batch: Batch) -> dict[int, list[Reason]]:
    """Guard: nobody's objection or appeal against this case waits for a ruling. Other cases of the list go on."""
    held = with_open_objection(c.pk for c in batch.cases)
    return {
        c.pk: [
            Reason(_("An objection to it has not been ruled on yet; the other entries of the list go on."))
        ]
        for c in batch.cases
        if c.pk in held
    }
