"""The roles of the database: the application's, the worker's and the one that counts."""

from typing import Any

from django.conf import settings
from django.db import connection


def make_roles(cursor: Any) -> None:
    """Create the roles that are missing and let the owner and the worker step down into them."""
    app, worker, count = (settings.ROLES[r] for r in ("app", "worker", "count"))
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[app, worker, count]])
    present = {name for (name,) in cursor.fetchall()}
    for role, kind in ((app, "LOGIN"), (worker, "LOGIN"), (count, "NOLOGIN")):
        if role not in present:
            cursor.execute(f"CREATE ROLE {role} {kind} NOINHERIT NOBYPASSRLS")
            cursor.execute(f"GRANT {role} TO CURRENT_USER")
    if worker not in present:
        cursor.execute(f"GRANT {app}, {count} TO {worker}")


def set_passwords(app: str, worker: str) -> None:
    """Give the two login roles the passwords of this installation."""
    from psycopg import sql

    with connection.cursor() as cursor:
        for role, password in ((settings.ROLES["app"], app), (settings.ROLES["worker"], worker)):
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}")
                .format(sql.Identifier(role), sql.Literal(password))
                .as_string(cursor.connection)
            )
