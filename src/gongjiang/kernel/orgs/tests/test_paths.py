"""Within: the range on the index says the same as the prefix."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors

KEYS = st.lists(st.integers(1, 300), min_size=1, max_size=5)
PATHS = st.builds(lambda keys: "/" + "/".join(map(str, keys)) + "/", KEYS)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths=st.sets(PATHS, max_size=40), root=PATHS)
def test_within_equals_the_prefix(paths, root):
    Unit.objects.all().delete()
    paths |= {root, root[:-1] + "0/", root + "1/"}
    Unit.objects.bulk_create(
        Unit(code=f"U{n}", name="x", level="township", region="14", path=path, opened_on="2020-01-01")
        for n, path in enumerate(sorted(paths))
    )
    found = set(Unit.objects.filter(path__within=root).values_list("path", flat=True))
    assert found == {p for p in paths if p.startswith(root)}


@pytest.mark.django_db
def test_within_reads_the_index(cast):
    """A range of leakproof comparisons, so that row security lets the index work (DESIGN §3)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Unit.objects.filter(path__within=cast.county.path).explain()
    assert "Index Cond: ((path >= " in plan


@given(KEYS)
def test_ancestors_are_the_keys_of_the_path(keys):
    assert ancestors("/" + "/".join(map(str, keys)) + "/") == keys


def test_ancestors_of_nothing_are_none():
    assert ancestors("/") == []
