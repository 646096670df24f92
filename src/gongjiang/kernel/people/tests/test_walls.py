"""Who of the people of a case is seen: by name as long as the case is, by number only where they work now."""

from datetime import date

import pytest

from gongjiang.kernel.access.actor import scope
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, FlowEdge, Participant
from gongjiang.kernel.people.models import Employment, Identifier, Person


@pytest.fixture
def case(cast) -> Case:
    """A case of the applicant in which the colleague takes part."""
    FlowEdge.objects.create(flow="tested.people", target="draft", phase="draft")
    case = Case.objects.create(
        flow="tested.people",
        unit=cast.works,
        applicant=cast["applicant"].person,
        state="draft",
        phase="draft",
        opened_at="2026-11-02T08:00+08:00",
    )
    CaseEvent.objects.create(case=case, version=1, name="draft", target="draft", at=case.opened_at)
    Participant.objects.create(case=case, person=cast["colleague"].person, role="author", unit=cast.works)
    return case


def seen(cast, who: str) -> tuple[set[str], set[int]]:
    """(names of the cast that this member sees, those of them whose identifiers too)."""
    people = {m.person.pk: name for name, m in cast.members.items() if m.person}
    with scope(cast[who].actor):
        names = {people[key] for key in Person.objects.values_list("pk", flat=True)}
        numbers = {people[key] for key in Identifier.objects.values_list("person", flat=True)}
    return names, numbers


def test_whoever_left_stays_on_the_case_by_name(cast, case):
    Employment.objects.filter(person=cast["applicant"].person).update(until=date(2026, 11, 1))
    names, numbers = seen(cast, "unit_officer")
    assert (names, numbers) == (
        {"applicant", "colleague", "unit_officer"},
        {"colleague", "unit_officer"},
    )


def test_those_who_take_part_know_each_other_by_name_only(cast, case):
    assert seen(cast, "colleague") == ({"applicant", "colleague"}, {"colleague"})


def test_case_shows_its_people_to_nobody_outside(cast, case):
    assert seen(cast, "stranger") == ({"stranger"}, {"stranger"})
    assert seen(cast, "sibling_officer") == ({"stranger"}, {"stranger"})
