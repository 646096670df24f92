"""What the pages and the guards read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.credentials.models import Credential, CredentialKind
from gongjiang.kernel.credentials.queries import valid
from gongjiang.kernel.lifecycle.models import Case, Edition, EditionState, Participant, WindowKind
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.orgs.paths import ancestors
from gongjiang.kernel.parameters import read
from gongjiang.kernel.people.models import Person
from gongjiang.kernel.review.models import Result as Came
from gongjiang.kernel.review.models import Standing
from gongjiang.kernel.review.scoring import standings
from gongjiang.kernel.rules.decision import Reason

from .models import Band, ContestEvent, Entrant, Entry, Shortfall, Stage, Won
from .rules import Person as Asked
from .rules import Range, Threshold, against_entry
from .rules import won as bands_won

THEORY, PRACTICE = "theory", "practice"
ENTRANT, COACH = "entrant", "coach"
FLOW = "competitions.entry"


def contests() -> QuerySet[Edition]:
    """Every contest that is not in preparation any more, the newest first."""
    return (
        Edition.objects.filter(programme="competitions", parent=None)
        .exclude(state__in=[EditionState.DRAFT, EditionState.CANCELLED])
        .select_related("unit", "contest")
        .order_by("-pk")
    )


def events(contest: Edition) -> QuerySet[ContestEvent]:
    """The events of a contest with their windows."""
    return (
        ContestEvent.objects.filter(edition__parent=contest)
        .select_related("edition__unit")
        .prefetch_related("edition__windows")
        .order_by("trade", "pk")
    )


def open_events(*paths: str) -> QuerySet[ContestEvent]:
    """Events that take registrations now; with paths, only those run by a union above one of them."""
    now = timezone.now()
    found = ContestEvent.objects.filter(
        edition__state=EditionState.PUBLISHED,
        edition__windows__kind=WindowKind.APPLY,
        edition__windows__since__lte=now,
        edition__windows__until__gt=now,
    )
    if paths:
        found = found.filter(edition__unit__in={key for path in paths for key in ancestors(path)})
    return (
        found.select_related("edition__unit", "edition__parent")
        .prefetch_related("edition__windows")
        .order_by("edition__parent", "trade", "pk")
    )


def until(edition: Edition, kind: str = WindowKind.APPLY) -> Any:
    """When a window of an edition ends; None where it has none."""
    return max((w.until for w in edition.windows.all() if w.kind == kind), default=None)


def workplaces(paths: Collection[str]) -> list[Unit]:
    """The unions of these workplaces, in the order of their paths."""
    return list(Unit.objects.filter(path__in=list(paths)).order_by("path"))


def entrants_of(case: int) -> QuerySet[Participant]:
    """Who stands behind an entry, in their order; coaches last."""
    return Participant.objects.filter(case=case).select_related("person", "unit").order_by("position")


def titles_held(persons: Collection[int]) -> dict[int, list[str]]:
    """{person: names of titles in force}."""
    found: dict[int, list[str]] = {}
    rows = Credential.objects.filter(
        valid(timezone.localdate()), person__in=persons, kind=CredentialKind.TITLE
    )
    for person, name in rows.values_list("person", "name"):
        found.setdefault(person, []).append(name)
    return found


def entered(persons: Sequence[int], event: int, but: int = 0) -> list[tuple[int, str, bool, int]]:
    """Where these persons stand already: (person, the event, whether it is this one, how many of the contest).

    Reads over every delegation, and tells no more than that.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, trade, here, others FROM competitions_entered(%s, %s, %s)",
            [list(persons), event, but],
        )
        return list(cursor.fetchall())


def standing_count(events: Collection[int]) -> dict[int, int]:
    """{event: persons who started in its final; before the roll call those who are registered}."""
    rows = (
        Entrant.objects.filter(event__in=events, stage=Stage.FINAL)
        .values("event")
        .annotate(
            started=Count("pk", filter=Q(started_on__isnull=False)),
            registered=Count("pk", filter=Q(live=True)),
        )
        .values_list("event", "started", "registered")
    )
    return {event: started or registered for event, started, registered in rows}


@dataclass(frozen=True)
class Standings:
    """The three thresholds of an event as it stands now, and what was chosen when it fell short."""

    hold: Threshold
    title: Threshold
    upgrade: Threshold
    chosen: Shortfall | None

    @property
    def all(self) -> tuple[Threshold, ...]:
        return self.hold, self.title, self.upgrade

    @property
    def may_be_held(self) -> bool:
        return self.hold.met or (self.chosen is not None and self.chosen.choice == "without_titles")

    @property
    def titles_given(self) -> bool:
        return self.title.met and self.hold.met


def thresholds(event: Edition) -> Standings:
    """Where an event stands against its thresholds, reckoned now."""
    there = standing_count([event.pk]).get(event.pk, 0)
    said = read.plain(read.values("competitions", unit=event.unit_id, edition=event))
    names = ("min_to_hold", "min_for_title", "min_for_upgrade")
    hold, title, upgrade = (Threshold(name, said[name], there) for name in names)
    chosen = Shortfall.objects.filter(edition=event).order_by("-pk").first()
    return Standings(hold, title, upgrade, chosen)


def bands(event: Edition, won: str) -> list[Band]:
    """What can be won in an event: the rows of its contest."""
    return list(Band.objects.filter(edition=event.parent_id or event.pk, won=won).order_by("position"))


def ranges(rows: Sequence[Band]) -> list[Range]:
    return [Range(b.first, b.last, b.share) for b in rows]


@dataclass(frozen=True)
class Reached:
    """What an entry reached, from the locked panels: all out of 100."""

    total: Decimal
    practice: Decimal
    theory: Decimal | None
    seconds: int | None
    rank: int

    def fails(self, mark: Decimal) -> bool:
        """Whether a part lies below the pass mark."""
        return self.practice < mark or (self.theory is not None and self.theory < mark)


def reached(cases: Sequence[int]) -> dict[int, Reached]:
    """{case: what it reached} for those whose practice has been locked."""
    theory, practice = standings(cases, THEORY), standings(cases, PRACTICE)
    found = {}
    for key, row in practice.items():
        before = theory.get(key) if row.own is not None else None
        found[key] = Reached(
            row.total, row.total if row.own is None else row.own, before.total if before else None, row.item.seconds,
            row.rank,
        )  # fmt: skip
    return found


def failed_theory(cases: Sequence[int]) -> dict[int, Standing]:
    """Of these cases those that the theory did not let through."""
    return {key: row for key, row in standings(cases, THEORY).items() if row.result != Came.PASSED}


@dataclass(frozen=True)
class Prizes:
    """What the ranks of an event win: {case: band}."""

    prizes: Mapping[int, Band]
    titles: Mapping[int, Band]


def prizes(event: Edition, found: Mapping[int, Reached]) -> Prizes:
    """What these win, all of one event. Whoever fails a part wins nothing, and nobody moves up for it."""
    said = ContestEvent.objects.get(edition=event)
    ranks = {key: r.rank for key, r in found.items() if not r.fails(said.pass_mark)}
    there = standing_count([event.pk]).get(event.pk, 0)
    made = {}
    for won in (Won.PRIZE, Won.TITLE):
        rows = bands(event, won)
        made[won] = {key: rows[n] for key, n in bands_won(ranges(rows), ranks, there).items()}
    return Prizes(made[Won.PRIZE], made[Won.TITLE])


def table(event: Edition) -> QuerySet[Entry]:
    """The publicised results of an event, best first."""
    return (
        Entry.objects.filter(case__edition=event, rank__isnull=False)
        .select_related("case__applicant", "case__unit", "prize", "title")
        .order_by("rank", "pk")
    )


def counts(editions: Collection[int], cases: "QuerySet[Case]") -> dict[int, int]:
    """{contest: entries of its events that may be seen}."""
    rows = cases.filter(edition__parent__in=editions).order_by()
    return dict(rows.values_list("edition__parent").annotate(Count("pk")))


def first_look(event: ContestEvent, person: int | None) -> list[Reason]:
    """What stands against somebody's own entry before anything is filled in: age, titles, other events."""
    row = Person.objects.filter(pk=person).first() if person is not None else None
    if row is None:
        return []
    edition = event.edition
    values = read.values("competitions", unit=edition.unit_id, edition=edition)
    last = until(edition) or timezone.now()
    found = against_entry(
        [Asked(row.name, row.born_on, titles_held([row.pk]).get(row.pk, ()))],
        group=event.group, group_asked=event.group, group_label="", size=1, day=timezone.localdate(last), values=values,
    )  # fmt: skip
    most = values["events_per_person"]
    for _person, trade, here, others in entered([row.pk], edition.pk):
        if here:
            found.append(Reason(_("You are registered in this event already.")))
        elif most.value is not None and others >= most.value:
            text = _("You stand in “%(event)s” already; one person may enter %(most)d in this contest.")
            found.append(most.reason(text % {"event": trade, "most": most.value}))
    return found
