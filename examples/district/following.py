"""What was done with what the snapshot of Port Alder found: answered, built on, and one strength that would go."""

from __future__ import annotations

from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Finding, Recommendation, Review
from aimline.theory.actions import add_idea, ground
from aimline.theory.models import Driver, GroundStance, Theory
from examples.district.believing import Beliefs
from examples.district.staff import Staff

EXPLAIN = "Explain one task in class before it goes home"
PRINTED = "A report system that prints all results"
WHY = (
    "With a printed report families would have no need to come in, and the evening on which students lead their own "
    "conferences would end. Before it starts, Harbor Middle says what it would take the place of."
)


def follow(units: dict[str, Unit], beliefs: Beliefs, staff: Staff) -> None:
    """Luis answers what the lessons of the middle grades lack; the principal of Harbor builds on what works there."""
    held = Review.objects.filter(unit=units["PA"], template="snapshot").latest("starts_on")
    luis, harbor = staff.named["leader"], staff.principals["PA-HAR"]
    _homework(beliefs.theories["homework"], luis, held)
    conferences, belonging = (
        _strength(held, "lead their own conferences"),
        _strength(held, "feel they belong"),
    )
    builds = GroundStance.BUILDS
    ground(beliefs.ideas["Student-led conferences"], harbor, to=conferences, stance=builds)
    ground(beliefs.ideas["Advisory period twice a week"], harbor, to=belonging, stance=builds)


def _homework(theory: Theory, luis: Person, held: Review) -> None:
    ground(theory, luis, to=held.findings.get(text__contains="reasoning is left for homework"))
    explain = add_idea(theory, luis, name=EXPLAIN, serves=[_driver(theory)])
    ground(explain, luis, to=_advice(held, "ten minutes in which students explain"))
    printed = add_idea(theory, luis, name=PRINTED, serves=[_driver(theory)])
    conferences = _strength(held, "lead their own conferences")
    ground(printed, luis, to=conferences, stance=GroundStance.DROPS, reason=WHY)


def _driver(theory: Theory) -> Driver:
    return theory.drivers.get(name="Students know what is due, and can reach it")


def _strength(held: Review, words: str) -> Finding:
    return held.findings.get(kind="keep", text__contains=words)


def _advice(held: Review, words: str) -> Recommendation:
    return held.recommendations.get(text__contains=words)
