from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.conftest import Command


def test_a_home_without_charts_still_tells_what_a_run_chart_takes(
    aimline: Command, made_home: Path, tmp_path: Path
) -> None:
    shutil.copytree(made_home, tmp_path / "home")
    outcome = aimline("bench")
    assert outcome.returncode == 0
    assert " times one" in outcome.stdout
    assert "Small multiples need 50 charts; this home has 0." in outcome.stdout
