"""What is countable here: who started, which entries came to a confirmed rank, which titles were given.

A start is a row of a person: 人次 are its rows, 人 its distinct persons, so that the two are apart by construction.
"""

from gongjiang.insight.facts import Fact, date, integer, text
from gongjiang.insight.facts.standard import COUNTED_AT, PERSON_ALIAS

START = Fact(
    name="competitions.start",
    select=f"""
        SELECT n.id AS key, n.unit_id AS unit, n.event_id AS event, n.stage,
               coalesce(m.merged_into_id, n.person_id) AS person, v."group", n.started_on
        FROM competitions_entrant n
        JOIN competitions_contestevent v ON v.edition_id = n.event_id
        {PERSON_ALIAS.format(person="n.person_id")}
    """,
    columns={
        "unit": integer(),
        "event": integer(),
        "stage": text(),
        "person": integer("T1"),
        "group": text(),
        "started_on": date(),
    },
    sources={"competitions.Entrant": "key", "competitions.ContestEvent": "event"},
)

#: `trade` is the first event of the same occupation: one key for each occupation.
RANKED = Fact(
    name="competitions.ranked",
    select=f"""
        SELECT n.case_id AS key, {COUNTED_AT} AS unit, c.edition_id AS event, e.parent_id AS contest,
               (SELECT min(o.edition_id) FROM competitions_contestevent o WHERE o.occupation = v.occupation) AS trade,
               CASE WHEN n.rank IS NOT NULL AND (c.state = 'awarded' OR c.outcome IN ('granted', 'completed'))
                    THEN n.decided_on END AS confirmed_on
        FROM competitions_entry n
        JOIN lifecycle_case c ON c.id = n.case_id
        JOIN lifecycle_edition e ON e.id = c.edition_id
        JOIN competitions_contestevent v ON v.edition_id = c.edition_id
    """,
    columns={
        "unit": integer(),
        "event": integer(),
        "contest": integer(),
        "trade": integer(),
        "confirmed_on": date(),
    },
    sources={"competitions.Entry": "key", "lifecycle.Case": "key", "competitions.ContestEvent": "event"},
)

TITLE = Fact(
    name="competitions.title",
    select=f"""
        SELECT t.id AS key, t.holder_unit_id AS unit, t.case_id AS entry, t.level,
               coalesce(m.merged_into_id, t.person_id) AS person,
               CASE WHEN t.state <> 'revoked' THEN t."on" END AS given_on
        FROM credentials_credential t
        JOIN competitions_entry n ON n.case_id = t.case_id
        {PERSON_ALIAS.format(person="t.person_id")}
        WHERE t.kind = 'title'
    """,
    columns={
        "unit": integer(),
        "entry": integer(),
        "level": text(),
        "person": integer("T1"),
        "given_on": date(),
    },
    sources={"credentials.Credential": "key", "competitions.Entry": "entry"},
)

FACTS = (START, RANKED, TITLE)
