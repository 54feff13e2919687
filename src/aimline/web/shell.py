"""What every view is made of: fetch with permission, show a page or a fragment, keep a form's words on an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from aimline.access.rules import Act, allowed
from aimline.core.errors import AimlineError, Conflict, Invalid, NotFound, Unreadable
from aimline.org.models import Unit
from aimline.people.models import Person

M = TypeVar("M", bound=Model)
F = TypeVar("F", bound=BaseForm)
PAGE_SIZE = 25


class Request(HttpRequest):
    """A request of a person who is signed in and stands at a place; `ShellMiddleware` fills both."""

    person: Person
    place: Unit
    htmx: HtmxDetails


def get_allowed(request: Request, act: Act, rows: type[M] | QuerySet[M], row_id: UUID) -> M:
    """Fetch one row if this person may do this act to it. What is not theirs looks like what does not exist."""
    found: QuerySet[M] = rows if isinstance(rows, QuerySet) else rows._default_manager.all()
    row = allowed(request.person, act, found).filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row


def page(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render(request, template, context, status=status)


def fragment(
    request: Request, template: str, *, redirect_to: str = "", status: int = 200, **context: object
) -> HttpResponse:
    """Answer a change made on a page: `x.html#part` to HTMX, the redirect or the whole page to a plain browser.

    A form with errors makes the status 422, so a plain browser then gets the whole page with everything typed.
    """
    form = context.get("form")
    if status == 200 and isinstance(form, BaseForm) and form.is_bound and form.errors:
        status = 422
    if not request.htmx:
        if redirect_to and status < 400:
            return HttpResponseRedirect(redirect_to)
        return page(request, template.partition("#")[0], status=status, **context)
    response = page(request, template, status=status, **context)
    response.write(render_to_string("ui/toasts.html", {"swap": True}, request=request))
    return response


def bind(request: HttpRequest, form: Callable[..., F], **facts: object) -> F:
    """Fill a form with what was sent; with nothing on a GET."""
    if request.method == "POST":
        return form(request.POST, request.FILES, **facts)
    return form(**facts)


def form_page(
    request: HttpRequest, template: str, form: F, save: Callable[[F], str], **context: object
) -> HttpResponse:
    """Show a form; when it was sent and holds, `save` it and go to the address that returns.

    A refusal comes back as the same page with everything typed and the reason in words.
    """
    status = 200
    if form.is_bound:
        if form.is_valid():
            try:
                return HttpResponseRedirect(save(form))
            except (Invalid, Conflict, Unreadable) as error:
                refuse(form, error)
                status = error.status
        else:
            status = 422
    return page(request, template, form=form, status=status, **context)


def refuse(form: BaseForm, error: AimlineError) -> None:
    """Write a refusal into the form: beside the fields it names, else on top."""
    fields = error.fields if isinstance(error, Invalid) else {}
    named = {name: reason for name, reason in fields.items() if name in form.fields}
    for name, reason in named.items():
        form.add_error(name, str(reason))
    if not named:
        form.add_error(None, str(error))


def say(request: HttpRequest, text: object, *, undo: str = "") -> None:
    """Show a toast on the next page; `undo` is an address that takes a POST."""
    messages.success(request, str(text), extra_tags=undo)


def paginate(request: HttpRequest, rows: QuerySet[M], size: int = PAGE_SIZE) -> Page[M]:
    """Return the page of an ordered queryset that `?page=` asks for; a wrong number gives the nearest page."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the address a form asked to go back to, if it is ours."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    secure = request.is_secure()
    return (
        target
        if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=secure)
        else otherwise
    )
