"""PDF, set by typst. Without a font for Chinese there is none: boxes are worse than a sentence."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils.translation import gettext as _

from gongjiang.kernel.documents.kinds import Layout
from gongjiang.kernel.documents.text import Block, Shape, blocks

from .paper import Paper, svg

#: Families that hold all common characters, the best for official text first.
SERIF = (
    "FangSong",
    "FangSong_GB2312",
    "STFangsong",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "SimSun",
    "NSimSun",
    "STSong",
    "Songti SC",
    "AR PL UMing CN",
)
SANS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Heiti SC",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Droid Sans Fallback",
)


class NoFont(RuntimeError):
    """No font for Chinese on this machine; the message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "No PDF can be made: this server has no font for Chinese. Ask the administrator to install one, for"
                " example Noto CJK, and take the Word file meanwhile."
            )
        )


@cache
def families(folders: tuple[str, ...], system: bool) -> tuple[str, ...]:
    """Families for Chinese that typst finds, the best first."""
    there = set(typst.Fonts(include_system_fonts=system, font_paths=list(folders)).families())
    return tuple(name for name in (*SERIF, *SANS) if name in there)


def pdf(paper: Paper, *, folders: tuple[str, ...] | None = None, system: bool = True) -> tuple[bytes, int]:
    """The document as PDF, and how many pages it has. Raises NoFont.

    folders, system  where fonts are looked for; by default `settings.FONTS` and what the machine has
    """
    folders = tuple(str(folder) for folder in settings.FONTS) if folders is None else folders
    known = families(folders, system)
    if not known:
        raise NoFont
    files: dict[str, bytes] = {
        "main.typ": (Path(__file__).parent / "paper.typ").read_bytes(),
        "content.json": json.dumps(_content(paper, known), ensure_ascii=False).encode(),
    }
    if paper.address:
        files["code.svg"] = svg(paper.address).encode()
    options: dict[str, Any] = {"font_paths": list(folders), "ignore_system_fonts": not system}
    made = typst.compile(files, **options)
    pages = typst.query(files, "<pages>", field="value", one=True, **options)
    return bytes(made), int(json.loads(pages) if isinstance(pages, str) else pages)


def _content(paper: Paper, known: tuple[str, ...]) -> dict[str, Any]:
    """What the typst program reads: values only, so that no value can become a command."""
    sans = [name for name in known if name in SANS] or list(known)
    return {
        "fonts": list(known),
        "sans": sans,
        "landscape": paper.layout == Layout.CERTIFICATE,
        "issuer": paper.issuer,
        "number": paper.number,
        "title": paper.title,
        "day": paper.day,
        "code": paper.code,
        "address": paper.address,
        "blocks": [_block(block) for block in blocks(paper.text)],
    }


def _block(block: Block) -> dict[str, Any]:
    if block.shape == Shape.TABLE:
        return {"shape": block.shape, "rows": [list(row) for row in block.rows]}
    return {"shape": block.shape, "text": block.text}
