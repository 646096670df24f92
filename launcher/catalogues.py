"""Compiles the message catalogues that are older than their sources; compiled files are not kept in git."""

from __future__ import annotations

from pathlib import Path


def compile_stale(root: Path) -> list[Path]:
    """Write each missing or outdated `django.mo`; returns the files written."""
    written = []
    for source in sorted((root / "src" / "gongjiang" / "locale").glob("*/LC_MESSAGES/django.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

        with source.open("rb") as stream:
            catalogue = read_po(stream)
        draft = compiled.with_suffix(".mo.new")
        with draft.open("wb") as stream:
            write_mo(stream, catalogue)
        draft.replace(compiled)
        written.append(compiled)
    return written
