"""The database functions that may look across people: they run as the owner and answer as little as possible."""

from django.db import connection

FUNCTIONS = """
CREATE OR REPLACE FUNCTION name_key(name text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT lower(regexp_replace(normalize(name, NFKC), '[[:space:]·•・.-]', '', 'g')) $$;

CREATE OR REPLACE FUNCTION persons_with(digests bytea[], names text[])
RETURNS TABLE (place bigint, person bigint) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT t.place, CASE WHEN name_key(p.name) = name_key(t.name) AND p.state <> 'deceased' THEN p.id END
   FROM unnest(digests, names) WITH ORDINALITY AS t (digest, name, place)
   JOIN people_identifier i ON i.digest = t.digest AND i.kind = 'identity'
   JOIN people_person p ON p.id = i.person_id $$;

CREATE OR REPLACE FUNCTION candidates(kind text, words text, most integer) RETURNS SETOF bigint STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  trees text[] := string_to_array(NULLIF(current_setting('gongjiang.trees', true), ''), ',');
BEGIN
  IF kind = 'employment' THEN
    RETURN QUERY SELECT e.id FROM unnest(trees) AS t (tree)
      JOIN people_employment e ON e.path COLLATE "C" >= tree AND e.path COLLATE "C" < tree || '~' AND e.until IS NULL
      JOIN people_person p ON p.id = e.person_id
      WHERE tree <> '' AND strpos(p.name, words) > 0 LIMIT most;
  ELSIF kind = 'entity' THEN
    RETURN QUERY SELECT l.id FROM unnest(trees) AS t (tree)
      JOIN orgs_legalentity l ON l.path COLLATE "C" >= tree AND l.path COLLATE "C" < tree || '~'
      WHERE tree <> '' AND (strpos(l.name, words) > 0 OR l.uscc = upper(words)) LIMIT most;
  ELSE
    RAISE EXCEPTION 'unknown kind %', kind;
  END IF;
END $$;

REVOKE ALL ON FUNCTION persons_with(bytea[], text[]), candidates(text, text, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION persons_with(bytea[], text[]), candidates(text, text, integer) TO {app}, {worker};
"""


def synchronise_functions(app: str, worker: str) -> None:
    """Make the functions equal to what stands here. Idempotent; runs as owner after the roles exist."""
    with connection.cursor() as cursor:
        cursor.execute(FUNCTIONS.replace("{app}", app).replace("{worker}", worker))
