"""What a programme announces about itself. Frozen and import-light: nothing here touches the database."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

Text = Any  # a str, or a lazy translation


@dataclass(frozen=True)
class MenuItem:
    """One entry of a face's menu.

    face   "public", "my", "desk" or "cockpit"
    group  heading on the desk: "service", "growth", "data" or "settings"
    url    URL name, e.g. "innovations:desk"
    roles  roles that see the entry; empty: everybody who reaches the face
    within URL name of the entry it belongs to: shown while one is in that part, or when something waits there
    """

    face: str
    label: Text
    url: str
    group: str = "service"
    roles: tuple[str, ...] = ()
    within: str = ""


@dataclass(frozen=True)
class Slot:
    """A piece of a composed page.

    place   "public.figures", "public.notices", "my.offers", "my.record", …: named by the page that shows it
    render  (request, and whom or what the page is about) -> list of dicts for that page's partial, or an empty list;
            constant queries
    """

    place: str
    render: Callable[..., list[dict[str, Any]]]
    order: int = 50


@dataclass(frozen=True)
class Programme:
    """One programme. Its name is its folder; its code is its app label, its URL namespace and what its flows and
    indicators begin with: the name without the underscore that sorts the example first.
    """

    name: str
    label: Text
    summary: Text = ""
    menu: tuple[MenuItem, ...] = ()
    editions: tuple[str, ...] = ()  # windows of its editions in their order; none: no editions
    tasks: tuple[tuple[str, str], ...] = ()  # (name of what it asks, URL name of the page where that is done)
    slots: tuple[str, ...] = ()  # dotted names of Slot objects, imported when a page asks
    example: bool = False  # shown nowhere but in tests and the documentation
    package: str = ""  # filled by the catalogue

    @property
    def code(self) -> str:
        return self.name.lstrip("_")

    def module(self, word: str) -> ModuleType | None:
        """The programme's module of that name ("flow", "facts", "demo" …), or None where it has none."""
        name = f"{self.package}.{word}"
        return import_module(name) if find_spec(name) else None
