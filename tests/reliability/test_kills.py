"""Nothing that was acknowledged is lost and nothing is left half done, however a process dies."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.homes import surroundings

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("kind", "kills"), [("writes", 30), ("loads", 20)])
def test_a_killed_writer_loses_nothing_and_leaves_nothing_half_done(
    home: Path, kind: str, kills: int
) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "tests.reliability.killing", kind, str(kills)],
        env={**surroundings(home), "DJANGO_SETTINGS_MODULE": "aimline.config.settings"},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    outcome = json.loads(finished.stdout)
    assert outcome["acknowledged"] > 0
    assert outcome == {
        "kills": kills,
        "acknowledged": outcome["acknowledged"],
        "chain_whole": True,
        "lost": 0,
        "half": 0,
        "doubled": 0,
    }
