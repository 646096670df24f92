"""`manage figures`: a unit's figures from the command line, and the records that one of them counts."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongjiang.insight import catalogue
from gongjiang.insight.cells import reading
from gongjiang.insight.models import View
from gongjiang.insight.periods import Period, parse, this_year
from gongjiang.kernel.orgs.models import Unit
from gongjiang.web.components.wording import measured, uom

CHUNK = 5000


class Command(BaseCommand):
    help = "Print the figures of a unit, or with `open CODE` the numbers of the records that a figure counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "what", nargs="*", metavar="open CODE", help="open one figure instead of listing all"
        )
        parser.add_argument("--unit", required=True, help="code of the unit, e.g. 140400")
        parser.add_argument("--period", help="2024, 2024-Q3 or 2024-11; this year where it is left out")
        parser.add_argument(
            "--view", choices=View.values, default=View.AS_IS, help="the tree as it was, or as it is"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        what = options["what"]
        if what and (what[0] != "open" or len(what) != 2):
            raise _wrong(_("Write `figures --unit CODE`, or `figures open INDICATOR --unit CODE`."))
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise _wrong(_("There is no unit with the code “%(code)s”.") % {"code": options["unit"]})
        period = self._period(options["period"])
        if what and what[1] not in catalogue.indicators():
            known = ", ".join(catalogue.shown())
            raise _wrong(
                _("There is no figure with the code “%(code)s”. There are: %(known)s")
                % {"code": what[1], "known": known}
            )
        _bring_up_to_date()
        if what:
            self._open(what[1], unit, period, options)
        else:
            self._list(unit, period, options)

    def _period(self, text: str | None) -> Period:
        if text is None:
            return this_year()
        try:
            period = parse(text)
        except ValueError:
            raise _wrong(
                _("“%(text)s” is no period. Write a year (2024), a quarter (2024-Q3) or a month (2024-11).")
                % {"text": text}
            ) from None
        if period.start > timezone.localdate():
            raise _wrong(_("%(period)s has not begun yet.") % {"period": period.code})
        return period

    def _list(self, unit: Unit, period: Period, options: dict[str, Any]) -> None:
        codes = list(catalogue.shown())
        found = []
        for code in codes:
            with reading.opened(code, unit, period, options["view"]) as opened:
                figure = opened.figure
                found.append(
                    {
                        "code": code,
                        "name": str(figure.indicator.name),
                        "value": figure.value,
                        "unit": figure.indicator.uom,
                        "as_of": timezone.localtime(figure.as_of).isoformat(timespec="seconds"),
                        "records": opened.count,
                    }
                )
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        lines = [f"{unit.name}  {period.label}  {_('as of')} {found[0]['as_of'] if found else ''}"]
        for f in found:
            records = f"{f['records']:,} {_('records')}"
            lines.append(
                f"{measured(f['value'], f['unit']):>12} {uom(f['unit'])}\t{f['name']}\t{f['code']}\t{records}"
            )
        self.stdout.write("\n".join(lines))

    def _open(self, code: str, unit: Unit, period: Period, options: dict[str, Any]) -> None:
        opens = catalogue.indicators()[code].opens
        numbers: list[Any] = []
        with reading.opened(code, unit, period, options["view"]) as opened:
            keys = opened.keys()
        for start in range(0, len(keys), CHUNK):
            part = keys[start : start + CHUNK]
            known = dict(
                opens.records().filter(pk__in=part).values_list("pk", opens.number.replace(".", "__"))
            )
            numbers += [known.get(key, key) for key in part]
        if options["json"]:
            self.stdout.write(json.dumps(numbers, ensure_ascii=False))
            return
        self.stdout.write("\n".join(map(str, numbers)))


def _wrong(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)


def _bring_up_to_date() -> None:
    """Count what the worker has not counted yet, or all of it where no worker runs."""
    from gongjiang.insight.cells.standing import look

    if look().behind:
        from gongjiang.insight.cells import counting
        from gongjiang.insight.lake.tables import Lake

        lake = Lake()
        counting.bring_up_to_date(lake)
        lake.close()
