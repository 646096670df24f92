"""Lists: rows through the rule, filters in the URL, at most three orders, pages by key, constant queries, exports."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers

from gongjiang.kernel.access.rules import Rule
from gongjiang.kernel.exchange.columns import Column, read
from gongjiang.kernel.exchange.exports import Sheet
from gongjiang.kernel.exchange.models import Tier
from gongjiang.web.saved.filters import Saved

from . import keyset
from .page import View

COUNT_TO = 1000
ORDERS = 3


class Order:
    """A declared order: a code for the URL, a label, and the columns, the last of which is unique.

    filled   every row of the list has a value in columns that could be empty
    """

    def __init__(self, code: str, label: Any, *columns: str, filled: bool = False) -> None:
        self.code, self.label, self.columns, self.filled = code, label, columns, filled


@dataclass(frozen=True)
class Tab:
    """One view on the same list."""

    label: Any
    url: str
    current: bool = False
    count: Any = None


class Filters(forms.Form):
    """The filters of a list. A field `f` is applied by `filter_f(rows, value)`, or else as an exact match on `f`.

    An unknown value in the URL filters nothing and is said beside its field.
    """

    def apply(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        self.is_valid()
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value in (None, "", [], ()) or (hasattr(value, "exists") and not value):
                continue
            own = getattr(self, f"filter_{name}", None)
            rows = own(rows, value) if own else rows.filter(**{name: value})
        return rows

    @property
    def in_use(self) -> bool:
        """Whether any filter is set."""
        return any(self.data.get(self.add_prefix(name)) for name in self.fields)

    @property
    def words(self) -> str:
        """The filters in use, as one reads them."""
        self.is_valid()
        said = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value in (None, "", [], ()):
                continue
            choices = {str(key): str(word) for key, word in getattr(field, "choices", ()) or ()}
            said.append(f"{field.label or name}: {choices.get(str(value), value)}")
        return "; ".join(" ".join(each.split()) for each in said)


@dataclass(frozen=True)
class ListPage:
    """One page of rows and the ways on from it."""

    rows: list[Any]
    counted: int
    previous_url: str
    next_url: str

    @property
    def count(self) -> str:
        """How many rows there are in all; past a thousand, "1,000+"."""
        return f"{COUNT_TO:,}+" if self.counted > COUNT_TO else f"{self.counted:,}"

    def __bool__(self) -> bool:
        return bool(self.rows)


class ListView(View):
    """A list that is a page and, for htmx, the part of a page.

    rows()   the queryset before the rule; `rule` (by default `access`) is applied on top, with `prefix`
             leading from the row to what the rule speaks of ("case__")
    filters  a Filters class, or None
    export   the columns of its export: (heading, dotted path or function of a row) pairs. A list of cases that
             declares none has those of every case; another one has no export
    tier     of the most sensitive column of the export
    """

    template_name = "list.html"
    orders: Sequence[Order] = ()
    filters: type[Filters] | None = None
    rule: Rule | None = None
    prefix = ""
    page_size = 25
    counts = True
    export: Sequence[Column] = ()
    tier: str = Tier.T1

    def rows(self) -> QuerySet[Any]:
        raise NotImplementedError

    def allowed(self) -> QuerySet[Any]:
        """The rows that this actor may see."""
        rule = self.rule or (self.access if isinstance(self.access, Rule) else None)
        return rule.filter(self.rows(), self.actor, self.prefix) if rule else self.rows()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.GET and self.saved is not None and self.saved.first is not None:
            return redirect(self.saved.first)
        response = self.show()
        patch_vary_headers(response, ("HX-Request",))
        return response

    @cached_property
    def filter_form(self) -> Filters | None:
        return self.filters(self.request.GET, **self.filter_kwargs()) if self.filters else None

    @cached_property
    def saved(self) -> Saved | None:
        """The actor's named filters of this list; None where the list has no filters or nobody is signed in."""
        return Saved(self.request, self.actor) if self.filters and not self.actor.is_anonymous else None

    def filter_kwargs(self) -> dict[str, Any]:
        """What the filters' class is given besides the query."""
        return {}

    @cached_property
    def order(self) -> Order:
        """The order asked for, or the first."""
        asked = self.request.GET.get("order")
        return next((o for o in self.orders if o.code == asked), self.orders[0])

    def tabs(self) -> list[Tab]:
        """Views on this list; none by default."""
        return []

    def context(self, **more: Any) -> dict[str, Any]:
        return super().context(
            page=self.page(),
            filters=self.filter_form,
            order=self.order,
            orders=self.orders,
            tabs=[self._bare(tab) for tab in self.tabs()],
            saved=self.saved,
            **more,
        )

    def _bare(self, tab: Tab) -> Tab:
        """A tab that names no filter shows none, also where the list opens with saved ones."""
        return replace(tab, url=self.saved.bare) if self.saved and tab.url == self.saved.path else tab

    def chosen(self) -> QuerySet[Any]:
        """The rows that this actor may see and has filtered."""
        rows = self.allowed()
        return self.filter_form.apply(rows) if self.filter_form else rows

    def sheet(self) -> Sheet | None:
        """This list as a file, with the filters and in the order of the address; None where it has no export."""
        columns, every_case = self.export, False
        if not columns:
            from .exporting import case_columns

            columns, every_case = case_columns(), True
            if not self.lists_cases:
                return None
        return Sheet(
            str(self.get_heading()),
            [str(label) for label, _path in columns],
            self._case_cells if every_case else lambda: self.cells(self.in_order(), columns),
            lambda: self.chosen().order_by().count(),
            self.filter_form.words if self.filter_form else "",
            self.tier,
        )

    @property
    def lists_cases(self) -> bool:
        """Whether its rows are cases, or have one each."""
        from .exporting import leads_to_case

        return type(self).rows is not ListView.rows and leads_to_case(self.rows().model, self.prefix)

    def cells(self, rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[Sequence[Any]]:
        """The cells of these rows, for the export."""
        return read(rows, columns)

    def in_order(self) -> QuerySet[Any]:
        """All chosen rows in the order of the address."""
        rows = self.chosen()
        keys = keyset.keys_of(rows.model, self.order.columns, filled=self.order.filled)
        return keyset.seek(rows, keys, None, forward=True)

    def _case_cells(self) -> Iterator[Sequence[Any]]:
        from .exporting import case_cells

        return case_cells(self.in_order(), self.prefix)

    @property
    def has_export(self) -> bool:
        """Whether the list offers itself as a file."""
        return self.face in ("desk", "my") and bool(self.export or self.lists_cases)

    def page(self) -> ListPage:
        """Reads one page and counts up to a thousand: two queries."""
        rows = self.chosen()
        keys = keyset.keys_of(rows.model, self.order.columns, filled=self.order.filled)
        after, before = self.request.GET.get("after"), self.request.GET.get("before")
        forward = not before
        cursor = after if forward else before
        place = keyset.decode(keys, cursor) if cursor else None
        found = list(keyset.seek(rows, keys, place, forward=forward)[: self.page_size + 1])
        more, found = len(found) > self.page_size, found[: self.page_size]
        if not forward:
            found.reverse()
        has_next = more if forward else place is not None
        has_previous = place is not None if forward else more
        return ListPage(
            rows=found,
            counted=rows.order_by()[: COUNT_TO + 1].count() if self.counts else 0,
            previous_url=self.url(before=keyset.encode(keys, found[0])) if has_previous and found else "",
            next_url=self.url(after=keyset.encode(keys, found[-1])) if has_next and found else "",
        )

    def url(self, **changed: str) -> str:
        """This list's address with the place dropped and these values changed."""
        query = self.request.GET.copy()
        for name in ("after", "before"):
            query.pop(name, None)
        for name, value in changed.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"{self.request.path}?{query.urlencode()}" if query else self.request.path
