"""What a wall says, as the conditions of a table's policies: when a row is seen, when it is written."""

import re

from django.apps import apps
from django.db import models

from .declaring import Wall, writes


def wall_of(model: type[models.Model]) -> Wall:
    """The wall that a model declares."""
    wall: Wall = model.wall  # type: ignore[attr-defined]
    return wall


def seeing(model: type[models.Model]) -> str:
    """When a row is seen."""
    wall = wall_of(model)
    if wall.above is not None:
        column, above = wall.above
        return _belongs(model, column, above)
    return _spelt(f"{wall.using} OR {wall.reading}" if wall.reading else wall.using, model)


def writing(model: type[models.Model]) -> str:
    """When a row may be written, and so what belongs to it."""
    wall = wall_of(model)
    if wall.above is not None and not wall.adding:
        return _spelt(writes(*wall.above), model)
    return _spelt(wall.adding or wall.writing or wall.using, model)


def is_seen_further(model: type[models.Model]) -> bool:
    """Whether some see a row who may not write it, by the `reading` of its wall or of one that it inherits."""
    wall = wall_of(model)
    return bool(wall.reading) or (wall.above is not None and is_seen_further(wall.above[1]))


def _spelt(condition: str, model: type[models.Model]) -> str:
    """The condition with each `writes()` in it written out."""

    def written(found: re.Match[str]) -> str:
        above = apps.get_model(found[2])
        return _belongs(model, found[1], above, writing(above) if is_seen_further(above) else "")

    return re.sub(r"\{(\w+) ([\w.]+)\}", written, condition)


def _belongs(model: type[models.Model], column: str, above: type[models.Model], condition: str = "") -> str:
    table, mine = above._meta.db_table, model._meta.db_table
    more = f" AND ({condition})" if condition else ""
    return f'EXISTS (SELECT 1 FROM "{table}" WHERE "{table}".id = "{mine}"."{column}"{more})'
