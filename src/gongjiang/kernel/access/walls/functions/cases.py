"""Editions, cases, tasks and the seats before which a case lies."""

FUNCTIONS = """
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

-- Units of the cases that this person applied for or took part in: whoever leaves goes on reading what is theirs.
CREATE OR REPLACE FUNCTION units_of_own_cases() RETURNS bigint[] STABLE PARALLEL SAFE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT array_agg(DISTINCT u) FROM (
     SELECT unit_id FROM lifecycle_case WHERE applicant_id = me()
     UNION ALL SELECT c.unit_id FROM lifecycle_participant p JOIN lifecycle_case c ON c.id = p.case_id
     WHERE p.person_id = me()
     UNION ALL SELECT unit_id FROM lifecycle_participant WHERE person_id = me()
   ) AS own (u) WHERE u IS NOT NULL $$;

-- Workplaces that have asked something of the actor, or of a unit that the actor acts for: who is asked knows by whom.
CREATE OR REPLACE FUNCTION units_that_ask() RETURNS bigint[] STABLE PARALLEL SAFE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT array_agg(DISTINCT t.asked_by_id) FROM (
     SELECT asked_by_id FROM tasks_task WHERE owner_id = ANY (held_units())
     UNION ALL SELECT asked_by_id FROM tasks_task WHERE person_id = me()
     UNION ALL SELECT h.asked_by_id FROM tasks_helper p JOIN tasks_task h ON h.id = p.task_id
     WHERE p.unit_id = ANY (held_units())
   ) AS t JOIN orgs_unit u ON u.id = t.asked_by_id AND u.level = 'enterprise' $$;

CREATE OR REPLACE FUNCTION judges_item(an_item bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT EXISTS (SELECT 1 FROM review_item i
     JOIN review_seat s ON s.panel_id = i.panel_id AND s.user_id = my_user() AND s.until IS NULL
     WHERE i.id = an_item AND NOT EXISTS (
       SELECT 1 FROM review_recusal r WHERE r.item_id = i.id AND r.seat_id = s.id)) $$;

-- A seat on a blind panel leads to the masked pack and never to the case. What it leads to is read, not written.
CREATE OR REPLACE FUNCTION seated_for(a_case bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT my_user() IS NOT NULL AND EXISTS (
     SELECT 1 FROM review_decoding d JOIN review_panel p ON p.id = d.panel_id AND p.blind = false
     WHERE d.case_id = a_case AND p.state <> 'preparing' AND judges_item(d.item_id)) $$;

CREATE OR REPLACE FUNCTION reaches(a_case bigint) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT a_case = ANY (string_to_array(NULLIF(current_setting('gongjiang.moving', true), ''), ',')::bigint[])
       OR EXISTS (SELECT 1 FROM lifecycle_turn t WHERE t.case_id = a_case AND t.until IS NULL
                  AND (t.person_id = me() OR t.unit_id = ANY (held_units())))
       OR EXISTS (SELECT 1 FROM lifecycle_participant p WHERE p.case_id = a_case AND p.person_id = me()) $$;
"""
