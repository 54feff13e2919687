"""Doing: themes, the quotes under them, and the finding that a theme leads to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.core.errors import Invalid
from aimline.reviews.actions import theming
from aimline.reviews.listening import carried, opened
from aimline.reviews.models import Quote, Theme
from aimline.web.interviews import rows
from aimline.web.interviews.board import NO_THEME, language
from aimline.web.interviews.forms import LeadForm, QuoteForm, ThemeForm
from aimline.web.shell import Request, bind, form_page, say


def new(request: Request, review_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    form = bind(request, ThemeForm, codes=held.review.codes.all())

    def save(filled: ThemeForm) -> str:
        facts = {name: filled.cleaned_data[name] for name in ("id", "name", "codes")}
        theming.name_theme(held.member, request.person, **facts)
        say(request, _("The theme is on the board. Move quotes to it."))
        return held.address("overview", part="themes")

    facts = {"room": held, "title": _("Begin a theme"), "back": held.address("overview", part="themes")}
    return form_page(request, "interviews/theme_form.html", form, save, **facts)


def change(request: Request, review_id: UUID, theme_id: UUID) -> HttpResponse:
    """A theme: its words and codes, and the finding that it leads to."""
    held = rows.room(request, review_id, writes=True)
    theme = rows.theme(held, theme_id)
    form = bind(request, ThemeForm, codes=held.review.codes.all(), theme=theme)

    def save(filled: ThemeForm) -> str:
        facts = {name: filled.cleaned_data[name] for name in ("version", "name", "codes")}
        theming.change_theme(held.member, request.person, theme=theme, **facts)
        say(request, _("The theme is changed."))
        return held.address("overview", part="themes")

    findings = held.review.findings.all()
    facts: dict[str, Any] = {
        "room": held,
        "theme": theme,
        "title": theme.name,
        "lead_form": _lead_form(theme, findings) if held.may_judge and findings else None,
        "carries": len(carried(theme, opened(held.review))),
        "back": held.address("overview", part="themes"),
    }
    return form_page(request, "interviews/theme_form.html", form, save, **facts)


def _lead_form(theme: Theme, findings: Any) -> LeadForm:
    return LeadForm(findings=findings, initial={"finding": theme.finding_id})


@require_POST
def lead(request: Request, review_id: UUID, theme_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    theme = rows.theme(held, theme_id)
    form = LeadForm(request.POST, findings=held.review.findings.all())
    if not form.is_valid():
        raise Invalid(_("Choose a finding of this review."))
    finding = form.cleaned_data["finding"]
    theming.lead_theme(held.member, request.person, theme=theme, finding=finding)
    say(request, _("Its quotes stand under “%(finding)s”.") % {"finding": finding.text})
    return HttpResponseRedirect(held.address("overview", part="themes"))


@require_POST
def leave(request: Request, review_id: UUID, theme_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    theming.leave_finding(held.member, request.person, theme=rows.theme(held, theme_id))
    say(request, _("The theme leads to no finding. Its quotes have left the board of the review."))
    return HttpResponseRedirect(held.address("overview", part="themes"))


@require_POST
def drop(request: Request, review_id: UUID, theme_id: UUID) -> HttpResponse:
    held = rows.room(request, review_id, writes=True)
    theming.drop_theme(held.member, request.person, theme=rows.theme(held, theme_id))
    say(request, _("The theme is gone. Its quotes have no theme now."))
    return HttpResponseRedirect(held.address("overview", part="themes"))


@require_POST
def move(request: Request, review_id: UUID, excerpt_id: UUID) -> HttpResponse:
    """Move a quote to a theme, or to none."""
    held = rows.room(request, review_id, writes=True)
    excerpt = rows.excerpt(held, excerpt_id)
    wanted = request.POST.get("theme", "")
    known = {str(one.pk): one for one in rows.themes(held.review)}
    if wanted != NO_THEME and wanted not in known:
        raise Invalid(_("Choose where to move the quote."))
    theming.move_quote(held.member, request.person, excerpt=excerpt, theme=known.get(wanted))
    return HttpResponseRedirect(held.address("overview", part=f"q-{excerpt.pk}"))


def word(request: Request, review_id: UUID, excerpt_id: UUID) -> HttpResponse:
    """Which words are quoted, and how they read in another language."""
    held = rows.room(request, review_id, writes=True)
    excerpt = rows.excerpt(held, excerpt_id)
    quote: Quote | None = getattr(excerpt, "quote", None)
    form = bind(request, QuoteForm, quote=quote, text=excerpt.text)

    def save(filled: QuoteForm) -> str:
        theming.word_quote(held.member, request.person, excerpt=excerpt, **filled.cleaned_data)
        say(request, _("The quote is changed."))
        return held.address("overview", part=f"q-{excerpt.pk}")

    talk = excerpt.conversation
    facts = {"room": held, "excerpt": excerpt, "talk": talk, "tongue": language(talk.language)}
    return form_page(
        request, "interviews/quote.html", form, save, back=held.address("overview", part="themes"), **facts
    )
