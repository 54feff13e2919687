"""The diagram as a tree: every node once, under the first thing it serves; its other links beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from aimline.theory.models import ChangeIdea, Driver, Link, Theory


@dataclass(frozen=True, slots=True)
class Also:
    """A further driver that a node serves."""

    driver: Driver
    less_sure: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """One node where it stands: how sure its link is, what else it serves, and what serves it."""

    row: Driver | ChangeIdea
    less_sure: bool = False
    also: tuple[Also, ...] = ()
    drivers: tuple[Branch, ...] = ()
    ideas: tuple[Branch, ...] = ()

    @property
    def is_primary(self) -> bool:
        return isinstance(self.row, Driver) and self.row.is_primary

    def walk(self) -> Iterator[Branch]:
        yield self
        for branch in (*self.drivers, *self.ideas):
            yield from branch.walk()


@dataclass(frozen=True, slots=True)
class Tree:
    """The loose ones serve nothing yet."""

    primary: tuple[Branch, ...]
    loose_drivers: tuple[Branch, ...]
    loose_ideas: tuple[Branch, ...]

    def walk(self) -> Iterator[Branch]:
        for branch in (*self.primary, *self.loose_drivers, *self.loose_ideas):
            yield from branch.walk()


def grow(theory: Theory) -> Tree:
    """Lay a theory out. Costs no query when it came from `Theory.objects.for_page()`."""
    drivers = {driver.pk: driver for driver in theory.drivers.all()}
    served = _links_by_cause(theory, drivers)
    ideas = _by_home([_branch(idea, served, drivers) for idea in theory.ideas.all()], served)
    grown = [replace(_branch(row, served, drivers), ideas=ideas.get(row.pk, ())) for row in drivers.values()]
    secondary = _by_home([branch for branch in grown if not branch.is_primary], served)
    primary = [
        replace(branch, drivers=secondary.get(branch.row.pk, ())) for branch in grown if branch.is_primary
    ]
    return Tree(tuple(primary), secondary.get(None, ()), ideas.get(None, ()))


def _links_by_cause(theory: Theory, drivers: dict[UUID, Driver]) -> dict[UUID, list[Link]]:
    """What each node serves. It stands by the most particular of them; among equals, by the first one."""
    served: dict[UUID, list[Link]] = {}
    for link in theory.links.all():
        served.setdefault(link.cause_id, []).append(link)
    order = {driver.pk: (-driver.level, driver.position, driver.pk) for driver in drivers.values()}
    for links in served.values():
        links.sort(key=lambda link: order[link.effect_id])
    return served


def _branch(row: Driver | ChangeIdea, served: dict[UUID, list[Link]], drivers: dict[UUID, Driver]) -> Branch:
    links = served.get(row.pk, [])
    also = tuple(Also(drivers[link.effect_id], link.less_sure) for link in links[1:])
    if isinstance(row, Driver) and row.is_primary:
        return Branch(row, row.less_sure)
    return Branch(row, bool(links) and links[0].less_sure, also)


def _by_home(branches: list[Branch], served: dict[UUID, list[Link]]) -> dict[UUID | None, tuple[Branch, ...]]:
    homes: dict[UUID | None, tuple[Branch, ...]] = {}
    for branch in branches:
        links = served.get(branch.row.pk)
        home = links[0].effect_id if links else None
        homes[home] = (*homes.get(home, ()), branch)
    return homes
