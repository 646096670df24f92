"""The lake's catalogue: two tables of Iceberg's in a schema of their own, in the same PostgreSQL."""

from urllib.parse import quote

from django.conf import settings
from django.db import connection

from gongjiang.kernel.access.walls import make_roles

SCHEMA = "lake"

#: The server's own name: numbers of transactions mean nothing on another one, a restored copy for example.
SERVER = "SELECT system_identifier::text FROM pg_control_system()"


def make_catalogue() -> None:
    """Create the schema and its tables where they are missing, and let the worker write there. Runs as the owner."""
    worker = settings.ROLES["worker"]
    with connection.cursor() as cursor:
        make_roles(cursor)
        cursor.execute(f"""
            CREATE SCHEMA IF NOT EXISTS {SCHEMA};
            CREATE TABLE IF NOT EXISTS {SCHEMA}.iceberg_tables (
                catalog_name varchar(255), table_namespace varchar(255), table_name varchar(255),
                metadata_location varchar(1000), previous_metadata_location varchar(1000), iceberg_type varchar(5),
                PRIMARY KEY (catalog_name, table_namespace, table_name));
            CREATE TABLE IF NOT EXISTS {SCHEMA}.iceberg_namespace_properties (
                catalog_name varchar(255), namespace varchar(255), property_key varchar(255),
                property_value varchar(1000) NOT NULL,
                PRIMARY KEY (catalog_name, namespace, property_key));
            GRANT USAGE ON SCHEMA {SCHEMA} TO {worker};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {worker};
        """)


def database_url() -> str:
    """The libpq address of Django's own connection, for readers outside Django."""
    at = connection.settings_dict
    login = quote(str(at["USER"]), safe="") + (
        f":{quote(str(at['PASSWORD']), safe='')}" if at["PASSWORD"] else ""
    )
    host = str(at["HOST"] or "127.0.0.1")
    if ":" in host:
        host = f"[{host}]"
    return f"postgresql://{login}@{host}:{at['PORT'] or 5432}/{quote(str(at['NAME']), safe='')}"
