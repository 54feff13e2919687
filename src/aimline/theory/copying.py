"""A theory made anew at another place."""

from __future__ import annotations

from aimline.measures.models import Measure
from aimline.theory.models import Aim, BalancingMeasure, ChangeIdea, Driver, Link, Theory


def fill(copied: Theory, theory: Theory) -> None:
    """Copy words, order and links. Measures come along where they are counted at the new place too."""
    aim = theory.stated
    if aim:
        Aim.objects.create(theory=copied, what=aim.what, for_whom=aim.for_whom, why=aim.why)
    drivers = {
        driver.pk: _driver(copied, driver) for driver in theory.drivers.select_related("measure__unit")
    }
    ideas = {idea.pk: _idea(copied, idea) for idea in theory.ideas.all()}
    for link in theory.links.all():
        Link.objects.create(
            theory=copied,
            driver=drivers[link.driver_id] if link.driver_id else None,
            idea=ideas[link.idea_id] if link.idea_id else None,
            effect=drivers[link.effect_id],
            less_sure=link.less_sure,
        )
    for balancing in theory.balancing.select_related("measure__unit"):
        if measure := _counted_at(copied, balancing.measure):
            BalancingMeasure.objects.create(theory=copied, measure=measure)


def _driver(copied: Theory, driver: Driver) -> Driver:
    return Driver.objects.create(
        theory=copied,
        level=driver.level,
        name=driver.name,
        position=driver.position,
        measure=_counted_at(copied, driver.measure),
        less_sure=driver.less_sure,
    )


def _idea(copied: Theory, idea: ChangeIdea) -> ChangeIdea:
    return ChangeIdea.objects.create(
        theory=copied, name=idea.name, description=idea.description, position=idea.position
    )


def _counted_at(theory: Theory, measure: Measure | None) -> Measure | None:
    return measure if measure and measure.unit.holds(theory.unit) else None
