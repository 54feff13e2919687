"""manifest.csv: which version a package follows, who sent it, and for each file whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from aimline.imports.oneroster.findings import Findings, Spot
from aimline.imports.oneroster.package import Member
from aimline.imports.oneroster.standard import FILES_OF
from aimline.imports.oneroster.words import squeezed
from aimline.imports.readers.frames import read_frame
from aimline.imports.report import Code

# What a source's name may be long.
_LONGEST = 60


class Mode(StrEnum):
    """What a file holds: all there is, what changed, or something of which neither is known."""

    BULK = "bulk"
    DELTA = "delta"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Manifest:
    file: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """1.1 or 1.2; blank where the manifest does not say or is not there."""
        told = self.said.get("oneroster.version", "")
        return "1.1" if told.startswith(("1.0", "1.1")) else "1.2" if told.startswith("1.") else ""

    @property
    def system(self) -> str:
        return self.said.get("source.systemcode", "")[:_LONGEST]

    def mode(self, name: str) -> Mode:
        """How a file is to be read. Without a manifest a file is whole; one it does not speak of ends nothing."""
        if not self.file:
            return Mode.BULK
        told = self.said.get(f"file.{name}".lower(), "").lower()
        return Mode(told) if told in {Mode.BULK, Mode.DELTA} else Mode.PARTIAL


def read_manifest(found: list[Member]) -> Manifest:
    member = next((each for each in found if is_manifest(each)), None)
    if member is None or member.path is None or not member.path.stat().st_size:
        return Manifest()
    frame = read_frame(member.path)
    if len(frame.columns) < 2:
        return Manifest()
    # A manifest without its header has its first property where the header should be.
    rows = [frame.columns[:2], *frame.rows.select("c0", "c1").iter_rows()]
    return Manifest(member.name, {str(name or "").lower(): str(value or "") for name, value in rows})


def compare(manifest: Manifest, there: set[str], findings: Findings) -> None:
    """Say where the manifest and the files that are there do not agree."""
    if not manifest.file:
        return
    version = manifest.said.get("oneroster.version", "")
    if version not in {"1.0", "1.1", "1.2"}:
        words = _("The manifest names no version that we know (1.1 or 1.2); the columns of the files decide.")
        _note(manifest, "oneroster.version", version, words, findings)
    for name in FILES_OF[manifest.version or "1.2"]:
        told = manifest.said.get(f"file.{name}".lower(), "").lower()
        words = _mismatch(told, is_there=name in there)
        if words:
            missing = told in {Mode.BULK, Mode.DELTA} and name not in there
            _note(manifest, f"file.{name}", told, words, findings, warns=not missing)


def _mismatch(told: str, *, is_there: bool) -> str:
    if told in {Mode.BULK, Mode.DELTA}:
        return "" if is_there else _("The manifest says this file is here, and it is not. Ask for it.")
    if told and told != "absent":
        return _("The manifest must say bulk, delta or absent here. The file was read, and ends no record.")
    if is_there and told:
        return _("The manifest says this file is absent. It was read all the same, and ends no record.")
    return _("The manifest does not name this file. It was read, and ends no record.") if is_there else ""


def _note(
    manifest: Manifest, column: str, value: str, words: str, findings: Findings, *, warns: bool = True
) -> None:
    code = Code.MANIFEST_MISMATCH
    findings.note(Spot(manifest.file, column=column, value=value), code, words, warns=warns)


def is_manifest(member: Member) -> bool:
    return squeezed(member.stem) == "manifest"
