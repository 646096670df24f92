"""What the pages read."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.calendar.days import add_working_days
from gongjiang.kernel.calendar.read import calendars
from gongjiang.kernel.lifecycle.models import Case, CaseEvent, Edition, EditionState, Participant, WindowKind
from gongjiang.kernel.orgs.models import Unit, UnitKind
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.parameters import read
from gongjiang.kernel.review.models import Result as Came
from gongjiang.kernel.review.scoring import standings
from gongjiang.kernel.targets import queries as targets
from gongjiang.kernel.targets.models import Reading

from .models import BenefitKind, Conversion, Entry, Likeness, Prize, Result, Roadshow
from .permissions import VIEW
from .rules import prizes_won

#: Calls that closed longer ago are not looked at.
LATEST = timedelta(days=366)
#: The stages of a call: what panels judge.
PAPER, ROADSHOW = "paper", "roadshow"


def open_calls(*paths: str) -> QuerySet[Edition]:
    """Calls that take entries now from units on these paths; with no path, every open call."""
    now = timezone.now()
    calls = Edition.objects.filter(
        programme="innovations",
        state=EditionState.PUBLISHED,
        windows__kind=WindowKind.APPLY,
        windows__since__lte=now,
        windows__until__gt=now,
    )
    if paths:
        calls = calls.filter(unit__in={key for path in paths for key in ancestors(path)})
    return calls.select_related("unit").order_by("windows__until", "pk")


def calls_for(case: Case) -> QuerySet[Edition]:
    """Calls that a result may be put forward in now: the open ones, and those that closed while it lay with finance and
    still take what was signed late (`late_signature_days`)."""
    now = timezone.now()
    signed = list(CaseEvent.objects.filter(case=case, name__in=("adopt", "sign")).values_list("name", "at"))
    closed = Edition.objects.filter(
        programme="innovations", state=EditionState.PUBLISHED, unit__in=ancestors(case.path)
    ).annotate(closing=Max("windows__until", filter=Q(windows__kind=WindowKind.APPLY)))
    late = [
        call.pk
        for call in closed.filter(closing__lte=now, closing__gt=now - LATEST)
        if any(name == "adopt" and at <= call.closing for name, at in signed)
        and any(name == "sign" and at > call.closing for name, at in signed)
        and _takes_late(call)
    ]
    open_ = open_calls(case.path).order_by().values("pk")
    return Edition.objects.filter(Q(pk__in=open_) | Q(pk__in=late)).select_related("unit").order_by("-pk")


def _takes_late(call: Any) -> bool:
    """Whether a closed call still takes today what finance has signed late."""
    days = read.value("innovations.late_signature_days", unit=call.unit_id, edition=call).value
    if not days:
        return False
    last = add_working_days(calendars().national, timezone.localdate(call.closing), days)
    return timezone.localdate() <= last


def without_roadshow(editions: Collection[int]) -> set[int]:
    """The calls whose values give the roadshow no share: their entries go from the papers straight on."""
    found = set()
    for edition in Edition.objects.filter(pk__in=editions):
        shares = read.values("innovations", edition=edition)["paper_vs_roadshow"].value
        if shares is not None and shares["roadshow"] == 0:
            found.add(edition.pk)
    return found


def roadshow_of(edition: Edition) -> Roadshow | None:
    """When and where the roadshow of a call is, where that is known."""
    return Roadshow.objects.filter(edition=edition).first()


def roadshows() -> QuerySet[Roadshow]:
    """The roadshows of today and to come, the next first."""
    today = timezone.make_aware(datetime.combine(timezone.localdate(), time.min))
    return Roadshow.objects.filter(at__gte=today).select_related("edition__unit").order_by("at", "pk")


def entries_of(result: Result) -> QuerySet[Entry]:
    """The entries of a result, newest first."""
    return Entry.objects.filter(result=result).select_related("case__edition", "case__unit").order_by("-pk")


def workplaces(paths: tuple[str, ...]) -> list[Unit]:
    """The units where somebody works, by the paths of an actor."""
    return list(Unit.objects.filter(path__in=paths).order_by("pk"))


def teams(units: Sequence[Unit]) -> QuerySet[Unit]:
    """The standing teams (班组) of these workplaces."""
    return Unit.objects.filter(parent__in=units, kind=UnitKind.TEAM, closed_on=None).order_by("name", "pk")


def categories(units: Sequence[Unit]) -> set[str]:
    """The kinds of result that are offered at these units: `category_list`. Two queries."""
    found = read.values_of("innovations", units)
    return {code for values in found.values() for code in values["category_list"].value}


@dataclass(frozen=True)
class Told:
    """What may be told of a result that lies out of reach: title and workplace are empty unless it is open."""

    key: int
    title: str
    unit_name: str
    year: int
    was_granted: bool


def told(keys: Sequence[int]) -> dict[int, Told]:
    """What may be told of these results, wherever they are."""
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM innovations_told(%s)", [list(keys)])
        return {row[0]: Told(*row) for row in cursor.fetchall()}


@dataclass(frozen=True)
class Alike:
    """A likeness as this reader may see it; `url` where the earlier result lies within reach."""

    likeness: Likeness
    title: str
    unit_name: str
    year: int
    was_granted: bool
    in_reach: bool


def alike(result: Result, actor: Actor) -> list[Alike]:
    """Earlier results that are like this one, the most alike first: three queries."""
    found = list(Likeness.objects.filter(result=result).order_by("-score", "other"))
    if not found:
        return []
    keys = [like.other for like in found]
    known = told(keys)
    near = VIEW.filter(Result.objects.filter(case__in=keys), actor, "case__").select_related("case__unit")
    own = {row.pk: row for row in near}
    return [
        Alike(
            like,
            own[like.other].title if like.other in own else known[like.other].title,
            own[like.other].case.unit.name if like.other in own else known[like.other].unit_name,
            known[like.other].year,
            known[like.other].was_granted,
            like.other in own,
        )
        for like in found
        if like.other in known
    ]


def benefit(result: Result) -> QuerySet[Reading]:
    """The lines of benefit that stand."""
    return targets.standing(case=result.pk, kind__in=BenefitKind.values).filter(value__gt=0)


def makers(case: int) -> QuerySet[Participant]:
    """Who made it, in their order."""
    return Participant.objects.filter(case=case).select_related("person", "unit").order_by("position")


PAYBACKS = Prefetch(
    "benefit__readings",
    queryset=Reading.objects.filter(superseded_by=None).order_by("since"),
    to_attr="standing",
)


def conversions(result: Result) -> QuerySet[Conversion]:
    """Who took a result over, and what it brought there."""
    return (
        Conversion.objects.filter(result=result)
        .select_related("benefit")
        .prefetch_related(PAYBACKS)
        .order_by("on")
    )


def paybacks_to_sign() -> QuerySet[Conversion]:
    """Conversions whose benefit nobody has confirmed yet."""
    unsigned = Reading.objects.filter(target=OuterRef("benefit"), superseded_by=None, confirmed_by=None)
    return (
        Conversion.objects.filter(Exists(unsigned))
        .select_related("result__case__unit", "benefit")
        .order_by("pk")
    )


@dataclass(frozen=True)
class Won:
    """What an entry wins: the prize of its rank, or the grade that it was given. `place` is 1 for the highest."""

    place: int
    name: str
    name_en: str
    prize: Prize | None = None


def grades_of(edition: Edition) -> list[str]:
    """The grades of recommendation that a call gives, the highest first; empty where it gives ranks and prizes."""
    values = read.values("innovations", unit=edition.unit_id, edition=edition)
    return list(values["outcome_grades"].value or ()) if values["outcome_mode"].value == "grade" else []


def prizes(cases: Sequence[int]) -> dict[int, Won]:
    """{case key: what it wins}: the prize of its final rank, or its grade; whoever wins nothing is left out.

    The final standing is that of the roadshow, or of the papers where a call has no roadshow.
    """
    editions = dict(Case.objects.filter(pk__in=cases).values_list("pk", "edition"))
    final = {**standings(cases, PAPER), **standings(cases, ROADSHOW)}
    found: dict[int, Won] = {}
    for edition in Edition.objects.filter(pk__in={key for key in editions.values() if key}):
        here = [key for key, of in editions.items() if of == edition.pk]
        if grades := grades_of(edition):
            given = Entry.objects.filter(case__in=here, grade__in=grades).values_list("case", "grade")
            found |= {key: Won(grades.index(name) + 1, name, "") for key, name in given}
            continue
        table = list(Prize.objects.filter(edition=edition).order_by("position"))
        ranks = {
            key: s.rank
            for key, s in final.items()
            if key in here and s.result == Came.PASSED and s.rank is not None
        }
        won = prizes_won([p.places for p in table], ranks)
        prizes_ = {key: table[n] for key, n in won.items()}
        found |= {key: Won(p.position, p.name, p.name_en, p) for key, p in prizes_.items()}
    return found
