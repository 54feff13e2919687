"""Drawn districts for the tests of disclosure: students counted in a lattice of tables with all margins."""

from __future__ import annotations

import itertools

import numpy as np

Columns = dict[str, list[str | None]]
PLACES = ((0, 0), (1, 0), (1, 1))
NAMES = ("district", "school", "grade", "race", "sex", "lunch")


def world(
    seed: int,
    *,
    districts: int = 2,
    schools: int = 4,
    students: int = 300,
    sizes: tuple[int, ...] = (4, 4, 2),
) -> tuple[Columns, np.ndarray]:
    """Columns and counts of state, districts and schools by every combination of the attributes."""
    draw = np.random.default_rng(seed)
    shares = [draw.dirichlet(np.full(size, 1.2 if size > 2 else 5)) for size in sizes]
    people = []
    for school in range(districts * schools):
        many = max(20, int(draw.gamma(4, students / 4)))
        local = [np.full(sizes[0], 1 / sizes[0]), *[draw.dirichlet(share * 8 + 0.05) for share in shares[1:]]]
        own = [draw.choice(len(share), many, p=share) + 1 for share in local]
        people.append(np.column_stack([np.full((many, 2), (school // schools + 1, school + 1)), *own]))
    return _counted(np.vstack(people), sizes)


def _counted(people: np.ndarray, sizes: tuple[int, ...]) -> tuple[Columns, np.ndarray]:
    found: dict[tuple[int, ...], int] = {}
    for place in PLACES:
        for used in itertools.product((0, 1), repeat=len(sizes)):
            keys, times = np.unique(people * np.array([*place, *used]), axis=0, return_counts=True)
            found |= dict(zip(map(tuple, keys.tolist()), times.tolist(), strict=True))
            inner = [range(1, size + 1) if on else (0,) for size, on in zip(sizes, used, strict=True)]
            for where in {tuple(key[:2]) for key in keys.tolist()}:
                for code in itertools.product(*inner):
                    found.setdefault((*where, *code), 0)
    keys = np.array(sorted(found))
    columns: Columns = {
        name: ["total" if code == 0 else f"{name} {code}" for code in codes.tolist()]
        for name, codes in zip(NAMES, keys.T, strict=False)
    }
    return columns, np.array([found[tuple(key)] for key in keys.tolist()])
