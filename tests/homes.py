"""Homes that commands work in as processes of their own: one is made for the whole run, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was made once, whichever process of the run came first; copy it before changing anything in it."""
    is_spread = "PYTEST_XDIST_WORKER" in os.environ
    shared = tmp_path_factory.getbasetemp().parent if is_spread else tmp_path_factory.getbasetemp()
    home = shared / "made-home"
    with (shared / "made-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            draft = shared / "made-home.draft"
            call(draft, "init", "--name", "Port Alder", "--code", "PA").check_returncode()
            draft.rename(home)
    return home


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A home of one's own, with one district."""
    return Path(shutil.copytree(made_home, tmp_path / "home"))


def call(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "aimline.cli.main", *words],
        env=surroundings(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def surroundings(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIMLINE_", "DJANGO_"))}
    return {**kept, "AIMLINE_HOME": str(home)}
