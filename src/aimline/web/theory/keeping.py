"""Starting a theory, its aim and title, sharing, copying, ending."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.actions import grants
from aimline.access.rules import Act
from aimline.core.errors import Invalid
from aimline.org.models import Unit
from aimline.theory import actions, checks
from aimline.theory.models import Aim, Theory
from aimline.web.shell import Request, bind, form_page, fragment, get_allowed, refuse, say
from aimline.web.theory import options, standing
from aimline.web.theory.forms import AimFields, AimForm, CopyForm, ShareForm, StartForm, TitleForm

AIM_PARTS = ("what", "for_whom", "why", "series", "baseline", "goal", "baseline_on", "by_when")


def start(request: Request) -> HttpResponse:
    unit = get_allowed(request, Act.EDIT_THEORY, Unit, request.place.pk)
    series, teams = options.series_at(request.person, unit), options.teams_at(request.person, unit)
    ground, words = standing.start_from(request, unit)
    form = bind(request, StartForm, series=series, teams=teams, initial=words)

    def save(form: StartForm) -> str:
        given = form.cleaned_data
        if not ground.is_valid():
            raise Invalid(_("Not saved. Look at the strengths to keep, below."))
        facts = {name: given[name] for name in ("title", "team", "id", *AIM_PARTS)}
        theory = actions.start_theory(unit, request.person, **facts)
        standing.keep(ground, theory, request.person)
        say(request, _("The theory is started. Now name what must be true for its aim."))
        return reverse("theory:edit", args=[theory.pk])

    if "preview" in request.POST:
        return _preview(request, "theory/start.html", form, Aim(theory=Theory(unit=unit)), unit=unit)
    return form_page(request, "theory/start.html", form, save, unit=unit, ground=ground)


def aim(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.for_list(), theory_id)
    stated = theory.stated
    first = {name: _as_typed(getattr(stated, name)) for name in (*AIM_PARTS, "version")} if stated else {}
    form = bind(request, AimForm, initial=first, series=options.series_at(request.person, theory.unit))

    def save(form: AimForm) -> str:
        parts = {name: form.cleaned_data[name] for name in AIM_PARTS}
        if stated:
            actions.change_aim(stated, request.person, version=form.cleaned_data["version"], **parts)
        else:
            actions.state_aim(theory, request.person, **parts)
        say(request, _("The aim is saved."))
        return reverse("theory:show", args=[theory.pk])

    if "preview" in request.POST:
        return _preview(request, "theory/aim.html", form, Aim(theory=theory), theory=theory)
    sentence = stated.sentence if stated else ""
    return form_page(request, "theory/aim.html", form, save, theory=theory, sentence=sentence)


def _as_typed(value: object) -> object:
    """52, not 52.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _preview(request: Request, template: str, form: AimFields, draft: Aim, **context: Any) -> HttpResponse:
    """Show the aim as one sentence, or what keeps it from being one. Nothing is saved."""
    sentence = ""
    # What is still blank in the form is no reason to withhold the sentence.
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    if given:
        try:
            for name in AIM_PARTS:
                setattr(draft, name, given[name])
            checks.aim_holds(draft)
            sentence = draft.sentence
        except Invalid as refusal:
            refuse(form, refusal)
    return fragment(request, f"{template}#sentence", form=form, sentence=sentence, **context)


def title(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.select_related("unit"), theory_id)
    first = {"title": theory.title, "team": theory.team_id, "version": theory.version}
    form = bind(request, TitleForm, initial=first, teams=options.teams_at(request.person, theory.unit))

    def save(form: TitleForm) -> str:
        actions.change_theory(theory, request.person, **form.cleaned_data)
        say(request, _("Saved."))
        return reverse("theory:show", args=[theory.pk])

    return form_page(request, "theory/title.html", form, save, theory=theory)


def share(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.SHARE, Theory.objects.select_related("unit"), theory_id)

    def save(form: ShareForm) -> str:
        grants.share(theory, request.person, **form.cleaned_data)
        say(request, _("Shared with %(place)s.") % {"place": form.cleaned_data["unit"].name})
        return reverse("theory:show", args=[theory.pk])

    form = bind(request, ShareForm, units=options.places_to_share_with(request.person, theory))
    return form_page(request, "theory/share.html", form, save, theory=theory)


def copy(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.VIEW_THEORY, Theory.objects.select_related("unit"), theory_id)

    def save(form: CopyForm) -> str:
        given = form.cleaned_data
        copied = actions.copy_theory(given["unit"], request.person, theory=theory, id=given["id"])
        say(request, _("Copied to %(place)s. Say its own numbers next.") % {"place": given["unit"].name})
        return reverse("theory:show", args=[copied.pk])

    form = bind(request, CopyForm, units=options.places_to_edit(request.person))
    return form_page(request, "theory/copy.html", form, save, theory=theory)


@require_POST
def end(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory, theory_id)
    actions.end_theory(theory, request.person)
    say(
        request,
        _("Work on it has ended. It stays to be read."),
        undo=reverse("theory:reopen", args=[theory.pk]),
    )
    return HttpResponseRedirect(reverse("theory:show", args=[theory.pk]))


@require_POST
def reopen(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory, theory_id)
    actions.reopen_theory(theory, request.person)
    say(request, _("It is open again."))
    return HttpResponseRedirect(reverse("theory:show", args=[theory.pk]))
