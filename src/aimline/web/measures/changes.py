"""Forms about what is counted: define it, follow it here, write a number, set the goal."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from aimline.access.rules import Act, allowed, can
from aimline.core import clock
from aimline.core.errors import Conflict, NotAllowed
from aimline.measures import actions
from aimline.measures.catalogue import not_followed
from aimline.measures.frames import Line, Spot, line
from aimline.measures.models import Measure, Series
from aimline.measures.periods import parse_period
from aimline.measures.points import Values
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.reports.lines import written
from aimline.web.measures.forms import AimForm, FollowForm, GroupForm, MeasureForm, PointForm
from aimline.web.shell import Request, bind, form_page, get_allowed, say

form_view = require_http_methods(["GET", "HEAD", "POST"])
Theirs = Sequence[tuple[object, object]]


@form_view
def define(request: Request) -> HttpResponse:
    """A new measure of this place, followed here from the start."""
    _require(request, Act.EDIT_MEASURE)

    def save(form: MeasureForm) -> str:
        facts = _facts(form)
        measure = actions.define_measure(request.place, request.person, id=form.cleaned_data["id"], **facts)
        one = actions.open_series(request.place, request.person, measure=measure)
        say(request, _("%(measure)s is defined. Record its first number.") % {"measure": measure.name})
        return _address(one)

    form = bind(request, MeasureForm, people=_people(request))
    return form_page(
        request,
        "measures/define.html",
        form,
        save,
        back=reverse("measures:list"),
        follows=not_followed(request.place).exists(),
    )


@form_view
def follow(request: Request) -> HttpResponse:
    """A measure of a place above, counted here too."""
    _require(request, Act.EDIT_MEASURE)

    def save(form: FollowForm) -> str:
        return _address(
            actions.open_series(request.place, request.person, measure=form.cleaned_data["measure"])
        )

    form = bind(request, FollowForm, measures=not_followed(request.place))
    return form_page(request, "measures/follow.html", form, save, back=reverse("measures:list"))


@form_view
def edit(request: Request, series_id: UUID) -> HttpResponse:
    one = _series(request, Act.VIEW_MEASURE, series_id)
    measure = get_allowed(request, Act.EDIT_MEASURE, Measure, one.measure_id)

    def save(form: MeasureForm) -> str:
        try:
            actions.change_measure(
                measure, request.person, version=form.cleaned_data["version"], **_facts(form)
            )
        except Conflict as conflict:
            raise with_theirs(form, conflict, _as_told(measure)) from conflict
        say(request, _("The measure is changed."))
        return _address(one)

    form = bind(request, MeasureForm, people=_people(request), initial=_initial(measure))
    if not measure.is_written:
        # The recipe or the instrument says what is counted, as what, and how often.
        for name in ("definition", "scale", "rhythm"):
            del form.fields[name]
    return form_page(request, "measures/edit.html", form, save, back=_address(one), series=one)


@require_POST
def end(request: Request, series_id: UUID) -> HttpResponse:
    """Stop counting; the points stay."""
    one = _series(request, Act.VIEW_MEASURE, series_id)
    measure = actions.end_measure(
        get_allowed(request, Act.EDIT_MEASURE, Measure, one.measure_id), request.person
    )
    say(request, _("%(measure)s is no longer counted. Its numbers stay.") % {"measure": measure.name})
    return HttpResponseRedirect(reverse("measures:list"))


@form_view
def add_group(request: Request, series_id: UUID) -> HttpResponse:
    """The same measure for one student group."""
    one = _series(request, Act.EDIT_MEASURE, series_id)

    def save(form: GroupForm) -> str:
        facts = form.cleaned_data
        group = actions.open_series(
            one.unit,
            request.person,
            measure=one.measure,
            team=one.team,
            group=facts["group"],
            dimension=facts["dimension"],
        )
        return _address(group)

    return form_page(
        request, "measures/add_group.html", bind(request, GroupForm), save, back=_address(one), series=one
    )


@form_view
def record(request: Request, series_id: UUID) -> HttpResponse:
    """One number by hand; with `?period=`, the one of that period to be written over."""
    one = _series(request, Act.RECORD_POINTS, series_id)
    now = line(one)

    def save(form: PointForm) -> str:
        given = form.cleaned_data
        values = Values(given["value"], given["numerator"], given["denominator"], given["n"])
        try:
            actions.record_point(
                one, request.person, period=given["period"], values=values, version=given["version"] or 0
            )
        except Conflict as conflict:
            raise with_theirs(form, conflict, _point_as_told(line(one), given["period"])) from conflict
        say(request, _("The number for %(period)s is kept.") % {"period": given["period"]})
        return _address(one)

    period = request.GET.get("period", "")
    held = _held(now, period)
    form = bind(request, PointForm, initial=_point(held, period))
    return form_page(
        request,
        "measures/record.html",
        form,
        save,
        back=_address(one),
        series=one,
        heading=_("Change this number") if held else _("Record a number"),
        held=held,
        may_leave_out=held and can(request.person, Act.EDIT_MEASURE, one),
    )


@form_view
def aim(request: Request, series_id: UUID) -> HttpResponse:
    """How far by when."""
    one = _series(request, Act.EDIT_MEASURE, series_id)

    def save(form: AimForm) -> str:
        given = form.cleaned_data
        start, goal = (given["starts_on"], given["start_value"]), (given["due_on"], given["value"])
        try:
            actions.set_target(one, request.person, start=start, goal=goal, version=given["version"])
        except Conflict as conflict:
            raise with_theirs(form, conflict, _goal_as_told(line(one))) from conflict
        say(request, _("The goal is set. The aimline leads to it."))
        return _address(one)

    form = bind(request, AimForm, initial=_goal(line(one)))
    return form_page(request, "measures/aim.html", form, save, back=_address(one), series=one)


def _series(request: Request, act: Act, id: UUID) -> Series:
    return get_allowed(request, act, Series.objects.for_page(), id)


def _address(one: Series) -> str:
    return reverse("measures:show", args=[one.pk])


def _require(request: Request, act: Act) -> None:
    if not can(request.person, act, request.place):
        raise NotAllowed


def _people(request: Request) -> QuerySet[Person]:
    here = Person.objects.filter(is_active=True, posts__unit__path__startswith=request.place.path)
    return allowed(request.person, Act.VIEW_PEOPLE, here).distinct().order_by("name")


def _facts(form: MeasureForm) -> dict[str, object]:
    return {name: value for name, value in form.cleaned_data.items() if name not in ("id", "version")}


def _initial(measure: Measure) -> dict[str, object]:
    names = (
        "name",
        "definition",
        "kind",
        "scale",
        "better",
        "rhythm",
        "chart",
        "used_by",
        "if_worse",
        "owner",
        "code",
    )
    return {name: getattr(measure, name) for name in names} | {"version": measure.version}


def with_theirs(form: Form, conflict: Conflict, theirs: Theirs) -> Conflict:
    """Show what stands now beside what was typed; sending once more writes over it."""
    form.theirs = theirs  # type: ignore[attr-defined]
    retold = QueryDict(mutable=True)
    retold.update(
        {**{name: form.data[name] for name in form.data}, "version": str(conflict.facts["version"])}
    )
    form.data = retold
    return conflict


def _as_told(measure: Measure) -> Theirs:
    return [
        (_("Name"), measure.name),
        (_("What counts"), measure.definition),
        (_("Kind"), measure.get_kind_display()),
        (_("How often"), measure.get_rhythm_display()),
        (_("Who uses it"), measure.used_by),
        (_("What they do if it gets worse"), measure.if_worse),
    ]


def _held(now: Line, period: str) -> Spot | None:
    return next((spot for spot in now.spots if spot.period == period and spot.id), None)


def _point(held: Spot | None, period: str) -> dict[str, object]:
    """The form's start: the point to be changed, if it may be seen, else today."""
    if held is None:
        return {"period": period or clock.today().isoformat(), "version": 0}
    numbers = {"numerator": held.numerator, "denominator": held.denominator, "n": held.n}
    if held.numerator is None:
        numbers["value"] = held.value
    typed = {name: f"{number:g}" for name, number in numbers.items() if number is not None}
    return {"period": held.period, "version": held.version, **typed}


def _point_as_told(now: Line, period: str) -> Theirs:
    label = parse_period(period).label
    held = _held(now, label)
    if held is None or held.hidden:
        return [(label, _("A number that is hidden to protect students."))]
    return [(label, written(held.value, now.series.measure) or held.text)]


def _goal(now: Line) -> dict[str, object]:
    held = now.target
    if held:
        values = {"start_value": f"{held.start_value:g}", "value": f"{held.value:g}"}
        return {**values, "starts_on": held.starts_on, "due_on": held.due_on, "version": held.version}
    before = now.chart.phases[-1].centre if now.chart.phases else None
    return {"starts_on": clock.today(), "start_value": "" if before is None else f"{before:.3g}"}


def _goal_as_told(now: Line) -> Theirs:
    held = now.target
    if held is None:
        return []
    value = written(held.value, now.series.measure)
    return [(_("Goal"), _("%(value)s by %(day)s") % {"value": value, "day": figures.full_day(held.due_on)})]
