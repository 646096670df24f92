"""Take the README's pictures from a running city demo: python docs/pictures/take.py [http://127.0.0.1:8000]"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

HERE = Path(__file__).parent
SHOTS: tuple[tuple[str, str, str, ViewportSize, float], ...] = (
    ("cockpit", "changzhi-leader", "/cockpit/", {"width": 1280, "height": 900}, 1),
    ("my", "xiangyuan-worker", "/my/", {"width": 390, "height": 844}, 1.5),
)


def take(
    browser: Browser, site: str, name: str, account: str, page: str, size: ViewportSize, scale: float
) -> None:
    """Sign in with one click as a demo account and write `<name>.png`."""
    context = browser.new_context(viewport=size, device_scale_factor=scale, locale="zh-CN")
    tab = context.new_page()
    tab.goto(f"{site}/account/sign-in/?next={page}")
    tab.locator(f"button[name=demo][value={account}]").click()
    tab.wait_for_url(f"**{page}")
    tab.wait_for_load_state("networkidle")
    tab.screenshot(path=HERE / f"{name}.png")
    context.close()


def main(site: str) -> None:
    """Take every picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for shot in SHOTS:
            take(browser, site, *shot)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
