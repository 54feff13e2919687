from __future__ import annotations

import json
import shutil
import sqlite3
import tarfile
from pathlib import Path

import pytest

from tests.cli.conftest import Command

PASSPHRASE = "seven gulls over the pier"


@pytest.fixture
def home(made_home: Path, tmp_path: Path) -> Path:
    """A home with something in every corner that a backup keeps."""
    home = Path(shutil.copytree(made_home, tmp_path / "original"))
    (home / "media").mkdir(exist_ok=True)
    (home / "media" / "notes.txt").write_text("from the first meeting", encoding="utf-8")
    return home


@pytest.fixture
def passphrase(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    return path


def rows(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the database, table by table, less what belongs to a sign-in alone."""
    with sqlite3.connect(home / "aimline.sqlite3") as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [
            name for name in names if name not in {"django_session", "django_migrations", "sqlite_sequence"}
        ]
        return {name: sorted(database.execute(f'SELECT * FROM "{name}"'), key=str) for name in kept}


def test_a_restored_home_holds_exactly_what_was_backed_up(
    aimline: Command, home: Path, tmp_path: Path
) -> None:
    assert aimline("backup", str(tmp_path / "b.aimline"), home=home).returncode == 0
    restored = tmp_path / "restored"
    assert aimline("restore", str(tmp_path / "b.aimline"), home=restored).returncode == 0
    assert rows(restored) == rows(home)
    assert (restored / "media" / "notes.txt").read_text(encoding="utf-8") == "from the first meeting"
    assert (restored / "secrets" / "audit.key").read_bytes() == (home / "secrets" / "audit.key").read_bytes()
    assert aimline("audit", "verify", home=restored).stdout == aimline("audit", "verify", home=home).stdout


def test_a_sealed_backup_opens_with_its_passphrase_alone(
    aimline: Command, home: Path, passphrase: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "b.aimline"
    aimline("backup", str(backup), "--passphrase-file", str(passphrase), home=home)
    assert b"Port Alder" not in backup.read_bytes()
    restored = tmp_path / "restored"
    without = aimline("restore", str(backup), home=restored)
    assert (without.returncode, "passphrase" in without.stderr) == (3, True)
    wrong = tmp_path / "wrong"
    wrong.write_text("eight gulls", encoding="utf-8")
    assert aimline("restore", str(backup), "--passphrase-file", str(wrong), home=restored).returncode == 3
    assert (
        aimline("restore", str(backup), "--passphrase-file", str(passphrase), home=restored).returncode == 0
    )
    assert rows(restored) == rows(home)


@pytest.mark.parametrize("sealed", [False, True])
def test_a_damaged_backup_is_refused_and_leaves_nothing_behind(
    aimline: Command, home: Path, passphrase: Path, tmp_path: Path, sealed: bool
) -> None:
    words = ["--passphrase-file", str(passphrase)] if sealed else []
    backup = tmp_path / "b.aimline"
    aimline("backup", str(backup), *words, home=home)
    whole = backup.read_bytes()
    middle = len(whole) // 2
    damaged = [
        whole[:middle],
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
        b"no backup at all\n",
    ]
    restored = tmp_path / "restored"
    for content in damaged:
        backup.write_bytes(content)
        refused = aimline("restore", str(backup), *words, home=restored)
        assert refused.returncode == 3
        assert "othing was restored" in refused.stderr
        assert [path for path in restored.rglob("*") if path.is_file()] == []


def test_a_restore_never_writes_over_a_home(aimline: Command, home: Path, tmp_path: Path) -> None:
    aimline("backup", str(tmp_path / "b.aimline"), home=home)
    before = rows(home)
    assert aimline("restore", str(tmp_path / "b.aimline"), home=home).returncode == 3
    assert rows(home) == before


def test_a_backup_with_other_tables_says_which_version_made_it(
    aimline: Command, home: Path, tmp_path: Path
) -> None:
    backup, folder = tmp_path / "b.aimline", tmp_path / "open"
    aimline("backup", str(backup), home=home)
    with backup.open("rb") as file:
        file.readline()
        with tarfile.open(fileobj=file, mode="r|gz") as tar:
            tar.extractall(folder, filter="data")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["version"], manifest["migrations"] = "0.0.9", manifest["migrations"][:-1]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with backup.open("wb") as file:
        file.write(b"aimline backup 1 plain\n")
        with tarfile.open(fileobj=file, mode="w|gz") as tar:
            tar.add(folder, arcname=".")
    refused = aimline("restore", str(backup), home=tmp_path / "restored")
    assert (refused.returncode, "0.0.9" in refused.stderr) == (3, True)
    assert not (tmp_path / "restored" / "aimline.sqlite3").exists()
