"""Enterprises and workers counted by the indicators and by plain SQL, over random small registers."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.insight.periods import kept
from gongjiang.kernel.orgs.models import EntityState, LegalEntity, Ownership, SizeClass
from gongjiang.kernel.people.models import Employment, Person, PostClass
from tests import counted
from tests.cast import Cast, credit_code

days = st.dates(dt.date(2019, 6, 1), dt.date(2027, 2, 1))
lengths = st.none() | st.integers(1, 1200)
jobs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), days, lengths), max_size=12)
entities = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(EntityState.values), st.booleans(), days, lengths),
    max_size=8,
)


def after(day: dt.date, length: int | None) -> dt.date | None:
    return day + dt.timedelta(length) if length else None


def stands(day: dt.date, since: str, until: str) -> Q:
    return Q(**{f"{since}__lte": day}) & (Q(**{until: None}) | Q(**{f"{until}__gt": day}))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(jobs=jobs, entities=entities)
def test_register_is_counted_as_by_plain_sql(cast: Cast, jobs, entities):
    places = [cast.works, cast.mill, cast.plant]
    with transaction.atomic():
        persons = Person.objects.bulk_create(Person(name=f"演{n}") for n in range(5))
        firms = [place.entities.get() for place in places]
        open_jobs = set()
        for who, where, since, length in jobs:
            if length is None and (who, where) in open_jobs:
                continue
            open_jobs |= {(who, where)} if length is None else set()
            Employment.objects.create(
                person=persons[who], entity=firms[where], unit=places[where], since=since,
                until=after(since, length), post_class=PostClass.PRODUCTION,
            )  # fmt: skip
        for n, (where, state, branch, since, length) in enumerate(entities):
            LegalEntity.objects.create(
                uscc=credit_code(900 + n), name=f"示例{n}", ownership=Ownership.PRIVATE, industry="3599",
                size_class=SizeClass.SMALL, region="140423", unit=places[where], state=state, opened_on=since,
                closed_on=after(since, length), branch_of=firms[where] if branch else None,
            )  # fmt: skip
        found = counted.cells("registry.workers", "registry.enterprises")
        today = timezone.localdate()
        units = [
            cast.province,
            cast.city,
            cast.county,
            cast.sibling_county,
            cast.township,
            cast.sibling_township,
        ]
        expected: dict[str, dict[tuple[int, str, dt.date], int]] = {
            "registry.workers": {},
            "registry.enterprises": {},
        }
        for period in kept(today):
            if period.kind == "month" and period.start.month % 5:
                continue
            day = period.day(today)
            active = Q(state=EntityState.ACTIVE) | Q(state=EntityState.DEREGISTERED, closed_on__isnull=False)
            for unit in units:
                here = Q(path__within=unit.path)
                key = (unit.pk, str(period.kind), period.start)
                workers = Employment.objects.filter(here, stands(day, "since", "until")).values("person")
                firms_then = LegalEntity.objects.filter(here, active, stands(day, "opened_on", "closed_on"))
                expected["registry.workers"][key] = workers.distinct().count()
                expected["registry.enterprises"][key] = firms_then.filter(branch_of=None).count()
        for code, cells in expected.items():
            stored = {(u, k, s): n for view, u, k, s, n in found[code] if view == "as_is"}
            assert {key: stored.get(key, 0) for key in cells} == cells
        transaction.set_rollback(True)
