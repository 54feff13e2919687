"""Is a file that was sent a framework? Told from what is in it: its first letters, its columns, its sheets."""

from __future__ import annotations

from pathlib import Path

from aimline.imports.case.json_text import is_json
from aimline.imports.case.tables import has_items
from aimline.imports.refusals import Refused


def is_framework(path: Path) -> bool:
    """Whether this is a CASE package or a table of a framework's items; what cannot be read is none."""
    if is_json(path):
        return True
    try:
        return has_items(path)
    except Refused:
        # Whoever is asked to read it says why it cannot be read.
        return False
