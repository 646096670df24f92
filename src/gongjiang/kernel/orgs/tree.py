"""Changing the union tree: the only writer of paths and edges."""

from datetime import date

from django.apps import apps
from django.db import connection, models, transaction

from .models import Channel, Edge, Unit
from .paths import PathField


class TreeError(ValueError):
    """A change that would not leave a tree."""


def add(parent: Unit | None, *, on: date, **fields: object) -> Unit:
    """A new unit under `parent`, with its first edge."""
    with transaction.atomic(), connection.cursor() as cursor:
        _alone(*([parent] if parent else []))
        cursor.execute("SELECT nextval(pg_get_serial_sequence('orgs_unit', 'id'))")
        key = cursor.fetchone()[0]
        unit = Unit(
            pk=key, parent=parent, path=f"{parent.path if parent else '/'}{key}/", opened_on=on, **fields
        )
        unit.save(force_insert=True)
        if parent is not None:
            Edge.objects.create(unit=unit, parent=parent, since=on)
    return unit


def reparent(unit: Unit, parent: Unit, *, on: date) -> None:
    """Move a unit with everything below it, from `on`: the dated edge, and every path in one transaction.

    Raises TreeError when `parent` lies within `unit`, or `on` is not after the present edge began.
    """
    with transaction.atomic():
        _alone(unit, parent)
        if parent.path.startswith(unit.path):
            raise TreeError(f"{parent} lies within {unit}")
        now = (
            Edge.objects.select_for_update()
            .filter(unit=unit, channel=Channel.TERRITORIAL, until=None)
            .first()
        )
        if now is not None and now.since >= on:
            raise TreeError(f"{unit} has reported to {now.parent_id} only since {now.since}")
        Edge.objects.filter(unit=unit, channel=Channel.TERRITORIAL, until=None).update(until=on)
        Edge.objects.create(unit=unit, parent=parent, since=on)
        old, new = unit.path, f"{parent.path}{unit.pk}/"
        Unit.objects.filter(pk=unit.pk).update(parent=parent)
        for model in carriers():
            table = model._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE "{table}" SET path = %s || substr(path, %s) WHERE path >= %s AND path < %s',
                    [new, len(old) + 1, old, old + "~"],
                )
        unit.refresh_from_db()


def _alone(*units: Unit) -> None:
    """Be the only one who changes the tree until the transaction ends, and know these units as they now are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orgs.tree'))")
    for unit in units:
        unit.refresh_from_db()


def carriers() -> list[type[models.Model]]:
    """Every model with a path: units first, since the others follow them."""
    found = [m for m in apps.get_models() if any(isinstance(f, PathField) for f in m._meta.concrete_fields)]
    return sorted(found, key=lambda m: m is not Unit)
