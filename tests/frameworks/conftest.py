from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports.conftest import Desk
from tests.world import World


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    return Desk(tmp_path, world.port_alder, world.dana)
