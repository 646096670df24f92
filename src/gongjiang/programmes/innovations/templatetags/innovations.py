"""How benefits and periods are written on this programme's pages."""

from datetime import timedelta

from django import template
from django.utils.translation import ngettext

from gongjiang.kernel.targets.models import EvidenceLevel, Reading
from gongjiang.programmes.innovations.models import BenefitKind
from gongjiang.programmes.innovations.rules import months
from gongjiang.web.components.wording import date_long, measured, uom

register = template.Library()


@register.filter
def benefit_word(kind: str) -> str:
    """The word for a kind of benefit."""
    return str(BenefitKind(kind).label) if kind in BenefitKind.values else kind


@register.filter
def level_word(level: str) -> str:
    """The word for a level of evidence."""
    return str(EvidenceLevel(level).label)


@register.filter
def yuan_of(fen: int | None) -> str:
    """An amount with its unit; a dash where there is none."""
    return f"{measured(fen, 'fen')} {uom('fen')}" if fen is not None else "—"


@register.filter
def span(reading: Reading) -> str:
    """The days a reading is for, with how many months they touch."""
    last = reading.until - timedelta(days=1)
    touched = months(reading.since, reading.until)
    said = ngettext(
        "%(since)s to %(last)s, %(months)s month", "%(since)s to %(last)s, %(months)s months", touched
    )
    return said % {
        "since": date_long(reading.since),
        "last": date_long(last),
        "months": touched,
    }
