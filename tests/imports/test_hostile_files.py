"""Files made to fill the memory of whoever opens them: each is refused before it has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.imports.test_files import SHEET, spoiled, zipped

MEGABYTE = 1024 * 1024
MOST_MEMORY = 256
_ROWS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_LAUGHS = b"".join(b'<!ENTITY a%d "%s">' % (at + 1, b"&a%d;" % at * 10) for at in range(12))
_CELLS = b"".join(b"<c><v>%d</v></c>" % (7919 * at % 1_000_003) for at in range(600_000))
# How each begins, what goes on for a hundred megabytes, and the reason of its refusal.
ENDLESS = {
    "table-line.csv": (b"a,b\n", b"x", "too_large"),
    "table-columns.csv": (b"", b"column,", "too_large"),
    "roster-line.csv": (b"sourcedId,status\n", b"x", "too_large"),
    "roster-quote.csv": (b'sourcedId,status\n"', b"x\n", "malformed"),
    "xml-deep.xml": (b"", b"<a>", "too_large"),
    "xml-text.xml": (b"<l><a>", b"x", "too_large"),
    "xml-attribute.xml": (b'<l><a b="', b"x", "too_large"),
    "xml-comment.xml": (b"<l><!--", b"x", "too_large"),
    "case-brackets.json": (b"[", b"[", "too_large"),
    "case-text.json": (b'{"CFDocument":{"title":"', b"x", "too_large"),
    "case-values.json": (b'{"x":[', b"1,", "too_large"),
}
SHORT = {
    "table-wide.xlsx": (spoiled(SHEET, _ROWS + b"<row>" + _CELLS), "too_large"),
    "table-bomb.xlsx": (spoiled(SHEET, b" " * 64 * MEGABYTE), "unsafe_file"),
    "roster-bomb.zip": (zipped({"users.csv": bytes(64 * MEGABYTE)}), "unsafe_file"),
    "xml-entities.xml": (b'<!DOCTYPE l [<!ENTITY a0 "ha">' + _LAUGHS + b"]><l>&a12;</l>", "unsafe_file"),
    "xml-outside.xml": (b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>', "unsafe_file"),
    "xml-names.xml": (b"<l>" + b"".join(b"<a%d/>" % at for at in range(100_000)), "too_large"),
    "case-deep.json": (b'{"CFDocument":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "unsafe_file"),
}
REASONS = {name: reason for name, (*_content, reason) in {**ENDLESS, **SHORT}.items()}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, int]]:
    """What became of each file, and the megabytes that the process took that read it."""
    folder = tmp_path_factory.mktemp("hostile")
    for name, (start, more, _reason) in ENDLESS.items():
        with (folder / name).open("wb") as file:
            file.write(start)
            file.writelines([more * (MEGABYTE // len(more))] * 100)
    for name, (content, _reason) in SHORT.items():
        (folder / name).write_bytes(content)
    words = [sys.executable, "-m", "tests.imports.hostile", str(folder)]
    home = {**os.environ, "AIMLINE_HOME": str(tmp_path_factory.mktemp("home"))}
    said = subprocess.run(words, env=home, capture_output=True, text=True, check=True).stdout
    shutil.rmtree(folder)
    lines = (line.split() for line in said.splitlines())
    return {name: (reason, int(memory)) for name, reason, memory in lines}


@pytest.mark.parametrize("name", REASONS)
def test_a_hostile_file_is_refused_in_little_memory(told: dict[str, tuple[str, int]], name: str) -> None:
    reason, memory = told[name]
    assert reason == REASONS[name]
    assert memory < MOST_MEMORY
