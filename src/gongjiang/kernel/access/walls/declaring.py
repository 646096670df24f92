"""What a model says of its own table: the wall, and whether the application may write at all."""

from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import models

#: Columns whose presence makes a table hold a person, a case or a unit.
HOLDERS = ("people.Person", "lifecycle.Case", "orgs.Unit", "accounts.User")

#: Applications of the framework whose tables only a migration fills.
FRAMEWORK = ("auth", "contenttypes")


@dataclass(frozen=True)
class Wall:
    """The SQL condition under which the application's role sees a row of the model's own table.

    using     may call in_tree(path), audits(path), my_units(), me(), my_user(), is_public_level(level), reaches(case),
              seated_for(case)
    writing   the condition under which it may add, change or delete one, where that is not the same
    adding    the condition under which it may add one; such a table is append-only: the role changes and deletes none
    reading   a condition under which it sees one besides and writes none, nor what inherits from it
    """

    using: str
    writing: str = ""
    adding: str = ""
    reading: str = ""

    @property
    def above(self) -> "tuple[str, type[models.Model]] | None":
        """(column, model) of the row that this one belongs to; None where the wall is its own."""
        if not self.using.startswith("inherits "):
            return None
        _, column, label = self.using.split()
        return column, apps.get_model(label)


def inherits(column: str, model: "type[models.Model] | str", *, appended: bool = False) -> Wall:
    """The row is seen, and written, when the row it belongs to is: a programme's table inherits its case's wall.

    appended  rows are only added
    """
    label = model if isinstance(model, str) else model._meta.label
    return Wall(f"inherits {column} {label}", adding=writes(column, label) if appended else "")


def writes(column: str, model: "type[models.Model] | str") -> str:
    """As a part of a wall: the row that this column leads to may be written, not only read."""
    return f"{{{column} {model if isinstance(model, str) else model._meta.label}}}"


def open_to_all(why: str) -> Wall:
    """Every signed-in or public reader may see the rows and the application writes none; `why` is for the reader."""
    return Wall("true", writing="false")


def closed() -> Wall:
    """The application's role never sees a row; only the owner and the worker do."""
    return Wall("false")


def mirrors_path(name: str) -> pgtrigger.Trigger:
    """A trigger that keeps `path` equal to the present path of the row's `unit`."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("unit_id", "path"),
        func="NEW.path := unit_path(NEW.unit_id); RETURN NEW;",
    )


def models_with_walls() -> list[type[models.Model]]:
    """Every concrete model that declares a wall."""
    return [m for m in apps.get_models() if isinstance(getattr(m, "wall", None), Wall)]


def tables_only_read() -> list[str]:
    """Tables that the application's role reads and never writes: rules, grants, codes, and what is counted.

    Their models say `app_reads_only = True`.
    """
    declared = [m._meta.db_table for m in apps.get_models() if getattr(m, "app_reads_only", False)]
    framework = [m._meta.db_table for name in FRAMEWORK for m in apps.get_app_config(name).get_models(True)]
    return sorted([*declared, *framework, "django_migrations"])


def models_needing_walls() -> list[type[models.Model]]:
    """Every concrete model that holds a person, a case or a unit."""
    found = []
    for model in apps.get_models():
        held = {model._meta.label} | {
            f.related_model._meta.label
            for f in model._meta.get_fields(include_parents=False)
            if isinstance(f, models.ForeignKey) and not isinstance(f.related_model, str)
        }
        if held & set(HOLDERS):
            found.append(model)
    return found
