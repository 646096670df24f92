"""What is countable here: who is covered, what came in, what was paid and came back."""

from gongjiang.insight.facts import Fact, boolean, date, integer, text
from gongjiang.insight.facts.standard import COUNTED_AT, PERSON_ALIAS

#: Claims count at the union above the workplace: a figure of a workplace would tell who there fell ill.
ABOVE = "(SELECT CASE u.level WHEN 'enterprise' THEN u.parent_id ELSE u.id END FROM orgs_unit u WHERE u.id = c.unit_id)"
DAY = "AT TIME ZONE 'Asia/Shanghai')::date"

#: One row for each line of a roster; its days are empty unless it is covered.
COVERAGE = Fact(
    name="mutual_aid.coverage",
    select=f"""
        SELECT v.id AS key, v.unit_id AS unit, v.edition_id AS edition, v.enrolment_id AS enrolment,
               coalesce(m.merged_into_id, v.person_id) AS person, v.since, v.until, v.previous_id IS NULL AS is_new
        FROM mutual_aid_membercoverage v {PERSON_ALIAS.format(person="v.person_id")}
    """,
    columns={
        "unit": integer(),
        "edition": integer(),
        "enrolment": integer(),
        "person": integer("T1"),
        "since": date(),
        "until": date(),
        "is_new": boolean(),
    },
    sources={"mutual_aid.MemberCoverage": "key"},
)

FEE = Fact(
    name="mutual_aid.fee",
    select=f"""
        SELECT t.id AS key, {COUNTED_AT} AS unit, f.enrolment_id AS enrolment, f.payer, t.fen, r.received_on AS day
        FROM mutual_aid_feematch t JOIN mutual_aid_fee f ON f.id = t.fee_id
        JOIN mutual_aid_receipt r ON r.id = t.receipt_id
        JOIN lifecycle_case c ON c.id = f.enrolment_id LEFT JOIN lifecycle_edition e ON e.id = c.edition_id
    """,
    columns={"unit": integer(), "enrolment": integer(), "payer": text(), "fen": integer(), "day": date()},
    sources={"mutual_aid.FeeMatch": "key"},
)

#: One row for each entry in the books that pays a claim or takes money back; `fen` is below zero for what came back.
MONEY = Fact(
    name="mutual_aid.money",
    select=f"""
        SELECT b.id AS key, {ABOVE} AS unit, b.case_id AS claim, k.plan, b.kind,
               coalesce(m.merged_into_id, c.applicant_id) AS person,
               CASE b.kind WHEN 'pay' THEN b.fen ELSE -b.fen END AS fen, (b.at {DAY} AS day
        FROM ledger_entry b JOIN mutual_aid_claim k ON k.case_id = b.case_id
        JOIN lifecycle_case c ON c.id = b.case_id
        {PERSON_ALIAS.format(person="c.applicant_id")} WHERE b.kind IN ('pay', 'recover')
    """,
    columns={
        "unit": integer(),
        "claim": integer(),
        "plan": text("T2"),
        "kind": text(),
        "person": integer("T1"),
        "fen": integer(),
        "day": date(),
    },
    sources={"ledger.Entry": "key", "lifecycle.Case": "claim"},
)

CLAIM = Fact(
    name="mutual_aid.claim",
    select=f"""
        SELECT k.case_id AS key, {ABOVE} AS unit, k.handled_days, k.paid_on
        FROM mutual_aid_claim k JOIN lifecycle_case c ON c.id = k.case_id WHERE k.handled_days IS NOT NULL
    """,
    columns={"unit": integer(), "handled_days": integer(), "paid_on": date()},
    sources={"mutual_aid.Claim": "key", "lifecycle.Case": "key"},
)

FACTS = (COVERAGE, FEE, MONEY, CLAIM)
