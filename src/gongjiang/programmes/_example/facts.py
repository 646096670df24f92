"""What is counted: one row for each answered question."""

from gongjiang.insight.facts import Fact, date, integer

QUESTION = Fact(
    name="example.question",
    select="""
        SELECT q.case_id AS key, c.unit_id AS unit, q.answered_on AS day
        FROM example_question q JOIN lifecycle_case c ON c.id = q.case_id
        WHERE q.answered_on IS NOT NULL
    """,
    columns={"unit": integer(), "day": date()},
    sources={"example.Question": "key"},
)

FACTS = (QUESTION,)
