"""One's own account: name, language, colours, consents, tokens for programs."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.actions import people, tokens
from aimline.access.models import Token
from aimline.access.rules import Act
from aimline.access.tokens import new_secret
from aimline.people.models import ConsentKind
from aimline.web.account.forms import AccountForm, TokenForm
from aimline.web.shell import Request, bind, form_page, get_allowed, page, say


def account(request: Request) -> HttpResponse:
    me = request.person

    def save(form: AccountForm) -> str:
        people.settle(me, me, **form.cleaned_data)
        say(request, _("Saved."))
        return reverse("account")

    given = set(me.consents.filter(withdrawn_at=None).values_list("kind", flat=True))
    return form_page(
        request,
        "account/show.html",
        bind(request, AccountForm, initial={"name": me.name, "language": me.language, "theme": me.theme}),
        save,
        consents=[(kind, kind in given) for kind in ConsentKind],
        tokens=Token.objects.filter(person=me, ended_at=None),
    )


@require_POST
def consent(request: Request, kind: str) -> HttpResponse:
    """Give a consent, or take it back."""
    if kind not in ConsentKind.values:
        raise Http404
    change = people.consent if request.POST.get("agree") else people.withdraw
    change(request.person, request.person, kind=ConsentKind(kind))
    return HttpResponseRedirect(reverse("account"))


def make_token(request: Request) -> HttpResponse:
    """Make a token and show it once."""
    form = bind(request, TokenForm)
    if not form.is_bound or not form.is_valid():
        return page(request, "account/token.html", form=form, status=422 if form.is_bound else 200)
    secret = new_secret()
    tokens.make_token(request.person, request.person, label=form.cleaned_data["label"], secret=secret)
    return page(request, "account/token_made.html", secret=secret)


@require_POST
def end_token(request: Request, token_id: UUID) -> HttpResponse:
    tokens.end_token(get_allowed(request, Act.EDIT_SELF, Token, token_id), request.person)
    return HttpResponseRedirect(reverse("account"))
