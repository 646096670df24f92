"""Start-up check: every `parameters.yaml` reads, is typed, has its units and its citations."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .declaration import Wrong, everything


@register()
def parameters_are_sound(**_: Any) -> list[CheckMessage]:
    try:
        list(everything())
    except Wrong as wrong:
        return [Error(str(wrong), id="parameters.E001")]
    return []
