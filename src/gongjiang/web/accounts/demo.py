"""The accounts of a demonstration that anybody may enter by one click."""

from dataclasses import dataclass

from django.db import connection

from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts.backends import PasswordBackend, candidate
from gongjiang.kernel.accounts.models import User


@dataclass(frozen=True)
class DemoAccount:
    """Who can be entered: the account's name, its person's, and what they do where."""

    username: str
    name: str
    role: str
    unit: str


def demo_accounts() -> list[DemoAccount]:
    """The one-click accounts, widest scope first; workers last."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT username, display_name, role, unit_name FROM demo_accounts()")
        rows = cursor.fetchall()
    return [DemoAccount(u, n, str(Role(r).label) if r else "", unit or "") for u, n, r, unit in rows]


def demo_account(username: str) -> User | None:
    """The account behind a click; None when it is no demo account."""
    key = candidate(username)
    user = PasswordBackend().get_user(key) if key is not None else None
    return user if user is not None and user.is_demo else None
