"""What is countable here: results, who made them, and entries in calls."""

from gongjiang.insight.facts import Fact, date, integer, text
from gongjiang.insight.facts.standard import COUNTED_AT

DAY = "AT TIME ZONE 'Asia/Shanghai')::date"

RESULT = Fact(
    name="innovations.result",
    select=f"""
        SELECT r.case_id AS key, c.unit_id AS unit, c.applicant_id AS person, r.category, r.accepted_on,
               c.outcome, (c.closed_at {DAY} AS closed_on
        FROM innovations_result r JOIN lifecycle_case c ON c.id = r.case_id
    """,
    columns={
        "unit": integer(),
        "person": integer("T1"),
        "category": text(),
        "accepted_on": date(),
        "outcome": text(),
        "closed_on": date(),
    },
    sources={"innovations.Result": "key", "lifecycle.Case": "key"},
)

CONTRIBUTION = Fact(
    name="innovations.contribution",
    select="""
        SELECT p.id AS key, c.unit_id AS unit, r.case_id AS result, p.person_id AS person, p.role, r.accepted_on
        FROM innovations_result r
        JOIN lifecycle_case c ON c.id = r.case_id
        JOIN lifecycle_participant p ON p.case_id = r.case_id
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
               c.outcome, n.decided_on
        FROM innovations_entry n JOIN lifecycle_case c ON c.id = n.case_id
        LEFT JOIN lifecycle_edition e ON e.id = c.edition_id
    """,
    columns={
        "unit": integer(),
        "result": integer(),
        "edition": integer(),
        "outcome": text(),
        "decided_on": date(),
    },
    sources={"innovations.Entry": "key", "lifecycle.Case": "key"},
)

FACTS = (RESULT, CONTRIBUTION, ENTRY)
