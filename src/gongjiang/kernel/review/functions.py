"""What the walls of review ask, and what a panel's leaders may learn before the lock, as SQL functions of the owner.

They are made with the other functions of the walls (`access.walls.raise_all`), before the policies that call them.
"""

FUNCTIONS = """
CREATE OR REPLACE FUNCTION edition_in_tree(an_edition bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM lifecycle_edition e WHERE e.id = an_edition AND in_tree(unit_path(e.unit_id))) $$;

CREATE OR REPLACE FUNCTION runs_draw(a_draw bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_draw d WHERE d.id = a_draw AND edition_in_tree(d.edition_id)) $$;

CREATE OR REPLACE FUNCTION runs_panel(a_panel bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_panel p WHERE p.id = a_panel AND in_tree(p.path)) $$;

CREATE OR REPLACE FUNCTION seated_on(a_panel bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_seat s WHERE s.panel_id = a_panel AND s.user_id = my_user()
     AND s.until IS NULL) $$;

CREATE OR REPLACE FUNCTION chairs(a_panel bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_seat s WHERE s.panel_id = a_panel AND s.user_id = my_user()
     AND s.role = 'panel_chair' AND s.until IS NULL) $$;

CREATE OR REPLACE FUNCTION leads_panel(a_panel bigint, a_path text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT in_tree(a_path) OR chairs(a_panel) $$;

CREATE OR REPLACE FUNCTION my_seat(a_seat bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_seat s WHERE s.id = a_seat AND s.user_id = my_user()
     AND s.until IS NULL) $$;

CREATE OR REPLACE FUNCTION runs_item(an_item bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_item i WHERE i.id = an_item AND runs_panel(i.panel_id)) $$;

CREATE OR REPLACE FUNCTION leads_item(an_item bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_item i WHERE i.id = an_item
     AND (runs_panel(i.panel_id) OR chairs(i.panel_id))) $$;

CREATE OR REPLACE FUNCTION sees_through(a_panel bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT seated_on(a_panel) AND EXISTS (SELECT 1 FROM review_panel p WHERE p.id = a_panel AND p.blind = false) $$;

CREATE OR REPLACE FUNCTION shown_scores(an_item bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_item i JOIN review_panel p ON p.id = i.panel_id
     WHERE i.id = an_item AND p.state = 'locked' AND (seated_on(p.id) OR in_tree(p.path))) $$;

-- Read by triggers of what hangs on a panel: nothing is written while the panel is being locked.
CREATE OR REPLACE FUNCTION hold_panel(a_panel bigint) RETURNS text VOLATILE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT state FROM review_panel WHERE id = a_panel FOR SHARE $$;

CREATE OR REPLACE FUNCTION panel_scores(a_panel bigint)
RETURNS TABLE (seat bigint, item bigint, criterion bigint, points numeric) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT c.seat_id, c.item_id, c.criterion_id, c.points FROM review_score c JOIN review_item i ON i.id = c.item_id
   WHERE i.panel_id = a_panel AND (runs_panel(a_panel) OR chairs(a_panel)) $$;

CREATE OR REPLACE FUNCTION panel_progress(a_panel bigint)
RETURNS TABLE (seat bigint, item bigint, given bigint) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT c.seat_id, c.item_id, count(*) FROM review_score c JOIN review_item i ON i.id = c.item_id
   WHERE i.panel_id = a_panel AND (runs_panel(a_panel) OR chairs(a_panel)) GROUP BY 1, 2 $$;

-- What the items of a panel reached in the stage before, for whoever locks it: totals by item, and no case.
CREATE OR REPLACE FUNCTION earlier_totals(a_panel bigint)
RETURNS TABLE (item bigint, total numeric) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT d.item_id, t.total FROM review_panel p JOIN review_decoding d ON d.panel_id = p.id
     JOIN review_decoding e ON e.panel_id = p.earlier_id AND e.case_id = d.case_id
     JOIN review_standing t ON t.item_id = e.item_id
   WHERE p.id = a_panel AND (runs_panel(a_panel) OR chairs(a_panel)) $$;

-- Items whose case has been closed since they were entered: they take part no longer.
CREATE OR REPLACE FUNCTION items_gone(a_panel bigint) RETURNS SETOF bigint STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT d.item_id FROM review_decoding d JOIN lifecycle_case k ON k.id = d.case_id
   WHERE d.panel_id = a_panel AND k.phase = 'closed' AND (runs_panel(a_panel) OR seated_on(a_panel)) $$;

-- Who may not judge what: takes part in it, works where it comes from, or holds office in a unit that recommended it.
CREATE OR REPLACE FUNCTION panel_conflicts(a_panel bigint)
RETURNS TABLE (seat bigint, item bigint, kind text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT s.id, d.item_id, CASE
     WHEN k.applicant_id = u.person_id OR EXISTS (SELECT 1 FROM lifecycle_participant t
       WHERE t.case_id = k.id AND t.person_id = u.person_id) THEN 'own'
     WHEN EXISTS (SELECT 1 FROM people_employment e WHERE e.person_id = u.person_id AND e.until IS NULL
       AND (e.unit_id = k.unit_id OR EXISTS (SELECT 1 FROM lifecycle_participant t
         WHERE t.case_id = k.id AND t.unit_id = e.unit_id))) THEN 'workplace'
     ELSE 'unit' END
   FROM review_panel p JOIN review_seat s ON s.panel_id = p.id AND s.until IS NULL
   JOIN accounts_user u ON u.id = s.user_id
   JOIN review_decoding d ON d.panel_id = p.id JOIN lifecycle_case k ON k.id = d.case_id
   WHERE p.id = a_panel AND (runs_panel(a_panel) OR seated_on(a_panel))
     AND s.role <> 'scrutineer' AND (
     k.applicant_id = u.person_id
     OR EXISTS (SELECT 1 FROM lifecycle_participant t WHERE t.case_id = k.id AND t.person_id = u.person_id)
     OR EXISTS (SELECT 1 FROM people_employment e WHERE e.person_id = u.person_id AND e.until IS NULL
       AND (e.unit_id = k.unit_id OR EXISTS (SELECT 1 FROM lifecycle_participant t
         WHERE t.case_id = k.id AND t.unit_id = e.unit_id)))
     OR EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = s.user_id AND g.since <= current_date
       AND (g.until IS NULL OR g.until > current_date) AND g.path COLLATE "C" > p.path
       AND k.path COLLATE "C" >= g.path AND k.path COLLATE "C" < g.path || '~')) $$;

-- Judges of a blind panel whose office lets them see names all the same.
CREATE OR REPLACE FUNCTION unblinded_judges(a_panel bigint) RETURNS SETOF text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT DISTINCT s.name FROM review_panel p JOIN review_seat s ON s.panel_id = p.id AND s.until IS NULL
     JOIN access_grant g ON g.user_id = s.user_id AND g.since <= current_date
       AND (g.until IS NULL OR g.until > current_date)
   WHERE p.id = a_panel AND p.blind AND s.role <> 'scrutineer' AND runs_panel(a_panel)
     AND p.path COLLATE "C" >= g.path AND p.path COLLATE "C" < g.path || '~' ORDER BY 1 $$;

-- A case leaves the candidates of every unit, and the places it took are free: only while it is being moved.
CREATE OR REPLACE FUNCTION free_places(a_case bigint) RETURNS void VOLATILE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT a_case = ANY (string_to_array(NULLIF(current_setting('gongjiang.moving', true), ''), ',')::bigint[])
  THEN RAISE EXCEPTION 'case % is not being moved', a_case USING ERRCODE = '42501'; END IF;
  UPDATE lifecycle_quota q SET taken = q.taken - 1 FROM review_candidate c
    WHERE c.case_id = a_case AND c.sent_at IS NOT NULL AND q.edition_id = c.edition_id AND q.unit_id = c.unit_id
    AND q.stream = c.stream AND q.taken > 0;
  UPDATE review_candidate SET sent_at = NULL WHERE case_id = a_case AND sent_at IS NOT NULL;
END $$;

-- An account by its sign-in name, for whoever holds an office and puts somebody on a list.
CREATE OR REPLACE FUNCTION colleague(a_login text) RETURNS TABLE (id bigint, name text) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT u.id, u.display_name FROM accounts_user u
   WHERE u.username = a_login AND u.is_active AND held_units() IS NOT NULL $$;

-- Whether an account holds an office of this unit today or works there.
CREATE OR REPLACE FUNCTION belongs_to(a_user bigint, a_unit bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = a_user AND g.unit_id = a_unit
       AND g.since <= current_date AND (g.until IS NULL OR g.until > current_date))
     OR EXISTS (SELECT 1 FROM people_employment e JOIN accounts_user u ON u.person_id = e.person_id
       WHERE u.id = a_user AND e.unit_id = a_unit AND e.until IS NULL) $$;
"""
