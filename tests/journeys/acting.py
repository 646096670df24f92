"""What everybody in a story does: sign in at a window of their own, open, press, send, and look at what is there."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import browser

from .stack import Stack

UNIT = "140400"  # the demo's city, whose figures are looked at
WITHIN = 30  # seconds that a loaded machine may take; ./run bench counting measures it
#: Where pictures of the pages that a story comes through are put, to be looked at; nowhere unless it is named.
SHOTS = os.environ.get("GONGJIANG_SHOTS", "")
#: Latin words that stand in Chinese texts.
LATIN = {"word", "pdf", "docx", "xlsx", "png", "web", "excel", "english", "python", "csv", "xls"}
#: What is read on a page, except codes, programs and what says that it is in another language.
VISIBLE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (at.closest('pre, code, .code, script, style, textarea, [lang="en"]') || !at.getClientRects().length) continue;
    found.push(walker.currentNode.nodeValue);
  }
  return found.join('\\n');
}"""


@contextmanager
def desk(chromium: Any, stack: Stack, who: str, size: dict[str, int] = browser.DESK) -> Iterator[Any]:
    """A window in which this demo account has signed in by one click."""
    with browser.window(chromium, size=size, base_url=stack.url) as page:
        page.goto("/account/sign-in/")
        page.locator(f'button[name="demo"][value="{who}"]').click()
        page.wait_for_url(re.compile("/(my|desk)/"))
        yield page


@contextmanager
def stranger(chromium: Any, stack: Stack, size: dict[str, int] = browser.DESK) -> Iterator[Any]:
    """A window of somebody who has no account."""
    with browser.window(chromium, size=size, base_url=stack.url) as page:
        yield page


def press(page: Any, label: str) -> None:
    """Press the first button, or button-like link, with this label."""
    with page.expect_navigation():
        page.locator("main").locator(
            f'button:not([aria-hidden]):has-text("{label}"), a.btn:has-text("{label}")'
        ).first.click()


def follow(page: Any, label: str) -> None:
    """Open the first link with this text."""
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name=label).first.click()


def send(page: Any, **values: Any) -> None:
    """Fill in a form by its fields' names and send it; it has to be taken.

    A text is typed, a choice chosen, True ticks, bytes are a file that is chosen.
    """
    write(page, **values)
    before = page.url
    with page.expect_navigation():
        page.locator('main form[method="post"] button.primary[type="submit"]').last.click()
    wrong = page.locator('main .error, main [role="alert"]').all_inner_texts()
    assert not wrong, (before, page.url, wrong)


def write(page: Any, **values: Any) -> None:
    """Fill in a form by its fields' names, without sending it."""
    for name, value in values.items():
        fill(page, name, value)


def fill(page: Any, name: str, value: Any) -> None:
    """One field of a form, by its name."""
    field = page.locator(f'main [name="{name}"]')
    kind = field.first.evaluate("it => it.tagName === 'SELECT' ? 'select' : it.type")
    if isinstance(value, tuple):
        field.first.set_input_files({"name": value[0], "mimeType": value[1], "buffer": value[2]})
    elif kind == "select":
        field.first.select_option(value if isinstance(value, (str, dict)) else str(value))
    elif kind == "radio":
        page.locator(f'main [name="{name}"][value="{value}"]').check(force=True)
    elif kind == "checkbox":
        field.first.check(force=True)
    else:
        field.first.fill(str(value))


def look(page: Any, name: str) -> None:
    """No barrier, nothing wider than the window, no English in the Chinese face; and a picture where one is wanted.

    What is wrong joins what the console said, and fails the window when it closes.
    """
    width = page.viewport_size["width"]
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(SHOTS) / f"{name}-{width}.png", full_page=True)
    found = dict(browser.barriers(page))
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    words = re.findall(r"(?<![0-9A-Za-z-])[A-Za-z][a-z]{2,}(?![0-9A-Za-z-])", page.evaluate(VISIBLE))
    english = sorted({word for word in words if word.lower() not in LATIN})
    if (found, max(over, 0), english) != ({}, 0, []):
        page.faults.append(f"{name}: {found} {over} px too wide, English: {english}")


def value(page: Any, code: str) -> int:
    """The city's figure as its page shows it; the page proves it by its list. Waits for the very first count."""
    for _ in range(120):
        page.goto(f"/cockpit/figure/{code}/{UNIT}/")
        if page.locator(".amount").count():
            break
        time.sleep(0.5)
    assert page.locator(".proof").count() == 1
    return int(re.sub(r"\D", "", page.locator(".amount").inner_text()))


def rises(page: Any, code: str, before: int) -> None:
    """Wait until the figure is one more than before."""
    began = time.monotonic()
    while time.monotonic() - began < WITHIN:
        if (now := value(page, code)) != before:
            assert now == before + 1
            return
        time.sleep(0.2)
    raise AssertionError(f"{code} is still {before} after {WITHIN} s")


def listed(page: Any, code: str, number: str) -> bool:
    """Whether the figure's list holds that record on its last page, where the newest stand.

    The list has as many rows as the figure says, or leads back to the others.
    """
    counted = value(page, code)
    page.goto(f"/cockpit/figure/{code}/{UNIT}/?before={10**17}")
    rows, back = page.locator("main tbody tr").count(), page.locator('nav.pager a[rel="prev"]').count()
    assert rows < counted if back else rows == counted
    return bool(page.get_by_text(number, exact=True).count())
