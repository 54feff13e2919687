"""What an instrument adds up to, on charts: those that are there, and those one click away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act, allowed, can
from aimline.instruments.models import Collection, Instrument
from aimline.measures import actions
from aimline.measures.models import Series
from aimline.people.models import Person
from aimline.web.collections import pages
from aimline.web.shell import Request, get_allowed, say


@dataclass(frozen=True, slots=True)
class Followed:
    """A construct: with the address of its chart here, or none where nobody follows it yet."""

    key: str
    name: str
    href: str = ""


def followed(person: Person, collection: Collection) -> list[Followed]:
    """The constructs that this person sees on a chart or may put on one."""
    instrument = collection.edition.instrument
    here = Series.objects.filter(measure__instrument=instrument, unit=collection.unit, measure__ended_on=None)
    held = allowed(person, Act.VIEW_MEASURE, here).values_list("measure__construct", "pk")
    charts = {construct: reverse("measures:show", args=[series]) for construct, series in held}
    may = can(person, Act.EDIT_MEASURE, instrument)
    found = [
        Followed(one.key, str(one.name), charts.get(one.key, ""))
        for one in collection.edition.form.constructs
    ]
    return [one for one in found if one.href or may]


@require_POST
def follow(request: Request, collection_id: UUID) -> HttpResponse:
    collection = pages.fetch(request, collection_id)
    instrument = get_allowed(request, Act.EDIT_MEASURE, Instrument, collection.edition.instrument_id)
    measure = actions.follow_construct(
        instrument, request.person, construct=request.POST.get("construct", "")
    )
    say(
        request, _("%(name)s is on a chart: each collection that closes is a point.") % {"name": measure.name}
    )
    return HttpResponseRedirect(f"{reverse('collections:results', args=[collection.pk])}#charts")
