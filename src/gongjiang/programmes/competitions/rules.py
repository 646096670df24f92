"""What follows from ranks and numbers alone: bands, thresholds, who may enter, who may rise a grade. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django.utils.translation import gettext as _

from gongjiang.kernel.rules.decision import Reason


@dataclass(frozen=True)
class Range:
    """Ranks from `first` to `last`, or to a share of the entrants in per cent, rounded down."""

    first: int
    last: int | None = None
    share: Decimal | None = None

    def ends(self, entrants: int) -> int:
        """The last rank that lies within it.

        >>> Range(13, share=Decimal(50)).ends(31), Range(1, 2).ends(31)
        (15, 2)
        """
        if self.last is not None:
            return self.last
        assert self.share is not None
        return int((entrants * self.share / 100).to_integral_value(ROUND_FLOOR))


def won(bands: Sequence[Range], ranks: Mapping[int, int], entrants: int) -> dict[int, int]:
    """Which band each rank wins: key → place in `bands`, from 0; whoever wins none is left out.

    ranks     key → rank, 1 for the first; equals share a rank and win the same
    entrants  how many started, for bands that end at a share of them
    Where two bands hold a rank, the first of them is won.

    >>> won([Range(1, 2), Range(3, share=Decimal(50))], {7: 1, 8: 2, 9: 2, 5: 4, 6: 5}, 8)
    {7: 0, 8: 0, 9: 0, 5: 1}
    """
    found = {}
    for key, rank in ranks.items():
        for place, band in enumerate(bands):
            if band.first <= rank <= band.ends(entrants):
                found[key] = place
                break
    return found


@dataclass(frozen=True)
class Threshold:
    """One of the three thresholds of an event, and where it stands now. `least` None: none is set."""

    name: str
    least: int | None
    entrants: int

    @property
    def met(self) -> bool:
        return self.least is None or self.entrants >= self.least

    @property
    def short(self) -> int:
        """How many are missing."""
        return 0 if self.met or self.least is None else self.least - self.entrants


def age_on(born_on: date, day: date) -> int:
    """Full years.

    >>> age_on(date(2000, 2, 29), date(2018, 2, 28)), age_on(date(2000, 2, 29), date(2018, 3, 1))
    (17, 18)
    """
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


@dataclass(frozen=True)
class Person:
    """What is asked of one entrant. `titles` are the names of titles in force."""

    name: str
    born_on: date | None
    titles: Collection[str] = ()


def against_entry(
    people: Sequence[Person],
    *,
    group: str,
    group_asked: str,
    group_label: str,
    size: int,
    day: date,
    values: Mapping[str, Any],
) -> list[Reason]:
    """Why these cannot enter together, each with the clause; empty where they can.

    values  the parameters' `read.Value` by name: `age_least`, `age_most`, `entry_exclusions`
    day     on which the age counts: the last day of registration
    """
    found = []
    if group != group_asked:
        text = _("This event is for the group “%s”. Choose an event of your own group.")
        found.append(Reason(text % group_label, clause=_("The announcement of the event"), field="group"))
    if len(people) != size:
        text = _("This event needs %(size)d persons in one entry; there are %(there)d.")
        found.append(Reason(text % {"size": size, "there": len(people)}, field="members"))
    least, most, barred = values["age_least"], values["age_most"], values["entry_exclusions"]
    for person in people:
        said = {"name": person.name}
        if person.born_on is None:
            found.append(Reason(_("The day of birth of %(name)s is not on record.") % said))
        else:
            age = age_on(person.born_on, day)
            if least.value is not None and age < least.value:
                text = _("%(name)s is %(age)d years old; from %(least)d years.")
                found.append(least.reason(text % {**said, "age": age, "least": least.value}))
            if most.value is not None and age > most.value:
                text = _("%(name)s is %(age)d years old; up to %(most)d years.")
                found.append(most.reason(text % {**said, "age": age, "most": most.value}))
        for title in sorted({held for held in person.titles for bar in barred.value or () if bar in held}):
            text = _("%(name)s holds “%(title)s” already, which this contest excludes.")
            found.append(barred.reason(text % {**said, "title": title}))
    return found


def rises_to(
    matrix: Sequence[Mapping[str, Any]], *, rank: int, held: str, cap: str, order: Sequence[str]
) -> tuple[int, str] | None:
    """The grade that a rank lets somebody rise to: (place of the row from 0, grade); None where no row gives one.

    matrix  rows of first, last, held ("" for any), grade: the first that holds is taken
    cap     the grade of the standard that the event was judged by; nothing rises above it
    order   the grades from the lowest to the highest
    Nobody rises to what they hold or to less.

    >>> order = ["junior", "senior", "technician"]
    >>> rises_to([{"first": 1, "last": 3, "held": "", "grade": "technician"}], rank=2, held="senior",
    ...          cap="technician", order=order)
    (0, 'technician')
    """
    for place, row in enumerate(matrix):
        if not row["first"] <= rank <= row["last"] or row["held"] not in ("", None, held):
            continue
        grade = str(row["grade"])
        if order.index(grade) > order.index(cap) or (held and order.index(grade) <= order.index(held)):
            return None
        return place, grade
    return None
