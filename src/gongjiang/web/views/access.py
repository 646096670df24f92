"""Who may open a page at all. Which rows they see is the same rule's Q."""

from dataclasses import dataclass

from django.db.models import Q

from gongjiang.kernel.access.actor import Actor
from gongjiang.kernel.access.rules import Rule


@dataclass(frozen=True)
class Open:
    """Access that asks for no row: to everybody, or to everybody who is signed in."""

    words: str


PUBLIC = Open("public")
SIGNED_IN = Open("signed in")
Access = Open | Rule


def admits(access: Access, actor: Actor) -> bool:
    """Whether this actor could be allowed anything at all behind this access."""
    if access is PUBLIC:
        return True
    if actor.is_anonymous:
        return False
    return access is SIGNED_IN or not is_nothing(access.q(actor))  # type: ignore[union-attr]


def is_nothing(q: Q) -> bool:
    """Whether a condition can admit no row whatever the data, judged by its shape alone.

    >>> is_nothing(Q(pk__in=[]) | Q(pk__in=[]))
    True
    >>> is_nothing(Q(pk__in=[]) | Q(unit=3))
    False
    """
    if q.negated or not q.children:
        return False
    parts = [is_nothing(c) if isinstance(c, Q) else _is_empty_lookup(c) for c in q.children]
    return all(parts) if q.connector == Q.OR else any(parts)


def _is_empty_lookup(child: object) -> bool:
    if not isinstance(child, tuple):
        return False
    lookup, value = child
    return str(lookup).endswith("__in") and isinstance(value, (list, tuple, set, frozenset)) and not value
