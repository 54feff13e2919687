"""What a theory stands on, in words: what it answers, which strengths it leaves alone, builds on, or would drop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Finding, Recommendation, Report, Review
from aimline.theory import grounds
from aimline.theory.models import ChangeIdea, Driver, Ground, GroundStance, Theory

Found = Finding | Recommendation


@dataclass(frozen=True, slots=True)
class Said:
    """One ground as somebody may read it: without a text it says only that there is one."""

    lead: str
    text: str = ""
    href: str = ""
    reason: str = ""
    node: str = ""
    node_href: str = ""
    drops: bool = False


@dataclass(frozen=True, slots=True)
class Strength:
    """A strength to keep, where it was found, and what this node means for it so far."""

    text: str
    where: str
    href: str
    said: str = ""
    drops: bool = False


def of_theory(person: Person, theory: Theory) -> list[Said]:
    """Everything that was said for a theory and for what it holds; what would drop a strength comes first."""
    return _said(person, Ground.objects.for_page().filter(theory=theory), named=True)


def of_node(person: Person, node: grounds.Node) -> list[Said]:
    return _said(person, grounds.held(node).for_page())


def _said(person: Person, rows: QuerySet[Ground], *, named: bool = False) -> list[Said]:
    held = sorted(rows, key=lambda one: not one.drops)
    seen, place = grounds.readable(person, held), Places(person, [one.on for one in held])
    told = [_told(one, place) if one.pk in seen else _kept_back(one) for one in held]
    if not named:
        return told
    return [_of(said, one) for said, one in zip(told, held, strict=True)]


def _told(one: Ground, place: Places) -> Said:
    facts = {"number": place.number(one.on), "review": one.on.review.name}
    leads = {
        GroundStance.ANSWERS: _("Answers finding %(number)s of “%(review)s”"),
        GroundStance.LEAVES: _("Leaves alone a strength: finding %(number)s of “%(review)s”"),
        GroundStance.BUILDS: _("Builds on a strength: finding %(number)s of “%(review)s”"),
        GroundStance.DROPS: _("Would drop or replace a strength: finding %(number)s of “%(review)s”"),
    }
    lead = leads[GroundStance(one.stance)]
    if one.recommendation_id:
        lead = _("Answers recommendation %(number)s of “%(review)s”")
    return Said(lead % facts, one.on.text, place.href(one.on), one.reason, drops=one.drops)


def _kept_back(one: Ground) -> Said:
    """Those who may see the theory but not the review see that there is something, and not what."""
    if one.drops:
        said = _(
            "Would drop or replace a strength that a review asks to keep. Which one is not yours to read."
        )
        return Said(said, drops=True)
    if one.stance != GroundStance.ANSWERS:
        return Said(_("Says what it means for a strength of a review that is not yours to read."))
    if one.recommendation_id:
        return Said(_("Answers a recommendation of a review that is not yours to read."))
    return Said(_("Answers a finding of a review that is not yours to read."))


def _of(said: Said, one: Ground) -> Said:
    if isinstance(one.node, Theory):
        return said
    name, href = one.node.name, address(one.node)
    return Said(said.lead, said.text, said.href, said.reason, name, href, said.drops)


class Places:
    """Where each finding and recommendation can be read by this person, and under which number."""

    def __init__(self, person: Person, found: Sequence[Found]) -> None:
        reviews = {one.review_id for one in found}
        rows = Review.objects.filter(pk__in=reviews)
        self._open = set(allowed(person, Act.VIEW_REVIEW, rows).values_list("pk", flat=True))
        told = Report.objects.final().filter(review__in=reviews).order_by("number")
        self._reports = dict(allowed(person, Act.VIEW_UNIT, told).values_list("review", "pk"))
        self._numbers = _numbers(reviews)

    def number(self, one: Found) -> int:
        return one.priority if isinstance(one, Recommendation) else self._numbers.get(one.pk, 0)

    def href(self, one: Found) -> str:
        if one.review_id in self._open:
            if isinstance(one, Finding):
                return reverse("reviews:finding", args=[one.pk])
            return f"{reverse('reviews:board', args=[one.review_id])}#recommendations"
        report = self._reports.get(one.review_id)
        return reverse("reports:show", args=[report]) if report else ""


def _numbers(reviews: Iterable[UUID]) -> Mapping[UUID, int]:
    """Final findings in the order of the report: strengths first."""
    numbers: dict[UUID, int] = {}
    last: dict[UUID, int] = {}
    rows = Finding.objects.filter(review__in=reviews, final_on__isnull=False)
    for pk, review in rows.values_list("pk", "review"):
        last[review] = last.get(review, 0) + 1
        numbers[pk] = last[review]
    return numbers


def strengths(person: Person, place: Unit, node: grounds.Node | None = None) -> list[Strength]:
    """What is to be kept at a place, with what was said of it for this node."""
    found = grounds.strengths_at(person, place)
    at = Places(person, found)
    said = {one.finding_id: one for one in grounds.held(node)} if node else {}
    return [_strength(one, at, said.get(one.pk)) for one in found]


def _strength(one: Finding, at: Places, said: Ground | None) -> Strength:
    facts = {"review": one.review.name, "place": one.review.unit.name}
    return Strength(
        one.text,
        _("%(review)s, %(place)s") % facts,
        at.href(one),
        said.get_stance_display() if said else "",
        bool(said and said.drops),
    )


def warnings(person: Person, idea: ChangeIdea | None) -> list[Said]:
    """What testing an idea would drop, said of it or of its theory, as far as they are this person's to see."""
    if idea is None:
        return []
    rows = allowed(person, Act.VIEW_THEORY, Ground.objects.dropping().filter(theory=idea.theory_id))
    return _said(person, rows.filter(Q(idea=idea) | Q(idea=None, driver=None)).for_page(), named=True)


def address(node: grounds.Node) -> str:
    name = {Driver: "driver", ChangeIdea: "idea"}.get(type(node), "show")
    return reverse(f"theory:{name}", args=[node.pk])
