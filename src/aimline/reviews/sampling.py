"""Drawing a sample by chance, so that anybody who has the list and the seed draws the same one again.

Each class of the list gets a number that nobody can choose: the SHA-256 of the seed and the name of the class. Within
a stratum the classes with the lowest numbers are drawn, and those that follow are its reserve. Strata get places in
proportion to their size, and each gets at least one. No generator of one programming language is needed to check it.

References: Rivest 2018, consistent sampling with replacement (arXiv:1808.10016), for lots drawn by hash; Cochran 1977,
Sampling Techniques, chapters 2, 3 and 5, for the correction of small populations and for places in proportion.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from aimline_analytics.intervals import wilson_bounds

# What a list can be divided by.
SCHOOL, BAND, SUBJECT = "school", "band", "subject"
BANDS = ((-1, 2, "K-2"), (3, 5, "3-5"), (6, 8, "6-8"), (9, 12, "9-12"))
OTHER = "other"
_BEFORE_FIRST = {"IT": -1, "PR": -1, "PK": -1, "TK": -1, "KG": 0, "K": 0}


@dataclass(frozen=True, slots=True)
class Class:
    """One line of the list that is drawn from. `key` is its id on the roster; blank where it was typed."""

    name: str
    school: str
    grade: str = ""
    subject: str = ""
    key: str = ""

    @property
    def label(self) -> str:
        return f"{self.school}: {self.name}" if self.school else self.name

    @property
    def band(self) -> str:
        number = grade_number(self.grade)
        return next(
            (name for low, high, name in BANDS if number is not None and low <= number <= high), OTHER
        )

    def stratum(self, kinds: Collection[str]) -> tuple[str, ...]:
        held = {SCHOOL: self.school, BAND: self.band, SUBJECT: self.subject}
        return tuple(held[kind] for kind in (SCHOOL, BAND, SUBJECT) if kind in kinds)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def grade_number(text: str) -> int | None:
    """The first grade that a text names: 3 for 03 and for 3,4; 0 for kindergarten."""
    first = text.replace(";", ",").split(",")[0].strip().upper()
    if first in _BEFORE_FIRST:
        return _BEFORE_FIRST[first]
    found = re.search(r"\d+", first)
    return int(found[0]) if found else None


def told_apart(classes: Iterable[Class]) -> list[Class]:
    """Number the classes of a school that have one name, so that each line can be drawn."""
    seen: dict[str, int] = defaultdict(int)
    found = []
    for one in classes:
        seen[one.label] += 1
        again = seen[one.label]
        found.append(one if again == 1 else replace(one, name=f"{one.name} ({again})"))
    return found


def lot(seed: str, *parts: str) -> str:
    """The number that chance gives to a class, under a seed."""
    return hashlib.sha256("/".join([seed, *parts]).encode()).hexdigest()


def in_strata(
    classes: Iterable[Class], kinds: Collection[str], seed: str = ""
) -> dict[tuple[str, ...], list[Class]]:
    """The classes of each stratum, in the order in which they are drawn."""
    strata: dict[tuple[str, ...], list[Class]] = defaultdict(list)
    for one in classes:
        strata[one.stratum(kinds)].append(one)
    return {
        name: sorted(strata[name], key=lambda one: (lot(seed, one.label), one.label))
        for name in sorted(strata)
    }


def places(sizes: Mapping[tuple[str, ...], int], n: int) -> dict[tuple[str, ...], int]:
    """How many of each stratum: in proportion, by largest remainders, at least one and never more than there are.

    Raises ValueError where there are more strata than places.
    """
    if n < len(sizes):
        raise ValueError(f"{n} places cannot hold {len(sizes)} strata")
    whole = sum(sizes.values())
    n = min(n, whole)
    shares = {name: n * size / whole for name, size in sizes.items()}
    given = {name: max(1, int(share)) for name, share in shares.items()}
    while sum(given.values()) > n:
        # Somebody gave up a place for a stratum too small to have earned one: who has most beyond its share.
        most = max((name for name in given if given[name] > 1), key=lambda name: given[name] - shares[name])
        given[most] -= 1
    while sum(given.values()) < n:
        open_ones = [name for name in given if given[name] < sizes[name]]
        given[max(open_ones, key=lambda name: shares[name] - given[name])] += 1
    return given


def draw(classes: Sequence[Class], kinds: Collection[str], n: int, seed: str) -> list[Class]:
    """The classes to visit, in the order of their lots."""
    strata = in_strata(classes, kinds, seed)
    counts = places({name: len(held) for name, held in strata.items()}, n)
    drawn = [one for name, held in strata.items() for one in held[: counts[name]]]
    return sorted(drawn, key=lambda one: lot(seed, one.label))


def reserve(
    classes: Sequence[Class], kinds: Collection[str], seed: str, used: Collection[str], like: Class
) -> Class | None:
    """The next class of the same stratum that has not been drawn yet."""
    held = in_strata(classes, kinds, seed)[like.stratum(kinds)]
    return next((one for one in held if one.label not in used), None)


def off_by(n: int, of: int) -> int | None:
    """How many points a share seen in `n` of `of` lessons may be off, at 95 percent; None where all are seen.

    Half the Wilson interval of one half, where it is widest, with `n` enlarged as for a small population.
    """
    if n >= of:
        return None
    low, high = wilson_bounds(np.array([_effective(n, of) / 2]), np.array([_effective(n, of)]))
    return round(100 * float(high[0] - low[0]) / 2)


def _effective(n: int, of: int) -> float:
    return n * (of - 1) / (of - n)


def to_share(percent: int, visits: int, people: int) -> int:
    """How many lessons two people see: the share asked for, at least one where any is asked for."""
    if people < 2 or percent <= 0:
        return 0
    return min(visits, max(1, round(visits * percent / 100)))


def assign(
    visits: Sequence[str],
    people: Sequence[str],
    *,
    barred: Collection[tuple[str, str]],
    shared: int,
    seed: str,
) -> dict[str, tuple[str, ...]]:
    """Who sees which lesson: evenly, by chance, nobody their own; `shared` of the lessons are seen by two.

    The lessons that few may see are given out first, and each goes to whoever has the fewest so far. Where two see one,
    they are two who have seen the fewest together.
    """
    may = {visit: [one for one in people if (one, visit) not in barred] for visit in visits}
    pairs = _paired(visits, may, shared, seed)
    load: dict[str, int] = dict.fromkeys(people, 0)
    together: dict[frozenset[str], int] = defaultdict(int)
    given: dict[str, tuple[str, ...]] = {}
    for visit in sorted(visits, key=lambda one: (len(may[one]), lot(seed, "visit", one))):
        chosen: list[str] = []
        for _seat in range(min(2 if visit in pairs else 1, len(may[visit]))):
            first = chosen[0] if chosen else ""
            left = [one for one in may[visit] if one not in chosen]
            chosen.append(
                min(
                    left,
                    key=lambda one: (
                        load[one],
                        together[frozenset((first, one))],
                        lot(seed, "observer", visit, one),
                    ),
                )
            )
        for one in chosen:
            load[one] += 1
        together[frozenset(chosen)] += 1
        given[visit] = tuple(chosen)
    return given


def _paired(visits: Sequence[str], may: Mapping[str, list[str]], shared: int, seed: str) -> set[str]:
    able = [visit for visit in visits if len(may[visit]) > 1]
    return set(sorted(able, key=lambda one: lot(seed, "two", one))[:shared])
