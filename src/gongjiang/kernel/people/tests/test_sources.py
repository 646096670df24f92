"""Enrolling and amending with a source: whose word stays; provisional persons; names and old numbers."""

from datetime import date

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.people import actions, queries
from gongjiang.kernel.people.crypto import keyed_hash
from gongjiang.kernel.people.identity import identity_number, initials, upgraded
from gongjiang.kernel.people.models import (
    Employment,
    FieldSource,
    Identifier,
    MatchPair,
    Person,
    Source,
    SourceRank,
)
from gongjiang.kernel.people.search import matching
from tests import cast as world


def rank(**ranks: int) -> None:
    SourceRank.objects.bulk_create(
        SourceRank(source=source, rank=each, since=date(2020, 1, 1), document="演示")
        for source, each in ranks.items()
    )


def send(cast, phone, source, **more):
    """The unit's officer amends the applicant as `source` says."""
    job = Employment.objects.get(person=cast["applicant"].person)
    actor = cast["unit_officer"].actor
    with scope(actor):
        actions.amend(
            [
                actions.Amendment(
                    job.pk, job.person_id, actions.Post(job.since, job.post, job.post_class), phone, **more
                )
            ],
            actor=actor,
            source=source,
        )


def phone_of(person) -> bytes:
    return bytes(Identifier.objects.get(person=person, kind="phone").digest)


def test_roster_does_not_overwrite_the_phone_of_a_weightier_source(cast):
    rank(insurance=1, enterprise=2)
    person = cast["applicant"].person
    send(cast, "13900000101", Source.INSURANCE)
    send(cast, "13900000102", Source.ENTERPRISE)
    assert phone_of(person) == keyed_hash("phone", "13900000101")
    send(cast, "13900000103", Source.INSURANCE)
    assert phone_of(person) == keyed_hash("phone", "13900000103")
    said = dict(FieldSource.objects.filter(person=person).values_list("source", "digest"))
    assert {s: bytes(d) for s, d in said.items()} == {
        "insurance": keyed_hash("phone", "13900000103"),
        "enterprise": keyed_hash("phone", "13900000102"),
    }


def test_weightier_source_overwrites_the_rosters_phone(cast):
    rank(insurance=1, enterprise=2)
    send(cast, "13900000101", Source.ENTERPRISE)
    send(cast, "13900000102", Source.INSURANCE)
    assert phone_of(cast["applicant"].person) == keyed_hash("phone", "13900000102")


def test_sources_that_nobody_ranked_leave_each_others_word(cast):
    send(cast, "13900000101", Source.SELF)
    send(cast, "13900000102", Source.ENTERPRISE)
    assert phone_of(cast["applicant"].person) == keyed_hash("phone", "13900000101")
    send(cast, "13900000103", Source.SELF)
    assert phone_of(cast["applicant"].person) == keyed_hash("phone", "13900000103")


def test_optional_facts_stay_unknown_until_somebody_says_them(cast):
    person = cast["applicant"].person
    assert (person.ethnicity, person.hukou, person.education) == ("", "", "")
    send(cast, "", Source.ENTERPRISE, particulars=actions.Particulars(hukou="rural"))
    person.refresh_from_db()
    assert (person.ethnicity, person.hukou, person.education) == ("", "rural", "")


def test_amending_leaves_alone_what_is_not_said(cast):
    job = Employment.objects.get(person=cast["applicant"].person)
    actor = cast["unit_officer"].actor
    for post in (
        actions.Post(job.since, "钳工", "production", "agency", True, "一班", "井下"),
        actions.Post(job.since, "钳工", "production"),
    ):
        with scope(actor):
            actions.amend([actions.Amendment(job.pk, job.person_id, post)], actor=actor)
    job.refresh_from_db()
    assert (job.form, job.wage_is_main, job.team, job.place) == ("agency", True, "一班", "井下")


def test_provisional_person_is_identified(cast):
    actor, number = cast["unit_officer"].actor, world.identity_number(901)
    row = Person.objects.create(name="周演甲")
    Employment.objects.create(
        person=row,
        entity=cast.works.entities.get(),
        unit=cast.works,
        since=date(2025, 1, 1),
        post_class="service",
    )
    with scope(actor):
        assert actions.identify(row, number, actor=actor) is None
    row.refresh_from_db()
    assert (row.state, row.born_on) == ("identified", date(1986, 5, 20))


def test_number_of_another_record_goes_to_the_stewards_and_nowhere_else(cast):
    actor, stranger = cast["unit_officer"].actor, cast["stranger"]
    row = Person.objects.create(name="周演甲")
    Employment.objects.create(
        person=row,
        entity=cast.works.entities.get(),
        unit=cast.works,
        since=date(2025, 1, 1),
        post_class="service",
    )
    with scope(actor):
        found = actions.identify(row, stranger.identity, actor=actor)
        assert not MatchPair.objects.exists()
    pair = MatchPair.objects.get(pk=found.pk)
    assert (pair.same_identity, pair.same_name, pair.path) == (True, False, cast.city.path)
    assert not Identifier.objects.filter(person=row).exists()


def test_standing_is_read_from_employments(cast):
    one, two = cast["applicant"].person, cast["colleague"].person
    Employment.objects.filter(person=two).update(until=date(2026, 1, 1))
    assert queries.standing([one.pk, two.pk]) == {one.pk: ("employed", 1), two.pk: ("left", 0)}


def test_overlap_is_flagged_and_not_refused(cast):
    one = cast["applicant"].person
    first = Employment.objects.get(person=one)
    second = Employment.objects.create(
        person=one, entity=cast.mill.entities.get(), unit=cast.mill, since=date(2020, 1, 1),
        until=date(2021, 1, 1), post_class="service",
    )  # fmt: skip
    assert queries.overlapping([one.pk]) == {one.pk: [(first.pk, second.pk)]}
    Employment.objects.filter(pk=second.pk).update(since=date(2010, 1, 1), until=world.SINCE)
    assert queries.overlapping([one.pk]) == {}


@given(st.integers(0, 999), st.dates(date(1905, 1, 1), date(1999, 12, 31)))
def test_old_number_finds_the_person_of_the_new_one(serial, born):
    new = world.identity_number(serial, born_on=born)
    old = new[:6] + new[8:17]
    assert upgraded(old) == identity_number(old) == new


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("王演甲", "wyj"),
        ("单雄信", "sxx"),
        ("曾 国·藩", "zgf"),
        ("尉迟恭", "ycg"),
        ("Ａｌｉ", "ali"),
        ("", ""),
    ],
)
def test_initials_of_a_name(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("买买提·吐尔逊", "买买提吐尔逊"),
        ("买买提•吐尔逊", "买买提吐尔逊"),
        ("买买提．吐尔逊", "买买提吐尔逊"),
        (" Ｍａｒｙ　O'Neil ", "maryoneil"),
        ("㐂\uf900\ufe00", "㐂豈"),
        ("王\u200b演", "王演"),
    ],
)
def test_name_has_one_normal_form_and_keeps_its_original(db, name, key):
    row = Person.objects.create(name=name)
    row.refresh_from_db()
    assert (row.name, row.name_key) == (name, key)


def test_person_is_found_by_two_characters_and_by_initials(cast):
    for member in cast.members.values():
        if member.person:
            Person.objects.filter(pk=member.person.pk).update(initials=initials(member.person.name))
    with scope(cast["county_officer"].actor):
        for words, names in (
            ("演甲", ["王演甲子"]),
            ("wyj", ["王演甲子"]),
            ("WYJ", ["王演甲子"]),
            ("陈演", []),
            ("演", []),
        ):
            found = Employment.objects.filter(matching("employment", words)).values_list(
                "person__name", flat=True
            )
            assert list(found) == names, words


@pytest.mark.parametrize("few", [50000, 0])
def test_search_finds_the_same_whichever_side_is_read_first(cast, few):
    Person.objects.filter(pk=cast["applicant"].person.pk).update(initials="wyjz")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('candidates(text, text, integer)'::regprocedure)")
        body = cursor.fetchone()[0]
        cursor.execute(
            body.replace("integer := 50000", f"integer := {few}").replace("LIMIT few\n", "LIMIT 50000\n")
        )
    with scope(cast["county_officer"].actor):
        for words in ("演甲", "wyj", "王演甲子"):
            found = Employment.objects.filter(matching("employment", words))
            assert list(found.values_list("person__name", flat=True)) == ["王演甲子"]
