"""Signing in, and out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.views import LoginView
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from aimline.core.errors import NotFound
from aimline.people.models import Person
from aimline.web.access import demo


class SignIn(LoginView):  # type: ignore[misc]
    template_name = "access/sign_in.html"

    def get_form(self, form_class: Any = None) -> Any:
        """The link for a forgotten password stands once, under the form."""
        form = super().get_form(form_class)
        form.fields["password"].help_text = ""
        return form

    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return {**super().get_context_data(**facts), "demo_accounts": demo.accounts()}


sign_in = SignIn.as_view()


def closed(request: HttpRequest) -> HttpResponse:
    """Stand where django-allauth has a page that we do not offer."""
    raise NotFound


@login_not_required
@require_POST
def sign_in_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's invented people; nobody outside a demo district can be reached this way."""
    chosen = request.POST.get("account", "")
    known = {account.id for account in demo.accounts()}
    person = get_object_or_404(
        Person.objects.filter(is_active=True), pk=UUID(chosen) if chosen in known else None
    )
    login(request, person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return HttpResponseRedirect("/")
