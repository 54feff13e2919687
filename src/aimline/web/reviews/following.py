"""What was done with what a review found: the theories and ideas that answer it, and the tests of these ideas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed, can
from aimline.cycles.models import Cycle
from aimline.people.models import Person
from aimline.reviews.models import Finding, Recommendation, Review
from aimline.theory import grounds
from aimline.theory.models import ChangeIdea, Driver, Ground
from aimline.web.shell import Request
from aimline.web.theory.grounding import address

Found = Finding | Recommendation


@dataclass(frozen=True, slots=True)
class Came:
    """One thing that came of it; `stance` is said of strengths, which are kept or not."""

    text: str
    href: str
    stance: str = ""
    drops: bool = False


@dataclass(frozen=True, slots=True)
class Followed:
    """A finding or a recommendation as later work sees it. Without `start` nobody may start a theory here."""

    found: Found
    kind: str
    came: tuple[Came, ...]
    start: str = ""


def of_review(request: Request, review: Review) -> list[Followed]:
    """Every recommendation and every final finding of a review that this person may read."""
    advice = grounds.recommendations_seen(request.person).filter(review=review).order_by("priority")
    findings = grounds.findings_seen(request.person).filter(review=review, final_on__isnull=False)
    return follow(request, [*advice, *findings])


def follow(request: Request, found: Sequence[Found]) -> list[Followed]:
    came = _came(request.person, found)
    starts = can(request.person, Act.EDIT_THEORY, request.place)
    return [
        Followed(one, _kind(one), tuple(came.get(one.pk, ())), _start(one) if starts else "") for one in found
    ]


def _came(person: Person, found: Sequence[Found]) -> dict[UUID, list[Came]]:
    rows = list(grounds.came_of(person, found))
    ideas = {one.idea_id for one in rows if one.idea_id}
    tests: dict[UUID | None, list[Came]] = {}
    for cycle in allowed(person, Act.VIEW_CYCLE, Cycle.objects.filter(idea__in=ideas)).order_by("starts_on"):
        tests.setdefault(cycle.idea_id, []).append(_test(cycle))
    came: dict[UUID, list[Came]] = {}
    for one in rows:
        came.setdefault(one.on.pk, []).extend(
            [_made(one), *(tests.get(one.idea_id, ()) if one.idea_id else ())]
        )
    return came


def _made(one: Ground) -> Came:
    node = one.node
    said = _("Theory: %(name)s") % {"name": one.theory.title}
    if isinstance(node, ChangeIdea | Driver):
        pattern = _("Idea: %(name)s") if isinstance(node, ChangeIdea) else _("Driver: %(name)s")
        said = pattern % {"name": node.name}
    is_strength = one.stance != "answers"
    return Came(said, address(node), one.get_stance_display() if is_strength else "", one.drops)


def _test(cycle: Cycle) -> Came:
    said = _("Test: %(name)s, %(stage)s") % {"name": cycle.title, "stage": cycle.get_stage_display()}
    return Came(said, reverse("cycles:show", args=[cycle.pk]))


def _kind(one: Found) -> str:
    return one.get_kind_display() if isinstance(one, Finding) else _("Recommendation")


def _start(one: Found) -> str:
    """Where a theory is started from it; a strength is kept, not answered."""
    if isinstance(one, Finding):
        is_gap = one.kind == "gap" and one.is_final
        return f"{reverse('theory:start')}?finding={one.pk}" if is_gap else ""
    return f"{reverse('theory:start')}?recommendation={one.pk}"
