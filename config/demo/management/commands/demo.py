"""`manage.py demo --size city|county`: the invented population, loaded once, completely or not at all."""

import json
import secrets
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import DiskFull

from config.demo.load import empty, load
from config.demo.models import DemoLoad
from config.demo.places import PLACES
from config.demo.progress import Progress
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role, SeatRole
from gongjiang.kernel.accounts.models import User
from gongjiang.kernel.orgs.models import Unit

LOCK = 0x676A64656D6F


class Command(BaseCommand):
    help = "Loads the invented demo into an empty database; a second run says that it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", choices=list(PLACES), default="city")
        parser.add_argument("--reset", action="store_true", help="empty the demo's database first")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--today", type=date.fromisoformat, help="the day the demo pretends to be")

    def handle(
        self, *args: Any, size: str, reset: bool, seed: int, today: date | None, **options: Any
    ) -> None:
        progress = Progress(self.stdout)
        try:
            with transaction.atomic():
                self._load_once(progress, size, reset, seed, today or timezone.localdate())
        except OperationalError as failed:
            if isinstance(failed.__cause__, DiskFull):
                raise CommandError(
                    _("The disk is full. Nothing of the demo was kept; free some space and start again.")
                ) from failed
            raise

    def _load_once(self, progress: Progress, size: str, reset: bool, seed: int, today: date) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        present = DemoLoad.objects.first()
        if present is None and (Unit.objects.exists() or User.objects.exists()):
            raise CommandError(_("This database holds other records. Give the demo a database of its own."))
        if present is not None and not reset:
            if present.size != size:
                raise CommandError(
                    _("The demo here has the size “%(present)s”. Another size needs --reset.")
                    % {"present": present.size}
                )
            progress.say(_("The demo (%(size)s) is already loaded.") % {"size": size})
            if not accounts_file().exists():
                renew_passwords()
            return
        empty()
        password = new_password()
        load(size, seed=seed, today=today, password=make_password(password), progress=progress)
        write_accounts(password)
        progress.say(_("The demo is complete after %(seconds)s s.") % {"seconds": f"{progress.seconds:.1f}"})


def accounts_file() -> Path:
    """Where the launcher and the sign-in page read the demo's accounts."""
    return Path(settings.DATA) / "accounts.json"


def new_password() -> str:
    """Twelve letters and digits, one password for all accounts of this demo."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "".join(secrets.choice(alphabet) for _ in range(12))


def renew_passwords() -> None:
    """A new password for the accounts of the sign-in page, when the file with the old one is gone."""
    password = new_password()
    User.objects.filter(is_demo=True).update(password=make_password(password))
    write_accounts(password)


def _title(place: str) -> str:
    role = place.partition("@")[0]
    if role in SeatRole.values:
        return str(SeatRole(role).label)
    return str(Role(role).label) if role in Role.values else _("Worker")


def write_accounts(password: str) -> None:
    """Write `accounts.json`, mode 0600: username, password, name, role, its title and unit of each account."""
    held = {grant.user_id: grant for grant in Grant.objects.filter(user__is_demo=True).select_related("unit")}
    accounts = []
    roles = {username: role for place in PLACES.values() for username, role, _code in place.accounts}
    order = list(roles)
    for user in sorted(User.objects.filter(is_demo=True), key=lambda user: order.index(user.username)):
        grant = held.get(user.pk)
        unit = (
            grant.unit
            if grant
            else Unit.objects.get(employments__person=user.person_id, employments__until=None)
        )
        accounts.append(
            {
                "username": user.username,
                "password": password,
                "name": user.display_name,
                "role": grant.role if grant else roles[user.username],
                "title": _title(roles[user.username]),
                "unit": unit.name,
            }
        )
    path = accounts_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(accounts, ensure_ascii=False, indent=1), encoding="utf-8")
