"""Flags: what each rule says of which facts, the rule of the place and the day, kept rows, frozen participants."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, FlowEdge, Participant
from gongjiang.kernel.outbox.tests.test_outbox import settle
from gongjiang.kernel.people import flags, keeping
from gongjiang.kernel.people.flags import PREDICATES, Facts, all_of, derive, freeze, keep
from gongjiang.kernel.people.models import DerivedFlag, Employment, Flag, FlagRule, Person

TODAY = date(2026, 11, 20)
WORKER = {"industry": "3599", "form": "contract", "post_class": "production", "wage_is_main": True}


def rule(flag, name, unit=None, since=date(2020, 1, 1), until=None, industries=()):
    return FlagRule.objects.create(
        flag=flag,
        rule=name,
        unit=unit,
        since=since,
        until=until,
        industries=list(industries),
        document="演示",
    )


@pytest.mark.parametrize(
    ("facts", "services", "answer"),
    [
        (WORKER, (), True),
        ({**WORKER, "industry": "C3599"}, (), True),
        ({**WORKER, "industry": "0111"}, (), True),
        ({**WORKER, "industry": "B0610"}, (), True),
        ({**WORKER, "industry": "D4411"}, (), True),
        ({**WORKER, "industry": "E4710"}, (), True),
        ({**WORKER, "industry": "S9221"}, (), False),
        ({**WORKER, "industry": "G5437"}, (), None),
        ({**WORKER, "industry": "G5437"}, ("G54",), True),
        ({**WORKER, "industry": "5437"}, ("G54",), True),
        ({**WORKER, "industry": "H6210"}, ("G54",), False),
        ({**WORKER, "industry": ""}, ("G54",), None),
        ({**WORKER, "wage_is_main": False}, (), False),
        ({**WORKER, "wage_is_main": None}, (), None),
        ({**WORKER, "form": "intern"}, (), False),
        ({**WORKER, "form": "agency"}, (), True),
        ({}, (), False),
    ],
)
def test_industrial_worker_by_shaanxi_2025(facts, services, answer):
    assert flags.shaanxi_2025(Facts(**facts), services) is answer


@pytest.mark.parametrize(
    ("name", "flag", "facts", "answer"),
    [
        ("production-posts", Flag.FRONTLINE, WORKER, True),
        ("production-posts", Flag.FRONTLINE, {**WORKER, "post_class": "service"}, False),
        ("production-and-service-posts", Flag.FRONTLINE, {**WORKER, "post_class": "service"}, True),
        ("nbs-migrant", Flag.MIGRANT_WORKER, {**WORKER, "hukou": "rural", "half_year": True}, True),
        ("nbs-migrant", Flag.MIGRANT_WORKER, {**WORKER, "hukou": "rural", "half_year": False}, False),
        ("nbs-migrant", Flag.MIGRANT_WORKER, {**WORKER, "half_year": True}, None),
        (
            "nbs-migrant",
            Flag.MIGRANT_WORKER,
            {**WORKER, "industry": "A01", "hukou": "rural", "half_year": True},
            False,
        ),
        ("platform-work", Flag.NEW_FORM_WORKER, {**WORKER, "form": "platform"}, True),
        ("platform-work", Flag.NEW_FORM_WORKER, WORKER, False),
        ("not-public", Flag.NON_PUBLIC, {**WORKER, "ownership": "private"}, True),
        ("not-public", Flag.NON_PUBLIC, {**WORKER, "ownership": "state"}, False),
        ("not-public", Flag.NON_PUBLIC, WORKER, None),
        ("woman", Flag.FEMALE, {"sex": "female"}, True),
        ("woman", Flag.FEMALE, {"sex": "unknown"}, None),
        ("not-han", Flag.ETHNIC_MINORITY, {"ethnicity": "03"}, True),
        ("not-han", Flag.ETHNIC_MINORITY, {"ethnicity": "01"}, False),
        ("not-han", Flag.ETHNIC_MINORITY, {}, None),
    ],
)
def test_predicate_answers_yes_no_or_not_known(name, flag, facts, answer):
    assert PREDICATES[flag][name](Facts(**facts), ()) is answer


@given(st.lists(st.sampled_from([True, False, None]), max_size=5))
def test_unknown_is_no_only_where_something_else_is_no(answers):
    said = all_of(*answers)
    assert said is (False if False in answers else None if None in answers else True)


def test_nothing_is_derived_where_nobody_chose_a_rule(cast):
    person = cast["applicant"].person
    assert derive([person.pk], TODAY)[person.pk].flags == {}
    assert flags.missing(TODAY) == list(Flag.values)


def test_rule_of_the_nearest_place_and_of_the_day_derives(cast):
    rule(Flag.FRONTLINE, "production-posts")
    rule(Flag.FRONTLINE, "production-and-service-posts", cast.county, since=date(2026, 1, 1))
    here, there = cast["applicant"].person.pk, cast["stranger"].person.pk
    assert {p: dict(d.flags) for p, d in derive([here, there], TODAY).items()} == {
        here: {"frontline": "production-and-service-posts"},
        there: {"frontline": "production-posts"},
    }
    assert dict(derive([here], date(2025, 6, 1))[here].flags) == {"frontline": "production-posts"}


def test_one_of_two_jobs_is_enough_and_unknown_is_said(cast):
    rule(Flag.NON_PUBLIC, "not-public")
    rule(Flag.FRONTLINE, "production-posts")
    rule(Flag.ETHNIC_MINORITY, "not-han")
    person = cast["applicant"].person
    Employment.objects.create(
        person=person,
        entity=cast.mill.entities.get(),
        unit=cast.mill,
        since=date(2020, 1, 1),
        post_class="service",
    )
    derived = derive([person.pk], TODAY)[person.pk]
    assert (set(derived.flags), derived.unknown) == ({"frontline", "non_public"}, {"ethnic_minority"})
    assert derived.rule == "frontline=production-posts non_public=not-public"


def test_many_persons_cost_two_queries(cast, django_assert_num_queries):
    rule(Flag.FEMALE, "woman")
    with django_assert_num_queries(2):
        derive(Person.objects.none().values_list("pk", flat=True), TODAY)
    keys = list(Person.objects.values_list("pk", flat=True))
    with django_assert_num_queries(2):
        assert len(derive(keys, TODAY)) == len(keys)


def test_kept_rows_follow_what_changes(cast):
    rule(Flag.FRONTLINE, "production-posts")
    person = cast["applicant"].person
    assert keep(on=date(2026, 1, 1)) == 5
    assert keep(on=date(2026, 1, 2)) == 0
    Employment.objects.filter(person=person).update(post_class="management")
    assert keep([person.pk], date(2026, 3, 1)) == 1
    row = DerivedFlag.objects.get(person=person)
    assert (row.since, row.until, row.rule) == (date(2026, 1, 1), date(2026, 3, 1), "production-posts")


def test_flag_of_one_day_leaves_no_row(cast):
    rule(Flag.FRONTLINE, "production-posts")
    person = cast["applicant"].person
    keep([person.pk], TODAY)
    Employment.objects.filter(person=person).update(post_class="management")
    keep([person.pk], TODAY)
    assert not DerivedFlag.objects.filter(person=person).exists()


def test_new_rule_ends_the_old_version_and_begins_its_own(cast):
    old = rule(Flag.FRONTLINE, "production-posts")
    person = cast["applicant"].person
    keep([person.pk], date(2026, 1, 1))
    FlagRule.objects.filter(pk=old.pk).update(until=date(2026, 6, 1))
    rule(Flag.FRONTLINE, "production-and-service-posts", since=date(2026, 6, 1))
    keep([person.pk], date(2026, 6, 1))
    rows = DerivedFlag.objects.filter(person=person).order_by("since").values_list("rule", "since", "until")
    assert list(rows) == [
        ("production-posts", date(2026, 1, 1), date(2026, 6, 1)),
        ("production-and-service-posts", date(2026, 6, 1), None),
    ]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["production", "service", "management"]), st.sampled_from(["01", "03", ""])),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_set_wise_rows_equal_what_is_derived_one_by_one(cast_once, changes):
    people = list(Employment.objects.order_by("pk")[: len(changes)])
    for job, (post_class, ethnicity) in zip(people, changes, strict=False):
        Employment.objects.filter(pk=job.pk).update(post_class=post_class)
        Person.objects.filter(pk=job.person_id).update(ethnicity=ethnicity)
    keep(on=TODAY)
    kept: dict[int, set[str]] = {}
    for person, flag in DerivedFlag.objects.filter(until=None).values_list("person", "flag"):
        kept.setdefault(person, set()).add(flag)
    derived = derive(Person.objects.values_list("pk", flat=True), TODAY)
    assert kept == {person: set(each.flags) for person, each in derived.items() if each.flags}


@pytest.fixture
def cast_once(cast):
    rule(Flag.FRONTLINE, "production-posts")
    rule(Flag.ETHNIC_MINORITY, "not-han")
    rule(Flag.FEMALE, "woman", cast.county)
    return cast


def test_worker_brings_rows_up_to_date_through_the_outbox(lasting_cast):
    rule(Flag.FRONTLINE, "production-posts")
    settle()
    assert keeping.bring_up_to_date() == 5
    settle()
    assert keeping.bring_up_to_date() == 0
    Employment.objects.filter(person=lasting_cast["applicant"].person).update(post_class="management")
    settle()
    assert keeping.bring_up_to_date() == 1


def test_frozen_on_the_participants_of_a_draft_by_the_applicant(cast):
    rule(Flag.FRONTLINE, "production-posts")
    rule(Flag.FEMALE, "woman")
    FlowEdge.objects.create(flow="tested.flags", target="draft", phase="draft")
    one, two = cast["applicant"], cast["colleague"]
    case = Case.objects.create(
        flow="tested.flags", unit=cast.works, applicant=one.person, state="draft", phase="draft",
        opened_at="2026-11-02T08:00+08:00",
    )  # fmt: skip
    CaseEvent.objects.create(case=case, version=1, name="draft", target="draft", at=case.opened_at)
    for each in (one, two):
        Participant.objects.create(case=case, person=each.person, role="author", unit=cast.works)
    with scope(one.actor):
        freeze([case.pk], TODAY)
    found = Participant.objects.filter(case=case).order_by("person").values_list("flags", "flag_rule")
    assert list(found) == [
        (["frontline"], "frontline=production-posts"),
        (["female", "frontline"], "female=woman frontline=production-posts"),
    ]


def test_web_role_writes_no_flags(cast):
    with scope(cast["county_officer"].actor), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_derivedflag")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(
                "INSERT INTO people_derivedflag (person_id, flag, rule, since) VALUES (%s, 'female', 'woman', now())",
                [cast["applicant"].person.pk],
            )
