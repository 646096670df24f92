"""`manage.py reference`: writes each programme's README from what the programme declares."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.reference.pages import path, read, render
from gongjiang.kernel.catalogue import programme, programmes


class Command(BaseCommand):
    help = "Writes the README of every programme from its declarations: flows, pages, tables, figures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", help="only these programmes")
        parser.add_argument("--check", action="store_true", help="only say which READMEs are out of date")

    def handle(self, *args: Any, names: list[str], check: bool, **options: Any) -> None:
        chosen = [programme(name) for name in names] or list(programmes())
        stale = [each for each in chosen if read(each) != render(each)]
        if check and stale:
            late = ", ".join(each.name for each in stale)
            raise CommandError(f"Out of date: {late}. Run ./run manage reference.")
        for each in stale:
            path(each).write_text(render(each), encoding="utf-8")
            self.stdout.write(str(path(each)))
