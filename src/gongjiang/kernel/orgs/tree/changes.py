"""What becomes of units: each change is one transaction, one at a time, and leaves a `Reorganisation`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import (
    ChangeKind,
    Channel,
    Edge,
    Grants,
    LegalEntity,
    Level,
    Reorganisation,
    Unit,
    UnitFace,
    UnitKind,
)
from .lines import TreeError, alone, lies_within, move, new_unit, noted, open_edge, refuse_ended


@dataclass(frozen=True)
class Part:
    """What is split off a unit: its name and code, and the entities and lower units that go along."""

    name: str
    code: str
    name_en: str = ""
    entities: Sequence[LegalEntity] = ()
    units: Sequence[Unit] = ()


def add(parent: Unit | None, *, on: date, by: Reorganisation | None = None, **fields: object) -> Unit:
    """A new unit under `parent`, with its first edge.

    Raises TreeError below a unit that has ended or begins later, and where the code is taken.
    """
    with transaction.atomic():
        alone(*([parent] if parent else []))
        if parent is not None:
            _refuse_younger(parent, on)
        _refuse_taken(str(fields["code"]))
        unit = new_unit(parent, on=on, **fields)
        if parent is not None:
            Edge.objects.create(unit=unit, parent=parent, since=on, begun_by=by)
        if by is not None:
            Reorganisation.objects.filter(pk=by.pk).update(made=unit)
            by.made = unit
    return unit


def reparent(
    unit: Unit,
    parent: Unit | None,
    *,
    on: date,
    channel: str = Channel.TERRITORIAL,
    document: str = "",
    by: Reorganisation | None = None,
) -> Reorganisation:
    """Let a unit with everything below it report to `parent` from `on`: the dated edge and every path at once.

    In the industrial channel `None` ends the line: from then on the unit reports along its territorial one there, too.
    Raises TreeError when `parent` has ended or lies within `unit` in either channel, when `on` is not after the
    present edge began, or when there is no line to end.
    """
    with transaction.atomic():
        alone(unit, *([parent] if parent else []))
        refuse_ended(unit, *([parent] if parent else []))
        by = by or noted(ChangeKind.MOVE, unit, on, document, target=parent, channel=channel)
        move(unit, parent, on, channel, by)
        unit.refresh_from_db()
    return by


def merge(
    units: Iterable[Unit],
    into: Unit,
    *,
    on: date,
    grants: str = Grants.END,
    document: str = "",
    by: Reorganisation | None = None,
) -> list[Reorganisation]:
    """End these units on a day; `into` is their successor.

    Each lives on, closed, below the successor, with its cases, entities and people. Its lower units report to the
    successor, and those that reported to it along the industrial line do, too. Open turns pass to the successor.
    Roles over it end, or pass to the successor.
    Raises TreeError when the successor has ended or lies within a merged unit, or when one began later than `on`.
    """
    with transaction.atomic():
        alone(into, *(units := list(units)))
        done = []
        for unit in units:
            change = by or noted(ChangeKind.MERGE, unit, on, document, target=into, grants=grants)
            _end(unit, into, on, grants, change)
            done.append(change)
    return done


def close(
    unit: Unit, *, on: date, grants: str = Grants.END, document: str = "", by: Reorganisation | None = None
) -> Reorganisation:
    """End a unit on a day without another in its place: the unit above it is responsible from then on.

    Nobody is lost: the people, entities, cases and lower units are the upper unit's, as after a merger into it.
    Raises TreeError at the root, or when the unit has ended or began later than `on`.
    """
    with transaction.atomic():
        alone(unit)
        if unit.parent is None:
            raise TreeError(_("“%(unit)s” is the root of the tree.") % {"unit": unit})
        by = by or noted(ChangeKind.CLOSE, unit, on, document, grants=grants)
        _end(unit, unit.parent, on, grants, by)
    return by


def split(
    unit: Unit, parts: Sequence[Part], *, on: date, document: str = "", by: Reorganisation | None = None
) -> list[Unit]:
    """Split new units off a unit, beside it, on a day. What goes along is said to have belonged to `unit` before.

    Entities take their people along; cases stay with `unit`, which goes on. To end it, merge it into one of the parts.
    Raises TreeError when the unit is the root or has ended, when it began no earlier than `on`, or when an entity or
    a lower unit is not its own.
    """
    with transaction.atomic():
        alone(unit)
        refuse_ended(unit)
        if unit.parent is None:
            raise TreeError(_("“%(unit)s” is the root of the tree.") % {"unit": unit})
        if unit.opened_on >= on:
            raise TreeError(
                _("“%(unit)s” exists only since %(day)s.") % {"unit": unit, "day": unit.opened_on}
            )
        made = []
        for part in parts:
            change = by or noted(
                ChangeKind.SPLIT, unit, on, document, name=part.name, name_en=part.name_en, code=part.code
            )
            made.append(_split_off(unit, part, on, change))
    return made


def rename(
    unit: Unit,
    name: str,
    *,
    on: date,
    name_en: str | None = None,
    document: str = "",
    by: Reorganisation | None = None,
) -> Reorganisation:
    """Call a unit by another name from a day; the old face is kept. Raises TreeError when its face is not older."""
    with transaction.atomic():
        alone(unit)
        refuse_ended(unit)
        by = by or noted(ChangeKind.RENAME, unit, on, document, name=name, name_en=name_en or "")
        _keep_faces([unit], on, by)
        unit.name = name
        unit.name_en = unit.name_en if name_en is None else name_en
        unit.save(update_fields=["name", "name_en"])
    return by


def renumber(
    unit: Unit,
    code: str,
    *,
    on: date,
    region: str = "",
    document: str = "",
    by: Reorganisation | None = None,
) -> Reorganisation:
    """Give a unit another code from a day, and another region where one is named; the old ones are kept as faces.

    A territorial union below it whose code or region begins with the old one follows. So do the regions of the
    enterprises' unions and of the entities there; codes that were issued to enterprises stay.
    Raises TreeError when the code is taken, or when a face that changes is not older than `on`.
    """
    with transaction.atomic():
        alone(unit)
        refuse_ended(unit)
        by = by or noted(ChangeKind.RENUMBER, unit, on, document, code=code, region=region)
        old_code, old_region = unit.code, unit.region
        below = Q(path__within=unit.path, closed_on=None)
        coded = (
            below
            & Q(code__startswith=old_code)
            & ~Q(level=Level.ENTERPRISE)
            & Q(kind__in=[UnitKind.UNION, UnitKind.FEDERATION])
        )
        placed = below & Q(region__startswith=old_region) if region else Q(pk__in=[])
        wanted = set(Unit.objects.filter(coded).values_list(_after("code", code, old_code), flat=True))
        if Unit.objects.filter(code__in=wanted).exclude(coded).exists():
            raise TreeError(_("The code %(code)s is taken.") % {"code": code})
        _keep_faces(Unit.objects.filter(coded | placed), on, by)
        if region:
            LegalEntity.objects.filter(path__within=unit.path, region__startswith=old_region).update(
                region=_after("region", region, old_region)
            )
            Unit.objects.filter(placed).update(region=_after("region", region, old_region))
        keys = list(Unit.objects.filter(coded).values_list("pk", flat=True))
        Unit.objects.filter(pk__in=keys).update(code=Concat(Value("~"), F("code")))  # out of each other's way
        Unit.objects.filter(pk__in=keys).update(code=_after("code", code, "~" + old_code))
        unit.refresh_from_db()
    return by


def objection(change: Reorganisation, entities: Sequence[LegalEntity] = ()) -> str:
    """What stands against a change as far as its own rows show, in words; empty where nothing does.

    A proposal is asked this before it is carried out; the carrying out asks again, under the lock.
    """
    unit, target, kind = change.unit, change.target, change.kind
    try:
        refuse_ended(unit, *([target] if target else []))
        if kind in (ChangeKind.MOVE, ChangeKind.MERGE):
            if target is None and (kind == ChangeKind.MERGE or change.channel == Channel.TERRITORIAL):
                raise TreeError(_("“%(unit)s” must report to a territorial union.") % {"unit": unit})
            if target is not None and (target.pk == unit.pk or lies_within(target, unit)):
                raise TreeError(_("“%(other)s” lies within “%(unit)s”.") % {"other": target, "unit": unit})
        elif kind not in (ChangeKind.RENAME, ChangeKind.FOUND) and unit.parent_id is None:
            raise TreeError(_("“%(unit)s” is the root of the tree.") % {"unit": unit})
        if kind == ChangeKind.MOVE:
            open_edge(unit, target, change.on, change.channel)
        if kind in (ChangeKind.FOUND, ChangeKind.SPLIT, ChangeKind.RENUMBER):
            _refuse_taken(change.code)
        if kind in (ChangeKind.RENAME, ChangeKind.RENUMBER):
            _refuse_young_faces([unit], change.on)
        if kind == ChangeKind.FOUND:
            _refuse_misplaced(change)
        elif unit.opened_on >= change.on:
            raise TreeError(
                _("“%(unit)s” exists only since %(day)s.") % {"unit": unit, "day": unit.opened_on}
            )
        for entity in entities:
            if entity.unit_id != unit.pk:
                raise TreeError(
                    _("“%(other)s” does not belong to “%(unit)s”.") % {"other": entity, "unit": unit}
                )
    except TreeError as refusal:
        return str(refusal)
    return ""


def _refuse_taken(code: str) -> None:
    if Unit.objects.filter(code=code).exists():
        raise TreeError(_("The code %(code)s is taken.") % {"code": code})


def _refuse_younger(parent: Unit, on: date) -> None:
    if parent.opened_on > on:
        raise TreeError(
            _("“%(unit)s” exists only since %(day)s.") % {"unit": parent, "day": parent.opened_on}
        )


def _refuse_misplaced(change: Reorganisation) -> None:
    """A unit that is added is of no higher level than the one above it, and a team is a workplace's."""
    _refuse_younger(change.unit, change.on)
    ranks = list(Level)
    if ranks.index(Level(change.level)) < ranks.index(Level(change.unit.level)):
        raise TreeError(
            _("The new unit cannot be of a higher level than “%(unit)s”.") % {"unit": change.unit}
        )
    if change.unit_kind == UnitKind.TEAM and change.unit.level != Level.ENTERPRISE:
        no_workplace = _("A team belongs to the union of a workplace, and “%(unit)s” is none.")
        raise TreeError(no_workplace % {"unit": change.unit})


def _end(unit: Unit, successor: Unit, on: date, grants: str, by: Reorganisation) -> None:
    """Close a unit below its successor, and pass on what is still to be done there."""
    refuse_ended(unit, successor)
    if unit.pk == successor.pk or successor.path.startswith(unit.path):
        raise TreeError(_("“%(other)s” lies within “%(unit)s”.") % {"other": successor, "unit": unit})
    if unit.opened_on > on:
        raise TreeError(_("“%(unit)s” exists only since %(day)s.") % {"unit": unit, "day": unit.opened_on})
    for child in Unit.objects.filter(parent=unit, closed_on=None).order_by("pk"):
        move(child, successor, on, Channel.TERRITORIAL, by)
    lines = Edge.objects.filter(parent=unit, channel=Channel.INDUSTRIAL, until=None)
    for line in lines.select_related("unit").order_by("pk"):
        move(line.unit, successor, on, Channel.INDUSTRIAL, by)
    if Edge.objects.filter(unit=unit, channel=Channel.INDUSTRIAL, until=None).exists():
        move(unit, None, on, Channel.INDUSTRIAL, by)
    if unit.parent_id != successor.pk:
        move(unit, successor, on, Channel.TERRITORIAL, by)
    _pass_turns(unit, successor)
    Unit.objects.filter(pk=unit.pk).update(closed_on=on)
    _pass_grants(unit, successor, on, grants)
    unit.refresh_from_db()


def _pass_turns(unit: Unit, successor: Unit) -> None:
    """Open turns and tasks of a unit that ends become its successor's, with the clocks that run for them.

    The live turn keeps its key, to which its clock holds; what the unit had of it becomes a past turn. To be called
    while the unit still stands: a turn that begins at an ended one is its successor's.
    """
    turns, tasks = apps.get_model("lifecycle", "Turn"), apps.get_model("tasks", "Task")
    now = timezone.now()
    live = list(turns.objects.select_for_update().filter(unit=unit, until=None))
    keys = [turn.pk for turn in live]
    for turn in live:
        turn.pk, turn.until = None, now
    turns.objects.filter(pk__in=keys).update(unit=successor, since=now, claimed_by=None)
    turns.objects.bulk_create(live)
    tasks.objects.filter(owner=unit, ended_at=None).update(owner=successor, version=F("version") + 1)


def _pass_grants(unit: Unit, successor: Unit, on: date, grants: str) -> None:
    """Roles over a unit that ends do so with it. Those that pass on begin anew over the successor."""
    model = apps.get_model("access", "Grant")
    ending = model.objects.filter(Q(until=None) | Q(until__gt=on), unit=unit)
    held = list(ending)
    ending.filter(since__gte=on).delete()
    ending.update(until=on)
    if grants == Grants.MOVE:
        for grant in held:
            grant.pk, grant.unit_id, grant.since = None, successor.pk, max(on, grant.since)
        model.objects.bulk_create(held)


def _split_off(unit: Unit, part: Part, on: date, by: Reorganisation) -> Unit:
    assert unit.parent is not None
    strange = [e for e in part.entities if e.unit_id != unit.pk] + [
        u for u in part.units if u.parent_id != unit.pk
    ]
    if strange:
        raise TreeError(_("“%(other)s” does not belong to “%(unit)s”.") % {"other": strange[0], "unit": unit})
    _refuse_taken(part.code)
    made = new_unit(
        unit.parent,
        on=on,
        code=part.code,
        name=part.name,
        name_en=part.name_en,
        kind=unit.kind,
        level=unit.level,
        region=unit.region,
    )
    Edge.objects.create(unit=made, parent=unit, since=unit.opened_on, until=on)
    Edge.objects.create(unit=made, parent=unit.parent, since=on, begun_by=by)
    industrial = Edge.objects.filter(unit=unit, channel=Channel.INDUSTRIAL, until=None).first()
    if industrial is not None:
        move(made, industrial.parent, on, Channel.INDUSTRIAL, by)
    for lower in part.units:
        move(lower, made, on, Channel.TERRITORIAL, by)
    keys = [e.pk for e in part.entities]
    LegalEntity.objects.filter(pk__in=keys).update(unit=made)
    apps.get_model("people", "Employment").objects.filter(entity__in=keys, unit=unit).update(unit=made)
    Reorganisation.objects.filter(pk=by.pk).update(made=made)
    by.made = made
    return made


def _refuse_young_faces(units: Sequence[Unit], on: date) -> dict[int, date]:
    """Since when each unit has had its present face. Raises TreeError where that is not before `on`."""
    found = UnitFace.objects.filter(unit__in=units).values_list("unit").annotate(until=models.Max("until"))
    last = dict(found.order_by())
    since = {unit.pk: last.get(unit.pk, unit.opened_on) for unit in units}
    for unit in units:
        if since[unit.pk] >= on:
            raise TreeError(
                _("The present name and code of “%(unit)s” hold only since %(day)s.")
                % {"unit": unit, "day": since[unit.pk]}
            )
    return since


def _keep_faces(units: Iterable[Unit], on: date, by: Reorganisation) -> None:
    """Write down how these units were called and numbered until a day."""
    units = list(units)
    since = _refuse_young_faces(units, on)
    UnitFace.objects.bulk_create(
        UnitFace(
            unit=unit,
            code=unit.code,
            name=unit.name,
            name_en=unit.name_en,
            region=unit.region,
            since=since[unit.pk],
            until=on,
            ended_by=by,
        )
        for unit in units
    )


def _after(column: str, new: str, old: str) -> Concat:
    """`column` with `new` in the place of the `old` that it begins with."""
    return Concat(Value(new), Substr(column, len(old) + 1))
