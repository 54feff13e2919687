"""What the columns of a table mean: recognised, remembered or said by the person; and kept as a file to pass on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import Invalid, NotFound
from aimline.imports.actions import uploads
from aimline.imports.guessing import Column, kind_of, look
from aimline.imports.mapping import library
from aimline.imports.mapping.writing import as_toml
from aimline.imports.models import Mapping, Upload
from aimline.imports.readers.sheets import sheets_of
from aimline.org.models import Unit, UnitKind
from aimline.web.imports.matching import ColumnsForm
from aimline.web.imports.student_matching import FORMS
from aimline.web.imports.views import as_download
from aimline.web.imports.words import steps
from aimline.web.parts import Link
from aimline.web.shell import Request, bind, form_page, get_allowed

KINDS = {
    "points": gettext_lazy("Numbers by school and week"),
    "assessments": gettext_lazy("Results of each student"),
    "students": gettext_lazy("A list of students"),
}
_KNOWN = 3


def match(request: Request, upload_id: UUID) -> HttpResponse:
    """Say what each column means; a file like an earlier one comes with the answers."""
    upload = upload_of(request, upload_id)
    columns = look(upload.path)
    names = [column.name for column in columns]
    kept = _remembered(request, upload.unit, names)
    kind = _kind(request, kept, columns)
    answers = dict(kept.content) if kept and kept.kind == kind else {}

    def save(form: ColumnsForm) -> str:
        makes = form.cleaned_data.get("create_units") or ""
        uploads.match_columns(upload, request.person, mapping=form.content(), create_units=makes)
        facts: dict[str, Any] = {"kind": kind, "columns": names, "content": form.kept()}
        uploads.remember(upload.unit, request.person, name=upload.file_name, **facts)
        return reverse("imports:check", args=[upload.pk])

    may_make = can(request.person, Act.EDIT_UNIT, upload.unit)
    asked = {"columns": columns, "unit": upload.unit, "remembered": answers, "may_make_units": may_make}
    form = bind(request, FORMS[kind], **asked)
    shown = {"upload": upload, "columns": columns, "remembered": bool(answers)}
    shown["known"] = [] if kept or form.is_bound else _known(upload)
    return form_page(request, "imports/match.html", form, save, **shown, **_page(upload, kind))


def _page(upload: Upload, kind: str) -> dict[str, object]:
    return {
        "tabs": [Link(label, f"?kind={each}", each == kind) for each, label in KINDS.items()],
        "sections": f"imports/match_{kind}.html",
        "sheets": sheets_of(upload.path),
        "steps": steps(1),
    }


@require_POST
def known(request: Request, upload_id: UUID) -> HttpResponse:
    """Read a file with a mapping that comes with the platform."""
    upload, name = upload_of(request, upload_id), request.POST.get("mapping", "")
    if library.text_of(name) is None:
        raise Invalid(_("There is no mapping of this name. Go back and choose one."))
    makes = UnitKind.SCHOOL if request.POST.get("create_units") else ""
    uploads.match_columns(
        upload, request.person, mapping=library.mapping(name).content, create_units=str(makes)
    )
    return HttpResponseRedirect(reverse("imports:check", args=[upload.pk]))


@require_GET
def mapping_file(request: Request, upload_id: UUID) -> HttpResponse:
    """How a file was read, as a mapping file: for the command line, and for others."""
    upload = upload_of(request, upload_id)
    if not upload.mapping:
        raise NotFound
    name = f"{upload.file_name.rpartition('.')[0] or upload.file_name}.toml"
    return as_download(
        HttpResponse(as_toml(upload.mapping), content_type="application/toml; charset=utf-8"), name
    )


def upload_of(request: Request, upload_id: UUID) -> Upload:
    return get_allowed(request, Act.IMPORT, Upload.objects.select_related("unit"), upload_id)


def _remembered(request: Request, unit: Unit, names: list[str]) -> Mapping | None:
    """The answers to an earlier file with the same columns; those given nearest to this place."""
    kept = allowed(request.person, Act.IMPORT, Mapping.objects.filter(unit__path__in=unit.paths_above()))
    fitting = [mapping for mapping in kept.select_related("unit") if mapping.columns == names]
    return max(fitting, key=lambda mapping: len(mapping.unit.path), default=None)


def _kind(request: Request, kept: Mapping | None, columns: Sequence[Column]) -> str:
    wanted = request.GET.get("kind", "")
    return wanted if wanted in FORMS else kept.kind if kept else kind_of(columns)


def _known(upload: Upload) -> list[tuple[str, str]]:
    """The mappings of the platform that could read this file: name and whose file it would be."""
    return [(name, library.mapping(name).name) for name in library.fitting(upload.path)[:_KNOWN]]
