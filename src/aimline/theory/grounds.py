"""What reviews found that a theory may stand on, as far as somebody may read it, and which strengths are to be kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from aimline.access.rules import Act, allowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Finding, FindingKind, Recommendation, Report, Review
from aimline.theory.models import ChangeIdea, Driver, Ground, GroundQuerySet, Theory

Node = Theory | Driver | ChangeIdea


def findings_seen(person: Person) -> QuerySet[Finding]:
    """Those of reviews this person may look into, and those a report has told everybody."""
    told = _told(person).filter(final_on__gte=OuterRef("final_on"))
    looked_into = allowed(person, Act.VIEW_REVIEW, Finding.objects.order_by()).values("pk")
    return Finding.objects.filter(Q(pk__in=looked_into) | Exists(told)).select_related("review__unit")


def recommendations_seen(person: Person) -> QuerySet[Recommendation]:
    told = _told(person).filter(final_on__gte=OuterRef("changed_at__date"))
    looked_into = allowed(person, Act.VIEW_REVIEW, Recommendation.objects.order_by()).values("pk")
    return Recommendation.objects.filter(Q(pk__in=looked_into) | Exists(told)).select_related("review__unit")


def _told(person: Person) -> QuerySet[Report]:
    """The final reports of a review this person may read; what was changed since stands in none of them."""
    return allowed(person, Act.VIEW_UNIT, Report.objects.final().order_by()).filter(review=OuterRef("review"))


def held(node: Node) -> GroundQuerySet:
    """What was said for this very node, not for what stands above or below it."""
    if isinstance(node, Theory):
        return Ground.objects.filter(theory=node, driver=None, idea=None)
    return Ground.objects.filter(**key_of(node))


def key_of(row: Node | Finding | Recommendation) -> dict[str, Any]:
    """By which key a ground points at this row."""
    names = {Driver: "driver", ChangeIdea: "idea", Finding: "finding", Recommendation: "recommendation"}
    name = names.get(type(row), "theory")
    return {name: row}


def may_read(person: Person, found: Finding | Recommendation) -> bool:
    rows = findings_seen(person) if isinstance(found, Finding) else recommendations_seen(person)
    return rows.filter(pk=found.pk).exists()


def strengths_at(person: Person, place: Unit) -> list[Finding]:
    """What is to be kept here: the strengths that the latest reviews found at this place, above it and below it."""
    rows = findings_seen(person).filter(_near(place), kind=FindingKind.KEEP, final_on__isnull=False)
    ordered = rows.filter(review=_latest()).order_by("-review__unit__path", "position", "created_at")
    # What was found at the place itself is the nearest.
    return sorted(ordered, key=lambda one: one.review.unit_id != place.pk)


def answerable_at(person: Person, place: Unit) -> tuple[list[Finding], list[Recommendation]]:
    """The gaps and the recommendations here that somebody could do something about."""
    gaps = findings_seen(person).filter(_near(place), kind=FindingKind.GAP, final_on__isnull=False)
    advice = recommendations_seen(person).filter(_near(place))
    newest = ("-review__starts_on", "review_id")
    return list(gaps.order_by(*newest, "position")), list(advice.order_by(*newest, "priority"))


def readable(person: Person, held: Iterable[Ground]) -> set[UUID]:
    """Of these grounds, the ones whose finding or recommendation this person may read."""
    listed = list(held)
    findings = findings_seen(person).filter(pk__in=[one.finding_id for one in listed if one.finding_id])
    advice = recommendations_seen(person).filter(
        pk__in=[one.recommendation_id for one in listed if one.recommendation_id]
    )
    seen = {*findings.values_list("pk", flat=True), *advice.values_list("pk", flat=True)}
    return {one.pk for one in listed if one.on.pk in seen}


def came_of(person: Person, found: Sequence[Finding | Recommendation]) -> QuerySet[Ground]:
    """What later work made of these findings and recommendations, as far as this person may see its theories."""
    ids = [one.pk for one in found]
    rows = allowed(person, Act.VIEW_THEORY, Ground.objects.for_page())
    return rows.filter(Q(finding__in=ids) | Q(recommendation__in=ids))


def _near(place: Unit) -> Q:
    return Q(review__unit__path__in=place.paths_above()) | Q(review__unit__path__startswith=place.path)


def _latest() -> Subquery:
    """Of each kind of review of a place the latest one that named strengths."""
    named = Finding.objects.filter(kind=FindingKind.KEEP, final_on__isnull=False).order_by()
    alike = Review.objects.filter(unit=OuterRef("review__unit"), template=OuterRef("review__template"))
    return Subquery(
        alike.filter(pk__in=named.values("review")).order_by("-starts_on", "-pk").values("pk")[:1]
    )
