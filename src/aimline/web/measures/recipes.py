"""Measures of student data: pick a recipe, choose, look at the figures, keep it; and see how they stood on a day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from aimline.access.rules import Act, can
from aimline.core import clock
from aimline.core.errors import AimlineError, NotAllowed, NotFound
from aimline.measures import actions, recounts
from aimline.measures.models import ALL, Measure, Series
from aimline.measures.recipes import definitions
from aimline.measures.recipes.figures import figures
from aimline.measures.recipes.holdings import Holdings
from aimline.measures.recipes.kinds import KINDS
from aimline.measures.recipes.model import Counted, Recipe, counted, recipe, recipes
from aimline.measures.recipes.showing import Shown, as_of, shown
from aimline.measures.recipes.suggestions import Offer, is_possible, offer
from aimline.org.models import Unit
from aimline.reports.lines import written
from aimline.web.inputs import DateField
from aimline.web.measures.recipe_form import RecipeForm, given_in, initial_of
from aimline.web.shell import Request, get_allowed, page, refuse, say

# How many periods a preview shows.
LAST = 8


@require_GET
def choose(request: Request) -> HttpResponse:
    """The questions that student data can answer."""
    _require(request, request.place)
    holdings = Holdings(request.place)
    offers = [(one, is_possible(one, holdings)) for one in recipes()]
    return page(
        request,
        "measures/recipes.html",
        possible=[one for one, held in offers if held],
        missing=[one for one, held in offers if not held],
    )


@require_http_methods(["GET", "HEAD", "POST"])
def define(request: Request, recipe_key: str) -> HttpResponse:
    """Fill a recipe in, with a look at its figures, and keep it as a measure of this place."""
    _require(request, request.place)
    found = _recipe(recipe_key)
    form = _form(request, found, request.place)

    def save(what: Counted) -> str:
        facts = {"name": form.cleaned_data["name"], "code": form.cleaned_data["code"]}
        draft = _draft(request.place, found, what, form.cleaned_data["rhythm"])
        told = {name: getattr(draft, name) for name in _TOLD}
        measure = actions.define_measure(
            request.place, request.person, id=form.cleaned_data["id"], **told, **facts
        )
        one = actions.open_series(request.place, request.person, measure=measure)
        recounts.ask_for([measure])
        say(request, _("%(measure)s is defined. Its numbers are being counted.") % {"measure": measure.name})
        return reverse("measures:show", args=[one.pk])

    return _answer(request, form, save, heading=str(found.name), back=reverse("measures:recipes"))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: Request, counted_id: UUID) -> HttpResponse:
    """Count a measure another way; all of its points are counted again."""
    one, measure = _counted_series(request, Act.EDIT_MEASURE, counted_id)
    what = counted(measure.recipe or {})
    found = _recipe(what.recipe)
    form = _form(request, found, measure.unit, initial_of(what, measure.rhythm))
    back = reverse("measures:show", args=[one.pk])

    def save(what: Counted) -> str:
        rhythm = form.cleaned_data["rhythm"]
        facts = {"recipe": what.as_json(), "rhythm": rhythm, "definition": _kept_words(what, rhythm)}
        actions.change_measure(measure, request.person, **facts)
        recounts.ask_for([measure])
        say(request, _("The measure is changed. Its numbers are being counted again."))
        return back

    return _answer(request, form, save, heading=measure.name, back=back)


class DayForm(forms.Form):
    day = DateField(label=_("Day"))


@require_GET
def as_it_stood(request: Request, counted_id: UUID) -> HttpResponse:
    """The figures of one line as the student data stood at the end of a day, beside those of today."""
    one, measure = _counted_series(request, Act.EDIT_MEASURE, counted_id)
    form = DayForm(request.GET if "day" in request.GET else None)
    rows: list[dict[str, str]] = []
    if form.is_bound and form.is_valid():
        day: date = form.cleaned_data["day"]
        moment = timezone.make_aware(datetime.combine(day + clock.DAY, time.min))
        then, now = _of(one, as_of(measure, moment)), _of(one, as_of(measure))
        rows = [_row(period, then, now, measure) for period in sorted({*then, *now}, reverse=True)]
    return page(
        request,
        "measures/as_it_stood.html",
        form=form,
        series=one,
        rows=rows,
        asked=form.is_bound and form.is_valid(),
        status=422 if form.errors else 200,
    )


_TOLD = ("definition", "kind", "better", "scale", "rhythm", "recipe")


def _require(request: Request, unit: Unit) -> None:
    if not can(request.person, Act.EDIT_MEASURE, unit):
        raise NotAllowed


def _recipe(key: str) -> Recipe:
    found = recipe(key)
    if found is None:
        raise NotFound
    return found


def _counted_series(request: Request, act: Act, id: UUID) -> tuple[Series, Measure]:
    one = get_allowed(request, act, Series.objects.for_page(), id)
    measure = get_allowed(request, act, Measure.objects.select_related("unit"), one.measure_id)
    if measure.recipe is None:
        raise NotFound
    return one, measure


def _form(request: Request, found: Recipe, unit: Unit, initial: dict[str, Any] | None = None) -> RecipeForm:
    """What was sent, looked at with a GET and kept with a POST; else what is suggested."""
    data: QueryDict | None = None
    if request.method == "POST" or "rhythm" in request.GET:
        data = request.POST if request.method == "POST" else request.GET
    offered: Offer = offer(found, Holdings(unit), given_in(data) if data is not None else initial)
    if data is not None and request.method != "POST" and "levels" in data:
        # Who looks at another assessment is offered its levels; nothing is kept of what nobody chose.
        data = data.copy()
        data.setlist("levels", offered.chosen.choices["levels"])
    return RecipeForm(data, offer=offered, named=initial is None, initial=initial or {})


def _answer(request: Request, form: RecipeForm, save: Any, *, heading: str, back: str) -> HttpResponse:
    if "look" in request.POST:
        return HttpResponseRedirect(f"{request.path}?{_without(request.POST)}#figures")
    status, what = 200, None
    if form.is_bound:
        status = 200 if form.is_valid() else 422
        what = form.counted() if status == 200 else None
    if what and request.method == "POST":
        try:
            return HttpResponseRedirect(save(what))
        except AimlineError as error:
            refuse(form, error)
            status = error.status
    return page(
        request,
        "measures/recipe.html",
        form=form,
        heading=heading,
        back=back,
        recipe=form.offer.recipe,
        named="name" in form.fields,
        preview=_preview(request.place, form, what) if what else None,
        status=status,
    )


def _without(sent: QueryDict) -> str:
    """What was chosen, as an address: what belongs to sending is left out."""
    kept = sent.copy()
    for name in ("csrfmiddlewaretoken", "look", "id"):
        kept.pop(name, None)
    return kept.urlencode()


def _preview(unit: Unit, form: RecipeForm, what: Counted) -> dict[str, Any]:
    """The last figures of everyone at this place, through the gate, and the definition in words."""
    rhythm = form.cleaned_data["rhythm"]
    draft = _draft(unit, form.offer.recipe, what, rhythm)
    whole = Counted(what.kind, what.choices, (), what.counting, what.recipe)
    here = [one for one in shown(draft, figures(whole, unit, rhythm)) if one.unit == unit]
    return {
        "rows": [_told(one, draft) for one in here[-LAST:]],
        "more": max(len(here) - LAST, 0),
        "definition": definitions.in_words(what, rhythm),
    }


def _draft(unit: Unit, found: Recipe, what: Counted, rhythm: str) -> Measure:
    return Measure(
        unit=unit,
        name=str(found.name),
        definition=_kept_words(what, rhythm),
        kind=found.role,
        better=found.better,
        scale=KINDS[what.kind].scale,
        rhythm=rhythm,
        recipe=what.as_json(),
    )


def _kept_words(what: Counted, rhythm: str) -> str:
    # Kept in one language for files and programs; pages say it in the reader's.
    return definitions.in_words(what, rhythm, language="en")


def _told(one: Shown, measure: Measure) -> dict[str, str]:
    values = one.values
    if values is None:
        return {"period": one.period, "value": "", "students": ""}
    return {"period": one.period, "value": written(values.value, measure), "students": f"{values.n or 0:,}"}


def _of(one: Series, found: list[Shown]) -> dict[str, Shown]:
    here = (each for each in found if each.unit.pk == one.unit_id and each.group == (one.group or ALL))
    return {each.period: each for each in here}


def _row(period: str, then: dict[str, Shown], now: dict[str, Shown], measure: Measure) -> dict[str, str]:
    return {
        "period": period,
        "then": _said(then.get(period), measure),
        "now": _said(now.get(period), measure),
    }


def _said(one: Shown | None, measure: Measure) -> str:
    if one is None:
        return _("no figure")
    return written(one.values.value, measure) if one.values else _("hidden")
