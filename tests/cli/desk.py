"""A desk on which `analyze` is tried: a folder with files, and what the commands say of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from aimline.cli.analyze import analyze


class Desk:
    """A folder with files, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def run(self, *words: str) -> Any:
        outcome = CliRunner().invoke(analyze, [*words, "--json", "-"])
        assert outcome.exit_code == 0, outcome.output
        return json.loads(outcome.stdout)

    def refused(self, *words: str) -> str:
        outcome = CliRunner().invoke(analyze, list(words))
        assert outcome.exit_code == 2, outcome.output
        assert outcome.stdout == ""
        return outcome.stderr
