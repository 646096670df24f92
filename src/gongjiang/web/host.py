"""In whose name the public pages speak: the smallest union that holds all of the grassroots below it."""

from dataclasses import dataclass
from itertools import takewhile

from django.db.models import Max, Min

from gongjiang.kernel.orgs.models import Level, Unit
from gongjiang.kernel.orgs.paths import ancestors


@dataclass(frozen=True)
class Host:
    """The unit that runs this installation."""

    id: int
    code: str
    name: str
    name_en: str


_known: list[Host] = []


def host() -> Host | None:
    """The host, found once for each process; None while there are no units."""
    if not _known:
        found = _find()
        if found is None:
            return None
        _known.append(found)
    return _known[0]


def _find() -> Host | None:
    for level in (Level.TOWNSHIP, Level.COUNTY, Level.CITY, Level.PROVINCE, Level.NATION):
        ends = Unit.objects.filter(level=level, closed_on=None).aggregate(first=Min("path"), last=Max("path"))
        if ends["first"] is None:
            continue
        pairs = zip(ancestors(ends["first"]), ancestors(ends["last"]), strict=False)
        shared = [a for a, b in takewhile(lambda pair: pair[0] == pair[1], pairs)]
        unit = Unit.objects.filter(pk=shared[-1]).first() if shared else None
        if unit is not None:
            return Host(unit.pk, unit.code, unit.name, unit.name_en)
    return None
