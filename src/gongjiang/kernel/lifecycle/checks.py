"""Start-up checks: flows are sound and their names resolve."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from .edges import flows
from .flow import problems


@register()
def flows_are_sound(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for flow in flows().values():
        found += [Error(text, id="lifecycle.E001") for text in problems(flow)]
        try:
            apps.get_model(flow.model)
        except LookupError:
            found.append(Error(f"{flow.name}: there is no model {flow.model}", id="lifecycle.E002"))
    return found
