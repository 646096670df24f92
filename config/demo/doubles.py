"""Persons of the demo whom a second enterprise has entered too, without a number: what the stewards' queue is for."""

from collections.abc import Collection
from dataclasses import replace
from itertools import islice
from random import Random

from config.demo.population import Population
from config.demo.tree import Tree

#: One record in so many is a second one of somebody who works in the same county.
ONE_IN = 2000


def enter_twice(population: Population, tree: Tree, kept: Collection[int], seed: int) -> Population:
    """The same population, in which some records are other persons' second ones; nobody comes in and nobody goes.

    A second record has the name, sex and birthday of one at another enterprise of its county, every other one the phone
    too, and no identity number. It is the younger of two that were different people, so that its post began when it was
    of age. `kept` are the persons who stay whom they are.
    """
    people = population.people
    names, sexes, born = list(people.names), list(people.sexes), list(people.born_on)
    identities, phones = list(population.identities), list(population.phones)
    free: dict[str, list[tuple[int, int]]] = {}
    for entity in tree.entities:
        workers = ((entity.unit, key) for key in population.workers[entity.unit] if key not in kept)
        free.setdefault(entity.region[:6], []).extend(workers)
    for county, workers_there in free.items():
        Random(f"{seed}:doubles:{county}").shuffle(workers_there)
        drawn = zip(workers_there[::2], workers_there[1::2], strict=False)
        apart = ((one, other) for (at, one), (elsewhere, other) in drawn if at != elsewhere)
        for turn, pair in enumerate(islice(apart, len(workers_there) // ONE_IN)):
            first, second = sorted(pair, key=lambda key: born[key - 1])
            for column in (names, sexes, born, *([phones] if turn % 2 else [])):
                column[second - 1] = column[first - 1]  # type: ignore[index]
            identities[second - 1] = ""
    return replace(
        population,
        people=replace(people, names=names, sexes=sexes, born_on=born),
        identities=identities,
        phones=phones,
    )
