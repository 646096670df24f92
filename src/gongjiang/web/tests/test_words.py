"""Both languages are complete, and no template holds what the policy would refuse."""

import re

from gongjiang.web import catalogue

REFUSED = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\b(?:src|type=\"application/json\"))|\son[a-z]+=|hx-on|javascript:"
)


def test_every_string_has_its_chinese() -> None:
    found = catalogue.check()
    assert (found.missing, found.fuzzy, found.disputed) == ([], [], [])


def test_strings_of_templates_are_found_with_context_and_plural() -> None:
    wanted = {(None, "%(n)s thing to mend; everything typed is kept"), ("weekday", "Mon"), (None, "Number")}
    assert wanted - {catalogue.key_of(m) for m in catalogue.extract() if m.id} == set()


def test_templates_hold_no_inline_script_or_style() -> None:
    templates = sorted(catalogue.SOURCE.rglob("templates/**/*.html"))
    wrong = [p.name for p in templates if REFUSED.search(p.read_text(encoding="utf-8"))]
    assert wrong == []
