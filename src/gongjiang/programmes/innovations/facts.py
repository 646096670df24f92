"""What is countable here: results, who made them, what they brought, their rights and rewards, and entries in calls.

A revoked result keeps its rows and loses its days: it is counted nowhere any more.
"""

from gongjiang.insight.facts import Fact, boolean, date, integer, text
from gongjiang.insight.facts.standard import COUNTED_AT, PERSON_ALIAS

DAY = "AT TIME ZONE 'Asia/Shanghai')::date"
ACCEPTED = "CASE WHEN c.outcome <> 'revoked' THEN r.accepted_on END AS accepted_on"

RESULT = Fact(
    name="innovations.result",
    select=f"""
        SELECT r.case_id AS key, c.unit_id AS unit, coalesce(m.merged_into_id, c.applicant_id) AS person,
               r.category, {ACCEPTED},
               CASE WHEN c.outcome <> 'revoked' THEN r.adopted_on END AS adopted_on, c.outcome,
               (c.closed_at {DAY} AS closed_on
        FROM innovations_result r JOIN lifecycle_case c ON c.id = r.case_id
        {PERSON_ALIAS.format(person="c.applicant_id")}
    """,
    columns={
        "unit": integer(),
        "person": integer("T1"),
        "category": text(),
        "accepted_on": date(),
        "adopted_on": date(),
        "outcome": text(),
        "closed_on": date(),
    },
    sources={"innovations.Result": "key", "lifecycle.Case": "key"},
)

CONTRIBUTION = Fact(
    name="innovations.contribution",
    select=f"""
        SELECT p.id AS key, c.unit_id AS unit, r.case_id AS result,
               coalesce(m.merged_into_id, p.person_id) AS person, p.role, {ACCEPTED}
        FROM innovations_result r
        JOIN lifecycle_case c ON c.id = r.case_id
        JOIN lifecycle_participant p ON p.case_id = r.case_id
        {PERSON_ALIAS.format(person="p.person_id")}
    """,
    columns={
        "unit": integer(),
        "result": integer(),
        "person": integer("T1"),
        "role": text(),
        "accepted_on": date(),
    },
    sources={"lifecycle.Participant": "key", "innovations.Result": "result", "lifecycle.Case": "result"},
)

ENTRY = Fact(
    name="innovations.entry",
    select=f"""
        SELECT n.case_id AS key, {COUNTED_AT} AS unit, n.result_id AS result, c.edition_id AS edition,
               (n.document_id IS NOT NULL OR c.outcome = 'granted') AND c.outcome <> 'revoked'
               AND rc.outcome <> 'revoked' AS awarded,
               c.outcome, n.decided_on
        FROM innovations_entry n JOIN lifecycle_case c ON c.id = n.case_id
        JOIN lifecycle_case rc ON rc.id = n.result_id
        LEFT JOIN lifecycle_edition e ON e.id = c.edition_id
    """,
    columns={
        "unit": integer(),
        "result": integer(),
        "edition": integer(),
        "awarded": boolean(),
        "outcome": text(),
        "decided_on": date(),
    },
    sources={"innovations.Entry": "key", "lifecycle.Case": "key", "innovations.Revocation": "result"},
)

#: One row for each maker of an entry, with the day on which the entry was awarded.
WINNER = Fact(
    name="innovations.winner",
    select=f"""
        SELECT p.id AS key, {COUNTED_AT} AS unit, n.case_id AS entry, n.result_id AS result, c.edition_id AS edition,
               coalesce(m.merged_into_id, p.person_id) AS person,
               CASE WHEN (n.document_id IS NOT NULL OR c.outcome = 'granted') AND c.outcome <> 'revoked'
                    AND rc.outcome <> 'revoked' THEN n.decided_on END AS awarded_on
        FROM innovations_entry n JOIN lifecycle_case c ON c.id = n.case_id
        JOIN lifecycle_case rc ON rc.id = n.result_id
        JOIN lifecycle_participant p ON p.case_id = n.case_id
        LEFT JOIN lifecycle_edition e ON e.id = c.edition_id
        {PERSON_ALIAS.format(person="p.person_id")}
    """,
    columns={
        "unit": integer(),
        "entry": integer(),
        "result": integer(),
        "edition": integer(),
        "person": integer("T1"),
        "awarded_on": date(),
    },
    sources={
        "lifecycle.Participant": "key",
        "innovations.Entry": "entry",
        "lifecycle.Case": "entry",
        "innovations.Revocation": "result",
    },
)

#: One row for each line of benefit: what stands of it now, on the last day it covers.
BENEFIT = Fact(
    name="innovations.benefit",
    select="""
        SELECT coalesce(b.first_id, b.id) AS key, b.id AS reading, t.id AS target, c.unit_id AS unit,
               r.case_id AS result,
               t.kind, b.level, b.value AS amount,
               CASE WHEN c.outcome <> 'revoked' AND r.accepted_on IS NOT NULL AND b.value > 0
                    THEN b.until - 1 END AS day
        FROM targets_reading b
        JOIN targets_target t ON t.id = b.target_id AND t.kind IN ('output', 'profit', 'tax', 'saving')
        JOIN innovations_result r ON r.case_id = t.case_id
        JOIN lifecycle_case c ON c.id = r.case_id
        WHERE NOT EXISTS (SELECT 1 FROM targets_reading n WHERE n.supersedes_id = b.id)
    """,
    columns={
        "reading": integer(),
        "target": integer(),
        "unit": integer(),
        "result": integer(),
        "kind": text(),
        "level": text(),
        "amount": integer(),
        "day": date(),
    },
    sources={
        "targets.Reading": "reading",
        "targets.Target": "target",
        "innovations.Result": "result",
        "lifecycle.Case": "result",
    },
)

PATENT = Fact(
    name="innovations.patent",
    select="""
        SELECT p.id AS key, c.unit_id AS unit, p.result_id AS result, p.kind,
               CASE WHEN c.outcome <> 'revoked' THEN p.granted_on END AS granted_on
        FROM innovations_patent p JOIN lifecycle_case c ON c.id = p.result_id
    """,
    columns={"unit": integer(), "result": integer(), "kind": text(), "granted_on": date()},
    sources={"innovations.Patent": "key", "lifecycle.Case": "result"},
)

INVENTOR = Fact(
    name="innovations.inventor",
    select=f"""
        SELECT i.id AS key, c.unit_id AS unit, p.id AS patent, p.result_id AS result,
               coalesce(m.merged_into_id, i.person_id) AS person,
               CASE WHEN c.outcome <> 'revoked' THEN p.granted_on END AS granted_on
        FROM innovations_inventor i
        JOIN innovations_patent p ON p.id = i.patent_id
        JOIN lifecycle_case c ON c.id = p.result_id
        {PERSON_ALIAS.format(person="i.person_id")}
    """,
    columns={
        "unit": integer(),
        "patent": integer(),
        "result": integer(),
        "person": integer("T1"),
        "granted_on": date(),
    },
    sources={"innovations.Inventor": "key", "innovations.Patent": "patent", "lifecycle.Case": "result"},
)

REWARDED = Fact(
    name="innovations.rewarded",
    select=f"""
        SELECT s.id AS key, c.unit_id AS unit, w.id AS reward, w.result_id AS result,
               coalesce(m.merged_into_id, s.person_id) AS person,
               CASE WHEN c.outcome <> 'revoked' AND w.voided = '' THEN w.paid_on END AS paid_on
        FROM innovations_rewardshare s
        JOIN innovations_reward w ON w.id = s.reward_id
        JOIN lifecycle_case c ON c.id = w.result_id
        {PERSON_ALIAS.format(person="s.person_id")}
    """,
    columns={
        "unit": integer(),
        "reward": integer(),
        "result": integer(),
        "person": integer("T1"),
        "paid_on": date(),
    },
    sources={"innovations.RewardShare": "key", "innovations.Reward": "reward", "lifecycle.Case": "result"},
)

CONVERSION = Fact(
    name="innovations.conversion",
    select="""
        SELECT v.id AS key, c.unit_id AS unit, v.result_id AS result, b.id AS reading, v.mode,
               CASE WHEN c.outcome <> 'revoked' THEN v."on" END AS taken_on,
               CASE WHEN c.outcome <> 'revoked' THEN v.due_on END AS due_on,
               b.level = 'finance_confirmed' AS confirmed
        FROM innovations_conversion v
        JOIN lifecycle_case c ON c.id = v.result_id
        LEFT JOIN LATERAL (
            SELECT r.id, r.level FROM targets_reading r WHERE r.target_id = v.benefit_id
              AND NOT EXISTS (SELECT 1 FROM targets_reading n WHERE n.supersedes_id = r.id)
            ORDER BY (r.level = 'finance_confirmed') DESC, r.id DESC LIMIT 1
        ) b ON true
    """,
    columns={
        "unit": integer(),
        "result": integer(),
        "reading": integer(),
        "mode": text(),
        "taken_on": date(),
        "due_on": date(),
        "confirmed": boolean(),
    },
    sources={"innovations.Conversion": "key", "lifecycle.Case": "result", "targets.Reading": "reading"},
)

FACTS = (RESULT, CONTRIBUTION, ENTRY, WINNER, BENEFIT, PATENT, INVENTOR, REWARDED, CONVERSION)
