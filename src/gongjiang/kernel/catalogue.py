"""The strict list of what is installed: programmes, and what they declare, looked up by convention.

A programme's `flow.py` holds `FLOWS`, its `facts.py` holds `FACTS`, its `indicators.py` holds `INDICATORS`,
its `demo.py` has `load(world)`. Names that do not resolve stop the start-up (`checks.py`).
"""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from .programme import Programme, Slot


@cache
def programmes() -> tuple[Programme, ...]:
    """Every installed programme, in the order of `config/programmes.py`."""
    found = []
    for name in settings.PROGRAMMES:
        package = f"gongjiang.programmes.{name}"
        announced: Programme = import_module(f"{package}.programme").PROGRAMME
        found.append(Programme(**{**announced.__dict__, "package": package}))
    return tuple(found)


def programme(name: str) -> Programme:
    """The installed programme of that name; KeyError where there is none."""
    return {p.name: p for p in programmes()}[name]


def declared(word: str, attribute: str) -> Iterator[Any]:
    """What all programmes declare under one name, e.g. declared("flow", "FLOWS")."""
    for each in programmes():
        module = each.module(word)
        yield from getattr(module, attribute, ()) if module else ()


@cache
def slots(place: str) -> tuple[Slot, ...]:
    """The pieces that programmes and insight put at a place of a composed page, in order."""
    names = [name for p in programmes() for name in p.slots] + list(getattr(settings, "SLOTS", ()))
    found = []
    for name in names:
        module, attribute = name.rsplit(".", 1)
        slot: Slot = getattr(import_module(module), attribute)
        if slot.place == place:
            found.append(slot)
    return tuple(sorted(found, key=lambda s: s.order))
