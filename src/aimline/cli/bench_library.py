"""What `bench` measures of the analytics library: each analysis against plain work on the same numbers, in one run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import optimize

from aimline.cli.timing import fastest
from aimline_analytics import Subgroups, charts, growth_model, random_intercepts
from aimline_analytics.growth.splines import basis, knots_of

POINTS, PRIORS = 36, 2
ROUNDS = 2

Floats = npt.NDArray[np.float64]


class Measured(NamedTuple):
    """Milliseconds of an analysis, and of the plain work it is held against."""

    name: str
    taken: float
    plain: float
    against: str


def library(series: int = 100_000, students: int = 5_000, rows: int = 200_000) -> Iterator[Measured]:
    rng = np.random.default_rng(1)
    yield _charts(rng, series)
    yield _growth(rng, students)
    yield _multilevel(rng, rows)


def _charts(rng: np.random.Generator, series: int) -> Measured:
    y = rng.normal(50, 5, series * POINTS).round(1)
    owner = np.repeat(np.arange(series), POINTS)
    points = Subgroups(owner, y, np.ones(y.size), np.full(y.size, np.nan), np.zeros(y.size, dtype=np.bool_))
    return Measured(
        f"{series} charts of {POINTS} points",
        fastest(lambda: charts("i", points), ROUNDS),
        fastest(lambda: np.sort(y), ROUNDS),
        "sorting the points",
    )


def _growth(rng: np.random.Generator, students: int) -> Measured:
    skill = rng.normal(500, 40, students)
    score, *priors = (np.round(skill + rng.normal(0, 15, students)) for _ in range(1 + PRIORS))
    knots = [knots_of(prior) for prior in priors]
    design = np.column_stack(
        [np.ones(students), *(basis(prior, own) for prior, own in zip(priors, knots, strict=True))]
    )
    return Measured(
        f"Growth model of {students} students, 100 quantiles",
        fastest(lambda: growth_model(score, priors, knots), ROUNDS),
        fastest(lambda: _median_by_linear_program(design, score), ROUNDS),
        "a linear program of one quantile",
    )


def _median_by_linear_program(design: Floats, score: Floats) -> object:
    """The dual of the regression's program, which SciPy solves several times faster than the primal one."""
    return optimize.linprog(-score, A_eq=design.T, b_eq=design.sum(axis=0) / 2, bounds=(0, 1), method="highs")


def _multilevel(rng: np.random.Generator, rows: int) -> Measured:
    schools, districts = rows // 100, rows // 2000
    inner = rng.integers(0, schools, rows)
    outer = inner * districts // schools
    fixed = rng.normal(size=(rows, 3))
    outcome = fixed.sum(axis=1) + rng.normal(size=rows)
    outcome += rng.normal(size=schools)[inner] + rng.normal(size=districts)[outer]
    columns = [outcome, *fixed.T]
    return Measured(
        f"Three-level model of {rows} rows",
        fastest(lambda: random_intercepts(outcome, fixed, outer, inner), ROUNDS),
        fastest(lambda: [np.bincount(inner, column) for column in columns], ROUNDS),
        "summing the rows by group",
    )
