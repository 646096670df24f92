"""The second wall: row-level security, declared beside each model and raised after every migration.

A wall is deliberately coarser than the rule that filters a list; it catches the filter somebody forgot.
It reads transaction-local settings that `scope()` makes, and fails closed: a setting that is absent
or empty (what a setting becomes once its transaction has ended) admits nothing.
"""

from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import connection, models

#: Columns whose presence makes a table hold a person, a case or a unit.
HOLDERS = ("people.Person", "lifecycle.Case", "orgs.Unit", "accounts.User")

#: Applications of the framework whose tables only a migration fills.
FRAMEWORK = ("auth", "contenttypes")


@dataclass(frozen=True)
class Wall:
    """The SQL condition under which the application's role sees a row of the model's own table.

    using     may call in_tree(path), audits(path), my_units(), me(), my_user(), is_public_level(level), reaches(case)
    writing   the condition under which it may add, change or delete one, where that is not the same
    adding    the condition under which it may add one; such a table is append-only: the role changes and deletes none
    """

    using: str
    writing: str = ""
    adding: str = ""


def inherits(column: str, model: "type[models.Model] | str") -> Wall:
    """The row is seen when the row it belongs to is: a programme's table inherits its case's wall."""
    return Wall(f"inherits {column} {model if isinstance(model, str) else model._meta.label}")


def open_to_all(why: str) -> Wall:
    """Every signed-in or public reader may see the rows and the application writes none; `why` is for the reader."""
    return Wall("true", writing="false")


def closed() -> Wall:
    """The application's role never sees a row; only the owner and the worker do."""
    return Wall("false")


def mirrors_path(name: str) -> pgtrigger.Trigger:
    """A trigger that keeps `path` equal to the present path of the row's `unit`."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("unit_id", "path"),
        func="NEW.path := unit_path(NEW.unit_id); RETURN NEW;",
    )


FUNCTIONS = """
-- Whether a trigger is to be passed over. The library's own reads the setting inside an exception block, which costs
-- more than most triggers do; and it lets anybody pass over any trigger. Here only the owner may.
CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('pgtrigger.ignore', true), '') IN ('', '{}') THEN RETURN false; END IF;
  RETURN trigger_name = ANY (current_setting('pgtrigger.ignore')::text[])
    AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'lifecycle_case'::regclass), 'MEMBER');
END $$;

CREATE OR REPLACE FUNCTION me() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT NULLIF(current_setting('gongjiang.person', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION my_user() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT NULLIF(current_setting('gongjiang.user', true), '')::bigint $$;

CREATE OR REPLACE FUNCTION my_units() RETURNS bigint[] STABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT string_to_array(NULLIF(current_setting('gongjiang.units', true), ''), ',')::bigint[] $$;

CREATE OR REPLACE FUNCTION held_units() RETURNS bigint[] STABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT string_to_array(NULLIF(current_setting('gongjiang.held', true), ''), ',')::bigint[] $$;

-- Units of the cases that this person applied for or took part in: whoever leaves goes on reading what is theirs.
CREATE OR REPLACE FUNCTION units_of_own_cases() RETURNS bigint[] STABLE PARALLEL SAFE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT array_agg(DISTINCT u) FROM (
     SELECT unit_id FROM lifecycle_case WHERE applicant_id = me()
     UNION ALL SELECT c.unit_id FROM lifecycle_participant p JOIN lifecycle_case c ON c.id = p.case_id
     WHERE p.person_id = me()
     UNION ALL SELECT unit_id FROM lifecycle_participant WHERE person_id = me()
   ) AS own (u) WHERE u IS NOT NULL $$;

CREATE OR REPLACE FUNCTION in_further_tree(path text) RETURNS boolean STABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT EXISTS (
     SELECT 1 FROM unnest(string_to_array(NULLIF(current_setting('gongjiang.trees', true), ''), ',')) AS t (p)
     WHERE t.p <> '' AND in_further_tree.path COLLATE "C" >= t.p AND in_further_tree.path COLLATE "C" < t.p || '~') $$;

-- One comparison that the planner puts in line; only whoever holds several trees pays for the loop above.
CREATE OR REPLACE FUNCTION in_tree(path text) RETURNS boolean STABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT path COLLATE "C" >= NULLIF(current_setting('gongjiang.tree', true), '')
      AND path COLLATE "C" < current_setting('gongjiang.tree', true) || '~'
      OR current_setting('gongjiang.trees', true) <> current_setting('gongjiang.tree', true)
      AND in_further_tree(path) $$;

-- Within a tree where this user is an auditor. As coarse in time as the grant is: in_tree() knows those in force.
CREATE OR REPLACE FUNCTION audits(path text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce(in_tree(audits.path), false) AND EXISTS (
     SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'auditor'
     AND audits.path COLLATE "C" >= g.path AND audits.path COLLATE "C" < g.path || '~') $$;

CREATE OR REPLACE FUNCTION is_public_level(level text) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT level <> 'enterprise' $$;

CREATE OR REPLACE FUNCTION unit_path(unit bigint) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT path FROM orgs_unit WHERE id = unit $$;

-- Where a unit reports now in a channel: 'territorial' or 'industrial'.
CREATE OR REPLACE FUNCTION reporting_path(unit bigint, channel text) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT CASE channel WHEN 'industrial' THEN industrial_path ELSE path END FROM orgs_unit WHERE id = unit $$;

-- What an account holds on a day: its own grants, and those of whom it stands in for on that day.
CREATE OR REPLACE FUNCTION grants_today(a_user bigint, today date)
RETURNS TABLE (id bigint, role text, unit_id bigint, path text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT g.id, g.role, g.unit_id, g.path FROM access_grant g
   WHERE g.user_id = a_user AND g.since <= today AND (g.until IS NULL OR g.until > today)
   UNION
   SELECT g.id, g.role, g.unit_id, g.path FROM review_delegation d JOIN access_grant g
     ON g.user_id = d.holder_id AND g.role = d.role AND g.unit_id = d.unit_id
   WHERE d.deputy_id = a_user AND d.since <= today AND d.until > today
     AND g.since <= today AND (g.until IS NULL OR g.until > today) $$;
CREATE OR REPLACE FUNCTION account_signed_on(an_issuer text, a_subject text) RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT s.user_id FROM accounts_signon s JOIN accounts_user u ON u.id = s.user_id
   WHERE s.issuer = an_issuer AND s.subject = a_subject AND u.is_active $$;

-- Whether this user holds one of the roles at the unit itself. As coarse in time as held_units().
CREATE OR REPLACE FUNCTION acts_for(unit bigint, roles text[]) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT unit = ANY (held_units()) AND EXISTS (
     SELECT 1 FROM grants_today(my_user(), current_date) g WHERE g.unit_id = unit AND g.role = ANY (roles)) $$;

-- Whether this user is an officer of a union in whose division the region lies.
CREATE OR REPLACE FUNCTION officer_in(region text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM access_grant g JOIN orgs_unit u ON u.id = g.unit_id
     WHERE g.user_id = my_user() AND g.role IN ('officer', 'approver') AND u.id = ANY (held_units())
     AND starts_with(officer_in.region, CASE WHEN length(u.region) = 6
       THEN regexp_replace(u.region, '(0000|00)$', '') ELSE u.region END)) $$;

CREATE OR REPLACE FUNCTION channel_of(an_edition bigint) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce((SELECT channel FROM lifecycle_edition WHERE id = an_edition), 'territorial') $$;

CREATE OR REPLACE FUNCTION runs_edition(an_edition bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM lifecycle_edition e
     WHERE e.id = an_edition AND acts_for(e.unit_id, ARRAY['officer', 'approver'])) $$;

CREATE OR REPLACE FUNCTION edition_in_draft(an_edition bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM lifecycle_edition e
     WHERE e.id = an_edition AND e.state = 'draft' AND acts_for(e.unit_id, ARRAY['officer', 'approver'])) $$;

CREATE OR REPLACE FUNCTION sets_deadlines(a_unit bigint, an_edition bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT CASE WHEN a_unit IS NULL THEN runs_edition(an_edition)
     ELSE acts_for(a_unit, ARRAY['officer', 'approver']) END $$;

CREATE OR REPLACE FUNCTION quota_overdrawn(a_quota bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce((SELECT sum(c."limit") FROM lifecycle_quota c WHERE c.allotted_from_id = a_quota), 0)
     > (SELECT q."limit" FROM lifecycle_quota q WHERE q.id = a_quota) $$;

CREATE OR REPLACE FUNCTION extended_too_far(a_clock bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce((SELECT sum(e.days) FROM lifecycle_extension e WHERE e.clock_id = a_clock), 0)
     > coalesce((SELECT r.extension_limit FROM lifecycle_clock k JOIN lifecycle_deadlinerule r ON r.id = k.rule_id
                 WHERE k.id = a_clock), 0) $$;

CREATE OR REPLACE FUNCTION helps_with_task(a_task bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM tasks_helper h WHERE h.task_id = a_task AND h.unit_id = ANY (held_units())) $$;

-- Whether following links of one relation from `target` one comes to `source`.
CREATE OR REPLACE FUNCTION link_leads_back(source bigint, target bigint, relation text) RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ WITH RECURSIVE beyond (id) AS (SELECT link_leads_back.target UNION
     SELECT l.target_id FROM lifecycle_caselink l JOIN beyond b ON l.source_id = b.id
     WHERE l.relation = link_leads_back.relation)
   SELECT EXISTS (SELECT 1 FROM beyond WHERE id = link_leads_back.source) $$;

CREATE OR REPLACE FUNCTION merged(a_case bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = a_case AND c.outcome = 'merged') $$;

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

CREATE OR REPLACE FUNCTION replaying() RETURNS boolean STABLE LANGUAGE sql AS
$$ SELECT CASE WHEN coalesce(current_setting('gongjiang.replay', true), '') = 'on'
   THEN pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'lifecycle_case'::regclass), 'MEMBER')
   ELSE false END $$;

-- Whether participants may still be written: a draft or a return, a case just opened, or within a move of the door.
CREATE OR REPLACE FUNCTION participants_open(a_case bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce(a_case = ANY (string_to_array(
       NULLIF(current_setting('gongjiang.moving', true), ''), ',')::bigint[]), false)
       OR EXISTS (SELECT 1 FROM lifecycle_case c WHERE c.id = a_case
                  AND (c.phase = 'draft' OR c.state = 'returned' OR c.version = 1)) $$;

CREATE OR REPLACE FUNCTION event_written(a_case bigint, a_version integer, a_state text) RETURNS boolean
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM lifecycle_caseevent e
   WHERE e.case_id = a_case AND e.version = a_version AND e.target = a_state) $$;

CREATE OR REPLACE FUNCTION account_named(name text) RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT id FROM accounts_user WHERE username = name AND is_active $$;

CREATE OR REPLACE FUNCTION sign_in_locked(keys bytea[]) RETURNS timestamptz STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT max(locked_until) FROM accounts_throttle WHERE key = ANY (keys) AND locked_until > now() $$;

-- Failures further apart than the lock lasts are no series: counting begins anew. No lock lasts longer than a day.
CREATE OR REPLACE FUNCTION sign_in_failed(a_key bytea, most integer, seconds integer) RETURNS void SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ INSERT INTO accounts_throttle AS t (key, failures, since, locked_until) VALUES (a_key, 1, now(), NULL)
   ON CONFLICT (key) DO UPDATE SET
     failures = CASE WHEN t.since < now() - make_interval(secs => seconds) THEN 1 ELSE t.failures + 1 END,
     since = CASE WHEN t.since < now() - make_interval(secs => seconds) THEN now() ELSE t.since END,
     locked_until = CASE WHEN t.since >= now() - make_interval(secs => seconds) AND t.failures + 1 >= most
                    THEN now() + make_interval(secs => least(seconds, 86400)) ELSE t.locked_until END $$;

CREATE OR REPLACE FUNCTION sign_in_succeeded(keys bytea[]) RETURNS void SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ DELETE FROM accounts_throttle WHERE key = ANY (keys) $$;

CREATE OR REPLACE FUNCTION appoints_all() RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'security_admin'
     AND g.since <= current_date AND (g.until IS NULL OR g.until > current_date)) $$;

CREATE OR REPLACE FUNCTION holds_in_my_tree(a_user bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = a_user AND (in_tree(g.path) OR appoints_all())) $$;

-- Whoever secures the installation appoints everywhere, an officer strictly below the own unit; both only while
-- they have just proved who they are, and never themselves.
CREATE OR REPLACE FUNCTION may_appoint(a_user bigint, a_role text, a_path text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT a_user <> my_user()
     AND EXISTS (SELECT 1 FROM accounts_elevation e WHERE e.user_id = my_user() AND e.until > now())
     AND (appoints_all()
          OR a_role NOT IN ('system_admin', 'security_admin', 'audit_admin', 'auditor')
             AND EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'officer'
               AND g.since <= current_date AND (g.until IS NULL OR g.until > current_date)
               AND a_path COLLATE "C" > g.path AND a_path COLLATE "C" < g.path || '~')) $$;

CREATE OR REPLACE FUNCTION appoint(a_user bigint, a_role text, a_unit bigint, a_since date, an_until date)
RETURNS bigint SECURITY DEFINER LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE made bigint;
BEGIN
  IF may_appoint(a_user, a_role, unit_path(a_unit)) IS NOT TRUE THEN
    RAISE EXCEPTION 'may not appoint here' USING ERRCODE = '42501';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('access.appoint'), a_user::integer);
  IF EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = a_user AND g.role = a_role AND g.unit_id = a_unit
             AND (g.until IS NULL OR g.until > a_since) AND (an_until IS NULL OR g.since < an_until)) THEN
    RETURN NULL;
  END IF;
  INSERT INTO access_grant (user_id, role, unit_id, path, since, until)
    VALUES (a_user, a_role, a_unit, '', a_since, an_until) RETURNING id INTO made;
  RETURN made;
END $$;

CREATE OR REPLACE FUNCTION end_grant(a_grant bigint) RETURNS bigint SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE held access_grant;
BEGIN
  SELECT * INTO held FROM access_grant WHERE id = a_grant FOR UPDATE;
  IF held.id IS NULL OR may_appoint(held.user_id, held.role, held.path) IS NOT TRUE THEN
    RAISE EXCEPTION 'may not end this grant' USING ERRCODE = '42501';
  END IF;
  IF held.since >= current_date THEN
    DELETE FROM access_grant WHERE id = a_grant;
  ELSE
    UPDATE access_grant SET until = current_date WHERE id = a_grant AND (until IS NULL OR until > current_date);
  END IF;
  RETURN a_grant;
END $$;

CREATE OR REPLACE FUNCTION who_is(a_user bigint, today date, OUT person bigint, OUT name text, OUT password text,
  OUT roles text[], OUT units bigint[], OUT paths text[], OUT workplaces text[]) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce(m.merged_into_id, m.id), u.display_name, u.password, g.roles, g.units, g.paths,
     (SELECT array_agg(DISTINCT e.path) FROM people_employment e
      WHERE e.person_id = coalesce(m.merged_into_id, m.id) AND e.until IS NULL)
   FROM accounts_user u LEFT JOIN people_person m ON m.id = u.person_id LEFT JOIN LATERAL (
     SELECT array_agg(h.role ORDER BY h.rank, h.id) AS roles, array_agg(h.unit_id ORDER BY h.rank, h.id) AS units,
            array_agg(h.path ORDER BY h.rank, h.id) AS paths
     FROM (
       SELECT 0 AS rank, a.id, a.role, a.unit_id, a.path FROM grants_today(u.id, today) a
       UNION ALL  -- and what is reported to the unit along the industrial line
       SELECT 1, a.id, a.role, a.unit_id, o.industrial_path
       FROM grants_today(u.id, today) a JOIN orgs_unit o ON o.id = a.unit_id WHERE o.industrial_path <> o.path
     ) h
   ) g ON true
   WHERE u.id = a_user AND u.is_active $$;

-- How many messages outside wait or have failed, for the health page.
CREATE OR REPLACE FUNCTION deliveries_undone() RETURNS TABLE (state text, n bigint) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT d.state, count(*) FROM notices_delivery d WHERE d.state <> 'sent' GROUP BY 1 $$;

-- What the worker should have done by now, for the health page: how many of each kind, and since when the oldest.
CREATE OR REPLACE FUNCTION work_behind(at timestamptz) RETURNS TABLE (kind text, n bigint, since timestamptz)
STABLE SECURITY DEFINER LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT 'deadlines', count(*), min(k.due_at) FROM lifecycle_clock k
   WHERE k.due_at < at AND k.stopped_at IS NULL AND k.breached_at IS NULL
     AND NOT EXISTS (SELECT 1 FROM lifecycle_pause p WHERE p.clock_id = k.id AND p.until IS NULL)
   UNION ALL SELECT 'endings', count(*), min(closes_at) FROM publicity_publicity
   WHERE closes_at < at AND ended_at IS NULL AND cancelled_at IS NULL
   UNION ALL SELECT 'imports', count(*), min(touched_at) FROM exchange_importbatch
   WHERE state IN ('mapped', 'confirmed', 'undoing') AND touched_at < at
   UNION ALL SELECT 'exports', count(*), min(touched_at) FROM exchange_exportjob
   WHERE state IN ('queued', 'running') AND touched_at < at
   UNION ALL SELECT 'changes', count(*), min(ready) FROM (
     SELECT greatest(decided_at, "on"::timestamp AT TIME ZONE 'Asia/Shanghai') AS ready FROM orgs_reorganisation
     WHERE state = 'approved') r WHERE ready < at $$;

CREATE OR REPLACE FUNCTION judges_item(an_item bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_item i
     JOIN review_seat s ON s.panel_id = i.panel_id AND s.user_id = my_user() AND s.until IS NULL
     WHERE i.id = an_item AND NOT EXISTS (
       SELECT 1 FROM review_recusal r WHERE r.item_id = i.id AND r.seat_id = s.id)) $$;

-- A seat on a blind panel leads to the masked pack and never to the case.
CREATE OR REPLACE FUNCTION seated_for(a_case bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_decoding d JOIN review_panel p ON p.id = d.panel_id AND p.blind = false
     WHERE d.case_id = a_case AND p.state <> 'preparing' AND judges_item(d.item_id)) $$;

CREATE OR REPLACE FUNCTION reaches(a_case bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT a_case = ANY (string_to_array(NULLIF(current_setting('gongjiang.moving', true), ''), ',')::bigint[])
       OR EXISTS (SELECT 1 FROM lifecycle_turn t WHERE t.case_id = a_case AND t.until IS NULL
                  AND (t.person_id = me() OR t.unit_id = ANY (held_units())))
       OR EXISTS (SELECT 1 FROM lifecycle_participant p WHERE p.case_id = a_case AND p.person_id = me())
       OR my_user() IS NOT NULL AND seated_for(a_case) $$;
"""


def models_with_walls() -> list[type[models.Model]]:
    """Every concrete model that declares a wall."""
    return [m for m in apps.get_models() if isinstance(getattr(m, "wall", None), Wall)]


def tables_only_read() -> list[str]:
    """Tables that the application's role reads and never writes: rules, grants, codes, and what is counted.

    Their models say `app_reads_only = True`.
    """
    declared = [m._meta.db_table for m in apps.get_models() if getattr(m, "app_reads_only", False)]
    framework = [m._meta.db_table for name in FRAMEWORK for m in apps.get_app_config(name).get_models(True)]
    return sorted([*declared, *framework, "django_migrations"])


def models_needing_walls() -> list[type[models.Model]]:
    """Every concrete model that holds a person, a case or a unit."""
    found = []
    for model in apps.get_models():
        held = {model._meta.label} | {
            f.related_model._meta.label
            for f in model._meta.get_fields(include_parents=False)
            if isinstance(f, models.ForeignKey) and not isinstance(f.related_model, str)
        }
        if held & set(HOLDERS):
            found.append(model)
    return found


def _condition(model: type[models.Model]) -> str:
    using: str = model.wall.using  # type: ignore[attr-defined]
    if not using.startswith("inherits "):
        return using
    _, column, label = using.split()
    above = apps.get_model(label)._meta
    table, mine = above.db_table, model._meta.db_table
    return f'EXISTS (SELECT 1 FROM "{table}" above WHERE above.id = "{mine}"."{column}")'


def _policies(wall: Wall, table: str, condition: str, app: str, worker: str) -> str:
    """The policies of one table for the application's role."""
    if wall.adding:
        return f"""
            CREATE POLICY wall ON "{table}" FOR SELECT TO {app} USING ({condition});
            CREATE POLICY adding ON "{table}" FOR INSERT TO {app} WITH CHECK ({wall.adding});
            REVOKE UPDATE, DELETE ON "{table}" FROM {app};
            REVOKE DELETE ON "{table}" FROM {worker};
        """
    if wall.writing:
        return f"""
            CREATE POLICY wall ON "{table}" FOR SELECT TO {app} USING ({condition});
            CREATE POLICY adding ON "{table}" FOR INSERT TO {app} WITH CHECK ({wall.writing});
            CREATE POLICY changing ON "{table}" FOR UPDATE TO {app}
              USING ({wall.writing}) WITH CHECK ({wall.writing});
            CREATE POLICY deleting ON "{table}" FOR DELETE TO {app} USING ({wall.writing});
        """
    return f'CREATE POLICY wall ON "{table}" TO {app} USING ({condition}) WITH CHECK ({condition});'


def raise_all() -> None:
    """Make the roles, functions, grants and policies equal to what the code declares. Idempotent; runs as owner."""
    from gongjiang.kernel.review.functions import FUNCTIONS as REVIEW_FUNCTIONS

    app, worker, count = (settings.ROLES[r] for r in ("app", "worker", "count"))
    with connection.cursor() as cursor:
        make_roles(cursor)
        cursor.execute(FUNCTIONS)
        cursor.execute(REVIEW_FUNCTIONS)
        cursor.execute(f"""
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO {app}, {worker}, {count};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}, {worker};
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}, {worker};
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO {count};
            REVOKE ALL ON accounts_user, django_session FROM {count};
            REVOKE ALL ON people_identifier, audit_disclosure FROM {count};
            REVOKE INSERT, UPDATE, DELETE ON {", ".join(tables_only_read())} FROM {app};
            REVOKE INSERT, UPDATE, DELETE ON accounts_user FROM {app};
            GRANT UPDATE (password, last_login) ON accounts_user TO {app};
            REVOKE INSERT, UPDATE, DELETE ON django_migrations, lifecycle_flowedge FROM {worker};
            REVOKE DELETE ON lifecycle_numberseries FROM {app}, {worker};
        """)
        for model in models_with_walls():
            table = model._meta.db_table
            condition = _condition(model)
            policies = _policies(model.wall, table, condition, app, worker)  # type: ignore[attr-defined]
            cursor.execute(f"""
                ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
                DROP POLICY IF EXISTS wall ON "{table}";
                DROP POLICY IF EXISTS adding ON "{table}";
                DROP POLICY IF EXISTS changing ON "{table}";
                DROP POLICY IF EXISTS deleting ON "{table}";
                {policies}
                DROP POLICY IF EXISTS worker ON "{table}";
                CREATE POLICY worker ON "{table}" TO {worker} USING (true) WITH CHECK (true);
                DROP POLICY IF EXISTS counting ON "{table}";
                CREATE POLICY counting ON "{table}" FOR SELECT TO {count} USING (true);
            """)


def close_functions() -> None:
    """Let only the application and the worker ask the functions that answer in the owner's name; runs last.

    The counting role asks none: what it may not read, they would tell it.
    """
    app, worker = settings.ROLES["app"], settings.ROLES["worker"]
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE n.nspname = 'public' AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
        """)
        for (function,) in cursor.fetchall():
            cursor.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {app}, {worker}")


def make_roles(cursor: Any) -> None:
    """Create the roles that are missing and let the owner and the worker step down into them."""
    app, worker, count = (settings.ROLES[r] for r in ("app", "worker", "count"))
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[app, worker, count]])
    present = {name for (name,) in cursor.fetchall()}
    for role, kind in ((app, "LOGIN"), (worker, "LOGIN"), (count, "NOLOGIN")):
        if role not in present:
            cursor.execute(f"CREATE ROLE {role} {kind} NOINHERIT NOBYPASSRLS")
            cursor.execute(f"GRANT {role} TO CURRENT_USER")
    if worker not in present:
        cursor.execute(f"GRANT {app}, {count} TO {worker}")


def set_passwords(app: str, worker: str) -> None:
    """Give the two login roles the passwords of this installation."""
    from psycopg import sql

    with connection.cursor() as cursor:
        for role, password in ((settings.ROLES["app"], app), (settings.ROLES["worker"], worker)):
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}")
                .format(sql.Identifier(role), sql.Literal(password))
                .as_string(cursor.connection)
            )
