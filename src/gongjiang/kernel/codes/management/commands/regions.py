"""`manage.py regions`: load the published divisions and the industrial classification."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gongjiang.kernel.codes import tables


class Command(BaseCommand):
    help = "Loads the published table of divisions (44,703) and of industries; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        for table in tables.PUBLISHED:
            try:
                loaded = tables.load(table)
            except tables.WrongTable as wrong:
                raise CommandError(str(wrong)) from wrong
            name = f"{table.about['name']} {table.about['version']}"
            counts = " + ".join(
                f"{count:,} {tables.LEVEL_WORDS[level]}" for level, count in loaded.counts.items()
            )
            self.stdout.write(
                _("%(name)s: %(total)s codes (%(counts)s), %(changed)s changed.")
                % {
                    "name": name,
                    "total": f"{sum(loaded.counts.values()):,}",
                    "counts": counts,
                    "changed": f"{loaded.changed:,}",
                }
            )
        for stem, old, new in tables.CROSSWALKS:
            tables.load_crosswalk(stem, old, new)
