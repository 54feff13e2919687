"""Reading a theory: the diagram, the list, the evidence, what changed, files; and the aims of a place."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from aimline.access.rules import Act
from aimline.core.errors import NotFound
from aimline.reports.drawing import diagram
from aimline.theory.models import ChangeIdea, Driver, Theory
from aimline.web.shell import Request, get_allowed, page
from aimline.web.theory import focus, history, lists, nodes, study
from aimline.web.theory.files import KINDS, file_of
from aimline.web.theory.grounding import of_node
from aimline.web.theory.sketch import sketch


@require_GET
def aims(request: Request) -> HttpResponse:
    return page(request, "theory/focus.html", **focus.facts(request))


@require_GET
def theories(request: Request) -> HttpResponse:
    return page(request, "theory/list.html", **lists.facts(request))


@require_GET
def show(request: Request, theory_id: UUID) -> HttpResponse:
    read = study.study(request, _theory(request, theory_id))
    return page(request, "theory/show.html", drawing=_drawn(read), **study.facts(request, read, "show"))


@require_GET
def listed(request: Request, theory_id: UUID) -> HttpResponse:
    read = study.study(request, _theory(request, theory_id))
    return page(request, "theory/listed.html", **study.facts(request, read, "listed"))


@require_GET
def ideas(request: Request, theory_id: UUID) -> HttpResponse:
    read = study.study(request, _theory(request, theory_id))
    return page(
        request, "theory/ideas.html", rows=nodes.by_evidence(read), **study.facts(request, read, "ideas")
    )


@require_GET
def changes(request: Request, theory_id: UUID) -> HttpResponse:
    theory = _theory(request, theory_id)
    told = history.versions(request.person, theory)
    return page(request, "theory/changes.html", theory=theory, versions=told)


@require_GET
def download(request: Request, theory_id: UUID, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise NotFound
    return file_of(study.study(request, _theory(request, theory_id)), kind)


@require_GET
def driver(request: Request, driver_id: UUID) -> HttpResponse:
    found = get_allowed(request, Act.VIEW_THEORY, Driver, driver_id)
    read = study.study(request, _theory(request, found.theory_id))
    return page(
        request,
        "theory/driver.html",
        **nodes.driver_facts(read, found),
        grounds=of_node(request.person, found),
    )


@require_GET
def idea(request: Request, idea_id: UUID) -> HttpResponse:
    found = get_allowed(request, Act.VIEW_THEORY, ChangeIdea, idea_id)
    read = study.study(request, _theory(request, found.theory_id))
    return page(
        request, "theory/idea.html", **nodes.idea_facts(read, found), grounds=of_node(request.person, found)
    )


def _theory(request: Request, theory_id: UUID) -> Theory:
    return get_allowed(request, Act.VIEW_THEORY, Theory.objects.for_page(), theory_id)


def _drawn(read: study.Study) -> SafeString:
    # Our own drawing; every text in it was escaped when it was drawn.
    return mark_safe(diagram.draw(sketch(read), links=True))  # noqa: S308
