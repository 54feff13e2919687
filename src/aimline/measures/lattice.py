"""The fixed lattice of a release: every place of a tree by every group, groups of two dimensions crossed among them.

Places add up to the place above them, groups of a dimension to all students. Where they do not, the difference is a
cell as well, one that nobody states: students without a group, or students counted above and in none of the places
below. Where parts come to more than their whole (a student counted at two schools), the whole is taken to be their sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from aimline.org.models import chain

Counts = tuple[int, ...]
# One group of each dimension that a cell is broken down by: none for all students.
Groups = tuple[tuple[str, str], ...]
# Cells that nobody states: a group of those in no group, and a place of those in no place below.
REST, ELSEWHERE = "rest", "elsewhere/"
EVERYONE: Groups = ()


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A cell: the path of a place, and its groups."""

    path: str
    groups: Groups = EVERYONE

    @property
    def is_unstated(self) -> bool:
        return self.path.endswith(ELSEWHERE) or any(group == REST for _dimension, group in self.groups)

    @property
    def dimensions(self) -> tuple[str, ...]:
        return tuple(dimension for dimension, _group in self.groups)


def completed(stated: Mapping[Key, Counts]) -> dict[Key, Counts]:
    """Return every cell of the lattice with counts that add up, those that nobody states among them."""
    tree = _Tree(stated)
    for path in sorted(
        {each for key in stated for each in chain(key.path)}, key=lambda each: -each.count("/")
    ):
        tree.add(path)
    return tree.found


class _Tree:
    """Cells of the places looked at so far, from the lowest up."""

    def __init__(self, stated: Mapping[Key, Counts]) -> None:
        self.stated = stated
        self.none: Counts = (0,) * len(next(iter(stated.values())))
        self.groups: dict[str, list[str]] = defaultdict(list)
        for dimension, group in sorted({each for key in stated for each in key.groups}):
            self.groups[dimension].append(group)
        self.crosses = sorted({key.dimensions for key in stated if len(key.groups) > 1})
        self.found: dict[Key, Counts] = {}
        self.below: dict[str, list[str]] = defaultdict(list)

    def add(self, path: str) -> None:
        """Count a place: what its parts come to, and a part for those who are in none of them."""
        parts = self.below.pop(path, [])
        cells = self._apart(path, parts)
        if parts and any(map(any, cells.values())):
            self._keep(path + ELSEWHERE, cells)
            parts = [*parts, path + ELSEWHERE]
        if parts:
            cells = {groups: self._sum(self.found[Key(part, groups)] for part in parts) for groups in cells}
        self._keep(path, cells)
        for above in chain(path)[-2:-1]:
            self.below[above].append(path)

    def _apart(self, path: str, parts: list[str]) -> dict[Groups, Counts]:
        """What is stated at a place beyond its parts, from crossed groups up; a whole is never less than its parts."""
        crossed: dict[Groups, Counts] = {}
        for one, other in self.crosses:
            for a, b in product(self.groups[one], self.groups[other]):
                groups = ((one, a), (other, b))
                crossed[groups] = self._beyond(path, groups, parts)
        singles = {
            (dimension, group): self._most(
                [self._beyond(path, ((dimension, group),), parts), *self._sums((dimension, group), crossed)]
            )
            for dimension, groups in self.groups.items()
            for group in groups
        }
        whole = self._most([self._beyond(path, EVERYONE, parts), *self._wholes(singles, crossed)])
        return self._with_rests(whole, singles, crossed)

    def _beyond(self, path: str, groups: Groups, parts: list[str]) -> Counts:
        said = self.stated.get(Key(path, groups))
        if said is None:
            return self.none
        below = self._sum(self.found[Key(part, groups)] for part in parts)
        return tuple(max(a - b, 0) for a, b in zip(said, below, strict=True))

    def _sums(self, single: tuple[str, str], crossed: Mapping[Groups, Counts]) -> Iterable[Counts]:
        """What each cross gives for a group."""
        for cross in self.crosses:
            if single[0] in cross:
                inside = (
                    each
                    for groups, each in crossed.items()
                    if _dimensions(groups) == cross and single in groups
                )
                yield self._sum(inside)

    def _wholes(
        self, singles: Mapping[tuple[str, str], Counts], crossed: Mapping[Groups, Counts]
    ) -> Iterable[Counts]:
        """What each dimension gives for all students; and each cross, so that nobody is in neither less than never."""
        of = {
            name: self._sum(singles[name, group] for group in groups) for name, groups in self.groups.items()
        }
        yield from of.values()
        for one, other in self.crosses:
            both = self._sum(each for groups, each in crossed.items() if _dimensions(groups) == (one, other))
            yield tuple(a + b - c for a, b, c in zip(of[one], of[other], both, strict=True))

    def _with_rests(
        self, whole: Counts, singles: Mapping[tuple[str, str], Counts], crossed: dict[Groups, Counts]
    ) -> dict[Groups, Counts]:
        found: dict[Groups, Counts] = {EVERYONE: whole, **{(name,): each for name, each in singles.items()}}
        for name, groups in self.groups.items():
            found[(name, REST),] = self._less(whole, (singles[name, group] for group in groups))
        found |= crossed
        for one, other in self.crosses:
            for a in self.groups[one]:
                inside = (crossed[(one, a), (other, b)] for b in self.groups[other])
                found[(one, a), (other, REST)] = self._less(singles[one, a], inside)
            for b in (*self.groups[other], REST):
                inside = (found[(one, a), (other, b)] for a in self.groups[one])
                found[(one, REST), (other, b)] = self._less(found[(other, b),], inside)
        return found

    def _keep(self, path: str, cells: Mapping[Groups, Counts]) -> None:
        self.found |= {Key(path, groups): counts for groups, counts in cells.items()}

    def _sum(self, counts: Iterable[Counts]) -> Counts:
        return tuple(map(sum, zip(self.none, *counts, strict=True)))

    def _most(self, counts: Iterable[Counts]) -> Counts:
        return tuple(map(max, zip(self.none, *counts, strict=True)))

    def _less(self, whole: Counts, parts: Iterable[Counts]) -> Counts:
        return tuple(a - b for a, b in zip(whole, self._sum(parts), strict=True))


def _dimensions(groups: Groups) -> tuple[str, ...]:
    return tuple(dimension for dimension, _group in groups)
