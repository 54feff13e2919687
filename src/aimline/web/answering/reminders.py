"""The page behind the last line of each reminder: no more mails, or mails again. It needs no sign-in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from aimline.core.errors import NotFound
from aimline.instruments import reminding
from aimline.instruments.models import Quiet
from aimline.web.shell import Request


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt
@login_not_required
def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Show the choice, or keep it. Mail programs send the choice on their own, so the token alone must do."""
    person = reminding.person_of(token)
    if person is None:
        raise NotFound
    if request.method == "POST":
        reminding.be_quiet(person, quiet=request.POST.get("do") != "again")
        return HttpResponseRedirect(request.path)
    is_quiet = Quiet.objects.filter(person=person).exists()
    response = render(request, "answering/reminders.html", {"is_quiet": is_quiet})
    patch_cache_control(response, no_store=True, private=True)
    return response


@require_safe
def mine(request: Request) -> HttpResponse:
    """The same page for somebody who is signed in."""
    return HttpResponseRedirect(reverse("answering:reminders", args=[reminding.token_of(request.person)]))
