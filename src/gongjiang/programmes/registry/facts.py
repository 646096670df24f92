"""What is countable here: who works where, and the legal entities."""

from gongjiang.insight.facts import Fact, boolean, date, integer, text

EMPLOYMENT = Fact(
    name="registry.employment",
    select="""
        SELECT e.id AS key, e.unit_id AS unit, e.person_id AS person, e.entity_id AS entity, e.since, e.until,
               e.form, e.post_class, p.sex, extract(year FROM p.born_on)::bigint AS birth_year,
               l.industry, l.size_class AS size, l.ownership
        FROM people_employment e
        JOIN people_person p ON p.id = e.person_id
        JOIN orgs_legalentity l ON l.id = e.entity_id
    """,
    columns={
        "unit": integer(),
        "person": integer("T1"),
        "entity": integer(),
        "since": date("T1"),
        "until": date("T1"),
        "form": text("T1"),
        "post_class": text("T1"),
        "sex": text("T1"),
        "birth_year": integer("T1"),
        "industry": text(),
        "size": text(),
        "ownership": text(),
    },
    sources={"people.Employment": "key", "people.Person": "person", "orgs.LegalEntity": "entity"},
)

ENTITY = Fact(
    name="registry.entity",
    select="""
        SELECT l.id AS key, l.unit_id AS unit, l.opened_on AS since, l.closed_on AS until, l.state,
               l.branch_of_id IS NOT NULL AS branch, l.industry, l.size_class AS size, l.ownership
        FROM orgs_legalentity l
    """,
    columns={
        "unit": integer(),
        "since": date(),
        "until": date(),
        "state": text(),
        "branch": boolean(),
        "industry": text(),
        "size": text(),
        "ownership": text(),
    },
    sources={"orgs.LegalEntity": "key"},
)

FACTS = (EMPLOYMENT, ENTITY)
