"""Reading what the register says of those on a roster, and judging them by the rule."""

import datetime as dt
from collections.abc import Mapping, Sequence

from gongjiang.kernel.lifecycle.models import Case
from gongjiang.kernel.people.models import Employment, Person
from gongjiang.programmes.mutual_aid import queries
from gongjiang.programmes.mutual_aid.models import MemberCoverage
from gongjiang.programmes.mutual_aid.rules.enrolment import Joining, refusals


def standing(lines: Sequence[MemberCoverage], case: Case, begins: dt.date) -> Mapping[int, list[str]]:
    """line → why it cannot be enrolled; a few queries, however many lines."""
    assert case.edition is not None
    return {
        line.pk: found
        for line, found in zip(
            lines,
            judged(
                [(line.person_id, line.insurance, line.shares) for line in lines],
                case.unit_id,
                case.edition,
                begins,
            ),
            strict=True,
        )
        if found
    }


def judged(
    rows: Sequence[tuple[int, str, int]], unit: int, edition: object, begins: dt.date
) -> list[list[str]]:
    """Why each of (person, insurance, shares) cannot be enrolled by this unit from that day on."""
    persons = Person.objects.in_bulk({person for person, _insurance, _shares in rows})
    jobs: dict[int, tuple[dt.date, str]] = {}
    for person, since, post_class in Employment.objects.filter(
        person__in=persons, unit=unit, until=None
    ).values_list("person", "since", "post_class"):
        jobs[person] = min(jobs.get(person, (since, post_class)), (since, post_class))
    values = queries.values(edition)  # type: ignore[arg-type]
    found = []
    for person, insurance, shares in rows:
        who, job = persons.get(person), jobs.get(person)
        found.append(
            refusals(
                Joining(
                    sex=who.sex if who else "",
                    born_on=who.born_on if who else None,
                    post_class=job[1] if job else "",
                    insurance=insurance,
                    works_here=job is not None,
                    months_here=_months(job[0], begins) if job else 0,
                    shares=shares,
                ),
                values,
                begins,
            )
        )
    return found


def _months(since: dt.date, on: dt.date) -> int:
    """Whole months from one day to another; none below zero."""
    return max(0, (on.year - since.year) * 12 + on.month - since.month - (on.day < since.day))
