"""Who is asking, and which tree the settings of `scope()` name."""

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

CREATE OR REPLACE FUNCTION is_public_level(level text) RETURNS boolean IMMUTABLE PARALLEL SAFE LANGUAGE sql AS
$$ SELECT level <> 'enterprise' $$;

CREATE OR REPLACE FUNCTION replaying() RETURNS boolean STABLE LANGUAGE sql AS
$$ SELECT CASE WHEN coalesce(current_setting('gongjiang.replay', true), '') = 'on'
   THEN pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = 'lifecycle_case'::regclass), 'MEMBER')
   ELSE false END $$;
"""
