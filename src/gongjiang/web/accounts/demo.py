"""The accounts of a demonstration that anybody may enter by one click."""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from gongjiang.kernel.access.roles import Role, SeatRole
from gongjiang.kernel.accounts.backends import PasswordBackend, candidate
from gongjiang.kernel.accounts.models import User


@dataclass(frozen=True)
class DemoAccount:
    """Who can be entered: the account's name, its person's, and what they do where. Workers have no role."""

    username: str
    name: str
    role: str
    unit: str


def demo_accounts() -> list[DemoAccount]:
    """The one-click accounts, in the order in which the demo wrote them; none before it is loaded."""
    try:
        rows = json.loads((Path(settings.DATA) / "accounts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [DemoAccount(r["username"], r["name"], _role(r["role"]), r["unit"]) for r in rows]


def _role(code: str) -> str:
    """What a role or a seat is called; a worker has neither."""
    if code in SeatRole.values:
        return str(SeatRole(code).label)
    return str(Role(code).label) if code in Role.values else ""


def demo_account(username: str) -> User | None:
    """The account behind a click; None when it is no demo account."""
    key = candidate(username)
    user = PasswordBackend().get_user(key) if key is not None else None
    return user if user is not None and user.is_demo else None
