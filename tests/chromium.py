"""Finding a Chromium for the journeys, or installing Debian's when this machine allows it.

`python -m tests.chromium` prints the program's path, or says in one line what to do and exits with 4.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
APT = [["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]]


class NoBrowser(RuntimeError):
    """There is no Chromium here; the message says what to do."""


@cache
def find() -> str:
    """Return the path of the program. It is looked for once: no second look is possible while a browser runs."""
    named = os.environ.get("AIMLINE_CHROMIUM", "").strip()
    if named:
        if not shutil.which(named):
            raise NoBrowser(f"AIMLINE_CHROMIUM names {named}, which is not a program that can be run.")
        return named
    return _playwrights_own() or _on_path() or _from_debian()


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _on_path() -> str | None:
    return next((found for found in map(shutil.which, NAMES) if found), None)


def _from_debian() -> str:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoBrowser(
            "No Chromium was found. Install it (on Debian and Ubuntu: apt-get install chromium), "
            "or name one in AIMLINE_CHROMIUM."
        )
    print("aimline: installing Chromium for the browser tests.", file=sys.stderr)  # noqa: T201
    for words in APT:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        outcome = subprocess.run(
            words, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if outcome.returncode:
            last = (outcome.stderr.strip().splitlines() or [""])[-1]
            raise NoBrowser(f"Chromium could not be installed: {' '.join(words)}: {last}")
    found = _on_path()
    if not found:
        raise NoBrowser("Chromium was installed but cannot be found on the PATH.")
    return found


if __name__ == "__main__":
    try:
        print(find())  # noqa: T201
    except NoBrowser as error:
        print(f"aimline: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(4)
