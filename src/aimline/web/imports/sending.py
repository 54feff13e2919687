"""A file on its way in: send it, match its columns, check, load. Nothing is loaded before the last step."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import PurePath
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, allowed, can
from aimline.core.models import JobState
from aimline.imports import pipeline
from aimline.imports.actions import uploads
from aimline.imports.models import Load, Upload
from aimline.imports.report import Status
from aimline.org.models import Unit
from aimline.web.imports.columns import upload_of
from aimline.web.imports.decisions import removals_form, title_form
from aimline.web.imports.forms import SendForm
from aimline.web.imports.views import held_rows
from aimline.web.imports.words import kinds, steps
from aimline.web.shell import Request, bind, form_page, get_allowed, page, say

# Beyond this a load is done in the background, with a page that shows how far it is.
AT_ONCE = 300 * 1024
_SHOWN = 50


def send(request: Request) -> HttpResponse:
    """Choose a file, drop it, or paste cells."""
    place = get_allowed(request, Act.IMPORT, Unit, request.place.pk)

    def save(form: SendForm) -> str:
        name, chunks = _sent(form)
        upload = uploads.keep_upload(
            place,
            request.person,
            name=name,
            chunks=chunks,
            as_table=not form.cleaned_data["mapping"],
            id=form.cleaned_data["id"],
        )
        if form.cleaned_data["mapping"]:
            facts = {
                "mapping": form.cleaned_data["mapping"],
                "create_units": form.cleaned_data["create_units"],
            }
            uploads.match_columns(upload, request.person, **facts)
            return reverse("imports:check", args=[upload.pk])
        if upload.kind in {"edfi-xml", "oneroster"}:
            uploads.match_columns(
                upload, request.person, mapping={}, create_units=form.cleaned_data["create_units"]
            )
            return reverse("imports:check", args=[upload.pk])
        step = "imports:check" if upload.kind == "case" else "imports:match"
        return reverse(step, args=[upload.pk])

    form = bind(request, SendForm, may_make_units=can(request.person, Act.EDIT_UNIT, place))
    return form_page(request, "imports/send.html", form, save, place=place, steps=steps(0))


def _sent(form: SendForm) -> tuple[str, Iterable[bytes]]:
    """Return name and content of what was sent; several files become one zip."""
    files = form.cleaned_data["file"]
    if not files:
        return "pasted.tsv", [form.cleaned_data["cells"].encode()]
    if len(files) == 1:
        return files[0].name, files[0].chunks()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.writestr(PurePath(file.name).name, file.read())
    packed.seek(0)
    return f"{files[0].name} +{len(files) - 1}", iter(lambda: packed.read(1024 * 1024), b"")


@require_GET
def check(request: Request, upload_id: UUID) -> HttpResponse:
    """What would load, what is held and why, and what would change. Nothing is written."""
    upload = upload_of(request, upload_id)
    if upload.is_table and not upload.mapping:
        return HttpResponseRedirect(reverse("imports:match", args=[upload.pk]))
    preview = pipeline.preview_upload(upload, request.person)
    totals, staged = preview.report.totals, preview.staged
    new_units = list(staged.places.new.values()) if staged else []
    return page(
        request,
        "imports/check.html",
        upload=upload,
        report=preview.report,
        refused=preview.report.status == Status.REFUSED,
        totals=totals,
        files=list(preview.report.tallies.items()),
        ready=preview.report.changes,
        found=preview.report.changes + totals.unchanged + totals.rejected,
        kinds=kinds(preview.report),
        differences=preview.differences[:_SHOWN],
        new_units=new_units,
        blocked=bool(new_units) and not can(request.person, Act.EDIT_UNIT, upload.unit),
        removals=removals_form(preview.removals) if preview.removals else None,
        naming=title_form(upload),
        steps=steps(2),
    )


@require_GET
def held(request: Request, upload_id: UUID) -> StreamingHttpResponse:
    upload = upload_of(request, upload_id)
    return held_rows(upload, pipeline.preview_upload(upload, request.person).report, upload.file_name)


@require_POST
def load(request: Request, upload_id: UUID) -> HttpResponse:
    upload = upload_of(request, upload_id)
    if upload.size > AT_ONCE:
        uploads.queue(upload, request.person)
        return HttpResponseRedirect(reverse("imports:progress", args=[upload.pk]))
    report = pipeline.load_upload(upload, request.person).report
    return HttpResponseRedirect(_after(request, upload, refused=report.status == Status.REFUSED))


@require_GET
def progress(request: Request, upload_id: UUID) -> HttpResponse:
    """How far a load in the background is; the page asks again by itself, with or without script."""
    upload = upload_of(request, upload_id)
    job = upload.job
    if job is None or job.state == JobState.DONE:
        return HttpResponseRedirect(_after(request, upload))
    template = "imports/progress.html#state" if request.htmx else "imports/progress.html"
    failed = job.state in {JobState.FAILED, JobState.STOPPED}
    return page(request, template, upload=upload, job=job, failed=failed, steps=steps(3))


def _after(request: Request, upload: Upload, *, refused: bool = False) -> str:
    made = allowed(request.person, Act.IMPORT, Load.objects.filter(upload=upload)).first()
    if made:
        return reverse("imports:show", args=[made.pk])
    if refused:
        return reverse("imports:check", args=[upload.pk])
    say(request, _("Nothing was new: everything in the file was held already."))
    return reverse("imports:list")


@require_POST
def drop(request: Request, upload_id: UUID) -> HttpResponse:
    uploads.drop_upload(upload_of(request, upload_id), request.person)
    say(request, _("The file is gone. Nothing was loaded."))
    return HttpResponseRedirect(reverse("imports:list"))
