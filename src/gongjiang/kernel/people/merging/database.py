"""What the database does in a merge: it walks every relation that leads to a person, once, in one transaction.

The relations are read from the models when the database is set up, so a new programme's are among them. A model may
say, beside its fields:

    merge_follows = False   its rows are no matter of a merge
    merge_clash = "drop"    a row that cannot move because the survivor has its like is taken out; undoing puts it back
    binds = True            a payment, credential or honour: where one hangs, a merge takes a second person

A row that the database refuses to move (append-only, or the survivor has its like) stays with the merged record, which
then leads to the survivor: `merged_into` is the alias that readers follow.
"""

from dataclasses import dataclass

from django.apps import apps
from django.db import models

from ..models import Person

#: Fields of `Person` that a survivor may take from the other record, beside the kinds of identifier.
FIELDS = ("name", "sex", "born_on", "ethnicity", "hukou", "education")


@dataclass(frozen=True, order=True)
class Relation:
    """A column that holds persons' keys.

    clash  "stay" or "drop"
    noted  whether the outbox hears of rows that stay: facts read them by the survivor from then on
    """

    table: str
    column: str
    key: str
    clash: str = "stay"
    binds: bool = False
    noted: bool = False


def relations() -> list[Relation]:
    """Every foreign key to a person in the installed models that a merge follows."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or not getattr(model, "merge_follows", True):
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Person:
                found.append(
                    Relation(
                        model._meta.db_table,
                        str(field.column),
                        str(model._meta.pk.column),
                        getattr(model, "merge_clash", "stay"),
                        bool(getattr(model, "binds", False)),
                        bool(getattr(model, "is_source", False)),
                    )
                )
    return sorted(found)


def relations_sql() -> str:
    """The relations as a function of the database."""
    rows = ",\n  ".join(
        f"('{r.table}', '{r.column}', '{r.key}', '{r.clash}', {r.binds}, {r.noted})" for r in relations()
    )
    return f"""
CREATE FUNCTION person_relations()
RETURNS TABLE (tab text, col text, key text, clash text, binds boolean, noted boolean) IMMUTABLE LANGUAGE sql AS
$$ VALUES {rows} $$;
"""


MERGING = """
CREATE OR REPLACE FUNCTION steward_over(tree text) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT coalesce(in_tree(tree), false) AND EXISTS (
     SELECT 1 FROM access_grant g WHERE g.user_id = my_user() AND g.role = 'data_steward'
     AND tree COLLATE "C" >= g.path AND tree COLLATE "C" < g.path || '~') $$;

-- Where a person works, or last worked; the root for who never did.
CREATE OR REPLACE FUNCTION work_path(a_person bigint) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT path FROM people_employment WHERE person_id = a_person
   ORDER BY until IS NULL DESC, until DESC, id LIMIT 1 $$;

-- The smallest tree that holds both; where one is unknown, the other's.
CREATE OR REPLACE FUNCTION shared_path(one text, two text) RETURNS text STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT CASE WHEN one IS NULL AND two IS NULL
     THEN (SELECT path FROM orgs_unit WHERE parent_id IS NULL ORDER BY id LIMIT 1)
     WHEN one IS NULL OR starts_with(two, one) THEN coalesce(one, two)
     WHEN two IS NULL OR starts_with(one, two) THEN coalesce(two, one)
     ELSE (SELECT max(left(one, i)) FROM generate_series(1, length(one)) AS i
           WHERE substr(one, i, 1) = '/' AND left(one, i) = left(two, i)) END $$;

-- Somebody claims an identity number that is another record's: into the queue, whatever its score. Returns the pair.
CREATE OR REPLACE FUNCTION claim_identity(a_person bigint, a_digest bytea) RETURNS bigint SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE whose bigint; x people_person; y people_person; found bigint; place text;
BEGIN
  SELECT coalesce(p.merged_into_id, p.id) INTO whose FROM people_identifier i JOIN people_person p ON p.id = i.person_id
  WHERE i.kind = 'identity' AND i.digest = a_digest;
  IF whose IS NULL OR whose = a_person THEN RETURN NULL; END IF;
  SELECT * INTO x FROM people_person WHERE id = least(a_person, whose);
  SELECT * INTO y FROM people_person WHERE id = greatest(a_person, whose);
  place := shared_path(work_path(x.id), work_path(y.id));
  INSERT INTO people_matchpair (a_id, b_id, path, score, same_identity, same_name, same_birth, state, found_at)
  SELECT x.id, y.id, place, coalesce((SELECT m.weigh_identity FROM people_matchrule m
      LEFT JOIN orgs_unit u ON u.id = m.unit_id WHERE starts_with(place, coalesce(u.path, '')) AND m.until IS NULL
      ORDER BY length(coalesce(u.path, '')) DESC LIMIT 1), 0),
    true, x.name_key = y.name_key, coalesce(x.born_on = y.born_on, false), 'open', now()
  ON CONFLICT (a_id, b_id) DO UPDATE SET same_identity = true RETURNING id INTO found;
  RETURN found;
END $$;

-- Whether a payment, credential or honour hangs on one of them.
CREATE OR REPLACE FUNCTION persons_bound(persons bigint[]) RETURNS boolean STABLE SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE r record; yes boolean;
BEGIN
  FOR r IN SELECT * FROM person_relations() AS p WHERE p.binds LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE %I = ANY ($1))', r.tab, r.col) INTO yes USING persons;
    IF yes THEN RETURN true; END IF;
  END LOOP;
  RETURN false;
END $$;

-- The two sides of a pair, for a steward of its tree; ciphers, which the application shows in part.
CREATE OR REPLACE FUNCTION pair_sides(pairs bigint[])
RETURNS TABLE (pair bigint, person bigint, name text, sex text, born_on date, ethnicity text, hukou text,
  education text, state text, identity bytea, verified boolean, phone bytea, jobs text[], cases bigint,
  account boolean, bound boolean, sources text[]) STABLE SECURITY DEFINER
LANGUAGE sql SET search_path = public, pg_temp AS
$$ SELECT m.id, p.id, p.name, p.sex, p.born_on, p.ethnicity::text, p.hukou, p.education, p.state,
     i.cipher, i.verified_at IS NOT NULL, f.cipher,
     ARRAY(SELECT l.name || '|' || e.since || '|' || coalesce(e.until::text, '') FROM people_employment e
           JOIN orgs_legalentity l ON l.id = e.entity_id WHERE e.person_id = p.id
           ORDER BY e.until DESC NULLS FIRST, e.since DESC LIMIT 5),
     (SELECT count(*) FROM lifecycle_case c WHERE c.applicant_id = p.id AND NOT c.confidential),
     EXISTS (SELECT 1 FROM accounts_user a WHERE a.person_id = p.id), persons_bound(ARRAY[p.id]),
     ARRAY(SELECT s.field || '|' || s.source || '|' || s.seen_at::date FROM people_fieldsource s
           WHERE s.person_id = p.id ORDER BY s.seen_at DESC)
   FROM people_matchpair m JOIN people_person p ON p.id IN (m.a_id, m.b_id)
   LEFT JOIN people_identifier i ON i.person_id = p.id AND i.kind = 'identity'
   LEFT JOIN people_identifier f ON f.person_id = p.id AND f.kind = 'phone'
   WHERE m.id = ANY (pairs) AND steward_over(m.path) ORDER BY m.id, p.id $$;

-- Exchange what two identifiers hold; the kinds are the same, and each is one person's.
CREATE OR REPLACE FUNCTION swap_identifiers(one bigint, two bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE a people_identifier; b people_identifier;
BEGIN
  SELECT * INTO STRICT a FROM people_identifier WHERE id = one FOR UPDATE;
  SELECT * INTO STRICT b FROM people_identifier WHERE id = two FOR UPDATE;
  DELETE FROM people_identifier WHERE id = two;
  UPDATE people_identifier SET cipher = b.cipher, digest = b.digest, verified_at = b.verified_at, keys = b.keys
  WHERE id = one;
  INSERT INTO people_identifier (id, person_id, kind, cipher, digest, verified_at, keys)
  VALUES (b.id, b.person_id, b.kind, a.cipher, a.digest, a.verified_at, a.keys);
END $$;

-- Merge as the record proposes; returns how many rows it touched, each of which is noted: what moved, what the survivor
-- had already, what was taken over. What stays is not among them. All of it, or with an error nothing.
CREATE OR REPLACE FUNCTION merge_persons(a_record bigint) RETURNS integer SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  r people_mergerecord; m people_matchpair; rel record; k bigint; what text; before text;
  was text := current_setting('gongjiang.replay', true); one bigint; two bigint; gone people_person;
BEGIN
  SELECT * INTO r FROM people_mergerecord WHERE id = a_record FOR UPDATE;
  IF r.id IS NULL OR r.state <> 'proposed' THEN RAISE EXCEPTION 'decided already' USING ERRCODE = '55000'; END IF;
  SELECT * INTO m FROM people_matchpair WHERE id = r.pair_id FOR UPDATE;
  PERFORM 1 FROM people_person WHERE id IN (r.survivor_id, r.other_id) ORDER BY id FOR UPDATE;
  IF m.state <> 'open' OR EXISTS (SELECT 1 FROM people_person
    WHERE id IN (r.survivor_id, r.other_id) AND merged_into_id IS NOT NULL)
  THEN RAISE EXCEPTION 'decided already' USING ERRCODE = '55000'; END IF;
  IF (m.a_id, m.b_id) <> (least(r.survivor_id, r.other_id), greatest(r.survivor_id, r.other_id))
  THEN RAISE EXCEPTION 'not the two of the pair' USING ERRCODE = '42501'; END IF;
  IF acting_role() = '{app}' AND NOT (
    steward_over(r.path) AND steward_over(shared_path(work_path(r.survivor_id), work_path(r.other_id))))
  THEN RAISE EXCEPTION 'no steward of this tree' USING ERRCODE = '42501'; END IF;
  IF (r.needs_second OR persons_bound(ARRAY[r.survivor_id, r.other_id]))
    AND (my_user() IS NULL OR my_user() = r.proposed_by_id)
  THEN RAISE EXCEPTION 'a second person is needed' USING ERRCODE = '42501'; END IF;

  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM set_config('gongjiang.replay', 'on', true);
  SELECT * INTO gone FROM people_person WHERE id = r.other_id;
  FOR rel IN SELECT * FROM person_relations() LOOP
    FOR k IN EXECUTE format('SELECT %I FROM %I WHERE %I = $1 ORDER BY 1 FOR UPDATE', rel.key, rel.tab, rel.col)
      USING r.other_id
    LOOP
      what := 'moved'; before := '';
      BEGIN
        EXECUTE format('UPDATE %I SET %I = $1 WHERE %I = $2', rel.tab, rel.col, rel.key) USING r.survivor_id, k;
      EXCEPTION WHEN unique_violation OR check_violation OR exclusion_violation OR raise_exception THEN
        what := 'stayed';
      END;
      IF what = 'stayed' AND rel.clash = 'drop' THEN
        BEGIN
          EXECUTE format('WITH old AS (DELETE FROM %I WHERE %I = $1 RETURNING *)
            SELECT to_jsonb(old)::text FROM old', rel.tab, rel.key) INTO before USING k;
          what := 'dropped';
        EXCEPTION WHEN foreign_key_violation OR raise_exception THEN before := '';
        END;
      END IF;
      INSERT INTO people_mergemove ("record_id", "table", "column", "row", did, image)
      VALUES (r.id, rel.tab, rel.col, k, what, before);
      IF what = 'stayed' AND rel.noted THEN
        INSERT INTO outbox_change (xid, source, key) VALUES (pg_current_xact_id(), rel.tab, k);
      END IF;
    END LOOP;
  END LOOP;

  FOR one, two IN
    SELECT a.id, b.id FROM people_mergechoice c
    JOIN people_identifier a ON a.person_id = r.survivor_id AND a.kind = c.field
    JOIN people_identifier b ON b.person_id = r.other_id AND b.kind = c.field
    WHERE c.record_id = r.id ORDER BY c.field
  LOOP
    PERFORM swap_identifiers(one, two);
    INSERT INTO people_mergemove ("record_id", "table", "column", "row", did, image)
    VALUES (r.id, 'people_identifier', '', one, 'swapped', two::text);
  END LOOP;
  FOR what IN SELECT field FROM people_mergechoice WHERE record_id = r.id AND field = ANY ('{fields}')
    UNION SELECT 'initials' FROM people_mergechoice WHERE record_id = r.id AND field = 'name' ORDER BY 1
  LOOP
    INSERT INTO people_mergemove ("record_id", "table", "column", "row", did, image)
    SELECT r.id, 'people_person', what, p.id, 'changed', coalesce(to_jsonb(p) ->> what, '')
    FROM people_person p WHERE p.id = r.survivor_id;
    EXECUTE format('UPDATE people_person SET %I = ($1).%I WHERE id = $2', what, what) USING gone, r.survivor_id;
  END LOOP;
  UPDATE people_person s SET state = 'identified' WHERE s.id = r.survivor_id AND s.state = 'provisional'
    AND EXISTS (SELECT 1 FROM people_identifier i WHERE i.person_id = s.id AND i.kind = 'identity');
  IF FOUND THEN
    INSERT INTO people_mergemove ("record_id", "table", "column", "row", did, image)
    VALUES (r.id, 'people_person', 'state', r.survivor_id, 'changed', 'provisional');
  ELSE
    UPDATE people_person SET state = state WHERE id = r.survivor_id;  -- so that the outbox hears of it
  END IF;
  UPDATE people_person SET merged_into_id = r.survivor_id, state = 'merged' WHERE id = r.other_id;
  UPDATE people_mergerecord SET state = 'done', former_state = gone.state, decided_by_id = my_user(),
    decided_at = clock_timestamp(), needs_second = needs_second OR persons_bound(ARRAY[r.survivor_id, r.other_id])
  WHERE id = r.id;
  UPDATE people_matchpair SET state = 'merged', by_id = my_user(), at = now() WHERE id = m.id;
  PERFORM set_config('gongjiang.replay', coalesce(was, ''), true);
  SET CONSTRAINTS ALL DEFERRED;
  RETURN (SELECT count(*) FROM people_mergemove v WHERE v.record_id = r.id AND v.did <> 'stayed');
END $$;

-- Put everything back that the merge moved and nobody has moved since. What came later stays with the survivor.
CREATE OR REPLACE FUNCTION undo_merge(a_record bigint) RETURNS integer SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  r people_mergerecord; v record; rel record; back integer := 0; n integer;
  was text := current_setting('gongjiang.replay', true);
BEGIN
  SELECT * INTO r FROM people_mergerecord WHERE id = a_record FOR UPDATE;
  IF r.id IS NULL OR r.state <> 'done' THEN RAISE EXCEPTION 'decided already' USING ERRCODE = '55000'; END IF;
  IF acting_role() = '{app}' AND NOT steward_over(r.path)
  THEN RAISE EXCEPTION 'no steward of this tree' USING ERRCODE = '42501'; END IF;
  PERFORM 1 FROM people_person WHERE id IN (r.survivor_id, r.other_id) ORDER BY id FOR UPDATE;
  IF EXISTS (SELECT 1 FROM people_mergerecord l WHERE l.state = 'done' AND l.id <> r.id
    AND l.decided_at > r.decided_at AND (l.survivor_id IN (r.survivor_id, r.other_id)
    OR l.other_id IN (r.survivor_id, r.other_id)))
  THEN RAISE EXCEPTION 'a later merge touches the same record' USING ERRCODE = '55006'; END IF;

  SET CONSTRAINTS ALL IMMEDIATE;
  PERFORM set_config('gongjiang.replay', 'on', true);
  UPDATE people_person SET merged_into_id = NULL, state = r.former_state WHERE id = r.other_id;
  FOR v IN SELECT * FROM people_mergemove WHERE record_id = r.id ORDER BY id DESC LOOP
    SELECT * INTO rel FROM person_relations() AS p WHERE p.tab = v."table" AND p.col = v."column";
    n := 0;
    IF v.did = 'moved' THEN
      IF rel.tab IS NULL THEN CONTINUE; END IF;
      EXECUTE format('UPDATE %I SET %I = $1 WHERE %I = $2 AND %I = $3', rel.tab, rel.col, rel.key, rel.col)
        USING r.other_id, v."row", r.survivor_id;
      GET DIAGNOSTICS n = ROW_COUNT;
    ELSIF v.did = 'stayed' AND rel.noted THEN
      INSERT INTO outbox_change (xid, source, key) VALUES (pg_current_xact_id(), rel.tab, v."row");
    ELSIF v.did = 'dropped' THEN
      EXECUTE format('INSERT INTO %1$I SELECT * FROM jsonb_populate_record(NULL::%1$I, $1::jsonb)', v."table")
        USING v.image;
      n := 1;
    ELSIF v.did = 'swapped' THEN
      IF (SELECT count(*) FROM people_identifier WHERE id IN (v."row", v.image::bigint)) = 2
      THEN PERFORM swap_identifiers(v."row", v.image::bigint); n := 1; END IF;
    ELSIF v.did = 'changed' AND v."column" = 'state' THEN
      UPDATE people_person SET state = v.image WHERE id = r.survivor_id AND state = 'identified';
      GET DIAGNOSTICS n = ROW_COUNT;
    ELSIF v.did = 'changed' THEN
      EXECUTE format('UPDATE people_person s SET %1$I = CASE WHEN $1 = '''' AND %1$L = ''born_on'' THEN NULL
          ELSE (jsonb_populate_record(s, jsonb_build_object(%1$L, $1))).%1$I END
        FROM people_person o WHERE s.id = $2 AND o.id = $3 AND s.%1$I IS NOT DISTINCT FROM o.%1$I', v."column")
        USING v.image, r.survivor_id, r.other_id;
      GET DIAGNOSTICS n = ROW_COUNT;
    END IF;
    back := back + n;
  END LOOP;
  UPDATE people_person SET state = state WHERE id = r.survivor_id;
  UPDATE people_mergerecord SET state = 'undone', undone_by_id = my_user(), undone_at = now() WHERE id = r.id;
  UPDATE people_matchpair SET state = 'open', by_id = NULL, at = NULL WHERE id = r.pair_id;
  PERFORM set_config('gongjiang.replay', coalesce(was, ''), true);
  SET CONSTRAINTS ALL DEFERRED;
  RETURN back;
END $$;

CREATE OR REPLACE FUNCTION decline_merge(a_record bigint) RETURNS void SECURITY DEFINER
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE people_mergerecord SET state = 'declined', decided_by_id = my_user(), decided_at = clock_timestamp()
  WHERE id = a_record AND state = 'proposed' AND (acting_role() <> '{app}' OR steward_over(path));
  IF NOT FOUND THEN RAISE EXCEPTION 'decided already' USING ERRCODE = '55000'; END IF;
END $$;
"""
