"""Access rules: one Q that filters the list and, on one key, checks the row.

    VIEW = within("path", Role.OFFICER, Role.LEADER) | own("applicant") | takes_part() | assigned()

`Rule.q(actor)` filters; `Rule.filter(queryset, actor)` applies it; a row is allowed when the filtered
queryset still holds it. There is no second way to ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q

from .actor import Actor

M = TypeVar("M", bound=models.Model)
NOTHING = Q(pk__in=[])


@dataclass(frozen=True)
class Rule:
    """A question about rows: `ask(actor, prefix)` gives the Q, with `prefix` leading to the spine ("case__")."""

    ask: Callable[[Actor, str], Q]
    words: str

    def q(self, actor: Actor, prefix: str = "") -> Q:
        """The condition under which this actor may."""
        return self.ask(actor, prefix)

    def filter(self, queryset: "models.QuerySet[M]", actor: Actor, prefix: str = "") -> "models.QuerySet[M]":
        """The rows of the queryset that this actor may."""
        return queryset.filter(self.q(actor, prefix))

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(lambda a, p: self.ask(a, p) | other.ask(a, p), f"{self.words} | {other.words}")

    def __and__(self, other: "Rule") -> "Rule":
        return Rule(lambda a, p: self.ask(a, p) & other.ask(a, p), f"({self.words}) & ({other.words})")


def within(path: str, *roles: str) -> Rule:
    """Rows whose path lies within a unit where the actor holds one of the roles (any role when none is named)."""

    def ask(actor: Actor, prefix: str) -> Q:
        q = NOTHING
        for tree in _outermost({g.path for g in actor.held(*roles)}):
            q |= Q(**{f"{prefix}{path}__within": tree})
        return q

    return Rule(ask, f"within({', '.join(roles) or 'any role'})")


def own(field: str) -> Rule:
    """Rows that belong to the actor as a person."""

    def ask(actor: Actor, prefix: str) -> Q:
        return NOTHING if actor.person is None else Q(**{f"{prefix}{field}": actor.person})

    return Rule(ask, f"own({field})")


def takes_part() -> Rule:
    """Cases in which the actor is a participant."""

    def ask(actor: Actor, prefix: str) -> Q:
        from gongjiang.kernel.lifecycle.models import Participant

        if actor.person is None:
            return NOTHING
        return Q(Exists(Participant.objects.filter(case=OuterRef(f"{prefix}pk"), person=actor.person)))

    return Rule(ask, "takes_part")


def assigned(*roles: str) -> Rule:
    """Cases whose live turn is the actor's own, or that of a unit where the actor holds one of the roles."""

    def ask(actor: Actor, prefix: str) -> Q:
        from gongjiang.kernel.lifecycle.models import Turn

        units = {g.unit for g in actor.held(*roles)}
        mine = NOTHING
        if units:
            mine |= Q(unit__in=units)
        if actor.person is not None:
            mine |= Q(person=actor.person)
        return Q(Exists(Turn.objects.filter(mine, case=OuterRef(f"{prefix}pk"), until=None)))

    return Rule(ask, f"assigned({', '.join(roles) or 'any role'})")


def submitted() -> Rule:
    """Cases that have left their draft: until then only the applicant sees them."""
    return Rule(lambda a, p: ~Q(**{f"{p}phase": "draft"}), "submitted")


def holds(*roles: str) -> Rule:
    """Everything, for an actor who holds one of the roles; for pages that list nothing of their own."""
    return Rule(lambda a, p: Q() if a.held(*roles) else NOTHING, f"holds({', '.join(roles) or 'any role'})")


def _outermost(paths: set[str]) -> list[str]:
    """The paths that lie within no other of them.

    >>> _outermost({"/1/", "/1/4/", "/2/"})
    ['/1/', '/2/']
    """
    return [p for p in sorted(paths) if not any(p != q and p.startswith(q) for q in paths)]
