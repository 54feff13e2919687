"""Loads that were made: the list, one report, the rows that were held, and taking a load back."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, allowed, can
from aimline.imports.actions import loads as acts
from aimline.imports.models import Load, Upload
from aimline.imports.rejects import problem_table, rejected_table
from aimline.imports.report import Report
from aimline.measures.models import Series
from aimline.reports.tables import csv_parts
from aimline.web.imports.words import kinds
from aimline.web.shell import Request, get_allowed, page, paginate, say

TEMPLATE = (
    "unit,measure,group,period,numerator,denominator,n\n"
    "SCHOOL-1,reading-on-level,All,2026-09-07,41,60,60\n"
    "SCHOOL-1,reading-on-level,Grade 3,2026-09-07,19,30,30\n"
)
_CHARTS = 6
# Loads that bring rows about students and no points.
_ABOUT_STUDENTS = {"assessments", "students", "oneroster"}
R = TypeVar("R", HttpResponse, StreamingHttpResponse)


@require_GET
def loads(request: Request) -> HttpResponse:
    """Every load at this place and below, newest first."""
    here = Load.objects.filter(unit__path__startswith=request.place.path).select_related("unit", "person")
    return page(
        request, "imports/list.html", loads=paginate(request, allowed(request.person, Act.IMPORT, here))
    )


@require_GET
def template(request: Request) -> HttpResponse:
    return as_download(HttpResponse(TEMPLATE, content_type="text/csv; charset=utf-8"), "points-template.csv")


@require_GET
def show(request: Request, load_id: UUID) -> HttpResponse:
    load = _load(request, load_id)
    report = Report.from_json(load.report)
    series = allowed(request.person, Act.VIEW_MEASURE, _touched(load))
    return page(
        request,
        "imports/show.html",
        load=load,
        totals=report.totals,
        files=list(report.tallies.items()),
        kinds=kinds(report),
        undone=load.report.get("undone"),
        charts=series.select_related("measure", "unit")[:_CHARTS],
        about_students=load.kind in _ABOUT_STUDENTS,
        sees_students=can(request.person, Act.VIEW_STUDENTS, load.unit),
    )


@require_GET
def held(request: Request, load_id: UUID) -> StreamingHttpResponse:
    load = _load(request, load_id)
    return held_rows(load.upload, Report.from_json(load.report), load.file_name)


@require_POST
def undo(request: Request, load_id: UUID) -> HttpResponse:
    load = acts.undo(_load(request, load_id), request.person)
    kept = load.report["undone"]["kept"]
    if kept:
        say(request, _("Taken back. %(kept)s points were changed since and stay.") % {"kept": kept})
    else:
        say(request, _("Taken back. Everything is as it was before."))
    return HttpResponseRedirect(reverse("imports:show", args=[load.pk]))


def held_rows(upload: Upload | None, report: Report, name: str) -> StreamingHttpResponse:
    """Give the held rows back as they came; where the file is no table or gone, give the problems."""
    if upload and upload.is_table and upload.path.exists():
        columns, rows = rejected_table(upload, report.problems)
    else:
        columns, rows = problem_table(report.problems)
    response = StreamingHttpResponse(csv_parts(columns, rows), content_type="text/csv; charset=utf-8")
    return as_download(response, f"{name.rpartition('.')[0] or name}-held.csv")


def as_download(response: R, name: str) -> R:
    plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in name if char.isascii())
    response.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response


def _load(request: Request, load_id: UUID) -> Load:
    return get_allowed(request, Act.IMPORT, Load.objects.select_related("unit", "person", "upload"), load_id)


def _touched(load: Load) -> Any:
    ids = load.changes.filter(record_kind=Series._meta.label).order_by().values("record_id").distinct()
    return Series.objects.filter(pk__in=ids).for_everyone()
