"""What a theory, a driver or an idea means for what reviews found: it answers it, or keeps or drops a strength."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Router, Schema

from aimline.access.rules import Act
from aimline.api.door import Request
from aimline.api.shared import Text, get_allowed
from aimline.api.theories import get_theory
from aimline.core.errors import Invalid, NotFound
from aimline.people.models import Person
from aimline.reviews.models import Finding, Recommendation
from aimline.theory import actions, grounds
from aimline.theory.models import ChangeIdea, Driver, Ground, GroundStance, Theory

router = Router(tags=["theories"])
Node = Literal["theory", "driver", "idea"]
About = Literal["finding", "recommendation"]


class FoundOut(Schema):
    """A finding or a recommendation that something may be said of; a strength is kept or not, the rest is answered."""

    about: About
    id: UUID
    review_id: UUID
    review: str
    text: str
    is_strength: bool


class GroundOut(Schema):
    """Without `on_id`, `text` and `reason` where the finding is not this person's to read."""

    id: UUID
    version: int
    node: Node
    node_id: UUID
    about: About
    on_id: UUID | None
    text: str
    stance: GroundStance
    reason: str


class GroundIn(Schema):
    """`node_id` names a driver or an idea of this theory; without it the theory as a whole is meant."""

    node_id: UUID | None = None
    finding_id: UUID | None = None
    recommendation_id: UUID | None = None
    stance: GroundStance = GroundStance.ANSWERS
    reason: Text = Field("", description="Needed where a strength would be dropped.")


@router.get("/{uuid:theory_id}/found", response=list[FoundOut])
def list_found(request: Request, theory_id: UUID) -> list[FoundOut]:
    """What reviews found at the place of a theory, above it and below it, as far as this person may read it."""
    theory = get_theory(request, theory_id)
    gaps, advice = grounds.answerable_at(request.person, theory.unit)
    strengths = grounds.strengths_at(request.person, theory.unit)
    return [*map(_found, advice), *map(_found, gaps), *map(_found, strengths)]


@router.get("/{uuid:theory_id}/grounds", response=list[GroundOut])
def list_grounds(request: Request, theory_id: UUID) -> list[GroundOut]:
    """What was said for a theory, its drivers and its ideas."""
    return _told(request.person, list(get_theory(request, theory_id).grounds.for_page()))


@router.put("/{uuid:theory_id}/grounds", response=GroundOut)
def ground(request: Request, theory_id: UUID, body: GroundIn) -> GroundOut:
    """Say what a theory, a driver or an idea means for a finding or a recommendation; again, to say otherwise."""
    node = _node(get_theory(request, theory_id), body.node_id)
    said = actions.ground(
        node, request.person, to=_on(request.person, body), stance=body.stance, reason=body.reason
    )
    return _told(request.person, [said])[0]


@router.delete("/{uuid:theory_id}/grounds/{uuid:ground_id}", response={204: None})
def unground(request: Request, theory_id: UUID, ground_id: UUID) -> None:
    """Take back what was said."""
    rows = Ground.objects.for_page().filter(theory=theory_id)
    actions.unground(get_allowed(request, Act.VIEW_THEORY, rows, ground_id), request.person)


def _node(theory: Theory, id: UUID | None) -> grounds.Node:
    if id is None:
        return theory
    # Both hang on a theory that was fetched with permission.
    node = theory.drivers.filter(pk=id).first() or theory.ideas.filter(pk=id).first()
    if node is None:
        raise NotFound
    return node


def _on(person: Person, body: GroundIn) -> Finding | Recommendation:
    if (body.finding_id is None) == (body.recommendation_id is None):
        raise Invalid(_("Name one finding or one recommendation."))
    found: Finding | Recommendation | None = None
    if body.finding_id:
        found = grounds.findings_seen(person).filter(pk=body.finding_id).first()
    elif body.recommendation_id:
        found = grounds.recommendations_seen(person).filter(pk=body.recommendation_id).first()
    if found is None:
        raise NotFound
    return found


def _found(one: Finding | Recommendation) -> FoundOut:
    return FoundOut(
        about="finding" if isinstance(one, Finding) else "recommendation",
        id=one.pk,
        review_id=one.review_id,
        review=one.review.name,
        text=one.text,
        is_strength=isinstance(one, Finding) and one.kind == "keep",
    )


def _told(person: Person, held: list[Ground]) -> list[GroundOut]:
    seen = grounds.readable(person, held)
    return [_ground(one, shown=one.pk in seen) for one in held]


def _ground(one: Ground, *, shown: bool) -> GroundOut:
    nodes: dict[type, Node] = {Driver: "driver", ChangeIdea: "idea"}
    return GroundOut(
        id=one.pk,
        version=one.version,
        node=nodes.get(type(one.node), "theory"),
        node_id=one.node.pk,
        about="finding" if one.finding_id else "recommendation",
        on_id=one.on.pk if shown else None,
        text=one.on.text if shown else "",
        stance=GroundStance(one.stance),
        reason=one.reason if shown else "",
    )
