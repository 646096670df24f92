"""Flags by dated rule: which predicate derives them, for many persons at once, frozen on a case, kept by the worker.

A predicate answers True, False or None, "not known", from the facts of one employment (or of a person without one). A
row of `FlagRule` chooses it for a jurisdiction and a time; a flag that no row chooses is derived for nobody. Persons
share few combinations of facts, so each combination is asked once, whatever the number of persons.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gongjiang.kernel.parameters.declaration import parameters
from gongjiang.kernel.parameters.kinds import Choice, Record, said

from .models import EmploymentForm, Flag, FlagRule, Hukou, PostClass, Sex

#: GB/T 4754: agriculture; mining; manufacturing; power, heat, gas and water; building.
PRIMARY, SECONDARY = "A", "BCDE"
#: Offices of the state, the Party, and mass organisations: their posts are civil-service posts or alike.
PUBLIC_ADMINISTRATION = "S"
#: Divisions of GB/T 4754-2017 by section, for codes that are written without the letter.
SECTIONS = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52), ("G", 53, 60),
    ("H", 61, 62), ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72), ("M", 73, 75), ("N", 76, 79),
    ("O", 80, 82), ("P", 83, 83), ("Q", 84, 85), ("R", 86, 90), ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What a predicate may ask; empty or None is "not known". Without an employment, `form` is empty."""

    industry: str = ""
    ownership: str = ""
    form: str = ""
    post_class: str = ""
    wage_is_main: bool | None = None
    half_year: bool | None = None
    sex: str = ""
    ethnicity: str = ""
    hukou: str = ""

    @property
    def section(self) -> str:
        """The letter of GB/T 4754 that the industry belongs to; empty where it is unknown."""
        code = self.industry.strip().upper()
        if code[:1].isalpha():
            return code[0]
        division = int(code[:2]) if code[:2].isdigit() else 0
        return next((letter for letter, first, last in SECTIONS if first <= division <= last), "")

    def is_in(self, industries: Collection[str]) -> bool:
        """Whether the industry is one of these codes, or below one; a letter is optional on either side."""
        mine = self.industry.strip().upper().lstrip("ABCDEFGHIJKLMNOPQRST")
        return any(
            (code.isalpha() and code == self.section)
            or (not code.isalpha() and mine.startswith(code.lstrip("ABCDEFGHIJKLMNOPQRST")))
            for code in (c.strip().upper() for c in industries)
        )


Predicate = Callable[[Facts, Collection[str]], bool | None]


def all_of(*answers: bool | None) -> bool | None:
    """Three-valued "and": one No is No, else one unknown is unknown."""
    if False in answers:
        return False
    return None if None in answers else True


def shaanxi_2025(facts: Facts, producer_services: Collection[str]) -> bool | None:
    """产业工人 as the Shaanxi notice on 求学圆梦 of 2025 delimits them.

    Primary industry; mining, manufacturing, building, power, heat, gas and water; of the tertiary only producer
    services, which the rule's `industries` must list (without a list it is not known); no civil-service posts; the wage
    is the main income. Who manages or is employed at all is told by the employment.
    """
    if not facts.form:
        return False
    if not facts.section:
        trade: bool | None = None
    elif facts.section == PUBLIC_ADMINISTRATION:
        trade = False
    elif facts.section in PRIMARY + SECONDARY:
        trade = True
    else:
        trade = facts.is_in(producer_services) if producer_services else None
    return all_of(trade, facts.form != EmploymentForm.INTERN, facts.wage_is_main)


def production_posts(facts: Facts, _industries: Collection[str]) -> bool | None:
    """一线 as the posts of the production line alone. One of several readings: a jurisdiction must choose it."""
    return facts.post_class == PostClass.PRODUCTION if facts.form else False


def production_and_service_posts(facts: Facts, _industries: Collection[str]) -> bool | None:
    """一线 as production line and service posts. One of several readings: a jurisdiction must choose it."""
    return facts.post_class in (PostClass.PRODUCTION, PostClass.SERVICE) if facts.form else False


def nbs_migrant(facts: Facts, _industries: Collection[str]) -> bool | None:
    """农民工 as the National Bureau of Statistics monitors them.

    Household registered in the countryside, six months or more in work that is not farming.
    """
    if not facts.form:
        return False
    farming = None if not facts.section else facts.section != PRIMARY
    return all_of(facts.hukou == Hukou.RURAL if facts.hukou else None, farming, facts.half_year)


def platform_work(facts: Facts, _industries: Collection[str]) -> bool | None:
    """新就业形态劳动者 by the form of employment: who works through a platform."""
    return facts.form == EmploymentForm.PLATFORM


def not_public(facts: Facts, _industries: Collection[str]) -> bool | None:
    """非公: employed by a private, foreign-invested, Hong Kong, Macao or Taiwan invested or self-employed entity."""
    if not facts.form:
        return False
    return facts.ownership in ("private", "foreign", "hmt", "self_employed") if facts.ownership else None


def woman(facts: Facts, _industries: Collection[str]) -> bool | None:
    """女."""
    return None if facts.sex in ("", Sex.UNKNOWN) else facts.sex == Sex.FEMALE


def not_han(facts: Facts, _industries: Collection[str]) -> bool | None:
    """少数民族: any nationality but Han (GB/T 3304 number 01)."""
    return facts.ethnicity != "01" if facts.ethnicity else None


#: flag -> name of the rule -> predicate. A changed reading is a new name; names are kept for ever.
PREDICATES: Mapping[str, Mapping[str, Predicate]] = {
    Flag.INDUSTRIAL_WORKER: {"shaanxi-2025": shaanxi_2025},
    Flag.FRONTLINE: {
        "production-posts": production_posts,
        "production-and-service-posts": production_and_service_posts,
    },
    Flag.MIGRANT_WORKER: {"nbs-migrant": nbs_migrant},
    Flag.NEW_FORM_WORKER: {"platform-work": platform_work},
    Flag.NON_PUBLIC: {"not-public": not_public},
    Flag.FEMALE: {"woman": woman},
    Flag.ETHNIC_MINORITY: {"not-han": not_han},
}


def reading(flag: str, rule: str) -> str:
    """What a rule is called, in the reader's language; its name where it is no longer offered."""
    kind = parameters("people")[flag].kind
    choice = kind.fields["rule"].kind if isinstance(kind, Record) else kind
    label = choice.options.get(rule) if isinstance(choice, Choice) else None
    return said(label) if label else rule


@dataclass(frozen=True)
class Derived:
    """What is derived of one person: flag -> name of its rule, and what is not known."""

    flags: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    @property
    def rule(self) -> str:
        """The rules as one line, as it is kept beside frozen flags: "female=woman frontline=production-posts"."""
        return " ".join(f"{flag}={rule}" for flag, rule in sorted(self.flags.items()))


def missing(on: date | None = None) -> list[str]:
    """Flags that no jurisdiction has chosen a rule for, in the order of `Flag`."""
    day = on or timezone.localdate()
    chosen = set(
        FlagRule.objects.filter(since__lte=day).exclude(until__lte=day).values_list("flag", flat=True)
    )
    return [flag for flag in Flag.values if flag not in chosen]


def derive(persons: Iterable[int], on: date | None = None) -> dict[int, Derived]:
    """The flags of these persons on a day; a person with two jobs has a flag that either gives.

    One query for the facts and one for the rules. Persons who died, or whose record was merged, are left out.
    """
    keys, day = list(persons), on or timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM person_facts(%s, %s)", [keys, day])
        rows = cursor.fetchall()
    judge = _Judge()
    said: dict[int, list[Derived]] = {}
    for person, rules, *facts in rows:
        said.setdefault(person, []).append(judge(tuple(rules), tuple(facts)))
    return {person: _joined(each) for person, each in said.items()}


class _Judge:
    """Asks the predicates, each combination of rules and facts once."""

    def __init__(self) -> None:
        self._rules = {r.pk: r for r in FlagRule.objects.all()}
        self._known: dict[Any, Derived] = {}

    def __call__(self, rules: tuple[int, ...], facts: tuple[Any, ...]) -> Derived:
        key = (rules, facts)
        if key not in self._known:
            industry, ownership, form, post_class, wage, half_year, sex, ethnicity, hukou = facts
            asked = Facts(
                industry or "", ownership or "", form or "", post_class or "", wage, half_year,
                sex or "", ethnicity or "", hukou or "",
            )  # fmt: skip
            flags, unknown = {}, set()
            for rule in (self._rules[r] for r in rules if r in self._rules):
                predicate = PREDICATES.get(rule.flag, {}).get(rule.rule)
                answer = predicate(asked, rule.industries) if predicate else None
                if answer:
                    flags[rule.flag] = rule.rule
                elif answer is None:
                    unknown.add(rule.flag)
            self._known[key] = Derived(flags, frozenset(unknown))
        return self._known[key]


def _joined(each: list[Derived]) -> Derived:
    flags = {flag: rule for one in each for flag, rule in one.flags.items()}
    return Derived(flags, frozenset(f for one in each for f in one.unknown if f not in flags))


def freeze(cases: Iterable[int], on: date | None = None) -> None:
    """Write on the participants of these cases what they are on that day, and by which rules.

    For an effect of the door: it runs in the actor's scope while the participants may still be written. The facts are
    read beyond that scope, the flags alone come back.
    """
    keys = list(cases)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id FROM lifecycle_participant WHERE case_id = ANY (%s) ORDER BY id", [keys]
        )
        rows = cursor.fetchall()
        known = derive({person for _row, person in rows}, on)
        found = [(row, known.get(person, Derived())) for row, person in rows]
        cursor.execute(
            "UPDATE lifecycle_participant p SET flags = string_to_array(t.flags, ' '), flag_rule = t.rule"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS t (id, flags, rule) WHERE p.id = t.id",
            [
                [row for row, _derived in found],
                [" ".join(sorted(derived.flags)) for _row, derived in found],
                [derived.rule for _row, derived in found],
            ],
        )


_COLUMNS = (
    "rules", "industry", "ownership", "form", "post_class", "wage_is_main", "half_year", "sex", "ethnicity", "hukou",
)  # fmt: skip


def keep(persons: Iterable[int] | None = None, on: date | None = None) -> int:
    """Bring the kept rows of these persons (None: of everybody) to what is derived; returns how many rows changed.

    As the worker or the owner. A flag that is gone ends on the day, one that is new begins; what began on the same day
    and is gone leaves no row.
    """
    day = on or timezone.localdate()
    keys = None if persons is None else list(persons)
    if keys == []:
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS facts_now, flags_of, flags_now")
        cursor.execute(
            "CREATE TEMP TABLE facts_now ON COMMIT DROP AS SELECT * FROM person_facts(%s, %s)", [keys, day]
        )
        cursor.execute(f"SELECT DISTINCT {', '.join(_COLUMNS)} FROM facts_now")
        judge, given = _Judge(), []
        for rules, *facts in cursor.fetchall():
            given += [
                (list(rules), *facts, flag, rule)
                for flag, rule in judge(tuple(rules), tuple(facts)).flags.items()
            ]
        cursor.execute(
            "CREATE TEMP TABLE flags_of (rules bigint[], industry text, ownership text, form text, post_class text,"
            " wage_is_main boolean, half_year boolean, sex text, ethnicity text, hukou text, flag text, rule text)"
            " ON COMMIT DROP"
        )
        with cursor.copy("COPY flags_of FROM STDIN") as copying:
            for row in given:
                copying.write_row(row)
        # Nulls are equal here and a hash join cannot see that, so both sides are compared as one text.
        left, right = (", ".join(f"{table}.{name}" for name in _COLUMNS) for table in "fo")
        cursor.execute(
            "CREATE TEMP TABLE flags_now ON COMMIT DROP AS"
            " SELECT DISTINCT ON (f.person, o.flag) f.person, o.flag, o.rule"
            f" FROM facts_now f JOIN flags_of o ON ROW({left})::text = ROW({right})::text"
            " ORDER BY f.person, o.flag, o.rule"
        )
        cursor.execute("ANALYZE flags_now")
        of = "" if keys is None else " AND d.person_id = ANY (%(keys)s)"
        gone = (
            " d.until IS NULL AND NOT EXISTS (SELECT 1 FROM flags_now n"
            " WHERE n.person = d.person_id AND n.flag = d.flag AND n.rule = d.rule)" + of
        )
        given_ = {"keys": keys, "day": day}
        cursor.execute(f"DELETE FROM people_derivedflag d WHERE d.since >= %(day)s AND{gone}", given_)
        changed = cursor.rowcount
        cursor.execute(f"UPDATE people_derivedflag d SET until = %(day)s WHERE{gone}", given_)
        changed += cursor.rowcount
        cursor.execute(
            "INSERT INTO people_derivedflag (person_id, flag, rule, since)"
            " SELECT n.person, n.flag, n.rule, %(day)s FROM flags_now n WHERE NOT EXISTS (SELECT 1"
            " FROM people_derivedflag d WHERE d.person_id = n.person AND d.flag = n.flag AND d.until IS NULL)",
            given_,
        )
        return changed + int(cursor.rowcount)
