"""Start-up checks: what is declared to insight is sound."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from . import catalogue, facts
from .indicators import GRAINS, PERIODS


@register()
def declarations_are_sound(**_: Any) -> list[CheckMessage]:
    known = catalogue.facts()
    found: list[CheckMessage] = [
        Error(p, id="insight.E001") for fact in known.values() for p in facts.problems(fact)
    ]
    for code, indicator in catalogue.indicators().items():
        wrong = [
            f"{code}: no fact is called {indicator.fact}" if indicator.fact not in known else "",
            f"{code}: grain {indicator.grain}" if indicator.grain not in GRAINS else "",
            f"{code}: period {indicator.period}" if indicator.period not in PERIODS else "",
        ]
        try:
            apps.get_model(indicator.opens.model)
        except LookupError:
            wrong.append(f"{code}: opens to {indicator.opens.model}, which is no model")
        found += [Error(w, id="insight.E002") for w in wrong if w]
    return found
