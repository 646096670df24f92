"""Who acts, and the scope in which everything they do runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from gongjiang.kernel.orgs.paths import ancestors


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
    """

    user: int | None = None
    person: int | None = None
    grants: tuple[Held, ...] = ()
    workplaces: tuple[str, ...] = ()
    name: str = ""

    @property
    def is_anonymous(self) -> bool:
        return self.user is None

    @property
    def is_staff(self) -> bool:
        """Holds any role, and so has a desk."""
        return bool(self.grants)

    @property
    def units(self) -> frozenset[int]:
        """Units the actor belongs to: those held, the workplaces, and everything above them."""
        paths = [g.path for g in self.grants] + list(self.workplaces)
        return frozenset(key for path in paths for key in ancestors(path))

    def held(self, *roles: str) -> tuple[Held, ...]:
        """Grants of these roles; all grants when none is named."""
        return tuple(g for g in self.grants if not roles or g.role in roles)


ANONYMOUS = Actor()


def load(user: int) -> Actor:
    """The actor of a signed-in account, read inside that account's own narrow scope.

    ANONYMOUS when the account is gone or locked.
    """
    from django.utils import timezone

    today = timezone.localdate()
    with scope(Actor(user=user)), connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, display_name FROM accounts_user WHERE id = %s AND is_active", [user]
        )
        row = cursor.fetchone()
        if row is None:
            return ANONYMOUS
        person, name = row
        cursor.execute(
            "SELECT role, unit_id, path FROM access_grant"
            " WHERE user_id = %s AND since <= %s AND (until IS NULL OR until > %s) ORDER BY id",
            [user, today, today],
        )
        grants = tuple(Held(*g) for g in cursor.fetchall())
    workplaces: tuple[str, ...] = ()
    if person is not None:
        with scope(Actor(user=user, person=person)), connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT path FROM people_employment WHERE person_id = %s AND until IS NULL", [person]
            )
            workplaces = tuple(path for (path,) in cursor.fetchall())
    return Actor(user, person, grants, workplaces, name)


@contextmanager
def scope(actor: Actor) -> Iterator[None]:
    """Run a block as the application's role, seeing what this actor may see: the same in requests, jobs and tests.

    One atomic block; role and settings are local to it and put back on leaving, so scopes nest.
    """
    with transaction.atomic():
        wanted = {
            "role": settings.ROLES["app"],
            "gongjiang.user": str(actor.user or ""),
            "gongjiang.person": str(actor.person or ""),
            "gongjiang.trees": ",".join(sorted({g.path for g in actor.grants})),
            "gongjiang.held": ",".join(str(k) for k in sorted({g.unit for g in actor.grants})),
            "gongjiang.units": ",".join(str(k) for k in sorted(actor.units)),
        }
        names = list(wanted)
        with connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join("current_setting(%s, true)" for _ in names), names)
            before = cursor.fetchone()
        _set(wanted)
        yield
        _set(
            {
                name: value or ("none" if name == "role" else "")
                for name, value in zip(names, before, strict=True)
            }
        )


def _set(values: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join("set_config(%s, %s, true)" for _ in values),
            [part for pair in values.items() for part in pair],
        )
