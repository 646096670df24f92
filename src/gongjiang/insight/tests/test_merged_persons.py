"""Distinct counts follow merges: what stayed with the merged record counts as the survivor's."""

from django.db import connection

from gongjiang.insight.facts.standard import CASE, PARTICIPATION
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.people.tests.test_merging import double, merged, pair_of, rule, steward, submitted_case


def persons(select: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person FROM ({select}) AS fact ORDER BY person")
        return [person for (person,) in cursor.fetchall()]


def test_two_participants_of_one_case_are_one_person(cast):
    rule()
    survivor, other = cast["applicant"].person, double(cast)
    submitted_case(cast, survivor, other)
    assert len(set(persons(PARTICIPATION.select))) == 2
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM outbox_change")
    merged(pair_of(survivor, other, cast), survivor, by=steward(cast.county))
    assert persons(PARTICIPATION.select) == [survivor.pk, survivor.pk]
    assert persons(CASE.select) == [survivor.pk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox_change WHERE source = 'lifecycle_participant'")
        assert cursor.fetchone() == (1,)
    assert Person.objects.get(pk=other.pk).merged_into_id == survivor.pk
