"""What the written pages promise about each other: links lead somewhere, both READMEs say the same commands."""

import re
from pathlib import Path

from config.settings import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "src").rglob("*.md")])
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
COMMAND = re.compile(r"`?(\./run \w+)")


def test_links_of_every_page_lead_somewhere() -> None:
    dead = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in link and not (page.parent / link).exists()
    ]
    assert dead == []


def test_readmes_name_the_same_commands() -> None:
    said = [
        COMMAND.findall((ROOT / name).read_text(encoding="utf-8"))
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert said[0] == said[1]
    assert said[0][:2] == ["./run demo", "./run test"]


def test_places_in_the_architecture_exist() -> None:
    """Folders and files that the page names in code, relative to the repository or to its source."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:config|kernel|web|insight|programmes|launcher|tests)/[\w/.-]*)`", text)
    roots = (ROOT, ROOT / "src" / "gongjiang", ROOT / "src" / "gongjiang" / "programmes")
    assert [n for n in named if not any((root / n).exists() for root in roots)] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert LINK.findall(index) == sorted(p.name for p in Path(folder).glob("[0-9]*.md"))
