"""What the pages of review read: a judge's items and sheets, a panel's progress, whose turn to stand in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Q, QuerySet

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import SeatRole

from .models import Item, Panel, PanelState, Recusal, Score, Seat, TieStep
from .rules import MINE


@dataclass(frozen=True)
class Task:
    """One item on a judge's list. `given` of `asked` criteria have points."""

    item: Item
    given: int
    asked: int
    recused: bool
    points: Decimal | None = None

    @property
    def done(self) -> bool:
        return self.asked > 0 and self.given == self.asked

    @property
    def begun(self) -> bool:
        return 0 < self.given < self.asked


@dataclass
class Progress:
    """How far one seat is: counts, never points."""

    seat: Seat
    done: int = 0
    begun: int = 0
    recused: int = 0
    asked: int = 0
    left: int = field(default=0)


def my_seats(actor: Actor) -> QuerySet[Seat]:
    """The actor's live seats, open panels first, with the panel and its edition."""
    return MINE.filter(
        Seat.objects.select_related("panel__edition", "panel__unit").exclude(
            panel__state=PanelState.PREPARING
        ),
        actor,
    ).order_by("-panel__state", "-panel__opened_at", "pk")


def tasks_of(seat: Seat) -> list[Task]:
    """Every item before a seat, in its order, with what the judge has given. Five queries."""
    asked = seat.panel.criteria.count()
    own = dict(Score.objects.filter(seat=seat).values_list("item").annotate(n=Count("pk")))
    recused = set(Recusal.objects.filter(seat=seat).values_list("item", flat=True))
    gone = gone_from(seat.panel)
    return [
        Task(item, own.get(item.pk, 0), asked, item.pk in recused)
        for item in seat.panel.items.filter(withdrawn_at=None).order_by("position")
        if item.pk not in gone
    ]


def todo(actor: Actor) -> int:
    """How many items still wait for the actor's points, over all panels that are open."""
    found = 0
    for seat in my_seats(actor).filter(panel__state=PanelState.OPEN).exclude(role=SeatRole.SCRUTINEER):
        found += sum(1 for t in tasks_of(seat) if not t.done and not t.recused)
    return found


def gone_from(panel: Panel) -> set[int]:
    """Items whose case has been closed since."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT items_gone(%s)", [panel.pk])
        return {item for (item,) in cursor.fetchall()}


def progress(panel: Panel) -> list[Progress]:
    """How far each judge is, for those who lead the panel."""
    gone = gone_from(panel)
    items = {i.pk for i in panel.items.filter(withdrawn_at=None) if i.pk not in gone}
    asked = panel.criteria.count()
    found = {
        s.pk: Progress(s)
        for s in panel.seats.exclude(role=SeatRole.SCRUTINEER).order_by("until", "role", "pk")
    }
    recused: dict[int, set[int]] = {}
    for seat, item in Recusal.objects.filter(item__panel=panel).values_list("seat", "item"):
        recused.setdefault(seat, set()).add(item)
    with connection.cursor() as cursor:
        cursor.execute("SELECT seat, item, given FROM panel_progress(%s)", [panel.pk])
        given = cursor.fetchall()
    for seat, item, n in given:
        if seat in found and item in items and item not in recused.get(seat, set()):
            found[seat].done += n == asked
            found[seat].begun += n < asked
    for key, each in found.items():
        each.recused = len(recused.get(key, set()) & items)
        each.asked = len(items) - each.recused
        each.left = each.asked - each.done if each.seat.until is None else 0
    return list(found.values())


def sheet(seat: Seat, item: Item) -> dict[int, Decimal]:
    """{criterion key: points} that the judge has given."""
    return dict(Score.objects.filter(seat=seat, item=item).values_list("criterion", "points"))


def tie_order(panel: Panel) -> list[TieStep]:
    """The steps by which equals are told apart."""
    return list(panel.tie_steps.select_related("criterion").order_by("position"))


def titles_behind(items: Iterable[Item]) -> dict[int, tuple[object, str]]:
    """{item key: (case, what it is called)} for those who run the panel; others see no decoding."""
    from gongjiang.kernel.lifecycle.edges import flows

    from .models import Decoding

    rows = list(Decoding.objects.filter(item__in=[i.pk for i in items]).select_related("case__unit"))
    names: dict[int, str] = {}
    for flow in {r.case.flow for r in rows}:
        title = flows()[flow].title
        if title:
            names |= title([r.case_id for r in rows if r.case.flow == flow])
    return {r.item_id: (r.case, names.get(r.case_id, str(r.case))) for r in rows}


def editions_panels(edition: int, actor: Actor) -> QuerySet[Panel]:
    """The panels of an edition, each with how many items and judges it has."""
    return (
        Panel.objects.filter(edition=edition)
        .annotate(
            judges=Count(
                "seats", distinct=True, filter=Q(seats__until=None) & ~Q(seats__role=SeatRole.SCRUTINEER)
            ),
            entered=Count("items", distinct=True, filter=Q(items__withdrawn_at=None)),
        )
        .order_by("pk")
    )
