"""The cockpit: who sees which figures, and that a number opens to its records or says why not."""

import datetime as dt
from io import BytesIO
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from gongjiang.insight import catalogue
from gongjiang.insight.cockpit import charts, reach
from gongjiang.insight.models import Cell
from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.exchange import exports
from gongjiang.kernel.exchange.models import EXPORTS, ExportJob
from gongjiang.kernel.orgs import tree
from tests.cast import Cast, person

YEAR = str(dt.date.today().year)


def get(cast: Cast, name: str, url: str):
    client = Client()
    if name != "anonymous":
        client.force_login(cast[name].user)
    return client.get(url)


def overview(unit) -> str:
    return reverse("cockpit-unit", args=[unit.code])


def figure(unit, code: str = "registry.workers") -> str:
    return reverse("figure", args=[code, unit.code])


@pytest.fixture
def counted(lasting_cast: Cast, count) -> Cast:
    count()
    return lasting_cast


def test_cockpit_begins_with_the_widest_unit_of_its_reader(counted: Cast):
    for name, unit in (
        ("leader", counted.city),
        ("county_officer", counted.county),
        ("unit_officer", counted.works),
    ):
        assert get(counted, name, reverse("cockpit")).context["unit"] == unit


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("leader", ["city", "county", "sibling_county", "township", "works", "mill", "plant"]),
        ("auditor", ["city", "county", "sibling_county", "township", "works", "mill", "plant"]),
        ("county_officer", ["county", "township", "works", "mill"]),
        ("sibling_officer", ["sibling_county", "plant"]),
        ("unit_officer", ["works"]),
        ("stranger", []),
        ("applicant", []),
    ],
)
def test_units_out_of_reach_are_missing(counted: Cast, name: str, reached: list[str]):
    units = ["province", "city", "county", "sibling_county", "township", "works", "mill", "plant"]
    found = {u: get(counted, name, overview(getattr(counted, u))).status_code for u in units}
    assert found == {u: 200 if u in reached else 404 for u in units}
    assert {u: get(counted, name, figure(getattr(counted, u))).status_code for u in units} == found


def test_anonymous_is_asked_to_sign_in(counted: Cast):
    for url in (reverse("cockpit"), overview(counted.city), figure(counted.city)):
        assert get(counted, "anonymous", url).status_code in (302, 401)


def test_wall_shows_the_cells_of_the_own_tree_only(counted: Cast):
    for name, units in (
        ("sibling_officer", {counted.sibling_county, counted.sibling_township}),
        ("county_officer", {counted.county, counted.township}),
        ("applicant", set()),
    ):
        with scope(counted[name].actor), connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT unit_id FROM insight_cell")
            assert {key for (key,) in cursor.fetchall()} == {unit.pk for unit in units}


def test_figure_lists_exactly_what_it_counts_for_whoever_keeps_the_roster(counted: Cast):
    page = get(counted, "county_officer", figure(counted.county))
    assert [line.cells[0] for line in page.context["records"].lines] == [
        "王演甲子",
        "李演乙丑",
        "张演丙寅",
        "刘演丁卯",
    ]
    assert (page.context["figure"].value, page.context["records"].proves) == (4, True)


def test_leader_sees_how_many_and_by_place_but_not_who(counted: Cast):
    page = get(counted, "leader", figure(counted.city))
    assert (page.context["figure"].value, page.context["records"].all_hidden) == (5, True)
    assert [part["shown"] for part in page.context["parts"]] == [None, None]
    assert "王演甲子" not in page.content.decode()


def test_records_are_paged_by_key(lasting_cast: Cast, count):
    entity = lasting_cast.works.entities.get()
    for n in range(60):
        person(f"演{n:02d}", 200 + n, entity=entity)
    count()
    url, seen, pages = figure(lasting_cast.works), [], 0
    while url:
        records = get(lasting_cast, "unit_officer", url).context["records"]
        seen += [line.cells[0] for line in records.lines]
        url, pages, before = records.next_url, pages + 1, records.previous_url
    assert (len(seen), len(set(seen)), pages) == (63, 63, 3)
    assert get(lasting_cast, "unit_officer", before).context["records"].first == 26


def test_record_that_left_the_reach_since_the_count_is_said(counted: Cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employment SET until = CURRENT_DATE WHERE person_id = %s",
            [counted["applicant"].person.pk],
        )
    page = get(counted, "county_officer", figure(counted.county))
    assert (len(page.context["records"].lines), page.context["records"].hidden) == (3, 1)


@pytest.mark.parametrize("query", ["?period=2024-13", "?period=2099", "?period=x'"])
def test_period_that_is_none_is_missing(counted: Cast, query: str):
    assert get(counted, "leader", overview(counted.city) + query).status_code == 404


def test_overview_names_a_period_and_compares_it(counted: Cast):
    page = get(counted, "leader", overview(counted.city) + "?period=2020")
    assert [card["value"] for card in page.context["cards"]][:2] == [3, 5]
    assert [row["unit"] for row in page.context["rows"]] == [counted.county, counted.sibling_county]


def test_overview_before_the_first_count_says_so(lasting_cast: Cast):
    page = get(lasting_cast, "leader", reverse("cockpit"))
    assert (page.status_code, page.context["state"]) == (200, None)


def test_form_leads_to_the_chosen_unit(counted: Cast):
    answer = get(counted, "leader", f"{reverse('cockpit')}?unit={counted.county.code}&period={YEAR}")
    assert answer.headers["Location"] == f"{overview(counted.county)}?period={YEAR}"


def test_public_page_shows_this_years_figures(counted: Cast):
    assert Cell.objects.filter(unit=counted.city).exists()
    assert "registry.workers" in get(counted, "anonymous", reverse("home")).content.decode()


def test_small_counts_are_withheld_with_one_more_that_would_give_them_away():
    assert reach.withheld({1: 3, 2: 40, 3: 50}) == {1, 2}
    assert reach.withheld({1: 3, 2: 9, 3: 50}) == {1, 2}
    assert reach.withheld({1: 0, 2: 40}) == set()


def test_bars_stand_on_a_round_scale():
    chart = charts.bars([charts.Point("1", 0, "", ""), charts.Point("2", 17, "", "")], str)
    assert [line.shown for line in chart.lines] == ["5", "10", "15", "20"]
    assert [(bar.y, bar.height) for bar in chart.bars] == [("175.0", "1.0"), ("48.5", "127.5")]


def test_public_figure_opens_to_places_and_withholds_small_ones(counted: Cast):
    response = Client().get(reverse("public-figure", args=["registry.workers"]))
    assert (response.context["value"], response.context["withheld"]) == (5, True)
    assert [(p["unit"], p["value"]) for p in response.context["places"]] == [
        (counted.county, None),
        (counted.sibling_county, None),
    ]


def test_public_figure_of_large_places_is_shown_whole(lasting_cast: Cast, count):
    for unit, serial in ((lasting_cast.works, 300), (lasting_cast.plant, 400)):
        for n in range(12):
            person(f"演{serial + n}", serial + n, entity=unit.entities.get())
    count()
    response = Client().get(reverse("public-figure", args=["registry.workers"]))
    assert [p["value"] for p in response.context["places"]] == [16, 13]


def test_figure_that_is_not_public_is_missing_for_the_public(counted: Cast):
    for code in ("innovations.awarded", "registry.nothing"):
        assert Client().get(reverse("public-figure", args=[code])).status_code == 404


def test_figure_says_which_edge_moved_where_the_two_views_differ(counted: Cast, count):
    cast = counted
    day = dt.date.today().replace(month=1, day=1)
    tree.reparent(cast.works, cast.sibling_township, on=day, document="长工发〔2026〕7号")
    count()
    last = f"?period={day.year - 1}"
    old = get(cast, "county_officer", figure(cast.county) + last).content.decode()
    new = get(cast, "sibling_officer", figure(cast.sibling_county) + last).content.decode()
    both = get(cast, "superior", figure(cast.city) + last).content.decode()
    assert [page.count("长工发〔2026〕7号") for page in (old, new, both)] == [1, 1, 0]
    assert (cast.sibling_township.name in old, cast.township.name in new) == (True, True)


def exported(cast: Cast, who: str, url: str) -> tuple[ExportJob, list[list[object]], list[str]]:
    """The job, its rows and its lines of watermark, of the figure's list as this member has it written."""
    actor = cast[who].actor
    with scope(actor):
        address, _mark, query = url.partition("?")
        job = exports.ask(address, query, "xlsx", actor=actor)
    exports.run(job.pk)
    job.refresh_from_db()
    book = CalamineWorkbook.from_filelike(BytesIO(EXPORTS.fetch(job.file)))
    sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    return job, sheets[0][1:], [str(row[0]) for row in sheets[-1]]


def test_figure_as_a_file_holds_the_records_it_counts_and_says_which_figure(counted: Cast):
    job, rows, about = exported(counted, "county_officer", figure(counted.county))
    assert (job.state, [row[0] for row in rows]) == (
        "ready",
        ["王演甲子", "李演乙丑", "张演丙寅", "刘演丁卯"],
    )
    assert (job.title.startswith("襄垣县总工会"), job.tier) == (True, "T1")
    assert (any("襄垣县经办" in line for line in about), "registry.workers" in " ".join(about)) == (
        True,
        True,
    )
    with scope(counted["county_officer"].actor):
        assert len(b"".join(exports.fetch(job, actor=counted["county_officer"].actor))) == job.bytes


def test_figure_as_a_file_leaves_out_what_left_the_reach_and_says_how_many(counted: Cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE people_employment SET until = CURRENT_DATE WHERE person_id = %s",
            [counted["applicant"].person.pk],
        )
    job, rows, about = exported(counted, "county_officer", figure(counted.county))
    assert (job.done, len(rows), about[-1][-1]) == (3, 3, "1")


@pytest.mark.parametrize("who", ["leader", "auditor", "sibling_officer", "stranger", "applicant"])
def test_figure_that_does_not_open_for_somebody_has_no_file_for_them(counted: Cast, who: str):
    with scope(counted[who].actor), pytest.raises(exports.Gone):
        exports.ask(figure(counted.county), "", "xlsx", actor=counted[who].actor)
    new = reverse("exports:new") + "?of=" + figure(counted.county)
    assert get(counted, who, new).status_code == 404


def test_figure_that_opens_offers_itself_as_a_file(counted: Cast):
    of = f"{reverse('exports:new')}?of={quote(figure(counted.county), safe='')}"
    pages = {
        w: get(counted, w, figure(counted.county)).content.decode() for w in ("county_officer", "leader")
    }
    assert {who: of in page for who, page in pages.items()} == {"county_officer": True, "leader": False}
    assert get(counted, "county_officer", of).status_code == 200


@pytest.mark.parametrize(
    ("above", "below", "said"),
    [(0, 5, "0.0"), (1, 3, "33.3"), (2, 3, "66.7"), (1, 16, "6.3"), (7, 7, "100.0"), (0, 0, "")],
)
def test_ratio_is_said_to_one_place_and_not_without_a_ground(above: int, below: int, said: str):
    ratio = catalogue.ratios()[0]
    assert ratio.of(above, below) == said


def test_both_figures_of_a_ratio_open(counted: Cast):
    page = get(counted, "leader", overview(counted.city)).content.decode()
    for ratio in catalogue.ratios():
        for part in (ratio.above, ratio.below):
            address = f"{figure(counted.city, part.code)}?period={YEAR}"
            assert f'href="{address}"' in page
            assert get(counted, "leader", address).status_code == 200
