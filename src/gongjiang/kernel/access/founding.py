"""Founding: the root of the tree and the account that gives the first roles, on an installation that is still empty."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.codes import lookup
from gongjiang.kernel.orgs import tree
from gongjiang.kernel.orgs.models import Unit

from .actions import ACCOUNT_NAME
from .models import Grant
from .roles import Role


@dataclass(frozen=True)
class Founded:
    """The root and its first account; `anew` is false where both were there before."""

    unit: Unit
    user: User
    anew: bool


def found(
    *, name: str, level: str, region: str, username: str, display_name: str, on: date, code: str = ""
) -> Founded:
    """Make the first union, and the first account as its security administrator, who gives roles and reads no case.

    Runs as the owner, outside any scope. The same again changes nothing. Raises ValidationError where the
    installation has another root or another account was the first, or the region is unknown.
    """
    if not ACCOUNT_NAME.fullmatch(username):
        raise ValidationError(_("3 to 60 letters, digits, dots, hyphens or underscores, no spaces."))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('orgs.tree'))")
        root = Unit.objects.filter(parent=None).order_by("pk").first()
        if root is not None:
            return Founded(root, _same(root, name, username), anew=False)
        if User.objects.filter(username=username).exists():
            raise ValidationError(_("There is an account “%(name)s” already.") % {"name": username})
        place = lookup.region(region).code
        unit = tree.add(None, on=on, code=code or place, name=name, level=level, region=place)
        user = User.objects.create_user(username, display_name=display_name)
        Grant.objects.create(user=user, role=Role.SECURITY_ADMIN, unit=unit, since=on)
    return Founded(unit, user, anew=True)


def _same(root: Unit, name: str, username: str) -> User:
    """The account that was made with the root. Raises ValidationError where it is another root or account."""
    if root.name != name:
        raise ValidationError(
            _("“%(unit)s” is the root already. Unions below it are added on its page, under “Organisations”.")
            % {"unit": root}
        )
    first = User.objects.filter(
        username=username, grants__role=Role.SECURITY_ADMIN, grants__unit=root
    ).first()
    if first is None:
        raise ValidationError(
            _("“%(unit)s” has its first account already. It invites further ones, under “Roles”.")
            % {"unit": root}
        )
    return first
