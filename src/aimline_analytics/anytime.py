"""Looking every week without crying wolf: evidence and intervals that hold at every moment, however often one looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from aimline_analytics.control_charts.series import Flags, Numbers, as_flags, as_numbers
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.results import Floats

Side = Literal["both", "above", "below"]
_GRID = 1000
_HALVINGS = 50


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """What each look shows, one entry per observation.

    Attributes
    ----------
    evidence : ndarray, shape (n,)
        How many times better the data fit a change than none; 1 / (1 - level) and more is a signal.
    signal_at : int or None
        The first observation at which the evidence is enough, from 0.
    estimate, low, high : ndarray, shape (n,)
        Mean so far, and the range that holds the truth at all looks together with the level's probability.
    """

    evidence: Floats
    signal_at: int | None
    estimate: Floats
    low: Floats
    high: Floats


def watch_share(
    happened: Flags, expected: float, *, side: Side = "both", level: float = 0.95, prior: float = 0.5
) -> Watch:
    """Watch a share against what is expected, with a look after every observation.

    Parameters
    ----------
    happened : flags, shape (n,)
        Whether it happened, in the order seen.
    expected : float
        The share without a change, between 0 and 1.
    side : {"both", "above", "below"}
        Which departures count as evidence. The interval is two-sided always.
    level : float
        1 minus the chance of ever crying wolf, however long one watches.
    prior : float
        Both parameters of the beta distribution that the bet is spread over, above 0; smaller looks further away.

    Returns
    -------
    Watch

    Raises
    ------
    AnalyticsError
        When `expected`, `level` or `prior` are impossible.

    Notes
    -----
    The evidence is a beta-binomial mixture likelihood ratio: a nonnegative martingale if nothing changed, so by
    Ville's inequality the chance that it ever reaches 1 / (1 - level) is at most 1 - level. The interval keeps
    every share that the data have never spoken against that much. Small changes take long: at ten
    observations a month and .35 instead of .30 most watches see nothing in three years. Assumes independent
    observations.

    References
    ----------
    Ville 1939, Étude critique de la notion de collectif. Robbins 1970, doi:10.1214/aoms/1177696786.
    Howard, Ramdas, McAuliffe & Sekhon 2021, doi:10.1214/20-AOS1991.
    """
    if not 0 < expected < 1:
        raise AnalyticsError(
            f"{expected} is no share", where="expected", remedy="Give a share between 0 and 1"
        )
    _expect_level(level)
    if prior <= 0:
        raise AnalyticsError("it is not above 0", where="prior", remedy="Give a number such as 0.5")
    marks = np.asarray(happened)
    hits = np.cumsum(as_flags(happened, marks.size, "happened")).astype(np.float64)
    n = np.arange(1.0, hits.size + 1)
    logs = _log_evidence(hits, n, expected, prior, side)
    low, high = _shares_not_refuted(hits, n, prior, -np.log(1 - level))
    evidence: Floats = np.exp(np.minimum(logs, 700.0))
    return Watch(evidence, _first(evidence, level), hits / n, low, high)


def watch_mean(values: Numbers, expected: float, *, low: float, high: float, level: float = 0.95) -> Watch:
    """Watch the mean of a bounded outcome against what is expected, with a look after every observation.

    Parameters
    ----------
    values : numbers, shape (n,)
        In the order seen, each between `low` and `high`.
    expected : float
        The mean without a change.
    low, high : float
        Bounds of the outcome, such as 0 and 100.
    level : float
        1 minus the chance of ever crying wolf.

    Returns
    -------
    Watch
        In the unit of the values.

    Raises
    ------
    AnalyticsError
        When a value is missing or out of bounds, or the bounds do not hold the expectation between them.

    Notes
    -----
    Hedged betting: half of a capital is bet that the mean is higher, half that it is lower, by stakes set before
    each observation from those before it. No distribution is assumed, only the bounds and that the mean given
    the past does not change. The interval is found on a grid of a thousandth of the range.

    References
    ----------
    Waudby-Smith & Ramdas 2024, doi:10.1093/jrsssb/qkad009.
    """
    _expect_level(level)
    seen = as_numbers(values, "values")
    bad = ~((seen >= low) & (seen <= high))
    if bad.any():
        raise AnalyticsError(
            "a value is missing or out of bounds",
            where=f"values, position {int(np.argmax(bad))}",
            remedy=f"Give values from {low} to {high}",
        )
    if not low < expected < high:
        raise AnalyticsError("it is not between the bounds", where="expected", remedy="Mend it or the bounds")
    scaled = (seen - low) / (high - low)
    stakes = _stakes(scaled, level)
    means = np.concatenate([[(expected - low) / (high - low)], (np.arange(_GRID) + 0.5) / _GRID])
    capital = _capital(scaled, stakes, means)
    kept = np.logical_and.accumulate(capital[:, 1:] < 1 / (1 - level), axis=0)
    ends = _ends(kept, means[1:])
    n = np.arange(1, seen.size + 1)
    return Watch(
        capital[:, 0],
        _first(capital[:, 0], level),
        np.cumsum(seen) / n,
        low + ends[0] * (high - low),
        low + ends[1] * (high - low),
    )


def _expect_level(level: float) -> None:
    if not 0 < level < 1:
        raise AnalyticsError(
            f"the level {level} is impossible", where="level", remedy="Give a share such as 0.95"
        )


def _first(evidence: Floats, level: float) -> int | None:
    enough = np.flatnonzero(evidence >= 1 / (1 - level))
    return int(enough[0]) if enough.size else None


def _log_evidence(hits: Floats, n: Floats, expected: float, prior: float, side: Side) -> Floats:
    """Log of the mixture over the shares that count as a change, against the expected one."""
    a, b = prior + hits, prior + n - hits
    logs = special.betaln(a, b) - special.betaln(prior, prior)
    if side != "both":
        inside, before = special.betainc(a, b, expected), special.betainc(prior, prior, expected)
        if side == "above":
            inside, before = special.betaincc(a, b, expected), 1 - before
        logs = logs + np.log(np.maximum(inside, 1e-300)) - np.log(before)
    found: Floats = logs - hits * np.log(expected) - (n - hits) * np.log1p(-expected)
    return found


def _shares_not_refuted(hits: Floats, n: Floats, prior: float, bound: float) -> tuple[Floats, Floats]:
    """Shares against which the evidence has stayed below the bound at every look so far."""
    logs = special.betaln(prior + hits, prior + n - hits) - special.betaln(prior, prior) - bound

    def speaks_against(share: Floats) -> npt.NDArray[np.bool_]:
        spoken: npt.NDArray[np.bool_] = logs > special.xlogy(hits, share) + special.xlog1py(n - hits, -share)
        return spoken

    middle = hits / n
    low = _halved(np.zeros(n.size), middle, speaks_against)
    high = _halved(np.ones(n.size), middle, speaks_against)
    return np.maximum.accumulate(low), np.minimum.accumulate(high)


def _halved(
    refuted: Floats, kept: Floats, speaks_against: Callable[[Floats], npt.NDArray[np.bool_]]
) -> Floats:
    """Where the evidence against a share falls below the bound, between an end and the mean seen."""
    for _turn in range(_HALVINGS):
        middle = (refuted + kept) / 2
        against = speaks_against(middle)
        refuted, kept = np.where(against, middle, refuted), np.where(against, kept, middle)
    return refuted


def _stakes(scaled: Floats, level: float) -> Floats:
    """How much to bet on each observation, from those before it alone."""
    n = np.arange(1, scaled.size + 1)
    mean = (0.5 + np.cumsum(scaled)) / (n + 1)
    spread = (0.25 + np.cumsum((scaled - mean) ** 2)) / (n + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    found: Floats = np.sqrt(2 * np.log(2 / (1 - level)) / (before * n * np.log(1 + n)))
    return found


def _capital(scaled: Floats, stakes: Floats, means: Floats) -> Floats:
    """Capital that is left of the bets against each mean, after each observation."""
    gap = scaled[:, None] - means
    up = np.minimum(stakes[:, None], 0.5 / means)
    down = np.minimum(stakes[:, None], 0.5 / (1 - means))
    risen = np.cumsum(np.log1p(up * gap), axis=0)
    fallen = np.cumsum(np.log1p(-down * gap), axis=0)
    found: Floats = np.exp(np.clip(np.logaddexp(risen, fallen) - np.log(2), -700, 700))
    return found


def _ends(kept: npt.NDArray[np.bool_], means: Floats) -> tuple[Floats, Floats]:
    """First and last mean that is kept at each look, a grid step wider; where none is left, the one kept last."""
    step = 1 / _GRID
    some = kept.any(axis=1)
    low = np.where(some, means[np.argmax(kept, axis=1)] - step, np.nan)
    high = np.where(some, means[means.size - 1 - np.argmax(kept[:, ::-1], axis=1)] + step, np.nan)
    last = np.maximum.accumulate(np.where(some, np.arange(some.size), 0))
    return np.clip(low[last], 0, 1), np.clip(high[last], 0, 1)
