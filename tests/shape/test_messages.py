from __future__ import annotations

import pytest

from aimline.cli import messages


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_every_visible_string_is_translated(language: str) -> None:
    assert messages.check(language) == []
