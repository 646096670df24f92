"""Appointing: a role given over a unit, to an account or with a new one, and ended. The database asks once more."""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import InternalError, ProgrammingError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.kernel.lifecycle.flow import Forbidden
from gongjiang.kernel.orgs.models import Unit, UnitKind

from .actor import Actor
from .models import Grant
from .roles import KEPT_APART, SCOPE_OF, Role, ScopeKind

#: What an account may be called: letters of any script.
ACCOUNT_NAME = re.compile(r"[\w.@-]{3,60}")


def appointable(actor: Actor) -> list[Role]:
    """The roles that the actor may give at all; where, the database says."""
    if Role.SECURITY_ADMIN in actor.system:
        return list(Role)
    if actor.held(Role.OFFICER):
        return [
            r for r in Role if r not in KEPT_APART and SCOPE_OF.get(r) in (ScopeKind.TREE, ScopeKind.UNIT)
        ]
    return [Role.TEAM_LEADER] if actor.held(Role.UNIT_OFFICER) else []


def appoint(username: str, role: str, unit: Unit, *, since: date, until: date | None, actor: Actor) -> Grant:
    """Give a role to the account of that name.

    Raises ValidationError where there is no such account, it holds the role there already, the days do not fit, or a
    team leader is to lead what is no team; Forbidden where the actor is not above the unit, appoints himself, or is
    not elevated.
    """
    _require_fit(role, unit, since, until)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_named(%s)", [username.strip()])
        user = cursor.fetchone()[0]
    if user is None:
        raise ValidationError({"username": _("There is no account “%(name)s”.") % {"name": username}})
    if user == actor.user:
        raise ValidationError({"username": _("Nobody appoints himself. Ask the union above.")})
    with transaction.atomic():
        key = _ask("SELECT appoint(%s, %s, %s, %s, %s)", [user, role, unit.pk, since, until])
    if key is None:
        raise ValidationError({"role": _("This account holds the role at this unit already.")})
    return Grant.objects.get(pk=key)


def invite(
    username: str,
    display_name: str,
    role: str,
    unit: Unit,
    *,
    since: date,
    until: date | None,
    actor: Actor,
) -> Grant:
    """Make an account together with its first role; nobody can enter it before the invitation is taken up.

    Raises ValidationError where the name is taken or no name for an account, and as `appoint` does; Forbidden where
    the actor may not give the role there.
    """
    _require_fit(role, unit, since, until)
    username, display_name = username.strip(), display_name.strip()
    if not ACCOUNT_NAME.fullmatch(username):
        raise ValidationError(
            {"username": _("3 to 60 letters, digits, dots, hyphens or underscores, no spaces.")}
        )
    with transaction.atomic():
        key = _ask(
            "SELECT invite(%s, %s, %s, %s, %s, %s)", [username, display_name, role, unit.pk, since, until]
        )
    if key is None:
        taken = _(
            "The account name “%(name)s” is taken. Choose another; who has the account already is given a role."
        )
        raise ValidationError({"username": taken % {"name": username}})
    return Grant.objects.select_related("user", "unit").get(pk=key)


def _require_fit(role: str, unit: Unit, since: date, until: date | None) -> None:
    if unit.closed_on is not None and unit.closed_on <= timezone.localdate():
        ended = _("“%(unit)s” has ended on %(day)s.") % {"unit": unit, "day": unit.closed_on}
        raise ValidationError({"unit": ended})
    if role == Role.TEAM_LEADER and unit.kind != UnitKind.TEAM:
        raise ValidationError({"unit": _("A team leader leads a team. Enter the name of a team.")})
    if until is not None and until <= since:
        raise ValidationError({"until": _("The last day must be after the first.")})
    if since < timezone.localdate():
        raise ValidationError(
            {"since": _("A role begins today at the earliest: what was done before stays as it was.")}
        )


def may_end(grant: Grant, *, actor: Actor) -> bool:
    """Whether the database would let the actor end it, once it has been proved who asks."""
    if grant.user_id == actor.user:
        return False
    if Role.SECURITY_ADMIN in actor.system:
        return True
    above = actor.held(Role.OFFICER, *([Role.UNIT_OFFICER] if grant.role == Role.TEAM_LEADER else ()))
    below = any(grant.path.startswith(held.path) and grant.path != held.path for held in above)
    return below and grant.role not in KEPT_APART


def end(grant: Grant, *, actor: Actor) -> None:
    """The role ends today. Raises Forbidden as `appoint` does."""
    with transaction.atomic():
        _ask("SELECT end_grant(%s)", [grant.pk])


def _ask(sql: str, values: list[int | str | date | None]) -> int | None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            key: int | None = cursor.fetchone()[0]
    except (ProgrammingError, InternalError) as error:
        if getattr(error.__cause__, "sqlstate", "") == "42501":
            raise Forbidden from error
        raise
    return key
