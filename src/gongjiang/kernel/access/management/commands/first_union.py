"""`manage first_union`: the first union and the first account of an installation without the demo."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gongjiang.kernel.access.founding import found
from gongjiang.kernel.accounts import invitations
from gongjiang.kernel.orgs.models import Level


class Command(BaseCommand):
    help = "Make the first union and its first account, and print the link that sets the account's password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="full name of the union, such as 山西省总工会")
        parser.add_argument("--level", required=True, choices=Level.values)
        parser.add_argument("--region", required=True, help="code of the division, such as 140000")
        parser.add_argument("--code", default="", help="code of the union; the region's where it is left out")
        parser.add_argument("--account", required=True, help="name to sign in with")
        parser.add_argument("--person", required=True, help="name of whoever holds the account")
        parser.add_argument(
            "--since", type=date.fromisoformat, help="first day, YYYY-MM-DD; today if left out"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            founded = found(
                name=options["name"].strip(),
                level=options["level"],
                region=options["region"],
                code=options["code"].strip(),
                username=options["account"].strip(),
                display_name=options["person"].strip(),
                on=options["since"] or timezone.localdate(),
            )
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from None
        names = {"unit": founded.unit.name, "account": founded.user.username}
        said = _(
            "“%(unit)s” is founded. “%(account)s” is its security administrator: gives roles, reads no case."
        )
        self.stdout.write(
            (said if founded.anew else _("“%(unit)s” and “%(account)s” are there already.")) % names
        )
        if not invitations.waits(founded.user):
            self.stdout.write(_("The account has its password. Nothing was changed."))
            return
        until = date_format(timezone.localtime(invitations.lasts_until()), "Y-m-d H:i")
        said = _("Open this on the site to set its password. It works once, until %(moment)s:")
        self.stdout.write(said % {"moment": until})
        self.stdout.write(
            settings.SITE.rstrip("/") + reverse("take-up", args=[invitations.word(founded.user)])
        )
        self.stdout.write(_("Then set up the authenticator, and invite officers and stewards under “Roles”."))
