"""The files of a OneRoster delivery: one file, a folder of them, or a zip, which is unpacked in the home folder."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings

from aimline.imports.oneroster import lookalikes, standard
from aimline.imports.readers import archives
from aimline.imports.readers.limits import MEGABYTE
from aimline.imports.readers.sniffing import check_size

_TEXT = frozenset({".csv", ".txt", ".tsv", ""})


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a delivery: what it is called there, and where it lies now; no path where it was not unpacked."""

    name: str
    path: Path | None

    @property
    def folder(self) -> str:
        return str(PurePosixPath(self.name).parent)

    @property
    def stem(self) -> str:
        return PurePosixPath(self.name).stem

    @property
    def known(self) -> str:
        """The name a standard has for the file, whatever its case; blank where none does."""
        if PurePosixPath(self.name).suffix.lower() not in _TEXT:
            return ""
        return standard.named(self.stem) or lookalikes.named(self.stem)


@contextmanager
def members(path: Path, name: str) -> Iterator[list[Member]]:
    """Open a delivery and list its files by name."""
    with ExitStack() as stack:
        if path.is_dir():
            found = _in_folder(path)
        elif _is_zip(path):
            found = _unpacked(path, stack.enter_context(scratch()))
        else:
            check_size(path)
            found = [Member(name, path)]
        yield sorted(found, key=lambda member: member.name)


def home_of(found: list[Member]) -> str:
    """Return the folder inside the delivery that the package lies in: the one with most files that are known."""
    known = Counter(member.folder for member in found if member.known)
    return min(known, key=lambda folder: (-known[folder], len(folder)), default=".")


def _in_folder(path: Path) -> list[Member]:
    found = []
    for each in sorted(path.rglob("*")):
        inside = each.relative_to(path)
        if len(inside.parts) > 2 or not each.is_file() or each.is_symlink():
            continue
        if archives.is_litter(inside.as_posix()):
            continue
        if each.stat().st_size:
            check_size(each)
        found.append(Member(inside.as_posix(), each))
    return found


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06")


def _unpacked(path: Path, folder: Path) -> list[Member]:
    check_size(path)
    found = []
    with archives.opened(path) as archive:
        for number, info in enumerate(archive.infolist()):
            name = info.filename.replace("\\", "/")
            if info.is_dir() or archives.is_litter(name):
                continue
            wanted = PurePosixPath(name).suffix.lower() in _TEXT
            # What a member is called is never a path here.
            found.append(Member(name, _unpack(archive, info, folder / str(number)) if wanted else None))
    return found


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> Path:
    with archive.open(info) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file, MEGABYTE)
    return target


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder in the home that goes with this process; what processes that were killed have left goes first."""
    above = Path(settings.HOME) / "tmp" / "oneroster"
    above.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        # One at a time makes a folder and takes its lock: a folder without one was left, whatever is still in it.
        with above.with_suffix(".lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            for left in above.iterdir():
                _sweep(left)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=above)))
            lock = stack.enter_context((folder / ".lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _sweep(left: Path) -> None:
    # Whoever holds the lock is at work; who let go of it meanwhile takes the folder away by itself.
    with suppress(BlockingIOError, FileNotFoundError), (left / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
