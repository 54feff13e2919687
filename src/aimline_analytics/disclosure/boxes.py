"""Boxes: the smallest changes of a lattice of counts that keep every sum, found without a linear program."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline_analytics.disclosure.reading import Codes

Numbers = npt.NDArray[np.int64]
Prices = npt.NDArray[np.float32]
Word = tuple[tuple[int, int], ...]

# A lattice of more places than this is not laid out; linear programs do the work then.
_PLACES = 4_000_000
# Ways to change one dimension that are looked at, and boxes whose room is measured.
_WORDS, _MANY = 24, 160
_BEST = 32
_CHEAP = 1
_ROOMY = 2**40


@dataclass(frozen=True, slots=True)
class Box:
    """Corners of a box: adding a number to those with sign 1 and taking it from the others keeps every sum."""

    cells: Numbers
    signs: Numbers


class Boxes:
    """A lattice laid out as an array, one axis for each dimension or for each chain of nested dimensions.

    One step along an axis is a word: two values that trade persons, or a value and its total that grow together; in
    a chain (schools in districts) a path between two schools, or from a school to the total. A box is a product of
    words. The sums hold because they hold along each axis. Corners that the release does not have are free; corners
    that have no row because nobody is there are not.
    """

    def __init__(self, codes: Codes, counts: Numbers, width: int) -> None:
        self.width = width
        self.axes = [_Axis(codes[:, chain]) for chain in _chains(codes)]
        shape = tuple(len(axis.nodes) + 1 for axis in self.axes)
        self.usable = int(np.prod(np.array(shape, dtype=np.float64))) <= _PLACES
        if not self.usable:
            return
        self.place = tuple(axis.node_of for axis in self.axes)
        self.at = np.full(shape, -1, dtype=np.int64)
        self.at[self.place] = np.arange(len(codes))
        self.counts = np.append(counts, _ROOMY)
        # The second price is that of a corner that loses the whole width: none where the count is smaller.
        self.price = np.stack([self._unseen(shape, codes)] * 2)
        self.poor = counts < width
        self.words: dict[tuple[int, int], tuple[Numbers, Numbers]] = {}

    def _unseen(self, shape: tuple[int, ...], codes: Codes) -> Prices:
        """Price 0 where the release has no table, and past the end of each axis; no price elsewhere."""
        names = [axis.names for axis in self.axes]
        used = np.column_stack([name[axis.node_of] for name, axis in zip(names, self.axes, strict=True)])
        price = np.zeros(shape, dtype=np.float32)
        for table in np.unique(used, axis=0).tolist():
            at = [np.flatnonzero(name == one) for name, one in zip(names, table, strict=True)]
            price[np.ix_(*at)] = np.inf
        return price

    def set_price(self, cells: Numbers, price: npt.NDArray[np.float64] | float) -> None:
        """Price of hiding cells: 0 or little for hidden ones, infinite for those that are published for good."""
        at = tuple(place[cells] for place in self.place)
        self.price[0][at] = price
        self.price[1][at] = np.where(self.poor[cells], np.inf, price)

    def cheapest(self, cell: int) -> tuple[Box, float] | None:
        """Cheapest box around a cell whose counts leave room for changes of `width` in all, and its price."""
        found = self._best(*self._search(cell, taken=True))
        if found is not None and found[1] < _CHEAP:
            return found
        other = self._best(*self._search(cell, taken=False))
        return min(
            (each for each in (found, other) if each is not None), key=lambda each: each[1], default=None
        )

    def around(self, cell: int) -> list[Box]:
        """Cheapest boxes around a cell, whatever room they leave."""
        words, cost = self._search(cell, taken=False)
        best = self._cheap(cost)
        cells, signs = self._corners(words, np.unravel_index(best, cost.shape)) if len(best) else ((), ())
        return [_box(cells[one], signs[one]) for one in range(len(best))]

    def _search(self, cell: int, *, taken: bool) -> tuple[list[tuple[Numbers, Numbers]], Prices]:
        """Words and prices of boxes that can lose all of the width, or (not `taken`) a part and gain the rest."""
        here = [int(place[cell]) for place in self.place]
        words = [self._words(axis, node) for axis, node in enumerate(here)]
        words = [self._promising(here, axis, *word, taken) for axis, word in enumerate(words)]
        if not all(len(nodes) for nodes, _ in words):
            return words, np.zeros(0, dtype=np.float32)
        both = self.price if taken else self.price[:1]
        for axis, (nodes, signs) in enumerate(words, start=1):
            both = _folded(both, axis, nodes, signs, len(both) if axis < len(words) else 1)
        return words, both[0]

    def _promising(
        self, here: list[int], axis: int, nodes: Numbers, signs: Numbers, taken: bool
    ) -> tuple[Numbers, Numbers]:
        """Cheapest of the words along one axis, going by the corners on the line through the cell."""
        price = np.moveaxis(self.price, axis + 1, 1)
        for place in (*here[:axis], *here[axis + 1 :]):
            price = price[:, :, place]
        cost = price[(signs < 0).astype(np.int64) if taken else 0, nodes].sum(axis=1)
        kept = np.flatnonzero(np.isfinite(cost))
        if len(kept) > _WORDS:
            kept = kept[np.argpartition(cost[kept], _WORDS)[:_WORDS]]
        return nodes[kept], signs[kept]

    def _best(self, words: list[tuple[Numbers, Numbers]], cost: Prices) -> tuple[Box, float] | None:
        best = self._cheap(cost)
        if not len(best):
            return None
        cells, signs = self._corners(words, np.unravel_index(best, cost.shape))
        fit = np.flatnonzero(self._room(cells, signs) >= self.width)
        if not len(fit):
            return None
        one = int(fit[0])
        return _box(cells[one], signs[one]), float(cost.reshape(-1)[best[one]])

    def _cheap(self, cost: Prices) -> Numbers:
        flat = cost.reshape(-1)
        best = np.flatnonzero(np.isfinite(flat))
        if len(best) > _BEST:
            best = best[np.argpartition(flat[best], _BEST)[:_BEST]]
        return best[np.argsort(flat[best], kind="stable")]

    def room(self, box: Box) -> tuple[int, int]:
        """By how much the corners with sign 1 can grow, and by how much they can shrink."""
        counts = self.counts[box.cells]
        return (
            int(counts[box.signs < 0].min(initial=_ROOMY)),
            int(counts[box.signs > 0].min(initial=_ROOMY)),
        )

    def _room(self, cells: Numbers, signs: Numbers) -> Numbers:
        counts = self.counts[cells]
        up = np.where(signs < 0, counts, _ROOMY).min(axis=1)
        down = np.where(signs > 0, counts, _ROOMY).min(axis=1)
        room: Numbers = up + down
        return room

    def _corners(
        self, words: list[tuple[Numbers, Numbers]], chosen: tuple[Numbers, ...]
    ) -> tuple[Numbers, Numbers]:
        """Cells and signs of the corners of chosen boxes, one box a row; -1 where the release has no cell."""
        many = len(chosen[0])
        signs = np.ones((many, 1), dtype=np.int64)
        places: list[Numbers] = []
        for (nodes, sign), choice in zip(words, chosen, strict=True):
            length = nodes.shape[1]
            places = [np.repeat(place, length, axis=1) for place in places]
            places.append(np.tile(nodes[choice], (1, signs.shape[1])))
            signs = np.repeat(signs, length, axis=1) * np.tile(sign[choice], (1, signs.shape[1]))
        cells: Numbers = self.at[tuple(places)]
        return cells, signs

    def _words(self, axis: int, node: int) -> tuple[Numbers, Numbers]:
        key = (axis, node)
        if key not in self.words:
            self.words[key] = self.axes[axis].words(node)
        return self.words[key]


def _box(cells: Numbers, signs: Numbers) -> Box:
    there = cells >= 0
    return Box(cells[there], signs[there])


def _folded(both: Prices, axis: int, nodes: Numbers, signs: Numbers, kinds: int) -> Prices:
    """Prices of every word along an axis in place of its nodes; the second kind for words of turned signs."""
    size = both.shape[axis]
    # Both kinds after one another along the axis, without a copy where it is the first.
    joined = both.reshape(-1, *both.shape[2:]) if axis == 1 else np.concatenate(list(both), axis=axis - 1)
    turn = size if len(both) > 1 else 0
    found = np.empty((kinds, *both.shape[1:axis], len(nodes), *both.shape[axis + 1 :]), dtype=np.float32)
    for kind in range(kinds):
        at = nodes + turn * ((signs < 0) != bool(kind))
        np.take(joined, at[:, 0], axis=axis - 1, out=found[kind], mode="clip")
        for column in at.T[1:]:
            found[kind] += np.take(joined, column, axis=axis - 1)
    return found


class _Axis:
    """Nodes of one dimension or chain: a tree with the total at its root, number 0."""

    def __init__(self, codes: Codes) -> None:
        nodes, node_of = np.unique(codes, axis=0, return_inverse=True)
        root = np.zeros((1, codes.shape[1]), dtype=np.int64)
        if nodes[0].any():
            nodes, node_of = np.concatenate([root, nodes]), node_of + 1
        self.nodes, self.node_of = nodes, node_of.reshape(-1).astype(np.int64)
        self.names = np.append((nodes != 0) @ (1 << np.arange(nodes.shape[1])), -1)
        at = {tuple(node): number for number, node in enumerate(nodes.tolist())}
        self.up = [_parent(node, at) for node in nodes.tolist()]
        self.down: list[list[int]] = [[] for _ in self.up]
        for number, parent in enumerate(self.up[1:], start=1):
            self.down[parent].append(number)

    def words(self, node: int) -> tuple[Numbers, Numbers]:
        """Words through a node: their nodes, a row each, filled up with the place past the end, and signs."""
        draw = np.random.default_rng(node)
        found: list[Word] = []
        for leg in self._legs(node, draw):
            found.append((*[(each, 1) for each in leg], (0, 1)))
            found += [
                (*[(each, 1) for each in leg[: leg.index(last) + 1]], *[(each, -1) for each in other])
                for last, other in self._others(leg, node)
            ]
        if len(found) > _MANY:
            # The way to the total stays; of the others, short ones first.
            keys = [(word[-1] != (0, 1), len(word), draw.random()) for word in found]
            found = [found[each] for each in sorted(range(len(found)), key=keys.__getitem__)[:_MANY]]
        length = max(len(word) for word in found)
        end = len(self.nodes)
        nodes = np.full((len(found), length), end, dtype=np.int64)
        signs = np.ones((len(found), length), dtype=np.int64)
        for row, word in enumerate(found):
            nodes[row, : len(word)] = [each for each, _ in word]
            signs[row, : len(word)] = [sign for _, sign in word]
        return nodes, signs

    def _legs(self, node: int, draw: np.random.Generator) -> list[list[int]]:
        """Paths from a leaf below a node through it towards the root, without the root."""
        leaves = self._leaves(node)
        if len(leaves) > _WORDS:
            leaves = [leaves[each] for each in np.sort(draw.choice(len(leaves), _WORDS, replace=False))]
        return [self._path(leaf, 0) for leaf in leaves]

    def _others(self, leg: list[int], node: int) -> list[tuple[int, list[int]]]:
        """Paths down to other leaves from each place above a node where a leg can turn; shorter ways first."""
        found: list[tuple[int, list[int]]] = []
        top = node
        while top:
            below, top = top, self.up[top]
            others = [leaf for child in self.down[top] if child != below for leaf in self._leaves(child)]
            step = max(1, len(others) // _WORDS)
            found += [(below, self._path(leaf, top)) for leaf in others[leg[0] % step :: step]]
        return found

    def _leaves(self, node: int) -> list[int]:
        if not self.down[node]:
            return [node] if node else []
        return [leaf for child in self.down[node] for leaf in self._leaves(child)]

    def _path(self, leaf: int, top: int) -> list[int]:
        path = [leaf]
        while self.up[path[-1]] != top:
            path.append(self.up[path[-1]])
        return path


def _parent(node: list[int], at: dict[tuple[int, ...], int]) -> int:
    for last in range(len(node) - 1, -1, -1):
        if node[last]:
            above = at.get((*node[:last], *[0] * (len(node) - last)))
            if above is not None:
                return above
    return 0


def _chains(codes: Codes) -> list[list[int]]:
    """Dimensions in chains, outer first: one is nested in another when it is never used without it."""
    used = codes != 0
    often = used.sum(axis=0)
    order = [int(each) for each in np.argsort(-often, kind="stable") if often[each]]
    chains: list[list[int]] = []
    for inner in order:
        for chain in chains:
            if often[chain[-1]] and not (used[:, inner] & ~used[:, chain[-1]]).any():
                chain.append(inner)
                break
        else:
            chains.append([inner])
    return chains
