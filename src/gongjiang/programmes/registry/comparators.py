"""Published figures of other places to compare with: citations with their year, never our data."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Comparator:
    """One published value, as it was printed."""

    name: Any
    value: str
    source: Any
    year: str


_NINTH = _("Ninth national survey of the workforce, as reported by the press")

#: The ninth survey asked in 2022.
SURVEY = (
    Comparator(_("Mean age"), "38.29", _NINTH, "2022"),
    Comparator(_("Rural household registration"), "52.1%", _NINTH, "2022"),
    Comparator(_("Mean years of schooling"), "13.16", _NINTH, "2022"),
    Comparator(_("With a professional title"), "29.3%", _NINTH, "2022"),
    Comparator(_("Industrial workers in manufacturing and building"), "77.6%", _NINTH, "2022"),
)
