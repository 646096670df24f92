"""scope(): the application's role and the actor's settings, for one block and no longer."""

import pytest
from django.db import DatabaseError, connection, transaction

from gongjiang.kernel.access.actor import ANONYMOUS, Actor, Held, load, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.orgs.models import LegalEntity, Unit
from gongjiang.kernel.people.models import Employment, Identifier, Person

SETTINGS = ("user", "person", "tree", "trees", "held", "units")


def setting(name: str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [name])
        return cursor.fetchone()[0]


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return cursor.fetchone()[0]


def test_scope_runs_as_the_applications_role_and_puts_it_back(cast):
    owner = role()
    with scope(cast["unit_officer"].actor):
        assert role() == "gj_app"
    assert role() == owner


def test_scope_nests_and_restores_the_outer_one(cast):
    outer, inner = cast["county_officer"].actor, cast["sibling_officer"].actor
    with scope(outer):
        before = [setting(f"gongjiang.{s}") for s in SETTINGS]
        with scope(inner):
            assert setting("gongjiang.trees") == cast.sibling_county.path
        assert [setting(f"gongjiang.{s}") for s in SETTINGS] == before
        assert role() == "gj_app"


def test_scope_that_fails_restores_the_outer_one(cast):
    with scope(cast["county_officer"].actor):
        with pytest.raises(ZeroDivisionError), scope(cast["sibling_officer"].actor):
            raise ZeroDivisionError
        assert setting("gongjiang.trees") == cast.county.path


def test_scope_undoes_what_a_failed_block_wrote(cast):
    entity = cast.works.entities.get()
    with pytest.raises(ZeroDivisionError), scope(cast["county_officer"].actor):
        LegalEntity.objects.filter(pk=entity.pk).update(name="x")
        raise ZeroDivisionError
    entity.refresh_from_db()
    assert entity.name == "襄垣县示例机械厂"


def test_wall_fails_closed_when_the_transaction_has_ended(lasting_cast):
    """What a local setting leaves behind is an empty string, and every path begins with that."""
    with scope(lasting_cast["superior"].actor):
        assert LegalEntity.objects.count() == 3
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE gj_app")
        try:
            assert {setting(f"gongjiang.{s}") for s in SETTINGS} == {""}
            assert [m.objects.count() for m in (LegalEntity, Employment, Person, Identifier, Grant)] == [
                0,
                0,
                0,
                0,
                0,
            ]
        finally:
            cursor.execute("RESET ROLE")


def test_wall_fails_closed_on_a_connection_that_never_had_a_scope(lasting_cast):
    fresh = connection.copy()
    with fresh.cursor() as cursor:
        cursor.execute("SET ROLE gj_app")
        for table in (
            "orgs_legalentity",
            "people_employment",
            "people_person",
            "people_identifier",
            "accounts_user",
        ):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
    fresh.close()


def test_anonymous_sees_public_units_and_nothing_else(cast):
    with scope(ANONYMOUS):
        assert set(Unit.objects.values_list("level", flat=True)) == {"province", "city", "county", "township"}
        assert [m.objects.count() for m in (LegalEntity, Employment, Person, Identifier, Grant)] == [
            0,
            0,
            0,
            0,
            0,
        ]


def test_application_and_worker_bypass_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit
            FROM pg_roles WHERE rolname IN ('gj_app', 'gj_worker', 'gj_count') ORDER BY rolname
        """)
        assert cursor.fetchall() == [(name, *[False] * 5) for name in ("gj_app", "gj_count", "gj_worker")]


def test_application_can_become_nobody_else(db):
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT rolname FROM pg_roles
            WHERE pg_has_role('gj_app', oid, 'MEMBER') AND rolname <> 'gj_app'
        """)
        assert cursor.fetchall() == []
        cursor.execute("""
            SELECT rolname FROM pg_roles
            WHERE pg_has_role('gj_worker', oid, 'MEMBER') AND rolname <> 'gj_worker' ORDER BY rolname
        """)
        assert cursor.fetchall() == [("gj_app",), ("gj_count",)]


def test_application_owns_nothing(db):
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT relname FROM pg_class JOIN pg_roles r ON r.oid = relowner
            WHERE r.rolname IN ('gj_app', 'gj_worker', 'gj_count')
        """)
        assert cursor.fetchall() == []


@pytest.mark.parametrize("table", ["people_identifier", "accounts_user", "django_session"])
def test_counting_role_reads_neither_identifiers_nor_accounts(cast, table):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE gj_count")
        cursor.execute(f"SELECT 1 FROM {table}")


def test_counting_role_writes_nothing(cast):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET LOCAL ROLE gj_count")
        cursor.execute("UPDATE orgs_unit SET name = name")


def test_actor_carries_person_grants_and_workplaces(cast):
    member = cast["unit_officer"]
    assert member.actor == Actor(
        user=member.user.pk,
        person=member.person.pk,
        grants=(Held("unit_officer", cast.works.pk, cast.works.path),),
        workplaces=(cast.works.path,),
        name="张演丙寅",
    )


def test_locked_or_missing_account_is_anonymous(cast):
    member = cast["superior"]
    type(member.user).objects.filter(pk=member.user.pk).update(is_active=False)
    assert (load(member.user.pk), load(10**9)) == (ANONYMOUS, ANONYMOUS)


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [(-1, None, True), (0, None, True), (1, None, False), (-2, 0, False), (-2, 1, True)],
    ids=["begun", "begins-today", "begins-tomorrow", "ended-today", "ends-tomorrow"],
)
def test_grant_counts_from_its_first_day_to_the_day_before_its_end(cast, since, until, held):
    from datetime import timedelta

    from django.utils import timezone

    today, user = timezone.localdate(), cast["stranger"].user
    Grant.objects.create(
        user=user,
        role="officer",
        unit=cast.county,
        since=today + timedelta(days=since),
        until=None if until is None else today + timedelta(days=until),
    )
    assert bool(cast["stranger"].actor.grants) == held


def test_several_grants_open_each_of_their_trees_and_no_other(cast):
    Grant.objects.create(user=cast["stranger"].user, role="officer", unit=cast.mill, since="2020-01-01")
    Grant.objects.create(
        user=cast["stranger"].user, role="officer", unit=cast.sibling_county, since="2020-01-01"
    )
    with scope(cast["stranger"].actor):
        found = set(LegalEntity.objects.values_list("unit", flat=True))
    assert found == {cast.mill.pk, cast.plant.pk}
