"""Who an account is on a roster: a decision of those who keep the people of a place."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.rules import Act, allowed
from aimline.core.errors import NotFound
from aimline.people.models import Person
from aimline.students import actions, linking
from aimline.students.models import RosterLink
from aimline.web.shell import Request, bind, form_page, get_allowed, say


class LinkForm(forms.Form):
    source = forms.UUIDField(widget=forms.HiddenInput)
    roster_id = forms.CharField(widget=forms.HiddenInput, max_length=300, strip=False)


def roster(request: Request, person_id: UUID) -> HttpResponse:
    """The link there is, and who on the rosters may be meant."""
    account = get_allowed(request, Act.EDIT_PEOPLE, Person, person_id)

    def save(form: LinkForm) -> str:
        id = form.cleaned_data["roster_id"]
        source = linking.source_of(request.person, form.cleaned_data["source"], id)
        if source is None:
            raise NotFound
        actions.link_roster(account, request.person, source=source, roster_id=id)
        say(
            request,
            _("%(name)s is linked. From now on they see the students of their own classes.")
            % {"name": account.name},
        )
        return reverse("students:roster", args=[account.pk])

    words = request.GET.get("q", "").strip()
    links = list(allowed(request.person, Act.EDIT_PEOPLE, _links(account)).select_related("source"))
    return form_page(
        request,
        "students/roster.html",
        bind(request, LinkForm),
        save,
        account=account,
        links=_named(links),
        candidates=linking.candidates(request.person, account, words),
        words=words,
    )


@require_POST
def end(request: Request, roster_link_id: UUID) -> HttpResponse:
    link = get_allowed(request, Act.EDIT_PEOPLE, RosterLink.objects.current(), roster_link_id)
    actions.end_roster_link(link, request.person)
    return HttpResponseRedirect(reverse("students:roster", args=[link.person_id]))


def _links(account: Person) -> QuerySet[RosterLink]:
    return RosterLink.objects.current().filter(person=account)


def _named(links: list[RosterLink]) -> list[tuple[RosterLink, str]]:
    names = linking.names_of(links)
    return [(link, names.get((link.source_id, link.roster_id), link.roster_id)) for link in links]
