"""Every refusal as a page in plain words; to HTMX as a toast, so that the page under it keeps what was typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from aimline.core.errors import AimlineError, NotAllowed, NotFound

TITLES = {
    403: _("You cannot open this"),
    404: _("Not found"),
    409: _("This is not possible now"),
    422: _("This cannot be used"),
}
OTHER_TITLE = _("That did not work")
STALE_PAGE = _(
    "Not saved. This page was open for too long, or your browser blocks cookies. "
    "Go back, load the page again and send it once more."
)
TOO_MUCH = _("This request could not be read. Go back and try again with less at once.")


def problem(request: HttpRequest, error: AimlineError) -> HttpResponse:
    context = {
        "title": TITLES.get(error.status, OTHER_TITLE),
        "message": error.message,
        "status": error.status,
    }
    if getattr(request, "htmx", False):
        response = render(request, "errors/toast.html", context, status=error.status)
        response.headers["HX-Retarget"] = "#toasts"
        response.headers["HX-Reswap"] = "beforeend"
        return response
    return render(request, "errors/problem.html", context, status=error.status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, NotFound())


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, NotAllowed())


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, AimlineError(TOO_MUCH))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old."""
    return problem(request, NotAllowed(STALE_PAGE))


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours failed. Nothing may be asked of the database or the session here."""
    return HttpResponse(render_to_string("errors/broken.html"), status=500)
