"""A panel from its preparation to the lock: what is refused, what nobody sees, and that it is the same each time."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.access.roles import SeatRole
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused, Stale
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.review import panels, queries, scoring
from gongjiang.kernel.review.models import (
    Decoding,
    Item,
    Panel,
    Part,
    Recusal,
    Score,
    Standing,
    TieKind,
)

from .conftest import JUDGES, SECRET, entry, set_stage


def reasons(refusal) -> list[str]:
    return [str(r.text) for each in refusal.value.reasons.values() for r in each]


def test_panel_that_lacks_everything_says_each_thing_and_does_not_open(scored, cast, edition):
    actor = cast["superior"].actor
    with scope(actor):
        panel = panels.create_panel(edition, cast.city, actor=actor, stage="paper", name="空")
        with pytest.raises(Refused) as refusal:
            panels.open_panel(panel, actor=actor)
    assert len(reasons(refusal)) == 10
    panel.refresh_from_db()
    assert panel.state == "preparing"


@pytest.mark.parametrize("rule", ["blind", "minimum", "drop", "precision", "rounding", "passes", "reserves"])
def test_panel_does_not_open_while_a_rule_is_missing(scored, cast, edition, rule):
    stage = set_stage(cast, edition, ready=False)
    Panel.objects.filter(pk=stage.panel.pk).update(**{rule: "" if rule == "rounding" else None})
    with pytest.raises(Refused) as refusal:
        stage.act("superior", panels.open_panel, stage.panel)
    assert len(reasons(refusal)) == 1


def test_panel_does_not_open_with_weights_that_are_not_100(scored, cast, edition):
    stage = set_stage(cast, edition, ready=False)
    rows = [{"name": "创新性", "weight": Decimal(90), "maximum": Decimal(100)}]
    stage.act("superior", panels.set_criteria, stage.panel, rows)
    with pytest.raises(Refused) as refusal:
        stage.act("superior", panels.open_panel, stage.panel)
    assert len(reasons(refusal)) == 1
    assert "90" in reasons(refusal)[0]


@pytest.mark.parametrize(
    "who", ["county_officer", "sibling_officer", "leader", "unit_officer", "stranger", "applicant"]
)
def test_panel_is_prepared_by_the_officer_of_its_unit_alone(scored, cast, edition, who):
    stage = set_stage(cast, edition, ready=False)
    with pytest.raises(Forbidden):
        stage.act(who, panels.configure, stage.panel, passes=2)
    with pytest.raises(Forbidden):
        stage.act(who, panels.open_panel, stage.panel)


def test_judge_of_the_same_workplace_or_a_recommending_union_is_recused_by_himself(scored, cast, edition):
    judges = ("stranger", "neighbour_officer", "colleague", "county_officer")
    stage = set_stage(cast, edition, cases=1, judges=judges)
    kinds = Recusal.objects.order_by("seat").values_list("seat__name", "kind")
    assert dict(kinds) == {
        cast["colleague"].user.display_name: "workplace",
        cast["county_officer"].user.display_name: "unit",
    }
    with pytest.raises(Refused):
        stage.score("county_officer", stage.items[0], 80, 40)


def test_author_with_a_seat_is_recused_from_the_own_item(scored, cast, edition):
    set_stage(cast, edition, cases=1, judges=("stranger", "neighbour_officer", "applicant"))
    assert Recusal.objects.get().kind == "own"


def test_item_with_too_few_judges_after_recusals_keeps_the_panel_from_opening(scored, cast, edition):
    with pytest.raises(Refused) as refusal:
        set_stage(cast, edition, cases=1, judges=("stranger", "colleague", "county_officer"))
    assert len(reasons(refusal)) == 1
    assert Item.objects.get().code in reasons(refusal)[0]


def test_officer_who_sees_names_cannot_judge_blind(scored, cast, edition):
    with pytest.raises(Refused) as refusal:
        set_stage(cast, edition, judges=(*JUDGES, "auditor"))
    assert cast["auditor"].user.display_name in reasons(refusal)[0]


def test_points_are_taken_from_the_judge_alone_after_the_oath_within_range_while_open(scored, cast, edition):
    stage = set_stage(cast, edition, ready=False)
    item = stage.items[0]
    with pytest.raises(Stale):
        stage.score("stranger", item, 80, 40)
    stage.act("superior", panels.open_panel, stage.panel)
    with pytest.raises(Refused):
        stage.score("stranger", item, 80, 40)
    for name in JUDGES:
        stage.act(name, scoring.swear, stage.seats[name])
    for wrong in ((101, 40), (-1, 40), (80, 50.5)):
        with pytest.raises(Refused):
            stage.score("stranger", item, *wrong)
    with pytest.raises(Forbidden):
        stage.act("applicant", scoring.score, stage.seats["stranger"], item, {})
    stage.score("stranger", item, 80, None)
    stage.score("stranger", item, None, 40)
    stage.score("stranger", item, 85.5, None)
    assert list(Score.objects.order_by("criterion").values_list("points", flat=True)) == [
        Decimal("85.50"),
        Decimal("40.00"),
    ]


def test_lock_writes_the_standing_and_the_same_inputs_give_the_same(stage):
    a, b, d = stage.items
    for name in JUDGES:
        stage.score(name, a, 90, 40)
        stage.score(name, b, 80, 40)
        stage.score(name, d, 70, 50)
    first, again = stage.preview(), stage.preview()
    assert first == again
    stage.lock()
    rows = Standing.objects.order_by("rank").values_list(
        "item", "total", "rank", "result", "judges", "settled"
    )
    assert list(rows) == [
        (a.pk, Decimal("86.000000"), 1, "passed", 3, ""),
        (d.pk, Decimal("82.000000"), 2, "reserve", 3, ""),
        (b.pk, Decimal("80.000000"), 3, "out", 3, ""),
    ]
    stage.panel.refresh_from_db()
    assert (stage.panel.state, stage.panel.fingerprint) == ("locked", first.fingerprint)


def test_panel_with_a_cut_does_not_open_without_a_rule_for_equals_at_it(scored, cast, edition):
    stage = set_stage(cast, edition, ready=False, ties=())
    with pytest.raises(Refused) as refusal:
        stage.act("superior", panels.open_panel, stage.panel)
    assert len(reasons(refusal)) == 1


def test_tie_at_the_cut_of_a_panel_that_has_no_rule_cannot_be_locked(scored, cast, edition):
    stage = set_stage(cast, edition, ready=False, ties=())
    Panel.objects.update(state="open", opened_at=timezone.now())  # round every question
    for name in JUDGES:
        stage.act(name, scoring.swear, stage.seats[name])
    stage.score_all(80, 40)
    stage.panel.refresh_from_db()
    found = stage.preview()
    assert (found.ready, found.tied, found.chair) == (False, sorted(i.code for i in stage.items), False)
    with pytest.raises(Refused):
        stage.lock()
    assert Standing.objects.count() == 0


def test_all_equal_are_all_admitted_where_the_panel_says_so(stage):
    stage.score_all(80, 40)
    stage.lock()
    assert set(Standing.objects.values_list("rank", "result")) == {(1, "passed")}


def test_tie_at_the_cut_is_settled_by_the_chair_with_a_reason_and_by_nobody_else(scored, cast, edition):
    stage = set_stage(cast, edition, ties=[("chair", None)])
    stage.score_all(80, 40)
    decided = {item.pk: n for n, item in enumerate(reversed(stage.items), start=1)}
    with pytest.raises(Refused):
        stage.lock("superior", decided=decided, reason="因为")
    with pytest.raises(Refused):
        stage.lock("sibling_officer", decided=decided)
    stage.lock("sibling_officer", decided=decided, reason="现场答辩更好")
    assert list(Standing.objects.order_by("rank").values_list("item", "settled")) == [
        (item.pk, str(TieKind.CHAIR.label)) for item in reversed(stage.items)
    ]


def test_missing_sheet_is_named_and_ending_the_seat_lets_the_others_count(stage):
    stage.score_all(80, 40, judges=JUDGES[:2])
    a, b, d = stage.items
    stage.score("sibling_officer", a, 90, 40)
    stage.score("sibling_officer", b, 85, 40)
    found = stage.preview()
    assert found.waiting == {stage.seats["neighbour_officer"].name: 3}
    assert found.places == []
    with pytest.raises(Refused):
        stage.lock()
    stage.act("superior", panels.unseat, stage.seats["neighbour_officer"])
    stage.lock()
    assert list(Standing.objects.order_by("rank").values_list("item", "judges")) == [
        (a.pk, 2),
        (b.pk, 2),
        (d.pk, 2),
    ]


def test_item_below_the_minimum_is_to_be_seated_anew(scored, cast, edition):
    stage = set_stage(cast, edition, minimum=3)
    item = stage.items[0]
    stage.act("stranger", scoring.recuse, stage.seats["stranger"], item)
    for name in JUDGES:
        for each in stage.items:
            if (name, each) != ("stranger", item):
                stage.score(name, each, 80, 40)
    assert stage.preview().short == [item.code]
    with pytest.raises(Refused):
        stage.lock()


def test_recusal_takes_a_given_sheet_out_and_cannot_be_taken_back(stage):
    item = stage.items[0]
    stage.score_all(80, 40)
    stage.score("sibling_officer", item, 100, 50)
    stage.act("sibling_officer", scoring.recuse, stage.seats["sibling_officer"], item, reason="老同事")
    stage.lock()
    assert Standing.objects.get(item=item).judges == 2
    with pytest.raises(DatabaseError):
        Recusal.objects.all().delete()


def test_lock_of_something_that_changed_since_it_was_looked_at_is_stale(stage):
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)
    looked = stage.preview().fingerprint
    stage.score("stranger", stage.items[1], 95, 40)
    with pytest.raises(Stale):
        stage.lock(fingerprint=looked)


def test_nothing_changes_after_the_lock_whoever_tries(stage):
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)
    stage.lock()
    with pytest.raises(Stale):
        stage.score("stranger", stage.items[0], 10, 10)
    with pytest.raises(Stale):
        stage.lock(fingerprint="x")
    for statement in (
        "UPDATE review_score SET points = 1",
        "DELETE FROM review_score",
        "UPDATE review_standing SET rank = 9",
        "DELETE FROM review_standing",
        "UPDATE review_panel SET state = 'open', locked_at = NULL, fingerprint = ''",
        "UPDATE review_panel SET passes = 9",
        "UPDATE review_criterion SET weight = 1",
        "DELETE FROM review_item",
        "UPDATE review_item SET position = 99",
        "UPDATE review_seat SET until = now()",
        "UPDATE review_decoding SET case_id = case_id",
        "UPDATE review_part SET text = ''",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_standing_without_a_lock_does_not_outlive_its_transaction(stage):
    with pytest.raises(DatabaseError), transaction.atomic():
        Standing.objects.create(
            panel=stage.panel, item=stage.items[0], total=1, rank=1, result="passed", judges=1
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_judges_of_a_blind_panel_find_no_case_and_no_names_in_any_table(stage):
    cases = set(Case.objects.values_list("pk", flat=True))
    names = {stage.cast["applicant"].person.name, stage.cast.works.name}
    for name in ("stranger", "sibling_officer"):
        with scope(stage.actor(name)):
            assert set(Case.objects.filter(pk__in=cases).values_list("pk", flat=True)) == set()
            assert Decoding.objects.count() == 0
            texts = [p.text for p in Part.objects.all()]
            assert texts == [SECRET] * 3
            assert not any(n in t for t in texts for n in names)


def test_judges_see_the_points_of_others_only_after_the_lock_and_organisers_too(stage):
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)

    def seen(name: str) -> int:
        with scope(stage.actor(name)):
            return Score.objects.count()

    assert [seen(n) for n in ("stranger", "sibling_officer", "superior", "applicant")] == [6, 6, 0, 0]
    stage.lock()
    assert [seen(n) for n in ("stranger", "sibling_officer", "superior", "applicant")] == [18, 18, 18, 0]


def test_judge_of_an_open_panel_sees_the_case_until_the_seat_ends_or_recusal(scored, cast, edition):
    stage = set_stage(cast, edition, blind=False)
    case = Case.objects.get(decodings__item=stage.items[0])

    def sees(name: str) -> bool:
        actor = stage.actor(name)
        with scope(actor):
            return scored.view.filter(Case.objects.filter(pk=case.pk), actor).exists()

    assert [sees(n) for n in ("stranger", "sibling_officer", "neighbour_officer")] == [True, True, True]
    stage.act("stranger", scoring.recuse, stage.seats["stranger"], stage.items[0])
    stage.act("superior", panels.unseat, stage.seats["sibling_officer"])
    assert [sees(n) for n in ("stranger", "sibling_officer", "neighbour_officer")] == [False, False, True]


def test_progress_is_counts_for_those_who_lead_and_nothing_for_others(stage):
    stage.score("stranger", stage.items[0], 80, 40)
    stage.score("stranger", stage.items[1], 80, None)

    def counted(name: str):
        with scope(stage.actor(name)):
            return {p.seat.user_id: (p.done, p.begun, p.left) for p in queries.progress(stage.panel)}

    stranger = stage.cast["stranger"].user.pk
    assert counted("superior")[stranger] == (1, 1, 2)
    assert counted("sibling_officer")[stranger] == (1, 1, 2)
    assert counted("neighbour_officer").get(stranger) is None


@pytest.mark.parametrize(
    "who", ["stranger", "neighbour_officer", "county_officer", "applicant", "unit_officer"]
)
def test_neither_preview_nor_lock_is_for_those_who_do_not_lead(stage, who):
    with pytest.raises(Forbidden):
        stage.preview(who)
    with pytest.raises(Forbidden):
        stage.lock(who)


def test_withdrawn_case_takes_part_no_longer(stage):
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)
    case = Case.objects.get(decodings__item=stage.items[0])
    applicant = stage.actor("applicant")
    with scope(applicant):
        door.transition(case, "withdraw", actor=applicant)
    stage.score("stranger", stage.items[1], 85, 40)
    stage.lock()
    assert set(Standing.objects.values_list("item", flat=True)) == {i.pk for i in stage.items[1:]}


def test_guard_asks_for_the_result_of_the_stage(stage):
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)
    won, lost = (Case.objects.get(decodings__item=i) for i in stage.items[:2])
    with pytest.raises(Refused, match="not passed"):
        stage.act("superior", lambda c, actor: door.transition(c, "award", actor=actor), won)
    stage.lock()
    stage.act("superior", lambda c, actor: door.transition(c, "award", actor=actor), won)
    with pytest.raises(Refused, match="not passed"):
        stage.act("superior", lambda c, actor: door.transition(c, "award", actor=actor), lost)


def test_second_stage_takes_those_who_passed_with_the_share_of_the_first(stage):
    a = stage.items[0]
    stage.score_all(80, 40)
    stage.score("stranger", a, 95, 40)
    stage.lock()
    actor = stage.actor("superior")
    with scope(actor):
        second = panels.create_panel(
            stage.panel.edition, stage.cast.city, actor=actor, stage="show", name="路演"
        )
        panels.configure(
            second, actor=actor, blind=True, minimum=1, drop=0, precision=1, rounding="half_up", passes=0,
            reserves=0, earlier=stage.panel, earlier_share=Decimal(30),
        )  # fmt: skip
        panels.set_criteria(second, [{"name": "答辩", "weight": 100, "maximum": 100}], actor=actor)
        seat = panels.seat(second, stage.cast["stranger"].user.username, SeatRole.PANELIST, actor=actor)
        second.refresh_from_db()
        keys = list(panels.waiting(second).values_list("pk", flat=True))
        (item,) = panels.enter(second, keys, actor=actor)
        panels.open_panel(second, actor=actor)
    assert keys == [Decoding.objects.get(item=a).case_id]
    judge = stage.actor("stranger")
    with scope(judge):
        scoring.swear(seat, actor=judge)
        scoring.score(seat, item, {second.criteria.get().pk: Decimal(90)}, actor=judge)
    with scope(actor):
        found = scoring.preview(second, actor=actor)
        scoring.lock(second, actor=actor, fingerprint=found.fingerprint)
    # 30 % of 83.00 and 70 % of 90
    assert Standing.objects.get(panel=second).total == Decimal("87.9")


def test_correction_is_a_new_panel_with_a_reason_and_replaces_the_standing(stage):
    stage.score_all(80, 40)
    stage.score("stranger", stage.items[0], 90, 40)
    stage.lock()
    case = Decoding.objects.get(item=stage.items[0]).case_id
    assert scoring.standings([case], "paper")[case].rank == 1
    actor = stage.actor("superior")
    with scope(actor), pytest.raises(DatabaseError), transaction.atomic():
        panels.create_panel(
            stage.panel.edition, stage.cast.city, actor=actor, stage="paper", name="更正",
            replaces=Panel.objects.get(pk=stage.panel.pk),
        )  # fmt: skip
    with scope(actor):
        panels.create_panel(
            stage.panel.edition, stage.cast.city, actor=actor, stage="paper", name="更正",
            replaces=Panel.objects.get(pk=stage.panel.pk), reason="漏算一名评委",
        )  # fmt: skip
    assert scoring.standings([case], "paper") == {}


def test_case_of_another_unit_cannot_be_entered(scored, cast, edition):
    stage = set_stage(cast, edition, ready=False)
    draft = entry(cast, edition)
    assert stage.act("superior", panels.enter, stage.panel, [draft.pk + 999]) == []
