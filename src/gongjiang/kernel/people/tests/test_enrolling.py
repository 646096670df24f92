"""Newcomers: what the one function that writes them refuses, and what is bound to it."""

from datetime import date

import pytest
from django.db import ProgrammingError, connection
from hypothesis import given
from hypothesis import strategies as st

from gongjiang.kernel.access.actor import ANONYMOUS, scope
from gongjiang.kernel.bulk import array
from gongjiang.kernel.people.models import Employment, Person

ARGUMENTS = (
    ("whose", "bigint"), ("entities", "bigint"), ("units", "bigint"), ("sinces", "date"), ("forms", "text"),
    ("posts", "text"), ("post_classes", "text"), ("wages", "boolean"), ("teams", "text"), ("places", "text"),
    ("persons", "bigint"), ("names", "text"), ("initials_", "text"), ("sexes", "text"), ("births", "date"),
    ("ciphers", "bytea"), ("digests", "bytea"), ("phone_ciphers", "bytea"), ("phone_digests", "bytea"),
)  # fmt: skip


def enrolled(entity, *, whose, persons) -> list[int]:
    """Enrol new persons at an enterprise, directly by the database function."""
    given_ = {
        "whose": whose, "entities": [entity.pk] * len(whose), "units": [entity.unit_id] * len(whose),
        "sinces": [date(2020, 1, 1)] * len(whose), "forms": ["contract"] * len(whose), "posts": [""] * len(whose),
        "post_classes": ["service"] * len(whose), "wages": [None] * len(whose), "teams": [""] * len(whose),
        "places": [""] * len(whose), "persons": persons, "names": ["王演甲"] * len(persons),
        "initials_": ["wyj"] * len(persons), "sexes": ["male"] * len(persons),
        "births": [date(1990, 1, 1)] * len(persons), "ciphers": [b"c"] * len(persons),
        "digests": [bytes([n]) * 32 for n in range(len(persons))],
        "phone_ciphers": [None] * len(persons), "phone_digests": [None] * len(persons),
    }  # fmt: skip
    places = ", ".join(f"%s::{kind}[]" for _name, kind in ARGUMENTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT * FROM enrol_rows({places}, 1, 'enterprise')",
            [array(given_[name]) for name, _kind in ARGUMENTS],
        )
        return [key for (key,) in cursor.fetchall()]


@pytest.mark.django_db
def test_newcomer_within_the_scope_is_written(cast):
    works = cast.works.entities.get()
    with scope(cast["unit_officer"].actor):
        (job,) = enrolled(works, whose=[900_001], persons=[900_001])
        assert Employment.objects.get(pk=job).path == cast.works.path
        assert Person.objects.get(pk=900_001).name == "王演甲"


@pytest.mark.django_db
def test_newcomer_outside_the_scope_is_refused(cast):
    plant = cast.plant.entities.get()
    with pytest.raises(ProgrammingError, match="row-level security"), scope(cast["unit_officer"].actor):
        enrolled(plant, whose=[900_001], persons=[900_001])


@pytest.mark.django_db
def test_anonymous_enrols_nobody(cast):
    works = cast.works.entities.get()
    with pytest.raises(ProgrammingError, match="row-level security"), scope(ANONYMOUS):
        enrolled(works, whose=[900_001], persons=[900_001])


@pytest.mark.django_db
def test_person_is_not_made_without_an_employment(cast):
    works = cast.works.entities.get()
    with pytest.raises(ProgrammingError, match="must be employed"), scope(cast["unit_officer"].actor):
        enrolled(works, whose=[900_001], persons=[900_001, 900_002])


@pytest.mark.django_db
def test_application_passes_over_no_trigger(cast):
    name = "pgtrigger_employment_path_follows_unit_26ddb"
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', %s, true)", ["{" + name + "}"])
        cursor.execute("SELECT _pgtrigger_should_ignore(%s)", [name])
        as_owner = cursor.fetchone()[0]
        with scope(cast["unit_officer"].actor):
            cursor.execute("SELECT _pgtrigger_should_ignore(%s)", [name])
            as_application = cursor.fetchone()[0]
    assert (as_owner, as_application) == (True, False)


@pytest.mark.django_db
@given(st.lists(st.none() | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))))
def test_texts_survive_their_array(texts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text[]", [array(texts)])
        assert cursor.fetchone()[0] == texts


@pytest.mark.django_db
@given(st.lists(st.none() | st.binary()))
def test_bytes_survive_their_array(values):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::bytea[]", [array(values)])
        found = [None if v is None else bytes(v) for v in cursor.fetchone()[0]]
        assert found == values


def test_text_with_nul_is_refused():
    with pytest.raises(ValueError, match="NUL"):
        array(["a\0b", "c"])
