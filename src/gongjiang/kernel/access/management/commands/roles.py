"""`manage roles`: the database roles, made where they are missing, with this installation's passwords."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from gongjiang.kernel.access.walls import make_roles, set_passwords


class Command(BaseCommand):
    help = "Make the database roles that are missing, and set the web's and the worker's passwords."

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            make_roles(cursor)
        set_passwords(
            os.environ.get("GONGJIANG_APP_PASSWORD") or settings.SECRETS["app_password"],
            os.environ.get("GONGJIANG_WORKER_PASSWORD") or settings.SECRETS["worker_password"],
        )
