"""Numbers and moments for the health page, never a case."""

FUNCTIONS = """
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
"""
