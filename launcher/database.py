"""Which PostgreSQL a command uses: the one DATABASE_URL names, a running demo's, or an embedded one."""

from __future__ import annotations

import hashlib
import os

from launcher.data import DataDirectory
from launcher.messages import Problem
from launcher.postgres import OWNER, Server

OLDEST = 150000
ROLES = ("gj_app", "gj_worker", "gj_count")


def external_url() -> str:
    """DATABASE_URL from the environment, or an empty string."""
    return os.environ.get("DATABASE_URL", "").strip()


def check_external(url: str) -> None:
    """Raise Problem unless the server is PostgreSQL 15 or newer and its login may do what we need."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            version = connection.info.server_version
            row = connection.execute(
                """
                SELECT current_user,
                       current_database(),
                       (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user),
                       (SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)),
                       has_database_privilege(current_database(), 'CREATE'),
                       has_schema_privilege('public', 'CREATE'),
                       pg_encoding_to_char(encoding)
                FROM pg_database WHERE datname = current_database()
                """,
                [list(ROLES)],
            ).fetchone()
    except psycopg.Error as error:
        raise Problem("external.unreachable", reason=str(error).strip()) from None
    assert row is not None
    role, database, may_create_roles, present, may_create, may_use_schema, encoding = row
    if version < OLDEST:
        raise Problem("external.version", found=version // 10000)
    if encoding != "UTF8":
        raise Problem("external.encoding", database=database, encoding=encoding)
    if not may_create_roles and present < len(ROLES):
        raise Problem("external.roles", role=role, roles=", ".join(ROLES))
    if not may_create or not may_use_schema:
        raise Problem("external.create", role=role, database=database)


def mark(url: str) -> str:
    """What `state.json` remembers of the server that it speaks of; an empty URL stands for the embedded one."""
    place = without_login(url) if url else "embedded"
    return hashlib.sha256(place.encode()).hexdigest()[:16]


def embedded(data: DataDirectory, **options: object) -> Server:
    """The embedded server of a data directory that the caller has opened (not started yet)."""
    return Server(data.place, owner_password=data.secrets()["owner_password"], **options)  # type: ignore[arg-type]


def environment(data: DataDirectory, url: str, process: str = "owner") -> dict[str, str]:
    """What a process of the application needs to know; `process` is owner, web or worker.

    Web and worker get their own role's password and not the owner's.
    """
    keys = data.secrets()
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "DJANGO_SETTINGS_MODULE"}
    values = {name: value for name, value in os.environ.items() if name not in dropped}
    values |= {
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "GONGJIANG_PROCESS": process,
        "GONGJIANG_DATA": str(data.place),
        "GONGJIANG_SECRETS": str(data.secrets_file),
        "DATABASE_URL": url if process == "owner" else without_login(url),
    }
    if process in ("owner", "web"):
        values["GONGJIANG_APP_PASSWORD"] = keys["app_password"]
    if process in ("owner", "worker"):
        values["GONGJIANG_WORKER_PASSWORD"] = keys["worker_password"]
    return values


def without_login(url: str) -> str:
    """The URL without user name and password."""
    scheme, separator, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}{separator}{authority.rpartition('@')[2]}{slash}{path}"


def running_url(data: DataDirectory) -> str:
    """The owner's URL on the embedded server that another launcher is running now."""
    for home in Server.homes(data.place):
        port = home / "port"
        if port.exists():
            password = data.secrets()["owner_password"]
            return f"postgresql://{OWNER}:{password}@127.0.0.1:{port.read_text().strip()}/gongjiang"
    raise Problem("data.in_use", status=2, place=data.place, pid="?")
