"""The database functions that look or write across people: they run as the owner and answer as little as possible."""

from django.db import connection

from .merging.database import FIELDS, MERGING, relations_sql

FUNCTIONS = """
-- The role that the connection acts as, whoever owns the function that asks.
CREATE OR REPLACE FUNCTION acting_role() RETURNS text STABLE LANGUAGE sql AS
$$ SELECT CASE WHEN current_setting('role') IN ('', 'none') THEN session_user::text ELSE current_setting('role') END $$;

CREATE OR REPLACE FUNCTION persons_with(digests bytea[], names text[])
RETURNS TABLE (place bigint, person bigint) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT t.place, CASE WHEN s.name_key = name_key(t.name) AND s.state <> 'deceased' THEN s.id
                        WHEN p.name_key = name_key(t.name) AND s.state <> 'deceased' THEN s.id END
   FROM unnest(digests, names) WITH ORDINALITY AS t (digest, name, place)
   JOIN people_identifier i ON i.digest = t.digest AND i.kind = 'identity'
   JOIN people_person p ON p.id = i.person_id
   JOIN people_person s ON s.id = coalesce(p.merged_into_id, p.id) $$;

-- Opens employments and makes the persons who are new, with their identifiers and what the source said of the phone:
-- what the walls of these tables ask of each row is asked here once for each unit, of whoever calls. A person who works
-- within the scope from this statement on may be written, so nothing is admitted that the walls would not admit.
-- `whose` are the persons of the employments, `persons` those of them who are new, with NULL for a phone they have not.
-- Returns the keys of the employments, in order.
CREATE OR REPLACE FUNCTION enrol_rows(whose bigint[], entities bigint[], units bigint[], sinces date[], forms text[],
  posts text[], post_classes text[], wages boolean[], teams text[], places text[], persons bigint[], names text[],
  initials_ text[], sexes text[], births date[], ciphers bytea[], digests bytea[],
  phone_ciphers bytea[], phone_digests bytea[], hash_key integer, said_by text) RETURNS SETOF bigint SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF acting_role() = '{app}' AND EXISTS (SELECT 1 FROM (SELECT DISTINCT u FROM unnest(units) AS u) AS at
                                         WHERE in_tree(unit_path(at.u)) IS NOT TRUE) THEN
    RAISE EXCEPTION 'new row violates row-level security policy for table "people_employment"' USING ERRCODE = '42501';
  END IF;
  IF EXISTS (SELECT unnest(persons) EXCEPT SELECT unnest(whose)) THEN
    RAISE EXCEPTION 'a new person must be employed' USING ERRCODE = '42501';
  END IF;
  INSERT INTO people_person (id, name, initials, sex, born_on, state)
    SELECT *, 'identified' FROM unnest(persons, names, initials_, sexes, births);
  RETURN QUERY INSERT INTO people_employment (person_id, entity_id, unit_id, path, since, until, form, post,
      post_class, wage_is_main, team, place)
    SELECT t.person, t.entity, t.unit, '', t.since, NULL, t.form, t.post, t.post_class, t.wage, t.team, t.place
    FROM unnest(whose, entities, units, sinces, forms, posts, post_classes, wages, teams, places)
      AS t (person, entity, unit, since, form, post, post_class, wage, team, place) RETURNING id;
  INSERT INTO people_identifier (person_id, kind, cipher, digest, keys)
    SELECT t.person, 'identity', t.cipher, t.digest, hash_key FROM unnest(persons, ciphers, digests)
      AS t (person, cipher, digest)
    UNION ALL SELECT t.person, 'phone', t.cipher, t.digest, hash_key
      FROM unnest(persons, phone_ciphers, phone_digests) AS t (person, cipher, digest) WHERE t.digest IS NOT NULL;
  INSERT INTO people_fieldsource (person_id, field, source, digest, seen_at)
    SELECT t.person, 'phone', said_by, t.digest, now() FROM unnest(persons, phone_digests) AS t (person, digest)
    WHERE t.digest IS NOT NULL;
END $$;

-- Whichever is fewer is read first: those who work in the trees, or those called so. A tree of more than 20,000
-- is not read through, and of a name that more than 50,000 bear only the first 50,000 are looked at. Whose employments
-- lie in a small tree is known before they are joined: the planner takes every tree for a ninth of all.
CREATE OR REPLACE FUNCTION candidates(kind text, words text, most integer) RETURNS SETOF bigint STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  trees text[] := string_to_array(NULLIF(current_setting('gongjiang.trees', true), ''), ',');
  wanted text := name_key(words);
  latin boolean := words ~ '^[A-Za-z ]+$';
  few constant integer := 50000;
  a_few constant integer := 20000;
  small boolean;
BEGIN
  IF kind = 'employment' THEN
    SELECT count(*) < a_few INTO small FROM (
      SELECT 1 FROM unnest(trees) AS t (tree)
      JOIN people_employment e ON e.path COLLATE "C" >= tree AND e.path COLLATE "C" < tree || '~' AND e.until IS NULL
      WHERE tree <> '' LIMIT a_few) AS inside;
    IF small THEN
      RETURN QUERY WITH inside AS MATERIALIZED (
          SELECT e.id FROM unnest(trees) AS t (tree)
          JOIN people_employment e
            ON e.path COLLATE "C" >= tree AND e.path COLLATE "C" < tree || '~' AND e.until IS NULL
          WHERE tree <> '' LIMIT a_few
        )
        SELECT e.id FROM inside JOIN people_employment e ON e.id = inside.id JOIN people_person p ON p.id = e.person_id
        WHERE strpos(p.name_key, wanted) > 0 OR latin AND starts_with(p.initials, wanted) LIMIT most;
    ELSIF latin THEN
      RETURN QUERY SELECT e.id FROM (
          SELECT p.id FROM people_person p
          WHERE p.initials ~>=~ wanted AND p.initials ~<~ (wanted || '~') AND p.initials <> '' LIMIT few
        ) AS called
        JOIN people_employment e ON e.person_id = called.id AND e.until IS NULL
        WHERE EXISTS (SELECT 1 FROM unnest(trees) AS t (tree) WHERE tree <> ''
          AND e.path COLLATE "C" >= tree AND e.path COLLATE "C" < tree || '~') LIMIT most;
    ELSE
      RETURN QUERY SELECT e.id FROM (
          SELECT p.id FROM people_person p
          WHERE bigrams(p.name_key) @> bigrams(wanted) AND strpos(p.name_key, wanted) > 0 LIMIT few
        ) AS called
        JOIN people_employment e ON e.person_id = called.id AND e.until IS NULL
        WHERE EXISTS (SELECT 1 FROM unnest(trees) AS t (tree) WHERE tree <> ''
          AND e.path COLLATE "C" >= tree AND e.path COLLATE "C" < tree || '~') LIMIT most;
    END IF;
  ELSIF kind = 'entity' THEN
    RETURN QUERY SELECT l.id FROM unnest(trees) AS t (tree)
      JOIN orgs_legalentity l ON l.path COLLATE "C" >= tree AND l.path COLLATE "C" < tree || '~'
      WHERE tree <> '' AND (strpos(l.name, words) > 0 OR l.uscc = upper(words)) LIMIT most;
  ELSE
    RAISE EXCEPTION 'unknown kind %', kind;
  END IF;
END $$;

-- What a person says of an optional fact about themselves (empty: they say nothing any more): noted as their word, and
-- taken over where it `holds`. The walls let nobody write the own record, so this is all that one may: no other's, no
-- other fact, no other source.
CREATE OR REPLACE FUNCTION say_of_myself(a_field text, a_value text, a_digest bytea, holds boolean)
RETURNS void SECURITY DEFINER LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF me() IS NULL OR a_field <> ALL (ARRAY['ethnicity', 'hukou', 'education']) THEN
    RAISE EXCEPTION 'nobody may say this of themselves' USING ERRCODE = '42501';
  END IF;
  INSERT INTO people_fieldsource (person_id, field, source, digest, seen_at)
    VALUES (me(), a_field, 'self', a_digest, now())
    ON CONFLICT (person_id, field, source) DO UPDATE SET digest = excluded.digest, seen_at = excluded.seen_at;
  IF holds THEN
    EXECUTE format('UPDATE people_person SET %1$I = $1 WHERE id = me() AND %1$I <> $1', a_field) USING a_value;
  END IF;
END $$;

-- What the flags of persons are derived from on a day: one row for each open employment, one for who has none; of
-- everybody (NULL) for the worker and the owner only.
-- `rules` are the keys of the rules in force where they work, the nearest jurisdiction first for each flag.
CREATE OR REPLACE FUNCTION rules_of_units(day date) RETURNS TABLE (unit bigint, rules bigint[]) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ WITH standing AS (
     SELECT r.id, r.flag, coalesce(u.path, '') AS path FROM people_flagrule r LEFT JOIN orgs_unit u ON u.id = r.unit_id
     WHERE r.since <= day AND (r.until IS NULL OR r.until > day))
   SELECT n.unit, coalesce(array_agg(n.id ORDER BY n.id), '{}') FROM (
     SELECT DISTINCT ON (w.id, s.flag) w.id AS unit, s.id FROM orgs_unit w
     JOIN standing s ON starts_with(w.path, s.path)
     ORDER BY w.id, s.flag, length(s.path) DESC) AS n
   GROUP BY n.unit $$;

CREATE OR REPLACE FUNCTION person_facts(persons bigint[], day date)
RETURNS TABLE (person bigint, rules bigint[], industry text, ownership text, form text, post_class text,
  wage_is_main boolean, half_year boolean, sex text, ethnicity text, hukou text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ WITH everywhere AS (
     SELECT array_agg(id ORDER BY id) AS rules FROM people_flagrule
     WHERE unit_id IS NULL AND since <= day AND (until IS NULL OR until > day)), near AS MATERIALIZED (
     SELECT * FROM rules_of_units(day))
   SELECT p.id, coalesce(n.rules, CASE WHEN e.id IS NULL THEN v.rules END, '{}'), l.industry::text, l.ownership,
     e.form, e.post_class, e.wage_is_main, e.since <= day - interval '6 months', p.sex, p.ethnicity::text, p.hukou
   FROM people_person p CROSS JOIN everywhere v
   LEFT JOIN people_employment e ON e.person_id = p.id AND e.since <= day AND (e.until IS NULL OR e.until > day)
   LEFT JOIN orgs_legalentity l ON l.id = e.entity_id
   LEFT JOIN near n ON n.unit = e.unit_id
   WHERE p.merged_into_id IS NULL AND p.state <> 'deceased'
   AND (p.id = ANY (persons) OR persons IS NULL AND acting_role() <> '{app}') $$;

-- What a union publishes about persons (parameters.yaml beside this) is kept as the rows that are derived and matched
-- by: each ends where the next begins, and one that has not begun gives way.
CREATE OR REPLACE FUNCTION people_rules_follow() RETURNS trigger SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.name = 'likeness' THEN
    DELETE FROM people_matchrule WHERE unit_id = NEW.unit_id AND since >= NEW.since;
    UPDATE people_matchrule SET until = NEW.since
      WHERE unit_id = NEW.unit_id AND (until IS NULL OR until > NEW.since);
    INSERT INTO people_matchrule (unit_id, since, until, document, review_from, weigh_identity, weigh_name,
        weigh_birth, weigh_phone, weigh_employer, auto_merge, always_two)
      SELECT NEW.unit_id, NEW.since, NEW.until, NEW.document, v.* FROM jsonb_to_record(NEW.value) AS v
        (review_from smallint, weigh_identity smallint, weigh_name smallint, weigh_birth smallint,
         weigh_phone smallint, weigh_employer smallint, auto_merge boolean, always_two boolean)
      WHERE NOT NEW.repeals;
  ELSIF NEW.name = 'sources' THEN
    DELETE FROM people_sourcerank WHERE unit_id = NEW.unit_id AND field = '' AND since >= NEW.since;
    UPDATE people_sourcerank SET until = NEW.since
      WHERE unit_id = NEW.unit_id AND field = '' AND (until IS NULL OR until > NEW.since);
    INSERT INTO people_sourcerank (unit_id, field, source, rank, since, until, document)
      SELECT NEW.unit_id, '', v.key, v.value::smallint, NEW.since, NEW.until, NEW.document
      FROM jsonb_each_text(NEW.value) AS v WHERE NOT NEW.repeals AND v.value IS NOT NULL;
  ELSIF NEW.name = 'sources_by_field' THEN
    DELETE FROM people_sourcerank WHERE unit_id = NEW.unit_id AND field <> '' AND since >= NEW.since;
    UPDATE people_sourcerank SET until = NEW.since
      WHERE unit_id = NEW.unit_id AND field <> '' AND (until IS NULL OR until > NEW.since);
    INSERT INTO people_sourcerank (unit_id, field, source, rank, since, until, document)
      SELECT NEW.unit_id, line.said ->> 'field', v.key, v.value::smallint, NEW.since, NEW.until, NEW.document
      FROM jsonb_array_elements(CASE jsonb_typeof(NEW.value) WHEN 'array' THEN NEW.value ELSE '[]' END) AS line (said),
        jsonb_each_text(line.said - 'field') AS v WHERE NOT NEW.repeals AND v.value IS NOT NULL;
  ELSE
    DELETE FROM people_flagrule WHERE unit_id = NEW.unit_id AND flag = NEW.name AND since >= NEW.since;
    UPDATE people_flagrule SET until = NEW.since
      WHERE unit_id = NEW.unit_id AND flag = NEW.name AND (until IS NULL OR until > NEW.since);
    INSERT INTO people_flagrule (flag, rule, unit_id, industries, since, until, document)
      SELECT NEW.name, coalesce(NEW.value ->> 'rule', NEW.value #>> '{}'), NEW.unit_id,
        coalesce(regexp_split_to_array(nullif(trim(NEW.value ->> 'industries'), ''), '[\\s,，、;；]+'), '{}'),
        NEW.since, NEW.until, NEW.document WHERE NOT NEW.repeals;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER people_rules_follow AFTER INSERT ON parameters_provision FOR EACH ROW
  WHEN (NEW.programme = 'people' AND NEW.edition_id IS NULL AND NEW.since IS DISTINCT FROM NEW.until)
  EXECUTE FUNCTION people_rules_follow();

-- Before persons are taken away who should never have been written: what was derived of them goes first. Only of those
-- who work in the actor's trees and nowhere else; were one of them to stay, the worker derives it anew.
CREATE OR REPLACE FUNCTION forget_flags(persons bigint[]) RETURNS void VOLATILE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ DELETE FROM people_derivedflag d WHERE d.person_id = ANY (persons)
   AND EXISTS (SELECT 1 FROM people_employment e WHERE e.person_id = d.person_id AND in_tree(e.path))
   AND NOT EXISTS (SELECT 1 FROM people_employment e WHERE e.person_id = d.person_id AND NOT in_tree(e.path)) $$;
"""


def synchronise_functions(app: str, worker: str) -> None:
    """Make the functions equal to what stands here. Idempotent; runs as owner after the roles exist."""
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS person_relations()")
        merging = MERGING.replace("'{fields}'", f"'{{{','.join(FIELDS)}}}'")
        cursor.execute((FUNCTIONS + relations_sql() + merging).replace("{app}", app))
