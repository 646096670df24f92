"""Facts over the kernel's own nouns, declared once for every programme."""

from . import Fact, boolean, date, integer, text

#: Where a case (`c`, with its edition `e` or none) is counted: its unit, below zero along the industrial line.
COUNTED_AT = "CASE e.channel WHEN 'industrial' THEN -c.unit_id ELSE c.unit_id END"
DAY = "AT TIME ZONE 'Asia/Shanghai')::date"
#: A record that was merged counts as the one that speaks for it. A merge writes every row that it leaves where it was
#: into the outbox, so such a fact is read again.
PERSON_ALIAS = "LEFT JOIN people_person m ON m.id = {person} AND m.merged_into_id IS NOT NULL"

CASE = Fact(
    name="case",
    select=f"""
        SELECT c.id AS key, {COUNTED_AT} AS unit, c.flow, c.edition_id AS edition,
               coalesce(m.merged_into_id, c.applicant_id) AS person, c.state, c.phase, c.outcome,
               c.number IS NOT NULL AS submitted,
               (c.opened_at {DAY} AS opened_on, (c.closed_at {DAY} AS closed_on
        FROM lifecycle_case c LEFT JOIN lifecycle_edition e ON e.id = c.edition_id
        {PERSON_ALIAS.format(person="c.applicant_id")} WHERE NOT c.confidential
    """,
    columns={
        "unit": integer(),
        "flow": text(),
        "edition": integer(),
        "person": integer("T1"),
        "state": text(),
        "phase": text(),
        "outcome": text(),
        "submitted": boolean(),
        "opened_on": date(),
        "closed_on": date(),
    },
    sources={"lifecycle.Case": "key"},
)

PARTICIPATION = Fact(
    name="participation",
    select=f"""
        SELECT p.id AS key, {COUNTED_AT} AS unit, p.case_id AS "case",
               coalesce(m.merged_into_id, p.person_id) AS person, p.unit_id AS own_unit,
               p.role, c.flow, c.phase, c.outcome, (c.opened_at {DAY} AS opened_on, (c.closed_at {DAY} AS closed_on
        FROM lifecycle_participant p JOIN lifecycle_case c ON c.id = p.case_id
        LEFT JOIN lifecycle_edition e ON e.id = c.edition_id
        {PERSON_ALIAS.format(person="p.person_id")} WHERE NOT c.confidential
    """,
    columns={
        "unit": integer(),
        "case": integer(),
        "person": integer("T1"),
        "own_unit": integer(),
        "role": text(),
        "flow": text(),
        "phase": text(),
        "outcome": text(),
        "opened_on": date(),
        "closed_on": date(),
    },
    sources={"lifecycle.Participant": "key", "lifecycle.Case": "case"},
)

STANDARD = (CASE, PARTICIPATION)
