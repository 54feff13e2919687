"""What a place asks, and the library it can take from; starting an instrument, bringing one, putting one away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aimline.access.rules import Act, can, rights_on
from aimline.core.errors import NotFound
from aimline.frameworks.models import Rubric
from aimline.instruments import files, library
from aimline.instruments.actions import bringing, building
from aimline.instruments.models import AnsweredBy, Instrument, Purpose
from aimline.org.models import Unit
from aimline.web.instruments import listing, reading
from aimline.web.instruments.forms import BringForm, StartForm, TakeForm
from aimline.web.shell import Request, bind, form_page, get_allowed, page, say


@require_GET
def list_instruments(request: Request) -> HttpResponse:
    by = request.GET.get("by", "")
    kept = listing.kept(request.person, request.place)
    rights = rights_on(request.person, request.place, [Act.BUILD_INSTRUMENT, Act.COLLECT])
    return page(
        request,
        "instruments/list.html",
        kept=kept,
        shelves=listing.shelves(by, [row.instrument for row in kept]),
        groupings=listing.groupings(by),
        count=len(library.offered()),
        may_build=Act.BUILD_INSTRUMENT in rights,
        away=listing.put_away(request.person, request.place),
        may_ask=Act.COLLECT in rights,
    )


def start(request: Request) -> HttpResponse:
    place = get_allowed(request, Act.BUILD_INSTRUMENT, Unit, request.place.pk)

    def save(form: StartForm) -> str:
        given = form.cleaned_data
        made = building.start(
            place,
            request.person,
            name=given["name"],
            purpose=Purpose(given["purpose"]),
            answered_by=AnsweredBy(given["answered_by"]),
            id=given["id"],
        )
        return reverse("instruments:edit", args=[made.editions.order_by("number")[0].pk])

    return form_page(request, "instruments/start.html", bind(request, StartForm), save, place=place)


def bring(request: Request) -> HttpResponse:
    """Read a file as a new instrument; what is wrong with it is said, and nothing of it is kept."""
    place = get_allowed(request, Act.BUILD_INSTRUMENT, Unit, request.place.pk)

    def save(form: BringForm) -> str:
        brought = files.read(form.cleaned_data["file"])
        made = bringing.bring(place, request.person, brought=brought, id=form.cleaned_data["id"])
        say(
            request, _("%(name)s is here as a draft. Look through it before you publish it.") % {"name": made}
        )
        return reverse("instruments:show", args=[made.pk])

    return form_page(request, "instruments/bring.html", bind(request, BringForm), save, place=place)


@require_POST
def bring_rubric(request: Request, rubric_id: UUID) -> HttpResponse:
    """Make an observation form of a published rubric."""
    place = get_allowed(request, Act.BUILD_INSTRUMENT, Unit, request.place.pk)
    rubric = get_allowed(request, Act.VIEW_UNIT, Rubric.objects.select_related("framework"), rubric_id)
    form = TakeForm(request.POST)
    made = bringing.bring_rubric(
        place, request.person, rubric=rubric, id=form.cleaned_data["id"] if form.is_valid() else None
    )
    say(request, _("%(name)s is here as a draft. Look through it before you publish it.") % {"name": made})
    return HttpResponseRedirect(reverse("instruments:show", args=[made.pk]))


@require_GET
def offer(request: Request, key: str) -> HttpResponse:
    """An instrument of the library, before one takes it."""
    offered = library.find(key)
    if offered is None:
        raise NotFound
    language = reading.spoken(request, offered.form)
    here = listing.instruments_of(request.person, request.place).filter(library_key=key)
    return page(
        request,
        "instruments/offer.html",
        entry=(entry := listing.entry(offered, here.select_related("unit").first())),
        eyebrow=[_("Library"), entry.what, entry.who, entry.languages],
        form=offered.form,
        language=language,
        languages=reading.languages(offered.form, language),
        blocks=reading.blocks(offered.form, language),
        sums=reading.sums(offered.form, language),
        may_build=can(request.person, Act.BUILD_INSTRUMENT, request.place),
    )


@require_POST
def take(request: Request, key: str) -> HttpResponse:
    place = get_allowed(request, Act.BUILD_INSTRUMENT, Unit, request.place.pk)
    form = TakeForm(request.POST)
    taken = building.take_up(
        place, request.person, key=key, id=form.cleaned_data["id"] if form.is_valid() else None
    )
    say(request, _("%(name)s is in use at %(place)s.") % {"name": taken.name, "place": place.name})
    return HttpResponseRedirect(reverse("instruments:show", args=[taken.pk]))


@require_POST
def open_next(request: Request, instrument_id: UUID) -> HttpResponse:
    """Open the next edition as a draft, or go on with the one there is."""
    instrument = get_allowed(request, Act.BUILD_INSTRUMENT, Instrument, instrument_id)
    draft = building.open_draft(instrument, request.person)
    return HttpResponseRedirect(reverse("instruments:edition", args=[draft.pk]))


@require_POST
def put_away(request: Request, instrument_id: UUID) -> HttpResponse:
    instrument = get_allowed(request, Act.BUILD_INSTRUMENT, Instrument, instrument_id)
    building.put_away(instrument, request.person)
    say(request, _("%(name)s is put away. What was collected with it stays.") % {"name": instrument.name})
    return HttpResponseRedirect(reverse("instruments:list"))


@require_POST
def bring_back(request: Request, instrument_id: UUID) -> HttpResponse:
    instrument = get_allowed(request, Act.BUILD_INSTRUMENT, Instrument, instrument_id)
    building.bring_back(instrument, request.person)
    say(request, _("%(name)s is in use again.") % {"name": instrument.name})
    return HttpResponseRedirect(reverse("instruments:show", args=[instrument.pk]))
