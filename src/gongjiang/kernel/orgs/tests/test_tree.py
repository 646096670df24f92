"""Changing the tree: every path follows, and the edge is dated."""

from datetime import date

import pytest
from django.db import connection

from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Channel, Edge, LegalEntity, Unit
from gongjiang.kernel.people.models import Employment

DAY = date(2026, 7, 1)


def followers():
    """Models whose path is that of their unit."""
    return [
        m for m, column in tree.carriers() if column == "path" and "unit" in {f.name for f in m._meta.fields}
    ]


def paths(cast):
    """(table, path) of everything that carries a path at or below the works."""
    found = []
    for model in [Unit, *followers()]:
        name = "pk" if model is Unit else "unit"
        rows = model.objects.filter(**{name: cast.works.pk}).values_list("path", flat=True)
        found += [(model._meta.db_table, path) for path in rows]
    return found


def test_new_unit_lies_below_its_parent_with_an_edge(cast):
    team = tree.add(
        cast.works, on=DAY, code="T1", name="一班", kind="team", level="enterprise", region="140423"
    )
    assert (team.path, list(team.edges.values_list("parent", "since", "until"))) == (
        f"{cast.works.path}{team.pk}/",
        [(cast.works.pk, DAY, None)],
    )


def test_reparenting_moves_every_path_below(cast):
    tree.reparent(cast.township, cast.sibling_county, on=DAY)
    expected = f"{cast.sibling_county.path}{cast.township.pk}/{cast.works.pk}/"
    assert {path for _, path in paths(cast)} == {expected}
    assert {table for table, _ in paths(cast)} >= {
        "orgs_unit",
        "orgs_legalentity",
        "people_employment",
        "access_grant",
    }
    assert LegalEntity.objects.filter(path__within=cast.county.path).count() == 1
    assert Employment.objects.filter(path__within=cast.sibling_county.path).count() == 4


def test_reparenting_moves_the_paths_of_cases_too(cast):
    from gongjiang.kernel.lifecycle.models import Case

    assert (Case, "path") in tree.carriers()


def test_reparenting_leaves_every_path_equal_to_its_units(cast):
    tree.reparent(cast.township, cast.sibling_county, on=DAY)
    for model in followers():
        assert not [1 for own, path in model.objects.values_list("path", "unit__path") if own != path], model


def test_reparenting_dates_the_old_and_the_new_edge(cast):
    tree.reparent(cast.township, cast.sibling_county, on=DAY)
    edges = Edge.objects.filter(unit=cast.township).order_by("since").values_list("parent", "since", "until")
    assert list(edges) == [
        (cast.county.pk, date(2015, 1, 1), DAY),
        (cast.sibling_county.pk, DAY, None),
    ]


def test_reparenting_gives_the_new_superior_the_view_and_takes_it_from_the_old(cast):
    tree.reparent(cast.township, cast.sibling_county, on=DAY)
    old, new = cast["county_officer"].actor, cast["sibling_officer"].actor
    assert (old.held()[0].path, new.held()[0].path) == (cast.county.path, cast.sibling_county.path)
    assert cast["unit_officer"].actor.workplaces == (
        f"{cast.sibling_county.path}{cast.township.pk}/{cast.works.pk}/",
    )


def test_unit_under_its_own_branch_is_refused_and_changes_nothing(cast):
    with pytest.raises(tree.TreeError):
        tree.reparent(cast.county, cast.township, on=DAY)
    with pytest.raises(tree.TreeError):
        tree.reparent(cast.county, cast.county, on=DAY)
    cast.county.refresh_from_db()
    assert cast.county.path == f"{cast.city.path}{cast.county.pk}/"


def test_reparenting_before_the_present_edge_began_is_refused(cast):
    with pytest.raises(tree.TreeError):
        tree.reparent(cast.township, cast.sibling_county, on=date(2015, 1, 1))


def test_reparenting_from_a_stale_copy_uses_what_the_database_holds(cast):
    """Two moves by two people: the second one's unit still has the path it was read with."""
    stale = Unit.objects.get(pk=cast.township.pk)
    tree.reparent(cast.county, cast.sibling_county, on=DAY)
    tree.reparent(stale, cast.city, on=DAY)
    cast.works.refresh_from_db()
    assert cast.works.path == f"{cast.city.path}{cast.township.pk}/{cast.works.pk}/"


def test_grant_path_follows_its_unit_and_not_the_writer(cast):
    grant = Grant.objects.create(
        user=cast["stranger"].user, role="officer", unit=cast.county, path=cast.city.path, since=DAY
    )
    grant.refresh_from_db()
    assert grant.path == cast.county.path


@pytest.fixture
def industry(cast):
    """The industrial union of the city's machine builders."""
    return tree.add(
        cast.city, on=date(2015, 1, 1), code="M1", name="长治市机械工会", level="city", region="1404"
    )


def industrial_path(unit):
    """Where the database says the unit reports in the industrial channel."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reporting_path(%s, 'industrial')", [unit.pk])
        return cursor.fetchone()[0]


def test_unit_without_an_industrial_union_reports_along_its_territorial_line(cast):
    assert industrial_path(cast.works) == cast.works.path


def test_unit_reports_to_its_industrial_union_beside_its_territorial_one(cast, industry):
    team = tree.add(
        cast.works, on=DAY, code="T1", name="一班", kind="team", level="enterprise", region="140423"
    )
    tree.reparent(cast.works, industry, on=DAY, channel=Channel.INDUSTRIAL)
    cast.works.refresh_from_db()
    assert cast.works.path == f"{cast.township.path}{cast.works.pk}/"
    assert industrial_path(cast.works) == f"{industry.path}{cast.works.pk}/"
    assert industrial_path(team) == f"{industry.path}{cast.works.pk}/{team.pk}/"


def test_moving_the_industrial_union_takes_its_units_along(cast, industry):
    tree.reparent(cast.works, industry, on=DAY, channel=Channel.INDUSTRIAL)
    tree.reparent(industry, cast.province, on=DAY)
    assert industrial_path(cast.works) == f"{cast.province.path}{industry.pk}/{cast.works.pk}/"


def test_moving_the_territorial_union_leaves_the_industrial_line_alone(cast, industry):
    tree.reparent(cast.works, industry, on=DAY, channel=Channel.INDUSTRIAL)
    tree.reparent(cast.township, cast.sibling_county, on=DAY)
    assert industrial_path(cast.works) == f"{industry.path}{cast.works.pk}/"
    assert industrial_path(cast.township) == f"{cast.sibling_county.path}{cast.township.pk}/"


def test_ending_the_industrial_line_leads_back_to_the_territorial_one(cast, industry):
    tree.reparent(cast.works, industry, on=DAY, channel=Channel.INDUSTRIAL)
    tree.reparent(cast.works, None, on=date(2026, 8, 1), channel=Channel.INDUSTRIAL)
    assert industrial_path(cast.works) == cast.works.path
    with pytest.raises(tree.TreeError):
        tree.reparent(cast.works, None, on=date(2026, 9, 1), channel=Channel.INDUSTRIAL)


def test_industrial_union_below_its_own_unit_is_refused(cast, industry):
    tree.reparent(cast.county, industry, on=DAY, channel=Channel.INDUSTRIAL)
    with pytest.raises(tree.TreeError):
        tree.reparent(industry, cast.works, on=DAY)


def test_officer_holds_the_industrial_line_of_the_unit_too(cast, industry):
    above = tree.add(
        cast.province, on=date(2015, 1, 1), code="M2", name="省机械工会", level="province", region="14"
    )
    Grant.objects.create(user=cast["stranger"].user, role="officer", unit=industry, since=DAY)
    tree.reparent(industry, above, on=DAY, channel=Channel.INDUSTRIAL)
    assert [(g.unit, g.path) for g in cast["stranger"].actor.held()] == [
        (industry.pk, industry.path),
        (industry.pk, f"{above.path}{industry.pk}/"),
    ]
