"""Having growth computed, and how far that is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import narwhals as nw
from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.core.errors import NotFound
from aimline.core.ids import uuid7
from aimline.core.models import JobState
from aimline.growth.actions import runs
from aimline.growth.models import GrowthRun
from aimline.org.models import Unit
from aimline.students import lake
from aimline.web.inputs import ManyChips
from aimline.web.shell import Request, bind, form_page, get_allowed, page

_BETWEEN = " · "


class RunForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7, required=False)
    scores = forms.ChoiceField(label=_("Which scores?"))
    standard = forms.MultipleChoiceField(
        label=_("Levels that are at the standard"),
        widget=ManyChips,
        required=False,
        help_text=_(
            "With them, each student's growth is held against the growth that leads to the standard."
        ),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], levels: list[str], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.kinds = {_BETWEEN.join(kind): kind for kind in kinds}
        self.fields["scores"].choices = [(name, name) for name in self.kinds]  # type: ignore[attr-defined]
        self.fields["standard"].choices = [(level, level) for level in levels]  # type: ignore[attr-defined]


def ask(request: Request) -> HttpResponse:
    """Choose the scores from which growth is computed."""
    if not can(request.person, Act.EDIT_MEASURE, request.place):
        raise NotFound
    kinds, levels = _held(request.place)

    def save(form: RunForm) -> str:
        assessment, score_type = form.kinds[form.cleaned_data["scores"]]
        run = runs.ask_for_run(
            request.place,
            request.person,
            assessment=assessment,
            score_type=score_type,
            standard=form.cleaned_data["standard"],
            id=form.cleaned_data["id"],
        )
        return reverse("growth:run", args=[run.pk])

    form = bind(request, RunForm, kinds=kinds, levels=levels)
    return form_page(request, "growth/ask.html", form, save, any_scores=bool(kinds))


def _held(place: Unit) -> tuple[list[tuple[str, str]], list[str]]:
    """The assessments with number scores that are held here, and the levels they give."""
    rows = lake.scan("assessments", unit=place).filter(~nw.col("value").is_null())
    kinds = lake.collect(rows.select("assessment", "score_type").unique())
    levels = lake.collect(rows.filter(~nw.col("level").is_null()).select("level").unique())
    return sorted(kinds.iter_rows()), sorted(levels["level"])


@require_GET
def show(request: Request, growth_run_id: UUID) -> HttpResponse:
    """How far a run is; the page asks again by itself, with or without script."""
    found = GrowthRun.objects.select_related("unit", "person")
    run = get_allowed(request, Act.VIEW_MEASURE, found, growth_run_id)
    if run.finished_at:
        return HttpResponseRedirect(reverse("growth:show"))
    job = run.job
    failed = job is None or job.state in {JobState.FAILED, JobState.STOPPED}
    template = "growth/run.html#state" if request.htmx else "growth/run.html"
    return page(request, template, run=run, job=job, failed=failed)
