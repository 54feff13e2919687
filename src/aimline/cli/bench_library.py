"""What `bench` measures of the analytics library: each analysis against plain work on the same numbers, in one run.

The plain work is the least that any program has to do with these numbers (sort them, add them up, fit them once), or
one step of the usual way (a linear program). Each analysis has a process of its own, which tells its most memory.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize
from threadpoolctl import threadpool_limits

from aimline.cli.timing import fastest, once
from aimline_analytics import Subgroups, attack, charts, growth_model, random_intercepts, release
from aimline_analytics.disclosure.suppression import Release
from aimline_analytics.growth.splines import basis, knots_of

POINTS, QUANTILES = 36, 100
# The linear program of more students than this takes minutes.
_PROGRAM_UP_TO = 10_000
_ROUNDS = 2
_PIECE = 20_000

Floats = npt.NDArray[np.float64]


class Measured(NamedTuple):
    """Milliseconds of an analysis and of the plain work it is held against; most memory in megabytes."""

    name: str
    taken: float
    plain: float
    against: str
    memory: float = 0.0


Case = Callable[[], Measured]


def library(cases: Sequence[Case] | None = None) -> Iterator[Measured]:
    """Measure one analysis after the other, those of a large state by default."""
    for case in CASES if cases is None else cases:
        with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as one:
            yield one.submit(_alone, case).result()


def _alone(case: Case) -> Measured:
    with threadpool_limits(limits=1):
        found = case()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found._replace(memory=most / (2**20 if sys.platform == "darwin" else 2**10))


def charting(series: int) -> Measured:
    rng = np.random.default_rng(1)
    y = rng.normal(50, 5, series * POINTS).round(1)
    owner = np.repeat(np.arange(series), POINTS)
    points = Subgroups(owner, y, np.ones(y.size), np.full(y.size, np.nan), np.zeros(y.size, dtype=np.bool_))
    return Measured(
        f"{series:,} charts of {POINTS} points, rules and limits",
        fastest(lambda: charts("i", points), _ROUNDS),
        fastest(lambda: np.sort(y), _ROUNDS),
        "sorting the points once",
    )


def growing(students: int, priors: int) -> Measured:
    rng = np.random.default_rng(1)
    skill = rng.normal(500, 40, students)
    score, *before = (np.round(skill + rng.normal(0, 15, students)) for _ in range(1 + priors))
    knots = [knots_of(prior) for prior in before]
    columns = [basis(prior, own) for prior, own in zip(before, knots, strict=True)]
    design = np.column_stack([np.ones(students), *columns])
    plain, against = _plain_growth(design, score)
    words = f"Growth of {students:,} students, {priors} earlier scores, {QUANTILES} quantiles"
    return Measured(words, once(lambda: growth_model(score, before, knots)), plain, against)


def _plain_growth(design: Floats, score: Floats) -> tuple[float, str]:
    if len(score) <= _PROGRAM_UP_TO:
        return once(partial(_median_by_linear_program, design, score)), "a linear program of one quantile"
    fits = np.random.default_rng(2).normal(size=(design.shape[1], QUANTILES))
    taken = fastest(lambda: [design[at : at + _PIECE] @ fits for at in range(0, len(score), _PIECE)], _ROUNDS)
    return taken, "computing all fitted quantiles once"


def _median_by_linear_program(design: Floats, score: Floats) -> object:
    """Solve the dual of the regression's program, which SciPy solves several times faster than the primal one."""
    return optimize.linprog(-score, A_eq=design.T, b_eq=design.sum(axis=0) / 2, bounds=(0, 1), method="highs")


def comparing(rows: int) -> Measured:
    rng = np.random.default_rng(1)
    schools, districts = rows // 100, rows // 2000
    inner = rng.integers(0, schools, rows)
    outer = inner * districts // schools
    fixed = rng.normal(size=(rows, 3))
    outcome = fixed.sum(axis=1) + rng.normal(size=rows)
    outcome += rng.normal(size=schools)[inner] + rng.normal(size=districts)[outer]
    columns = [outcome, *fixed.T]
    return Measured(
        f"Three-level model of {rows:,} rows in {schools:,} schools",
        fastest(lambda: random_intercepts(outcome, fixed, outer, inner), _ROUNDS),
        fastest(lambda: [np.bincount(inner, column) for column in columns], _ROUNDS),
        "adding the columns up by school",
    )


def releasing(schools: int) -> Measured:
    columns, counts = lattice(schools)
    made: list[Release] = []
    taken = once(lambda: made.append(release(columns, counts)))
    hidden = made[0].hidden
    return Measured(
        f"Release of {len(counts):,} counts, {int(hidden.sum()):,} of them hidden",
        taken,
        once(lambda: attack(columns, np.where(hidden, np.nan, counts))),
        "attacking it once",
    )


def lattice(schools: int) -> tuple[dict[str, list[str]], npt.NDArray[np.int64]]:
    """Counts of students by school, grade and two groups, with every margin; ten schools make a district."""
    rng = np.random.default_rng(1)
    students = rng.integers(60, 200, schools)
    school = np.repeat(np.arange(schools), students * 5)
    grade = rng.integers(0, 5, school.size)
    background = rng.choice(4, school.size, p=[0.55, 0.25, 0.15, 0.05])
    services = rng.choice(2, school.size, p=[0.86, 0.14])
    cube = np.zeros((schools, 6, 5, 3), dtype=np.int64)
    np.add.at(cube, (school, grade, background, services), 1)
    for axis in (1, 2, 3):
        last = [slice(None)] * 4
        last[axis] = slice(-1, None)
        cube[tuple(last)] = cube.sum(axis=axis, keepdims=True)
    places = [(f"d{number // 10}", f"s{number}", cube[number]) for number in range(schools)]
    for district in range(0, schools, 10):
        places.append((f"d{district // 10}", "total", cube[district : district + 10].sum(axis=0)))
    places.append(("total", "total", cube.sum(axis=0)))
    names = [[*"34567", "total"], [*"abcd", "total"], [*"ny", "total"]]
    columns: dict[str, list[str]] = {
        "district": [],
        "school": [],
        "grade": [],
        "background": [],
        "services": [],
    }
    counts = []
    for (district, one, table), at in product(places, product(range(6), range(5), range(3))):
        row = (str(district), one, *(own[place] for own, place in zip(names, at, strict=True)))
        for column, word in zip(columns.values(), row, strict=True):
            column.append(word)
        counts.append(table[at])
    return columns, np.array(counts)


CASES: tuple[Case, ...] = (
    partial(charting, 100_000),
    *(partial(growing, 7_000, priors) for priors in (1, 2, 3, 4)),
    partial(growing, 100_000, 2),
    partial(growing, 1_000_000, 2),
    partial(comparing, 1_000_000),
    partial(releasing, 400),
)
