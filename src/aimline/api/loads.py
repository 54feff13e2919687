"""Loads: files of data that are sent, checked, brought in as one piece, and taken back the same way."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Field, File, Form, Query, Router, Schema, UploadedFile

from aimline.access.rules import Act, allowed
from aimline.api.door import Request
from aimline.api.shared import NewId, Page, Text, Window, cut, get_allowed, get_unit, here_or_below, ours
from aimline.core.errors import Conflict, Invalid
from aimline.core.models import Job, JobState
from aimline.imports.actions import loads, uploads
from aimline.imports.mapping.parse import parse, parse_text
from aimline.imports.models import Load, LoadStatus, Upload
from aimline.imports.pipeline import preview_upload
from aimline.imports.readers.limits import MEGABYTE
from aimline.org.models import UnitKind

router = Router(tags=["loads"])
LARGEST_CHECKED = 5 * MEGABYTE
MOST_PROBLEMS = 500
ENDED_EARLY = (JobState.FAILED, JobState.STOPPED)


class ProblemOut(Schema):
    """A row that was held back: where it stands in the file, and why."""

    file: str
    line: int
    column: str
    code: str
    value: str
    message: str
    severity: str


class ReportOut(Schema):
    """How a file was read. Of the problems the first 500 are listed; `problem_counts` has all."""

    kind: str
    status: str
    totals: dict[str, int]
    problems: list[ProblemOut]
    problem_counts: dict[str, int]


class LoadRow(Schema):
    id: UUID
    version: int
    unit_id: UUID
    person_id: UUID
    kind: str
    source: str
    file_name: str
    sha256: str
    status: LoadStatus
    created_at: datetime
    undo_until: datetime
    can_be_undone: bool
    undone_at: datetime | None


class LoadOut(LoadRow):
    report: ReportOut


class LoadFilter(Window):
    under: UUID | None = Field(None, description="Loads to this unit or below it.")


class UploadIn(Schema):
    """`mapping` says how a table is read: a mapping as TOML or as JSON. Ed-Fi files need none."""

    id: NewId = None
    unit_id: UUID
    mapping: Text = ""
    create_units: UnitKind | Literal[""] = Field(
        "", description="The kind of the units that are not known yet."
    )


class UploadOut(Schema):
    """A file that was sent. `state` is kept until it is loaded, then that of its job."""

    id: UUID
    unit_id: UUID
    kind: str
    file_name: str
    size: int
    sha256: str
    state: JobState | Literal["kept"]
    done: int = 0
    error: str = ""
    load_id: UUID | None = None


def _report(facts: dict[str, Any]) -> ReportOut:
    names = ("kind", "status", "totals", "problem_counts")
    problems = [ProblemOut(**each) for each in facts["problems"][:MOST_PROBLEMS]]
    return ReportOut(problems=problems, **{name: facts[name] for name in names})


def _load_out(load: Load) -> LoadOut:
    return LoadOut(**LoadRow.from_orm(load).dict(), report=_report(load.report))


def _upload(request: Request, id: UUID) -> Upload:
    return get_allowed(request, Act.IMPORT, Upload.objects.select_related("unit"), id)


def _upload_out(upload: Upload) -> UploadOut:
    names = ("unit_id", "kind", "file_name", "size", "sha256")
    facts = {name: getattr(upload, name) for name in names}
    job = Job.objects.filter(pk=upload.job_id).first() if upload.job_id else None
    if job is None:
        return UploadOut(id=upload.pk, state="kept", **facts)
    made = Load.objects.filter(upload=upload).order_by("-pk").values_list("pk", flat=True).first()
    state = JobState(job.state)
    return UploadOut(id=upload.pk, state=state, done=job.done, error=_said(job), load_id=made, **facts)


def _said(job: Job) -> str:
    """A refusal is told; a fault of ours stays in the log."""
    return job.error if job.state == JobState.FAILED and job.attempts <= 1 else ""


def _content(text: str) -> dict[str, Any]:
    """Read a mapping that is JSON or TOML; whatever it says wrong is refused in words."""
    if not text.lstrip().startswith("{"):
        content: dict[str, Any] = json.loads(json.dumps(parse_text(text, kind="points").content, default=str))
        return content
    try:
        content = json.loads(text)
    except ValueError as error:
        raise Invalid(
            _("The mapping is not valid JSON."), code="bad_mapping", fields={"mapping": str(error)}
        ) from error
    parse(content, kind="points")
    return content


def _loads(request: Request) -> QuerySet[Load]:
    return allowed(request.person, Act.IMPORT, Load.objects.all())


@router.get("/loads", response=Page[LoadRow])
def list_loads(request: Request, wanted: Query[LoadFilter]) -> dict[str, object]:
    """The loads to places where this person may bring data in."""
    items, following = cut(here_or_below(request, _loads(request), wanted.under), wanted)
    return {"items": items, "next": following}


@router.get("/loads/{uuid:load_id}", response=LoadOut)
def show_load(request: Request, load_id: UUID) -> LoadOut:
    """One load with its report."""
    return _load_out(get_allowed(request, Act.IMPORT, Load, load_id))


@router.post("/loads/{uuid:load_id}/undo", response=LoadOut)
def undo_load(request: Request, load_id: UUID) -> LoadOut:
    """Take a load back as one piece; what somebody changed since stays."""
    return _load_out(loads.undo(get_allowed(request, Act.IMPORT, Load, load_id), request.person))


@router.post("/uploads", response={201: UploadOut})
def send_file(request: Request, body: Form[UploadIn], file: File[UploadedFile]) -> UploadOut:
    """Send a file. Nothing is loaded yet: check it, then have it loaded."""
    unit = get_unit(request, body.unit_id)
    content = _content(body.mapping) if body.mapping else {}
    kept = uploads.keep_upload(unit, request.person, name=_name(file.name), chunks=file.chunks(), id=body.id)
    ours(kept, unit_id=unit.pk, person_id=request.person.pk)
    if kept.kind == "points" and not content:
        uploads.drop_upload(kept, request.person)
        lacking = _("A table needs a mapping, which says what its columns mean.")
        raise Invalid(lacking, fields={"mapping": lacking})
    return _upload_out(
        uploads.match_columns(kept, request.person, mapping=content, create_units=body.create_units)
    )


def _name(name: str | None) -> str:
    return "".join(sign for sign in name or "file" if sign.isprintable())


@router.get("/uploads/{uuid:upload_id}", response=UploadOut)
def show_upload(request: Request, upload_id: UUID) -> UploadOut:
    """Where a file stands: kept, waiting, running, done or failed; and its load."""
    return _upload_out(_upload(request, upload_id))


@router.post("/uploads/{uuid:upload_id}/check", response=ReportOut)
def check_upload(request: Request, upload_id: UUID) -> ReportOut:
    """Say what loading a file would do. Nothing is kept."""
    upload = _upload(request, upload_id)
    if upload.size > LARGEST_CHECKED:
        raise Invalid(
            _("Files of up to %(most)s MB are checked here. Have this one loaded: it can be taken back.")
            % {"most": LARGEST_CHECKED // MEGABYTE},
            code="too_large",
        )
    return _report(preview_upload(upload, request.person).report.as_json())


@router.post("/uploads/{uuid:upload_id}/load", response={202: UploadOut})
def load_upload(request: Request, upload_id: UUID) -> UploadOut:
    """Have a file loaded in the background. Ask for the upload again to see how far it is."""
    upload = _upload(request, upload_id)
    if upload.job_id and Job.objects.filter(pk=upload.job_id).exclude(state__in=ENDED_EARLY).exists():
        return _upload_out(upload)
    return _upload_out(uploads.queue(upload, request.person))


@router.delete("/uploads/{uuid:upload_id}", response={204: None})
def drop_upload(request: Request, upload_id: UUID) -> None:
    """Forget a file that was not loaded."""
    upload = _upload(request, upload_id)
    if upload.job_id:
        raise Conflict(_("This file has been loaded. Take the load back instead."))
    uploads.drop_upload(upload, request.person)
