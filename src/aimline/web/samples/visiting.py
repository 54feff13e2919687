"""Doing: plan one visit, replace it, say that it is done."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aimline.reviews.actions import sampling as actions
from aimline.reviews.frames import observers_of
from aimline.reviews.models import Visit
from aimline.web.samples import rows
from aimline.web.samples.forms import VisitForm, WhyForm
from aimline.web.shell import Request, form_page, say


@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: Request, visit_id: UUID) -> HttpResponse:
    """When a lesson is visited, and by whom."""
    held = rows.led_visit(request, visit_id)
    form = _form(request, held)

    def save(filled: VisitForm) -> str:
        given = filled.cleaned_data
        actions.hand_over(held, request.person, people=list(given["people"]))
        actions.plan_visit(held, request.person, day=given["day"], window=given["window"])
        return _back(held)

    return form_page(request, "samples/visit.html", form, save, visit=held, why_form=WhyForm())


@require_http_methods(["POST"])
def replace(request: Request, visit_id: UUID) -> HttpResponse:
    """Drop a lesson that cannot be visited, with the reason."""
    held = rows.led_visit(request, visit_id)
    why = WhyForm(request.POST)

    def save(filled: WhyForm) -> str:
        made = actions.replace_visit(held, request.person, why=filled.cleaned_data["why"])
        if made.pk == held.pk:
            say(request, _("It is dropped. There is no other class of its kind on the list."))
        else:
            say(request, _("%(name)s takes its place.") % {"name": made.label})
        return _back(held)

    facts = {"visit": held, "why_form": why, "plan_form": _form(request, held, bound=False)}
    return form_page(request, "samples/visit.html", why, save, **facts)


@require_POST
def seen(request: Request, observer_id: UUID) -> HttpResponse:
    """Say that a lesson was seen, or not after all."""
    held, is_own = rows.observer(request, observer_id)
    note = actions.note_seen if is_own else actions.note_seen_for
    note(held, request.person, seen=request.POST.get("do") != "undo")
    return HttpResponseRedirect(f"{_back(held.visit)}#v{held.visit_id}")


def _form(request: Request, held: Visit, *, bound: bool = True) -> VisitForm:
    people = observers_of(held.sample.review)
    data = request.POST if bound and request.method == "POST" else None
    return VisitForm(data, visit=held, observers=people)


def _back(held: Visit) -> str:
    return reverse("samples:of", args=[held.sample.review_id])
