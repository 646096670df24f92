"""Accounts and what they hold: signing in, lock-out, grants of today, giving and ending roles."""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION account_named(name text) RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT id FROM accounts_user WHERE username = name AND is_active $$;

CREATE OR REPLACE FUNCTION account_signed_on(an_issuer text, a_subject text) RETURNS bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT s.user_id FROM accounts_signon s JOIN accounts_user u ON u.id = s.user_id
   WHERE s.issuer = an_issuer AND s.subject = a_subject AND u.is_active $$;

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

-- One more attempt at something public; how many there were within so many seconds. Counts for every process alike.
CREATE OR REPLACE FUNCTION tried(a_key bytea, seconds integer) RETURNS integer SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ INSERT INTO accounts_throttle AS t (key, failures, since, locked_until) VALUES (a_key, 1, now(), NULL)
   ON CONFLICT (key) DO UPDATE SET
     failures = CASE WHEN t.since < now() - make_interval(secs => seconds) THEN 1
                ELSE least(t.failures + 1, 1000000) END,
     since = CASE WHEN t.since < now() - make_interval(secs => seconds) THEN now() ELSE t.since END
   RETURNING failures $$;

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

CREATE OR REPLACE FUNCTION appoints_all() RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'security_admin'
     AND g.since <= current_date AND (g.until IS NULL OR g.until > current_date)) $$;

CREATE OR REPLACE FUNCTION holds_in_my_tree(a_user bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = a_user AND (in_tree(g.path) OR appoints_all())) $$;

-- Whoever secures the installation appoints everywhere, an officer strictly below the own unit, the union officer of a
-- workplace the leaders of its teams; all only while they have just proved who they are, and never themselves.
CREATE OR REPLACE FUNCTION may_appoint(a_user bigint, a_role text, a_path text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT a_user <> my_user()
     AND EXISTS (SELECT 1 FROM accounts_elevation e WHERE e.user_id = my_user() AND e.until > now())
     AND (appoints_all()
          OR a_role NOT IN ('system_admin', 'security_admin', 'audit_admin', 'auditor')
             AND EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = my_user()
               AND (g.role = 'officer' OR g.role = 'unit_officer' AND a_role = 'team_leader')
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

-- An account that nobody can enter yet, with its first role: whoever may give the role makes it. Nothing where the name
-- is taken.
CREATE OR REPLACE FUNCTION invite(a_name text, a_display_name text, a_role text, a_unit bigint, a_since date,
  an_until date) RETURNS bigint SECURITY DEFINER LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE made bigint;
BEGIN
  IF may_appoint(0, a_role, unit_path(a_unit)) IS NOT TRUE THEN
    RAISE EXCEPTION 'may not appoint here' USING ERRCODE = '42501';
  END IF;
  INSERT INTO accounts_user (username, display_name, password, is_active, is_demo)
    VALUES (a_name, a_display_name, '!' || gen_random_uuid(), true, false)
    ON CONFLICT (username) DO NOTHING RETURNING id INTO made;
  IF made IS NULL THEN RETURN NULL; END IF;
  RETURN appoint(made, a_role, a_unit, a_since, an_until);
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
"""
