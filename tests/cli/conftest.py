from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.desk import Desk
from tests.cli.student_homes import STUDENTS, STUDENTS_MAPPING
from tests.homes import call
from tests.students.conftest import keep  # noqa: F401

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


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
