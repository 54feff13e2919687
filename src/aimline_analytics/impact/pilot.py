"""Pilots by lot: what chance alone would have made of the same outcomes, had the lot fallen otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.arrangements import Trial, arranged, trial
from aimline_analytics.impact.balance import as_columns, deviations, named
from aimline_analytics.impact.findings import Check, Finding, evidence
from aimline_analytics.results import Bools, Floats

# Numbers nearer than this share of the largest are taken for equal.
_EQUAL = 1e-9
_USUAL = 0.05


@dataclass(frozen=True, slots=True)
class Pilot:
    """A pilot whose treated were chosen by lot.

    Attributes
    ----------
    finding : Finding
        `se` is the spread of the estimate over the arrangements, if the effect is the estimate for everyone. Ends of
        the interval are infinite where the arrangements are too few for its level.
    p : float
        Share of the arrangements, the real one among them, whose difference is as far from 0.
    arrangements : int
        How many were gone through.
    whole : bool
        Whether these are all there are.
    treated, others : int
        Units of the lot (clusters, or else rows) with an outcome.
    missing : int
        Rows without an outcome.
    """

    finding: Finding
    p: float
    arrangements: int
    whole: bool
    treated: int
    others: int
    missing: int


def pilot(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    *,
    blocks: npt.ArrayLike | None = None,
    clusters: npt.ArrayLike | None = None,
    covariates: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    draws: int = 9999,
    seed: int = 1,
    level: float = 0.95,
) -> Pilot:
    """Effect of something that was given out by lot.

    Parameters
    ----------
    outcome : array_like of float, shape (n,)
        nan where missing; such rows count for the check of who was lost.
    treated : array_like of bool, shape (n,)
    blocks : array_like, shape (n,), optional
        The lot was drawn within each.
    clusters : array_like, shape (n,), optional
        The lot was drawn for each as a whole.
    covariates : array_like of float, shape (n, k), optional
        Known before the lot; none missing. They sharpen the estimate, and are what the check looks at.
    names : sequence of str, optional
        Of the covariates.
    draws : int
        Where there are no more arrangements than this, all are gone through; else so many are drawn.
    seed : int
        Of the draws.
    level : float

    Returns
    -------
    Pilot

    Raises
    ------
    AnalyticsError
        When a block has nobody on one side, or a cluster lies on both, or a covariate is missing.

    Notes
    -----
    The estimate is the mean over blocks, by their rows, of the difference in means; with covariates the same of what
    least squares on them and the blocks leaves of the outcome, over what it leaves of the treatment (in a plain pilot
    this is the regression coefficient). The p value holds the real difference against those of all arrangements
    that keep how many are treated in each block; of drawn ones it is (b + 1)/(m + 1). The interval has every effect,
    the same for everyone, that such a test does not refute. Nothing is assumed about how outcomes are distributed.

    References
    ----------
    Fisher 1935, The Design of Experiments. Rosenbaum 2002, doi:10.1214/ss/1042727942.
    Phipson & Smyth 2010, doi:10.2202/1544-6115.1585. Hansen & Bowers 2008, doi:10.1214/08-STS254.
    """
    y, on = np.asarray(outcome, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    x = as_columns(covariates, y.size)
    if np.isnan(x).any():
        raise AnalyticsError("a value is missing", where="covariates", remedy="Leave the row out")
    seen = ~np.isnan(y)
    if seen.sum() < 2:
        raise AnalyticsError(f"{int(seen.sum())} are known", where="outcome", remedy="Give two or more")
    block, cluster = (None if each is None else np.asarray(each) for each in (blocks, clusters))
    everyone, known = trial(on, block, cluster), np.column_stack([~seen, x])
    if seen.all():
        given, columns = everyone, np.column_stack([_left(y, on, x, everyone), known])
        differences, whole = arranged(given, columns, draws, seed)
        before = differences[:, 2:]
    else:
        given = trial(on[seen], *(None if each is None else each[seen] for each in (block, cluster)))
        differences, whole = arranged(given, _left(y[seen], on[seen], x[seen], given), draws, seed)
        before = arranged(everyone, known, draws, seed)[0]
    estimate, p, ends, se = _inverted(differences[:, :2], level)
    check = _check(before, known, on, named(names, x.shape[1]))
    finding = Finding(
        design="pilot by lot",
        n=int(seen.sum()),
        estimate=estimate,
        se=se,
        low=ends[0],
        high=ends[1],
        evidence=evidence(float(-special.ndtri(p / 2)), 1.0, check),
        assumption="A lot alone decided who was treated, and nobody's outcome hangs on the treatment of others.",
        check=check,
    )
    ours = int(given.treated.sum())
    return Pilot(finding, p, len(differences), whole, ours, given.treated.size - ours, int((~seen).sum()))


def _left(y: Floats, on: Bools, x: Floats, given: Trial) -> Floats:
    """Take what covariates and blocks explain out of outcome and treatment."""
    both = np.column_stack([y, on])
    if not x.shape[1]:
        return both
    blocks = given.block[given.cluster]
    sums = np.zeros((int(blocks.max()) + 1, 2 + x.shape[1]))
    columns = np.column_stack([both, x - x.mean(axis=0)])
    np.add.at(sums, blocks, columns)
    columns -= (sums / np.bincount(blocks)[:, None])[blocks]
    size = np.maximum(columns.std(axis=0)[2:], 1e-300)
    both, terms = columns[:, :2], columns[:, 2:] / size
    left: Floats = both - terms @ np.linalg.lstsq(terms, both, rcond=None)[0]
    return left


def _inverted(differences: Floats, level: float) -> tuple[float, float, tuple[float, float], float]:
    """Estimate, p value, interval and spread from the differences in outcome and treatment.

    If the effect is e, an arrangement gives the difference a - e c where the real one gave A - e C. It is as far from
    0 for every e between two bounds around A / C; the interval ends where too few arrangements still are.
    """
    a, c = differences.T
    real, own = float(a[0]), float(c[0])
    if own <= _EQUAL:
        raise AnalyticsError(
            "they tell treated and others apart without fail", where="covariates", remedy="Leave one out"
        )
    near = np.abs(c) < own * (1 - _EQUAL)
    first = np.divide(real - a, own - c, out=np.full(a.size, -np.inf), where=near)
    second = np.divide(real + a, own + c, out=np.full(a.size, np.inf), where=near)
    # As many arrangements as this may be as far from 0 before an effect is no longer refuted.
    few = int(np.floor((1 - level) * a.size + _EQUAL))
    ends = (
        float(np.sort(np.minimum(first, second))[few]),
        float(np.sort(np.maximum(first, second))[::-1][few]),
    )
    estimate = real / own
    as_far = np.abs(a) >= abs(real) - _EQUAL * np.abs(a).max()
    spread = float(np.sqrt(((a - estimate * c) ** 2).mean())) / own
    return estimate, float(as_far.mean()), ends, spread


def _check(differences: Floats, known: Floats, on: Bools, names: list[str]) -> Check:
    """Whether as many were lost on both sides, and whether both were alike beforehand."""
    details, alike = ["No outcome is missing."], []
    lost = known[:, 0]
    if lost.any():
        p = _as_far(differences[:, :1])
        alike.append(p >= _USUAL)
        details = [
            f"Without an outcome are {lost[on].mean():.1%} of the treated and {lost[~on].mean():.1%} of the "
            f"others (p {p:.2g})."
        ]
    spread = deviations(known, on)[1:]
    if (spread > 0).any():
        p = _as_far(differences[:, 1:])
        alike.append(p >= _USUAL)
        apart = np.divide(np.abs(differences[0, 1:]), spread, out=np.zeros(spread.size), where=spread > 0)
        details.append(
            f"Differences of the covariates as large as these have p {p:.2g}; the largest is {apart.max():.2f} "
            f"standard deviations ({names[int(apart.argmax())]})."
        )
    else:
        details.append("No covariates were given to see whether both sides were alike before.")
    return Check("who was lost, and balance", all(alike), " ".join(details))


def _as_far(differences: Floats) -> float:
    """Share of arrangements in which the columns together differ as much as in the real one."""
    spread = np.linalg.pinv(differences.T @ differences / len(differences), rcond=1e-10, hermitian=True)
    distance = ((differences @ spread) * differences).sum(axis=1)
    return float((distance >= distance[0] * (1 - _EQUAL)).mean())
