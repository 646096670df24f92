"""Places: taken under lock, given back, changed over to another unit. Over quota is the reserve, never cut silently."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import F

from .flow import Forbidden, Reason, Refused
from .models import Edition, Quota, Stream


def take(edition: Edition, wanted: Mapping[int, int], *, stream: str = Stream.REGULAR) -> dict[int, int]:
    """Take places, up to what is left: {unit key: how many} → {unit key: how many it got}.

    A unit that gets fewer than it wanted ranks the rest as its reserve. A unit without a quota in this edition is
    not limited and gets what it wanted. The rows are locked until the end of the transaction, in the order of
    their keys.
    """
    with transaction.atomic():
        got = dict(wanted)
        for quota in _locked(edition, wanted, stream):
            got[quota.unit_id] = max(0, min(wanted[quota.unit_id], quota.limit - quota.taken))
            Quota.objects.filter(pk=quota.pk).update(taken=F("taken") + got[quota.unit_id])
    return got


def give_back(edition: Edition, places: Mapping[int, int], *, stream: str = Stream.REGULAR) -> dict[int, int]:
    """Give places back; returns {unit key: how many are free now} for the units that have a quota.

    Raises ValueError where more would be given back than are taken.
    """
    free = {}
    with transaction.atomic():
        for quota in _locked(edition, places, stream):
            if places[quota.unit_id] > quota.taken:
                raise ValueError(f"unit {quota.unit_id} has taken {quota.taken} places only")
            Quota.objects.filter(pk=quota.pk).update(taken=F("taken") - places[quota.unit_id])
            free[quota.unit_id] = quota.limit - quota.taken + places[quota.unit_id]
    return free


def swap(edition: Edition, *, giving: int, taking: int, stream: str = Stream.REGULAR) -> bool:
    """One place of a unit goes back and another unit takes one of its own: both, or neither (False)."""
    if giving == taking:
        return True
    with transaction.atomic():
        rows = {q.unit_id: q for q in _locked(edition, {giving: 1, taking: 1}, stream)}
        to, of = rows.get(taking), rows.get(giving)
        if (to is not None and to.taken >= to.limit) or (of is not None and of.taken < 1):
            return False
        if of is not None:
            Quota.objects.filter(pk=of.pk).update(taken=F("taken") - 1)
        if to is not None:
            Quota.objects.filter(pk=to.pk).update(taken=F("taken") + 1)
    return True


def left(edition: Edition, unit: int, *, stream: str = Stream.REGULAR) -> int | None:
    """How many places a unit still has; None where the edition sets it no quota."""
    row = Quota.objects.filter(edition=edition, unit=unit, stream=stream).first()
    return None if row is None else row.limit - row.taken


def allot(edition: Edition, limits: Mapping[int, int], *, actor: Any, stream: str = Stream.REGULAR) -> None:
    """Set the places of units; 0 takes the quota away where none is taken.

    Where a unit above one of them has a quota in the same edition, that one must be large enough for all below it,
    or it must not be one that theirs is allotted from. Raises Forbidden for whoever does not run the edition, and
    Refused where fewer would be set than are taken.
    """
    from .editions import runs

    if not runs(edition, actor):
        raise Forbidden
    with transaction.atomic():
        there = {q.unit_id: q for q in _locked(edition, limits, stream)}
        short = [q for q in there.values() if limits[q.unit_id] < q.taken]
        if short:
            raise Refused({q.pk: [Reason(_fewer(q))] for q in short})
        for unit, limit in sorted(limits.items()):
            if unit in there and limit == 0:
                Quota.objects.filter(pk=there[unit].pk).delete()
            elif unit in there:
                Quota.objects.filter(pk=there[unit].pk).update(limit=limit)
            elif limit:
                Quota.objects.create(edition=edition, unit_id=unit, stream=stream, limit=limit)


def _fewer(quota: Quota) -> str:
    from django.utils.translation import gettext as _

    return _("%(unit)s has taken %(taken)s places already; it cannot get fewer.") % {
        "unit": quota.unit,
        "taken": quota.taken,
    }


def _locked(edition: Edition, units: Mapping[int, int], stream: str) -> list[Quota]:
    rows = Quota.objects.filter(edition=edition, unit__in=list(units), stream=stream)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))
