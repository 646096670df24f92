"""What is countable here: who works where and as what, who became what, likely doubles, and the legal entities."""

from gongjiang.insight.facts import Fact, boolean, date, integer, text

#: A merged record's employments count as the survivor's (`p`).
PERSON = "JOIN people_person o ON o.id = e.person_id JOIN people_person p ON p.id = coalesce(o.merged_into_id, o.id)"


def _turns(age: int) -> str:
    """The day on which a person (`p`) completes so many years: who was born on 29 February, on 1 March."""
    return f"(p.born_on - 1 + interval '{age} years')::date + 1 AS at_{age}"


EMPLOYMENT = Fact(
    name="registry.employment",
    select=f"""
        SELECT e.id AS key, e.unit_id AS unit, p.id AS person, e.entity_id AS entity, e.since, e.until,
               e.form, e.post_class, p.sex, p.hukou, p.education, {_turns(30)}, {_turns(40)}, {_turns(50)},
               p.state <> 'provisional' AND p.sex <> 'unknown' AND p.born_on IS NOT NULL AS complete,
               l.industry, l.size_class AS size, l.ownership
        FROM people_employment e {PERSON}
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
        "hukou": text("T1"),
        "education": text("T1"),
        "at_30": date("T1"),
        "at_40": date("T1"),
        "at_50": date("T1"),
        "complete": boolean(),
        "industry": text(),
        "size": text(),
        "ownership": text(),
    },
    sources={"people.Employment": "key", "people.Person": "person", "orgs.LegalEntity": "entity"},
)

#: For how long somebody worked somewhere while they had the flag. A pair of rows is one key: both stay below 2**31.
INDUSTRIAL = Fact(
    name="registry.industrial",
    select=f"""
        SELECT (e.id << 32) + d.id AS key, e.id AS employment, d.id AS flag, e.unit_id AS unit, p.id AS person,
               greatest(e.since, d.since) AS since, least(e.until, d.until) AS until, d.rule
        FROM people_derivedflag d JOIN people_employment e ON e.person_id = d.person_id
         AND daterange(e.since, e.until) && daterange(d.since, d.until) {PERSON}
        WHERE d.flag = 'industrial_worker'
    """,
    columns={
        "employment": integer(),
        "flag": integer(),
        "unit": integer(),
        "person": integer("T1"),
        "since": date("T1"),
        "until": date("T1"),
        "rule": text(),
    },
    sources={"people.DerivedFlag": "flag", "people.Employment": "employment", "people.Person": "person"},
)

#: A post class is above another; within a class, and between production and service, nobody is above.
POST_CHANGE = Fact(
    name="registry.post_change",
    select=f"""
        SELECT h.id AS key, e.id AS employment, e.unit_id AS unit, p.id AS person, h.on AS day,
               h.was_post_class IN ('production', 'service') AND h.post_class IN ('technical', 'management')
               OR h.was_post_class = 'technical' AND h.post_class = 'management' AS is_up
        FROM registry_postchange h JOIN people_employment e ON e.id = h.employment_id {PERSON}
    """,
    columns={
        "employment": integer(),
        "unit": integer(),
        "person": integer("T1"),
        "day": date("T1"),
        "is_up": boolean(),
    },
    sources={"registry.PostChange": "key", "people.Employment": "employment", "people.Person": "person"},
)

#: A pair lies at the smallest unit that holds both workplaces.
PAIR = Fact(
    name="registry.pair",
    select="""
        SELECT m.id AS key, substring(m.path FROM '([0-9]+)/$')::bigint AS unit,
               (m.found_at AT TIME ZONE 'Asia/Shanghai')::date AS since,
               (m.at AT TIME ZONE 'Asia/Shanghai')::date AS until
        FROM people_matchpair m
    """,
    columns={"unit": integer(), "since": date(), "until": date()},
    sources={"people.MatchPair": "key"},
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

FACTS = (EMPLOYMENT, INDUSTRIAL, POST_CHANGE, PAIR, ENTITY)
