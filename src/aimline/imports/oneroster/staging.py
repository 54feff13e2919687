"""Stage a OneRoster delivery: read each file, check it, turn its records into rows of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.oneroster.findings import Findings, Spot
from aimline.imports.oneroster.keys import settle_keys
from aimline.imports.oneroster.manifest import Manifest, Mode, compare, is_manifest, read_manifest
from aimline.imports.oneroster.package import Member, home_of, members
from aimline.imports.oneroster.recognising import recognise, version_of
from aimline.imports.oneroster.references import Known, note_dangling, placed_by, settle_needed
from aimline.imports.oneroster.rows import to_rows
from aimline.imports.oneroster.sheets import Sheet, to_sheet
from aimline.imports.oneroster.standard import KEY, Entity
from aimline.imports.oneroster.units import Orgs, place_orgs
from aimline.imports.oneroster.values import read_values
from aimline.imports.readers.frames import Frame, read_frame
from aimline.imports.refusals import Refused
from aimline.imports.report import Code
from aimline.imports.staging import Progress, Staged
from aimline.org.models import Unit
from aimline.students.keeping import Part
from aimline.students.models import Source

# What others refer to comes first. A user's place may only be known from the roles.
ORDER = (
    "orgs",
    "academicSessions",
    "courses",
    "classes",
    "users",
    "roles",
    "enrollments",
    "demographics",
    "userFlags",
    "categories",
    "lineItems",
    "results",
    "scoreScales",
    "lineItemScoreScales",
    "resultScoreScales",
    "lineItemLearningObjectiveIds",
    "resultLearningObjectiveIds",
)


@dataclass(slots=True)
class Delivery:
    """What has been read so far."""

    staged: Staged
    known: Known
    findings: Findings = field(default_factory=Findings)
    # Whether roles come in a file of their own.
    has_roles: bool = False

    @classmethod
    def begin(cls, staged: Staged) -> Delivery:
        unit = staged.places.unit
        source = Source.objects.filter(unit=unit, name=staged.source).first()
        units = {one.pk.hex: one.code for one in Unit.objects.under(unit)}
        return cls(staged, Known(source, units))


def source_of(path: Path, name: str) -> str:
    """Return what the manifest calls the sending system; blank where it does not say."""
    with members(path, name) as found:
        return read_manifest(_inside(found)).system


def stage_oneroster(path: Path, staged: Staged, progress: Progress | None = None) -> Staged:
    """Read a delivery and stage what it brings."""
    delivery = Delivery.begin(staged)
    with members(path, staged.file) as found:
        inside = _inside(found)
        manifest = read_manifest(inside)
        files = _files(found, inside, manifest, delivery)
        delivery.has_roles = any(entity.name == "roles" for entity, _member in files)
        for count, (entity, member) in enumerate(files, 1):
            _read(entity, member, manifest.mode(entity.name), delivery)
            if progress:
                progress(count)
    delivery.findings.tell(staged.report)
    return staged


def _inside(found: list[Member]) -> list[Member]:
    """The files that lie in the folder of the package."""
    home = home_of(found)
    return [member for member in found if member.folder == home]


def _files(
    found: list[Member], inside: list[Member], manifest: Manifest, delivery: Delivery
) -> list[tuple[Entity, Member]]:
    """Say what each file is; those come first that others refer to."""
    version = manifest.version or version_of(inside)
    named: dict[str, tuple[Entity, Member]] = {}
    there: set[str] = set()
    for member in found:
        if member in inside and is_manifest(member):
            continue
        entity = recognise(member, version) if member in inside else None
        aside = member.known if member in inside else ""
        if entity is not None:
            _take(entity, member, named, delivery)
            there.add(entity.name)
        elif aside:
            there.add(aside)
            _leave(member, aside, delivery)
        else:
            _unknown(member, delivery)
    if not named:
        raise Refused(_("There is no OneRoster file here."), code=Code.MALFORMED)
    compare(manifest, there, delivery.findings)
    return sorted(named.values(), key=lambda pair: ORDER.index(pair[0].of))


def _take(
    entity: Entity, member: Member, named: dict[str, tuple[Entity, Member]], delivery: Delivery
) -> None:
    if entity.name in named:
        words = _("The package holds %(name)s twice. Send one of them.") % {"name": entity.name}
        raise Refused(words, code=Code.MALFORMED)
    named[entity.name] = (entity, member)
    written = PurePosixPath(member.name).name
    if written.lower() == f"{entity.name}.csv".lower() and written != f"{entity.name}.csv":
        words = _("The standard writes this name %(name)s. It was read all the same.")
        delivery.findings.note(
            Spot(member.name, value=written), Code.UNKNOWN_FILE, words % {"name": f"{entity.name}.csv"}
        )


def _leave(member: Member, name: str, delivery: Delivery) -> None:
    """Count what is in a file of a kind that is not kept."""
    tally = delivery.staged.report.tally(member.name, name)
    frame = _frame(member)
    tally.read = tally.skipped = 0 if frame is None else frame.rows.height + len(frame.row_faults)
    words = _("Files of this kind (%(name)s) are not kept.") % {"name": name}
    delivery.findings.note(Spot(member.name, value=str(tally.read)), Code.NOT_KEPT, words)


def _unknown(member: Member, delivery: Delivery) -> None:
    words = _("This is no file of OneRoster. It was left aside.")
    delivery.findings.note(Spot(member.name), Code.UNKNOWN_FILE, words)


def _frame(member: Member) -> Frame | None:
    """The table in a file; nothing where the file is empty."""
    if member.path is None or not member.path.stat().st_size:
        return None
    try:
        return read_frame(member.path)
    except Refused as refusal:
        refusal.file = member.name
        raise


def _read(entity: Entity, member: Member, mode: Mode, delivery: Delivery) -> None:
    frame = _frame(member)
    if frame is None:
        words = _("The file is empty: not even the names of its columns are there. It ends no record.")
        delivery.findings.note(Spot(member.name), Code.MALFORMED, words)
        return
    sheet = to_sheet(frame, entity, member.name, mode, delivery.findings)
    take_sheet(sheet, delivery)


def take_sheet(sheet: Sheet, delivery: Delivery) -> None:
    """Check one file and stage its rows."""
    known, findings = delivery.known, delivery.findings
    if sheet.entity.name == "users" and delivery.has_roles:
        _leave_roles(sheet, delivery)
    settle_keys(sheet, known.given_ids(sheet.entity.of), findings)
    read_values(sheet, findings)
    settle_needed(sheet, known, findings)
    places = _units(sheet, delivery) if sheet.entity.of == "orgs" else None
    read = to_rows(sheet, known, places)
    known.give(sheet, read.records)
    note_dangling(sheet, known, findings)
    _note_not_held(sheet, delivery)
    delivery.staged.parts.extend(read.parts)
    if sheet.entity.name == "roles":
        _place_people(sheet, read.parts[0].rows, delivery)
    elif sheet.entity.of == "users" and not delivery.has_roles:
        _keep_places(delivery)
    tally = delivery.staged.report.tally(sheet.file, sheet.entity.of)
    tally.read += sheet.read
    tally.rejected += sheet.rejected
    tally.unchanged += sheet.repeated


def _leave_roles(sheet: Sheet, delivery: Delivery) -> None:
    """Where roles have a file of their own, those that users had in a file of 1.1 end."""
    sheet.rows = sheet.rows.drop("orgSourcedIds", "role", strict=False)
    none = pl.DataFrame(schema={"id": pl.String, "record": pl.Int64})
    part = Part("roles", "users", none, sheet.file, "users", whole=sheet.is_whole, beside=True)
    delivery.staged.parts.append(part)


def _units(sheet: Sheet, delivery: Delivery) -> Mapping[str, str]:
    orgs = Orgs(delivery.staged.places, delivery.known, sheet.file, delivery.findings)
    return place_orgs(orgs, sheet.rows.filter(~pl.col("ended")).iter_rows(named=True))


def _note_not_held(sheet: Sheet, delivery: Delivery) -> None:
    """Name the records that are to end and are not held."""
    ending = sheet.rows.filter(pl.col("ended")).select("line", value=pl.col(KEY))
    if not ending.height:
        return
    held = delivery.known.every_id(sheet.entity.of)
    words = _("This record is to end, and none with this id is held. Nothing had to be done.")
    delivery.findings.add(
        ending.filter(~pl.col("value").is_in(held.implode())),
        file=sheet.file,
        column=sheet.header(KEY),
        code=Code.UNRESOLVED_REFERENCE,
        words=words,
        warns=True,
    )


def _place_people(roles: Sheet, rows: pl.DataFrame, delivery: Delivery) -> None:
    """A person whose own record names no place lies where the primary role is, or else any."""
    primary = pl.col("type") == "primary"
    where = pl.col("person").alias("id"), "place"
    _fill_places(rows.filter(primary).select(where), delivery)
    if not roles.is_whole:
        # Of changes, a role that is not primary moves nobody.
        _keep_places(delivery)
    _fill_places(rows.select(where), delivery)


def _keep_places(delivery: Delivery) -> None:
    """People of whom the package does not say where they are stay where they were."""
    _fill_places(delivery.known.held("users"), delivery)


def _fill_places(places: pl.DataFrame, delivery: Delivery) -> None:
    delivery.known.place("users", places)
    delivery.staged.parts = [
        replace(part, rows=placed_by(part.rows, "id", places)) if part.table == "people" else part
        for part in delivery.staged.parts
    ]
