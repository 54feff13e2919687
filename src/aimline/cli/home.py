"""The folder of all that an installation writes: where it is, whether it was made, and one process at a time in it."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aimline.config import environment

# Where the caller's own AIMLINE_HOME is kept while a command runs over a throw-away folder.
GIVEN = "AIMLINE_HOME_GIVEN"


class CannotRunHere(Exception):
    """Something this command needs is missing on this machine; the message says what to do."""


def folder() -> Path:
    """Return the home folder the caller named, whatever folder the settings were read over."""
    given = environment.text(GIVEN)
    return Path(given) if given else environment.home()


def is_made() -> bool:
    key = (folder() / "secrets" / "audit.key").exists()
    return key and (bool(environment.text("AIMLINE_DATABASE_URL")) or (folder() / "aimline.sqlite3").exists())


def require() -> None:
    if not is_made():
        raise CannotRunHere(
            f"There is no Aimline home in {folder()}. Make one with `aimline init --name NAME`, "
            "or look around first with `aimline demo`. AIMLINE_HOME names another folder."
        )


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold a lock of this home for as long as the block runs; a process that dies lets it go."""
    path = folder() / "tmp" / f"{name}.lock"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def scratch() -> Path:
    """Return the folder for scratch files, made if need be."""
    path = folder() / "tmp"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def without_installation(**more: str) -> dict[str, str]:
    """Return the environment of this process less everything that points at an installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIMLINE_")}
    return {**kept, **more}
