"""The second wall: what the application's role sees in the scope of each of the cast, whatever SQL it is given.

The stage is what every installed programme can make of 襄垣's applicant, up to the end of each of its walks.
"""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from gongjiang.kernel.access.actor import ANONYMOUS, load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.access.walls import models_with_walls
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.catalogue import declared
from gongjiang.kernel.lifecycle.edges import flows
from gongjiang.kernel.lifecycle.flow import Flow
from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Level, Reorganisation
from gongjiang.kernel.people.crypto import keyed_hash
from gongjiang.kernel.people.models import Identifier, IdentifierKind
from tests.cast import SINCE, Cast, build
from tests.conformance.scenes import scenes_of, title, walk, with_scenes

#: Everybody who works at, or for, another workplace or another county.
OUTSIDERS = ("sibling_officer", "stranger", "neighbour_officer")


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The cast, after every walk of every programme: all cases are of people of the works in 襄垣. Played once."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = build()
        stages = [scenes_of(name) for name in with_scenes()]
        for scenes in stages:  # all of them before anybody acts: who may what is read once
            scenes.prepare(cast)
        for scenes in stages:
            for walks in scenes.walks.values():
                for steps in walks:
                    walk(cast, steps)
        _use_the_pages(cast)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def played(stage: Cast, django_db_blocker: DjangoDbBlocker) -> Iterator[Cast]:
    """The stage; what a test writes is gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield stage
        transaction.set_rollback(True)


def _use_the_pages(cast: Cast) -> None:
    """What the shell remembers belongs to the stage too: sessions, receipts of forms, what was typed when one ended."""
    case = Case.objects.filter(applicant=cast["applicant"].person, state="submitted").first()
    client = Client()
    client.force_login(cast["applicant"].user)
    client.get(reverse("my"))
    moved = client.post(
        reverse("act", args=[case.pk, "withdraw"]), {"version": case.version, "once": str(uuid4())}
    )
    assert moved.status_code == 302


def tables() -> list[str]:
    """Every table and view of the database, partitions and all."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
            AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%' ORDER BY 1
        """)
        return [name for (name,) in cursor.fetchall()]


def columns_to(table: str) -> list[tuple[str, str]]:
    """(column, table it leads to) for every foreign key of a table, and ("id", itself)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.conrelid = %s::regclass
            """,
            [table],
        )
        return [*cursor.fetchall(), ("id", table)]


def rows_in_scope(actor, table: str) -> list[str]:
    """Every row that raw SQL as the application's role finds in this scope, as text; nothing where it may not read."""
    try:
        with scope(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t")
            return [text for (text,) in cursor.fetchall()]
    except DatabaseError as error:
        assert "permission denied" in str(error)
        return []


def keys_in_scope(actor, table: str, column: str) -> set[int]:
    try:
        with scope(actor), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table}")
            return {key for (key,) in cursor.fetchall()}
    except DatabaseError as error:
        assert "permission denied" in str(error) or "does not exist" in str(error)
        return set()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_table_leads_outsiders_to_a_case_or_its_people(played: Cast, who: str) -> None:
    """By key: no row they see is, or points to, a case of 襄垣, its applicant, or the applicant's account."""
    actor = played[who].actor
    hidden = {
        "lifecycle_case": set(Case.objects.values_list("pk", flat=True)),
        "people_person": {played[m].person.pk for m in ("applicant", "colleague", "unit_officer")},
        "accounts_user": {
            played[m].user.pk for m in ("applicant", "colleague", "unit_officer", "county_officer")
        },
        "orgs_legalentity": {played.works.entities.get().pk},
    }
    assert len(hidden["lifecycle_case"]) > len(flows())
    found = {
        f"{table}.{column}"
        for table in tables()
        for column, leads_to in columns_to(table)
        if hidden.get(leads_to, set()) & keys_in_scope(actor, table, column)
    }
    assert found == set()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_no_table_holds_words_of_a_case_or_its_people_for_outsiders(played: Cast, who: str) -> None:
    """By content: numbers, titles, what was said, names, numbers and hashes of people are in no row that they see.

    Titles may stand in what a programme opens to others.
    """
    actor = played[who].actor
    opened = {table for name in with_scenes() for table in scenes_of(name).opened}
    titles = {title(c) for c in Case.objects.all()}
    words = {c.number for c in Case.objects.all() if c.number} | titles
    for member in ("applicant", "colleague", "unit_officer"):
        one = played[member]
        words |= {one.person.name, one.identity, one.phone}
        words |= {
            keyed_hash(kind, value).hex()
            for kind, value in (("identity", one.identity), ("phone", one.phone))
        }
        words |= {bytes(i.cipher).hex() for i in Identifier.objects.filter(person=one.person)}
    assert len(words) > 20
    found = {
        (table, word)
        for table in tables()
        for row in rows_in_scope(actor, table)
        for word in words
        if word in row and not (word in titles and table in opened)
    }
    assert found == set()


def test_those_who_may_see_the_case_do(played: Cast) -> None:
    """So that the walls above are known to stand in the way of something."""
    everything = set(Case.objects.values_list("pk", flat=True))
    for who in ("unit_officer", "county_officer", "superior", "leader"):
        assert keys_in_scope(played[who].actor, "lifecycle_case", "id") == everything
    for kind, value in ((IdentifierKind.IDENTITY, played["applicant"].identity),):
        with scope(played["applicant"].actor):
            assert Identifier.objects.filter(digest=keyed_hash(kind, value)).exists()


#: What everybody may know: which unions there are above the workplaces, what hangs below what, which calls, contests
#: and periods run, what can be won in them and by which values; and what is made for the public, with names masked.
OPEN = (
    "orgs.Unit", "orgs.Edge", "lifecycle.Edition", "lifecycle.Window", "innovations.Prize", "mutual_aid.Period",
    "competitions.Contest", "competitions.ContestEvent", "competitions.Band", "parameters.Provision",
    "publicity.Publicity", "credentials.PublicCredential",
)  # fmt: skip


def test_anonymous_and_no_scope_see_nothing_that_is_not_public(played: Cast) -> None:
    walled = [m for m in models_with_walls() if m._meta.label not in OPEN]
    with scope(ANONYMOUS):
        assert {m._meta.label: n for m in walled if (n := m.objects.count())} == {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE gj_app")
        found = {m._meta.label: n for m in walled if (n := m.objects.count())}
        cursor.execute("SET LOCAL ROLE NONE")
    assert found == {}


#: Tables of no person and no case that a request writes for the shell, the numbers and the queue.
WORKING = ("django_session", "lifecycle_numberseries", "procrastinate_")


@pytest.mark.parametrize("who", ["anonymous", "stranger", "sibling_officer", "neighbour_officer"])
def test_outsiders_write_to_no_row_of_others(played: Cast, who: str) -> None:
    """Whatever everybody may read, such as the tree and open calls, nobody outside may change or delete."""
    actor = played.actors[who]
    touched = {}
    for table in tables():
        column = _first_column(table)
        for statement in (f"DELETE FROM {table}", f'UPDATE {table} SET "{column}" = "{column}"'):
            if n := _touched(actor, statement):
                touched[table] = n
    own = {"anonymous": {}, "stranger": PASSWORD}.get(who, PASSWORD | KEPT)
    left = {t: n for t, n in touched.items() if not t.startswith(WORKING) and t != "web_receipt"}
    assert left == own


PASSWORD = {"accounts_user": 1}  # the own one
#: What an officer keeps: the one enterprise of the tree, who works there, and their two identifiers.
KEPT = {"orgs_legalentity": 1, "people_employment": 1, "people_identifier": 2, "people_person": 1}


@pytest.mark.parametrize("column", ["username", "person_id", "is_active", "is_demo", "display_name"])
def test_nobody_becomes_somebody_else(played: Cast, column: str) -> None:
    update = f"UPDATE accounts_user SET {column} = {column}"
    assert {who: _touched(actor, update) for who, actor in played.actors.items()} == dict.fromkeys(
        played.actors, 0
    )


def _touched(actor, statement: str) -> int:
    """How many rows the statement reaches as the application's role in this scope; nothing stays changed."""
    try:
        with transaction.atomic():
            with scope(actor), connection.cursor() as cursor:
                cursor.execute(statement)
                touched = cursor.rowcount
            transaction.set_rollback(True)
            return touched
    except DatabaseError as error:
        assert "permission denied" in str(error) or "Cannot" in str(error) or "foreign key" in str(error), (
            statement
        )
        return 0


def _first_column(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attidentity = '' AND attgenerated = '' ORDER BY attnum LIMIT 1",
            [table],
        )
        return cursor.fetchone()[0]


def test_everything_with_a_path_follows_a_unit_that_moves(played: Cast) -> None:
    """Frozen or not: whose it is follows the tree, or else a new superior would miss what the old one still reads."""
    old = played.city.path
    other = tree.add(
        None, on=SINCE, code="150000", name="内蒙古自治区总工会", level=Level.PROVINCE, region="15"
    )
    before = _paths()
    tree.reparent(played.city, other, on=timezone.localdate())
    new = f"{other.path}{played.city.pk}/"
    followed = {
        place: {
            key: new + path.removeprefix(old) if path.startswith(old) else path for key, path in rows.items()
        }
        for place, rows in before.items()
    }
    move = Reorganisation.objects.latest("pk")  # written by the moving itself, where the unit is now
    followed["orgs_reorganisation.path"][move.pk] = new
    assert _paths() == followed
    moved = {place for place, rows in before.items() if any(path.startswith(old) for path in rows.values())}
    assert {
        "lifecycle_case.path", "people_employment.path", "access_grant.path", "publicity_publicity.path",
        "documents_document.path", "credentials_credential.path", "credentials_credential.holder_path",
        "review_panel.path", "tasks_visit.path",
    } <= moved  # fmt: skip


def _paths() -> dict[str, dict[int, str]]:
    """{table.column: {key: path}} of everything that carries some unit's path."""
    found = {}
    for model, column in tree.carriers():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT {model._meta.pk.column}, {column} FROM "{model._meta.db_table}"')
            found[f"{model._meta.db_table}.{column}"] = dict(cursor.fetchall())
    return found


@pytest.mark.parametrize("table", ["people_identifier", "accounts_user", "django_session"])
def test_counting_role_reads_no_secret(played: Cast, table: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE gj_count")
        cursor.execute(f"SELECT 1 FROM {table}")


def test_every_table_that_holds_a_person_case_or_unit_has_its_policies(db: None) -> None:
    """Asked of the database and not of the models, so that a table made by hand is found too."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT DISTINCT c.oid::regclass::text, c.relrowsecurity,
              (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)
            FROM pg_class c LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f'
            WHERE c.relkind IN ('r', 'p') AND (
              c.oid::regclass::text IN ('people_person', 'lifecycle_case', 'orgs_unit', 'accounts_user')
              OR k.confrelid::regclass::text IN ('people_person', 'lifecycle_case', 'orgs_unit', 'accounts_user'))
        """)
        bare = [name for name, secured, policies in cursor.fetchall() if not secured or policies < 3]
    assert bare == []


def test_views_run_as_whoever_asks(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'v' AND n.nspname = 'public'
            AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)
        """)
        assert cursor.fetchall() == []


def test_functions_of_the_owner_have_a_fixed_search_path(db: None) -> None:
    """A SECURITY DEFINER function that looks names up in the caller's path can be made to read another table."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND p.prosecdef
            AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) c WHERE c LIKE 'search_path=%pg_temp')
        """)
        assert cursor.fetchall() == []


def test_counting_role_may_not_ask_the_owners_functions(db: None) -> None:
    """They answer from tables that it may not read, the password behind a login among them."""
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
            AND has_function_privilege('gj_count', p.oid, 'EXECUTE')
        """)
        assert cursor.fetchall() == []


@pytest.mark.parametrize("asked", ["audits", "reorganises", "steward_over"])
def test_offices_that_have_ended_are_denied_and_not_unknown(cast: Cast, asked: str) -> None:
    """What is neither true nor false passes where a function of the owner asks IF NOT."""
    user = User.objects.create(username="former", display_name="前任")
    for role in (Role.AUDITOR, Role.DATA_STEWARD):
        Grant.objects.create(
            user=user, role=role, unit=cast.city, since=SINCE, until=SINCE.replace(year=2016)
        )
    with scope(load(user.pk)), connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}(%s)", [cast.county.path])
        assert cursor.fetchall() == [(False,)]


def test_application_asks_for_the_facts_of_named_persons_only(cast: Cast) -> None:
    person = cast["applicant"].person
    with scope(cast["superior"].actor), connection.cursor() as cursor:
        cursor.execute("SELECT person FROM person_facts(NULL, current_date)")
        assert cursor.fetchall() == []
        cursor.execute("SELECT person FROM person_facts(%s, current_date)", [[person.pk]])
        assert cursor.fetchall() == [(person.pk,)]


def test_nobody_but_the_owner_makes_anything_in_the_schema_that_functions_look_names_up_in(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r FROM unnest(ARRAY['gj_app', 'gj_worker', 'gj_count']) r"
            " WHERE has_schema_privilege(r, 'public', 'CREATE')"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("flow", flows().values(), ids=lambda f: f.name)
def test_rule_admits_nothing_that_the_wall_hides(played: Cast, flow: Flow) -> None:
    """rows(rule) ⊆ rows(policy): else a list that the rule fills comes out short, and nobody knows why."""
    own = apps.get_model(flow.model)
    asked = [
        (flow.view, Case, ""),
        (flow.view, own, "case__"),
        *[(t.may, Case, "") for t in flow.transitions],
    ]
    for who, actor in played.actors.items():
        for rule, model, prefix in asked:
            rows = model.objects.filter(**{f"{prefix}flow": flow.name})
            by_rule = set(rule.filter(rows, actor, prefix).values_list("pk", flat=True))
            with scope(actor):
                behind_the_wall = set(rule.filter(rows, actor, prefix).values_list("pk", flat=True))
            assert by_rule == behind_the_wall, (who, rule.words)


def test_indicators_open_to_nothing_that_the_wall_hides(played: Cast) -> None:
    """The same for the lists that figures open to."""
    for indicator in declared("indicators", "INDICATORS"):
        opening = indicator.opens
        rows = apps.get_model(opening.model).objects.all()
        for who, actor in played.actors.items():
            by_rule = set(opening.rule.filter(rows, actor, opening.prefix).values_list("pk", flat=True))
            with scope(actor):
                behind_the_wall = set(
                    opening.rule.filter(rows, actor, opening.prefix).values_list("pk", flat=True)
                )
            assert by_rule == behind_the_wall, (who, indicator.code)


def test_administrator_of_the_installation_sees_no_more_than_an_account_without_a_role(played: Cast) -> None:
    admin, nobody = (User.objects.create(username=name, display_name=name) for name in ("admin", "nobody"))
    Grant.objects.create(user=admin, role=Role.SYSTEM_ADMIN, unit=played.city, since=SINCE)
    more = {}
    for table in tables():
        seen = set(rows_in_scope(load(admin.pk), table)) - set(rows_in_scope(load(nobody.pk), table))
        if seen:
            more[table] = len(seen)
    assert more == {"access_grant": 1, "accounts_user": 1}
