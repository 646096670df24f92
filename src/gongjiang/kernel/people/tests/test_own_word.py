"""What a worker may write of the own record: the optional facts, as the own word, and nothing else of nobody else."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from gongjiang.kernel.access.actor import ANONYMOUS, scope
from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.people import actions
from gongjiang.kernel.people.crypto import keyed_hash
from gongjiang.kernel.people.models import FieldSource, Person, Source

from .test_sources import rank, send

OWN = actions.Particulars(ethnicity="01", hukou="urban", education="college")


def say(actor, person, particulars=OWN, **more):
    with scope(actor):
        actions.provide(person.pk, particulars, actor=actor, **more)


def facts(person) -> tuple[str, ...]:
    person.refresh_from_db()
    return person.ethnicity, person.hukou, person.education


def refused(actor, query, *values) -> type[Exception] | int:
    """What the statement comes to under this actor's walls: the error, or how many rows it wrote."""
    with scope(actor):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(query, values)
                return cursor.rowcount
        except (ProgrammingError, IntegrityError) as error:
            return type(error)


def test_worker_says_the_own_optional_facts(cast):
    person = cast["applicant"].person
    say(cast["applicant"].actor, person)
    assert facts(person) == ("01", "urban", "college")
    said = FieldSource.objects.filter(person=person).values_list("field", "source", "digest")
    assert {(field, source, bytes(digest)) for field, source, digest in said} == {
        (field, "self", keyed_hash(field, getattr(OWN, field))) for field in actions.PARTICULARS
    }
    say(cast["applicant"].actor, person, actions.Particulars(education="bachelor"))
    assert facts(person) == ("01", "urban", "bachelor")


def test_word_of_the_worker_is_noted_where_a_weightier_one_stays(cast):
    rank(enterprise=1, self=2)
    person = cast["applicant"].person
    send(cast, "", Source.ENTERPRISE, particulars=actions.Particulars(hukou="rural"))
    say(cast["applicant"].actor, person)
    assert facts(person) == ("01", "rural", "college")
    said = FieldSource.objects.get(person=person, field="hukou", source="self")
    assert bytes(said.digest) == keyed_hash("hukou", "urban")


@pytest.mark.parametrize("whose", ["colleague", "stranger"])
def test_worker_says_nothing_of_others(cast, whose):
    other = cast[whose].person
    with pytest.raises(ProgrammingError):
        say(cast["applicant"].actor, other)
    assert (facts(other), FieldSource.objects.filter(person=other).count()) == (("", "", ""), 0)


@pytest.mark.parametrize("source", [s for s in Source.values if s != Source.SELF])
def test_worker_does_not_speak_as_another_source(cast, source):
    person = cast["applicant"].person
    with pytest.raises(ProgrammingError):
        say(cast["applicant"].actor, person, source=source)
    assert (facts(person), FieldSource.objects.filter(person=person).count()) == (("", "", ""), 0)


@pytest.mark.parametrize("field", ["name", "sex", "state", "born_on", "merged_into_id", "initials"])
def test_worker_says_nothing_but_the_optional_facts(cast, field):
    actor, person = cast["applicant"].actor, cast["applicant"].person
    before = Person.objects.filter(pk=person.pk).values().get()
    assert refused(actor, "SELECT say_of_myself(%s, 'male', '', true)", field) is ProgrammingError
    assert refused(actor, f"UPDATE people_person SET {field} = {field} WHERE id = %s", person.pk) == 0
    assert Person.objects.filter(pk=person.pk).values().get() == before


def test_statements_that_go_round_the_function_write_nothing(cast):
    actor, person = cast["applicant"].actor, cast["applicant"].person
    say(actor, person)
    note = "INSERT INTO people_fieldsource (person_id, field, source, digest, seen_at) VALUES (%s, %s, %s, '', now())"
    for field, source in (("phone", "self"), ("hukou", "enterprise"), ("hukou", "registry")):
        assert refused(actor, note, person.pk, field, source) is ProgrammingError
    assert (
        refused(actor, "UPDATE people_fieldsource SET source = 'registry' WHERE person_id = %s", person.pk)
        == 0
    )
    assert (
        refused(actor, "UPDATE people_identifier SET verified_at = now() WHERE person_id = %s", person.pk)
        == 0
    )
    assert refused(actor, "SELECT say_of_myself('hukou', 'nowhere', '', true)") is IntegrityError
    assert refused(ANONYMOUS, "SELECT say_of_myself('hukou', 'urban', '', true)") is ProgrammingError


def test_officer_speaks_for_those_of_the_own_tree_only(cast):
    officer = cast["unit_officer"].actor
    say(officer, cast["applicant"].person, source=Source.SELF)
    assert facts(cast["applicant"].person) == ("01", "urban", "college")
    with pytest.raises(ProgrammingError):
        say(officer, cast["stranger"].person, source=Source.SELF)


def taken_back(actor, *fields) -> None:
    with scope(actor):
        actions.take_back(fields, actor=actor)


def test_fact_once_said_is_unknown_after_it_was_taken_back(cast):
    person, actor = cast["applicant"].person, cast["applicant"].actor
    say(actor, person)
    taken_back(actor, "hukou")
    assert facts(person) == ("01", "", "college")
    said = FieldSource.objects.get(person=person, field="hukou", source="self")
    assert bytes(said.digest) == keyed_hash("hukou", "")
    say(actor, person, actions.Particulars(hukou="rural"))
    assert facts(person) == ("01", "rural", "college")


def test_what_was_taken_back_is_not_filled_in_by_a_source_that_weighs_less(cast):
    rank(self=1, enterprise=2, registry=1)
    person, actor = cast["applicant"].person, cast["applicant"].actor
    say(actor, person)
    taken_back(actor, "hukou")
    send(cast, "", Source.ENTERPRISE, particulars=actions.Particulars(hukou="rural", education="college"))
    assert facts(person) == ("01", "", "college")


def test_what_nobody_ever_said_is_filled_in(cast):
    rank(self=1, enterprise=2)
    person = cast["applicant"].person
    send(cast, "", Source.ENTERPRISE, particulars=actions.Particulars(hukou="rural"))
    assert facts(person) == ("", "rural", "")


@pytest.mark.parametrize("ranks", [{"enterprise": 1, "self": 2}, {}])
def test_word_of_a_weightier_or_unranked_source_stays_when_ones_own_is_taken_back(cast, ranks):
    rank(**ranks)
    person, actor = cast["applicant"].person, cast["applicant"].actor
    send(cast, "", Source.ENTERPRISE, particulars=actions.Particulars(hukou="rural"))
    taken_back(actor, "hukou")
    assert facts(person) == ("", "rural", "")
    said = FieldSource.objects.get(person=person, field="hukou", source="self")
    assert bytes(said.digest) == keyed_hash("hukou", "")


def test_nobody_takes_back_anything_but_the_optional_facts_nor_without_a_person(cast):
    actor, person = cast["applicant"].actor, cast["applicant"].person
    before = Person.objects.filter(pk=person.pk).values().get()
    for field in ("name", "sex"):
        with pytest.raises(ProgrammingError):
            taken_back(actor, field)
    with pytest.raises(Forbidden):
        taken_back(cast["county_officer"].actor, "hukou")
    assert Person.objects.filter(pk=person.pk).values().get() == before
