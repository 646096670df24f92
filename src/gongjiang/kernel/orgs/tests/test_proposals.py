"""A change of the tree takes two persons, and the worker carries it out on its day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs import actions, queries
from gongjiang.kernel.orgs.models import LegalEntity, Reorganisation, Unit, UnitFace

DAY = date(2026, 7, 1)
PAPER = "长工发〔2026〕7号"


@pytest.fixture
def stewards(cast):
    """A steward of the city, an approver of the city, and a steward of one county."""
    for name, role, unit in (
        ("leader", "data_steward", cast.city),
        ("auditor", "approver", cast.city),
        ("county_officer", "data_steward", cast.county),
    ):
        Grant.objects.create(user=cast[name].user, role=role, unit=unit, since=date(2015, 1, 1))
    return cast


def proposed(cast, by="leader", kind="move", **more):
    more = {"target": cast.sibling_county, **more} if kind == "move" else more
    with scope(cast[by].actor):
        return actions.propose(
            kind,
            more.pop("unit", cast.township),
            on=more.pop("on", DAY),
            document=PAPER,
            actor=cast[by].actor,
            **more,
        )


def approved(cast, change, by="auditor"):
    with scope(cast[by].actor):
        actions.approve(change, actor=cast[by].actor)
    return actions.apply(change.pk)


def test_proposal_approved_by_another_is_carried_out(stewards):
    change = proposed(stewards)
    stewards.township.refresh_from_db()
    assert stewards.township.parent == stewards.county
    done = approved(stewards, change)
    stewards.township.refresh_from_db()
    assert (done.state, stewards.township.parent) == ("applied", stewards.sibling_county)
    assert stewards.township.edges.get(until=None).begun_by == done
    assert actions.apply(change.pk).applied_at == done.applied_at


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("merge", {"target": "sibling_township"}),
        ("close", {}),
        ("rename", {"name": "古韩街道总工会"}),
        ("renumber", {"code": "140423009"}),
        ("split", {"name": "二镇总工会", "code": "140423199"}),
        (
            "found",
            {
                "name": "新村工会",
                "code": "140423100200",
                "level": "township",
                "unit_kind": "union",
                "region": "140423100",
            },
        ),
    ],
)
def test_every_kind_of_change_can_be_proposed_and_is_carried_out(stewards, kind, more):
    more = {k: getattr(stewards, v) if k == "target" else v for k, v in more.items()}
    change = proposed(stewards, kind=kind, **more)
    assert approved(stewards, change).failure == ""
    unit = Unit.objects.get(pk=stewards.township.pk)
    seen = (unit.closed_on, unit.name, unit.code, UnitFace.objects.count(), Unit.objects.count())
    assert (
        seen
        == {
            "merge": (DAY, "古韩镇总工会", "140423100", 0, 9),
            "close": (DAY, "古韩镇总工会", "140423100", 0, 9),
            "rename": (None, "古韩街道总工会", "140423100", 1, 9),
            "renumber": (None, "古韩镇总工会", "140423009", 1, 9),
            "split": (None, "古韩镇总工会", "140423100", 0, 10),
            "found": (None, "古韩镇总工会", "140423100", 0, 10),
        }[kind]
    )


def test_part_takes_the_named_entities_along(stewards):
    firm = LegalEntity.objects.get(unit=stewards.works)
    change = proposed(
        stewards, kind="split", unit=stewards.works, name="二厂工会", code="E900", entities=[firm]
    )
    made = approved(stewards, change).made
    firm.refresh_from_db()
    assert (made.code, firm.unit) == ("E900", made)


def test_author_neither_approves_nor_refuses_the_own_proposal(stewards):
    Grant.objects.create(
        user=stewards["leader"].user, role="approver", unit=stewards.city, since=date(2015, 1, 1)
    )
    change = proposed(stewards)
    actor = stewards["leader"].actor
    with scope(actor):
        for decide in (actions.approve, actions.refuse):
            with pytest.raises(Forbidden):
                decide(change, note="x", actor=actor)
        actions.withdraw(change, actor=actor)
    change.refresh_from_db()
    assert change.state == "withdrawn"


def test_database_refuses_an_approval_by_the_author_and_a_proposal_in_anothers_name(stewards):
    change = proposed(stewards)
    rows = Reorganisation.objects.filter(pk=change.pk)
    leader, auditor = (stewards[n].user for n in ("leader", "auditor"))
    with scope(stewards["leader"].actor):
        for wrong in (
            {"state": "approved", "decided_by": leader},
            {"state": "approved", "decided_by": auditor},
            {"state": "applied", "decided_by": leader},
            {"target": stewards.city},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                rows.update(**wrong)
    with scope(stewards["auditor"].actor):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(state="approved", decided_by=auditor, target=stewards.city)
        with pytest.raises(DatabaseError), transaction.atomic():
            Reorganisation.objects.create(
                kind="close",
                unit=stewards.works,
                on=DAY,
                document=PAPER,
                proposed_by=leader,
                proposed_at=timezone.now(),
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_steward_of_a_county_changes_what_lies_below_and_not_where_the_county_is(stewards):
    by = "county_officer"
    assert proposed(stewards, by=by, kind="close").pk
    for kind, more in (
        ("move", {}),
        ("close", {"unit": stewards.county}),
        ("rename", {"unit": stewards.sibling_township, "name": "x"}),
    ):
        with pytest.raises(Forbidden):
            proposed(stewards, by=by, kind=kind, **more)


def test_officer_without_the_role_proposes_nothing_and_sees_only_the_own_tree(stewards):
    change = proposed(stewards)
    with pytest.raises(Forbidden):
        proposed(stewards, by="superior")
    seen = {}
    for name in ("superior", "sibling_officer", "unit_officer", "stranger"):
        with scope(stewards[name].actor):
            seen[name] = Reorganisation.objects.filter(pk=change.pk).exists()
    assert seen == {"superior": True, "sibling_officer": False, "unit_officer": False, "stranger": False}


def test_change_waits_for_its_day(stewards):
    change = proposed(stewards, on=timezone.localdate() + timedelta(days=1))
    assert approved(stewards, change).state == "approved"
    assert actions.due() == []
    Reorganisation.objects.filter(pk=change.pk).update(on=timezone.localdate())
    assert actions.due() == [change.pk]
    assert actions.apply(change.pk).state == "applied"


def test_change_that_has_become_impossible_fails_with_its_reason_and_changes_nothing(stewards):
    first, second = proposed(stewards), proposed(stewards, kind="merge", target=stewards.sibling_township)
    for change in (first, second):
        with scope(stewards["auditor"].actor):
            actions.approve(change, actor=stewards["auditor"].actor)
    assert actions.apply(second.pk).state == "applied"
    before = list(Unit.objects.order_by("pk").values())
    failed = actions.apply(first.pk)
    assert (failed.state, "古韩镇总工会" in failed.failure) == ("failed", True)
    assert list(Unit.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("move", {"target": "works"}),
        ("move", {"target": "county"}),
        ("move", {"on": date(2015, 1, 1)}),
        ("move", {"target": None}),
        ("merge", {"target": "township"}),
        ("split", {"name": "x", "code": "140423"}),
        ("renumber", {"code": "140430"}),
        ("rename", {"name": "x", "on": date(2000, 1, 1)}),
    ],
)
def test_impossible_proposal_is_refused_at_once(stewards, kind, more):
    more = {k: getattr(stewards, v) if k == "target" and v else v for k, v in more.items()}
    with pytest.raises(ValidationError):
        proposed(stewards, kind=kind, **more)


def test_decided_proposal_is_not_decided_again(stewards):
    change = proposed(stewards)
    approved(stewards, change)
    actor = stewards["auditor"].actor
    with scope(actor), pytest.raises(ValidationError):
        actions.refuse(change, note="x", actor=actor)


def test_weight_counts_what_hangs_on_a_unit_and_only_for_stewards(stewards):
    with scope(stewards["leader"].actor):
        found = queries.weight(stewards.township, stewards.sibling_township)
    assert found == queries.Weight(units=1, entities=1, people=3, cases=0, turns=0, grants=0, alone=0)
    with scope(stewards["sibling_officer"].actor):
        assert queries.weight(stewards.township, None) is None


def test_units_are_found_by_old_names_and_codes_within_the_tree(stewards):
    approved(stewards, proposed(stewards, kind="rename", name="古韩街道总工会"))
    found = {}
    for name in ("county_officer", "sibling_officer"):
        with scope(stewards[name].actor):
            found[name] = [
                list(Unit.objects.filter(queries.named(words)).values_list("code", flat=True))
                for words in ("古韩镇", "14042310", "古")
            ]
    assert found == {"county_officer": [["140423100"], ["140423100"], []], "sibling_officer": [[], [], []]}


def test_moved_edges_are_told_on_both_sides(stewards):
    approved(stewards, proposed(stewards))
    told = {}
    for unit in (stewards.county, stewards.sibling_county, stewards.city):
        with scope(stewards["superior"].actor):
            told[unit] = [
                (m.on, m.kind, m.document, m.came, m.unit, m.old, m.new)
                for m in queries.moved(unit, date(2026, 1, 1))
            ]
    line = ("古韩镇总工会", "襄垣县总工会", "沁县总工会")
    assert told == {
        stewards.county: [(DAY, "move", PAPER, False, *line)],
        stewards.sibling_county: [(DAY, "move", PAPER, True, *line)],
        stewards.city: [],
    }


def test_renamed_entity_keeps_its_old_face_and_its_code(stewards):
    firm = LegalEntity.objects.get(unit=stewards.works)
    old, code = firm.name, firm.uscc
    with scope(stewards["county_officer"].actor):
        actions.change_entity(firm, on=DAY, name="襄垣县新机械有限公司")
        actions.change_entity(firm, on=DAY, name="襄垣县新机械有限公司")
        with pytest.raises(ValidationError):
            actions.change_entity(firm, on=DAY, name="别的")
    firm.refresh_from_db()
    assert (firm.name, firm.uscc) == ("襄垣县新机械有限公司", code)
    assert list(firm.faces.values_list("name", "since", "until")) == [(old, firm.opened_on, DAY)]


NEW = {
    "name": "新镇总工会",
    "code": "140423188",
    "level": "township",
    "unit_kind": "union",
    "region": "140423100",
}


def test_unit_added_by_two_reports_to_the_one_above_from_its_day(stewards):
    change = proposed(stewards, kind="found", unit=stewards.county, **NEW)
    assert not Unit.objects.filter(code=NEW["code"]).exists()
    done = approved(stewards, change)
    made = Unit.objects.get(code=NEW["code"])
    assert (done.state, done.made, made.parent, made.opened_on) == ("applied", made, stewards.county, DAY)
    assert made.path == f"{stewards.county.path}{made.pk}/"
    edge = made.edges.get()
    assert (edge.parent, edge.since, edge.begun_by) == (stewards.county, DAY, done)
    assert queries.moved(stewards.county, DAY - timedelta(days=1)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"code": "140423100"},  # 古韩镇's
        {"level": "city"},
        {"unit_kind": "team", "level": "enterprise"},
        {"on": date(1990, 1, 1)},
    ],
)
def test_unit_that_does_not_fit_is_not_even_proposed(stewards, more):
    with pytest.raises(ValidationError):
        proposed(stewards, kind="found", unit=stewards.county, **{**NEW, **more})


def test_nothing_is_added_below_a_unit_that_ended(stewards):
    Unit.objects.filter(pk=stewards.township.pk).update(closed_on=date(2026, 1, 1))
    stewards.township.refresh_from_db()
    with pytest.raises(ValidationError):
        proposed(stewards, kind="found", **NEW)


def test_unit_is_added_below_ones_own_and_nowhere_else(stewards):
    change = proposed(stewards, by="county_officer", kind="found", unit=stewards.county, **NEW)
    for unit in (stewards.city, stewards.sibling_county, stewards.sibling_township):
        with pytest.raises(Forbidden):
            proposed(stewards, by="county_officer", kind="found", unit=unit, **{**NEW, "level": "township"})
    with pytest.raises(Forbidden):
        approved(stewards, change, by="county_officer")


def test_code_taken_meanwhile_fails_in_words_and_adds_nothing(stewards):
    first = proposed(stewards, kind="found", unit=stewards.county, **NEW)
    second = proposed(stewards, kind="found", unit=stewards.sibling_county, **NEW)
    for change in (first, second):
        Reorganisation.objects.filter(pk=change.pk).update(
            state="approved", decided_by=stewards["auditor"].user, decided_at=timezone.now()
        )
    assert [actions.apply(change.pk).state for change in (first, second)] == ["applied", "failed"]
    second.refresh_from_db()
    assert (NEW["code"] in second.failure, second.made) == (True, None)
    assert Unit.objects.filter(code=NEW["code"]).count() == 1
