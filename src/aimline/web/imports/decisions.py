"""What a person decides at the check of a file: that it may end so many records, and what its framework is called."""

from __future__ import annotations

import math
from pathlib import PurePath
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from aimline.imports.actions import uploads
from aimline.imports.case.json_text import is_json
from aimline.imports.models import Upload
from aimline.web.imports.columns import upload_of
from aimline.web.inputs import NumberField
from aimline.web.shell import Request, bind, form_page


class RemovalsForm(forms.Form):
    percent = NumberField(
        label=gettext_lazy("At most so many may end"),
        unit="%",
        min_value=0,
        max_value=100,
        help_text=gettext_lazy("Of the records that are here now, and of each kind."),
    )


class TitleForm(forms.Form):
    title = forms.CharField(
        label=gettext_lazy("What the framework is called"),
        max_length=160,
        help_text=gettext_lazy("Such as: English language arts, grades 3 to 5."),
    )


def removals_form(share: float) -> RemovalsForm:
    """Offer the share that the file needs."""
    return RemovalsForm(initial={"percent": math.ceil(share)})


def title_form(upload: Upload) -> TitleForm | None:
    """Ask for the name of a framework that comes as a table, which names none."""
    if upload.kind != "case" or is_json(upload.path):
        return None
    return TitleForm(initial={"title": upload.title or PurePath(upload.file_name).stem})


@require_POST
def allow_removals(request: Request, upload_id: UUID) -> HttpResponse:
    upload = upload_of(request, upload_id)

    def save(form: RemovalsForm) -> str:
        uploads.allow_removals(upload, request.person, percent=form.cleaned_data["percent"])
        return reverse("imports:check", args=[upload.pk])

    return form_page(request, "imports/decide.html", bind(request, RemovalsForm), save, upload=upload)


@require_POST
def name_framework(request: Request, upload_id: UUID) -> HttpResponse:
    upload = upload_of(request, upload_id)

    def save(form: TitleForm) -> str:
        uploads.name_framework(upload, request.person, title=form.cleaned_data["title"])
        return reverse("imports:check", args=[upload.pk])

    return form_page(request, "imports/decide.html", bind(request, TitleForm), save, upload=upload)
