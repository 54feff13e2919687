"""Doing: plan a review, change it, its team, its days, its documents, and what is asked for it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act
from aimline.core.errors import Conflict, Invalid, NotFound
from aimline.instruments.actions import building
from aimline.people.models import Person
from aimline.reviews.actions import planning
from aimline.reviews.models import Review, ReviewRole
from aimline.reviews.templates import template
from aimline.web.reviews import choices, listing, rows, scope
from aimline.web.reviews.forms import AttachForm, ChangeForm, DocumentForm, MemberForm, NewForm
from aimline.web.reviews.rows import address
from aimline.web.shell import Request, bind, form_page, get_allowed, refuse, say


def new(request: Request, key: str) -> HttpResponse:
    listing.expect_planner(request)
    kind = template(key)
    if kind is None:
        raise NotFound
    before = rows.reviews_at(request.person, request.place).filter(unit=request.place, template=key)
    form = bind(request, NewForm, kind=kind, place=request.place, earlier=before)

    def save(filled: NewForm) -> str:
        id = filled.cleaned_data["id"]
        made = planning.plan_review(request.place, request.person, template_key=key, id=id, **filled.facts)
        say(request, _("The review is planned. Look at its days and its team."))
        return address("show", made)

    steps = [(step, listing.school_days(step)) for step in kind.steps]
    return form_page(request, "reviews/new.html", form, save, kind=kind, steps=steps, place=request.place)


def change(request: Request, review_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    form = bind(request, ChangeForm, review=review)

    def save(filled: ChangeForm) -> str:
        planning.change_review(review, request.person, **filled.cleaned_data)
        say(request, _("The review is changed."))
        return address("show", review)

    return form_page(request, "reviews/change.html", form, save, review=review)


@require_POST
def end(request: Request, review_id: UUID) -> HttpResponse:
    """Close it, or open it again."""
    review = get_allowed(request, Act.EDIT_REVIEW, Review, review_id)
    closes = request.POST.get("do") != "open"
    planning.end_review(review, request.person, ended=closes)
    say(
        request, _("The review is closed. It stays to be read.") if closes else _("The review is open again.")
    )
    return HttpResponseRedirect(address("show", review))


@require_POST
def finish_step(request: Request, review_id: UUID, step_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    step = rows.part(review.steps.all(), step_id)
    planning.finish_step(review, request.person, step=step, done=request.POST.get("do") != "undo")
    return HttpResponseRedirect(address("show", review, "timetable"))


@require_POST
def add_member(request: Request, review_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    form = MemberForm(request.POST, people=choices.people_at(request.person, review.unit))

    def save() -> None:
        member: Person = form.cleaned_data["person"]
        role = ReviewRole(form.cleaned_data["role"])
        planning.add_member(review, request.person, member=member, role=role)

    return _answer(request, review, "team", form, save, name="member_form")


@require_POST
def remove_member(request: Request, review_id: UUID, member_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    planning.remove_member(review, request.person, member=rows.part(review.members.all(), member_id))
    return HttpResponseRedirect(address("show", review, "team"))


@require_POST
def request_document(request: Request, review_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    form = DocumentForm(request.POST, people=choices.people_at(request.person, review.unit))

    def save() -> None:
        planning.request_document(review, request.person, **form.cleaned_data)

    return _answer(request, review, "documents", form, save, name="document_form")


@require_POST
def note_document(request: Request, review_id: UUID, request_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    asked_for = rows.part(review.documentrequests.all(), request_id)
    planning.note_document(review, request.person, request=asked_for, came=request.POST.get("do") != "undo")
    return HttpResponseRedirect(address("show", review, "documents"))


@require_POST
def take_up(request: Request, review_id: UUID, key: str) -> HttpResponse:
    """Take an instrument that the review asks into use at its place, once."""
    review = _led(request, review_id)
    in_use = choices.instruments_at(request.person, review.unit)
    if not in_use.filter(library_key=key).exists():
        made = building.take_up(review.unit, request.person, key=key)
        say(request, _("%(name)s is in use at %(place)s.") % {"name": made.name, "place": review.unit.name})
    return HttpResponseRedirect(address("show", review, "asks"))


@require_POST
def attach(request: Request, review_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    form = AttachForm(request.POST, collections=choices.free_collections(request.person, review))

    def save() -> None:
        planning.attach_collection(review, request.person, collection=form.cleaned_data["collection"])

    return _answer(request, review, "asks", form, save, name="attach_form")


@require_POST
def detach(request: Request, review_id: UUID, collection_id: UUID) -> HttpResponse:
    review = _led(request, review_id)
    held = choices.collections_at(request.person, review.unit)
    planning.detach_collection(review, request.person, collection=rows.part(held, collection_id))
    return HttpResponseRedirect(address("show", review, "asks"))


def _answer(
    request: Request, review: Review, where: str, form: BaseForm, save: Callable[[], None], *, name: str
) -> HttpResponse:
    """Do it and go back to its part of the page; a refusal shows the page with everything typed."""
    status = 422
    if form.is_valid():
        try:
            save()
        except (Invalid, Conflict) as error:
            refuse(form, error)
            status = error.status
        else:
            return HttpResponseRedirect(address("show", review, where))
    return scope.show(request, review, status=status, refused=form, **{name: form})


def _led(request: Request, review_id: UUID) -> Review:
    return rows.review(request, review_id, Act.EDIT_REVIEW)
