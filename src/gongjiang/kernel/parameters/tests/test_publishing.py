"""Two persons publish; nothing begins in the past; nothing overlaps; a lower level does not loosen."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.utils import timezone, translation

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.flow import Forbidden, Refused
from gongjiang.kernel.parameters import actions, read
from gongjiang.kernel.parameters.declaration import parameter
from gongjiang.kernel.parameters.models import EditionPin, Proposal, ProposalState, Provision
from tests.cast import Cast, open_edition

from .conftest import DOCUMENT, Desk, in_days, today


def refused(call) -> list[tuple[str, str]]:
    """(field, sentence) of every reason, in English."""
    with translation.override("en"), pytest.raises(Refused) as found:
        call()
    return [(r.field, str(r.text)) for rs in found.value.reasons.values() for r in rs]


def days(desk: Desk, unit, on: dt.date | None = None) -> int:
    return read.value("innovations.publicity_days", unit=unit, on=on).value


def test_published_value_holds_from_its_day_for_all_below(desk: Desk) -> None:
    desk.set("publicity_days", 7, since=in_days(10))
    units = [desk.cast.province, desk.cast.city, desk.cast.works, desk.cast.plant]
    assert [days(desk, u, in_days(9)) for u in units] == [5, 5, 5, 5]
    assert [days(desk, u, in_days(10)) for u in units] == [5, 7, 7, 7]


def test_value_says_where_it_comes_from(desk: Desk) -> None:
    row = desk.set("publicity_days", 7)
    found = read.value("innovations.publicity_days", unit=desk.cast.works)
    reason = found.reason("公示期为7个工作日", facts=(("days", "7"),))
    assert (found.provision, found.version) == (row, f"provision {row.pk}")
    assert (reason.clause, reason.document, reason.version) == (
        DOCUMENT["clause"],
        DOCUMENT["document"],
        f"provision {row.pk}",
    )
    with translation.override("en"):
        shipped = read.value("innovations.judge_oath", unit=desk.cast.works)
    assert (shipped.value, shipped.provision, shipped.version) == (True, None, "default")


def test_nearest_level_wins_where_it_is_stricter(desk: Desk) -> None:
    desk.set("publicity_days", 6)
    desk.publish(desk.propose("publicity_days", 8, unit=desk.cast.county, by="county_officer"))
    assert [days(desk, u) for u in (desk.cast.works, desk.cast.plant)] == [8, 6]


def test_lower_level_that_loosens_is_refused_with_the_clause_above(desk: Desk) -> None:
    desk.set("publicity_days", 6)
    says = refused(lambda: desk.propose("publicity_days", 5, unit=desk.cast.county, by="county_officer"))
    assert says == [
        (
            "value",
            "长治市总工会 has set this (长工发〔2026〕1号（演示）, 第三条), and a lower level may only be stricter.",
        )
    ]


def test_lower_level_may_loosen_what_is_opened_to_it(desk: Desk) -> None:
    desk.set("publicity_days", 6, opens_below=True)
    desk.publish(desk.propose("publicity_days", 3, unit=desk.cast.county, by="county_officer"))
    assert [days(desk, u) for u in (desk.cast.works, desk.cast.plant)] == [3, 6]


def test_lower_value_that_has_become_looser_holds_no_longer(desk: Desk) -> None:
    desk.publish(desk.propose("publicity_days", 6, unit=desk.cast.county, by="county_officer"))
    assert days(desk, desk.cast.works) == 6
    desk.set("publicity_days", 9, since=in_days(1))
    assert [days(desk, desk.cast.works, in_days(n)) for n in (0, 1)] == [6, 9]


def test_past_day_is_refused(desk: Desk) -> None:
    with translation.override("en"):
        expected = (
            f"This day is past. A value begins today ({today().isoformat()}) at the earliest;"
            " what was in force stays as it was."
        )
    assert refused(lambda: desk.propose("publicity_days", 7, since=in_days(-1))) == [("since", expected)]


def test_proposal_whose_day_has_passed_meanwhile_is_not_published(desk: Desk) -> None:
    proposal = Proposal.objects.create(
        programme="innovations",
        name="publicity_days",
        unit=desk.cast.city,
        value=7,
        since=in_days(-1),
        proposed_by=desk.cast["superior"].user,
        proposed_at=timezone.now(),
        **DOCUMENT,
    )
    assert [field for field, _ in refused(lambda: desk.publish(proposal))] == ["since"]
    assert Provision.objects.count() == 0


def test_every_reason_is_given_at_once(desk: Desk) -> None:
    says = refused(
        lambda: desk.propose(
            "union_award_bands", [], unit=desk.cast.works, document=" ", clause="", since=in_days(-3)
        )
    )
    assert [field for field, _ in says] == ["document", "clause", "since", ""]


def test_value_of_the_wrong_type_is_refused_at_its_field(desk: Desk) -> None:
    assert refused(lambda: desk.propose("panel_size", "many")) == [("value", "This is not a number.")]


def test_proposer_does_not_publish_what_they_proposed(desk: Desk) -> None:
    with scope(desk.city_approver):
        mine = actions.propose(
            "innovations.publicity_days",
            actor=desk.city_approver,
            unit=desk.cast.city,
            since=today(),
            value=7,
            **DOCUMENT,
        )
    assert refused(lambda: desk.publish(mine)) == [
        ("", "You have proposed this yourself. Somebody else decides.")
    ]
    assert Provision.objects.count() == 0


def test_database_refuses_one_person_for_both(desk: Desk) -> None:
    proposal = desk.propose("publicity_days", 7)
    superior = desk.cast["superior"].actor
    with pytest.raises(IntegrityError), scope(superior), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(
            state="published", decided_by=desk.city_approver.user, decided_at=timezone.now()
        )


def test_database_refuses_a_value_that_nobody_decided(desk: Desk) -> None:
    proposal = desk.propose("publicity_days", 7)
    superior = desk.cast["superior"].actor
    given = {"programme": "innovations", "name": "publicity_days", "unit": desk.cast.city, "since": today()}
    for more in ({}, {"proposal": proposal}):
        with (
            pytest.raises(IntegrityError, match="two persons publish"),
            scope(superior),
            transaction.atomic(),
        ):
            Provision.objects.create(**given, value=7, published_at=timezone.now(), **DOCUMENT, **more)


def test_database_refuses_to_change_what_is_published(desk: Desk) -> None:
    row = desk.set("publicity_days", 7)
    for change in ({"value": 1}, {"since": in_days(-5)}, {"until": in_days(-1)}):
        with pytest.raises(IntegrityError), scope(desk.city_approver), transaction.atomic():
            Provision.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Provision.objects.filter(pk=row.pk).delete()


@pytest.mark.parametrize("who", ["county_officer", "sibling_officer", "stranger", "leader", "auditor"])
def test_others_do_not_propose_for_the_city(desk: Desk, who: str) -> None:
    with pytest.raises(Forbidden):
        desk.propose("publicity_days", 7, by=who)


def test_proposals_are_not_seen_outside_their_tree(desk: Desk) -> None:
    desk.propose("publicity_days", 7, unit=desk.cast.county, by="county_officer")
    seen = {}
    for who in ("county_officer", "superior", "sibling_officer", "stranger", "applicant"):
        with scope(desk.cast[who].actor):
            seen[who] = Proposal.objects.count()
    assert seen == {"county_officer": 1, "superior": 1, "sibling_officer": 0, "stranger": 0, "applicant": 0}


def test_approver_of_a_lower_level_does_not_decide_above(desk: Desk) -> None:
    proposal = desk.propose("publicity_days", 7)
    with pytest.raises(Forbidden):
        desk.publish(proposal, by=desk.county_approver)


def test_rows_follow_each_other_without_gap_or_overlap(desk: Desk) -> None:
    for value, day in ((6, 0), (7, 5), (8, 9)):
        desk.set("publicity_days", value, since=in_days(day))
    rows = Provision.objects.order_by("since").values_list("value", "since", "until")
    assert list(rows) == [
        (6, today(), in_days(5)),
        (7, in_days(5), in_days(9)),
        (8, in_days(9), None),
    ]


def test_earlier_change_replaces_those_that_have_not_begun(desk: Desk) -> None:
    desk.set("publicity_days", 9, since=in_days(20))
    desk.set("publicity_days", 6)
    desk.set("publicity_days", 7, since=in_days(9))
    desk.set("publicity_days", 8, since=in_days(4))
    assert [days(desk, desk.cast.city, in_days(n)) for n in (0, 3, 4, 9, 99)] == [6, 6, 8, 8, 8]
    shown = read.history(parameter("innovations.publicity_days"), unit=desk.cast.city)
    assert [r.value for r in shown] == [8, 6]


def test_value_in_force_since_today_is_changed_from_tomorrow(desk: Desk) -> None:
    desk.set("publicity_days", 6)
    says = refused(lambda: desk.propose("publicity_days", 7))
    assert says == [("since", "A value is in force since today. The next one begins tomorrow.")]
    desk.set("publicity_days", 7, since=in_days(1))
    assert [days(desk, desk.cast.city, in_days(n)) for n in (0, 1)] == [6, 7]


def test_own_value_is_given_up_and_the_level_above_holds(desk: Desk) -> None:
    desk.set("publicity_days", 6)
    desk.publish(desk.propose("publicity_days", 9, unit=desk.cast.county, by="county_officer"))
    desk.publish(
        desk.propose(
            "publicity_days", unit=desk.cast.county, by="county_officer", repeals=True, since=in_days(3)
        )
    )
    assert [days(desk, desk.cast.works, in_days(n)) for n in (0, 2, 3)] == [9, 9, 6]
    says = refused(
        lambda: desk.propose(
            "publicity_days", unit=desk.cast.county, by="county_officer", repeals=True, since=in_days(4)
        )
    )
    assert says == [("", "This unit has set no value of its own that could be given up.")]


def test_second_proposal_waits_for_the_first(desk: Desk) -> None:
    desk.propose("publicity_days", 6)
    says = refused(lambda: desk.propose("publicity_days", 7, since=in_days(1)))
    assert says == [("", "A change is waiting for its second person already. Have it decided first.")]


def test_proposal_is_declined_with_a_word_and_taken_back_by_its_author_alone(desk: Desk) -> None:
    proposal = desk.propose("publicity_days", 6)
    with scope(desk.city_approver):
        says = refused(lambda: actions.decline(proposal, actor=desk.city_approver, answer=" "))
        assert says == [("answer", "Say why, so that it can be mended.")]
        with pytest.raises(Forbidden):
            actions.withdraw(proposal, actor=desk.city_approver)
        actions.decline(proposal, actor=desk.city_approver, answer="先报主席会议")
        again = refused(lambda: actions.publish(proposal, actor=desk.city_approver))
    assert again == [("", "Somebody has decided this already: declined.")]
    second = desk.propose("publicity_days", 6)
    with scope(desk.cast["superior"].actor):
        actions.withdraw(second, actor=desk.cast["superior"].actor)
    assert list(Proposal.objects.order_by("pk").values_list("state", flat=True)) == ["declined", "withdrawn"]


def test_preset_is_copied_with_its_mark(desk: Desk) -> None:
    asked = parameter("innovations.paper_vs_roadshow")
    preset = asked.preset("innovation-method")
    row = desk.set("paper_vs_roadshow", asked.kind.write(preset.value), preset=preset.code)
    assert (row.value, row.preset, row.evidence) == (
        {"paper": "30", "roadshow": "70"},
        "innovation-method",
        "C",
    )


def test_preset_holds_nowhere_until_it_is_copied(desk: Desk) -> None:
    with pytest.raises(read.Missing):
        read.value("innovations.paper_vs_roadshow", unit=desk.cast.works)


WEIGHTS = {
    "创新性": "25",
    "先进性": "25",
    "实用性": "25",
    "经济效益": "10",
    "社会效益": "5",
    "推广应用前景": "10",
}


def test_weights_speak_of_the_criteria_in_force(desk: Desk) -> None:
    few = {"创新性": "60", "实用性": "40"}
    says = refused(lambda: desk.propose("criteria_weights", few))
    assert [field for field, _ in says] == ["value"]
    desk.set("criteria_weights", WEIGHTS)
    desk.set("criteria_names", list(few), since=in_days(2))
    names = {p.name for p in read.missing("innovations", unit=desk.cast.city, on=in_days(1))}
    then = {p.name for p in read.missing("innovations", unit=desk.cast.city, on=in_days(2))}
    assert then - names == {"criteria_weights"}
    desk.set("criteria_weights", few, since=in_days(2))
    assert {p.name for p in read.missing("innovations", unit=desk.cast.city, on=in_days(2))} == names


def test_value_needed_only_beside_another_is_missing_only_then(desk: Desk) -> None:
    def needs() -> bool:
        return "outcome_grades" in {p.name for p in read.missing("innovations", unit=desk.cast.city)}

    assert not needs()
    desk.set("outcome_mode", "grade")
    assert needs()
    desk.set("outcome_grades", ["推荐使用", "参考使用"])
    assert not needs()


REQUIRED = {
    "criteria_weights": WEIGHTS,
    "paper_vs_roadshow": {"paper": "40", "roadshow": "60"},
    "panel_size": 7,
    "drop_extremes": 1,
    "pitch_minutes": 8,
    "defence_minutes": 5,
    "quota_per_unit": 3,
}


def test_edition_does_not_open_while_values_are_missing_and_the_reasons_name_them(desk: Desk) -> None:
    edition = open_edition("innovations", desk.cast.city)
    with pytest.raises(read.Missing) as found:
        actions.pin(edition)
    assert {p.name for p in found.value.parameters} == set(REQUIRED)
    with translation.override("en"):
        reasons = {r.field: str(r.text) for r in read.missing_reasons("innovations", edition=edition)}
    assert reasons["panel_size"] == "“Experts on a panel” has no published value."
    assert EditionPin.objects.count() == 0


@pytest.fixture
def edition(desk: Desk):
    for name, value in REQUIRED.items():
        desk.set(name, value)
    return open_edition("innovations", desk.cast.city)


def test_edition_runs_under_what_was_pinned(desk: Desk, edition) -> None:
    pins = actions.pin(edition)
    assert len(pins) == len(read.values("innovations", edition=edition))
    desk.set("panel_size", 9, since=in_days(1))
    later = in_days(30)
    assert read.value("innovations.panel_size", unit=desk.cast.city, on=later).value == 9
    found = read.value("innovations.panel_size", unit=desk.cast.city, on=later, edition=edition)
    assert (found.value, found.pinned) == (7, True)
    assert actions.pin(edition) == []


def test_amendment_holds_from_its_day(desk: Desk, edition) -> None:
    actions.pin(edition)
    desk.set("panel_size", 9, since=in_days(1))
    with scope(desk.city_approver):
        actions.amend(edition, ["panel_size"], since=in_days(5), actor=desk.city_approver)
    held = [
        read.value("innovations.panel_size", unit=desk.cast.city, on=in_days(n), edition=edition).value
        for n in (0, 4, 5, 9)
    ]
    assert held == [7, 7, 9, 9]
    with pytest.raises(Refused), scope(desk.city_approver):
        actions.amend(edition, ["panel_size"], since=in_days(-1), actor=desk.city_approver)
    with pytest.raises(Forbidden), scope(desk.cast["superior"].actor):
        actions.amend(edition, ["panel_size"], since=in_days(6), actor=desk.cast["superior"].actor)


def test_value_of_an_edition_is_its_own_and_amends_it_when_it_runs(desk: Desk, edition) -> None:
    desk.set("pitch_minutes", 10, edition=edition)
    actions.pin(edition)
    asked = {"unit": desk.cast.city, "edition": edition}
    assert read.value("innovations.pitch_minutes", **asked).value == 10
    assert read.value("innovations.pitch_minutes", unit=desk.cast.city).value == 8
    desk.set("pitch_minutes", 12, edition=edition, since=in_days(2))
    held = [read.value("innovations.pitch_minutes", on=in_days(n), **asked).value for n in (0, 1, 2)]
    assert held == [10, 10, 12]


def test_database_keeps_what_an_edition_has_run_under(desk: Desk, edition) -> None:
    actions.pin(edition)
    with pytest.raises(IntegrityError), transaction.atomic():
        EditionPin.objects.filter(edition=edition, name="panel_size").update(provision=None, value=3)


def test_many_units_cost_as_many_queries_as_one(desk: Desk, django_assert_num_queries) -> None:
    desk.set("publicity_days", 7)
    everybody = [desk.cast.works, desk.cast.mill, desk.cast.plant, desk.cast.county, desk.cast.province]
    for units in ([desk.cast.works], everybody):
        with django_assert_num_queries(2):
            found = read.values_of("innovations", units)
        assert {k: v["publicity_days"].value for k, v in found.items()} == {
            u.pk: 5 if u == desk.cast.province else 7 for u in units
        }


def test_line_is_that_of_the_day(desk: Desk) -> None:
    """A works that has moved to another county is ruled by the county of the day that is asked about."""
    from gongjiang.kernel.orgs import tree

    desk.publish(desk.propose("publicity_days", 9, unit=desk.cast.sibling_county, by="sibling_officer"))
    before = today()
    tree.reparent(desk.cast.works, desk.cast.sibling_township, on=in_days(1))
    assert [days(desk, desk.cast.works, d) for d in (before, in_days(1))] == [5, 9]


def test_anybody_reads_what_is_published(desk: Desk) -> None:
    desk.set("publicity_days", 7)
    with scope(desk.cast.actors["anonymous"]):
        assert read.value("innovations.publicity_days", unit=desk.cast.county).value == 7


def test_history_is_loaded_as_it_was_and_checked(desk: Desk) -> None:
    def row(value: int, since: dt.date, until: dt.date | None, published: dt.datetime) -> Provision:
        return Provision(
            programme="innovations", name="panel_size", unit=desk.cast.city, value=value, since=since, until=until,
            published_at=published, **DOCUMENT,
        )  # fmt: skip

    noon = timezone.make_aware(dt.datetime(2024, 1, 1, 12))
    first, second = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
    actions.publish_history([row(5, first, second, noon), row(7, second, None, noon)])
    held = [
        read.value("innovations.panel_size", unit=desk.cast.works, on=d).value
        for d in (dt.date(2024, 6, 1), dt.date(2025, 6, 1))
    ]
    assert held == [5, 7]
    for wrong in (
        row(8, dt.date(2025, 5, 1), None, noon),  # overlaps
        row(8, dt.date(2023, 1, 1), dt.date(2023, 5, 1), noon),  # before it was published
        row(8, dt.date(2024, 1, 1), dt.date(2024, 1, 2), noon),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            actions.publish_history([wrong])


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_publish_once(lasting_desk: Desk) -> None:
    desk = lasting_desk
    proposal = desk.propose("publicity_days", 7, unit=desk.cast.county, by="county_officer")
    answers: list[str] = []
    ready = threading.Barrier(2)

    def decide(actor) -> None:
        try:
            ready.wait()
            with scope(actor):
                actions.publish(proposal, actor=actor)
            answers.append("published")
        except Refused:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=[a]) for a in (desk.county_approver, desk.city_approver)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["published", "refused"]
    assert Provision.objects.count() == 1
    assert Proposal.objects.get().state == ProposalState.PUBLISHED


def test_decision_is_kept_with_its_facts_and_read_back(cast: Cast) -> None:
    from gongjiang.kernel.parameters.models import DecisionRecord
    from gongjiang.kernel.rules.decision import Decision, Outcome, Reason, from_json
    from tests.conformance.scenes import scenes_of, walk

    scenes = scenes_of("innovations")
    scenes.prepare(cast)
    case = walk(cast, scenes.walks["innovations.result"][0][:1])
    decision = Decision(
        Outcome.GRANTED,
        640000,
        (Reason("1,000 至 5,000 元部分", amount=640000, clause="第五条", version="provision 3"),),
    )
    row = actions.record(case, decision, rule="mutual_aid.payout", version="1", facts={"self_pay": 1200000})
    stored = DecisionRecord.objects.get(pk=row.pk)
    assert from_json({k: getattr(stored, k) for k in ("outcome", "amount", "reasons")}) == decision
    assert stored.facts == {"self_pay": "1200000"}
    with pytest.raises(ProgrammingError), transaction.atomic():
        DecisionRecord.objects.filter(pk=row.pk).update(amount=1)
    with scope(cast["stranger"].actor):
        assert DecisionRecord.objects.count() == 0
