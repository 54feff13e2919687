"""The nodes of a diagram ready to be shown: what stands in each box, on the page, in the list and in the drawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from aimline.theory.models import ChangeIdea, Driver, Theory
from aimline.theory.tree import Branch, Tree
from aimline.web.theory.evidence import Evidence
from aimline.web.theory.signals import Sign, Signs


@dataclass(frozen=True, slots=True)
class Card:
    """One node. `less_sure` speaks of its link to the card it stands under, `also` of the others it serves."""

    row: Driver | ChangeIdea
    href: str
    notes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    sign: Sign | None = None
    evidence: Evidence | None = None
    less_sure: bool = False
    drivers: tuple[Card, ...] = ()
    ideas: tuple[Card, ...] = ()

    @property
    def is_idea(self) -> bool:
        return isinstance(self.row, ChangeIdea)

    @property
    def is_primary(self) -> bool:
        return isinstance(self.row, Driver) and self.row.is_primary

    @property
    def is_tested(self) -> bool:
        """Whether a test has begun of this idea, or of any idea that stands under this driver."""
        below = any(card.is_tested for card in (*self.drivers, *self.ideas))
        return below or bool(self.evidence and self.evidence.is_tested)

    def walk(self) -> Iterator[Card]:
        yield self
        for card in (*self.drivers, *self.ideas):
            yield from card.walk()


@dataclass(frozen=True, slots=True)
class Cards:
    primary: tuple[Card, ...]
    loose: tuple[Card, ...]

    def walk(self) -> Iterator[Card]:
        for card in (*self.primary, *self.loose):
            yield from card.walk()

    @property
    def ideas(self) -> list[Card]:
        return [card for card in self.walk() if card.is_idea]


def lay_out(tree: Tree, evidence: Mapping[UUID, Evidence], signs: Signs) -> Cards:
    def deal(branch: Branch) -> Card:
        drivers = tuple(deal(each) for each in branch.drivers)
        ideas = tuple(deal(each) for each in branch.ideas)
        if isinstance(branch.row, ChangeIdea):
            return _idea(branch, branch.row, evidence[branch.row.pk])
        return _driver(branch, branch.row, signs, drivers, ideas)

    loose = (*tree.loose_drivers, *tree.loose_ideas)
    return Cards(tuple(deal(each) for each in tree.primary), tuple(deal(each) for each in loose))


def _idea(branch: Branch, idea: ChangeIdea, evidence: Evidence) -> Card:
    result = (evidence.result,) if evidence.result else ()
    return Card(
        row=idea,
        href=reverse("theory:idea", args=[idea.pk]),
        notes=(evidence.words, *result),
        also=_also(branch),
        evidence=evidence,
        less_sure=branch.less_sure,
    )


def _driver(
    branch: Branch, driver: Driver, signs: Signs, drivers: tuple[Card, ...], ideas: tuple[Card, ...]
) -> Card:
    sign = signs.of(driver.measure) if driver.measure or driver.is_primary else None
    return Card(
        row=driver,
        href=reverse("theory:driver", args=[driver.pk]),
        notes=_measured(driver, sign),
        also=_also(branch),
        sign=sign,
        less_sure=branch.less_sure,
        drivers=drivers,
        ideas=ideas,
    )


def _measured(driver: Driver, sign: Sign | None) -> tuple[str, ...]:
    if (
        driver.measure
        and sign
        and sign.value
        and sign.series
        and sign.series.unit_id != driver.theory.unit_id
    ):
        facts = {"measure": driver.measure.name, "place": sign.at, "value": sign.value}
        return (_("%(measure)s at %(place)s: %(value)s") % facts,)
    if driver.measure and sign and sign.value:
        return (_("%(measure)s: %(value)s") % {"measure": driver.measure.name, "value": sign.value},)
    if driver.measure:
        return (driver.measure.name,)
    return (_("No measure yet"),) if driver.is_primary else ()


def _also(branch: Branch) -> tuple[str, ...]:
    return tuple(
        (
            _("Also serves “%(driver)s”; we are less sure of that")
            if also.less_sure
            else _("Also serves “%(driver)s”")
        )
        % {"driver": also.driver.name}
        for also in branch.also
    )


def served_by(theory: Theory, cards: Cards) -> dict[UUID, list[Card]]:
    """Every card by each driver it serves, also those that stand elsewhere."""
    held = {card.row.pk: card for card in cards.walk()}
    found: dict[UUID, list[Card]] = {}
    for link in theory.links.all():
        found.setdefault(link.effect_id, []).append(held[link.cause_id])
    return found
