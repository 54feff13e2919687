"""Reads hostile files as loads do, each in a process of its own; prints the reason of its refusal and its most memory.

Run by a test as a program, with a folder: a file there is called KIND-NAME, and KIND is what it is sent as.
"""

from __future__ import annotations

import os
import resource
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path

import django

django.setup()

from aimline.imports.case.json_text import text_of  # noqa: E402
from aimline.imports.case.packages import read_package  # noqa: E402
from aimline.imports.oneroster.package import members  # noqa: E402
from aimline.imports.readers.frames import read_frame  # noqa: E402
from aimline.imports.readers.opening import open_table  # noqa: E402
from aimline.imports.readers.tables import FileOptions  # noqa: E402
from aimline.imports.readers.xml import elements  # noqa: E402
from aimline.imports.refusals import Refused  # noqa: E402


def _roster(path: Path) -> None:
    with members(path, path.name) as found:
        for member in found:
            read_frame(member.path or path)


def _xml(path: Path) -> None:
    with path.open("rb") as file:
        deque(elements(file), maxlen=0)


READERS: dict[str, Callable[[Path], object]] = {
    "table": lambda path: deque(open_table(path, FileOptions()).rows, maxlen=0),
    "roster": _roster,
    "xml": _xml,
    "case": lambda path: read_package(text_of(path)),
}


def _read(path: Path) -> str:
    try:
        READERS[path.name.partition("-")[0]](path)
    except Refused as refusal:
        return str(refusal.reason)
    return "read"


def _in_child(path: Path) -> None:
    if child := os.fork():
        os.waitpid(child, 0)
        return
    reason, memory = _read(path), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{path.name} {reason} {memory}\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    for each in sorted(Path(sys.argv[1]).iterdir()):
        _in_child(each)
