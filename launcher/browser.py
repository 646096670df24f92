"""Chromium and Chinese fonts for the browser tests: found, or installed where root has a package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from launcher.messages import say, text

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/System/Library/Fonts",
    "~/.fonts",
    "~/.local/share/fonts",
)
FONT_NAMES = (
    "cjk",
    "notosanssc",
    "wqy",
    "sourcehan",
    "droidsansfallback",
    "pingfang",
    "simsun",
    "uming",
    "ukai",
)

INSTALL: dict[str, tuple[tuple[str, ...], ...]] = {
    "apt-get": (
        ("apt-get", "update", "-qq"),
        ("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"),
    ),
    "dnf": (("dnf", "install", "-y", "-q", "chromium", "google-noto-sans-cjk-fonts"),),
    "apk": (("apk", "add", "--quiet", "chromium", "font-noto-cjk"),),
    "pacman": (("pacman", "-Sy", "--noconfirm", "--quiet", "chromium", "noto-fonts-cjk"),),
}


def chromium() -> str:
    """The path of a Chromium or Chrome, or an empty string. GONGJIANG_CHROMIUM overrides the search."""
    chosen = os.environ.get("GONGJIANG_CHROMIUM")
    if chosen:
        return chosen
    if sys.platform == "darwin":
        mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
        if mac.exists():
            return str(mac)
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")


def has_chinese_font() -> bool:
    """Whether a font with Chinese characters is installed."""
    if shutil.which("fc-list"):
        answer = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True)
        return bool(answer.stdout.strip())
    for folder in FONT_FOLDERS:
        for _, _, files in os.walk(Path(folder).expanduser()):
            if any(name in file.lower().replace("-", "") for file in files for name in FONT_NAMES):
                return True
    return False


def prepare(log: Path) -> dict[str, str]:
    """Install what is missing if that is possible, and tell the tests how it went.

    Returns GONGJIANG_CHROMIUM (the browser's path) or GONGJIANG_NO_BROWSER (the reason, a sentence).
    """
    if not chromium() or not has_chinese_font():
        _install(log)
    path = chromium()
    if not path:
        reason = text("browser.missing")
        say("plain", text=reason)
        return {"GONGJIANG_NO_BROWSER": reason}
    if not has_chinese_font():
        say("browser.no_font")
    return {"GONGJIANG_CHROMIUM": path}


def _install(log: Path) -> None:
    manager = next((name for name in INSTALL if shutil.which(name)), "")
    if not manager or os.geteuid() != 0:
        return
    say("browser.installing", manager=manager)
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        for command in INSTALL[manager]:
            answer = subprocess.run(
                command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
            if answer.returncode != 0:
                say("browser.install_failed", command=" ".join(command), log=log)
                return
