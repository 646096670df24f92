"""How dates, numbers, money and names are written, in the reader's language."""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext

from gongjiang.kernel.people.masking import mask_name as masked

NOTHING = "—"


def _weekdays() -> tuple[str, ...]:
    return (
        pgettext("weekday", "Mon"),
        pgettext("weekday", "Tue"),
        pgettext("weekday", "Wed"),
        pgettext("weekday", "Thu"),
        pgettext("weekday", "Fri"),
        pgettext("weekday", "Sat"),
        pgettext("weekday", "Sun"),
    )


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def weekday(value: dt.date) -> str:
    """周六."""
    return _weekdays()[value.weekday()]


def _local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


def _write(value: dt.date | dt.datetime, pattern: str) -> str:
    at = _local(value)
    return pattern.format(
        y=at.year,
        m=at.month,
        d=at.day,
        month=_MONTHS[at.month - 1],
        weekday=_weekdays()[at.weekday()],
        time=at.strftime("%H:%M") if isinstance(at, dt.datetime) else "",
    )


def day(value: Any) -> str:
    """10月12日（周六）; with the year where it is not this one."""
    if not isinstance(value, dt.date):
        return NOTHING
    if _local(value).year != timezone.localdate().year:
        return date_long(value)
    return _write(value, pgettext("day of this year", "{weekday} {d} {month}"))


def date_short(value: Any) -> str:
    """10月12日; with the year where it is not this one."""
    if not isinstance(value, dt.date):
        return NOTHING
    if _local(value).year != timezone.localdate().year:
        return date_long(value)
    return _write(value, pgettext("day without weekday", "{d} {month}"))


def date_long(value: Any) -> str:
    """2024年10月12日."""
    return _write(value, pgettext("full date", "{d} {month} {y}")) if isinstance(value, dt.date) else NOTHING


def moment(value: Any) -> str:
    """10月12日（周六）18:00; with the year instead of the weekday where it is not this one."""
    if not isinstance(value, dt.datetime):
        return day(value)
    if _local(value).year != timezone.localdate().year:
        return _write(value, pgettext("moment of another year", "{d} {month} {y}, {time}"))
    return _write(value, pgettext("moment of this year", "{weekday} {d} {month}, {time}"))


def stamp(value: Any) -> str:
    """10月12日 18:00: for as-of lines and histories."""
    if not isinstance(value, dt.datetime):
        return date_short(value)
    if _local(value).year != timezone.localdate().year:
        return _write(value, pgettext("moment of another year", "{d} {month} {y}, {time}"))
    return _write(value, pgettext("short moment", "{d} {month}, {time}"))


def thousands(value: Any) -> str:
    """193,684; decimals are kept as they are; nothing is a dash."""
    if value is None or value == "":
        return NOTHING
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return f"{number:,f}".replace("-", "−")


def yuan(fen: Any) -> str:
    """Integer fen as yuan with two decimals: 640000 → 6,400.00."""
    if fen is None or fen == "":
        return NOTHING
    return f"{Decimal(int(fen)) / 100:,.2f}".replace("-", "−")


def mask_name(name: Any) -> str:
    """A name as it is shown in public; a dash where there is none."""
    return masked(str(name or "")) or NOTHING


def mask_number(number: Any) -> str:
    """An identity number, phone or account with all but the ends hidden."""
    number = str(number or "").strip()
    if not number:
        return NOTHING
    if len(number) == 11:
        return f"{number[:3]}****{number[-4:]}"
    if len(number) <= 8:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return number[:4] + "*" * (len(number) - 8) + number[-4:]


def dash(value: Any) -> Any:
    """The value itself, or a dash where there is none. Zero is a value."""
    return NOTHING if value is None or value == "" else value


_UNITS = {
    "person": lambda: pgettext("unit of measure", "people"),
    "occurrence": lambda: pgettext("unit of measure", "times"),
    "household": lambda: pgettext("unit of measure", "households"),
    "household_time": lambda: pgettext("unit of measure", "household times"),
    "entity": lambda: pgettext("unit of measure", "entities"),
    "unit_count": lambda: pgettext("unit of measure", "units"),
    "case": lambda: pgettext("unit of measure", "cases"),
    "case_time": lambda: pgettext("unit of measure", "case times"),
    "line": lambda: pgettext("unit of measure", "entries"),
    "copy": lambda: pgettext("unit of measure", "copies"),
    "session": lambda: pgettext("unit of measure", "sessions"),
    "item": lambda: pgettext("unit of measure", "items"),
    "team": lambda: pgettext("unit of measure", "teams"),
    "pair": lambda: pgettext("unit of measure", "pairs"),
    "certificate": lambda: pgettext("unit of measure", "certificates"),
    "payment": lambda: pgettext("unit of measure", "payments"),
    "article": lambda: pgettext("unit of measure", "articles"),
    "voucher": lambda: pgettext("unit of measure", "vouchers"),
    "loan": lambda: pgettext("unit of measure", "loans"),
    "call": lambda: pgettext("unit of measure", "calls"),
    "edition": lambda: pgettext("unit of measure", "editions"),
    "score": lambda: pgettext("unit of measure", "points"),
    "fen": lambda: pgettext("unit of measure", "yuan"),
    "day": lambda: pgettext("unit of measure", "days"),
    "working_day": lambda: pgettext("unit of measure", "working days"),
    "minute": lambda: pgettext("unit of measure", "minutes"),
    "hour": lambda: pgettext("unit of measure", "hours"),
    "month": lambda: pgettext("unit of measure", "months"),
    "year": lambda: pgettext("unit of measure", "years"),
    "age": lambda: pgettext("unit of measure", "years of age"),
    "share": lambda: "%",
    "point": lambda: pgettext("unit of measure", "percentage points"),
}


def uom(code: Any) -> str:
    """The word for a unit of measure; text that is no code stays as it is."""
    if isinstance(code, Promise):
        return str(code)
    word = _UNITS.get(str(code or ""))
    return word() if word else str(code or "")


def measured(value: Any, code: Any) -> str:
    """A value as it is shown with its unit: money is in fen and shown in yuan, a share has one decimal."""
    if value is None or value == "":
        return NOTHING
    if code == "fen":
        whole = int(value) % 100 == 0
        return f"{int(value) // 100:,}" if whole else yuan(value)
    if code in ("share", "point"):
        return f"{Decimal(str(value)):,.1f}".replace("-", "−")
    return thousands(value)


def greeting(now: dt.datetime) -> str:
    """Good morning, good afternoon or good evening; the night shift is greeted in the evening."""
    hour = timezone.localtime(now).hour
    if 5 <= hour < 12:
        return gettext("good morning")
    return gettext("good afternoon") if 12 <= hour < 18 else gettext("good evening")
