"""`manage roles`: give the web's and the worker's database roles this installation's passwords."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from gongjiang.kernel.access.walls import set_passwords


class Command(BaseCommand):
    help = "Set the passwords of the web's and the worker's database roles."

    def handle(self, *args: Any, **options: Any) -> None:
        set_passwords(
            os.environ.get("GONGJIANG_APP_PASSWORD") or settings.SECRETS["app_password"],
            os.environ.get("GONGJIANG_WORKER_PASSWORD") or settings.SECRETS["worker_password"],
        )
