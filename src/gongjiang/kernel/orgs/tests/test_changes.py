"""Merging, splitting, renaming, renumbering, closing: nothing recorded is rewritten, and nobody is lost."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Clock, FlowEdge, Turn
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Edge, EntityFace, LegalEntity, Reorganisation, Unit, UnitFace
from gongjiang.kernel.people.models import Employment, Person
from gongjiang.kernel.tasks.models import Task

DAY = date(2026, 7, 1)
EVER = date(2015, 1, 1)


@pytest.fixture
def running(cast):
    """A case of the works in the middle of its way: the turn is its union's."""
    return a_case(cast)


@transaction.atomic
def a_case(cast):
    FlowEdge.objects.create(flow="tested", target="draft", phase="draft")
    now = timezone.now()
    case = Case.objects.create(
        flow="tested",
        unit=cast.works,
        applicant=cast["applicant"].person,
        state="draft",
        phase="draft",
        opened_at=now,
    )
    CaseEvent.objects.create(case=case, version=1, name="open", target="draft", at=now)
    due = now + timedelta(days=9)
    Turn.objects.create(case=case, flow="tested", unit=cast.works, role="unit_officer", since=now, due_at=due)
    return case


def test_merged_unit_ends_below_its_successor_with_everything_it_had(cast, running):
    tree.merge([cast.works], cast.plant, on=DAY)
    cast.works.refresh_from_db()
    running.refresh_from_db()
    assert (cast.works.closed_on, cast.works.path) == (DAY, f"{cast.plant.path}{cast.works.pk}/")
    assert (running.unit_id, running.path) == (cast.works.pk, cast.works.path)
    assert LegalEntity.objects.filter(path__within=cast.plant.path).count() == 2
    assert Employment.objects.filter(path__within=cast.plant.path).count() == 4
    assert list(cast.works.edges.order_by("since").values_list("parent", "since", "until")) == [
        (cast.township.pk, EVER, DAY),
        (cast.plant.pk, DAY, None),
    ]


def test_open_turn_passes_to_the_successor_with_the_time_that_is_left(cast, running):
    due = running.turns.get().due_at
    tree.merge([cast.works], cast.mill, on=DAY)
    old, new = running.turns.get(until__isnull=False), running.turns.get(until=None)
    assert (old.unit_id, old.until is None) == (cast.works.pk, False)
    assert (new.unit_id, new.until, new.due_at, new.role) == (cast.mill.pk, None, due, "unit_officer")


def test_clock_goes_on_for_the_successors_turn_and_open_tasks_become_its_own(cast, running):
    now, old = timezone.now(), running.turns.get()
    due = now + timedelta(days=9)
    clock = Clock.objects.create(
        case=running, turn=old, event="draft", started_at=now, due_at=due, first_due_at=due
    )
    task = Task.objects.create(
        kind="consult", subject="征求意见", asked_by=cast.county, owner=cast.works, opened_at=now, due_at=due
    )
    tree.merge([cast.works], cast.mill, on=DAY)
    clock.refresh_from_db()
    task.refresh_from_db()
    assert (clock.turn.unit_id, clock.turn.until, clock.stopped_at) == (cast.mill.pk, None, None)
    assert (task.owner_id, task.version) == (cast.mill.pk, 2)


def test_later_turn_of_an_ended_unit_is_its_successors(cast, running):
    tree.merge([cast.works], cast.mill, on=DAY)
    tree.close(cast.mill, on=date(2026, 8, 1))
    running.turns.filter(until=None).update(until=running.opened_at)
    turn = Turn.objects.create(case=running, flow="tested", unit=cast.works, since=running.opened_at)
    turn.refresh_from_db()
    assert turn.unit_id == cast.county.pk


def test_officers_of_the_successor_reach_the_case_and_those_of_the_old_county_no_longer(cast, running):
    tree.merge([cast.works], cast.plant, on=DAY)
    seen = {}
    for name in (
        "county_officer",
        "sibling_officer",
        "superior",
        "unit_officer",
        "neighbour_officer",
        "applicant",
    ):
        with scope(cast[name].actor):
            seen[name] = Case.objects.filter(pk=running.pk).exists()
    assert seen == {
        "county_officer": False, "sibling_officer": True, "superior": True, "unit_officer": False,
        "neighbour_officer": False, "applicant": True,
    }  # fmt: skip


def test_roles_over_a_merged_unit_end_or_pass_on(cast):
    tree.merge([cast.works], cast.mill, on=DAY)
    assert list(Grant.objects.filter(unit=cast.works).values_list("since", "until")) == [(EVER, DAY)]
    assert Grant.objects.filter(unit=cast.mill).count() == 1
    tree.merge([cast.mill], cast.plant, on=DAY, grants="move")
    assert list(Grant.objects.filter(unit=cast.plant).values_list("user", "since", "until")) == [
        (cast["neighbour_officer"].user.pk, DAY, None)
    ]


def test_lower_units_report_to_the_successor(cast):
    tree.merge([cast.township], cast.sibling_township, on=DAY)
    cast.works.refresh_from_db()
    assert cast.works.parent_id == cast.sibling_township.pk
    assert cast.works.path == f"{cast.sibling_township.path}{cast.works.pk}/"


def test_merging_leaves_a_dated_record(cast):
    tree.merge([cast.works, cast.mill], cast.plant, on=DAY, document="长工发〔2026〕7号")
    found = Reorganisation.objects.order_by("pk").values_list(
        "kind", "unit", "target", "on", "document", "state"
    )
    assert list(found) == [
        ("merge", cast.works.pk, cast.plant.pk, DAY, "长工发〔2026〕7号", "applied"),
        ("merge", cast.mill.pk, cast.plant.pk, DAY, "长工发〔2026〕7号", "applied"),
    ]
    assert Edge.objects.get(unit=cast.works, until=None).begun_by.kind == "merge"


@pytest.mark.parametrize("into", ["works", "county"])
def test_merging_into_what_lies_below_is_refused(cast, into):
    with pytest.raises(tree.TreeError):
        tree.merge([cast.county], getattr(cast, into), on=DAY)
    cast.county.refresh_from_db()
    assert cast.county.closed_on is None


def test_ended_unit_neither_ends_again_nor_moves_nor_takes_others(cast):
    tree.close(cast.works, on=DAY)
    for change in (
        lambda: tree.close(cast.works, on=DAY),
        lambda: tree.reparent(cast.works, cast.county, on=date(2026, 9, 1)),
        lambda: tree.merge([cast.mill], cast.works, on=DAY),
        lambda: tree.rename(cast.works, "x", on=DAY),
        lambda: tree.add(
            cast.works, on=DAY, code="T1", name="一班", kind="team", level="enterprise", region="14"
        ),
    ):
        with pytest.raises(tree.TreeError):
            change()


def test_people_of_a_closed_unit_stay_active_at_the_one_above(cast):
    tree.close(cast.works, on=DAY)
    Grant.objects.create(user=cast["stranger"].user, role="officer", unit=cast.township, since=EVER)
    with scope(cast["stranger"].actor):
        assert Person.objects.filter(pk=cast["applicant"].person.pk).exists()
        assert Employment.objects.filter(until=None, path__within=cast.township.path).count() == 3


def test_part_that_is_split_off_takes_entities_and_people_along(cast):
    firm = LegalEntity.objects.get(unit=cast.works)
    part = tree.Part("襄垣县示例机械二厂工会", "E900", entities=[firm])
    (made,) = tree.split(cast.works, [part], on=DAY)
    firm.refresh_from_db()
    assert (made.path, made.opened_on) == (f"{cast.township.path}{made.pk}/", DAY)
    assert (firm.unit_id, firm.path) == (made.pk, made.path)
    assert set(Employment.objects.filter(entity=firm).values_list("unit", "path")) == {(made.pk, made.path)}
    assert list(made.edges.order_by("since").values_list("parent", "since", "until")) == [
        (cast.works.pk, cast.works.opened_on, DAY),
        (cast.township.pk, DAY, None),
    ]
    assert Reorganisation.objects.get().made == made


def test_part_takes_nothing_that_is_not_the_units(cast):
    strange = LegalEntity.objects.get(unit=cast.plant)
    with pytest.raises(tree.TreeError):
        tree.split(cast.works, [tree.Part("x", "E900", entities=[strange])], on=DAY)
    with pytest.raises(tree.TreeError):
        tree.split(cast.works, [tree.Part("x", "140423")], on=DAY)
    assert not Unit.objects.filter(code="E900").exists()


def test_renamed_unit_keeps_its_old_face(cast):
    old = cast.works.name
    tree.rename(cast.works, "襄垣县新机械厂工会", on=DAY)
    tree.rename(cast.works, "襄垣县机械集团工会", on=date(2026, 9, 1))
    assert cast.works.name == "襄垣县机械集团工会"
    assert list(UnitFace.objects.order_by("until").values_list("name", "since", "until")) == [
        (old, cast.works.opened_on, DAY),
        ("襄垣县新机械厂工会", DAY, date(2026, 9, 1)),
    ]
    with pytest.raises(tree.TreeError):
        tree.rename(cast.works, "x", on=DAY)


def test_renumbered_county_takes_its_townships_along_and_leaves_issued_codes(cast):
    issued = Unit.objects.get(pk=cast.works.pk).code
    tree.renumber(cast.county, "140404", on=DAY, region="140404")
    now = dict(Unit.objects.filter(path__within=cast.county.path).values_list("code", "region"))
    assert now["140404"] == "140404"
    assert now["140404100"] == "140404100"
    assert now[issued].startswith("140404")
    assert UnitFace.objects.filter(code__in=["140423", "140423100", issued]).count() == 3
    assert set(
        LegalEntity.objects.filter(path__within=cast.county.path).values_list("region", flat=True)
    ) == {e.region for e in LegalEntity.objects.filter(region__startswith="140404")}


def test_two_counties_may_change_codes_with_one_another_by_way_of_a_third(cast):
    with pytest.raises(tree.TreeError):
        tree.renumber(cast.county, "140430", on=DAY)
    tree.renumber(cast.county, "140499", on=DAY)
    tree.renumber(cast.sibling_county, "140423", on=DAY)
    tree.renumber(cast.county, "140430", on=date(2026, 7, 2))
    assert set(Unit.objects.filter(level="county").values_list("code", flat=True)) == {"140423", "140430"}


def test_team_stands_below_its_enterprise(cast):
    team = tree.add(
        cast.works, on=DAY, code="T1", name="一班", kind="team", level="enterprise", region="140423"
    )
    tree.merge([cast.works], cast.mill, on=date(2026, 8, 1))
    team.refresh_from_db()
    assert (team.path, team.closed_on) == (f"{cast.mill.path}{team.pk}/", None)


def test_two_moves_at_once_leave_one_tree(lasting_cast):
    """Each would be legal alone; together they would make a ring."""
    cast, failed = lasting_cast, []

    def move(unit, parent):
        try:
            tree.reparent(unit, parent, on=DAY)
        except tree.TreeError as refusal:
            failed.append(refusal)
        finally:
            connection.close()

    moves = [(cast.county, cast.sibling_county), (cast.sibling_county, cast.county)]
    threads = [threading.Thread(target=move, args=each) for each in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 1
    for unit in Unit.objects.exclude(parent=None).select_related("parent"):
        assert unit.path == f"{unit.parent.path}{unit.pk}/"


def test_merging_that_is_killed_half_way_leaves_nothing_done(lasting_cast):
    """The connection dies after the edges were written and before the end."""
    cast = lasting_cast

    def everything():
        return [
            list(model.objects.order_by("pk").values())
            for model in (Unit, Edge, LegalEntity, Employment, Grant, Turn, Reorganisation)
        ]

    a_case(cast)
    before, killed = everything(), []

    def merge():
        try:
            with transaction.atomic():
                tree.merge([cast.township], cast.sibling_township, on=DAY, grants="move")
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        except Exception as lost:
            killed.append(lost)
        finally:
            connection.close()

    thread = threading.Thread(target=merge)
    thread.start()
    thread.join()
    assert len(killed) == 1
    assert everything() == before


def test_face_of_an_entity_cannot_be_changed(cast):
    firm = LegalEntity.objects.get(unit=cast.works)
    with scope(cast["county_officer"].actor):
        face = EntityFace.objects.create(
            entity=firm, name="旧名", ownership=firm.ownership, industry=firm.industry, size_class=firm.size_class,
            region=firm.region, state=firm.state, since=EVER, until=DAY,
        )  # fmt: skip
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            EntityFace.objects.filter(pk=face.pk).update(name="别的")
    with scope(cast["sibling_officer"].actor):
        assert not EntityFace.objects.exists()
