"""Doing: plan, predict, start, note, study, decide, share. Each view fetches, reads a form and calls one action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from aimline.access.actions import grants
from aimline.access.rules import Act, can
from aimline.core.errors import Conflict, Invalid, NotAllowed
from aimline.core.ids import uuid7
from aimline.cycles import actions
from aimline.cycles.models import Cycle, Decision, Stage
from aimline.cycles.protocol import protocol
from aimline.cycles.sharing import places_to_share_with, shares_of
from aimline.web.cycles import choices, forms
from aimline.web.cycles.next_step import address
from aimline.web.cycles.planning import measure_options, plan_facts, shared_unit
from aimline.web.cycles.views import read
from aimline.web.middleware import as_id
from aimline.web.shell import Request, bind, form_page, get_allowed, page, refuse, say
from aimline.web.theory import grounding

# The part of the page that waits for somebody once a part is saved.
_LEADS_TO = {"result": "study", "study": "decide"}


def quick(request: Request) -> HttpResponse:
    """Plan, predict and start in about two minutes."""
    _expect_planner(request)
    lines = choices.usual_lines(request.place, request.person, as_id(request.GET.get("series")))
    form = bind(
        request,
        forms.QuickForm,
        initial=_asked(request),
        measures=measure_options(lines),
        unit=shared_unit(lines),
        ideas=choices.ideas_for(request.place, request.person),
        teams=choices.teams_at(request.place, request.person),
    )

    def save(filled: forms.QuickForm) -> str:
        facts = plan_facts(filled, request.place, lines)
        cycle = actions.begin(
            request.place, request.person, id=filled.cleaned_data["id"] or uuid7(), bet=filled.bet, **facts
        )
        say(request, _("The test is running. Your prediction is locked."))
        return address(cycle)

    eyebrow = [_("Five questions"), _("about two minutes")]
    return form_page(request, "cycles/quick.html", form, save, eyebrow=eyebrow, **_to_keep(request, form))


def guided(request: Request) -> HttpResponse:
    _expect_planner(request)
    form = bind(request, forms.PlanForm, initial=_asked(request), **_plan_choices(request))

    def save(filled: forms.PlanForm) -> str:
        cycle = actions.plan(request.place, request.person, id=filled.cleaned_data["id"], **filled.facts)
        say(request, _("The plan is saved. Now say what you expect."))
        return reverse("cycles:predict", kwargs={"cycle_id": cycle.pk})

    facts = _to_keep(request, form)
    return form_page(request, "cycles/plan.html", form, save, phase=protocol().phase("plan"), **facts)


def change_plan(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = _run(request, cycle_id)
    if cycle.is_locked or cycle.stage != Stage.PLAN:
        return HttpResponseRedirect(address(cycle))
    names = [*forms.PlanForm.base_fields]
    filled = {name: getattr(cycle, name) for name in names}
    form = bind(request, forms.PlanForm, initial=filled, **_plan_choices(request, cycle))

    def save(filled: forms.PlanForm) -> str:
        actions.change_plan(cycle, request.person, version=filled.cleaned_data["version"], **filled.facts)
        say(request, _("The plan is saved."))
        return address(cycle)

    facts = {"cycle": cycle, **_to_keep(request, form)}
    return form_page(request, "cycles/plan.html", form, save, phase=protocol().phase("plan"), **facts)


def _to_keep(request: Request, form: forms.PlanForm | forms.QuickForm) -> dict[str, Any]:
    """The strengths to keep where the test is planned, and what the idea that is chosen would drop of them."""
    asked = as_id(form["idea"].value())
    ideas = choices.ideas_for(request.place, request.person)
    idea = ideas.filter(pk=asked).first() if asked else None
    return {
        "strengths": grounding.strengths(request.person, request.place, idea),
        "grounds": grounding.warnings(request.person, idea),
    }


def predict(request: Request, cycle_id: UUID) -> HttpResponse:
    """Say what you expect, or change it, without seeing what the others say."""
    cycle = get_allowed(request, Act.PREDICT, Cycle.objects.for_page(), cycle_id)
    mine = next((one for one in cycle.predictions.all() if one.person_id == request.person.pk), None)
    filled = {name: getattr(mine, name) for name in forms.PredictForm.base_fields} if mine else {}
    form = bind(request, forms.PredictForm, cycle=cycle, initial=filled)

    def save(filled: forms.PredictForm) -> str:
        if mine:
            actions.change_prediction(
                mine, request.person, version=filled.cleaned_data["version"], **filled.bet
            )
        else:
            actions.predict(cycle, request.person, id=filled.cleaned_data["id"], **filled.bet)
        say(request, _("Your prediction is kept. You can change it until the test starts."))
        return address(cycle)

    phase = protocol().phase("plan")
    return form_page(
        request, "cycles/predict.html", form, save, cycle=cycle, mine=mine, asked=phase.asks("prediction")
    )


@require_POST
def start(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = actions.start(_led(request, cycle_id), request.person)
    say(request, _("The test is running. The plan and every prediction are locked."))
    return HttpResponseRedirect(address(cycle))


@require_POST
def finish(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = actions.finish_doing(_led(request, cycle_id), request.person)
    return HttpResponseRedirect(f"{address(cycle)}#study")


@require_POST
def read_result(request: Request, cycle_id: UUID) -> HttpResponse:
    form = forms.NoteForm(request.POST)
    version = request.POST.get("version", "")
    cycle = _led(request, cycle_id)
    known = int(version) if version.isdigit() else None
    return _answer(
        request,
        cycle,
        "note",
        form,
        lambda: actions.record_result(cycle, request.person, version=known),
        checked=True,
    )


@require_POST
def note(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle, form = _led(request, cycle_id), forms.NoteForm(request.POST)
    return _answer(
        request,
        cycle,
        "note",
        form,
        lambda: actions.note_observation(cycle, request.person, **form.cleaned_data),
    )


@require_POST
def result(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = _led(request, cycle_id)
    in_words = any(bet.threshold is None for bet in cycle.predictions.all())
    form = forms.ResultForm(request.POST, in_words=in_words)

    def save() -> None:
        version = form.cleaned_data["version"]
        actions.record_result(cycle, request.person, by_hand=form.by_hand, version=version)

    return _answer(request, cycle, "result", form, save)


@require_POST
def study(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle, form = _led(request, cycle_id), forms.StudyForm(request.POST)
    return _answer(
        request,
        cycle,
        "study",
        form,
        lambda: actions.record_study(cycle, request.person, **form.cleaned_data),
    )


@require_POST
def decide(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = _led(request, cycle_id)
    form = forms.DecideForm(request.POST, cycle=cycle)

    def save() -> None:
        given = form.cleaned_data
        decision, why = Decision(given["decision"]), given["why"]
        # Sent twice, the same decision is no change of it.
        differs = (cycle.decision, cycle.decision_why) != (decision, why)
        verb = actions.change_decision if cycle.stage == Stage.DONE and differs else actions.decide
        verb(cycle, request.person, decision=decision, why=why, version=given["version"])
        say(request, _("Decided: %(decision)s.") % {"decision": decision.label})

    return _answer(request, cycle, "decide", form, save)


@require_POST
def stop(request: Request, cycle_id: UUID) -> HttpResponse:
    """Abandon a test before its end, with the reason."""
    cycle, form = _led(request, cycle_id), forms.StopForm(request.POST)

    def save() -> None:
        actions.decide(cycle, request.person, decision=Decision.ABANDON, **form.cleaned_data)

    return _answer(request, cycle, "stop", form, save)


@require_POST
def copy(request: Request, cycle_id: UUID) -> HttpResponse:
    """Plan the same test at the place where one stands."""
    cycle = _view(request, cycle_id)
    made = actions.clone(request.place, request.person, cycle=cycle, id=_id(request))
    say(request, _("The plan is copied to %(place)s. Fit it to your place.") % {"place": request.place.name})
    return HttpResponseRedirect(reverse("cycles:change_plan", kwargs={"cycle_id": made.pk}))


def share(request: Request, cycle_id: UUID) -> HttpResponse:
    cycle = get_allowed(request, Act.SHARE, Cycle.objects.for_page(), cycle_id)
    form = bind(request, forms.ShareForm, places=places_to_share_with(cycle))

    def save(filled: forms.ShareForm) -> str:
        given = filled.cleaned_data
        grants.share(cycle, request.person, unit=given["unit"], why=given["why"], ends_on=given["ends_on"])
        say(request, _("Shared with %(place)s.") % {"place": given["unit"].name})
        return request.path

    return form_page(request, "cycles/share.html", form, save, cycle=cycle, shares=shares_of(cycle))


@require_POST
def unshare(request: Request, cycle_id: UUID, unit_id: UUID) -> HttpResponse:
    cycle = get_allowed(request, Act.SHARE, Cycle, cycle_id)
    shared = next((one for one in shares_of(cycle) if one.unit_id == unit_id), None)
    if shared:
        grants.unshare(cycle, request.person, unit=shared.unit)
        say(request, _("No longer shared with %(place)s.") % {"place": shared.unit.name})
    return HttpResponseRedirect(reverse("cycles:share", kwargs={"cycle_id": cycle.pk}))


def _answer(
    request: Request,
    cycle: Cycle,
    name: str,
    form: BaseForm,
    save: Callable[[], object],
    *,
    checked: bool = False,
) -> HttpResponse:
    """Do it and go back to the test; a refusal shows the page again with everything typed."""
    status = 422
    if checked or form.is_valid():
        try:
            save()
        except (Invalid, Conflict) as error:
            refuse(form, error)
            status = error.status
        else:
            part = "study" if checked else _LEADS_TO.get(name, name)
            return HttpResponseRedirect(f"{address(cycle)}#{part}")
    return page(
        request, "cycles/show.html", status=status, d=read(request, cycle.pk, **{name: form}), refused=form
    )


def _view(request: Request, cycle_id: UUID) -> Cycle:
    return get_allowed(request, Act.VIEW_CYCLE, Cycle.objects.for_page(), cycle_id)


def _led(request: Request, cycle_id: UUID) -> Cycle:
    """The test, for someone who may run it; others who see it are told so, before their answers are looked at."""
    cycle = _view(request, cycle_id)
    if not can(request.person, Act.RUN_CYCLE, cycle):
        raise NotAllowed
    return cycle


def _run(request: Request, cycle_id: UUID) -> Cycle:
    return get_allowed(request, Act.RUN_CYCLE, Cycle.objects.for_page(), cycle_id)


def _expect_planner(request: Request) -> None:
    if not can(request.person, Act.PLAN_CYCLE, request.place):
        raise NotAllowed(
            _("Tests at %(place)s are planned by the people who work there.") % {"place": request.place.name}
        )


def _plan_choices(request: Request, cycle: Cycle | None = None) -> dict[str, object]:
    unit = cycle.unit if cycle else request.place
    return {
        "series": choices.series_at(unit, request.person),
        "ideas": choices.ideas_for(unit, request.person),
        "teams": choices.teams_at(unit, request.person),
    }


def _asked(request: Request) -> dict[str, object]:
    """What a link from an idea or a chart asks to be filled in."""
    asked = {name: as_id(request.GET.get(name)) for name in ("idea", "series")}
    return {name: value for name, value in asked.items() if value}


def _id(request: Request) -> UUID | None:
    form = forms.Once(request.POST)
    return form.cleaned_data["id"] if form.is_valid() else None
