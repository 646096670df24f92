"""Merging two records: everything follows, undoing is the identity, two stewards do not get in each other's way."""

import json
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, connections, models, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.audit.models import Disclosure, DisclosureKind
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, FlowEdge, Participant
from gongjiang.kernel.people.crypto import keyed_hash, seal
from gongjiang.kernel.people.merging import actions, candidates, database, queries
from gongjiang.kernel.people.models import (
    Consent,
    ConsentText,
    Employment,
    FieldSource,
    Identifier,
    MatchPair,
    MatchRule,
    MergeRecord,
    Person,
    PersonState,
    PostClass,
)
from gongjiang.kernel.people.search import resolve
from tests import cast as world


def rule(unit=None, **changed) -> MatchRule:
    """A rule under which one name and birthday, or one name and phone, are worth a look."""
    given = {
        "review_from": 60, "weigh_identity": 100, "weigh_name": 30, "weigh_birth": 30, "weigh_phone": 30,
        "weigh_employer": 10, "auto_merge": False, "since": date(2020, 1, 1), "document": "演示",
    }  # fmt: skip
    return MatchRule.objects.create(unit=unit, **{**given, **changed})


def steward(unit, name="steward"):
    """The data steward of a unit's tree."""
    user = User.objects.create_user(name, None, display_name=name)
    Grant.objects.create(user=user, role=Role.DATA_STEWARD, unit=unit, since=world.SINCE)
    return load(user.pk)


def double(cast, *, entity=None, name="王·演甲子", phone="") -> Person:
    """A second record of the applicant, provisional: no identity number, the same birthday."""
    row = Person.objects.create(name=name, born_on=date(1986, 5, 20), sex="male")
    Employment.objects.create(
        person=row,
        entity=entity or cast.works.entities.get(),
        unit=(entity or cast.works.entities.get()).unit,
        since=date(2019, 1, 1),
        post_class=PostClass.PRODUCTION,
    )
    if phone:
        Identifier.objects.create(
            person=row, kind="phone", cipher=seal(phone), digest=keyed_hash("phone", phone)
        )
    return row


def pair_of(one: Person, two: Person, cast) -> MatchPair:
    a, b = sorted((one.pk, two.pk))
    return MatchPair.objects.create(
        a_id=a, b_id=b, path=cast.county.path, score=90, same_name=True, found_at=timezone.now()
    )


def dump(*left_out: str) -> dict[str, list[str]]:
    """Every row of every table, but what the merging itself keeps."""
    kept = {
        "people_mergerecord", "people_mergemove", "people_mergechoice", "people_matchpair", "outbox_change",
        "django_session", *left_out,
    }  # fmt: skip
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - kept):
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            found[table] = sorted(row for (row,) in cursor.fetchall())
    return {table: rows for table, rows in found.items() if rows}


def submitted_case(cast, *people: Person) -> Case:
    FlowEdge.objects.get_or_create(flow="tested.merge", source="", target="draft", phase="draft")
    case = Case.objects.create(
        flow="tested.merge", unit=cast.works, applicant=people[0], state="draft", phase="draft",
        opened_at="2026-11-02T08:00+08:00",
    )  # fmt: skip
    CaseEvent.objects.create(case=case, version=1, name="draft", target="draft", at=case.opened_at)
    for n, each in enumerate(people, start=1):
        Participant.objects.create(case=case, person=each, role="author", position=n, unit=cast.works)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT set_config('gongjiang.replay', 'on', true)")
        cursor.execute(
            "UPDATE lifecycle_case SET phase = 'intake', state = 'submitted', number = 'T-' || id WHERE id = %s",
            [case.pk],
        )
        cursor.execute("SELECT set_config('gongjiang.replay', '', true)")
    return case


def merged(pair: MatchPair, survivor: Person, taken=(), *, by, and_by=None) -> MergeRecord:
    with scope(by):
        record = actions.propose(pair, survivor.pk, taken, actor=by)
    with scope(and_by or by):
        actions.confirm(record, actor=and_by or by)
    record.refresh_from_db()
    return record


def test_every_relation_to_a_person_is_walked():
    walked = {(r.table, r.column) for r in database.relations()}
    expected = {
        (m._meta.db_table, f.column)
        for m in Person._meta.apps.get_models(include_auto_created=True)
        for f in m._meta.local_concrete_fields
        if isinstance(f, models.ForeignKey)
        and f.related_model is Person
        and getattr(m, "merge_follows", True)
    }
    assert walked == expected
    assert ("lifecycle_case", "applicant_id") in walked


def test_merge_moves_cases_accounts_and_identifiers(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast, entity=cast.mill.entities.get())
    case = submitted_case(cast, other)
    record = merged(pair_of(survivor, other, cast), survivor, by=steward(cast.county))
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.applicant_id, other.merged_into_id, other.state) == (survivor.pk, survivor.pk, "merged")
    assert set(Employment.objects.filter(until=None, person=survivor).values_list("unit", flat=True)) == {
        cast.works.pk,
        cast.mill.pk,
    }
    assert record.state == "done"


def test_second_open_job_at_the_same_place_is_dropped_and_comes_back(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    before, by = dump(), steward(cast.county)
    before = dump()
    record = merged(pair_of(survivor, other, cast), survivor, by=by)
    assert Employment.objects.filter(person__in=(survivor, other), until=None).count() == 1
    with scope(by):
        actions.undo(record, actor=by)
    assert dump() == before


def test_merge_and_undoing_say_how_many_entries_they_touched_also_where_nothing_moves(cast):
    rule()
    survivor, other, by = cast["applicant"].person, double(cast, phone="13800000009"), steward(cast.county)
    for expected, taken in (
        (1, ()),
        (2, ("phone",)),
    ):  # the job at the same place is dropped; the phone changes hands
        with scope(by):
            record = actions.propose(pair_of(survivor, other, cast), survivor.pk, taken, actor=by)
            assert actions.confirm(record, actor=by) == expected
            assert actions.undo(record, actor=by) == expected
        record.delete()
        MatchPair.objects.filter(pk=record.pair_id).delete()


def test_two_participants_of_one_case_both_stay(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    case = submitted_case(cast, survivor, other)
    merged(pair_of(survivor, other, cast), survivor, by=steward(cast.county))
    people = set(Participant.objects.filter(case=case).values_list("person", flat=True))
    assert people == {survivor.pk, other.pk}


def test_account_of_the_other_record_speaks_for_the_survivor(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    second = User.objects.create_user("second", None, display_name="second", person=other)
    merged(pair_of(survivor, other, cast), survivor, by=steward(cast.county))
    second.refresh_from_db()
    assert (second.person_id, load(second.pk).person) == (other.pk, survivor.pk)


def test_disclosures_stay_as_they_were_written(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    shown = Disclosure.objects.create(
        user=cast["unit_officer"].user, role=Role.UNIT_OFFICER, unit=cast.works, person=other,
        kind=DisclosureKind.REVEAL, what="phone", purpose="contact", note="核对登记信息时查看",
    )  # fmt: skip
    merged(pair_of(survivor, other, cast), survivor, by=steward(cast.county))
    shown.refresh_from_db()
    assert shown.person_id == other.pk
    with scope(cast["applicant"].actor):
        assert list(Disclosure.objects.values_list("pk", flat=True)) == [shown.pk]


def test_identity_number_of_the_other_record_leads_to_the_survivor(cast):
    rule()
    one, two = cast["applicant"], cast["colleague"]
    merged(pair_of(one.person, two.person, cast), one.person, by=steward(cast.county))
    digests = [keyed_hash("identity", m.identity) for m in (one, two)]
    assert resolve(digests, [one.person.name, two.person.name]) == {0: one.person.pk, 1: one.person.pk}


def test_fields_are_chosen_one_by_one(cast):
    rule()
    one, two = cast["applicant"], cast["colleague"]
    by, pair = steward(cast.county), pair_of(one.person, two.person, cast)
    before = dump()
    record = merged(pair, one.person, ["name", "phone", "identity"], by=by)
    row = Person.objects.get(pk=one.person.pk)
    held = dict(Identifier.objects.filter(person=row).values_list("kind", "digest"))
    assert row.name == two.person.name
    assert {k: bytes(v) for k, v in held.items()} == {
        "identity": keyed_hash("identity", two.identity),
        "phone": keyed_hash("phone", two.phone),
    }
    with scope(by):
        actions.undo(record, actor=by)
    assert dump() == before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    taken=st.sets(st.sampled_from(actions.CHOOSABLE)),
    reverse=st.booleans(),
    known=st.booleans(),
    same_firm=st.booleans(),
    together=st.booleans(),
    agreed=st.sampled_from(["none", "one", "other", "both"]),
)
def test_undoing_a_merge_is_the_identity(cast, taken, reverse, known, same_firm, together, agreed):
    with transaction.atomic():
        rule()
        one = cast["applicant"].person
        two = cast["colleague"].person if known else double(
            cast, entity=None if same_firm else cast.mill.entities.get(), phone="13900000011"
        )  # fmt: skip
        submitted_case(cast, *((one, two) if together else (two,)))
        text = ConsentText.objects.create(
            purpose="p", version=1, title="t", text="t", scope="s", since=date(2020, 1, 1), document="演示"
        )
        for each in {"none": (), "one": (one,), "other": (two,), "both": (one, two)}[agreed]:
            Consent.objects.create(person=each, text=text, purpose="p", given_at=timezone.now())
            FieldSource.objects.create(
                person=each, field="phone", source="self", digest=b"1", seen_at=timezone.now()
            )
        by, pair = steward(cast.county), pair_of(one, two, cast)
        before = dump()
        record = merged(pair, two if reverse else one, taken, by=by)
        with scope(by):
            actions.undo(record, actor=by)
        assert dump() == before
        transaction.set_rollback(True)


def test_what_came_after_a_merge_stays_with_the_survivor(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    by = steward(cast.county)
    record = merged(pair_of(survivor, other, cast), survivor, by=by)
    case = submitted_case(cast, survivor)
    with scope(by):
        actions.undo(record, actor=by)
    case.refresh_from_db()
    assert case.applicant_id == survivor.pk


def test_later_merge_must_be_undone_first(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    third = double(cast, entity=cast.mill.entities.get())
    by = steward(cast.county)
    first = merged(pair_of(survivor, other, cast), survivor, by=by)
    second = merged(pair_of(survivor, third, cast), third, by=by)
    other.refresh_from_db()
    assert other.merged_into_id == third.pk
    with scope(by), pytest.raises(ValidationError):
        actions.undo(first, actor=by)
    with scope(by):
        actions.undo(second, actor=by)
        actions.undo(first, actor=by)
    other.refresh_from_db()
    assert (other.merged_into_id, other.state) == (None, PersonState.PROVISIONAL)


def test_second_person_is_asked_where_the_place_says_so(cast):
    rule(always_two=True)
    survivor, other = cast["applicant"].person, double(cast)
    by, another = steward(cast.county), steward(cast.county, "another")
    pair = pair_of(survivor, other, cast)
    with scope(by):
        record = actions.propose(pair, survivor.pk, actor=by)
        with pytest.raises(ValidationError):
            actions.confirm(record, actor=by)
    with scope(another):
        actions.confirm(record, actor=another)
    record.refresh_from_db()
    assert (record.state, record.decided_by_id) == ("done", another.user)


def test_database_asks_for_the_second_person_too(cast):
    rule(always_two=True)
    by = steward(cast.county)
    pair = pair_of(cast["applicant"].person, double(cast), cast)
    with scope(by):
        record = actions.propose(pair, pair.a_id, actor=by)
        with pytest.raises(ValidationError):
            actions._ask("SELECT merge_persons(%s)", record.pk)


def test_whoever_is_no_steward_of_the_tree_decides_nothing(cast):
    rule()
    pair = pair_of(cast["applicant"].person, double(cast), cast)
    near = steward(cast.county)
    with scope(near):
        record = actions.propose(pair, pair.a_id, actor=near)
    far = steward(cast.sibling_county, "far")
    for actor in (far, *(m.actor for m in cast.members.values())):
        with scope(actor):
            for attempt in (
                lambda a=actor: actions.keep_apart(pair, actor=a),
                lambda a=actor: actions.propose(pair, pair.a_id, actor=a),
                lambda a=actor: actions.confirm(record, actor=a),
                lambda a=actor: actions.decline(record, actor=a),
            ):
                with pytest.raises(Forbidden):
                    attempt()
            with pytest.raises(ValidationError):
                actions._ask("SELECT merge_persons(%s)", record.pk)
            assert queries.sides([pair]) == {}


def test_database_merges_the_two_of_the_pair_and_only_below_the_steward(cast):
    """Whatever the application says: neither other persons than the pair's, nor persons who work elsewhere."""
    second, elsewhere = double(cast), cast["stranger"].person
    pair, officer = pair_of(cast["applicant"].person, second, cast), steward(cast.county)
    foreign = pair_of(cast["colleague"].person, elsewhere, cast)
    for of, survivor, other in (
        (pair, cast["colleague"].person, second),
        (foreign, cast["colleague"].person, elsewhere),
    ):
        record = MergeRecord.objects.create(
            pair=of, survivor=survivor, other=other, path=cast.county.path, needs_second=False,
            proposed_by_id=officer.user, proposed_at=timezone.now(),
        )  # fmt: skip
        with pytest.raises(ProgrammingError), scope(officer), connection.cursor() as cursor:
            cursor.execute("SELECT merge_persons(%s)", [record.pk])
        record.refresh_from_db()
        assert (record.state, record.moves.count()) == ("proposed", 0)


def test_two_stewards_at_once_one_is_told(lasting_cast):
    cast = lasting_cast
    rule()
    first, second = steward(cast.county), steward(cast.county, "another")
    pair = pair_of(cast["applicant"].person, double(cast), cast)
    with scope(first):
        record = actions.propose(pair, pair.a_id, actor=first)
    barrier, said = Barrier(2), []

    def decide(actor):
        try:
            barrier.wait()
            with scope(actor):
                actions.confirm(record, actor=actor)
            said.append("merged")
        except actions.Decided:
            said.append("decided")
        finally:
            connections.close_all()

    threads = [Thread(target=decide, args=(a,)) for a in (first, second)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(said) == ["decided", "merged"]


def test_merge_that_breaks_off_leaves_nothing_half(lasting_cast):
    cast = lasting_cast
    rule()
    by = steward(cast.county)
    pair = pair_of(cast["applicant"].person, double(cast), cast)
    with scope(by):
        record = actions.propose(pair, pair.a_id, actor=by)
    before = dump()
    with pytest.raises(RuntimeError), scope(by):
        actions.confirm(record, actor=by)
        raise RuntimeError
    record.refresh_from_db()
    assert (dump(), record.state) == (before, "proposed")


def test_pair_is_found_by_name_and_birthday_whatever_the_dots(cast):
    rule()
    other = double(cast, name="王·演 甲子")
    assert candidates.find() == 1
    pair = MatchPair.objects.get()
    assert (pair.a_id, pair.b_id, pair.same_name, pair.same_birth, pair.score, pair.path) == (
        cast["applicant"].person.pk, other.pk, True, True, 70, cast.works.path,
    )  # fmt: skip
    assert candidates.find() == 0


def test_twins_who_share_a_phone_are_shown_and_never_merged_alone(cast):
    rule(auto_merge=True)
    twin = double(cast, name="王演甲丑", phone=cast["applicant"].phone)
    assert candidates.find() == 1
    pair = MatchPair.objects.get()
    assert (pair.same_name, pair.same_birth, pair.same_phone) == (False, True, True)
    assert actions.merge_verified(pair) is False
    twin.refresh_from_db()
    assert twin.merged_into_id is None


def test_kept_apart_is_remembered(cast):
    rule()
    double(cast)
    candidates.find()
    pair, by = MatchPair.objects.get(), steward(cast.county)
    with scope(by):
        actions.keep_apart(pair, actor=by, note="双胞胎")
        assert list(queries.queue(by)) == []
    assert candidates.find() == 0
    pair.refresh_from_db()
    assert (pair.state, pair.note, pair.by_id) == ("kept_apart", "双胞胎", by.user)


def test_nothing_is_proposed_without_a_rule(cast):
    double(cast)
    assert candidates.find() == 0
    rule(cast.sibling_county)
    assert candidates.find() == 0


def test_pair_across_counties_is_the_citys(cast):
    rule()
    double(cast, entity=cast.plant.entities.get())
    candidates.find()
    pair = MatchPair.objects.get()
    assert pair.path == cast.city.path
    near, above = steward(cast.county), steward(cast.city, "above")
    for actor, seen in ((near, []), (above, [pair])):
        with scope(actor):
            assert list(queries.queue(actor)) == seen


def test_incremental_search_finds_what_the_whole_finds(cast):
    rule()
    other = double(cast)
    assert candidates.find([cast["stranger"].person.pk]) == 0
    assert candidates.find([other.pk]) == 1


def test_sides_show_a_steward_what_both_records_say(cast):
    rule()
    double(cast)
    candidates.find()
    by, pair = steward(cast.county), MatchPair.objects.get()
    with scope(by):
        left, right = queries.sides([pair])[pair.pk]
    assert (left.name, right.name, left.account, right.account) == ("王演甲子", "王·演甲子", True, False)
    assert [j.entity for j in left.jobs] == [j.entity for j in right.jobs] == ["襄垣县示例机械厂"]
    assert json.dumps([left.verified, right.bound]) == "[false, false]"


def test_rule_of_the_nearest_place_binds(cast):
    whole, near = rule(), rule(cast.county, review_from=90)
    assert queries.rule_at(cast.works.path) == near
    assert queries.rule_at(cast.plant.path) == whole
    assert queries.rule_at(cast.works.path, date(2020, 1, 1) - timedelta(days=1)) is None
