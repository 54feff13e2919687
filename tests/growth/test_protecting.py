"""No subtraction of shown summaries gives the growth of few students: every sum is tried in small trees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from aimline.growth.protecting import protected
from aimline.org.models import Unit
from tests.world import World

FEWEST = 10
GRADES, GROUPS = ("4", "5"), ("Yes", "No")
Atom = tuple[str, str, str]
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Tree:
    """Students by school, grade and group, and what is shown of sums of them."""

    atoms: dict[Atom, int]
    district: str

    def cells(self) -> Iterator[tuple[Key, list[Atom]]]:
        """Each summary of a run, with the students it is about."""
        schools = sorted({school for school, _grade, _group in self.atoms})
        for place, (grade, group) in product(
            [self.district, *schools],
            [("", ""), *((one, "") for one in GRADES), *(("", one) for one in GROUPS)],
        ):
            atoms = [
                atom
                for atom in self.atoms
                if place in {self.district, atom[0]}
                and (not grade or grade == atom[1])
                and (not group or group == atom[2])
            ]
            if sum(self.atoms[atom] for atom in atoms):
                yield (place, grade, group), atoms

    def table(self) -> pl.DataFrame:
        rows = [
            (place, 2026, "Mathematics", grade, "Support" if group else "", group or "All", n, n // 2, n)
            for (place, grade, group), atoms in self.cells()
            if (n := sum(self.atoms[atom] for atom in atoms))
        ]
        names = ("above", "year", "subject", "grade", "dimension", "group", "n", "on_track", "on_track_of")
        return pl.DataFrame(rows, schema=names, orient="row")

    def few_that_are_told(self, hidden: set[Key]) -> list[list[Atom]]:
        """Sets of 1 to 9 students whose sum follows from what is shown."""
        # Whoever misses a row knows that there is nobody in it.
        stated = {key for key, _inside in self.cells()}
        atoms = [
            (school, grade, group)
            for school, grade, group in self.atoms
            if {(school, grade, ""), (school, "", group)} <= stated
        ]
        shown = [set(inside) for key, inside in self.cells() if key not in hidden]
        known = np.array([[atom in inside for atom in atoms] for inside in shown], dtype=float)
        sets = np.array(list(product([0.0, 1.0], repeat=len(atoms))))
        sizes = sets @ np.array([self.atoms[atom] for atom in atoms])
        few = sets[(sizes > 0) & (sizes < FEWEST)]
        return [
            [atom for atom, inside in zip(atoms, each, strict=True) if inside] for each in _told(few, known)
        ]


def _told(sets: npt.NDArray[np.float64], known: npt.NDArray[np.float64]) -> Iterable[npt.NDArray[np.float64]]:
    """The sets that are sums and differences of what is known."""
    if not known.size:
        return []
    _u, strengths, ways = np.linalg.svd(known)
    basis = ways[: int((strengths > 1e-9).sum())]
    rest = sets - sets @ basis.T @ basis
    return list(sets[np.abs(rest).max(axis=1, initial=0.0) < 1e-9]) if sets.size else []


def decided(tree: Tree, units: list[Unit]) -> set[Key]:
    rows = protected(tree.table(), units).filter("hidden")
    return {
        (row["above"], row["grade"], row["group"] if row["dimension"] else "")
        for row in rows.iter_rows(named=True)
    }


def tree_of(world: World, counts: Iterable[int]) -> Tree:
    schools = [world.kelp.pk.hex, world.juniper.pk.hex, world.bitter_creek.pk.hex]
    atoms = dict(zip(product(schools, GRADES, GROUPS), counts, strict=True))
    return Tree(atoms, world.port_alder.pk.hex)


@pytest.fixture
def places(world: World) -> list[Unit]:
    """One district with three schools."""
    moved = world.bitter_creek
    moved.path = f"{world.port_alder.path}{moved.pk.hex}/"
    return [world.port_alder, world.kelp, world.juniper, moved]


@pytest.mark.parametrize("seed", range(8))
def test_no_sum_of_shown_summaries_tells_of_few_students(world: World, places: list[Unit], seed: int) -> None:
    random = np.random.default_rng(seed)
    counts = random.choice([0, 2, 4, 7, 12, 25, 40], size=12, p=[0.1, 0.1, 0.1, 0.15, 0.2, 0.2, 0.15])
    tree = tree_of(world, counts.tolist())
    assert tree.few_that_are_told(decided(tree, places)) == []


def test_the_trial_finds_what_is_not_hidden(world: World, places: list[Unit]) -> None:
    tree = tree_of(world, [4, 0, 0, 0, *[30] * 8])
    assert tree.few_that_are_told(set())


def test_where_nothing_is_small_nothing_is_hidden(world: World, places: list[Unit]) -> None:
    assert decided(tree_of(world, [30] * 12), places) == set()


def test_a_hidden_school_is_hidden_with_a_second_one_and_so_are_their_grades(
    world: World, places: list[Unit]
) -> None:
    tree = tree_of(world, [2, 1, 2, 1, *[12] * 4, *[30] * 4])
    hidden = decided(tree, places)
    kelp, juniper = world.kelp.pk.hex, world.juniper.pk.hex
    assert {(kelp, "", ""), (juniper, "", ""), (kelp, "4", ""), (kelp, "5", "")} <= hidden
    assert (world.port_alder.pk.hex, "", "") not in hidden
