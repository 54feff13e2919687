from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_a_command_without_a_home_says_so_and_writes_nothing(aimline: Command, tmp_path: Path) -> None:
    outcome = aimline("serve")
    assert (outcome.returncode, outcome.stdout) == (4, "")
    assert "There is no Aimline home" in outcome.stderr
    assert list(tmp_path.iterdir()) == []


def test_help_needs_no_home_and_writes_nothing(aimline: Command, tmp_path: Path) -> None:
    outcome = aimline("help", "user", "create")
    assert outcome.returncode == 0
    assert "Example: aimline user create" in outcome.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_home_is_made_once(aimline: Command, home: Path) -> None:
    outcome = aimline("init", "--name", "Another")
    assert outcome.returncode == 3
    assert "already an Aimline home" in outcome.stderr


def test_an_account_and_its_token_are_made(aimline: Command, home: Path, tmp_path: Path) -> None:
    words = ["--name", "Dana Okafor", "--role", "district_leader", "--unit", "PA"]
    password = tmp_path / "password"
    password.write_text("a long enough sentence\n", encoding="utf-8")
    made = aimline("user", "create", "dana@example.org", *words, "--password-file", str(password))
    assert (made.returncode, made.stdout) == (0, "dana@example.org\n")
    token = aimline("token", "create", "dana@example.org", "--label", "Nightly")
    assert token.stdout.startswith("aim_")
    assert len(token.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["user", "create", "x@example.org", "--name", "X", "--role", "guest", "--unit", "ZZ"],
            2,
            "no unit here",
        ),
        (
            ["user", "create", "x@example.org", "--name", "X", "--role", "king", "--unit", "PA"],
            2,
            "is not one of",
        ),
        (["token", "create", "x@example.org", "--label", "X"], 2, "nobody here"),
        (["nonsense"], 2, "No such command"),
    ],
)
def test_a_wrong_word_is_named(aimline: Command, home: Path, words: list[str], code: int, said: str) -> None:
    outcome = aimline(*words)
    assert outcome.returncode == code
    assert said in outcome.stderr


def test_a_chain_that_holds_is_counted(aimline: Command, home: Path) -> None:
    outcome = aimline("audit", "verify")
    assert (outcome.returncode, int(outcome.stdout) > 0) == (0, True)


def test_a_broken_chain_is_shown(aimline: Command, home: Path) -> None:
    with sqlite3.connect(home / "aimline.sqlite3") as database:
        for (trigger,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        database.execute("UPDATE core_auditentry SET act = 'end' WHERE seq = 1")
    database.close()
    outcome = aimline("audit", "verify")
    assert outcome.returncode == 1
    assert outcome.stdout.startswith("broken at entry 1:")


def test_a_fault_of_ours_leaves_its_traceback_in_the_logs(aimline: Command, home: Path) -> None:
    with sqlite3.connect(home / "aimline.sqlite3") as database:
        database.execute("UPDATE django_migrations SET name = 'lost' WHERE app = 'org'")
    database.close()
    outcome = aimline("init", "--name", "Again")
    assert "Traceback" not in outcome.stderr
    assert "Details are in" in outcome.stderr
    assert "Traceback" in (home / "logs" / "aimline-errors.log").read_text(encoding="utf-8")


def test_a_database_that_is_away_is_said_in_one_line(
    aimline: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "aimline.sqlite3").write_bytes(b"this is not a database, it only lies in its place" * 100)
    outcome = aimline("audit", "verify")
    assert outcome.returncode == 4
    assert outcome.stderr.startswith("aimline: the database cannot be used")
