"""What the pages read: places to choose from, industries by name, the structure of a workforce."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.db.models import Case, CharField, Count, F, Max, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.credentials.ladder import HIGH_SKILL, Grade, rung
from gongjiang.kernel.credentials.models import Credential, CredentialKind
from gongjiang.kernel.credentials.queries import valid
from gongjiang.kernel.orgs.models import LegalEntity, Level, Ownership, SizeClass, Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.flags import SECTIONS
from gongjiang.kernel.people.models import (
    Education,
    Employment,
    EmploymentForm,
    Hukou,
    Person,
    PostClass,
    Sex,
)
from gongjiang.web.components.cases import LIVE_TURNS
from gongjiang.web.components.wording import day

from .models import Candidate, Correction, Fact
from .permissions import KEEPERS

FEWEST = 10  # persons in a shown cell, for whoever may not open it to persons
AGES = (30, 40, 50, 150)
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Share:
    """One part of a whole: how many people, and how many in a hundred. `count` is None where it is withheld."""

    label: Any
    count: int | None
    percent: int
    key: str = ""


@dataclass(frozen=True)
class Structure:
    """A workforce three ways. Each list adds up to `total`, people of whom it is not known included."""

    total: int
    ages: Sequence[Share]
    posts: Sequence[Share]
    sexes: Sequence[Share]
    is_withheld: bool


def keeps(actor: Actor, path: str) -> bool:
    """Whether the actor may see the people of a unit by name."""
    return any(path.startswith(grant.path) for grant in actor.held(*KEEPERS))


AGE_WORDS: dict[str, Any] = {
    "30": _("under 30"),
    "40": _("30 to 39"),
    "50": _("40 to 49"),
    "150": _("50 and over"),
    UNKNOWN: _("not known"),
}


def age_band(prefix: str) -> Any:
    """The age band of a person today, a key of AGE_WORDS."""
    today = timezone.localdate()
    return Case(
        *(
            When(**{f"{prefix}born_on__gt": _years_before(today, upto)}, then=Value(str(upto)))
            for upto in AGES
        ),
        default=Value(UNKNOWN),
        output_field=CharField(),
    )


def structure(jobs: QuerySet[Employment], *, exact: bool) -> Structure:
    """Age, post class and sex of the people in these open employments, in one query.

    Unless `exact`, counts below ten are withheld, and one more where the rest would give them away.
    """
    counted = list(
        jobs.order_by()
        .annotate(band=age_band("person__"))
        .values_list("band", "post_class", "person__sex")
        .annotate(n=Count("person", distinct=True))
    )
    total = sum(n for *_keys, n in counted)
    lists = []
    divided: tuple[tuple[int, dict[str, Any]], ...] = (
        (0, AGE_WORDS),
        (1, dict(PostClass.choices)),
        (2, {Sex.MALE: Sex.MALE.label, Sex.FEMALE: Sex.FEMALE.label, Sex.UNKNOWN: Sex.UNKNOWN.label}),
    )
    for place, words in divided:
        sums = {str(key): sum(n for *keys, n in counted if keys[place] == key) for key in words}
        lists.append((words, sums))
    hidden = [set() if exact else withheld(sums) for _words, sums in lists]
    ages, posts, sexes = (
        [
            Share(
                words[key],
                None if key in gone else sums[key],
                0 if key in gone or not total else round(100 * sums[key] / total),
                key,
            )
            for key in words
            if sums[key] or key == UNKNOWN or key == Sex.UNKNOWN
        ]
        for (words, sums), gone in zip(lists, hidden, strict=True)
    )
    return Structure(total, ages, posts, sexes, any(hidden))


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def withheld(sums: dict[str, int]) -> set[str]:
    """Which counts must not be shown: those below ten, and the next smallest where these alone could be worked out.

    >>> sorted(withheld({"a": 4, "b": 30, "c": 50}))
    ['a', 'b']
    >>> withheld({"a": 40, "b": 0})
    set()
    """
    small = {key for key, n in sums.items() if 0 < n < FEWEST}
    if not small:
        return set()
    others = sorted((n, key) for key, n in sums.items() if n and key not in small)
    if sum(sums[key] for key in small) < FEWEST or len(small) == 1:
        small |= {key for _n, key in others[:1]}
    return small


def places(actor: Actor, chosen: int | None) -> list[tuple[Unit, int]]:
    """(unit, depth) to filter by: the actor's own, the way down to the chosen one, and what lies right below it.

    Never the whole tree, and no enterprises. Three queries at most.
    """
    tops = _outermost(grant.path for grant in actor.grants)
    at = Unit.objects.filter(pk=chosen).first() if chosen else None
    path = next(
        (at.path for top in tops if at is not None and at.path.startswith(top)),
        tops[0] if len(tops) == 1 else "",
    )
    way = {ancestors(top)[-1] for top in tops}
    for top in tops:
        if path.startswith(top):
            way |= set(ancestors(path)) - set(ancestors(top))
    found = [(unit, unit.path.count("/")) for unit in Unit.objects.filter(pk__in=way).order_by("path")]
    if path:
        below = (
            Unit.objects.filter(parent=ancestors(path)[-1]).exclude(level=Level.ENTERPRISE).order_by("code")
        )
        found += [(unit, unit.path.count("/")) for unit in below]
    least = min((depth for _unit, depth in found), default=0)
    return [(unit, depth - least) for unit, depth in found]


def _outermost(paths: Iterable[str]) -> list[str]:
    found = set(paths)
    return sorted(p for p in found if not any(p != q and p.startswith(q) for q in found))


def sections() -> list[tuple[str, str]]:
    """(letter, name) of the sections of industry; empty where the list is not loaded."""
    return [(code.code, f"{code.code} {_name(code)}") for code in _industries().filter(level="section")]


def in_section(section: str) -> Q:
    """Entities of a section, whether their code carries its letter (B06) or not (0610)."""
    divisions = [c.code[1:] for c in _industries().filter(level="division", code__startswith=section)]
    lettered = Q(industry__gte=section, industry__lt=chr(ord(section) + 1))
    if not divisions:
        return lettered
    return lettered | Q(industry__gte=divisions[0], industry__lt=f"{int(divisions[-1]) + 1:02d}")


def industry_names(entities: Iterable[LegalEntity | Candidate]) -> dict[str, str]:
    """industry code as recorded -> name of its division, for these entities. One query."""
    wanted = {e.industry: (e.industry[1:3] if e.industry[:1].isalpha() else e.industry[:2]) for e in entities}
    divisions = {c.code[1:]: _name(c) for c in _industries().filter(level="division")} if wanted else {}
    return {code: divisions.get(division, code) for code, division in wanted.items()}


def _industries() -> QuerySet[Code]:
    return Code.objects.filter(list__code="industry", until=None).order_by("code")


def _name(code: Code) -> str:
    return code.name if str(get_language()).startswith("zh") else code.name_en or code.name


@dataclass(frozen=True)
class Lists:
    """The parks and industrial chains that a place's lists of enterprises may name; empty where none are published."""

    parks: Sequence[str] = ()
    chains: Sequence[str] = ()


def lists(unit: int) -> Lists:
    """What is published for a unit, by its key; 0 is none. Two queries."""
    if not unit:
        return Lists()
    values = read.values("registry", unit=unit)
    return Lists(values["parks"].value, values["chains"].value)


def corrections() -> QuerySet[Correction]:
    """Objections with all that a row of a list shows."""
    turns = Prefetch("case__turns", LIVE_TURNS.queryset, "live_turns")
    rows = Correction.objects.select_related(
        "case__unit", "case__applicant", "case__edition", "person", "employment__entity"
    )
    return rows.prefetch_related(turns)


def said(fact: str, value: str) -> str:
    """A fact's value as one reads it."""
    if not value:
        return "—"
    words: dict[str, Any] = {Fact.SEX: Sex, Fact.POST_CLASS: PostClass}
    if fact in words:
        return str(words[fact](value).label)
    return day(date.fromisoformat(value)) if fact in (Fact.SINCE, Fact.UNTIL) else value


@dataclass(frozen=True)
class Part:
    """A distribution of a place's workers: its name, its shares, and which filter of the list opens one."""

    title: Any
    shares: Sequence[Share]
    filter: str = ""


def section_of(field: str) -> Any:
    """The section of GB/T 4754 of an industry code, with or without its letter; UNKNOWN where it is none."""
    whens = [
        When(**{f"{field}__startswith": letter}, then=Value(letter)) for letter, _first, _last in SECTIONS
    ]
    whens += [
        When(**{f"{field}__gte": f"{first:02d}", f"{field}__lt": f"{last + 1:02d}"}, then=Value(letter))
        for letter, first, last in SECTIONS
    ]
    return Case(*whens, default=Value(UNKNOWN), output_field=CharField())


def _highest() -> QuerySet[Any]:
    """Persons with their highest valid grade, as its place in the ladder."""
    held = Credential.objects.filter(valid(), kind=CredentialKind.GRADE, person__isnull=False).order_by()
    return held.values("person").annotate(rung=Max(rung("level")))


def graded(code: str) -> QuerySet[Any]:
    """Keys of persons whose highest valid grade is this one; of everybody without any for UNKNOWN."""
    if code == UNKNOWN:
        return Person.objects.exclude(pk__in=_highest().filter(rung__gt=0).values("person")).values("pk")
    return _highest().filter(rung=list(Grade).index(Grade(code)) + 1).values("person")


def _grades(jobs: QuerySet[Employment], total: int) -> dict[str, int]:
    """grade -> persons whose highest valid one it is; the rest have none on record."""
    rungs = Counter(
        _highest().filter(person__in=jobs.order_by().values("person")).values_list("rung", flat=True)
    )
    found = {str(grade): rungs[place] for place, grade in enumerate(Grade, start=1)}
    return {**found, UNKNOWN: total - sum(found.values())}


@dataclass(frozen=True)
class Skill:
    """Holders of a valid grade, and those of them whose highest is senior worker or above."""

    holders: int
    high: int

    @property
    def share(self) -> int | None:
        """High-skilled holders in a hundred holders, never in a hundred workers; None where nobody holds one."""
        return round(100 * self.high / self.holders) if self.holders else None


def distributions(jobs: QuerySet[Employment], *, exact: bool) -> tuple[int, list[Part], Skill | None]:
    """How many people, how they divide, and their skill: the unknown is a share of its own.

    A person with several employments counts once in what is theirs (age, sex, schooling, hukou, highest grade), and
    once in each section or class where they work. Unless `exact`, small counts are withheld.
    """
    jobs = jobs.order_by()
    unknown = AGE_WORDS[UNKNOWN]
    industries = {**dict(sections()), UNKNOWN: unknown}
    theirs: tuple[tuple[Any, Any, dict[str, Any], str], ...] = (
        (c("structure", "Age"), age_band(""), AGE_WORDS, "age"),
        (c("roster", "Sex"), F("sex"), dict(Sex.choices), "sex"),
        (c("structure", "Schooling"), F("education"), _known(Education), "education"),
        (c("structure", "Household registration"), F("hukou"), _known(Hukou), "hukou"),
    )
    of_work: tuple[tuple[Any, Any, dict[str, Any], str], ...] = (
        (c("roster", "Post class"), F("post_class"), dict(PostClass.choices), "post_class"),
        (c("employment", "Form"), F("form"), dict(EmploymentForm.choices), "form"),
        (c("enterprise", "Industry"), section_of("entity__industry"), industries, "section"),
        (c("enterprise", "Ownership"), F("entity__ownership"), dict(Ownership.choices), "ownership"),
        (c("enterprise", "Size"), F("entity__size_class"), dict(SizeClass.choices), "size_class"),
    )
    parts = []
    together = {f"part_{name}": expression for _title, expression, _words, name in theirs}
    persons = Person.objects.filter(pk__in=jobs.values("person")).order_by()
    counts = list(persons.annotate(**together).values_list(*together).annotate(n=Count("pk")))
    total = sum(n for *_keys, n in counts)
    for place, (title, _expression, words, name) in enumerate(theirs):
        counted: Counter[str] = Counter()
        for *keys, n in counts:
            counted[keys[place] or UNKNOWN] += n
        parts.append(_part(title, {key: counted[key] for key in words}, words, name, exact))
    for title, expression, words, name in of_work:
        rows = jobs.annotate(part=expression).values_list("part").annotate(n=Count("person", distinct=True))
        counted = Counter({key or UNKNOWN: n for key, n in rows})
        parts.append(_part(title, {key: counted[key] for key in words}, words, name, exact))
    grades = _grades(jobs, total)
    parts.append(
        _part(c("structure", "Highest skill grade"), grades, {**dict(Grade.choices), UNKNOWN: _("none on record")},
              "grade", exact)
    )  # fmt: skip
    parts.append(_trades(jobs, total, exact))
    holders, high = total - grades[UNKNOWN], sum(grades[grade] for grade in HIGH_SKILL)
    few = not exact and any(0 < n < FEWEST for n in (high, holders - high))
    return total, parts, None if few else Skill(holders, high)


@dataclass(frozen=True)
class Peers:
    """An enterprise beside others of its industry division, size and city.

    rows     (label, share here, share among the others) in hundredths; a dimension with a small cell is left out
    persons, enterprises   how many the others are
    missing  what no union has published and the comparison needs; empty where there is just not enough to compare
    """

    rows: Sequence[tuple[Any, int, int]] = ()
    persons: int = 0
    enterprises: int = 0
    missing: Sequence[Any] = ()


def peers(entity: LegalEntity, own: Structure) -> Peers:
    """How the enterprise's workforce compares; the database answers only above the published smallest numbers."""
    values = read.values("registry", unit=entity.unit)
    persons, firms = values["benchmark_k_min"].value, values["benchmark_firms_min"].value
    if persons is None or firms is None:
        wanted = ("benchmark_k_min", "benchmark_firms_min")
        lacking = [values[name].parameter for name in wanted if values[name].value is None]
        return Peers(missing=read.Missing(lacking).reasons)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_peers(%s, %s, %s)", [entity.pk, persons, firms])
        found = cursor.fetchall()
    theirs = {(dimension, part): share for dimension, part, share, _persons, _firms in found}
    rows = [
        (share.label, share.percent, theirs[dimension, share.key])
        for dimension, shares in (("age", own.ages), ("post_class", own.posts), ("sex", own.sexes))
        for share in shares
        if (dimension, share.key) in theirs
    ]
    return Peers(rows, found[0][3], found[0][4]) if found else Peers()


def _known(kind: Any) -> dict[str, Any]:
    return {**dict(kind.choices), UNKNOWN: AGE_WORDS[UNKNOWN]}


def _part(title: Any, sums: dict[str, int], words: dict[str, Any], name: str, exact: bool) -> Part:
    gone = set() if exact else withheld(sums)
    whole = sum(sums.values())
    shares = [
        Share(
            words[key],
            None if key in gone else n,
            0 if key in gone or not whole else round(100 * n / whole),
            key,
        )
        for key, n in sums.items()
        if n or key in (UNKNOWN, Sex.UNKNOWN)
    ]
    return Part(title, shares, name)


TRADES = 10


def _trades(jobs: QuerySet[Employment], total: int, exact: bool) -> Part:
    """The ten posts that most people have, by the words of the rosters."""
    rows = jobs.exclude(post="").values_list("post").annotate(n=Count("person", distinct=True))
    most = dict(rows.order_by("-n", "post")[:TRADES])
    shares = [
        Share(post, n, round(100 * n / total), quote(post))
        for post, n in most.items()
        if exact or n >= FEWEST
    ]
    return Part(c("structure", "Most frequent posts"), shares, "post")
