"""`./run manage messages`: collect, merge and compile the Chinese catalogue; `--check` says what is missing."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongjiang.web import catalogue


class Command(BaseCommand):
    help = "Collects the strings of code and templates, merges the Chinese parts, compiles the catalogue."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only list what has no Chinese, is fuzzy or disputed"
        )
        parser.add_argument("--compile", action="store_true", help="only compile")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
        elif options["compile"]:
            self.stdout.write(f"{catalogue.compile_catalogue()} strings compiled.")
        else:
            merged = catalogue.merge()
            catalogue.compile_catalogue()
            self.stdout.write(f"{merged} strings merged and compiled.")
            self._check()

    def _check(self) -> None:
        found = catalogue.check()
        for title, lines in (
            ("No Chinese", found.missing),
            ("Fuzzy", found.fuzzy),
            ("Disputed", found.disputed),
        ):
            for line in lines:
                self.stdout.write(f"{title}: {line}")
        if found:
            raise CommandError(
                f"{len(found.missing)} without Chinese, {len(found.fuzzy)} fuzzy, {len(found.disputed)} disputed."
            )
        self.stdout.write("Every string has its Chinese.")
