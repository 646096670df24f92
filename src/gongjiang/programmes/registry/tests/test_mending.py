"""What is wrong with the register, who is asked to mend it, and that it shows on both desks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.exchange.mapping import Mapping
from gongjiang.kernel.exchange.models import ImportBatch, ImportLine
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.people.models import Employment, FieldSource
from gongjiang.kernel.tasks import actions as tasks
from gongjiang.kernel.tasks import queries as task_queries
from gongjiang.programmes.registry import actions, quality
from gongjiang.programmes.registry.models import Mending
from tests import cast as world
from tests.cast import Cast, give_values

pytestmark = pytest.mark.django_db
DUE = timezone.localdate() + timedelta(days=14)


def asked(cast: Cast, who: str, units: list[Unit], at: Unit, code: str = "no_post") -> list[int]:
    actor = cast[who].actor
    with scope(actor):
        check = quality.check_of(code, at)
        assert check is not None
        made = actions.ask_to_mend(check, [u.pk for u in units], at=at, due=DUE, actor=actor)
        return [task.owner_id for task in made]


def test_task_goes_to_the_union_that_keeps_what_is_wrong_and_is_closed_by_who_asked(cast: Cast) -> None:
    Employment.objects.update(post="")
    assert asked(cast, "county_officer", [cast.works, cast.mill], cast.county) == [
        cast.works.pk,
        cast.mill.pk,
    ]
    county, mill, works = (cast[w].actor for w in ("county_officer", "neighbour_officer", "unit_officer"))
    with scope(works):
        mine = list(task_queries.to_do(works))
        assert [(t.kind, t.owner_id) for t in mine] == [("rectify", cast.works.pk)]
        task = tasks.reply(mine[0], actor=works, text="已补岗位。", evidence="新花名册")
    with scope(mill):
        assert [t.owner_id for t in task_queries.to_do(mill)] == [cast.mill.pk]
        assert [m.unit_id for m in quality.asked(cast.county)] == [cast.mill.pk]
    with scope(county):
        assert [t.pk for t in task_queries.to_verify(county)] == [task.pk]
        assert [m.unit_id for m in quality.asked(cast.county)] == [cast.works.pk, cast.mill.pk]
        tasks.verify(task, actor=county)
        assert [m.unit_id for m in quality.asked(cast.county)] == [cast.mill.pk]


def test_nobody_is_asked_twice_or_for_nothing(cast: Cast) -> None:
    Employment.objects.filter(unit=cast.works).update(post="")
    Employment.objects.filter(unit=cast.mill).update(post="挡车工")
    assert asked(cast, "county_officer", [cast.works, cast.mill], cast.county) == [cast.works.pk]
    assert asked(cast, "county_officer", [cast.works], cast.county) == []
    assert Mending.objects.get().found == Employment.objects.filter(unit=cast.works).count()


def test_other_trees_are_not_asked(cast: Cast) -> None:
    Employment.objects.update(post="")
    assert asked(cast, "county_officer", [cast.plant], cast.county) == []
    with pytest.raises(Forbidden):
        asked(cast, "neighbour_officer", [cast.works], cast.county)


def test_page_offers_whoever_has_something_to_mend(cast: Cast) -> None:
    Employment.objects.filter(unit=cast.works).update(post="")
    Employment.objects.filter(unit=cast.mill).update(post="挡车工")
    client = Client()
    client.force_login(cast["county_officer"].user)
    url = reverse("registry:mend", args=["no_post"])
    assert [key for key, _label in client.get(url).context["offered"]] == [cast.works.pk]
    sent = client.post(url, {"units": [cast.works.pk], "due": DUE.isoformat()})
    assert (sent.status_code, Mending.objects.get().unit_id) == (302, cast.works.pk)
    page = client.get(reverse("registry:quality"))
    assert [m.unit_id for m in page.context["asked"]] == [cast.works.pk]
    late = client.post(url, {"units": [cast.works.pk], "due": timezone.localdate().isoformat()})
    assert late.status_code != 302
    assert client.get(reverse("registry:mend", args=["nonsense"])).status_code == 404


@pytest.mark.parametrize(
    ("code", "is_wrong"),
    [
        (world.credit_code(901), False),
        (world.credit_code(901)[:-1] + ("0" if world.credit_code(901)[-1] != "0" else "1"), True),
        ("91140423MAI00901XX", True),
        ("140423100000901", True),
    ],
)
def test_credit_code_is_checked_by_its_check_digit(cast: Cast, code: str, is_wrong: bool) -> None:
    entity = cast.works.entities.get()
    LegalEntity.objects.filter(pk=entity.pk).update(uscc=code)
    check = quality.check_of("wrong_code", cast.works)
    assert check is not None
    assert list(check.rows(LegalEntity.objects.all())) == ([entity] if is_wrong else [])


def test_staleness_is_checked_only_where_it_is_published_how_long(cast: Cast) -> None:
    assert (quality.aging(cast.works), quality.check_of("stale", cast.works)) == ([], None)
    client = Client()
    client.force_login(cast["unit_officer"].user)
    said = {reason.field for reason in client.get(reverse("registry:quality")).context["missing"]}
    aging = {"stale_after", "stale_after_phone", "stale_after_hukou", "stale_after_education"}
    assert said == {*aging, "correction_answer_days", "benchmark_firms_min"}
    old = quality.stale(timezone.localdate() - timedelta(days=365))
    jobs = Employment.objects.filter(unit=cast.works)
    assert old.rows(jobs).count() == jobs.count()


def stale_phones(cast: Cast, days: int) -> int:
    found = quality.stale(timezone.localdate() - timedelta(days=days), quality.AGING[1])
    return found.rows(Employment.objects.filter(unit=cast.works, until=None)).count()


def test_fact_grows_old_by_itself_and_a_source_renews_it(cast: Cast) -> None:
    jobs = Employment.objects.filter(unit=cast.works, until=None)
    assert stale_phones(cast, 30) == jobs.count()
    seen = timezone.now() - timedelta(days=10)
    for job in jobs[:1]:
        for field in ("phone", "hukou"):
            FieldSource.objects.create(
                person=job.person, field=field, source="enterprise", digest=bytes(32), seen_at=seen
            )
    assert (stale_phones(cast, 30), stale_phones(cast, 5)) == (jobs.count() - 1, jobs.count())
    hukou = quality.stale(timezone.localdate() - timedelta(days=30), quality.AGING[2])
    assert hukou.rows(jobs).count() == 0  # nobody's is known: nothing is old


@pytest.mark.parametrize(("columns", "state", "renewed"), [
    ({"name": 0, "phone": 1}, "applied", True),
    ({"name": 0, "phone": 1}, "checked", True),
    ({"name": 0}, "checked", False),
    ({"name": 0, "phone": 1}, "cancelled", False),
])  # fmt: skip
def test_roster_that_changes_nothing_confirms_the_columns_that_it_has(
    cast: Cast, columns: dict[str, int], state: str, renewed: bool
) -> None:
    now, job = timezone.now(), Employment.objects.filter(unit=cast.works, until=None).first()
    assert job is not None
    batch = ImportBatch.objects.create(
        kind="registry.roster", unit=cast.works, uploaded_by=cast["unit_officer"].user, language="zh-hans",
        file_name="花名册.xlsx", digest=bytes(32), state=state, checked_at=now, finished_at=now, confirmed_at=now,
        mapping=Mapping("", 1, ("姓名", "电话"), columns),
    )  # fmt: skip
    before = stale_phones(cast, 30)
    ImportLine.objects.create(batch=batch, row=2, status="same", subject=job.pk)
    assert before - stale_phones(cast, 30) == renewed


def test_freshness_is_shown_by_fact(cast: Cast) -> None:
    give_values(cast.city, programme="registry", stale_after=365, stale_after_phone=730)
    client = Client()
    client.force_login(cast["unit_officer"].user)
    found = client.get(reverse("registry:quality")).context["freshness"]
    jobs = Employment.objects.filter(unit=cast.works, until=None).count()
    assert [(each.fresh, each.known) for each in found] == [(0, jobs), (0, jobs)]
    assert quality.Freshness("", 0, 0).percent is None
