"""Reading: what is asked at a place, one collection, its results, one answer with a name."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from aimline.access.rules import Act, can
from aimline.core.errors import NotAllowed, NotFound
from aimline.instruments import reminding
from aimline.instruments.models import Collection, Promise
from aimline.reports import exports_answers
from aimline.web.collections import handouts, lists, named, pages, readers, showing, telling
from aimline.web.collections.following import followed
from aimline.web.collections.forms import CopiesForm
from aimline.web.shell import Request, page, paginate


@require_GET
def list_collections(request: Request) -> HttpResponse:
    person, place = request.person, request.place
    rows = lists.at(person, place)
    if not can(person, Act.VIEW_ANSWERS, place) and not rows.exists():
        raise NotFound
    closed = paginate(request, lists.over(rows))
    return page(
        request,
        "collections/list.html",
        running=[lists.row(one, place, counts=True) for one in lists.running(rows)],
        planned=[lists.row(one, place) for one in lists.planned(rows)],
        closed=[lists.row(one, place) for one in closed.object_list],
        page=closed,
        may=can(person, Act.COLLECT, place),
    )


@require_GET
def show(request: Request, collection_id: UUID) -> HttpResponse:
    collection = pages.fetch(request, collection_id)
    if collection.is_over:
        # Whoever observed and does not lead reads no answers but finds how their own stand beside the others.
        closed = collection.promise == Promise.NAMED and not can(request.person, Act.COLLECT, collection)
        alike = closed and readers.offered(request.person, collection)
        return HttpResponseRedirect(
            reverse(f"collections:{'read_alike' if alike else 'results'}", args=[collection.pk])
        )
    return pages.show(request, collection)


@require_GET
def sheet(request: Request, collection_id: UUID) -> HttpResponse:
    """A page to print for each class or subject: what it is, the code, the link, and the promise."""
    collection = _handed_out(request, collection_id)
    form = CopiesForm(request.GET)
    copies = form.cleaned_data["copies"] if form.is_valid() else 1
    made = handouts.handouts(request, collection, copies)
    return page(
        request,
        "collections/sheet.html",
        collection=collection,
        pages=made,
        has_list=any(one.label for one in made),
        homerooms=collection.homerooms.all(),
        form=form if form.errors and "copies" in request.GET else CopiesForm(initial={"copies": copies}),
        read_first=telling.read_first(collection),
        when=telling.when(collection),
        languages=telling.languages(collection.edition.form),
    )


@require_GET
def reminder(request: Request, collection_id: UUID) -> HttpResponse:
    """A reminder for everyone who got the link, to print or to send on: true whether its reader has answered or not."""
    collection = _handed_out(request, collection_id)
    if not collection.open_link:
        raise NotFound
    return page(
        request,
        "collections/reminder.html",
        collection=collection,
        said=reminding.to_everyone(collection),
        read_first=telling.read_first(collection),
        **pages.links(request, collection),
    )


def _handed_out(request: Request, collection_id: UUID) -> Collection:
    """One that people are asked to answer now, or will be."""
    collection = pages.fetch(request, collection_id)
    if collection.opened_on is None or collection.is_over:
        raise NotFound
    return collection


@require_GET
def results(request: Request, collection_id: UUID) -> HttpResponse:
    collection = pages.fetch(request, collection_id)
    if collection.opened_on is None:
        raise NotFound
    may = _may_read(request, collection)
    shown = showing.shown(collection, with_texts=may)
    again = f"{reverse('collections:new')}?instrument={collection.edition.instrument_id}"
    return page(
        request,
        "collections/results.html",
        collection=collection,
        eyebrow=pages.eyebrow(collection),
        shown=shown,
        when=telling.when(collection),
        answers=named.rows(collection) if may and collection.promise == Promise.NAMED else [],
        may=may,
        again=again,
        followed=followed(request.person, collection) if shown.rows else [],
        read_alike=readers.offered(request.person, collection),
    )


def _may_read(request: Request, collection: Collection) -> bool:
    """Whether this person reads everything, as those who ask do. Of answers with names nobody else reads anything."""
    may = can(request.person, Act.COLLECT, collection)
    if collection.promise == Promise.NAMED and not may:
        raise NotAllowed(_("Answers with names are read by those who asked for them, and by nobody else."))
    return may


@require_GET
def results_file(request: Request, collection_id: UUID) -> HttpResponse:
    """What the results page shows to this person, as a table."""
    collection = pages.fetch(request, collection_id)
    if collection.opened_on is None:
        raise NotFound
    may = _may_read(request, collection)
    response = HttpResponse(
        exports_answers.as_csv(collection, with_texts=may), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="results-{collection.opens_on}.csv"'
    return response


@require_GET
def answer(request: Request, collection_id: UUID, response_id: UUID) -> HttpResponse:
    """One answer with its name, for those who asked; under any other promise there is no such page."""
    collection = pages.led(request, collection_id)
    found = named.find(collection, response_id)
    if found is None:
        raise NotFound
    return page(
        request,
        "collections/answer.html",
        collection=collection,
        who=named.who(found),
        about=found.about,
        sections=named.sections(collection, found),
        eyebrow=[_("Answer with a name"), collection.name],
        finished_on=found.finished_on,
    )
