"""The tables whose changes are written down: every kernel and programme table that a fact reads.

A source is declared by `FACTS` (see insight) or by a model's attribute `is_source = True`.
"""

from django.apps import apps
from django.db import connection, models

_FUNCTION = """
CREATE OR REPLACE FUNCTION note_change() RETURNS trigger SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  EXECUTE format('INSERT INTO outbox_change (xid, source, key)
    SELECT pg_current_xact_id(), %L, %I FROM touched', TG_TABLE_NAME, TG_ARGV[0]);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION outbox_waiting() RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT count(*) FROM (
     SELECT 1 FROM outbox_change
     WHERE xid >= coalesce((SELECT min(p.xid::text::numeric) FROM outbox_position p), 0)::text::xid8
     LIMIT 100000) waiting $$;
"""

_EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def sources() -> list[type[models.Model]]:
    """The models whose changes are written to the outbox."""
    return [m for m in apps.get_models() if getattr(m, "is_source", False)]


def synchronise_sources() -> None:
    """Give every source its statement triggers, and take them from tables that are none. Idempotent.

    A source is never without them meanwhile: what is written while the code is raised is noted too.
    """
    tables = {model._meta.db_table for model in sources()}
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTION)
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'outbox!_%' ESCAPE '!'"
        )
        for table, name in cursor.fetchall():
            if table not in tables or name.removeprefix("outbox_").upper() not in _EVENTS:
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
        for model in sources():
            table, key = model._meta.db_table, model._meta.pk.column
            for event, transition in _EVENTS.items():
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER outbox_{event.lower()} AFTER {event} ON {table}"
                    f" REFERENCING {transition} TABLE AS touched"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION note_change('{key}')"
                )
