"""What the pages read: places to choose from, industries by name, the structure of a workforce."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy as c

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.codes.models import Code
from gongjiang.kernel.orgs.models import LegalEntity, Level, Ownership, SizeClass, Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.people.models import Education, Employment, EmploymentForm, Hukou, PostClass, Sex
from gongjiang.web.components.cases import LIVE_TURNS
from gongjiang.web.components.wording import day

from .models import Correction, Fact
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
    "30": lazy("under 30"),
    "40": lazy("30 to 39"),
    "50": lazy("40 to 49"),
    "150": lazy("50 and over"),
    UNKNOWN: lazy("not known"),
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


def industry_names(entities: Iterable[LegalEntity]) -> dict[str, str]:
    """industry code as recorded -> name of its division, for these entities. One query."""
    wanted = {e.industry: (e.industry[1:3] if e.industry[:1].isalpha() else e.industry[:2]) for e in entities}
    divisions = {c.code[1:]: _name(c) for c in _industries().filter(level="division")} if wanted else {}
    return {code: divisions.get(division, code) for code, division in wanted.items()}


def _industries() -> QuerySet[Code]:
    return Code.objects.filter(list__code="industry", until=None).order_by("code")


def _name(code: Code) -> str:
    return code.name if str(get_language()).startswith("zh") else code.name_en or code.name


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


def distributions(jobs: QuerySet[Employment], *, exact: bool) -> tuple[int, list[Part]]:
    """How many people, and how they divide: each distribution adds up to all, the unknown as a share of its own.

    A person with several employments counts once in what is theirs (age, sex, schooling, hukou), and once in each
    section or class where they work. Unless `exact`, small counts are withheld.
    """
    total = jobs.order_by().aggregate(n=Count("person", distinct=True))["n"]
    unknown = lazy("not known")
    divided: tuple[tuple[Any, Any, dict[str, Any], str], ...] = (
        (c("structure", "Age"), age_band("person__"), AGE_WORDS, "age"),
        (c("roster", "Sex"), F("person__sex"), dict(Sex.choices), "sex"),
        (c("structure", "Schooling"), F("person__education"), {**dict(Education.choices), "": unknown}, ""),
        (
            c("structure", "Household registration"),
            F("person__hukou"),
            {**dict(Hukou.choices), "": unknown},
            "",
        ),
        (c("roster", "Post class"), F("post_class"), dict(PostClass.choices), "post_class"),
        (c("employment", "Form"), F("form"), dict(EmploymentForm.choices), ""),
        (c("enterprise", "Ownership"), F("entity__ownership"), dict(Ownership.choices), ""),
        (c("enterprise", "Size"), F("entity__size_class"), dict(SizeClass.choices), ""),
    )
    parts = []
    for title, expression, words, name in divided:
        counted = (
            jobs.order_by()
            .annotate(part=expression)
            .values_list("part")
            .annotate(n=Count("person", distinct=True))
        )
        sums = dict.fromkeys(words, 0)
        for key, n in counted:
            sums[key or "" if "" in words else key] = sums.get(key or "", 0) + n
        gone = set() if exact else withheld(sums)
        whole = sum(sums.values())
        parts.append(
            Part(
                title,
                [
                    Share(
                        label,
                        None if key in gone else sums[key],
                        0 if key in gone or not whole else round(100 * sums[key] / whole),
                        key,
                    )
                    for key, label in words.items()
                    if sums[key] or key in ("", UNKNOWN, Sex.UNKNOWN)
                ],
                name,
            )
        )
    return total, parts
