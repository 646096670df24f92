"""What the tree of unions tells: paths, who acts for a unit that has ended, what hangs on one, what moved."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION unit_path(unit bigint) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT path FROM orgs_unit WHERE id = unit $$;

-- Where a unit reports now in a channel: 'territorial' or 'industrial'.
CREATE OR REPLACE FUNCTION reporting_path(unit bigint, channel text) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT CASE channel WHEN 'industrial' THEN industrial_path ELSE path END FROM orgs_unit WHERE id = unit $$;

-- Who acts for a unit: itself, and for one that has ended the nearest above it that has not.
CREATE OR REPLACE FUNCTION standing_unit(unit bigint) RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT a.id FROM orgs_unit u
   CROSS JOIN LATERAL unnest(string_to_array(trim(both '/' from u.path), '/')) WITH ORDINALITY AS up (key, depth)
   JOIN orgs_unit a ON a.id = up.key::bigint AND a.closed_on IS NULL
   WHERE u.id = unit ORDER BY up.depth DESC LIMIT 1 $$;

CREATE OR REPLACE FUNCTION turn_of_a_standing_unit() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.unit_id := standing_unit(NEW.unit_id); RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER turn_of_a_standing_unit BEFORE INSERT ON lifecycle_turn
  FOR EACH ROW WHEN (NEW.unit_id IS NOT NULL) EXECUTE FUNCTION turn_of_a_standing_unit();

-- Within a tree where this user is an auditor. As coarse in time as the grant is: in_tree() knows those in force.
CREATE OR REPLACE FUNCTION audits(path text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce(in_tree(audits.path), false) AND EXISTS (
     SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'auditor'
     AND audits.path COLLATE "C" >= g.path AND audits.path COLLATE "C" < g.path || '~') $$;

-- Within a tree whose shape this user proposes or approves. As coarse in time as audits() is.
CREATE OR REPLACE FUNCTION reorganises(path text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce(in_tree(reorganises.path), false) AND EXISTS (
     SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role IN ('data_steward', 'approver')
     AND reorganises.path COLLATE "C" >= g.path AND reorganises.path COLLATE "C" < g.path || '~') $$;

-- What hangs on a unit: below it, and (turns, roles) at it; `alone` are the turns in a role that nobody holds at the
-- successor. Nothing for whoever does not reorganise there.
CREATE OR REPLACE FUNCTION weight_of(a_unit bigint, a_successor bigint, today date, OUT units bigint,
  OUT entities bigint, OUT people bigint, OUT cases bigint, OUT turns bigint, OUT grants bigint, OUT alone bigint)
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT
     (SELECT count(*) - 1 FROM orgs_unit o WHERE o.path >= u.path AND o.path < u.path || '~'),
     (SELECT count(*) FROM orgs_legalentity l WHERE l.path >= u.path AND l.path < u.path || '~'),
     (SELECT count(DISTINCT e.person_id) FROM people_employment e
      WHERE e.path >= u.path AND e.path < u.path || '~' AND e.until IS NULL),
     (SELECT count(*) FROM lifecycle_case c WHERE c.path >= u.path AND c.path < u.path || '~' AND c.phase <> 'closed'),
     (SELECT count(*) FROM lifecycle_turn t WHERE t.unit_id = u.id AND t.until IS NULL),
     (SELECT count(*) FROM access_grant g WHERE g.unit_id = u.id AND (g.until IS NULL OR g.until > today)),
     (SELECT count(*) FROM lifecycle_turn t WHERE t.unit_id = u.id AND t.until IS NULL AND t.role <> ''
      AND NOT EXISTS (SELECT 1 FROM access_grant g WHERE g.unit_id = a_successor AND g.role = t.role
                      AND g.since <= today AND (g.until IS NULL OR g.until > today)))
   FROM orgs_unit u WHERE u.id = a_unit AND reorganises(u.path) $$;

-- Units by a part of the name, present or former, or by the beginning of a code, within the present scope.
CREATE OR REPLACE FUNCTION units_named(words text, most integer) RETURNS SETOF bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT DISTINCT u.id
   FROM unnest(string_to_array(NULLIF(current_setting('gongjiang.trees', true), ''), ',')) AS t (tree)
   JOIN orgs_unit u ON u.path COLLATE "C" >= tree AND u.path COLLATE "C" < tree || '~'
   WHERE tree <> '' AND (strpos(u.name, words) > 0 OR strpos(lower(u.name_en), lower(words)) > 0
     OR starts_with(u.code, words) OR EXISTS (SELECT 1 FROM orgs_unitface f WHERE f.unit_id = u.id
       AND (strpos(f.name, words) > 0 OR starts_with(f.code, words))))
   LIMIT most $$;

-- Which edges took what to a unit or away from it after a day: the names of unions and firms are public.
CREATE OR REPLACE FUNCTION edges_moved(a_unit bigint, after date) RETURNS TABLE (
  "on" date, kind text, document text, channel text, came boolean,
  unit text, unit_en text, old text, old_en text, new text, new_en text)
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ WITH line AS (
     SELECT e.unit_id, e.channel, e.since, e.begun_by_id, e.parent_id AS new,
            coalesce(lag(e.parent_id) OVER (PARTITION BY e.unit_id, e.channel ORDER BY e.since),
                     CASE e.channel WHEN 'industrial' THEN u.parent_id END) AS old
     FROM orgs_edge e JOIN orgs_unit u ON u.id = e.unit_id
     WHERE e.unit_id IN (SELECT m.unit_id FROM orgs_edge m WHERE m.begun_by_id IS NOT NULL AND m.since > after)
   ), placed AS (
     SELECT l.*, strpos(CASE l.channel WHEN 'industrial' THEN n.industrial_path ELSE n.path END, k.key) > 0 AS there,
            strpos(CASE l.channel WHEN 'industrial' THEN o.industrial_path ELSE o.path END, k.key) > 0 AS here,
            n.name AS new_name, n.name_en AS new_english, o.name AS old_name, o.name_en AS old_english
     FROM line l JOIN orgs_unit n ON n.id = l.new JOIN orgs_unit o ON o.id = l.old,
          (SELECT '/' || a_unit || '/' AS key) k
     WHERE l.since > after
   )
   SELECT p.since, r.kind, r.document, p.channel, p.there, u.name, u.name_en, p.old_name, p.old_english,
          p.new_name, p.new_english
   FROM placed p JOIN orgs_unit u ON u.id = p.unit_id LEFT JOIN orgs_reorganisation r ON r.id = p.begun_by_id
   WHERE (p.here <> p.there OR p.unit_id = a_unit)
     AND EXISTS (SELECT 1 FROM orgs_unit s WHERE s.id = a_unit AND in_tree(s.path))
   ORDER BY p.since, p.unit_id LIMIT 50 $$;
"""
