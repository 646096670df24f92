"""The invented workers: who they are, and where they work and worked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import NamedTuple

from config.demo.identities import NAMES, IdentityNumbers, phone
from config.demo.trades import MANAGEMENT, SERVICE, Trade
from config.demo.tree import Tree
from gongjiang.kernel.world import EntityRow, People

CHAIR, OFFICER = "工会主席", "工会干事"
#: One in so many has a second post in the same county, and one in so many worked elsewhere in it before.
SECOND_POST, FORMER_POST = 100, 16
AGES = tuple(range(18, 60))
AGE_WEIGHTS = tuple(min(age - 15, 60 - age, 18) for age in AGES)
DAYS = 365.2425


class EmploymentRow(NamedTuple):
    """A person's post at an entity, half-open [since, until)."""

    person: int
    entity: int
    unit: int
    path: str
    since: date
    until: date | None
    form: str
    post: str
    post_class: str


@dataclass
class Population:
    """Columns of persons by key, their employments, and the keys of each unit's workers.

    identities  empty where none was given
    """

    people: People
    identities: Sequence[str]
    phones: Sequence[str]
    employments: list[EmploymentRow] = field(repr=False)
    workers: dict[int, range]


def settle(tree: Tree, seed: int, today: date) -> Population:
    """Fill every entity with its workers; keys run from 1 in the order of the entities.

    The first worker of an entity chairs its union and the second is its officer.
    """
    names: list[str] = []
    sexes: list[str] = []
    born: list[date] = []
    classes: list[str] = []
    posts: list[str] = []
    identities: list[str] = []
    employments: list[EmploymentRow] = []
    workers: dict[int, range] = {}
    numbers = IdentityNumbers()
    for county, members in _by_county(tree):
        random = Random(f"{seed}:people:{county}")
        draw = random.random
        for entity, trade in members:
            first = len(names) + 1
            workers[entity.unit] = range(first, first + entity.workers)
            drawn = _posts(trade, entity.workers, random)
            for age, (post_class, post) in zip(
                random.choices(AGES, AGE_WEIGHTS, k=entity.workers), drawn, strict=True
            ):
                male = draw() >= trade.female
                years = min(age, 59 if male else 54) + draw()
                born_on = date.fromordinal(today.toordinal() - int(years * DAYS))
                names.append(NAMES[int(draw() * len(NAMES))])
                sexes.append("male" if male else "female")
                born.append(born_on)
                classes.append(post_class)
                posts.append(post)
                identities.append(numbers.issue(county, born_on, male))
                post_row = EmploymentRow(
                    len(names), entity.id, entity.unit, entity.path, _since(entity, born_on, today, random),
                    None, _form(trade, draw()), post, post_class,
                )  # fmt: skip
                employments.append(post_row)
        employments.extend(_other_posts(members, workers, born, today, random))
    people = People(1, names, sexes, born, classes, posts)
    return Population(people, identities, [phone(key) for key in people.keys], employments, workers)


def _by_county(tree: Tree) -> Iterator[tuple[str, list[tuple[EntityRow, Trade]]]]:
    found: dict[str, list[tuple[EntityRow, Trade]]] = {}
    for entity, trade in zip(tree.entities, tree.trades, strict=True):
        found.setdefault(entity.region[:6], []).append((entity, trade))
    yield from found.items()


def _posts(trade: Trade, count: int, random: Random) -> list[tuple[str, str]]:
    """(class, post) of each worker; where few posts are production, most of the others are technical."""
    rest = 1 - trade.production
    technical = rest * (0.8 if trade.registered == "12" else 0.4)
    service = (rest - technical) * 0.6
    weights = (trade.production, technical, service, rest - technical - service)
    names = {
        "production": trade.posts,
        "technical": trade.technical,
        "service": SERVICE,
        "management": MANAGEMENT,
    }
    found = [(kind, random.choice(names[kind])) for kind in random.choices(list(names), weights, k=count)]
    found[:2] = [("management", CHAIR), ("management", OFFICER)]
    return found


def _since(entity: EntityRow, born_on: date, today: date, random: Random) -> date:
    """The first day of an open post: of age, the entity open, mostly recent."""
    earliest = max(born_on.toordinal() + int(18 * DAYS), entity.opened_on.toordinal())
    latest = today.toordinal() - 20
    return date.fromordinal(max(min(earliest, latest), latest - int(random.expovariate(1 / 2400))))


def _form(trade: Trade, draw: float) -> str:
    if trade.industry == "G60":
        return "platform" if draw < 0.6 else "contract"
    return "contract" if draw < 0.88 else "agency" if draw < 0.96 else "flexible" if draw < 0.99 else "intern"


def _other_posts(
    members: Sequence[tuple[EntityRow, Trade]],
    workers: dict[int, range],
    born: Sequence[date],
    today: date,
    random: Random,
) -> Iterator[EmploymentRow]:
    """Second posts held now and posts left behind, at other entities of the same county."""
    if len(members) < 2:
        return
    for entity, _ in members:
        for key in workers[entity.unit]:
            if not random.randrange(SECOND_POST):
                other, trade = _another(members, entity, random)
                since = today.toordinal() - random.randrange(30, 700)
                yield EmploymentRow(
                    key, other.id, other.unit, other.path, date.fromordinal(since), None,
                    "flexible", random.choice(trade.posts), "production",
                )  # fmt: skip
            if not random.randrange(FORMER_POST):
                grown = born[key - 1].toordinal() + int(18 * DAYS)
                span = today.toordinal() - grown
                if span > 1500:
                    other, trade = _another(members, entity, random)
                    since = grown + random.randrange(span - 1400)
                    until = since + random.randrange(90, 1300)
                    yield EmploymentRow(
                        key, other.id, other.unit, other.path, date.fromordinal(since),
                        date.fromordinal(until), "contract", random.choice(trade.posts), "production",
                    )  # fmt: skip


def _another(
    members: Sequence[tuple[EntityRow, Trade]], entity: EntityRow, random: Random
) -> tuple[EntityRow, Trade]:
    while (found := random.choice(members))[0] is entity:
        pass
    return found
