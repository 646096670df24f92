"""Start-up checks: a table that holds a person, a case or a unit has a wall."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from .walls import Wall, models_needing_walls


@register()
def every_holder_has_a_wall(**_: Any) -> list[CheckMessage]:
    return [
        Error(f"{model._meta.label} holds a person, a case or a unit and declares no wall.", id="access.E001")
        for model in models_needing_walls()
        if not isinstance(getattr(model, "wall", None), Wall)
    ]
