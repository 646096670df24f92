"""Changing the union tree: the only writer of paths and edges.

A unit reports along two lines. Its territorial line makes `path`. Its industrial line makes `industrial_path`: the
industrial parent's own industrial path where there is one, otherwise that of the territorial parent. Either column
is a tree of its own, so a move in it is one replacement of a prefix.
"""

from datetime import date

from django.apps import apps
from django.db import connection, models, transaction

from .models import Channel, Edge, Unit
from .paths import PathField

COLUMN = {Channel.TERRITORIAL: "path", Channel.INDUSTRIAL: "industrial_path"}


class TreeError(ValueError):
    """A change that would not leave a tree."""


def add(parent: Unit | None, *, on: date, **fields: object) -> Unit:
    """A new unit under `parent`, with its first edge."""
    with transaction.atomic(), connection.cursor() as cursor:
        alone(*([parent] if parent else []))
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
        if parent is not None:
            Edge.objects.create(unit=unit, parent=parent, since=on)
    return unit


def reparent(unit: Unit, parent: Unit | None, *, on: date, channel: str = Channel.TERRITORIAL) -> None:
    """Let a unit with everything below it report to `parent` from `on`: the dated edge and every path at once.

    In the industrial channel `None` ends the line: from then on the unit reports along its territorial one there, too.
    Raises TreeError when `parent` lies within `unit` in either channel, when `on` is not after the present edge
    began, or when there is no line to end.
    """
    with transaction.atomic():
        alone(unit, *([parent] if parent else []))
        if parent is None and channel == Channel.TERRITORIAL:
            raise TreeError(f"{unit} must report to a territorial union")
        if parent is not None and any(
            getattr(parent, column).startswith(getattr(unit, column)) for column in COLUMN.values()
        ):
            raise TreeError(f"{parent} lies within {unit}")
        now = Edge.objects.select_for_update().filter(unit=unit, channel=channel, until=None).first()
        if now is not None and now.since >= on:
            raise TreeError(f"{unit} has reported to {now.parent_id} only since {now.since}")
        if now is None and parent is None:
            raise TreeError(f"{unit} reports to no industrial union")
        Edge.objects.filter(unit=unit, channel=channel, until=None).update(until=on)
        if parent is not None:
            Edge.objects.create(unit=unit, parent=parent, channel=channel, since=on)
        if channel == Channel.TERRITORIAL:
            assert parent is not None
            Unit.objects.filter(pk=unit.pk).update(parent=parent)
            unit.parent = parent
            _lead(unit, Channel.TERRITORIAL, f"{parent.path}{unit.pk}/")
        _lead(unit, Channel.INDUSTRIAL, f"{_industrial_parent(unit).industrial_path}{unit.pk}/")
        unit.refresh_from_db()


def _industrial_parent(unit: Unit) -> Unit:
    """Whom a unit reports to in the industrial channel: the territorial parent where it has no industrial one."""
    edge = (
        Edge.objects.filter(unit=unit, channel=Channel.INDUSTRIAL, until=None)
        .select_related("parent")
        .first()
    )
    return edge.parent if edge else Unit.objects.get(pk=unit.parent_id)


def _lead(unit: Unit, channel: str, new: str) -> None:
    """Give a unit its new path in one channel, and everything that follows it."""
    column = COLUMN[Channel(channel)]
    old: str = getattr(unit, column)
    if old == new:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE orgs_unit SET {column} = %s || substr({column}, %s) WHERE {column} >= %s AND {column} < %s",
            [new, len(old) + 1, old, old + "~"],
        )
        for model in carriers(channel):  # their triggers ask the unit anew
            cursor.execute(
                f"UPDATE \"{model._meta.db_table}\" SET path = '' WHERE path >= %s AND path < %s",
                [old, old + "~"],
            )


def alone(*units: Unit) -> None:
    """Be the only one who changes the tree until the transaction ends, and know these units as they now are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orgs.tree'))")
    for unit in units:
        unit.refresh_from_db()


def carriers(channel: str = Channel.TERRITORIAL) -> list[type[models.Model]]:
    """Every model whose `path` follows its unit's: in the industrial channel, those that belong to an edition."""
    return [
        m
        for m in apps.get_models()
        if m is not Unit
        and any(f.name == "path" and isinstance(f, PathField) for f in m._meta.concrete_fields)
        and (channel == Channel.TERRITORIAL or any(f.name == "edition" for f in m._meta.concrete_fields))
    ]
