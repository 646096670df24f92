"""`manage.py health`: what the health page says, for terminals and monitors."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gongjiang.web import health


class Command(BaseCommand):
    help = "Says how the installation stands; exit status 1 where something must be done at once."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = health.readings()
        if options["json"]:
            told = {r.code: {"state": r.tone.name.lower(), **r.values} for r in found}
            self.stdout.write(json.dumps(told, indent=1))
        else:
            for r in found:
                self.stdout.write(f"{r.name} · {r.tone.label} · {r.says}")
        if any(r.tone == health.Tone.ACT for r in found):
            sys.exit(1)
