CREATE OR REPLACE FUNCTION public.account_named(name text)
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT id FROM accounts_user WHERE username = name AND is_active $function$;

CREATE OR REPLACE FUNCTION public.audits(path text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT in_tree(audits.path) AND EXISTS (
     SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'auditor'
     AND audits.path COLLATE "C" >= g.path AND audits.path COLLATE "C" < g.path || '~') $function$;

CREATE OR REPLACE FUNCTION public.candidates(kind text, words text, most integer)
 RETURNS SETOF bigint
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.disclosed(keys bigint[])
 RETURNS TABLE(disclosure bigint, unit text, unit_en text, officer text, person text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT d.id, u.name, u.name_en, CASE WHEN known THEN a.display_name END, CASE WHEN known THEN p.name END
   FROM audit_disclosure d
   JOIN orgs_unit u ON u.id = d.unit_id
   JOIN accounts_user a ON a.id = d.user_id
   JOIN people_person p ON p.id = d.person_id
   CROSS JOIN LATERAL (SELECT coalesce(d.user_id = my_user() OR audits(d.path), false)) AS reader (known)
   WHERE d.id = ANY (keys) AND (known OR d.person_id = me()) $function$;

CREATE OR REPLACE FUNCTION public.event_written(a_case bigint, a_version integer, a_state text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT EXISTS (SELECT 1 FROM lifecycle_caseevent e
   WHERE e.case_id = a_case AND e.version = a_version AND e.target = a_state) $function$;

CREATE OR REPLACE FUNCTION public.held_units()
 RETURNS bigint[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT string_to_array(NULLIF(current_setting('gongjiang.held', true), ''), ',')::bigint[] $function$;

CREATE OR REPLACE FUNCTION public.in_further_tree(path text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT EXISTS (
     SELECT 1 FROM unnest(string_to_array(NULLIF(current_setting('gongjiang.trees', true), ''), ',')) AS t (p)
     WHERE t.p <> '' AND in_further_tree.path COLLATE "C" >= t.p AND in_further_tree.path COLLATE "C" < t.p || '~') $function$;

CREATE OR REPLACE FUNCTION public.in_tree(path text)
 RETURNS boolean
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT path COLLATE "C" >= NULLIF(current_setting('gongjiang.tree', true), '')
      AND path COLLATE "C" < current_setting('gongjiang.tree', true) || '~'
      OR current_setting('gongjiang.trees', true) <> current_setting('gongjiang.tree', true)
      AND in_further_tree(path) $function$;

CREATE OR REPLACE FUNCTION public.is_public_level(level text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ SELECT level <> 'enterprise' $function$;

CREATE OR REPLACE FUNCTION public.me()
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT NULLIF(current_setting('gongjiang.person', true), '')::bigint $function$;

CREATE OR REPLACE FUNCTION public.my_units()
 RETURNS bigint[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT string_to_array(NULLIF(current_setting('gongjiang.units', true), ''), ',')::bigint[] $function$;

CREATE OR REPLACE FUNCTION public.my_user()
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT NULLIF(current_setting('gongjiang.user', true), '')::bigint $function$;

CREATE OR REPLACE FUNCTION public.name_key(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ SELECT lower(regexp_replace(normalize(name, NFKC), '[[:space:]·•・.-]', '', 'g')) $function$;

CREATE OR REPLACE FUNCTION public.outbox_waiting()
 RETURNS bigint
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT count(*) FROM (
     SELECT 1 FROM outbox_change
     WHERE xid >= coalesce((SELECT min(p.xid::text::numeric) FROM outbox_position p), 0)::text::xid8
     LIMIT 100000) waiting $function$;

CREATE OR REPLACE FUNCTION public.persons_with(digests bytea[], names text[])
 RETURNS TABLE(place bigint, person bigint)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT t.place, CASE WHEN name_key(p.name) = name_key(t.name) AND p.state <> 'deceased' THEN p.id END
   FROM unnest(digests, names) WITH ORDINALITY AS t (digest, name, place)
   JOIN people_identifier i ON i.digest = t.digest AND i.kind = 'identity'
   JOIN people_person p ON p.id = i.person_id $function$;

CREATE OR REPLACE FUNCTION public.reaches(a_case bigint)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT a_case = ANY (string_to_array(NULLIF(current_setting('gongjiang.moving', true), ''), ',')::bigint[])
       OR EXISTS (SELECT 1 FROM lifecycle_turn t WHERE t.case_id = a_case AND t.until IS NULL
                  AND (t.person_id = me() OR t.unit_id = ANY (held_units())))
       OR EXISTS (SELECT 1 FROM lifecycle_participant p WHERE p.case_id = a_case AND p.person_id = me()) $function$;

CREATE OR REPLACE FUNCTION public.replaying()
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ SELECT CASE WHEN coalesce(current_setting('gongjiang.replay', true), '') = 'on'
   THEN pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'lifecycle_case'::regclass), 'MEMBER')
   ELSE false END $function$;

CREATE OR REPLACE FUNCTION public.unit_path(unit bigint)
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT path FROM orgs_unit WHERE id = unit $function$;

CREATE OR REPLACE FUNCTION public.who_is(a_user bigint, today date, OUT person bigint, OUT name text, OUT password text, OUT roles text[], OUT units bigint[], OUT paths text[], OUT workplaces text[])
 RETURNS record
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$ SELECT u.person_id, u.display_name, u.password, g.roles, g.units, g.paths,
     (SELECT array_agg(DISTINCT e.path) FROM people_employment e
      WHERE e.person_id = u.person_id AND e.until IS NULL)
   FROM accounts_user u LEFT JOIN LATERAL (
     SELECT array_agg(g.role ORDER BY g.id) AS roles, array_agg(g.unit_id ORDER BY g.id) AS units,
            array_agg(g.path ORDER BY g.id) AS paths
     FROM access_grant g WHERE g.user_id = u.id AND g.since <= today AND (g.until IS NULL OR g.until > today)
   ) g ON true
   WHERE u.id = a_user AND u.is_active $function$;

