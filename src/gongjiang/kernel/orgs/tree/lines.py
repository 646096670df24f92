"""The lines of reporting: edges, and the two paths that follow from them."""

from datetime import date

from django.apps import apps
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import ChangeState, Channel, Edge, Reorganisation, Unit
from ..paths import PathField

COLUMN = {Channel.TERRITORIAL: "path", Channel.INDUSTRIAL: "industrial_path"}


class TreeError(ValueError):
    """A change that would not leave a tree."""


def alone(*units: Unit) -> None:
    """Be the only one who changes the tree until the transaction ends, and know these units as they now are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orgs.tree'))")
    for unit in units:
        unit.refresh_from_db()


def carriers(channel: str = Channel.TERRITORIAL) -> list[tuple[type[models.Model], str]]:
    """Every (model, column) that holds some unit's path; industrially, where it has an edition."""
    return [
        (m, str(f.column))
        for m in apps.get_models()
        if m is not Unit and (channel == Channel.TERRITORIAL or "edition" in {f.name for f in m._meta.fields})
        for f in m._meta.concrete_fields
        if isinstance(f, PathField)
    ]


def new_unit(parent: Unit | None, *, on: date, **fields: object) -> Unit:
    if parent is not None:
        refuse_ended(parent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_unit', 'id'))")
        key = cursor.fetchone()[0]
    unit = Unit(
        pk=key,
        parent=parent,
        path=f"{parent.path if parent else '/'}{key}/",
        industrial_path=f"{parent.industrial_path if parent else '/'}{key}/",
        opened_on=on,
        **fields,
    )
    unit.save(force_insert=True)
    return unit


def noted(kind: str, unit: Unit, on: date, document: str, **more: object) -> Reorganisation:
    """The record of a change that nobody had to propose."""
    now = timezone.now()
    return Reorganisation.objects.create(
        kind=kind,
        unit=unit,
        on=on,
        document=document,
        state=ChangeState.APPLIED,
        proposed_at=now,
        applied_at=now,
        **more,
    )


def refuse_ended(*units: Unit) -> None:
    for unit in units:
        if unit.closed_on is not None:
            raise TreeError(_("“%(unit)s” has ended on %(day)s.") % {"unit": unit, "day": unit.closed_on})


def move(unit: Unit, parent: Unit | None, on: date, channel: str, by: Reorganisation) -> None:
    """The edge of one channel, and the paths that follow from it."""
    unit.refresh_from_db()  # an earlier step may have moved them
    if parent is not None:
        parent.refresh_from_db()
    if parent is None and channel == Channel.TERRITORIAL:
        raise TreeError(_("“%(unit)s” must report to a territorial union.") % {"unit": unit})
    if parent is not None and lies_within(parent, unit):
        raise TreeError(_("“%(other)s” lies within “%(unit)s”.") % {"other": parent, "unit": unit})
    open_edge(unit, parent, on, channel)
    Edge.objects.filter(unit=unit, channel=channel, until=None).update(until=on)
    if parent is not None:
        Edge.objects.create(unit=unit, parent=parent, channel=channel, since=on, begun_by=by)
    if channel == Channel.TERRITORIAL and parent is not None:
        Unit.objects.filter(pk=unit.pk).update(parent=parent)
        unit.parent = parent
        _lead(unit, Channel.TERRITORIAL, f"{parent.path}{unit.pk}/")
    _lead(unit, Channel.INDUSTRIAL, f"{_industrial_parent(unit).industrial_path}{unit.pk}/")


def lies_within(other: Unit, unit: Unit) -> bool:
    """Whether `other` is the unit, or below it in either channel."""
    return any(getattr(other, column).startswith(getattr(unit, column)) for column in COLUMN.values())


def open_edge(unit: Unit, parent: Unit | None, on: date, channel: str) -> Edge | None:
    """The edge that a move ends. Raises TreeError where it is too young, the same as the new one, or missing."""
    now = Edge.objects.filter(unit=unit, channel=channel, until=None).first()
    if now is not None and now.since >= on:
        raise TreeError(
            _("“%(unit)s” has reported where it does only since %(day)s.") % {"unit": unit, "day": now.since}
        )
    if now is None and parent is None:
        raise TreeError(_("“%(unit)s” reports to no industrial union.") % {"unit": unit})
    if now is not None and parent is not None and now.parent_id == parent.pk:
        raise TreeError(_("“%(unit)s” reports to “%(other)s” already.") % {"unit": unit, "other": parent})
    return now


def _industrial_parent(unit: Unit) -> Unit:
    """Whom a unit reports to in the industrial channel: the territorial parent where it has no industrial one."""
    edge = (
        Edge.objects.filter(unit=unit, channel=Channel.INDUSTRIAL, until=None)
        .select_related("parent")
        .first()
    )
    if edge is not None:
        return edge.parent
    assert unit.parent is not None
    return Unit.objects.get(pk=unit.parent.pk)


def _lead(unit: Unit, channel: str, new: str) -> None:
    """Give a unit its new path in one channel, and everything that follows it."""
    column = COLUMN[Channel(channel)]
    old: str = getattr(unit, column)
    setattr(unit, column, new)
    if old == new:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orgs_unit SET {column} = %s || substr({column}, %s) WHERE {column} >= %s AND {column} < %s",
            [new, len(old) + 1, old, old + "~"],
        )
        for model, field in carriers(
            channel
        ):  # a trigger that derives the path from the unit does so once more
            cursor.execute(
                f'UPDATE "{model._meta.db_table}" SET {field} = %s || substr({field}, %s)'
                f" WHERE {field} >= %s AND {field} < %s",
                [new, len(old) + 1, old, old + "~"],
            )
