"""Zip containers: looked over before anything in them is unpacked."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.imports.readers.limits import (
    LARGEST_MEMBER,
    LARGEST_UNPACKED,
    MEGABYTE,
    MOST_MEMBERS,
    STEEPEST_RATIO,
)
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

# The two ways that every program packs in.
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_TOO_BIG = gettext_lazy(
    "This file unpacks to far more than its size. Files like that are used for attacks, so we did not open it."
)
# What operating systems put beside the files they pack or copy.
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_BROKEN = gettext_lazy("The file is damaged: it cannot be unpacked. Ask the sender for it again.")


def is_litter(name: str) -> bool:
    """Whether an operating system made a file of this name, and nobody meant to send it."""
    path = PurePosixPath(name)
    return "__MACOSX" in path.parts or path.name.startswith("._") or path.name.lower() in _LITTER


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip container whose members are safe to read one by one."""
    try:
        with zipfile.ZipFile(path) as archive:
            check(archive.infolist())
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refused(_BROKEN, code=Code.MALFORMED) from error


def check(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise Refused(
            _("The file holds %(count)s parts; the most we open is %(most)s.")
            % {"count": len(members), "most": MOST_MEMBERS},
            code=Code.UNSAFE_FILE,
        )
    if sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise Refused(_TOO_BIG, code=Code.UNSAFE_FILE)
    for member in members:
        _check(member)


def _check(member: zipfile.ZipInfo) -> None:
    steep = member.file_size > 10 * MEGABYTE and member.file_size > STEEPEST_RATIO * max(
        member.compress_size, 1
    )
    if steep or member.file_size > LARGEST_MEMBER:
        raise Refused(_TOO_BIG, code=Code.UNSAFE_FILE)
    path = PurePosixPath(member.filename.replace("\\", "/"))
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or is_link or "\0" in member.filename:
        raise Refused(
            _("A part of the file is named so that it would be written elsewhere. We did not open it."),
            code=Code.UNSAFE_FILE,
        )
    if member.compress_type not in _PACKED:
        raise Refused(
            _("The file is packed in a way we do not open. Pack it as an ordinary zip."), code=Code.MALFORMED
        )
    if member.flag_bits & 0x1:
        raise Refused(_("The file is locked with a password. Send it without one."), code=Code.MALFORMED)
