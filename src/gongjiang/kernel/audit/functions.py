"""The database function that names who looked: it runs as the owner and answers as little as possible."""

from django.db import connection

FUNCTIONS = """
CREATE OR REPLACE FUNCTION disclosed(keys bigint[])
RETURNS TABLE (disclosure bigint, unit text, unit_en text, officer text, person text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT d.id, u.name, u.name_en, CASE WHEN known THEN a.display_name END, CASE WHEN known THEN p.name END
   FROM audit_disclosure d
   JOIN orgs_unit u ON u.id = d.unit_id
   JOIN accounts_user a ON a.id = d.user_id
   JOIN people_person p ON p.id = d.person_id
   CROSS JOIN LATERAL (SELECT coalesce(d.user_id = my_user() OR audits(d.path), false)) AS reader (known)
   WHERE d.id = ANY (keys) AND (known OR me() IN (d.person_id, p.merged_into_id)) $$;

REVOKE ALL ON FUNCTION disclosed(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disclosed(bigint[]) TO {app}, {worker};
"""


def synchronise_functions(app: str, worker: str) -> None:
    """Make the function equal to what stands here. Idempotent; runs as owner after the walls exist."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS.replace("{app}", app).replace("{worker}", worker))
