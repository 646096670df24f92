"""Loading the notices: days from the `chinesecalendar` package, held against what `data/notices.toml` says of each."""

import datetime as dt
import hashlib
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar.constants as published
from django.db import transaction
from django.utils import timezone

from .days import NEXT_NOTICE
from .models import CalendarYear, Holiday, HolidayKind

NOTICES = Path(__file__).parent / "data" / "notices.toml"
Row = tuple[dt.date, str, str, str]  # day, kind, name, English name


class WrongNotice(ValueError):
    """The package does not hold what the notice says."""


@dataclass(frozen=True)
class Loaded:
    """One notice: how many days it makes free and has worked, and whether loading changed anything."""

    year: int
    document: str
    holidays: int
    makeup_days: int
    changed: bool


def load() -> list[Loaded]:
    """Load every notice, in one transaction; what is loaded already stays as it is.

    Raises WrongNotice where the number of days differs from the notice's; nothing is loaded then.
    """
    days = by_notice()
    with transaction.atomic():
        return [_load(year, notice, days[year]) for year, notice in sorted(notices().items())]


def notices() -> dict[int, dict[str, Any]]:
    """Year → document, published_on, and the numbers of days by which the package's table is checked."""
    return {int(year): notice for year, notice in tomllib.loads(NOTICES.read_text("utf-8")).items()}


def by_notice() -> dict[int, list[Row]]:
    """The package's days by the notice that moved them: New Year's days of December belong to the next one."""
    found: dict[int, list[Row]] = defaultdict(list)
    for kind, table in (
        (HolidayKind.HOLIDAY, published.holidays),
        (HolidayKind.MAKEUP_DAY, published.workdays),
    ):
        for day, english in table.items():
            year = day.year + ((day.month, day.day) >= NEXT_NOTICE)
            found[year].append((day, kind.value, published.Holiday(english).chinese, english))
    return found


def _load(year: int, notice: dict[str, Any], days: list[Row]) -> Loaded:
    days = sorted(days)
    holidays = sum(kind == HolidayKind.HOLIDAY for _day, kind, _name, _english in days)
    if (holidays, len(days) - holidays) != (notice["holidays"], notice["makeup_days"]):
        raise WrongNotice(
            f"{notice['document']}: {notice['holidays']} + {notice['makeup_days']} days expected, "
            f"{holidays} + {len(days) - holidays} found in the package."
        )
    digest = hashlib.sha256(repr([notice["document"], *days]).encode()).hexdigest()
    changed = not CalendarYear.objects.filter(year=year, digest=digest).exists()
    if changed:
        CalendarYear.objects.filter(year=year).delete()
        row = CalendarYear.objects.create(
            year=year,
            document=notice["document"],
            published_on=notice["published_on"],
            source=f"chinesecalendar {version('chinesecalendar')}",
            digest=digest,
            loaded_at=timezone.now(),
        )
        Holiday.objects.bulk_create(
            Holiday(notice=row, day=day, kind=kind, name=name, name_en=english)
            for day, kind, name, english in days
        )
    return Loaded(year, notice["document"], holidays, len(days) - holidays, changed)
