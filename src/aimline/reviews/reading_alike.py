"""How alike two coders read: for each code, what both marked, what only one did, and what may rest on that.

The threshold is a convention. Research on content analysis takes 0.70 beyond chance as enough for work that explores
(Lombard, Snyder-Duch and Bracken 2002, doi:10.1111/j.1468-2958.2002.tb00826.x), and programmes that train observers in
schools use the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from aimline_analytics import kappa, kappa_interval
from aimline_analytics.results import Interval

THRESHOLD = 0.70
# Marked on fewer excerpts, one reading more or less decides everything.
FEWEST_USES = 5
T = TypeVar("T")


class Reads(StrEnum):
    ALIKE = "alike"
    TALK = "talk"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class Alike:
    """Two coders and one code, over the excerpts that both have read."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def read(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def only_one(self) -> int:
        return self.only_a + self.only_b

    @property
    def uses(self) -> int:
        return self.both + self.only_one

    @property
    def same(self) -> float | None:
        """The share of excerpts read the same way."""
        return (self.both + self.neither) / self.read if self.read else None

    @property
    def beyond_chance(self) -> float | None:
        """Cohen's kappa; none where both always marked the same thing, or nothing."""
        return kappa(*self._columns()) if self.read else None

    @property
    def interval(self) -> Interval | None:
        return kappa_interval(*self._columns()) if self.read else None

    @property
    def reads(self) -> Reads:
        found = self.beyond_chance
        if self.uses < FEWEST_USES or found is None:
            return Reads.FEW
        return Reads.ALIKE if found >= THRESHOLD else Reads.TALK

    def _columns(self) -> tuple[list[int], list[int]]:
        cells = ((1, 1, self.both), (1, 0, self.only_a), (0, 1, self.only_b), (0, 0, self.neither))
        return [a for a, _b, n in cells for _ in range(n)], [b for _a, b, n in cells for _ in range(n)]

    def as_counts(self) -> dict[str, int]:
        return {"both": self.both, "a": self.only_a, "b": self.only_b, "neither": self.neither}


def alike(read: Collection[T], a: Iterable[T], b: Iterable[T]) -> Alike:
    """`read` are the excerpts that both read, `a` and `b` those that each marked."""
    there = set(read)
    first, second = set(a) & there, set(b) & there
    both = len(first & second)
    only_a, only_b = len(first) - both, len(second) - both
    return Alike(both, only_a, only_b, len(there) - both - only_a - only_b)


def from_counts(counts: Mapping[str, int]) -> Alike:
    return Alike(*(int(counts.get(name, 0)) for name in ("both", "a", "b", "neither")))
