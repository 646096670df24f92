"""Registering in an event: by the worker, or by the union of the workplace for a worker or a team."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.files import actions as files
from gongjiang.kernel.files.actions import Upload
from gongjiang.kernel.lifecycle import door
from gongjiang.kernel.lifecycle.flow import Forbidden, Stale
from gongjiang.kernel.lifecycle.models import Case, Participant
from gongjiang.kernel.lifecycle.states import State
from gongjiang.kernel.orgs.models import Unit
from gongjiang.kernel.people.models import Employment
from gongjiang.programmes.competitions.models import ContestEvent, Entry, Group
from gongjiang.programmes.competitions.permissions import CLAIMANT
from gongjiang.programmes.competitions.queries import COACH, ENTRANT

from .asking import ask

#: States in which an entry may still be changed.
OPEN = (State.DRAFT, State.RETURNED)
FLOW = "competitions.entry"


@dataclass(frozen=True)
class Content:
    """What is said of an entry. `coaches` are colleagues who trained the entrants: they never judge them."""

    group: str = Group.WORKERS
    grade: str = ""
    certificate: str = ""
    years: int | None = None
    team: str = ""
    coaches: Sequence[int] = field(default=())

    def columns(self) -> dict[str, object]:
        return {
            "group": self.group, "grade": self.grade, "certificate": self.certificate.strip(), "years": self.years,
            "team": " ".join(self.team.split()),
        }  # fmt: skip


def enter(
    event: ContestEvent,
    content: Content,
    *,
    actor: Actor,
    unit: Unit,
    submit: bool,
    evidence: Sequence[Upload] = (),
) -> Entry:
    """A worker registers at the union of the workplace, as a draft or at once.

    Raises Forbidden for anybody who does not work there, Refused with every clause that stands against it, and
    ValidationError for a paper that is not accepted; nothing is kept then.
    """
    if actor.person is None or unit.path not in actor.workplaces:
        raise Forbidden
    with transaction.atomic():
        case = door.open_case(
            FLOW, "draft", actor=actor, unit=unit, applicant=actor.person, edition=event.edition
        )
        return _filled(case, content, [actor.person], unit, actor, submit, evidence, by_unit=False)


def register_for(
    event: ContestEvent,
    people: Sequence[int],
    content: Content,
    *,
    actor: Actor,
    unit: Unit,
    submit: bool,
    evidence: Sequence[Upload] = (),
) -> Entry:
    """The union of the workplace registers somebody, or a team with its leader first.

    Raises Forbidden unless all of them work there and the actor acts for that union; otherwise as `enter`.
    """
    if not any(g.unit == unit.pk for g in actor.held(Role.UNIT_OFFICER)) or not people:
        raise Forbidden
    _work_there([*people, *content.coaches], unit)
    with transaction.atomic():
        case = door.open_case(
            FLOW, "draft_for", actor=actor, unit=unit, applicant=people[0], edition=event.edition
        )
        return _filled(case, content, people, unit, actor, submit, evidence, by_unit=True)


def revise(
    entry: Entry,
    content: Content,
    *,
    actor: Actor,
    submit: bool,
    evidence: Sequence[Upload] = (),
) -> Entry:
    """Change a draft or what was returned, and register it. Raises Forbidden, Stale, Refused, ValidationError."""
    with transaction.atomic():
        case = ask(CLAIMANT, entry.pk, actor)
        if case.state not in OPEN:
            raise Stale(case)
        for name, value in content.columns().items():
            setattr(entry, name, value)
        entry.save(update_fields=list(content.columns()))
        files.attach(case, evidence, actor=actor, states=OPEN)
        if submit:
            entry.case = door.transition(case, "submit", actor=actor)
    return entry


def _filled(
    case: Case,
    content: Content,
    people: Sequence[int],
    unit: Unit,
    actor: Actor,
    submit: bool,
    evidence: Sequence[Upload],
    *,
    by_unit: bool,
) -> Entry:
    entry = Entry.objects.create(case=case, by_unit=by_unit, **content.columns())
    everybody = [(p, ENTRANT) for p in dict.fromkeys(people)]
    everybody += [(p, COACH) for p in dict.fromkeys(content.coaches) if p not in people]
    Participant.objects.bulk_create(
        Participant(case=case, person_id=person, role=role, position=n, unit=unit)
        for n, (person, role) in enumerate(everybody, start=1)
    )
    files.attach(case, evidence, actor=actor, states=OPEN)
    if submit:
        entry.case = door.transition(case, "submit", actor=actor)
    return entry


def _work_there(people: Sequence[int], unit: Unit) -> None:
    there = Employment.objects.filter(person__in=people, unit=unit, until=None).values_list(
        "person", flat=True
    )
    if set(people) - set(there):
        raise Forbidden
