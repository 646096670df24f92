"""The Chinese catalogue: collected from code and templates, checked against its parts, compiled by Babel alone.

English is the source. Humans write `locale/parts/<area>.po` or a programme's `chinese.po`. What `messages` makes of
them, `locale/zh_Hans/LC_MESSAGES/django.po` (every string with where it is used) and the compiled `django.mo`, is
never committed; the compiled file is renewed whenever a part is newer.
"""

import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parent.parent
ROOT = SOURCE.parent.parent
LOCALE = SOURCE / "locale"
PARTS = LOCALE / "parts"
PO = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_t": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "c": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SKIPPED = ("tests", "migrations", "benchmarks", ".venv", "node_modules")
Key = tuple[str | None, str]


@dataclass
class Findings:
    """What a check found: strings without Chinese, fuzzy ones, strings that two parts translate differently."""

    missing: list[str] = field(default_factory=list)
    fuzzy: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.fuzzy or self.disputed)


def key_of(message: Message) -> Key:
    """What makes a string itself: its context and its text (the singular of a plural)."""
    text = message.id[0] if isinstance(message.id, tuple | list) else message.id
    return (message.context or None, str(text))


def _sources() -> Iterator[Path]:
    for top in (SOURCE, ROOT / "config"):
        for pattern in ("**/*.py", "**/*.html"):
            for path in sorted(top.glob(pattern)):
                if not set(path.relative_to(ROOT).parts) & set(SKIPPED):
                    yield path


def _strings(path: Path) -> Iterator[tuple[int, Any, str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = "\n".join(line.lstrip() for line in templatize(text, origin=str(path)).splitlines())
    called_in = extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {"encoding": "utf-8"})
    for line, called, found, _comments in called_in:
        spec = KEYWORDS[str(called)]
        values = list(found) if isinstance(found, tuple | list) else [found]
        context = None
        if spec and isinstance(spec[0], tuple):
            context, values = values[0], values[1:]
        if not values or not all(
            isinstance(v, str) and v for v in values[: 2 if spec and len(spec) > 1 else 1]
        ):
            continue
        plural = called in ("ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy") and len(values) > 1
        yield line, (values[0], values[1]) if plural else values[0], context


def extract() -> Catalog:
    """Every string of the code and the templates, with where it is."""
    found = Catalog(charset="utf-8")
    for path in _sources():
        place = str(path.relative_to(ROOT))
        for line, text, context in _strings(path):
            found.add(text, locations=[(place, line)], context=context)
    return found


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", charset="utf-8")


def parts() -> list[Path]:
    """The files that humans write: one for each area, and the `chinese.po` that a programme keeps in its folder."""
    return sorted([*PARTS.glob("*.po"), *SOURCE.glob("programmes/*/chinese.po")])


def translations(disputed: list[str] | None = None) -> dict[Key, Message]:
    """Every translated string; where two parts differ it is the later one's, and `disputed` is told."""
    known: dict[Key, Message] = {}
    said_by: dict[Key, tuple[str, object]] = {}
    for path in parts():
        for message in _read(path):
            if not message.id or not _filled(message):
                continue
            key = key_of(message)
            text = message.string[0] if isinstance(message.string, tuple | list) else message.string
            if key in said_by and said_by[key][1] != text and disputed is not None:
                disputed.append(f"{key[1]!r}: {said_by[key][1]} ({said_by[key][0]}), {text} ({path.name})")
            said_by[key] = (path.name, text)
            known[key] = message
    return known


def _filled(message: Message) -> bool:
    return bool(all(message.string) if isinstance(message.string, tuple | list) else message.string)


def _catalog(messages: list[Message]) -> Catalog:
    made = Catalog(
        locale="zh_Hans",
        project="Gongjiang",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Made by `./run manage messages` from the parts.",
    )
    for message in messages:
        made[message.id] = message
    return made


def merge() -> int:
    """Write the merged file anew from code, templates and parts; returns how many strings it holds."""
    known, kept = translations(), []
    for wanted in extract():
        if not wanted.id:
            continue
        said = known.get(key_of(wanted))
        string: Any = said.string if said else ""
        if isinstance(wanted.id, tuple | list):
            string = string if isinstance(string, tuple | list) else (string,)
        elif isinstance(string, tuple | list):
            string = string[0]
        kept.append(
            Message(
                wanted.id,
                string,
                locations=sorted({(p, 0) for p, _l in wanted.locations}),
                context=wanted.context,
            )
        )
    PO.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    write_po(buffer, _catalog(kept), width=110, sort_output=True, include_lineno=False)
    dated = ('"POT-Creation', '"PO-Revision', '"Generated-By')
    lines = [line for line in buffer.getvalue().decode().splitlines() if not line.startswith(dated)]
    PO.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(kept)


def compile_catalogue() -> int:
    """Write the compiled file; returns how many strings it holds. Readers never see half a file."""
    messages = list(translations().values())
    MO.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=MO.parent, suffix=".part", delete=False) as file:
        write_mo(file, _catalog(messages))
    Path(file.name).chmod(0o644)  # another account may serve what this one compiled
    os.replace(file.name, MO)
    return len(messages)


def compile_when_stale() -> None:
    """Compile when there is no compiled file, or a source is newer. Costs a few stat calls otherwise.

    Applications have asked for words before this runs, so what was read from the old file is forgotten.
    """
    newest = max((p.stat().st_mtime for p in [PARTS, *parts()] if p.exists()), default=0.0)
    if not newest or (MO.exists() and MO.stat().st_mtime >= newest):
        return
    try:
        compile_catalogue()
    except OSError as unwritable:
        if not MO.exists():
            raise RuntimeError(f"The Chinese catalogue cannot be written to {MO.parent}.") from unwritable
        return
    translation_file_changed(None, MO)


def check() -> Findings:
    """What stands between the code and a complete Chinese catalogue."""
    found = Findings()
    known = translations(found.disputed)
    for wanted in extract():
        if not wanted.id:
            continue
        key = key_of(wanted)
        said = known.get(key)
        place = wanted.locations[0][0] if wanted.locations else ""
        where = f"{key[1]!r}" + (f" (context {key[0]!r})" if key[0] else "") + f"  {place}"
        if said is None:
            found.missing.append(where)
        elif "fuzzy" in said.flags:
            found.fuzzy.append(where)
    return found
