"""A purge that is killed has either not begun or is done, and the next one finishes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.homes import surroundings

ROOT = Path(__file__).resolve().parents[2]


def test_a_killed_purge_is_before_or_after_and_the_next_one_finishes(home: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.reliability.purging", "4"],
        env={
            **surroundings(home),
            "DJANGO_SETTINGS_MODULE": "aimline.config.settings",
            "POLARS_MAX_THREADS": "2",
        },
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout) == {"half": 0, "left": 0, "lost": 0, "strays": 0, "chain_whole": True}
