"""A real browser for tests: the system's Chromium, watched for whatever the content policy refuses."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 900}
TIMEOUT = 15_000  # milliseconds, for whatever a page is waited for
#: WCAG 2.0 to 2.2, level AA.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def path() -> str:
    """Where the browser is; empty where there is none."""
    return os.environ.get("GONGJIANG_CHROMIUM") or next((p for n in NAMES if (p := shutil.which(n))), "")


def why_not() -> str:
    """Why no test with a browser can run here, as one sentence; empty where one can."""
    if path():
        return ""
    missing = "There is no Chromium here; install it (apt-get install chromium) to run the tests with a real browser."
    return os.environ.get("GONGJIANG_NO_BROWSER") or missing


@contextmanager
def started() -> Iterator[Any]:
    """A running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path(), args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def window(browser: Any, *, size: dict[str, int] = DESK, **options: Any) -> Iterator[Any]:
    """A page with a login of its own. Fails at the end on any error of the console, a refused policy included."""
    context = browser.new_context(viewport=size, locale="zh-CN", **options)
    context.set_default_timeout(TIMEOUT)
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.faults = faults
    try:
        yield page
        assert faults == [], faults
    finally:
        context.close()


def barriers(page: Any) -> dict[str, tuple[str, list[str]]]:
    """{rule: (what it asks, where it is broken)}: what axe finds on a page."""
    from axe_core_python.sync_playwright import Axe

    broken = Axe().run(page, options=RULES)["violations"]
    return {each["id"]: (each["help"], [node["html"] for node in each["nodes"]][:3]) for each in broken}
