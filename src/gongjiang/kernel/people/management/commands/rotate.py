"""`manage rotate`: new keys, and everything written anew under them. Killed at any moment, it goes on when called."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gongjiang.kernel.people import rotation
from gongjiang.kernel.people.crypto import provider


class Command(BaseCommand):
    help = "Add a key (--new data, --new hash), or write everything anew under the newest keys."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", choices=("data", "hash"), help="add a key of this kind to the secrets")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            try:
                number = rotation.add_key(options["new"])
            except (OSError, ValueError) as wrong:
                raise CommandError(str(wrong)) from None
            self.stdout.write(
                f"{options['new']} key {number} added. Restart every process, then: manage rotate"
            )
            return
        for model, column in rotation.sealed_columns():
            written = sum(rotation.reencrypt(model, column))
            if written:
                self.stdout.write(f"{model._meta.label}.{column}: {written} written with data key"
                                  f" {provider().data_key_number}")  # fmt: skip
        if written := sum(rotation.reencrypt_files()):
            self.stdout.write(f"files: {written} written with data key {provider().data_key_number}")
        if rotation.waits_for_hashes():
            if running := rotation.others():
                raise CommandError(
                    f"{', '.join(running)}: stop them first. While hashes are of two keys, nobody is found."
                )
            written = sum(rotation.rehash())
            self.stdout.write(f"identifiers: {written} found by hash key {provider().hash_key_number}")
        self.stdout.write("Everything is written with the newest keys.")
