"""Database functions that answer in the owner's name, as little as possible: to a stranger who objects, to the flow
of a case that its mover may not see the objections to, and to an author who has kept the code."""

from django.conf import settings
from django.db import connection

FUNCTIONS = """
CREATE OR REPLACE FUNCTION publicised_case(a_publicity bigint, a_position integer) RETURNS bigint STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT case_id FROM publicity_publicitycase WHERE publicity_id = a_publicity AND position = a_position $$;

-- The unit that hears an appeal: the one that runs the edition, within its window for appeals, from whoever takes part.
CREATE OR REPLACE FUNCTION appealed_to(a_case bigint, at timestamptz) RETURNS bigint STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT e.unit_id FROM lifecycle_case c JOIN lifecycle_edition e ON e.id = c.edition_id
   WHERE c.id = a_case AND (c.applicant_id = me() OR EXISTS (SELECT 1 FROM lifecycle_participant p
     WHERE p.case_id = c.id AND p.person_id = me()))
   AND EXISTS (SELECT 1 FROM lifecycle_window w WHERE w.edition_id = e.id AND w.kind = 'appeal'
     AND w.since <= at AND at < w.until) $$;

CREATE OR REPLACE FUNCTION open_objections(cases bigint[]) RETURNS SETOF bigint STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT DISTINCT o.case_id FROM publicity_objection o
   LEFT JOIN publicity_ruling r ON r.objection_id = o.id
   WHERE o.case_id = ANY (cases) AND r.objection_id IS NULL $$;

CREATE OR REPLACE FUNCTION had_part_in(a_user bigint, an_objection bigint) RETURNS boolean STABLE
SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM publicity_objection o WHERE o.id = an_objection AND (
     EXISTS (SELECT 1 FROM lifecycle_caseevent e WHERE e.case_id = o.case_id AND e.user_id = a_user)
     OR EXISTS (SELECT 1 FROM publicity_publicity p WHERE p.id = o.publicity_id AND p.publicised_by_id = a_user))) $$;

-- Telling the author is an act: the ruling has been told from then on.
CREATE OR REPLACE FUNCTION objection_told(a_receipt bytea)
RETURNS TABLE (kind text, number text, title text, place integer, received_at timestamptz, due_at timestamptz,
  result text, reasons text, ruled_at timestamptz, unit text, unit_en text)
SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ UPDATE publicity_ruling r SET told_at = now() FROM publicity_objectionauthor a
   WHERE a.objection_id = r.objection_id AND a.receipt = a_receipt AND r.told_at IS NULL;
   SELECT o.kind, p.number, p.title, o.position, o.received_at, o.due_at, r.result, r.reasons, r.at, u.name, u.name_en
   FROM publicity_objectionauthor a JOIN publicity_objection o ON o.id = a.objection_id
   JOIN orgs_unit u ON u.id = o.unit_id
   LEFT JOIN publicity_publicity p ON p.id = o.publicity_id
   LEFT JOIN publicity_ruling r ON r.objection_id = o.id WHERE a.receipt = a_receipt $$;

-- The same for who made an appeal and is signed in: found by what only the application can reckon of case and person.
CREATE OR REPLACE FUNCTION appeals_told(authors bytea[])
RETURNS TABLE (case_id bigint, received_at timestamptz, result text, reasons text, ruled_at timestamptz, unit text,
  unit_en text)
SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ UPDATE publicity_ruling r SET told_at = now() FROM publicity_objectionauthor a
   WHERE a.objection_id = r.objection_id AND a.author = ANY (authors) AND r.told_at IS NULL;
   SELECT o.case_id, o.received_at, r.result, r.reasons, r.at, u.name, u.name_en
   FROM publicity_objectionauthor a JOIN publicity_objection o ON o.id = a.objection_id
   JOIN orgs_unit u ON u.id = o.unit_id LEFT JOIN publicity_ruling r ON r.objection_id = o.id
   WHERE a.author = ANY (authors) AND o.kind = 'appeal' ORDER BY o.received_at DESC $$;
"""


def synchronise_functions() -> None:
    """Make the functions equal to what stands here; the counting role never sees who objects. Idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
        cursor.execute(
            "REVOKE ALL ON publicity_objectionauthor, publicity_objectionfile, publicity_authordisclosure"
            f" FROM {settings.ROLES['count']}"
        )
