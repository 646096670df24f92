"""Both languages are complete, and nothing in a template breaks the policy."""

import re

from gongjiang.web import catalogue


def test_every_string_has_its_chinese() -> None:
    found = catalogue.check()
    assert (found.missing, found.fuzzy, found.disputed) == ([], [], [])


def test_strings_of_templates_are_found_with_context_and_plural() -> None:
    keys = {catalogue.key_of(m) for m in catalogue.extract() if m.id}
    assert {
        (None, "%(n)s thing to mend; everything typed is kept"),
        ("weekday", "Mon"),
        (None, "Number"),
    } <= keys


def test_templates_hold_no_inline_script_or_style() -> None:
    wrong = []
    for path in sorted(catalogue.SOURCE.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        if re.search(
            r"<style|\sstyle=|<script(?![^>]*\b(?:src|type=\"application/json\"))|\son[a-z]+=|hx-on|javascript:",
            text,
        ):
            wrong.append(str(path.relative_to(catalogue.SOURCE)))
    assert wrong == []
