"""Doing: plan, change the plan, ask people by name, open, extend, close. Each view calls one action."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from aimline.access.rules import Act, allowed
from aimline.core.errors import AimlineError, Conflict, Invalid
from aimline.instruments.actions import collecting
from aimline.instruments.models import AnsweredBy, Collection, Edition, Instrument, Promise
from aimline.org.models import Unit
from aimline.web.collections import pages, who
from aimline.web.collections.forms import NAMES, ExtendForm, NewForm, PeopleForm, PlanForm
from aimline.web.measures.story import address
from aimline.web.middleware import as_id
from aimline.web.shell import Request, bind, form_page, get_allowed, page, refuse, say


def new(request: Request) -> HttpResponse:
    """Plan to ask something here, in one short form."""
    place = get_allowed(request, Act.COLLECT, Unit, request.place.pk)
    instruments = _in_use(request, place)
    form = bind(request, NewForm, instruments=instruments, initial=_chosen(request, instruments))

    def save(filled: NewForm) -> str:
        facts = {"instrument": filled.cleaned_data["instrument"], "id": filled.cleaned_data["id"]}
        made = collecting.plan(place, request.person, **facts, **filled.facts)
        say(request, _("The plan is kept. Nobody is asked before you open it."))
        return _address(made)

    return form_page(
        request,
        "collections/new.html",
        form,
        save,
        place=place,
        has_any=instruments.exists(),
        library=address("instruments:list"),
    )


def _in_use(request: Request, place: Unit) -> QuerySet[Instrument]:
    published = Edition.objects.published().values("instrument")
    rows = Instrument.objects.filter(unit__path__in=place.paths_above(), ended_on=None, pk__in=published)
    return allowed(request.person, Act.VIEW_UNIT, rows).order_by("name")


def _chosen(request: Request, instruments: QuerySet[Instrument]) -> dict[str, object]:
    asked = as_id(request.GET.get("instrument"))
    chosen = instruments.filter(pk=asked).first() if asked else None
    if chosen is None:
        return {}
    usual = {"instrument": chosen.pk, "name": chosen.name}
    # An observation is worth its observer's name: somebody will want to ask about it.
    by_name = {"promise": Promise.NAMED.value, "reach": NAMES}
    return {**usual, **by_name} if chosen.answered_by == AnsweredBy.OBSERVER else usual


@require_POST
def plan(request: Request, collection_id: UUID) -> HttpResponse:
    """Keep the plan as it stands on the page; open it, where it was asked and the plan was seen as it is."""
    collection = pages.led(request, collection_id)
    if collection.opened_on is not None and request.POST.get("do") == "open":
        # An impatient second press.
        return HttpResponseRedirect(_address(collection))
    form = PlanForm(request.POST, collection=collection)
    if form.is_valid():
        try:
            _keep(request, collection, form)
            return HttpResponseRedirect(_address(collection))
        except (Invalid, Conflict) as error:
            refuse(form, error)
            return _again(request, collection_id, form, error)
    return _again(request, collection_id, form)


def _keep(request: Request, collection: Collection, form: PlanForm) -> None:
    asks_to_open = request.POST.get("do") == "open"
    if form.is_changed:
        collecting.change_plan(collection, request.person, version=form.cleaned_data["version"], **form.facts)
        say(
            request,
            _("The plan has changed and is kept. Look at it once more, then open it.")
            if asks_to_open
            else _("The plan is kept."),
        )
    elif asks_to_open:
        collecting.open_collection(collection, request.person, version=form.cleaned_data["version"])
        say(request, _("It is open. From its first day on, answers come in."))
    else:
        say(request, _("The plan is kept."))


def _again(
    request: Request, collection_id: UUID, form: PlanForm, error: AimlineError | None = None
) -> HttpResponse:
    # Read anew: what was refused may have been written into the row in memory.
    held = pages.led(request, collection_id)
    if error and held.opened_on is not None:
        raise error
    return pages.show(request, held, status=error.status if error else 422, form=form)


def people(request: Request, collection_id: UUID) -> HttpResponse:
    """Choose who is asked by name: whole teams, or one by one."""
    collection = pages.led(request, collection_id)
    form = bind(request, PeopleForm, **who.form_facts(request.person, collection))

    def save(filled: PeopleForm) -> str:
        found = who.chosen(filled, request.person, collection)
        collecting.ask(collection, request.person, people=found)
        told = ngettext("%(count)s person is asked.", "%(count)s people are asked.", len(found))
        say(request, told % {"count": len(found)})
        return reverse("collections:people", args=[collection.pk])

    return form_page(
        request,
        "collections/people.html",
        form,
        save,
        collection=collection,
        asked=who.already(collection),
        eyebrow=[_("Collection"), collection.name],
        back=_address(collection),
    )


@require_POST
def take_off(request: Request, collection_id: UUID, person_id: UUID) -> HttpResponse:
    collection = pages.led(request, collection_id)
    # Afterwards, who cannot be taken off would be known to have answered.
    if collection.opened_on is not None:
        raise Conflict(_("People are being asked already, so nobody can be taken off any more."))
    person = who.already(collection).filter(pk=person_id).first()
    if person is not None:
        collecting.take_off(collection, request.person, asked=person)
        say(request, _("%(name)s is not asked any more.") % {"name": person.name})
    return HttpResponseRedirect(reverse("collections:people", args=[collection.pk]))


@require_POST
def extend(request: Request, collection_id: UUID) -> HttpResponse:
    collection = pages.led(request, collection_id)
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return pages.show(request, collection, status=422, extend_form=form)
    try:
        collecting.extend(collection, request.person, **form.cleaned_data)
    except (Invalid, Conflict) as error:
        refuse(form, error)
        held = pages.led(request, collection_id)
        return pages.show(request, held, status=error.status, extend_form=form)
    say(request, _("The last day has changed."))
    return HttpResponseRedirect(_address(collection))


def close(request: Request, collection_id: UUID) -> HttpResponse:
    """Ask once more, since it cannot be undone; then close."""
    collection = pages.led(request, collection_id)
    if request.method == "POST":
        version = request.POST.get("version", "")
        collecting.close(
            collection,
            request.person,
            version=int(version) if version.isascii() and version.isdigit() else None,
        )
        say(request, _("It is closed. Nothing ties an answer to a device any more."))
        return HttpResponseRedirect(reverse("collections:results", args=[collection.pk]))
    return page(
        request,
        "collections/close.html",
        collection=collection,
        eyebrow=[_("Collection"), collection.name],
        back=_address(collection),
    )


def _address(collection: Collection) -> str:
    return reverse("collections:show", args=[collection.pk])
