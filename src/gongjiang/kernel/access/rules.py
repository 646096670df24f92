"""Access rules: one Q that filters the list and, on one key, checks the row.

    VIEW = within("path", Role.OFFICER, Role.LEADER) | own("applicant") | takes_part() | assigned()

`Rule.q(actor)` filters; `Rule.filter(queryset, actor)` applies it; a row is allowed when the filtered
queryset still holds it. There is no second way to ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Lookup, Q
from django.db.models.constants import LOOKUP_SEP

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
        """The rows of the queryset that this actor may.

        The whole condition is asked of one table, the one that `prefix` leads to: only so can its alternatives
        be read from the indexes together.
        """
        if not prefix:
            return queryset.filter(self.q(actor))
        spine = _led_to(queryset.model, prefix)._default_manager.filter(self.q(actor))
        return queryset.filter(**{f"{prefix}in": spine.values("pk")})

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


def at(unit: str, *roles: str) -> Rule:
    """Rows of exactly the units where the actor holds one of the roles; not of those below."""

    def ask(actor: Actor, prefix: str) -> Q:
        return Q(**{f"{prefix}{unit}__in": sorted({g.unit for g in actor.held(*roles)})})

    return Rule(ask, f"at({', '.join(roles) or 'any role'})")


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
        return _among(prefix, Participant.objects.filter(person=actor.person))

    return Rule(ask, "takes_part")


def assigned(*roles: str) -> Rule:
    """Cases whose live turn is the actor's own, or that of a unit where the actor holds one of the roles.

    A turn that names a role counts for these roles only: what the union officer of a workplace is to do is not its
    finance clerk's to see.
    """

    def ask(actor: Actor, prefix: str) -> Q:
        from gongjiang.kernel.lifecycle.models import Turn

        units = sorted({g.unit for g in actor.held(*roles)})
        turns = Turn.objects.filter(unit__in=units, until=None)
        if roles:
            turns = turns.filter(role__in=("", *roles))
        q = _among(prefix, turns) if units else NOTHING
        if actor.person is not None:
            q |= _among(prefix, Turn.objects.filter(person=actor.person, until=None))
        return q

    return Rule(ask, f"assigned({', '.join(roles) or 'any role'})")


def seated(*stages: str) -> Rule:
    """Cases that the actor judges with names in sight: a live seat on an open panel that is not blind.

    stages   only panels of these stages; all when none is named
    """

    def ask(actor: Actor, prefix: str) -> Q:
        from gongjiang.kernel.review.models import Decoding

        if actor.user is None:
            return NOTHING
        rows = Decoding.objects.filter(
            panel__blind=False, panel__seats__user=actor.user, panel__seats__until=None
        ).exclude(panel__state="preparing")
        if stages:
            rows = rows.filter(panel__stage__in=stages)
        return _among(prefix, rows.exclude(item__recusals__seat__user=actor.user))

    return Rule(ask, f"seated({', '.join(stages)})")


def submitted() -> Rule:
    """Cases that have left their draft: until then only the applicant sees them."""
    return Rule(lambda a, p: ~Q(**{f"{p}phase": "draft"}), "submitted")


def holds(*roles: str) -> Rule:
    """Everything, for an actor who holds one of the roles; for pages that list nothing of their own."""
    return Rule(
        lambda a, p: ~NOTHING if a.has(*roles) else NOTHING, f"holds({', '.join(roles) or 'any role'})"
    )


class Among(Lookup):  # type: ignore[type-arg]
    """`pk__among=ArraySubquery(…)`: a key out of a few, which PostgreSQL reads once and then finds by the index.

    Unlike an EXISTS, it lets the other alternatives of an OR use theirs.
    """

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        return f"{lhs} = ANY ({rhs})", (*lhs_params, *rhs_params)


models.BigAutoField.register_lookup(Among)


def _among(prefix: str, rows: "models.QuerySet[Any]") -> Q:
    """Cases that these rows belong to."""
    return Q(**{f"{prefix}pk__among": ArraySubquery(rows.values("case"))})


def _led_to(model: type[models.Model], prefix: str) -> type[models.Model]:
    """The model at the end of a path of relations such as "result__case__"."""
    for name in prefix.split(LOOKUP_SEP)[:-1]:
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model


def _outermost(paths: set[str]) -> list[str]:
    """The paths that lie within no other of them.

    >>> _outermost({"/1/", "/1/4/", "/2/"})
    ['/1/', '/2/']
    """
    return [p for p in sorted(paths) if not any(p != q and p.startswith(q) for q in paths)]
