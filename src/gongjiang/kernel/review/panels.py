"""Preparing a panel: rules, criteria, seats, what comes before it. Everything here ends when it opens, but for seats.

Raises Forbidden where the actor may not, Refused with every reason where something stands against it.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.files.models import File
from gongjiang.kernel.lifecycle.flow import Forbidden, Reason, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case, Edition
from gongjiang.kernel.orgs.models import Unit

from .models import (
    ENDS,
    Criterion,
    Decoding,
    Item,
    Panel,
    PanelState,
    Part,
    Recusal,
    RecusalKind,
    Result,
    Seat,
    TieKind,
    TieStep,
)
from .packs import packs
from .rules import ORGANISERS, RUN

#: The columns that say how a panel judges. None of them has a default.
RULES = (
    "blind",
    "minimum",
    "drop",
    "precision",
    "rounding",
    "passes",
    "reserves",
    "earlier",
    "earlier_share",
)


def create_panel(
    edition: Edition,
    unit: Unit,
    *,
    actor: Actor,
    stage: str,
    name: str,
    name_en: str = "",
    replaces: Panel | None = None,
    reason: str = "",
) -> Panel:
    """A panel in preparation. One that corrects a locked panel names it and the reason."""
    if not any(g.unit == unit.pk for g in actor.held(*ORGANISERS)):
        raise Forbidden
    if replaces is not None and (replaces.state != PanelState.LOCKED or replaces.edition_id != edition.pk):
        raise ValueError("only a locked panel of the edition is corrected")
    return Panel.objects.create(
        edition=edition, unit=unit, path=unit.path, stage=stage, name=name, name_en=name_en,
        replaces=replaces, reason=reason,
    )  # fmt: skip


def configure(panel: Panel, *, actor: Actor, **values: Any) -> None:
    """Set rules of a panel in preparation; the names are those of `RULES`."""
    if unknown := set(values) - set(RULES):
        raise ValueError(f"no rule of a panel: {sorted(unknown)}")
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING)
        if "blind" in values and values["blind"] != held.blind and held.items.exists():
            _refuse(held, _("Take the items out first: what judges may read was made for the other way."))
        minimum, drop = values.get("minimum", held.minimum), values.get("drop", held.drop)
        if minimum is not None and drop is not None and minimum <= 2 * drop:
            _refuse(
                held,
                _("With %(drop)d highest and lowest sheets left out, at least %(least)d judges are needed.")
                % {"drop": drop, "least": 2 * drop + 1},
                field="minimum",
            )
        for name, value in values.items():
            setattr(held, name, value)
        held.save(update_fields=list(values))


def set_criteria(panel: Panel, rows: Sequence[Mapping[str, Any]], *, actor: Actor) -> list[Criterion]:
    """Replace the criteria by these rows (name, name_en, weight in per cent, maximum), in their order.

    Tie steps that named a criterion go with it. That weights sum to 100 is asked when the panel opens.
    """
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING)
        held.criteria.all().delete()
        return Criterion.objects.bulk_create(
            Criterion(panel=held, position=n, **row) for n, row in enumerate(rows, start=1)
        )


def set_ties(panel: Panel, steps: Sequence[tuple[str, int | None]], *, actor: Actor) -> None:
    """Replace the order in which equals are told apart: (kind, key of the criterion) one after the other.

    Nothing comes after a step that ends the order.
    """
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING)
        own = set(held.criteria.values_list("pk", flat=True))
        for n, (kind, criterion) in enumerate(steps):
            if kind == TieKind.CRITERION and criterion not in own:
                raise ValueError("a criterion of another panel")
            if kind in ENDS and n != len(steps) - 1:
                _refuse(held, _("“%s” ends the order; nothing can come after it.") % TieKind(kind).label)
        if len(set(steps)) != len(steps):
            _refuse(held, _("Each criterion can be named once."))
        held.tie_steps.all().delete()
        TieStep.objects.bulk_create(
            TieStep(panel=held, position=n, kind=kind, criterion_id=criterion)
            for n, (kind, criterion) in enumerate(steps, start=1)
        )


def seat(panel: Panel, login: str, role: str, *, actor: Actor) -> Seat:
    """Give somebody with an account a seat; what they may not judge is recused at once."""
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING, PanelState.OPEN)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, name FROM colleague(%s)", [login.strip()])
            found = cursor.fetchone()
        if found is None:
            _refuse(
                held, _("There is no account with this sign-in name. Ask the judge for it."), field="login"
            )
        user, name = found
        if Seat.objects.filter(panel=held, user=user, until=None).exists():
            _refuse(held, _("%s has a seat on this panel already.") % name, field="login")
        if (
            role == SeatRole.PANEL_CHAIR
            and Seat.objects.filter(panel=held, role=SeatRole.PANEL_CHAIR, until=None).exists()
        ):
            _refuse(held, _("This panel has a chair already. End that seat first."), field="role")
        made = Seat.objects.create(panel=held, user_id=user, name=name, role=role, since=timezone.now())
        recuse_conflicts(held)
        return made


def unseat(seat_: Seat, *, actor: Actor) -> None:
    """End a seat. Complete sheets stay; whoever must not have judged at all is recused from the items as well."""
    with transaction.atomic():
        hold(seat_.panel, actor, PanelState.PREPARING, PanelState.OPEN)
        Seat.objects.filter(pk=seat_.pk, until=None).update(until=timezone.now())


def waiting(panel: Panel) -> Any:
    """Cases that may be entered: of the edition, within the panel's unit, in a state that is scored, and not yet in.

    After an earlier stage only those that passed it.
    """
    able = packs(panel.edition.programme)
    keys: set[int] = set()
    for name, pack in able.items():
        keys |= set(
            Case.objects.filter(
                edition=panel.edition_id, flow=name, state__in=pack.states, path__within=panel.path
            )
            .exclude(decodings__panel=panel)
            .values_list("pk", flat=True)
        )
    if panel.earlier_id is not None:
        keys &= set(
            Decoding.objects.filter(panel=panel.earlier_id, item__standing__result=Result.PASSED).values_list(
                "case", flat=True
            )
        )
    return Case.objects.filter(pk__in=keys)


def enter(panel: Panel, cases: Iterable[int], *, actor: Actor, calibration: bool = False) -> list[Item]:
    """Put cases before the panel under codes that tell nothing, each with its pack. Conflicts are recused at once."""
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING)
        if held.blind is None:
            _refuse(held, _("First say whether judges see names: what they may read depends on it."))
        chosen = list(waiting(held).filter(pk__in=list(cases)).order_by("pk"))
        codes = _codes(held, len(chosen))
        first = held.items.count()
        items = Item.objects.bulk_create(
            Item(panel=held, code=code, position=first + n, calibration=calibration)
            for n, code in enumerate(codes, start=1)
        )
        secrets.SystemRandom().shuffle(items)
        Decoding.objects.bulk_create(
            Decoding(item=item, panel=held, case=case) for item, case in zip(items, chosen, strict=True)
        )
        _fill(held, dict(zip((c.pk for c in chosen), items, strict=True)), chosen)
        recuse_conflicts(held)
        return items


def take_out(item: Item, *, actor: Actor) -> None:
    """Take an item out again while the panel is in preparation."""
    with transaction.atomic():
        hold(item.panel, actor, PanelState.PREPARING)
        Item.objects.filter(pk=item.pk).delete()


def withdraw_item(item: Item, reason: str, *, actor: Actor) -> None:
    """The item takes part no longer; the others are not touched."""
    with transaction.atomic():
        hold(item.panel, actor, PanelState.PREPARING, PanelState.OPEN)
        Item.objects.filter(pk=item.pk, withdrawn_at=None).update(
            withdrawn_at=timezone.now(), withdrawn_reason=reason
        )


def arrange(panel: Panel, codes: Sequence[str], *, actor: Actor) -> None:
    """Give the items the order of these codes, e.g. of a draw; codes that are not named keep theirs, behind them."""
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING, PanelState.OPEN)
        place = {code: n for n, code in enumerate(codes)}
        items = sorted(held.items.all(), key=lambda i: (place.get(i.code, len(place)), i.position))
        for n, item in enumerate(items, start=1):
            item.position = n
        Item.objects.bulk_update(items, ["position"])


def missing(panel: Panel) -> list[str]:
    """What has to be settled before the panel can open, in sentences; empty when it can."""
    found = [str(sentence) for name, sentence in _questions().items() if getattr(panel, name) in (None, "")]
    criteria = list(panel.criteria.all())
    total = sum((c.weight for c in criteria), Decimal(0))
    if not criteria:
        found.append(_("There is no criterion yet."))
    elif total != 100:
        found.append(_("The weights add up to %s %%; they must add up to 100 %%.") % f"{total.normalize():f}")
    judges = {s.pk for s in panel.seats.filter(until=None).exclude(role=SeatRole.SCRUTINEER)}
    least = panel.minimum or 1
    if len(judges) < least:
        found.append(
            ngettext("%(n)d judge has a seat", "%(n)d judges have a seat", len(judges)) % {"n": len(judges)}
            + _("; an item needs %d.") % least
        )
    chaired = panel.seats.filter(until=None, role=SeatRole.PANEL_CHAIR).exists()
    if not chaired and panel.tie_steps.filter(kind=TieKind.CHAIR).exists():
        found.append(_("The chair is to settle ties, but nobody has the chair's seat."))
    ends = panel.tie_steps.filter(kind__in=ENDS).exists()
    if panel.passes and not ends:
        found.append(_("Say what happens when equals stand on both sides of the cut."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT unblinded_judges(%s)", [panel.pk])
        seeing = [name for (name,) in cursor.fetchall()]
    if seeing:
        found.append(
            _("By their office these see names, so they cannot judge blind: %s.") % ", ".join(seeing)
        )
    items = {i.pk: i.code for i in panel.items.filter(withdrawn_at=None)}
    if not any(not i.calibration for i in panel.items.filter(withdrawn_at=None)):
        found.append(_("No item has been entered yet."))
    elif len(judges) >= least:
        thin = under_seated(panel, judges, items, least)
        if thin:
            found.append(
                _("Too few judges are left after recusals for: %s. Seat further judges.") % ", ".join(thin)
            )
    return found + _missing_of_earlier(panel, list(items))


def under_seated(panel: Panel, judges: set[int], items: Mapping[int, str], least: int) -> list[str]:
    """Codes of the items for which fewer than `least` of these judges are not recused."""
    recused: dict[int, int] = {}
    for item in Recusal.objects.filter(item__panel=panel, seat__in=judges).values_list("item", flat=True):
        recused[item] = recused.get(item, 0) + 1
    return sorted(code for key, code in items.items() if len(judges) - recused.get(key, 0) < least)


def open_panel(panel: Panel, *, actor: Actor) -> Panel:
    """Scoring begins. Refused with everything that is missing."""
    with transaction.atomic():
        held = hold(panel, actor, PanelState.PREPARING)
        recuse_conflicts(held)
        reasons = missing(held)
        if reasons:
            raise Refused({held.pk: [Reason(text) for text in reasons]})
        held.state, held.opened_at = PanelState.OPEN, timezone.now()
        held.save(update_fields=["state", "opened_at"])
    return held


def recuse_conflicts(panel: Panel) -> int:
    """Write the recusals that follow from who somebody is: a part in the case, its workplace, an office below.

    Returns how many are new.
    """
    rows = conflicts(panel)
    known = set(Recusal.objects.filter(item__panel=panel).values_list("seat", "item"))
    fresh = [(s, i, RecusalKind(kind)) for s, i, kind in rows if (s, i) not in known]
    at = timezone.now()
    Recusal.objects.bulk_create(Recusal(seat_id=s, item_id=i, kind=kind, at=at) for s, i, kind in fresh)
    return len(fresh)


def conflicts(panel: Panel) -> list[tuple[int, int, str]]:
    """Who may not judge what as things are today: (seat, item, kind of recusal)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seat, item, kind FROM panel_conflicts(%s)", [panel.pk])
        return list(cursor.fetchall())


def hold(panel: Panel, actor: Actor, *states: str, lead: Any = RUN) -> Panel:
    """The panel's row, locked, in one of these states. Forbidden to whom the rule does not admit; else Stale."""
    found = Panel.objects.select_for_update(of=("self",)).filter(pk=panel.pk).first()
    if found is None or not lead.filter(Panel.objects.filter(pk=panel.pk), actor).exists():
        raise Forbidden
    if found.state not in states:
        raise Stale(found)
    return found


def _questions() -> dict[str, str]:
    return {
        "blind": _("Say whether judges see names or codes only."),
        "minimum": _("Say how many judges an item needs at least."),
        "drop": _("Say how many of the highest and of the lowest sheets are left out; 0 for none."),
        "precision": _("Say to how many decimal places totals are rounded."),
        "rounding": _("Say how totals are rounded."),
        "passes": _("Say how many pass; 0 where nothing is cut."),
        "reserves": _("Say how many reserves are kept; 0 for none."),
    }


def _missing_of_earlier(panel: Panel, items: list[int]) -> list[str]:
    earlier = panel.earlier
    if earlier is None:
        return [_("Name the earlier stage whose result has a share.")] if panel.earlier_share else []
    found = []
    if panel.earlier_share is None:
        found.append(_("Say which share the earlier stage has."))
    if earlier.state != PanelState.LOCKED:
        found.append(_("“%s” is not locked yet.") % earlier.name)
    cases = Decoding.objects.filter(item__in=items).values("case")
    known = Decoding.objects.filter(panel=earlier, case__in=cases, item__standing__isnull=False).count()
    if earlier.state == PanelState.LOCKED and known != len(items):
        found.append(_("Some items have no result in “%s”.") % earlier.name)
    return found


def _codes(panel: Panel, wanted: int) -> list[str]:
    """New codes by chance, as digits, none of which the panel has."""
    taken = set(panel.items.values_list("code", flat=True))
    width = max(3, len(str(4 * (len(taken) + wanted))))
    free = [c for c in (f"{n:0{width}d}" for n in range(1, 10**width)) if c not in taken]
    return sorted(secrets.SystemRandom().sample(free, wanted))


def _fill(panel: Panel, items: Mapping[int, Item], cases: Sequence[Case]) -> None:
    """Build the packs of newly entered cases."""
    parts, files = [], {}
    able = packs(panel.edition.programme)
    built: dict[int, Any] = {}
    for name, pack in able.items():
        mine = [c for c in cases if c.flow == name]
        if mine:
            built |= pack.build(mine, bool(panel.blind))
    wanted = {p.file for each in built.values() for p in each if p.file is not None}
    files = File.objects.filter(removed_at=None).in_bulk(wanted)
    for case, each in built.items():
        for n, part in enumerate(each, start=1):
            row = Part(item=items[case], position=n, label=part.label, text=part.text)
            if part.file is not None:
                file = files[part.file]
                row.stored, row.media_type, row.bytes = file.stored, file.media_type, file.bytes
                row.digest = file.digest
                row.ending = file.name[file.name.rfind(".") :] if "." in file.name else ""
            parts.append(row)
    Part.objects.bulk_create(parts)


def _refuse(panel: Panel, text: str, *, field: str = "") -> None:
    raise Refused({panel.pk: [Reason(text, field=field)]})
