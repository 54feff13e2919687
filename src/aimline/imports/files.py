"""Files that were sent: kept under names of our own, in the home folder, and nowhere else."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from aimline.imports.case.recognising import is_framework
from aimline.imports.readers import archives
from aimline.imports.readers.limits import LARGEST_UPLOAD, MEGABYTE
from aimline.imports.readers.opening import open_table
from aimline.imports.readers.tables import FileOptions
from aimline.imports.refusals import Refused
from aimline.imports.report import Code


def keep_file(path: Path, chunks: Iterable[bytes]) -> tuple[str, int]:
    """Write a sent file into the home folder; return its hash and size. Too large is refused and removed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    path.touch(mode=0o600)
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > LARGEST_UPLOAD:
                break
            digest.update(chunk)
            file.write(chunk)
    if size > LARGEST_UPLOAD:
        path.unlink()
        raise Refused(
            _("The file is larger than %(most)s MB. Load it with the command line, or split it.")
            % {"most": LARGEST_UPLOAD // MEGABYTE},
            code=Code.TOO_LARGE,
        )
    return digest.hexdigest(), size


def expect_table(path: Path) -> None:
    """Refuse a file that nobody could match columns of; it does not stay."""
    try:
        open_table(path, FileOptions())
    except Refused:
        path.unlink()
        raise


def kind_of_file(path: Path) -> str:
    """Say which reader a sent file is for: Ed-Fi XML or OneRoster, alone or zipped, a framework, or a table."""
    with path.open("rb") as file:
        head = file.read(400).lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<"):
        return "edfi-xml"
    if b"sourcedid" in head.partition(b"\n")[0].lower():
        return "oneroster"
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not archives.is_litter(name)]
        ends = {name.lower().rpartition(".")[2] for name in names}
        # A workbook is a zip of XML too.
        if "[Content_Types].xml" not in names and ends & {"xml", "csv"}:
            return "edfi-xml" if "xml" in ends else "oneroster"
    return "case" if is_framework(path) else "points"


def digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(MEGABYTE):
            digest.update(chunk)
    return digest.hexdigest()
