"""The student lake in backups: whole, checked, closed to others, and never without the catalogue of its moment."""

from __future__ import annotations

import fcntl
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests import postgres
from tests.cli.conftest import Command
from tests.homes import call, surroundings

BACKUP = [sys.executable, "-m", "aimline.cli.main", "backup"]


@pytest.fixture
def home(loaded_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(loaded_home, tmp_path / "original"))


@pytest.fixture(scope="module")
def restored(loaded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home brought back from a backup of one in whose lake a killed load has left a file."""
    folder = tmp_path_factory.mktemp("restored")
    home = Path(shutil.copytree(loaded_home, folder / "original"))
    (home / "lake" / "people" / "stray.parquet").write_bytes(b"half a file")
    call(home, "backup", str(folder / "b.aimline")).check_returncode()
    call(folder / "home", "restore", str(folder / "b.aimline")).check_returncode()
    return folder / "home"


def files(home: Path) -> dict[str, bytes]:
    """The batches in the lake, by their path."""
    found = sorted((home / "lake").rglob("*.parquet"))
    return {str(path.relative_to(home)): path.read_bytes() for path in found if "none-" not in path.name}


def test_a_restored_home_has_the_lake_and_no_stray_files(restored: Path, loaded_home: Path) -> None:
    assert files(restored) == files(loaded_home) != {}


def test_a_restored_lake_can_be_read(restored: Path) -> None:
    found = call(restored, "privacy", "prove", "604822")
    assert (found.returncode, "lake: 2" in found.stdout) == (1, True)


def test_nobody_else_may_read_the_lake(restored: Path, loaded_home: Path) -> None:
    for home in (restored, loaded_home):
        kept = [path for name in ("lake", "secrets") for path in [home / name, *(home / name).rglob("*")]]
        assert [str(path) for path in kept if path.stat().st_mode & 0o077] == []


def test_a_lake_that_does_not_fit_its_catalogue_is_refused(
    aimline: Command, home: Path, tmp_path: Path
) -> None:
    batch = next((home / "lake" / "people").glob("0*.parquet"))
    batch.write_bytes(batch.read_bytes() + b"x")
    backup, restored = tmp_path / "b.aimline", tmp_path / "restored"
    aimline("backup", str(backup), home=home).check_returncode()
    refused = aimline("restore", str(backup), home=restored)
    assert (refused.returncode, "othing was restored" in refused.stderr) == (3, True)
    assert [path for path in restored.rglob("*") if path.is_file()] == []


def test_a_backup_waits_for_whoever_writes_the_lake(home: Path, tmp_path: Path) -> None:
    backup = tmp_path / "b.aimline"
    with (home / "lake" / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = subprocess.Popen([*BACKUP, str(backup)], env=surroundings(home), stdin=subprocess.DEVNULL)
        _until_waiting(waiting, lock.fileno())
        assert waiting.poll() is None
        assert not backup.exists()
    assert waiting.wait(120) == 0
    assert backup.exists()


def _until_waiting(process: subprocess.Popen[bytes], held: int) -> None:
    """Return once the process stands in line for the lock that is held here, as the kernel tells."""
    while process.poll() is None:
        lines = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
        if any("-> FLOCK" in line and f" {process.pid} " in line for line in lines):
            return


def test_an_old_backup_brings_an_erased_student_back_who_can_be_erased_again(
    aimline: Command, home: Path, tmp_path: Path
) -> None:
    backup, restored = tmp_path / "b.aimline", tmp_path / "restored"
    aimline("backup", str(backup), home=home).check_returncode()
    aimline("privacy", "purge", "604822", home=home).check_returncode()
    aimline("restore", str(backup), home=restored).check_returncode()
    assert aimline("privacy", "purge", "604822", home=restored).stdout.count("604822") == 1
    assert aimline("privacy", "prove", "604822", home=restored).returncode == 0


def test_resetting_a_demo_empties_the_lake(home: Path) -> None:
    (home / "demo.json").write_text('{"accounts": []}', encoding="utf-8")
    (home / "tmp" / "uploads").mkdir()
    # Without making the new demo, which takes its time.
    reset = "import django; django.setup(); from aimline.cli import demo; demo._throw_away()"
    there = {**surroundings(home), "DJANGO_SETTINGS_MODULE": "aimline.config.settings"}
    subprocess.run([sys.executable, "-c", reset], env=there, check=True)
    assert not (home / "lake").exists()
    assert not (home / "tmp" / "uploads").exists()


def test_a_lake_moves_to_postgresql_with_its_catalogue(home: Path, tmp_path: Path) -> None:
    backup, moved = tmp_path / "b.aimline", tmp_path / "moved"
    call(home, "backup", str(backup)).check_returncode()
    with postgres.server() as address:
        # The database that every server has; it is empty.
        there = {**surroundings(moved), "AIMLINE_DATABASE_URL": address.replace("/aimline?", "/postgres?")}
        for words in (
            ["restore", str(backup)],
            ["privacy", "purge", "604822"],
            ["privacy", "prove", "604822"],
        ):
            done = subprocess.run(
                [*BACKUP[:-1], *words],
                env=there,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
    with sqlite3.connect(home / "aimline.sqlite3") as catalogue:
        ((count,),) = catalogue.execute("SELECT count(*) FROM students_batch")
    assert len(files(moved)) == count
