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
        return _kind(self.groups)


def completed(stated: Mapping[Key, Counts]) -> dict[Key, Counts]:
    """Return every cell of the lattice with counts that add up, those that nobody states among them."""
    tree = _Tree(stated)
    for path in sorted(
        {each for key in stated for each in chain(key.path)}, key=lambda each: -each.count("/")
    ):
        tree.add(path)
    return tree.found


Kind = tuple[str, ...]
Cells = dict[Groups, Counts]


class _Tree:
    """Cells of the places looked at so far, from the lowest up."""

    def __init__(self, stated: Mapping[Key, Counts]) -> None:
        self.stated = stated
        self.none: Counts = (0,) * len(next(iter(stated.values())))
        self.groups: dict[str, list[str]] = defaultdict(list)
        for dimension, group in sorted({each for key in stated for each in key.groups}):
            self.groups[dimension].append(group)
        # How each place is broken down: by which dimensions and crosses.
        self.kinds: dict[str, set[Kind]] = defaultdict(set)
        for key in stated:
            self.kinds[key.path] |= {key.dimensions, *((name,) for name in key.dimensions)} - {()}
        self.found: dict[Key, Counts] = {}
        self.below: dict[str, list[str]] = defaultdict(list)

    def add(self, path: str) -> None:
        """Count a place: what its parts come to, and a part for those who are in none of them."""
        parts = self.below.pop(path, [])
        shared = {kind for part in parts for kind in self.kinds[part]}
        self._leave_open(parts, shared)
        own = self.kinds[path] - shared
        whole = self._everyone_below(parts)
        if parts:
            alone = self._broken_down(path, own, self.none)[EVERYONE]
            extra = self._broken_down(path, shared, self._less(self._most([whole, alone]), [whole]), parts)
            if any(map(any, extra.values())):
                self._keep(path + ELSEWHERE, extra)
                parts = [*parts, path + ELSEWHERE]
            whole = self._everyone_below(parts)
            self._keep(path, {each: self._sum(self._at(part, each) for part in parts) for each in extra})
        self._keep(path, self._broken_down(path, own, whole))
        self.kinds[path] |= shared
        for above in chain(path)[-2:-1]:
            self.below[above].append(path)

    def _leave_open(self, parts: list[str], shared: set[Kind]) -> None:
        """Of places that are not broken down as others beside them are, all students are in no group."""
        for part in parts:
            for kind in shared - self.kinds[part]:
                self.found[Key(part, tuple((name, REST) for name in kind))] = self.found[Key(part)]

    def _everyone_below(self, parts: list[str]) -> Counts:
        return self._sum(self.found[Key(part)] for part in parts)

    def _broken_down(self, path: str, kinds: set[Kind], least: Counts, parts: Iterable[str] = ()) -> Cells:
        """What is stated at a place beyond its parts, from crossed groups up; a whole is never less than its parts."""
        crosses = sorted(kind for kind in kinds if len(kind) > 1)
        crossed: Cells = {
            ((one, a), (other, b)): self._beyond(path, ((one, a), (other, b)), parts)
            for one, other in crosses
            for a, b in product(self.groups[one], self.groups[other])
        }
        singles: Cells = {
            ((name, group),): self._most(
                [self._beyond(path, ((name, group),), parts), *self._sums((name, group), crosses, crossed)]
            )
            for (name,) in sorted(kind for kind in kinds if len(kind) == 1)
            for group in self.groups[name]
        }
        wholes = [least, self._beyond(path, EVERYONE, parts), *self._wholes(crosses, singles, crossed)]
        return self._with_rests(self._most(wholes), crosses, singles, crossed)

    def _beyond(self, path: str, groups: Groups, parts: Iterable[str]) -> Counts:
        said = self.stated.get(Key(path, groups))
        if said is None:
            return self.none
        below = self._sum(self._at(part, groups) for part in parts)
        return tuple(max(a - b, 0) for a, b in zip(said, below, strict=True))

    def _sums(self, single: tuple[str, str], crosses: list[Kind], crossed: Cells) -> Iterable[Counts]:
        """What each cross gives for a group."""
        for cross in crosses:
            if single[0] in cross:
                yield self._sum(crossed[each] for each in crossed if _kind(each) == cross and single in each)

    def _wholes(self, crosses: list[Kind], singles: Cells, crossed: Cells) -> Iterable[Counts]:
        """What each dimension gives for all students; and each cross, so that those in neither are not below 0."""
        names = sorted({_kind(each) for each in singles})
        of = {name: self._sum(singles[each] for each in singles if _kind(each) == name) for name in names}
        yield from of.values()
        for one, other in crosses:
            both = self._sum(crossed[each] for each in crossed if _kind(each) == (one, other))
            yield tuple(a + b - c for a, b, c in zip(of[one,], of[other,], both, strict=True))

    def _with_rests(self, whole: Counts, crosses: list[Kind], singles: Cells, crossed: Cells) -> Cells:
        found: Cells = {EVERYONE: whole, **singles, **crossed}
        for (name,) in sorted({_kind(each) for each in singles}):
            found[(name, REST),] = self._less(whole, (found[(name, group),] for group in self.groups[name]))
        for one, other in crosses:
            for a in self.groups[one]:
                inside = [found[(one, a), (other, b)] for b in self.groups[other]]
                found[(one, a), (other, REST)] = self._less(found[(one, a),], inside)
            for b in (*self.groups[other], REST):
                inside = [found[(one, a), (other, b)] for a in self.groups[one]]
                found[(one, REST), (other, b)] = self._less(found[(other, b),], inside)
        return found

    def _keep(self, path: str, cells: Cells) -> None:
        self.found |= {Key(path, groups): counts for groups, counts in cells.items()}

    def _at(self, path: str, groups: Groups) -> Counts:
        return self.found.get(Key(path, groups), self.none)

    def _sum(self, counts: Iterable[Counts]) -> Counts:
        return tuple(map(sum, zip(self.none, *counts, strict=True)))

    def _most(self, counts: Iterable[Counts]) -> Counts:
        return tuple(map(max, zip(self.none, *counts, strict=True)))

    def _less(self, whole: Counts, parts: Iterable[Counts]) -> Counts:
        return tuple(a - b for a, b in zip(whole, self._sum(parts), strict=True))


def _kind(groups: Groups) -> Kind:
    return tuple(dimension for dimension, _group in groups)
