"""Changing the tree of places and their school calendars."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.actions import units
from aimline.access.actions.units import Span
from aimline.access.rules import Act
from aimline.org.models import Calendar, Unit, UnitKind
from aimline.web.shell import Request, bind, form_page, get_allowed, say
from aimline.web.units.forms import AddForm, CalendarForm, EditForm


def add(request: Request) -> HttpResponse:
    """Add a place below the one we stand at."""
    parent = get_allowed(request, Act.EDIT_UNIT, Unit, request.place.pk)

    def save(form: AddForm) -> str:
        given = form.cleaned_data
        unit = units.add(
            parent,
            request.person,
            name=given["name"],
            code=given["code"],
            kind=UnitKind(given["kind"]),
            id=given["id"],
        )
        say(request, _("%(name)s is added.") % {"name": unit.name})
        return reverse("places:here")

    return form_page(request, "units/add.html", bind(request, AddForm), save, parent=parent)


def edit(request: Request, unit_id: UUID) -> HttpResponse:
    unit = get_allowed(request, Act.EDIT_UNIT, Unit, unit_id)

    def save(form: EditForm) -> str:
        units.rename(unit, request.person, **form.cleaned_data)
        return reverse("places:here")

    initial = {"name": unit.name, "short_name": unit.short_name, "version": unit.version}
    return form_page(request, "units/edit.html", bind(request, EditForm, initial=initial), save, unit=unit)


@require_POST
def close(request: Request, unit_id: UUID) -> HttpResponse:
    unit = get_allowed(request, Act.EDIT_UNIT, Unit, unit_id)
    units.end(unit, request.person)
    say(request, _("%(name)s is closed. What it did stays to be read.") % {"name": unit.name})
    return HttpResponseRedirect("/")


def calendar(request: Request, unit_id: UUID) -> HttpResponse:
    """Keep the latest school year of a place, or begin the next."""
    unit = get_allowed(request, Act.EDIT_UNIT, Unit, unit_id)

    def save(form: CalendarForm) -> str:
        units.keep_calendar(unit, request.person, **form.cleaned_data)
        say(request, _("The calendar of %(name)s is saved.") % {"name": unit.name})
        return reverse("units:calendar", args=[unit.pk])

    latest = unit.calendars.order_by("-first_day").first()
    form = bind(request, CalendarForm, initial=_as_written(latest) if latest else {})
    return form_page(request, "units/calendar.html", form, save, unit=unit, years=unit.calendars.all())


def _as_written(calendar: Calendar) -> dict[str, Any]:
    return {
        "name": calendar.name,
        "first_day": calendar.first_day,
        "last_day": calendar.last_day,
        "terms": [Span(term.name, term.first_day, term.last_day) for term in calendar.terms.all()],
        "holidays": [Span(day.name, day.first_day, day.last_day) for day in calendar.holidays.all()],
    }
