"""What the columns of a table mean: recognised, remembered or said by the person; and kept as a file to pass on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, allowed, can
from aimline.core.errors import Invalid, NotFound
from aimline.imports.actions import uploads
from aimline.imports.guessing import Column, kind_of, lasting
from aimline.imports.mapping import library
from aimline.imports.mapping.writing import as_toml
from aimline.imports.models import Mapping, Upload
from aimline.org.models import Unit, UnitKind
from aimline.web.imports.lying import LayoutForm, columns_of
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
    layout, columns, kept = columns_of(request, upload, _remembered(request, upload.unit))
    kind = _kind(request, kept, columns)
    answers = dict(kept.content) if kept and kept.kind == kind else {}

    def save(form: ColumnsForm) -> str:
        makes, lying = form.cleaned_data.get("create_units") or "", layout.as_file()
        content = form.content()
        if lying:
            content["file"] = {**content.get("file", {}), **lying}
        uploads.match_columns(upload, request.person, mapping=content, create_units=makes)
        answers = {**form.kept(), **lying}
        facts: dict[str, Any] = {"kind": kind, "columns": lasting(columns), "content": answers}
        uploads.remember(upload.unit, request.person, name=upload.file_name, **facts)
        return reverse("imports:check", args=[upload.pk])

    may_make = can(request.person, Act.EDIT_UNIT, upload.unit)
    asked = {"columns": columns, "unit": upload.unit, "remembered": answers, "may_make_units": may_make}
    form = bind(request, FORMS[kind], **asked)
    shown = {"upload": upload, "columns": columns, "remembered": bool(answers)}
    shown["known"] = [] if kept or form.is_bound else _known(upload)
    shown["lying"] = LayoutForm(upload=upload, layout=layout)
    return form_page(request, "imports/match.html", form, save, **shown, **_page(request, kind))


def _page(request: Request, kind: str) -> dict[str, object]:
    asked = request.GET.copy()
    tabs = []
    for each, label in KINDS.items():
        asked["kind"] = each
        tabs.append(Link(label, f"?{asked.urlencode()}", each == kind))
    chosen = request.GET.get("kind", "")
    return {"chosen": chosen, "tabs": tabs, "sections": f"imports/match_{kind}.html", "steps": steps(1)}


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


def _remembered(request: Request, unit: Unit) -> QuerySet[Mapping]:
    """The answers to earlier files that this person may know of."""
    kept = Mapping.objects.filter(unit__path__in=unit.paths_above()).select_related("unit")
    return allowed(request.person, Act.IMPORT, kept)


def _kind(request: Request, kept: Mapping | None, columns: Sequence[Column]) -> str:
    wanted = request.GET.get("kind", "")
    return wanted if wanted in FORMS else kept.kind if kept else kind_of(columns)


def _known(upload: Upload) -> list[tuple[str, str]]:
    """The mappings of the platform that could read this file: name and whose file it would be."""
    return [(name, library.mapping(name).name) for name in library.fitting(upload.path)[:_KNOWN]]
