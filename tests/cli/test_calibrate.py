from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from aimline.cli.calibrate import calibrate


def test_promises_are_measured_and_told(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(calibrate, ["--worlds", "200", "--json", str(tmp_path / "told.json")])
    assert outcome.exit_code == 0, outcome.output
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["worlds"] == 200
    assert all(promise["kept"] and not promise["missed"] for promise in told["promises"])
    assert outcome.output.splitlines()[-1] == f"promises: {len(told['promises'])} kept, 0 broken"
