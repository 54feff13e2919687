"""The command line where only the library is installed: `analyze` and `help` run, the rest says what is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# Hides all that only the server needs, then does what is asked.
ALONE = """
import sys
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"allauth", "babel", "cryptography", "csp", "django", "lxml", "ninja", "openpyxl"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Nowhere())
"""
COMMAND = ALONE + "from aimline.cli.main import main; main()"


def alone(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_file_is_analyzed_without_the_server(tmp_path: Path) -> None:
    (tmp_path / "effects.csv").write_text("site,estimate,se\nA,0.2,0.1\nB,0.4,0.1\n", encoding="utf-8")
    outcome = alone(tmp_path, "analyze", "pool", "effects.csv", "--json", "-")
    assert outcome.returncode == 0, outcome.stderr
    assert round(json.loads(outcome.stdout)["estimate"], 6) == 0.3
    outcome = alone(tmp_path, "analyze", "pool", "other.csv")
    assert (outcome.returncode, outcome.stderr) == (2, "aimline: There is no file other.csv.\n")


def test_charts_are_drawn_without_the_server(tmp_path: Path) -> None:
    rows = "".join(f"{week},{10 + week % 3}\n" for week in range(1, 13))
    (tmp_path / "late.csv").write_text(f"week,late\n{rows}", encoding="utf-8")
    words = ("--kind", "run", "--x", "week", "--y", "late", "--svg", "pictures")
    outcome = alone(tmp_path, "analyze", "chart", "late.csv", *words)
    assert outcome.returncode == 0, outcome.stderr
    assert (tmp_path / "pictures" / "late.svg").read_text("utf-8").startswith("<svg ")


def test_help_lists_the_commands_without_the_server(tmp_path: Path) -> None:
    outcome = alone(tmp_path, "help")
    assert outcome.returncode == 0, outcome.stderr
    assert "analyze" in outcome.stdout
    assert "Example: aimline analyze" in alone(tmp_path, "help", "analyze").stdout


def test_a_command_of_the_server_says_what_to_install(tmp_path: Path) -> None:
    for command in ("serve", "init", "restore", "check"):
        outcome = alone(tmp_path, command)
        assert outcome.returncode == 4
        assert outcome.stderr.startswith(f"aimline: `aimline {command}` needs the server")
        assert outcome.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_stop_is_told_in_a_line_without_the_server(tmp_path: Path) -> None:
    words = ALONE + "from aimline.cli.failures import report; sys.exit(report(KeyboardInterrupt()))"
    outcome = subprocess.run(
        [sys.executable, "-c", words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (outcome.returncode, outcome.stderr) == (130, "aimline: stopped.\n")
