from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.student_homes import STUDENTS, STUDENTS_MAPPING
from tests.students.conftest import keep  # noqa: F401

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that was made once; copy it before changing anything in it."""
    folder = tmp_path_factory.mktemp("made") / "home"
    call(folder, "init", "--name", "Port Alder", "--code", "PA").check_returncode()
    return folder


@pytest.fixture(scope="session")
def loaded_home(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two students, and a third who could not be loaded; copy it before changing anything in it."""
    folder = tmp_path_factory.mktemp("loaded")
    home = Path(shutil.copytree(made_home, folder / "home"))
    (folder / "students.csv").write_text(STUDENTS, encoding="utf-8")
    (folder / "students.toml").write_text(STUDENTS_MAPPING, encoding="utf-8")
    words = [str(folder / "students.csv"), "--mapping", str(folder / "students.toml")]
    assert call(home, "import", "students", *words).returncode == 1
    return home


@pytest.fixture
def aimline(tmp_path: Path) -> Command:
    """Run the command line as a process of its own, over a folder where no home is yet."""

    def run(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        return call(home or tmp_path / "home", *words)

    return run


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
