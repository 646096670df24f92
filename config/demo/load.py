"""Writing the demo: the population by COPY, then each programme's own histories, all in one transaction."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, datetime, time

from django.apps import apps
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from config.demo import people as registered
from config.demo.doubles import enter_twice
from config.demo.models import DemoLoad
from config.demo.offices import NO_OFFICE, Offices, appoint
from config.demo.places import ENGLISH, PLACES
from config.demo.population import Population, settle
from config.demo.progress import Progress
from config.demo.tree import Tree, grow
from gongjiang.kernel import bulk
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.calendar import notices
from gongjiang.kernel.catalogue import programmes
from gongjiang.kernel.codes import tables
from gongjiang.kernel.orgs.models import Channel, Edge, LegalEntity, Unit
from gongjiang.kernel.people.crypto import seal_many
from gongjiang.kernel.people.identity import initials
from gongjiang.kernel.people.models import Employment, Identifier, Person
from gongjiang.kernel.world import World

#: Tables that the program fills itself, whatever is loaded.
KEPT = ("auth", "contenttypes", "codes", "calendar", "procrastinate")
KEPT_MODELS = ("lifecycle.FlowEdge",)
CHUNK = 10_000
#: No password hashes to this.
UNUSABLE = "!"


def empty() -> None:
    """Truncate every table that holds records or was counted from them; the code lists and the calendar stay."""
    names = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in KEPT
        and model._meta.label not in KEPT_MODELS
    ]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE {} RESTART IDENTITY".format(", ".join(f'"{name}"' for name in names)))


def load(size: str, *, seed: int, today: date, password: str, progress: Progress) -> World:
    """Fill empty tables with the demo of that size. Needs an open transaction.

    password    encoded password of the accounts that the sign-in page shows
    """
    place = PLACES[size]
    _ignore_no_trigger()
    with progress.stage(_("Regions and industries")) as done:
        for table in tables.PUBLISHED:
            done[table.stem] = sum(tables.load(table).counts.values())
        for crosswalk in tables.CROSSWALKS:
            tables.load_crosswalk(*crosswalk)
    notices.load()
    with progress.stage(_("Inventing people and enterprises")) as done:
        tree = grow(place, seed, today)
        population = settle(tree, seed, today)
        offices = appoint(place, tree, population, seed)
        kept = {account.person for account in offices.accounts if account.person is not None}
        population = enter_twice(population, tree, kept, seed)
        done["persons"] = len(population.people)
    with ExitStack() as laid_bare:
        laid_bare.enter_context(
            bulk.bare(Unit, Edge, LegalEntity, Person, Identifier, Employment, User, Grant)
        )
        with progress.stage(_("Unions and enterprises")) as done:
            done["units"] = bulk.copy(Unit, _UNIT, _unit_rows(tree))
            done["edges"] = bulk.copy(Edge, _EDGE, _edge_rows(tree))
            done["entities"] = bulk.copy(LegalEntity, _ENTITY, _entity_rows(tree))
        with progress.stage(_("Persons")) as done:
            done["persons"] = bulk.copy(Person, _PERSON, _person_rows(population))
        with progress.stage(_("Encrypted identifiers")) as done:
            done["identifiers"] = bulk.copy(Identifier, _IDENTIFIER, _identifier_rows(population))
        with progress.stage(_("Employments")) as done:
            done["employments"] = bulk.copy(
                Employment, _EMPLOYMENT, ((*row, row.form == "contract") for row in population.employments)
            )
        with progress.stage(_("Accounts and roles")) as done:
            since = min(unit.opened_on for unit in tree.units)
            done["users"] = bulk.copy(User, _USER, _user_rows(offices, password, timezone.now()))
            done["grants"] = bulk.copy(Grant, _GRANT, _grant_rows(tree, offices, since))
        bulk.advance(Unit, LegalEntity, Person, User)
        with progress.stage(_("Indexes and foreign keys")) as done:
            laid_bare.close()
            done["rows"] = len(tree.units) + len(population.people) + len(population.employments)
    world = World(
        size=size,
        root=place.root,
        seed=seed,
        now=datetime.combine(today, time(), tzinfo=timezone.get_default_timezone()),
        units=tree.units,
        entities=tree.entities,
        people=population.people,
        workers=population.workers,
        accounts=offices.shown,
        officers=offices.officers,
    )
    with progress.stage(_("Rules about people")) as done:
        done.update(registered.load(world))
    for programme in programmes():
        module = programme.module("demo")
        if module is not None:
            with progress.stage(str(programme.label)) as done:
                done.update(module.load(world))
    DemoLoad.objects.create(pk=1, size=size, seed=seed, today=today, seconds=progress.seconds)
    return world


def _ignore_no_trigger() -> None:
    """Say outright that no trigger is ignored, so that django-pgtrigger need not find out by an error.

    Without it every row of a replayed history rolls back a subtransaction, which after the schema changes of
    `bulk.bare` costs 0.4 ms a row instead of 2 µs.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


_UNIT = (
    "id", "code", "name", "name_en", "kind", "level", "region", "parent_id", "path", "industrial_path", "opened_on",
)  # fmt: skip
_EDGE = ("unit_id", "parent_id", "channel", "since")
_ENTITY = (
    "id", "uscc", "uscc_missing_reason", "name", "ownership", "industry", "size_class", "region", "state",
    "declared_workers", "unit_id", "path", "opened_on",
)  # fmt: skip
_PERSON = ("id", "name", "initials", "sex", "born_on", "hukou", "education", "state")
_IDENTIFIER = ("person_id", "kind", "cipher", "digest")
_EMPLOYMENT = (
    "person_id", "entity_id", "unit_id", "path", "since", "until", "form", "post", "post_class", "wage_is_main",
)  # fmt: skip
_USER = ("id", "username", "password", "display_name", "person_id", "is_active", "is_demo", "last_login")
_GRANT = ("user_id", "role", "unit_id", "path", "since")

Row = tuple[object, ...]


def _unit_rows(tree: Tree) -> Iterator[Row]:
    for u in tree.units:
        english = f"{ENGLISH[u.code]} Federation of Trade Unions" if u.code in ENGLISH else ""
        yield (
            u.id,
            u.code,
            u.name,
            english,
            u.kind,
            u.level,
            u.region,
            u.parent,
            u.path,
            u.path,
            u.opened_on,
        )


def _edge_rows(tree: Tree) -> Iterator[Row]:
    return ((u.id, u.parent, Channel.TERRITORIAL.value, u.opened_on) for u in tree.units if u.parent)


def _entity_rows(tree: Tree) -> Iterator[Row]:
    for e in tree.entities:
        yield (
            e.id, e.uscc, "", e.name, e.ownership, e.industry, e.size_class, e.region, "active",
            e.workers, e.unit, e.path, e.opened_on,
        )  # fmt: skip


#: Schooling in the proportions of the demo; the empty one has not been said.
SCHOOLING = (
    *("",) * 4, "primary", *("lower_secondary",) * 8, *("upper_secondary",) * 10, *("college",) * 8,
    *("bachelor",) * 5, "master", "doctor",
)  # fmt: skip


def _person_rows(population: Population) -> Iterator[Row]:
    people = population.people
    columns = (people.keys, people.names, people.sexes, people.born_on, population.identities)
    for key, name, sex, born_on, identity in zip(*columns, strict=True):
        hukou = ("", "rural", "rural", "urban", "rural", "urban", "urban", "rural")[key * 7919 % 8]
        education = SCHOOLING[key * 104_729 % len(SCHOOLING)]
        state = "identified" if identity else "provisional"
        yield (key, name, initials(name), sex, born_on, hukou, education, state)


def _identifier_rows(population: Population) -> Iterator[Row]:
    for kind, values in (("identity", population.identities), ("phone", population.phones)):
        given = [(key, value) for key, value in zip(population.people.keys, values, strict=True) if value]
        for start in range(0, len(given), CHUNK):
            some = given[start : start + CHUNK]
            sealed = seal_many(kind, [value for _key, value in some])
            for (key, _value), (cipher, digest) in zip(some, sealed, strict=True):
                yield (key, kind, cipher, digest)


def _user_rows(offices: Offices, password: str, entered: datetime) -> Iterator[Row]:
    """Accounts that have been entered: none of them is an invitation that waits."""
    for a in offices.accounts:
        shown = a.username in offices.shown
        yield (a.user, a.username, password if shown else UNUSABLE, a.name, a.person, True, shown, entered)


def _grant_rows(tree: Tree, offices: Offices, since: date) -> Iterator[Row]:
    for a in offices.accounts:
        if a.role not in NO_OFFICE:
            yield (a.user, a.role, a.unit, tree.units[a.unit - 1].path, since)
