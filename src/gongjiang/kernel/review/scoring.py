"""Judging and the lock: an oath, points, recusal; then one transaction that makes the standing and freezes it.

Nobody but the judge sees points before the lock. Leaders see counts, and once every sheet is in, the standing that
the lock would write.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.lifecycle.flow import Batch, Forbidden, Guard, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Participant

from . import ranking
from .models import (
    Decoding,
    Item,
    Panel,
    PanelState,
    Recusal,
    RecusalKind,
    Result,
    Ruling,
    Score,
    Seat,
    Standing,
    TieKind,
)
from .panels import conflicts, hold, recuse_conflicts, under_seated
from .rules import LEAD, MINE, RUN


@dataclass
class Preview:
    """What a lock would do now. `places` only when nothing stands against it.

    waiting      {name on the roster: items without a complete sheet}
    short        codes of items with fewer judges than the minimum
    untimed      codes of items without a time, where time tells equals apart
    tied         codes of equals at the cut that nothing tells apart yet; `seats` of them can pass
    chair        whether the chair may settle it
    fingerprint  of everything the result would rest on
    """

    fingerprint: str
    places: list[ranking.Place] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)
    tied: list[str] = field(default_factory=list)
    seats: int = 0
    chair: bool = False

    @property
    def ready(self) -> bool:
        return bool(self.places)


def swear(seat: Seat, *, actor: Actor) -> None:
    """The judge undertakes to judge fairly; once, and nothing is scored before."""
    _own(seat, actor)
    Seat.objects.filter(pk=seat.pk, oath_at=None).update(oath_at=timezone.now())


def recuse(seat: Seat, item: Item, *, actor: Actor, reason: str = "") -> None:
    """A judge steps back from one item; or the organiser orders it, with a reason. It cannot be taken back."""
    mine = MINE.filter(Seat.objects.filter(pk=seat.pk), actor).exists()
    if not mine and not RUN.filter(Panel.objects.filter(pk=seat.panel_id), actor).exists():
        raise Forbidden
    if item.panel_id != seat.panel_id:
        raise Forbidden
    if not mine and not reason.strip():
        raise Refused({item.pk: [Reason(_("Say why this judge must not judge it."), field="reason")]})
    with transaction.atomic():
        if _state(item.panel_id) not in (PanelState.PREPARING, PanelState.OPEN):
            raise Stale(item.panel)
        if not Recusal.objects.filter(seat=seat, item=item).exists():
            kind = RecusalKind.DECLARED if mine else RecusalKind.ORDERED
            Recusal.objects.create(seat=seat, item=item, kind=kind, reason=reason, at=timezone.now())


def score(seat: Seat, item: Item, points: Mapping[int, Decimal | None], *, actor: Actor) -> None:
    """Give points by criterion; None leaves a criterion as it was. A sheet may be filled in parts and changed until
    the lock.

    Raises Refused for points out of range, before the oath, or on an item that is not this judge's; Stale once the
    panel is locked.
    """
    _own(seat, actor)
    with transaction.atomic():
        state = _state(seat.panel_id)
        if state != PanelState.OPEN:
            raise Stale(seat.panel)
        fresh = Seat.objects.get(pk=seat.pk)
        reasons = _against_scoring(fresh, item)
        criteria = {c.pk: c for c in seat.panel.criteria.all()}
        for key, given in points.items():
            if key not in criteria:
                raise Forbidden
            if given is not None and not 0 <= given <= criteria[key].maximum:
                reasons.append(
                    Reason(
                        _("“%(name)s”: from 0 to %(most)s points.")
                        % {"name": criteria[key].name, "most": f"{criteria[key].maximum.normalize():f}"},
                        field=f"points_{key}",
                    )
                )
        if reasons:
            raise Refused({item.pk: reasons})
        at = timezone.now()
        Score.objects.bulk_create(
            [
                Score(seat=seat, item=item, criterion=criteria[key], points=given, at=at)
                for key, given in points.items()
                if given is not None
            ],
            update_conflicts=True,
            unique_fields=["seat", "item", "criterion"],
            update_fields=["points", "at"],
        )


def clock(panel: Panel, seconds: Mapping[str, int | None], *, actor: Actor) -> None:
    """Record the time used by code, in seconds, as the timekeepers hand it in; None takes one back.

    Raises Forbidden to whom the panel is not to run, Stale once it is locked or before it is open.
    """
    with transaction.atomic():
        held = hold(panel, actor, PanelState.OPEN)
        items = {i.code: i for i in held.items.filter(code__in=list(seconds), withdrawn_at=None)}
        for code, item in items.items():
            item.seconds = seconds[code]
        Item.objects.bulk_update(items.values(), ["seconds"])


def preview(panel: Panel, *, actor: Actor, decided: Mapping[int, int] | None = None) -> Preview:
    """What the lock would write now, for those who lead the panel: counts only, until every sheet is in."""
    if not LEAD.filter(Panel.objects.filter(pk=panel.pk), actor).exists():
        raise Forbidden
    return _preview(panel, decided)


def lock(
    panel: Panel,
    *,
    actor: Actor,
    fingerprint: str,
    decided: Mapping[int, int] | None = None,
    reason: str = "",
) -> Panel:
    """Write the standing and freeze the panel, in one transaction; there is no way back.

    fingerprint  of the preview that was looked at; when anything has changed since, Stale
    decided      the chair's order among equals at the cut, {item key: position}, with the `reason`
    Raises Refused with everything that stands against it.
    """
    with transaction.atomic():
        held = hold(panel, actor, PanelState.OPEN, lead=LEAD)
        chair = Seat.objects.filter(
            panel=held, user=actor.user, until=None, role=SeatRole.PANEL_CHAIR
        ).first()
        now = _preview(held, decided if chair else None)
        if now.fingerprint != fingerprint:
            raise Stale(held)
        reasons = [Reason(text) for text in against(now)]
        if _takes_part(held, actor, chair):
            reasons.append(
                Reason(_("You take part in one of the items yourself; somebody else has to lock."))
            )
        ruled = [p.key for p in now.places if ranking.CHAIR in p.settled]
        if ruled and not reason.strip():
            reasons.append(Reason(_("Say why you settled the tie this way."), field="reason"))
        if reasons:
            raise Refused({held.pk: reasons})
        recuse_conflicts(held)
        if chair and decided:
            Ruling.objects.bulk_create(
                Ruling(panel=held, item_id=key, position=decided[key], reason=reason, seat=chair)
                for key in ruled
            )
        names = _step_names(held)
        Standing.objects.bulk_create(
            Standing(
                panel=held,
                item_id=p.key,
                total=Decimal(p.total).scaleb(-(held.precision or 0)),
                own=None if p.own is None else Decimal(p.own).scaleb(-(held.precision or 0)),
                rank=p.rank,
                result=Result(p.result),
                judges=p.judges,
                settled="、".join(names[step] for step in p.settled),
            )
            for p in now.places
        )
        held.state, held.locked_at, held.fingerprint = PanelState.LOCKED, timezone.now(), now.fingerprint
        held.locked_by_id = actor.user
        held.save(update_fields=["state", "locked_at", "locked_by", "fingerprint"])
    return held


def against(preview: Preview) -> list[str]:
    """What stands against a lock, in sentences."""
    found = [
        ngettext("%(name)s has %(n)d sheet to fill in.", "%(name)s has %(n)d sheets to fill in.", n)
        % {"name": name, "n": n}
        for name, n in preview.waiting.items()
    ]
    if preview.short:
        found.append(
            _("Too few judges for: %s. Seat further judges, or take the item out with a reason.")
            % ", ".join(preview.short)
        )
    if preview.untimed:
        found.append(_("No time is recorded for: %s.") % ", ".join(preview.untimed))
    if preview.tied and preview.chair:
        found.append(_("Equal at the cut: %s. The chair puts them in order.") % ", ".join(preview.tied))
    elif preview.tied:
        found.append(
            _("Equal at the cut: %s. This panel has no rule for it, so it cannot be locked.")
            % ", ".join(preview.tied)
        )
    return found


def result_of(stage: str, *results: str, sentence: object) -> Guard:
    """Guard: the case has come out of the last locked panel of this stage with one of these results, or with any."""

    def guard(batch: Batch) -> dict[int, list[Reason]]:
        found = standings([c.pk for c in batch.cases], stage)
        return {
            c.pk: [Reason(str(sentence))]
            for c in batch.cases
            if c.pk not in found or (results and found[c.pk].result not in results)
        }

    return guard


def standings(cases: Sequence[int], stage: str) -> dict[int, Standing]:
    """{case key: its standing in the locked panel of this stage}; where panels were corrected, the correction's.

    For those who run the panels: nobody else has sight of which case stands behind an item.
    """
    rows = (
        Decoding.objects.filter(
            case__in=cases, panel__stage=stage, panel__state=PanelState.LOCKED, panel__replaced_by=None
        )
        .filter(item__standing__isnull=False)
        .select_related("item__standing__panel")
        .order_by("panel__locked_at")
    )
    return {d.case_id: d.item.standing for d in rows}


def _own(seat: Seat, actor: Actor) -> None:
    if not MINE.filter(Seat.objects.filter(pk=seat.pk), actor).exists():
        raise Forbidden


def _state(panel: int) -> str | None:
    """The panel's state, which stays so until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hold_panel(%s)", [panel])
        found: str | None = cursor.fetchone()[0]
    return found


def _against_scoring(seat: Seat, item: Item) -> list[Reason]:
    if item.panel_id != seat.panel_id or seat.role == SeatRole.SCRUTINEER:
        raise Forbidden
    if Recusal.objects.filter(seat=seat, item=item).exists():
        return [Reason(_("You are recused from this item."))]
    if Item.objects.filter(pk=item.pk, withdrawn_at__isnull=False).exists():
        return [Reason(_("This item takes part no longer."))]
    if seat.oath_at is None:
        return [Reason(_("Give the undertaking to judge fairly first."))]
    return []


def _takes_part(panel: Panel, actor: Actor, chair: Seat | None) -> bool:
    if chair is not None and chair.recusals.filter(kind=RecusalKind.OWN).exists():
        return True
    if actor.person is None:
        return False
    cases = Decoding.objects.filter(panel=panel)
    part = Participant.objects.filter(person=actor.person).values("case")
    return cases.filter(Q(case__applicant=actor.person) | Q(case__in=part)).exists()


def scheme_of(panel: Panel) -> ranking.Scheme:
    """The rules of an open or locked panel, as the pure computation takes them."""
    criteria = list(panel.criteria.order_by("position"))
    place = {c.pk: n for n, c in enumerate(criteria)}
    ties: list[ranking.Step] = [
        place[t.criterion_id] if t.criterion_id is not None else t.kind
        for t in panel.tie_steps.order_by("position")
    ]
    return ranking.Scheme(
        weights=tuple(int(c.weight * 100) for c in criteria),
        maxima=tuple(int(c.maximum * 100) for c in criteria),
        drop=panel.drop or 0,
        minimum=panel.minimum or 1,
        precision=panel.precision or 0,
        rounding=panel.rounding,
        passes=panel.passes or 0,
        reserves=panel.reserves or 0,
        ties=tuple(ties),
        earlier_share=int((panel.earlier_share or 0) * 100),
    )


def _preview(panel: Panel, decided: Mapping[int, int] | None) -> Preview:
    scheme = scheme_of(panel)
    gone = _gone(panel)
    every = [i for i in panel.items.filter(withdrawn_at=None).order_by("pk") if i.pk not in gone]
    ranked = {i.pk: i.code for i in every if not i.calibration}
    times = {i.pk: i.seconds for i in every}
    seats = {s.pk: s for s in panel.seats.exclude(role=SeatRole.SCRUTINEER)}
    recused = set(Recusal.objects.filter(item__panel=panel).values_list("seat", "item"))
    recused |= {(seat, item) for seat, item, _kind in conflicts(panel)}
    sheets = _sheets(panel, len(scheme.weights))
    earlier = _earlier(panel) if panel.earlier_id else {}
    entries, waiting = [], dict.fromkeys(sorted(seats), 0)
    for key in ranked:
        given = []
        for seat in sorted(seats):
            if (seat, key) in recused:
                continue
            sheet = sheets.get((seat, key))
            if sheet is not None:
                given.append(sheet)
            elif seats[seat].until is None:
                waiting[seat] += 1
        entries.append(ranking.Entry(key, given, earlier.get(key, 0), times[key]))
    text = repr((scheme, [(e.key, [tuple(s) for s in e.sheets], e.earlier, e.seconds) for e in entries]))
    found = Preview(hashlib.sha256(text.encode()).hexdigest())
    found.waiting = {seats[s].name: n for s, n in waiting.items() if n}
    if found.waiting:
        live = {key for key, s in seats.items() if s.until is None}
        found.short = under_seated(panel, live, ranked, scheme.minimum)
        return found
    try:
        found.places = ranking.rank(scheme, entries, decided)
    except ranking.Short as short:
        found.short = sorted(ranked[key] for key in short.items)
    except ranking.Untimed as untimed:
        found.untimed = sorted(ranked[key] for key in untimed.items)
    except ranking.Tied as tied:
        found.tied = sorted(ranked[key] for key in tied.keys)
        found.seats, found.chair = tied.seats, tied.chair
    return found


def _sheets(panel: Panel, criteria: int) -> dict[tuple[int, int], tuple[int, ...]]:
    """Complete sheets, {(seat, item): points in hundredths by criterion}."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.seat, s.item, array_agg((s.points * 100)::integer ORDER BY c.position)
               FROM panel_scores(%s) s JOIN review_criterion c ON c.id = s.criterion
               GROUP BY 1, 2 HAVING count(*) = %s""",
            [panel.pk, criteria],
        )
        return {(seat, item): tuple(points) for seat, item, points in cursor.fetchall()}


def _earlier(panel: Panel) -> dict[int, int]:
    """The totals of the earlier stage by item of this one, in millionths."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT item, total FROM earlier_totals(%s)", [panel.pk])
        return {item: int(total * ranking.EARLIER) for item, total in cursor.fetchall()}


def _gone(panel: Panel) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT items_gone(%s)", [panel.pk])
        return {item for (item,) in cursor.fetchall()}


def _step_names(panel: Panel) -> dict[ranking.Step, str]:
    names: dict[ranking.Step, str] = {n: c.name for n, c in enumerate(panel.criteria.order_by("position"))}
    return {**names, **{kind.value: str(kind.label) for kind in TieKind if kind != TieKind.CRITERION}}
