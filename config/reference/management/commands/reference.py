"""`manage.py reference`: writes each programme's README from what the programme declares."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.reference.pages import path, read, render
from gongjiang.kernel.catalogue import programmes


class Command(BaseCommand):
    help = "Writes the README of every programme from its declarations: flows, pages, tables, figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say which READMEs are out of date")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        stale = [p for p in programmes() if read(p) != render(p)]
        if check and stale:
            names = ", ".join(p.name for p in stale)
            raise CommandError(f"Out of date: {names}. Run ./run manage reference.")
        for programme in stale:
            path(programme).write_text(render(programme), encoding="utf-8")
            self.stdout.write(str(path(programme)))
