"""Which named filters a list has, and what of its address is one."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict

from gongjiang.kernel.access.actor import Actor
from gongjiang.web.models import SavedFilter

BARE = "all"  # in an address: open the list without filters, whatever was saved
NOT_SAVED = (BARE, "after", "before")
LONGEST = 2000


def query_of(values: QueryDict) -> str:
    """The filters, the tab and the order of an address, in one spelling."""
    kept = QueryDict(mutable=True)
    for name in sorted(values):
        found = [value for value in values.getlist(name) if value]
        if found and name not in NOT_SAVED:
            kept.setlist(name, found)
    return kept.urlencode()


@dataclass(frozen=True)
class Chip:
    """One saved filter above its list."""

    name: str
    url: str
    current: bool


class Saved:
    """The named filters of the list that a request asks for. One query."""

    def __init__(self, request: HttpRequest, actor: Actor) -> None:
        self.path, self.query = request.path, query_of(request.GET)
        mine = SavedFilter.objects.filter(user=actor.user, path=request.path) if actor.user else []
        self.rows = sorted(mine, key=lambda row: (not row.first, row.name))

    @property
    def first(self) -> SavedFilter | None:
        """The one that the list opens with."""
        return next((row for row in self.rows if row.first), None)

    @property
    def may_save(self) -> bool:
        """Whether the address filters by anything that has no name yet; a tab or an order alone needs none."""
        narrows = set(QueryDict(self.query)) - {"tab", "order"}
        return (
            bool(narrows) and len(self.query) <= LONGEST and all(row.query != self.query for row in self.rows)
        )

    def __bool__(self) -> bool:
        return bool(self.rows) or self.may_save

    def __iter__(self) -> Iterator[Chip]:
        return (Chip(row.name, row.get_absolute_url(), row.query == self.query) for row in self.rows)

    @property
    def bare(self) -> str:
        """The address of the list without filters."""
        return f"{self.path}?{BARE}=1" if self.first else self.path
