"""Doing: say what a theory, a driver or an idea means for what reviews found."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from aimline.access.rules import Act
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Finding, Recommendation
from aimline.theory import actions, grounds
from aimline.theory.models import ChangeIdea, Driver, Theory
from aimline.web.middleware import as_id
from aimline.web.shell import Request, bind, form_page, get_allowed, say
from aimline.web.theory.ground_forms import GroundForm
from aimline.web.theory.grounding import address


def of_theory(request: Request, theory_id: UUID) -> HttpResponse:
    theory = get_allowed(request, Act.EDIT_THEORY, Theory.objects.select_related("unit"), theory_id)
    return _page(request, theory, theory, theory.title)


def of_driver(request: Request, driver_id: UUID) -> HttpResponse:
    driver = get_allowed(request, Act.EDIT_THEORY, Driver.objects.select_related("theory__unit"), driver_id)
    return _page(request, driver, driver.theory, driver.name)


def of_idea(request: Request, idea_id: UUID) -> HttpResponse:
    idea = get_allowed(request, Act.EDIT_THEORY, ChangeIdea.objects.select_related("theory__unit"), idea_id)
    return _page(request, idea, idea.theory, idea.name)


def _page(request: Request, node: grounds.Node, theory: Theory, name: str) -> HttpResponse:
    form = bind(request, GroundForm, person=request.person, place=theory.unit, held=grounds.held(node))

    def save(filled: GroundForm) -> str:
        keep(filled, node, request.person)
        say(request, _("Saved."))
        return address(node)

    return form_page(request, "theory/ground.html", form, save, theory=theory, name=name, back=address(node))


def keep(filled: GroundForm, node: grounds.Node, person: Person) -> None:
    """Say what is said otherwise than before, and nothing twice."""
    for found, stance, reason in filled.changes():
        if stance is not None:
            actions.ground(node, person, to=found, stance=stance, reason=reason)
        elif found.pk in filled.held:
            actions.unground(filled.held[found.pk], person)


def start_from(request: Request, place: Unit) -> tuple[GroundForm, dict[str, str]]:
    """What a new theory is started from, and what its form says of it before anyone types."""
    found = _found(request)
    form = bind(
        request,
        GroundForm,
        person=request.person,
        place=place,
        chosen=found.pk if found else None,
        prefix="g",
    )
    return form, _words(found) if found else {}


def _found(request: Request) -> Finding | Recommendation | None:
    """The finding or the recommendation that the address names, if this person may read it."""
    finding, advice = as_id(request.GET.get("finding")), as_id(request.GET.get("recommendation"))
    if finding:
        return grounds.findings_seen(request.person).filter(pk=finding).first()
    return grounds.recommendations_seen(request.person).filter(pk=advice).first() if advice else None


def _words(found: Finding | Recommendation) -> dict[str, str]:
    if isinstance(found, Finding):
        why = _("A review found (%(review)s): %(text)s")
        return {"why": why % {"review": found.review.name, "text": found.text}}
    facts = {"review": found.review.name, "text": found.text}
    lines = [
        *(
            _("A review found (%(review)s): %(text)s") % {**facts, "text": one.text}
            for one in found.findings.all()
        ),
        _("It recommends: %(text)s") % facts,
        _("First step: %(step)s") % {"step": found.first_step} if found.first_step else "",
        _("First sign: %(sign)s") % {"sign": found.first_sign} if found.first_sign else "",
    ]
    return {"title": found.text[:160], "why": "\n".join(line for line in lines if line)}
