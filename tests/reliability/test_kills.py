"""Nothing that was acknowledged is lost and nothing is left half done, however a process dies."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import call, surroundings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killing") / "home"
    call(folder, "init", "--name", "Port Alder", "--code", "PA").check_returncode()
    return folder


@pytest.mark.parametrize(("kind", "kills"), [("writes", 30), ("loads", 20)])
def test_a_killed_writer_loses_nothing_and_leaves_nothing_half_done(
    made_home: Path, tmp_path: Path, kind: str, kills: int
) -> None:
    home = Path(shutil.copytree(made_home, tmp_path / "home"))
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
