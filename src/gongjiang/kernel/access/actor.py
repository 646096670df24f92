"""Who acts, and the scope in which everything they do runs."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from gongjiang.kernel.orgs.paths import ancestors

from .roles import ON_OWN_PAGE, SCOPE_OF, ScopeKind


@dataclass(frozen=True)
class Held:
    """One grant in force: a role over a unit (and, by its path, over what lies below)."""

    role: str
    unit: int
    path: str


@dataclass(frozen=True)
class Actor:
    """A person acting: the keys and grants that rules and walls are asked about.

    workplaces  paths of the units where the person works now
    system      roles over the installation itself; they lead to no unit, so no rule and no wall admits by them
    """

    user: int | None = None
    person: int | None = None
    grants: tuple[Held, ...] = ()
    workplaces: tuple[str, ...] = ()
    name: str = ""
    system: frozenset[str] = frozenset()

    @property
    def is_anonymous(self) -> bool:
        return self.user is None

    @property
    def account(self) -> int:
        """The account that a row names as who did it. Raises PermissionError where nobody is signed in."""
        if self.user is None:
            raise PermissionError("nobody is signed in")
        return self.user

    @property
    def offices(self) -> tuple[Held, ...]:
        """Grants that come with a desk: all but those of workers among workers, such as a team leader's."""
        return tuple(g for g in self.grants if g.role not in ON_OWN_PAGE)

    @property
    def is_staff(self) -> bool:
        """Holds an office, or a role over the installation, and so has a desk."""
        return bool(self.offices or self.system)

    @property
    def units(self) -> frozenset[int]:
        """Units the actor belongs to: those held, the workplaces, and everything above them."""
        paths = [g.path for g in self.grants] + list(self.workplaces)
        return frozenset(key for path in paths for key in ancestors(path))

    def held(self, *roles: str) -> tuple[Held, ...]:
        """Grants of these roles; every office when none is named."""
        return tuple(g for g in self.grants if g.role in roles) if roles else self.offices

    def has(self, *roles: str) -> bool:
        """Whether the actor has one of these roles, over a unit or over the installation; a desk when none is named."""
        mine = {g.role for g in self.grants} | self.system
        return bool(mine.intersection(roles)) if roles else self.is_staff


ANONYMOUS = Actor()


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; ANONYMOUS where no middleware has looked."""
    found: Actor = getattr(request, "actor", ANONYMOUS)
    return found


def load(user: int) -> Actor:
    """The actor of an account, with the grants of today; ANONYMOUS when the account is gone or locked."""
    return load_with_password(user)[0]


def load_with_password(user: int) -> tuple[Actor, str]:
    """The actor and the stored password, from which the proof in a login's session is made. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM who_is(%s, %s)", [user, timezone.localdate()])
        person, name, password, roles, units, paths, workplaces = cursor.fetchone()
    if name is None:
        return ANONYMOUS, ""
    held = [Held(*each) for each in zip(roles or (), units or (), paths or (), strict=True)]
    grants = tuple(g for g in held if SCOPE_OF[g.role] != ScopeKind.SYSTEM)
    system = frozenset(g.role for g in held if SCOPE_OF[g.role] == ScopeKind.SYSTEM)
    return Actor(user, person, grants, tuple(workplaces or ()), name, system), password


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """Run a block as the application's role, seeing what this actor may see: the same in requests, jobs and tests.

    One atomic block; role and settings are local to it. Scopes nest: an inner one puts back what it found.
    """
    nested = connection.in_atomic_block
    trees = sorted({g.path for g in actor.grants})
    with transaction.atomic():
        wanted = {
            "role": settings.ROLES["app"],
            "gongjiang.user": str(actor.user or ""),
            "gongjiang.person": str(actor.person or ""),
            "gongjiang.tree": trees[0] if trees else "",
            "gongjiang.trees": ",".join(trees),
            "gongjiang.held": ",".join(str(k) for k in sorted({g.unit for g in actor.grants})),
            "gongjiang.units": ",".join(str(k) for k in sorted(actor.units)),
        }
        before = _get(wanted) if nested else {}
        _set(wanted)
        yield
        if nested:
            _set(before)


@contextmanager
def moving(cases: Iterable[int]) -> Iterator[None]:
    """Within the block the wall admits these cases: whoever hands one on loses the turn before the move is written.

    Only for the door, which has asked the rules before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('gongjiang.moving', true), set_config('gongjiang.moving', %s, true)",
            [",".join(map(str, cases))],
        )
        before = cursor.fetchone()[0]
    yield
    _set({"gongjiang.moving": before or ""})


def _get(names: Iterable[str]) -> dict[str, str]:
    names = list(names)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join("current_setting(%s, true)" for _ in names), names)
        found = dict(zip(names, cursor.fetchone(), strict=True))
    return {name: value or ("none" if name == "role" else "") for name, value in found.items()}


def _set(values: Mapping[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in values),
            [part for pair in values.items() for part in pair],
        )
