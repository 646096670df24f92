"""`manage.py calendar`: load the State Council's notices on holidays and make-up days."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongjiang.kernel.calendar import notices


class Command(BaseCommand):
    help = "Loads the published holidays and make-up working days; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = notices.load()
        except notices.WrongNotice as wrong:
            raise CommandError(str(wrong)) from wrong
        for each in loaded:
            line = _(
                "%(year)s: %(holidays)s days off, %(makeup)s make-up working days, %(document)s; %(what)s."
            )
            what = pgettext("calendar", "loaded") if each.changed else pgettext("calendar", "unchanged")
            self.stdout.write(
                line
                % {
                    "year": each.year,
                    "holidays": each.holidays,
                    "makeup": each.makeup_days,
                    "document": each.document,
                    "what": what,
                }
            )
        self.stdout.write(
            _(
                "The notice of %(year)s is not loaded: deadlines from 24 December %(before)s on are provisional."
            )
            % {"year": loaded[-1].year + 1, "before": loaded[-1].year}
        )
