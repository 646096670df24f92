"""Two cities side by side: each walks to a certificate by its own values, and neither sees the other."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.models import Case, Quota
from gongjiang.kernel.parameters import read
from gongjiang.kernel.publicity.models import Publicity
from gongjiang.kernel.review.models import Candidate, Panel, Standing
from gongjiang.programmes.innovations.models import Entry, Result

from .places import Place, honours, play, publish, settle

COMMON = {"pitch_minutes": 8, "defence_minutes": 5, "quota_per_unit": 3}
#: Three entries, the points of each by criterion, in the order of their criteria. Equal totals in either place.
POINTS = ((90, 60), (60, 90), (50, 50))


def changzhi() -> Place:
    return Place(
        name="长治演",
        region="9804",
        brand="五小",
        values={
            **COMMON, "criteria_names": ["创新性", "实用性"], "criteria_weights": {"创新性": "50", "实用性": "50"},
            "paper_vs_roadshow": {"paper": "30", "roadshow": "70"}, "panel_size": 1, "drop_extremes": 0,
            "publicity_days": 5,
        },
        endorsing=(),
        ties=("创新性", "admit_all"),
        prizes=tuple({"name": n, "name_en": e, "places": 1} for n, e in (("一等奖", "First"), ("二等奖", "Second"))),
        places=5,
        word="演长工发",
        serial=300,
    )  # fmt: skip


def example_city() -> Place:
    return Place(
        name="示例",
        region="9901",
        brand="金点子",
        values={
            **COMMON, "criteria_names": ["安全性", "经济性"], "criteria_weights": {"安全性": "20", "经济性": "80"},
            "paper_vs_roadshow": {"paper": "100", "roadshow": "0"}, "panel_size": 2, "drop_extremes": 0,
            "publicity_days": 9,
        },
        endorsing=("enterprise", "township", "city"),
        ties=("经济性", "admit_all"),
        prizes=({"name": "金点子奖", "name_en": "Golden idea", "places": 1},),
        places=3,
        word="示工发",
        serial=400,
    )  # fmt: skip


@pytest.fixture
def cities(db: None) -> tuple[Place, Place]:
    """Both, settled and with a published call; the one's call runs while the other's does."""
    both = changzhi(), example_city()
    for place in both:
        settle(place)
        publish(place)
    for place in both:
        play(place, POINTS)
    return both


def test_each_city_runs_its_call_by_its_own_values(cities: tuple[Place, Place]) -> None:
    ours, theirs = cities
    assert (ours.roadshow, theirs.roadshow) == (True, False)
    # who endorsed: the county here, the township there
    assert (set(ours.endorsed), set(theirs.endorsed)) == (
        {"enterprise", "county"},
        {"enterprise", "township"},
    )
    assert _stages(ours) == {"paper", "roadshow"}
    assert _stages(theirs) == {"paper"}
    # 90/60 and 60/90 are equal here and told apart by novelty; there the second criterion weighs four times as much
    assert [(t, r) for t, r, _ in _ranks(ours)] == [(75, 1), (75, 2), (50, 3)]
    assert [(t, r) for t, r, _ in _ranks(theirs)] == [(84, 1), (66, 2), (50, 3)]
    assert [s for *_, s in _ranks(ours)] == ["创新性", "创新性", ""]
    assert [(h.name, h.level) for h in honours(ours)] == [
        ("长治演五小2026一等奖", "1"), ("长治演五小2026二等奖", "2"),
    ]  # fmt: skip
    assert [h.name for h in honours(theirs)] == ["示例金点子2026金点子奖"]
    assert _days(ours) == {("innovations.finalists", 5), ("innovations.ranks", 5)}
    assert _days(theirs) == {("innovations.ranks", 9)}
    assert [h.certificate.number.split("〔")[0] for h in honours(theirs)] == ["示工发"]
    assert {h.certificate.number.split("〔")[0] for h in honours(ours)} == {"演长工发"}
    assert _taken(ours) == {("county", 5, 3)}
    assert _taken(theirs) == {("township", 3, 3)}


def test_neither_city_sees_the_other(cities: tuple[Place, Place]) -> None:
    for mine, other in (cities, cities[::-1]):
        for name in ("city", "second", "county", "works", "judge-1"):
            with scope(mine.actors[name]):
                assert not Case.objects.filter(edition=other.edition).exists()
                assert not Result.objects.filter(case__unit=other.units["enterprise"]).exists()
                assert not Entry.objects.filter(case__edition=other.edition).exists()
                assert not Candidate.objects.filter(edition=other.edition).exists()
                assert not Panel.objects.filter(edition=other.edition).exists()


def test_pages_of_the_other_city_are_not_there(
    cities: tuple[Place, Place], enter: Callable[[Place, str], Client]
) -> None:
    for mine, other in (cities, cities[::-1]):
        client = enter(mine, "city")
        case = Case.objects.filter(edition=other.edition, flow="innovations.entry").earliest("pk")
        panel = Panel.objects.filter(edition=other.edition).earliest("pk")
        for name, key in (
            ("innovations:entry", case.pk), ("innovations:call", other.edition.pk), ("edition", other.edition.pk),  # type: ignore[union-attr]
            ("review:panel", panel.pk), ("credential", honours(other)[0].pk),
        ):  # fmt: skip
            assert client.get(reverse(name, args=[key])).status_code == 404
        page = client.get(reverse("edition", args=[mine.edition.pk])).content.decode()  # type: ignore[union-attr]
        assert (mine.edition.name in page, other.edition.name in page) == (True, False)  # type: ignore[union-attr]


def test_anybody_verifies_the_certificates_of_both(cities: tuple[Place, Place], client: Client) -> None:
    for place in cities:
        for honour in honours(place):
            page = client.get(reverse("verified", args=[honour.code])).content.decode()
            assert honour.name in page
            assert place.city.name in page
            assert honour.person.name not in page


def test_values_of_each_are_pinned_to_its_own_documents(cities: tuple[Place, Place]) -> None:
    for place in cities:
        found = read.values("innovations", edition=place.edition)
        assert {value.pinned for value in found.values()} == {True}
        own = {name for name, value in found.items() if value.provision is not None}
        assert own == set(place.values)
        assert {found[name].provision.unit_id for name in own} == {place.city.pk}  # type: ignore[union-attr]


@pytest.fixture
def enter() -> Callable[[Place, str], Client]:
    """A browser's worth of somebody signed in."""

    def signed_in(place: Place, name: str) -> Client:
        from gongjiang.kernel.accounts.models import User

        client = Client()
        client.force_login(User.objects.get(pk=place.actors[name].user))
        return client

    return signed_in


def _stages(place: Place) -> set[str]:
    return set(Panel.objects.filter(edition=place.edition).values_list("stage", flat=True))


def _ranks(place: Place) -> list[tuple[int, int, str]]:
    rows = Standing.objects.filter(panel__edition=place.edition, panel__stage="paper").order_by("rank")
    return [(int(row.total), row.rank, row.settled) for row in rows]


def _days(place: Place) -> set[tuple[str, int]]:
    return set(Publicity.objects.filter(edition=place.edition).values_list("kind", "days"))


def _taken(place: Place) -> set[tuple[str, int, int]]:
    return set(Quota.objects.filter(edition=place.edition).values_list("unit__level", "limit", "taken"))
