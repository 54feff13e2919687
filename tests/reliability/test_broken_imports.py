"""An import that is broken off, at any point, leaves nothing, and the same load afterwards comes in whole."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

from tests.homes import surroundings

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50


def test_an_import_broken_at_fifty_random_points_leaves_nothing(home: Path, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    finished = subprocess.run(
        [sys.executable, "-m", "tests.reliability.breaking", str(tmp_path), str(seed), str(KILLS)],
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
    assert finished.returncode == 0, f"seed {seed}: {finished.stderr}"
    # With the same seed the same points are drawn again.
    assert json.loads(finished.stdout) == {"died": KILLS, "wrong": [], "chain_whole": True}, f"seed {seed}"
