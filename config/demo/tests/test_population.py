"""The population before it is written: real places, exact totals, the same for the same seed."""

from collections import Counter
from datetime import date

import pytest

from config.demo.doubles import ONE_IN, enter_twice
from config.demo.offices import appoint
from config.demo.places import CITY, COUNTY
from config.demo.population import settle
from config.demo.tree import grow, shares, size_class

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def city():
    return grow(CITY, 1, TODAY)


@pytest.fixture(scope="module")
def county():
    tree = grow(COUNTY, 1, TODAY)
    return tree, settle(tree, 1, TODAY)


def test_city_has_its_real_divisions_and_published_size(city):
    unions = Counter(unit.level for unit in city.units if unit.kind == "union")
    assert unions == {"province": 1, "city": 11, "county": 12, "township": 149, "enterprise": 3000}
    assert sum(entity.workers for entity in city.entities) == 200_000
    by_county = Counter()
    for entity in city.entities:
        by_county[entity.region[:6]] += entity.workers
    assert by_county == {code: share.workers for code, share in CITY.shares.items()}


def test_city_has_no_code_name_or_number_twice(city):
    for column in ("id", "code", "path"):
        assert len({getattr(unit, column) for unit in city.units}) == len(city.units)
    for column in ("id", "uscc", "name", "unit"):
        assert len({getattr(entity, column) for entity in city.entities}) == 3000


def test_path_of_every_unit_continues_its_parents(city):
    paths = {unit.id: unit.path for unit in city.units}
    assert all(u.path == f"{paths[u.parent] if u.parent else '/'}{u.id}/" for u in city.units)


def test_entity_is_of_the_size_class_of_its_workers(city):
    assert all(entity.size_class == size_class(entity.workers) for entity in city.entities)


def test_persons_of_a_county_work_where_their_unit_says(county):
    tree, population = county
    assert len(population.people) == 30_000
    assert sum(len(keys) for keys in population.workers.values()) == 30_000
    assert [len(population.workers[entity.unit]) for entity in tree.entities] == [
        e.workers for e in tree.entities
    ]
    first = {row.person: row for row in reversed(population.employments) if row.until is None}
    assert all(first[key].unit == unit for unit, keys in population.workers.items() for key in keys)


def test_persons_of_a_county_have_identities_that_fit_and_differ(county):
    _, population = county
    assert len(set(population.identities)) == 30_000
    assert all(n[:6] == "001129" for n in population.identities)
    people = population.people
    for born_on, sex, number in zip(people.born_on, people.sexes, population.identities, strict=True):
        assert number[6:14] == f"{born_on:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) == (sex == "male")


def test_persons_are_of_working_age(county):
    _, population = county
    days = [(TODAY - born_on).days for born_on in population.people.born_on]
    assert min(days) >= 18 * 365
    assert max(days) < 60 * 366
    assert 37 < sum(days) / len(days) / 365.25 < 40  # ninth workforce survey: 38.29


def test_employments_have_dates_in_order_and_one_open_each_at_an_entity(county):
    _, population = county
    rows = population.employments
    assert all(row.until is None or row.since < row.until < TODAY for row in rows)
    assert all(row.since < TODAY for row in rows)
    open_now = [(row.person, row.entity) for row in rows if row.until is None]
    assert len(set(open_now)) == len(open_now)


def test_population_of_the_same_seed_is_the_same(county):
    tree, population = county
    again = grow(COUNTY, 1, TODAY)
    assert again == tree
    assert settle(again, 1, TODAY) == population
    assert settle(again, 2, TODAY) != population


def test_offices_are_held_at_every_union_and_shown_as_announced(county):
    tree, population = county
    offices = appoint(COUNTY, tree, population, 1)
    usernames = [account.username for account in offices.accounts]
    assert len(set(usernames)) == len(usernames)
    assert list(offices.shown) == [username for username, _, _ in COUNTY.accounts]
    endorsing = ("officer", "approver")
    need = {"province": endorsing, "city": endorsing, "county": endorsing, "township": ("officer",)}
    need["enterprise"] = ("unit_officer", "unit_chair")
    for unit in tree.units:
        if unit.kind == "union":
            assert all((unit.id, role) in offices.officers for role in need[unit.level])
    worker, officer = offices.shown["zhongyang-worker"], offices.shown["zhongyang-enterprise"]
    assert worker.unit == officer.unit
    assert worker.person in population.workers[officer.unit]


def test_second_records_are_of_others_in_the_county_and_nobody_is_added(county):
    tree, population = county
    kept = {account.person for account in appoint(COUNTY, tree, population, 1).accounts}
    twice = enter_twice(population, tree, kept, 1)
    people = twice.people
    second = [key for key in people.keys if not twice.identities[key - 1]]
    assert len(people) == 30_000
    assert len(second) == (30_000 - len(kept)) // ONE_IN
    assert not kept.intersection(second)
    who = list(zip(people.names, people.sexes, people.born_on, strict=True))
    count = Counter(who)
    assert {count[who[key - 1]] for key in second} == {2}
    unit = {key: unit for unit, keys in twice.workers.items() for key in keys}
    alike = [next(k for k in people.keys if who[k - 1] == who[key - 1] and k != key) for key in second]
    assert all(unit[one] != unit[other] for one, other in zip(second, alike, strict=True))
    assert (
        sum(twice.phones[k - 1] == twice.phones[o - 1] for k, o in zip(second, alike, strict=True))
        == len(second) // 2
    )
    assert {  # everybody else is who they were
        key
        for key in people.keys
        if (twice.identities[key - 1], who[key - 1][0])
        != (population.identities[key - 1], population.people.names[key - 1])
    } == set(second)
    assert enter_twice(population, tree, kept, 1) == twice


@pytest.mark.parametrize(
    ("weights", "total", "least", "found"),
    [
        ([1, 1, 1], 10, 0, [4, 3, 3]),
        ([1, 2, 3], 12, 2, [3, 4, 5]),
        ([5], 7, 4, [7]),
        ([0.001, 1000], 100, 4, [4, 96]),
    ],
)
def test_shares_add_up_exactly(weights, total, least, found):
    assert shares(weights, total, least) == found


def test_shares_of_too_little_are_refused():
    with pytest.raises(ValueError, match="cannot be shared"):
        shares([1, 1], 7, 4)
