"""Roles, functions, grants and policies made equal to what the code declares, after every migration."""

from django.conf import settings
from django.db import connection, models

from .conditions import is_seen_further, seeing, wall_of, writing
from .declaring import models_with_walls, tables_only_read
from .functions import FUNCTIONS
from .roles import make_roles


def _policies(model: type[models.Model], app: str, worker: str) -> str:
    """The policies of one table for the application's role."""
    wall, table = wall_of(model), model._meta.db_table
    condition, may_write = seeing(model), writing(model)
    if wall.adding:
        return f"""
            CREATE POLICY wall ON "{table}" FOR SELECT TO {app} USING ({condition});
            CREATE POLICY adding ON "{table}" FOR INSERT TO {app} WITH CHECK ({may_write});
            REVOKE UPDATE, DELETE ON "{table}" FROM {app};
            REVOKE DELETE ON "{table}" FROM {worker};
        """
    if wall.writing or is_seen_further(model):
        return f"""
            CREATE POLICY wall ON "{table}" FOR SELECT TO {app} USING ({condition});
            CREATE POLICY adding ON "{table}" FOR INSERT TO {app} WITH CHECK ({may_write});
            CREATE POLICY changing ON "{table}" FOR UPDATE TO {app}
              USING ({may_write}) WITH CHECK ({may_write});
            CREATE POLICY deleting ON "{table}" FOR DELETE TO {app} USING ({may_write});
        """
    return f'CREATE POLICY wall ON "{table}" TO {app} USING ({condition}) WITH CHECK ({condition});'


def raise_all() -> None:
    """Make the roles, functions, grants and policies equal to what the code declares. Idempotent; runs as owner."""
    from gongjiang.kernel.review.functions import FUNCTIONS as REVIEW_FUNCTIONS

    app, worker, count = (settings.ROLES[r] for r in ("app", "worker", "count"))
    with connection.cursor() as cursor:
        make_roles(cursor)
        cursor.execute(FUNCTIONS)
        cursor.execute(REVIEW_FUNCTIONS)
        cursor.execute(f"""
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO {app}, {worker}, {count};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}, {worker};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}, {worker};
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO {count};
            REVOKE ALL ON accounts_user, django_session FROM {count};
            REVOKE ALL ON people_identifier, audit_disclosure FROM {count};
            REVOKE INSERT, UPDATE, DELETE ON {", ".join(tables_only_read())} FROM {app};
            REVOKE INSERT, UPDATE, DELETE ON accounts_user FROM {app};
            GRANT UPDATE (password, last_login) ON accounts_user TO {app};
            REVOKE INSERT, UPDATE, DELETE ON django_migrations, lifecycle_flowedge FROM {worker};
            REVOKE DELETE ON lifecycle_numberseries FROM {app}, {worker};
        """)
        for model in models_with_walls():
            table = model._meta.db_table
            policies = _policies(model, app, worker)
            cursor.execute(f"""
                ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
                DROP POLICY IF EXISTS wall ON "{table}";
                DROP POLICY IF EXISTS adding ON "{table}";
                DROP POLICY IF EXISTS changing ON "{table}";
                DROP POLICY IF EXISTS deleting ON "{table}";
                {policies}
                DROP POLICY IF EXISTS worker ON "{table}";
                CREATE POLICY worker ON "{table}" TO {worker} USING (true) WITH CHECK (true);
                DROP POLICY IF EXISTS counting ON "{table}";
                CREATE POLICY counting ON "{table}" FOR SELECT TO {count} USING (true);
            """)


def close_functions() -> None:
    """Let only the application and the worker ask the functions that answer in the owner's name; runs last.

    The counting role asks none: what it may not read, they would tell it.
    """
    app, worker = settings.ROLES["app"], settings.ROLES["worker"]
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
        """)
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {app}, {worker}")
