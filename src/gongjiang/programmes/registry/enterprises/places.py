"""Where a list says that an enterprise lies, and which union answers for it there."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from django.utils.translation import gettext as _

from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.orgs.models import Level, Unit, UnitKind
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.identity import normal

#: How many words of a published list are named to who wrote another.
MOST_WORDS = 20


class Places:
    """Regions at and below a unit's, by name and by code, and the union that answers for each."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        regions = Code.objects.filter(
            list__code="region", until=None, level__in=("city", "county", "township")
        )
        self._codes = {
            _short(code): name
            for code, name in regions.filter(
                code__startswith=unit.region[:6].rstrip("0") or unit.region
            ).values_list("code", "name")
        }
        self._named: dict[str, list[str]] = {}
        for code, name in self._codes.items():
            self._named.setdefault(name, []).append(code)
        unions = Unit.objects.filter(path__within=unit.path, kind=UnitKind.UNION, closed_on=None).exclude(
            level=Level.ENTERPRISE
        )
        self._unions = dict(unions.order_by("-path").values_list("region", "pk"))

    def region(self, written: str) -> str:
        """The code of a region that is written as its code or its name. Raises ValueError with what to do instead."""
        if not written:
            return self.unit.region
        digits = normal(written)
        if digits.isdigit():
            found = [code for code in {_short(digits), digits} if code in self._codes or code in self._unions]
        else:
            found = [code for name, codes in self._named.items() if name == written for code in codes]
        if len(found) > 1:
            raise ValueError(_("several places are called “%(name)s”; write the code") % {"name": written})
        if not found:
            raise ValueError(
                _("“%(name)s” is not in the area of %(unit)s") % {"name": written[:30], "unit": self.unit}
            )
        return found[0]

    def union(self, region: str) -> int:
        """The union of the region, or the nearest above it that the list's own union holds."""
        for length in (9, 6, 4):
            if region[:length] in self._unions:
                return self._unions[region[:length]]
        return self.unit.pk

    def unlisted(self, union: int, park: str, chains: Sequence[str]) -> Iterator[str]:
        """What is wrong with a park and chains that are stated for a union: they must be on the lists it goes by."""
        for name, stated in (("parks", [park] if park else []), ("chains", chains)):
            if not stated:
                continue
            listed = self._lists[union][name]
            words = listed.value
            for each in stated if words else stated[:1]:
                if not words:
                    yield _(
                        "no “%(list)s” are published for this place; publish them, or leave the column out"
                    ) % {"list": listed.parameter}
                elif each not in words:
                    yield _("“%(word)s” is not among the published “%(list)s”; there are: %(words)s") % {
                        "word": each, "list": listed.parameter, "words": "、".join(words[:MOST_WORDS]),
                    }  # fmt: skip

    @cached_property
    def _lists(self) -> dict[int, dict[str, read.Value]]:
        return read.values_of("registry", {self.unit.pk, *self._unions.values()})


def _short(code: str) -> str:
    """Without the zeros that the statistical form adds: two, four, six or nine digits.

    >>> _short("140423100000"), _short("140423"), _short("140400")
    ('140423100', '140423', '140400')
    """
    return code[:9] if len(code) == 12 and code.endswith("000") else code
