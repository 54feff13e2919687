"""Editing the diagram. Each act is a plain form; with HTMX the columns are swapped and the focus stays at the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from aimline.access.rules import Act
from aimline.core.errors import Conflict, Invalid, NotFound
from aimline.theory import actions, checks
from aimline.theory.models import BalancingMeasure, ChangeIdea, Driver, DriverLevel, Link, Theory
from aimline.web.shell import Request, bind, fragment, get_allowed, page, refuse, say
from aimline.web.theory import grounding, options
from aimline.web.theory.forms import (
    AddForm,
    BalancingForm,
    DriverForm,
    IdeaForm,
    NodeForm,
    Versioned,
    first_values,
)

Node = Driver | ChangeIdea
COLUMNS = "theory/edit.html#columns"


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    level: int | None
    title: Promise
    hint: Promise
    adds: Promise


@dataclass(frozen=True, slots=True)
class Row:
    """One node as its column shows it, with the drivers it serves in words."""

    node: Node
    kind: str
    serves: tuple[tuple[str, bool], ...]
    is_first: bool
    is_last: bool

    @property
    def id(self) -> str:
        return str(self.node.pk)


@dataclass(frozen=True, slots=True)
class Filled:
    column: Column
    rows: tuple[Row, ...]
    form: AddForm


ALL = (
    Column(
        "primary",
        DriverLevel.PRIMARY,
        gettext_lazy("Primary drivers"),
        gettext_lazy("What must be true to reach the aim. Two to five."),
        gettext_lazy("Add a primary driver"),
    ),
    Column(
        "secondary",
        DriverLevel.SECONDARY,
        gettext_lazy("Secondary drivers"),
        gettext_lazy("Where the work is: parts of a primary driver."),
        gettext_lazy("Add a secondary driver"),
    ),
    Column(
        "ideas",
        None,
        gettext_lazy("Change ideas"),
        gettext_lazy("What we try. Begin with a verb, small enough to test."),
        gettext_lazy("Add an idea"),
    ),
)


def edit(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.for_page(), theory_id)
    template = COLUMNS if request.htmx else "theory/edit.html"
    kept = [] if request.htmx else grounding.strengths(request.person, theory.unit, theory)
    facts = _board(request, theory, focus=request.GET.get("focus", ""))
    nodes = [(node.name, reverse("theory:ground_idea", args=[node.pk])) for node in theory.ideas.all()]
    whole = (theory.title, reverse("theory:ground_theory", args=[theory.pk]))
    return page(request, template, strengths=kept, nodes=[whole, *nodes], **facts)


@require_POST
def add(request: Request, theory_id: UUID, column: str) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.for_page(), theory_id)
    chosen = next((each for each in ALL if each.key == column), None)
    if chosen is None:
        raise NotFound
    form = AddForm(request.POST, prefix=column, effects=options.drivers_to_serve(chosen.level, theory))
    try:
        made = _add(request, theory, chosen, form) if form.is_valid() else None
    except Invalid as refusal:
        refuse(form, refusal)
        made = None
    if made is None:
        facts = _board(request, theory, focus=f"id_{column}-name", forms={column: form})
        return fragment(request, COLUMNS, status=422, **facts)
    say(request, _("“%(name)s” is added.") % {"name": made.name})
    return _done(request, theory.pk, focus=f"id_{column}-name", anchor=f"add-{column}")


def _add(request: Request, theory: Theory, column: Column, form: AddForm) -> Node:
    facts = {"name": form.cleaned_data["name"], "serves": form.served(), "id": form.cleaned_data["id"]}
    if column.level is None:
        return actions.add_idea(theory, request.person, **facts)
    return actions.add_driver(theory, request.person, level=DriverLevel(column.level), **facts)


def change_driver(request: Request, driver_id: UUID) -> HttpResponse:
    driver = get_allowed(request, Act.EDIT_THEORY, Driver.objects.select_related("theory__unit"), driver_id)
    form = bind(
        request,
        DriverForm,
        initial=first_values(driver, _served(driver)),
        effects=options.drivers_to_serve(driver.level, driver.theory),
        measures=options.measures_at(request.person, driver.theory.unit),
        primary=driver.is_primary,
        auto_id=f"{driver.pk}-%s",
    )

    def save() -> None:
        given = form.cleaned_data
        parts = {name: given[name] for name in ("name", "measure", "version")}
        if driver.is_primary:
            actions.change_driver(driver, request.person, less_sure=given["less_sure"], **parts)
        else:
            actions.change_driver(driver, request.person, serves=form.served(), **parts)

    return _change(request, driver, form, save)


def change_idea(request: Request, idea_id: UUID) -> HttpResponse:
    idea = get_allowed(request, Act.EDIT_THEORY, ChangeIdea.objects.select_related("theory__unit"), idea_id)
    effects = options.drivers_to_serve(None, idea.theory)
    first = first_values(idea, _served(idea))
    form = bind(request, IdeaForm, initial=first, effects=effects, auto_id=f"{idea.pk}-%s")

    def save() -> None:
        given = form.cleaned_data
        parts = {name: given[name] for name in ("name", "description", "version")}
        actions.change_idea(idea, request.person, serves=form.served(), **parts)

    return _change(request, idea, form, save)


def _change(request: Request, node: Node, form: NodeForm, save: Callable[[], None]) -> HttpResponse:
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                save()
            except (Invalid, Conflict) as refusal:
                refuse(form, refusal)
            else:
                say(request, _("“%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
                return _done(request, node.theory_id, focus=f"change-{node.pk}", anchor=f"node-{node.pk}")
    return _beside(request, "theory/change.html#form", node, status=status, form=form, kind=_kind(node))


@require_POST
def move_driver(request: Request, driver_id: UUID) -> HttpResponse:
    driver = get_allowed(request, Act.EDIT_THEORY, Driver.objects.select_related("theory"), driver_id)
    actions.move_driver(driver, request.person, by=_steps(request))
    return _moved(request, driver)


@require_POST
def move_idea(request: Request, idea_id: UUID) -> HttpResponse:
    idea = get_allowed(request, Act.EDIT_THEORY, ChangeIdea.objects.select_related("theory"), idea_id)
    actions.move_idea(idea, request.person, by=_steps(request))
    return _moved(request, idea)


def _steps(request: Request) -> int:
    try:
        return int(request.POST.get("by", ""))
    except ValueError:
        raise Invalid(_("Say how far to move it.")) from None


def _moved(request: Request, node: Node) -> HttpResponse:
    say(request, _("“%(name)s” is moved.") % {"name": node.name})
    way = "up" if _steps(request) < 0 else "down"
    return _done(request, node.theory_id, focus=f"{way}-{node.pk}", anchor=f"node-{node.pk}")


def remove_driver(request: Request, driver_id: UUID) -> HttpResponse:
    """Say what hangs on a driver, and ask."""
    driver = get_allowed(request, Act.EDIT_THEORY, Driver.objects.select_related("theory__unit"), driver_id)
    drivers, ideas = checks.hanging_on(driver)
    held = any(checks.is_held(idea) for idea in ideas)
    return _remove(request, driver, actions.remove_driver, hanging=[*drivers, *ideas], held=held)


def remove_idea(request: Request, idea_id: UUID) -> HttpResponse:
    idea = get_allowed(request, Act.EDIT_THEORY, ChangeIdea.objects.select_related("theory__unit"), idea_id)
    return _remove(request, idea, actions.remove_idea, hanging=[], held=checks.is_held(idea))


def _remove(
    request: Request, node: Node, act: Callable[..., Theory], *, hanging: list[Node], held: bool
) -> HttpResponse:
    form = bind(request, Versioned, initial={"version": node.version})
    status = 200
    if form.is_bound and form.is_valid():
        name, pk = node.name, node.theory_id
        try:
            act(node, request.person, version=form.cleaned_data["version"])
        except Conflict as refusal:
            refuse(form, refusal)
            status = 422 if request.htmx else refusal.status
        else:
            say(request, _("“%(name)s” is removed.") % {"name": name})
            return _done(request, pk, focus=f"id_{_column(node)}-name", anchor=f"add-{_column(node)}")
    facts: dict[str, Any] = {"form": form, "hanging": hanging, "held": held, "kind": _kind(node)}
    return _beside(request, "theory/remove.html#form", node, status=status, **facts)


@require_POST
def add_balancing(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.for_page(), theory_id)
    form = BalancingForm(request.POST, measures=options.measures_at(request.person, theory.unit))
    if form.is_valid():
        try:
            made = actions.add_balancing(theory, request.person, measure=form.cleaned_data["measure"])
        except Invalid as refusal:
            refuse(form, refusal)
        else:
            say(request, _("“%(name)s” is watched for harm.") % {"name": made.measure.name})
            return _done(request, theory.pk, focus="id_measure", anchor="balancing")
    return fragment(
        request, COLUMNS, status=422, **_board(request, theory, focus="id_measure", balancing=form)
    )


@require_POST
def remove_balancing(request: Request, balancing_id: UUID) -> HttpResponse:
    rows = BalancingMeasure.objects.select_related("theory", "measure")
    balancing = get_allowed(request, Act.EDIT_THEORY, rows, balancing_id)
    actions.remove_balancing(balancing, request.person)
    say(request, _("“%(name)s” is no longer watched.") % {"name": balancing.measure.name})
    return _done(request, balancing.theory_id, focus="id_measure", anchor="balancing")


def _done(request: Request, theory_id: UUID, *, focus: str, anchor: str) -> HttpResponse:
    """The columns as they are now, with the focus where the work goes on; without HTMX the page, at that place."""
    if not request.htmx:
        return HttpResponseRedirect(f"{reverse('theory:edit', args=[theory_id])}#{anchor}")
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.for_page(), theory_id)
    return fragment(request, COLUMNS, **_board(request, theory, focus=focus))


def _beside(request: Request, template: str, node: Node, *, status: int, **facts: Any) -> HttpResponse:
    """A form in the row of its node; a page of its own without HTMX."""
    response = fragment(request, template, status=status, node=node, theory=node.theory, **facts)
    if request.htmx:
        response.headers["HX-Retarget"] = f"#node-{node.pk}"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _board(
    request: Request,
    theory: Theory,
    *,
    focus: str = "",
    forms: dict[str, AddForm] | None = None,
    balancing: BaseForm | None = None,
) -> dict[str, Any]:
    balancing = balancing or BalancingForm(measures=options.measures_at(request.person, theory.unit))
    if focus == "id_measure":
        balancing.fields["measure"].widget.attrs["data-focus"] = ""
    columns = [_filled(theory, column, (forms or {}).get(column.key)) for column in ALL]
    return {
        "theory": theory,
        "columns": columns,
        "focus": focus,
        "balancing": balancing,
        "watched": list(theory.balancing.all()),
    }


def _filled(theory: Theory, column: Column, form: AddForm | None) -> Filled:
    nodes: list[Node] = list(theory.ideas.all()) if column.level is None else _of_level(theory, column.level)
    names = {driver.pk: driver.name for driver in theory.drivers.all()}
    links: dict[UUID, list[Link]] = {}
    for link in theory.links.all():
        links.setdefault(link.cause_id, []).append(link)
    rows = tuple(
        Row(
            node,
            _kind(node),
            tuple((names[link.effect_id], link.less_sure) for link in links.get(node.pk, ())),
            index == 0,
            index == len(nodes) - 1,
        )
        for index, node in enumerate(nodes)
    )
    effects = options.drivers_to_serve(column.level, theory)
    return Filled(column, rows, form or AddForm(prefix=column.key, effects=effects))


def _of_level(theory: Theory, level: int) -> list[Node]:
    return [driver for driver in theory.drivers.all() if driver.level == level]


def _served(node: Node) -> dict[UUID, bool]:
    return dict(node.effects.values_list("effect", "less_sure"))


def _kind(node: Node) -> str:
    return "driver" if isinstance(node, Driver) else "idea"


def _column(node: Node) -> str:
    level = node.level if isinstance(node, Driver) else None
    return next(column.key for column in ALL if column.level == level)
