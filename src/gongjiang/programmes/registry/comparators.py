"""Published figures of other places to compare with: citations, never our data."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Comparator:
    """One published value, as it was printed. `year` is empty where the source that we have names none."""

    name: Any
    value: str
    source: Any
    year: str = ""


_NINTH = _("Ninth national survey of the workforce, as reported by the press")

SURVEY = (
    Comparator(_("Mean age"), "38.29", _NINTH),
    Comparator(_("Rural household registration"), "52.1%", _NINTH),
    Comparator(_("Mean years of schooling"), "13.16", _NINTH),
    Comparator(_("With a professional title"), "29.3%", _NINTH),
    Comparator(_("Industrial workers in manufacturing and building"), "77.6%", _NINTH),
)
