"""Rules: the Q of a list is the check of a row."""

import pytest

from gongjiang.kernel.access.actor import ANONYMOUS, Actor, Held
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.rules import holds, own, within
from gongjiang.kernel.orgs.models import LegalEntity
from gongjiang.kernel.people.models import Employment

pytestmark = pytest.mark.django_db


def seen(rule, cast, model=LegalEntity):
    """How many rows each of the cast may see by the rule alone."""
    return {name: rule.filter(model.objects.all(), actor).count() for name, actor in cast.actors.items()}


def test_within_gives_the_tree_below_a_grant_of_the_role(cast):
    assert seen(within("path", Role.OFFICER, Role.UNIT_OFFICER), cast) == {
        "applicant": 0, "colleague": 0, "unit_officer": 1, "neighbour_officer": 1, "county_officer": 2,
        "sibling_officer": 1, "superior": 3, "leader": 0, "auditor": 0, "stranger": 0, "anonymous": 0,
    }  # fmt: skip


def test_within_without_roles_takes_any(cast):
    found = seen(within("path"), cast)
    assert (found["leader"], found["auditor"], found["stranger"]) == (3, 3, 0)


def test_own_gives_the_persons_rows(cast):
    found = seen(own("person"), cast, Employment)
    assert {name for name, n in found.items() if n} == {
        "applicant",
        "colleague",
        "unit_officer",
        "neighbour_officer",
        "stranger",
    }


def test_own_of_nobody_is_nothing():
    assert own("person").filter(Employment.objects.all(), ANONYMOUS).count() == 0


def test_holds_is_everything_or_nothing(cast):
    found = seen(holds(Role.LEADER), cast)
    assert {name: n for name, n in found.items() if n} == {"leader": 3}


def test_or_and_and_combine(cast):
    either, both = (
        own("person") | within("path", Role.OFFICER),
        own("person") & within("path", Role.UNIT_OFFICER),
    )
    assert seen(either, cast, Employment)["county_officer"] == 4
    assert {name for name, n in seen(both, cast, Employment).items() if n} == {
        "unit_officer",
        "neighbour_officer",
    }


def test_prefix_leads_from_another_table(cast):
    rule = within("path", Role.OFFICER)
    rows = Employment.objects.filter(rule.q(cast["sibling_officer"].actor, "entity__"))
    assert list(rows.values_list("person", flat=True)) == [cast["stranger"].person.pk]


def test_two_grants_one_within_the_other_ask_once():
    actor = Actor(
        user=1, grants=(Held("officer", 1, "/1/"), Held("officer", 4, "/1/4/"), Held("officer", 2, "/2/"))
    )
    assert [c for c in within("path").q(actor).children if isinstance(c, tuple) and "within" in c[0]] == [
        ("path__within", "/1/"),
        ("path__within", "/2/"),
    ]


def test_words_say_the_rule():
    assert (within("path", Role.OFFICER) | own("applicant")).words == "within(officer) | own(applicant)"
