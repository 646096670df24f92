"""Pages by key hold every row once, in order, forwards and back, with and without values."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongjiang.kernel.people.models import Person
from gongjiang.web.views import keyset

DAYS = st.one_of(st.none(), st.integers(0, 4).map(lambda n: dt.date(1990, 1, 1) + dt.timedelta(days=n)))
ORDERS = st.sampled_from(
    [("born_on", "pk"), ("-born_on", "-pk"), ("-born_on", "name", "pk"), ("name", "-pk"), ("-pk",)]
)


def _walk(columns: tuple[str, ...], size: int, *, forward: bool) -> list[int]:
    keys = keyset.keys_of(Person, columns)
    place, seen = None, []
    while True:
        page = list(keyset.seek(Person.objects.all(), keys, place, forward=forward)[:size])
        if not page:
            return seen
        seen += [p.pk for p in page]
        place = keyset.decode(keys, keyset.encode(keys, page[-1]))


class EveryOrder(TestCase):
    @given(days=st.lists(DAYS, max_size=14), columns=ORDERS, size=st.integers(1, 5))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_pages_of_any_size_hold_every_row_once(
        self, days: list[dt.date | None], columns: tuple[str, ...], size: int
    ) -> None:
        Person.objects.bulk_create(Person(name="甲乙丙"[n % 3], born_on=day) for n, day in enumerate(days))
        forwards = _walk(columns, size, forward=True)
        assert sorted(forwards) == sorted(Person.objects.values_list("pk", flat=True))
        assert forwards == _walk(columns, 1000, forward=True)
        assert list(reversed(forwards)) == _walk(columns, size, forward=False)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "W10", "WzEsMiwzXQ", "Ww"])
def test_cursor_that_is_not_ours_is_no_place(cursor: str) -> None:
    assert keyset.decode(keyset.keys_of(Person, ("born_on", "pk")), cursor) is None
