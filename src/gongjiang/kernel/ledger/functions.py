"""Database functions that answer in the owner's name, as little as possible: whether an event was claimed elsewhere,
and what a person was granted in a year."""

from django.db import connection

FUNCTIONS = """
-- What the lines of an entry move; asked at the end of a transaction, when nobody's scope stands any more.
CREATE OR REPLACE FUNCTION entry_moves(an_entry bigint) RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT sum(fen)::bigint FROM ledger_line WHERE entry_id = an_entry $$;

-- Of these keys those that another case holds: in which scheme, and whether it was paid. Nothing else of that case.
CREATE OR REPLACE FUNCTION guard_taken(groups text[], digests bytea[], a_case bigint)
RETURNS TABLE (place bigint, scheme text, state text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT t.place, g.scheme, g.state
   FROM unnest(groups, digests) WITH ORDINALITY AS t (grp, digest, place)
   JOIN ledger_guard g ON g."group" = t.grp AND g.digest = t.digest AND g.state <> 'released'
   WHERE g.case_id IS DISTINCT FROM a_case $$;

-- What each of these persons was granted for events of [since, until) in other cases, over all schemes.
CREATE OR REPLACE FUNCTION guard_granted(persons bigint[], since date, until date, cases bigint[])
RETURNS TABLE (person bigint, fen bigint) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT g.person_id, sum(g.fen)::bigint FROM ledger_guard g
   WHERE g.person_id = ANY (persons) AND g.day >= since AND g.day < until AND g.state <> 'released'
   AND g.fen IS NOT NULL AND NOT (g.case_id = ANY (cases)) GROUP BY 1 $$;

-- In which schemes another case claims a kind of event of this person on this day, under whatever key.
CREATE OR REPLACE FUNCTION guard_alike(a_person bigint, a_kind text, a_day date, a_case bigint)
RETURNS TABLE (scheme text, state text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT DISTINCT g.scheme, g.state FROM ledger_guard g
   WHERE g.person_id = a_person AND g.kind = a_kind AND g.day = a_day AND g.state <> 'released'
   AND g.case_id IS DISTINCT FROM a_case $$;
"""


def synchronise_functions() -> None:
    """Make the functions equal to what stands here. Idempotent; runs as owner."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS)
