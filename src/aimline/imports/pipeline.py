"""The one way in for every file: read, match, check, stage, write. Commands, pages and jobs all come through here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from aimline.access.rules import Act, can
from aimline.core.errors import NotAllowed
from aimline.imports import lake_rows
from aimline.imports.actions import loads
from aimline.imports.case.staging import stage_case
from aimline.imports.comparing import Difference, compare
from aimline.imports.edfi.api.pull import pulled
from aimline.imports.edfi.api.staging import last_versions, stage_pull
from aimline.imports.edfi.staging import stage_edfi
from aimline.imports.files import digest_of
from aimline.imports.mapping.bind import bind
from aimline.imports.mapping.model import FileMapping
from aimline.imports.mapping.parse import parse
from aimline.imports.models import Upload
from aimline.imports.oneroster import api_staging as oneroster_api
from aimline.imports.oneroster.pull import RosterServer
from aimline.imports.oneroster.pull import pulled as pulled_rosters
from aimline.imports.oneroster.staging import source_of, stage_oneroster
from aimline.imports.places import Places
from aimline.imports.readers.opening import open_table
from aimline.imports.readers.servers import Account
from aimline.imports.refusals import Refused, TooManyRemovals
from aimline.imports.report import Report, Status
from aimline.imports.results import stage_assessments
from aimline.imports.staging import Progress, Staged, stage_points
from aimline.imports.student_lists import stage_students
from aimline.imports.yardsticks import Yardsticks
from aimline.org.models import Unit, UnitKind
from aimline.people.models import Person
from aimline.students import lake


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller wants of a load, whatever its kind."""

    dry_run: bool = False
    strict: bool = False
    create_units: UnitKind | None = None
    source: str = ""
    # For bulk files: the most active records, in percent, that one may end by not naming them.
    max_removals: float = 10
    # What becomes of a result whose student is not held: keep, create or reject.
    students: str = "keep"
    # What the file is called, where that is not the name it lies under.
    file_name: str = ""
    upload: Upload | None = None
    progress: Progress | None = None


@dataclass(slots=True)
class Outcome:
    report: Report
    staged: Staged | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a load would do; without `staged` the file was refused."""

    report: Report
    staged: Staged | None = None
    differences: list[Difference] = field(default_factory=list)
    # Where it was refused for that: the share of active records, in percent, that it would end.
    removals: float | None = None


Stage = Callable[[Report, str], Staged]


def load_table(path: Path, mapping: FileMapping, unit: Unit, person: Person, options: Options) -> Outcome:
    """Load a table of what its mapping says: points, results of assessments, or students.

    A refusal comes back as a report; wrong mappings and missing rights are raised.
    """
    return _run(mapping.kind, path, unit, person, options, _table_stage(path, mapping, unit, person, options))


def load_edfi(path: Path, unit: Unit, person: Person, options: Options) -> Outcome:
    """Load Ed-Fi interchange files: a file, a folder or a zip."""
    return _run("edfi-xml", path, unit, person, options, _edfi_stage(path, unit, person, options))


def load_edfi_api(
    account: Account, unit: Unit, person: Person, options: Options, *, everything: bool = False
) -> Outcome:
    """Load what an Ed-Fi server has, or what changed there since the last load, unless `everything` is asked for."""
    path = Path(urlsplit(account.url).netloc or account.url)
    stage = _edfi_api_stage(account, unit, person, options, everything=everything)
    return _run("edfi-api", path, unit, person, options, stage)


def load_oneroster(path: Path, unit: Unit, person: Person, options: Options) -> Outcome:
    """Load OneRoster or School Data Sync files: a file, a folder or a zip."""
    return _run("oneroster", path, unit, person, options, _oneroster_stage(path, unit, person, options))


def load_oneroster_api(
    server: RosterServer, unit: Unit, person: Person, options: Options, *, everything: bool = False
) -> Outcome:
    """Load what a OneRoster server has, or what changed there since the last load, unless `everything` is wanted."""
    path = Path(urlsplit(server.account.url).netloc or server.account.url)
    stage = _oneroster_api_stage(server, unit, person, options, everything=everything)
    return _run(oneroster_api.KIND, path, unit, person, options, stage)


def load_case(path: Path, unit: Unit, person: Person, options: Options, title: str = "") -> Outcome:
    """Load a framework: a CASE package, or OpenSALT's tables; `title` names it where the file does not."""
    return _run("case", path, unit, person, options, _case_stage(path, unit, person, options, title))


def load_upload(upload: Upload, person: Person, progress: Progress | None = None) -> Outcome:
    """Load a file that was sent through the browser, the way its sender has matched it."""
    options = _options(upload, progress)
    return _run(
        upload.kind, upload.path, upload.unit, person, options, _upload_stage(upload, person, options)
    )


def preview_upload(upload: Upload, person: Person) -> Preview:
    """Say what loading an upload would do. Nothing is written, not even for a moment."""
    report, options = Report(upload.kind), _options(upload)
    try:
        staged = _upload_stage(upload, person, options)(report, upload.file_name)
        lake_rows.preview(upload.unit, staged)
    except Refused as refusal:
        report.refuse(upload.file_name, refusal)
        removals = refusal.share if isinstance(refusal, TooManyRemovals) else None
        return Preview(report.close(), removals=removals)
    report.status = Status.DRY_RUN
    differences = compare(staged)
    return Preview(report.close(), staged, differences)


def _options(upload: Upload, progress: Progress | None = None) -> Options:
    return Options(
        create_units=UnitKind(upload.create_units) if upload.create_units else None,
        max_removals=upload.max_removals,
        file_name=upload.file_name,
        upload=upload,
        progress=progress,
    )


def _upload_stage(upload: Upload, person: Person, options: Options) -> Stage:
    if upload.kind == "edfi-xml":
        return _edfi_stage(upload.path, upload.unit, person, options)
    if upload.kind == "oneroster":
        return _oneroster_stage(upload.path, upload.unit, person, options)
    if upload.kind == "case":
        return _case_stage(upload.path, upload.unit, person, options, upload.title)
    return _table_stage(upload.path, parse(upload.mapping, kind=upload.kind), upload.unit, person, options)


def _table_stage(path: Path, mapping: FileMapping, unit: Unit, person: Person, options: Options) -> Stage:
    def stage(report: Report, name: str) -> Staged:
        table = open_table(path, mapping.file)
        bind(mapping, table.columns)
        _check_rights(unit, person)
        staged = _staged(report, name, digest_of(path), unit, options, mapping.content)
        if mapping.kind == "assessments":
            return stage_assessments(table, mapping, staged, options.students, options.progress)
        if mapping.kind == "students":
            return stage_students(table, mapping, staged, options.progress)
        staged.phases = {measure.code: measure.phases for measure in mapping.measures}
        return stage_points(table, mapping, staged, Yardsticks(unit, mapping), options.progress)

    return stage


def _edfi_stage(path: Path, unit: Unit, person: Person, options: Options) -> Stage:
    def stage(report: Report, name: str) -> Staged:
        _check_rights(unit, person)
        staged = _staged(report, name, digest_of(path) if path.is_file() else "", unit, options, {})
        return stage_edfi(path, staged, options.students, options.progress)

    return stage


def _edfi_api_stage(
    account: Account, unit: Unit, person: Person, options: Options, *, everything: bool
) -> Stage:
    def stage(report: Report, name: str) -> Staged:
        _check_rights(unit, person)
        staged = _staged(report, name, "", unit, options, {"url": account.url})
        since = {} if everything else last_versions(unit, staged.source, account.url)
        with pulled(account, since, options.progress) as pull:
            staged.mapping["versions"] = {**since, **pull.versions}
            return stage_pull(pull, staged, options.students)

    return stage


def _oneroster_stage(path: Path, unit: Unit, person: Person, options: Options) -> Stage:
    def stage(report: Report, name: str) -> Staged:
        _check_rights(unit, person)
        given = replace(options, source=options.source or source_of(path, name))
        staged = _staged(report, name, digest_of(path) if path.is_file() else "", unit, given, {})
        return stage_oneroster(path, staged, options.progress)

    return stage


def _oneroster_api_stage(
    server: RosterServer, unit: Unit, person: Person, options: Options, *, everything: bool
) -> Stage:
    def stage(report: Report, name: str) -> Staged:
        _check_rights(unit, person)
        url = server.account.url
        staged = _staged(report, name, "", unit, options, {"url": url})
        since = {} if everything else oneroster_api.last_read(unit, staged.source, url)
        with pulled_rosters(server, since, options.progress) as pull:
            staged.mapping["newest"] = {**since, **pull.newest}
            return oneroster_api.stage_pull(pull, staged)

    return stage


def _case_stage(path: Path, unit: Unit, person: Person, options: Options, title: str = "") -> Stage:
    def stage(report: Report, name: str) -> Staged:
        _check_rights(unit, person)
        staged = _staged(report, name, digest_of(path), unit, options, {})
        return stage_case(path, staged, title)

    return stage


def _check_rights(unit: Unit, person: Person) -> None:
    # The action that writes checks again; here so that nobody learns about units they may not load to.
    if not can(person, Act.IMPORT, unit):
        raise NotAllowed(act=str(Act.IMPORT))


def _staged(
    report: Report, name: str, sha256: str, unit: Unit, options: Options, content: dict[str, Any]
) -> Staged:
    source = options.source or report.kind
    places = Places(unit, source, options.create_units)
    return Staged(report, name, sha256, places, source, content, max_removals=options.max_removals)


def _run(kind: str, path: Path, unit: Unit, person: Person, options: Options, stage: Stage) -> Outcome:
    report, name = Report(kind), options.file_name or path.name
    outcome = Outcome(report)
    try:
        outcome.staged = stage(report, name)
        if options.strict and report.totals.rejected:
            raise _Strict
        _write(outcome.staged, unit, person, options)
    except _Strict:
        report.withdraw()
    except Refused as refusal:
        report.refuse(name, refusal)
    report.close()
    return outcome


def _write(staged: Staged, unit: Unit, person: Person, options: Options) -> None:
    report = staged.report
    if options.dry_run:
        with suppress(_TakeBack), lake.writing(), transaction.atomic():
            loads.load(unit, person, staged=staged)
            raise _TakeBack
        report.status, report.load = Status.DRY_RUN, None
        return
    with lake.writing():
        made = loads.load(unit, person, staged=staged, upload=options.upload)
    report.status = Status.LOADED if made else Status.UNCHANGED


class _Strict(Exception):
    """One record was rejected, and the caller wants all or nothing."""


class _TakeBack(Exception):
    """Ends the transaction of a dry run."""


def words_for(report: Report) -> str:
    """Say in one sentence how a load went."""
    totals = report.totals
    facts = {
        "created": totals.created,
        "updated": totals.updated,
        "unchanged": totals.unchanged,
        "rejected": totals.rejected,
    }
    if report.status == Status.REFUSED:
        return _("Refused: nothing was changed.")
    if report.status == Status.DRY_RUN:
        return (
            _(
                "Nothing was kept. "
                "It would be %(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(rejected)d rejected."
            )
            % facts
        )
    return _("%(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(rejected)d rejected.") % facts
