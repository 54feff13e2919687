"""Forms about what stands on a chart: notes, phases, frozen baselines, points left out."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act, can
from aimline.core.errors import Conflict, NotFound
from aimline.measures import actions
from aimline.measures.frames import line
from aimline.measures.models import Measure, Point, Series
from aimline.reports.lines import written
from aimline.web.measures.changes import form_view, with_theirs
from aimline.web.measures.forms import FreezeForm, LeaveOutForm, NoteForm, PhaseForm
from aimline.web.shell import Request, bind, form_page, get_allowed, say


@form_view
def note(request: Request, series_id: UUID) -> HttpResponse:
    one = _series(request, Act.ANNOTATE, series_id)

    def save(form: NoteForm) -> str:
        given = form.cleaned_data
        on = _chart(one, everywhere=given["everywhere"])
        actions.annotate(on, request.person, day=given["day"], text=given["text"], id=given["id"])
        say(request, _("The note is on the chart."))
        return _address(one)

    wide = can(request.person, Act.ANNOTATE, one.measure)
    return form_page(
        request,
        "measures/note.html",
        bind(request, NoteForm),
        save,
        back=_address(one),
        series=one,
        wide=wide,
    )


@require_POST
def remove_note(request: Request, series_id: UUID, note_id: UUID) -> HttpResponse:
    one = _series(request, Act.ANNOTATE, series_id)
    held = one.annotations.filter(pk=note_id).first()
    if held is None:
        raise NotFound
    actions.remove_annotation(one, request.person, annotation=held)
    say(request, _("The note is off the chart."))
    return HttpResponseRedirect(_address(one))


@form_view
def freeze(request: Request, series_id: UUID) -> HttpResponse:
    one = _series(request, Act.EDIT_MEASURE, series_id)
    now = line(one)

    def save(form: FreezeForm) -> str:
        given = form.cleaned_data
        actions.freeze_baseline(
            _chart(one, everywhere=given["everywhere"]), request.person, until=given["until"]
        )
        say(request, _("The baseline is frozen.") if given["until"] else _("The baseline moves again."))
        return _address(one)

    frozen = now.stages[-1].phase.baseline_until if now.stages else None
    until = frozen or (now.shown[-1].day if now.shown else None)
    wide = can(request.person, Act.EDIT_MEASURE, one.measure)
    form = bind(request, FreezeForm, initial={"until": until})
    return form_page(request, "measures/freeze.html", form, save, back=_address(one), series=one, wide=wide)


@form_view
def start_phase(request: Request, series_id: UUID) -> HttpResponse:
    one = _series(request, Act.EDIT_MEASURE, series_id)

    def save(form: PhaseForm) -> str:
        given = form.cleaned_data
        facts = {name: given[name] for name in ("id", "name", "starts_on", "why")}
        actions.add_phase(_chart(one, everywhere=given["everywhere"]), request.person, **facts)
        say(request, _("The line starts anew from that day."))
        return _address(one)

    wide = can(request.person, Act.EDIT_MEASURE, one.measure)
    return form_page(
        request,
        "measures/start_phase.html",
        bind(request, PhaseForm),
        save,
        back=_address(one),
        series=one,
        wide=wide,
    )


@require_POST
def remove_phase(request: Request, series_id: UUID, phase_id: UUID) -> HttpResponse:
    one = _series(request, Act.EDIT_MEASURE, series_id)
    held = one.phases.filter(pk=phase_id).first()
    if held is None:
        raise NotFound
    actions.remove_phase(one, request.person, phase=held)
    say(request, _("The line runs through again."))
    return HttpResponseRedirect(_address(one))


@form_view
def leave_out(request: Request, series_id: UUID, point_id: UUID) -> HttpResponse:
    one, point = _point(request, series_id, point_id)

    def save(form: LeaveOutForm) -> str:
        given = form.cleaned_data
        try:
            actions.exclude_point(point, request.person, why=given["why"], version=given["version"])
        except Conflict as conflict:
            theirs = [(_("Left out because"), point.excluded)] if point.excluded else []
            raise with_theirs(form, conflict, theirs) from conflict
        say(request, _("The point no longer counts. It is still drawn."))
        return _address(one)

    seen = next((spot for spot in line(one).spots if spot.id == point.pk), None)
    told = written(seen.value, one.measure) if seen else ""
    form = bind(request, LeaveOutForm, initial={"version": point.version, "why": point.excluded})
    return form_page(
        request,
        "measures/leave_out.html",
        form,
        save,
        back=_address(one),
        series=one,
        period=point.period,
        value=told,
    )


@require_POST
def take_in(request: Request, series_id: UUID, point_id: UUID) -> HttpResponse:
    one, point = _point(request, series_id, point_id)
    actions.include_point(point, request.person)
    say(request, _("The point counts again."))
    return HttpResponseRedirect(_address(one))


def _series(request: Request, act: Act, id: UUID) -> Series:
    return get_allowed(request, act, Series.objects.for_page(), id)


def _point(request: Request, series_id: UUID, point_id: UUID) -> tuple[Series, Point]:
    one = _series(request, Act.EDIT_MEASURE, series_id)
    point = one.points.select_related("series").filter(pk=point_id).first()
    if point is None:
        raise NotFound
    return one, point


def _chart(one: Series, *, everywhere: bool) -> Series | Measure:
    return one.measure if everywhere else one


def _address(one: Series) -> str:
    return reverse("measures:show", args=[one.pk])
