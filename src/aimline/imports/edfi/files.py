"""The interchange files of an Ed-Fi delivery: one file, a folder of them or a zip."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from aimline.imports.readers import archives
from aimline.imports.readers.sniffing import check_size
from aimline.imports.readers.xml import root_of
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

_PREFIX = "Interchange"
# What others refer to comes first.
_ORDER = ("InterchangeEducationOrganization", "InterchangeEducationOrgCalendar", "InterchangeStudent")


@dataclass(frozen=True, slots=True)
class Interchange:
    name: str
    root: str
    open: Callable[[], BinaryIO]

    @property
    def is_known(self) -> bool:
        return self.root.startswith(_PREFIX)


@contextmanager
def interchanges(path: Path, name: str) -> Iterator[list[Interchange]]:
    """Open a delivery and list its files, those first that others refer to; unknown files are listed too."""
    with ExitStack() as stack:
        found = [_look(each, open_) for each, open_ in _files(path, name, stack)]
        if not any(each.is_known for each in found):
            raise Refused(_("There is no Ed-Fi interchange file here."), code=Code.MALFORMED)
        yield sorted(found, key=lambda each: _ORDER.index(each.root) if each.root in _ORDER else len(_ORDER))


def _files(path: Path, name: str, stack: ExitStack) -> Iterator[tuple[str, Callable[[], BinaryIO]]]:
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            inside = each.relative_to(path).as_posix()
            if each.is_file() and not each.is_symlink() and not archives.is_litter(inside):
                if each.stat().st_size:
                    check_size(each)
                yield inside, _opener(each)
        return
    check_size(path)
    with path.open("rb") as file:
        is_zip = file.read(4) == b"PK\x03\x04"
    if not is_zip:
        yield name, _opener(path)
        return
    archive = stack.enter_context(archives.opened(path))
    for member in sorted(archive.namelist()):
        if not member.endswith("/") and not archives.is_litter(member):
            yield member, _member(archive, member)


def _member(archive: zipfile.ZipFile, name: str) -> Callable[[], BinaryIO]:
    return lambda: cast(BinaryIO, archive.open(name))


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def _look(name: str, open_: Callable[[], BinaryIO]) -> Interchange:
    if not name.lower().endswith(".xml"):
        with open_() as file:
            starts = file.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<?xml")
        if not starts:
            return Interchange(name, "", open_)
    with open_() as file:
        return Interchange(name, root_of(file), open_)
