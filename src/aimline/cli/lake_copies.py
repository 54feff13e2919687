"""The student lake in a backup: the files that the catalogue of the same moment speaks of, checked by their hashes."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from aimline.cli.archive import DAMAGED
from aimline.core.errors import Conflict, Unreadable
from aimline.students import lake
from aimline.students.models import Batch


def standing_still() -> AbstractContextManager[None]:
    """Hold loads and purges up, so that the catalogue and the files belong together."""
    return lake.writing()


def copy(target: Path) -> None:
    """Lay every file of the catalogue below `target`: they are never altered, so a second name for them will do."""
    for path in Batch.objects.values_list("path", flat=True).iterator():
        made = target / path
        made.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _link(lake.address().folder / path, made)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError as error:
        # The lake lies on another disk, or on one that knows no second names.
        if error.errno not in {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        shutil.copy2(source, target)


def check(folder: Path, content: Path) -> None:
    """Refuse a backup whose catalogue speaks of files that are not there, or not as they were written."""
    if any(_sha256(folder / path) != digest for path, digest in _catalogue(content)):
        raise Unreadable(DAMAGED)


def _catalogue(content: Path) -> Iterator[tuple[str, str]]:
    with (content / f"{Batch._meta.label}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            fields = json.loads(line)["fields"]
            yield fields["path"], fields["sha256"]


def _sha256(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def expect_room(home: Path) -> None:
    """Refuse to restore beside rows of another installation, where the lake lies outside the home."""
    folder = lake.address().folder
    if not folder.is_relative_to(home) and folder.exists() and any(folder.iterdir()):
        raise Conflict(
            f"The lake's folder {folder} is not empty, so nothing was restored. Name another one with AIMLINE_LAKE_URL."
        )


def move_out(made: Path, home: Path) -> None:
    """Bring the lake to where it lies when that is outside the home."""
    folder, restored = lake.address().folder, made / "lake"
    if folder.is_relative_to(home) or not restored.exists():
        return
    draft = folder.with_name(f".{folder.name}.restored")
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.move(restored, draft)
    if folder.exists():
        folder.rmdir()
    draft.rename(folder)
