"""Effects of many cohorts at many times, brought together: by cohort, by time in force, by time, and in all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aimline_analytics.results import Floats


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an aggregate; `at` is the cohort, the time, or how long the change has been in force."""

    at: float
    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A mean of effects, and the means it was made of."""

    estimate: float
    se: float
    by: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Effects of cohorts at times, with the influence of each unit on each.

    Attributes
    ----------
    cohort, time, estimate : ndarray, shape (m,)
    influence : ndarray, shape (n, m)
    of : ndarray, shape (n,)
        Cohort of each unit; infinite for never.
    """

    cohort: Floats
    time: Floats
    estimate: Floats
    influence: Floats
    of: Floats


def error(influence: Floats) -> float:
    """Give the standard error of an estimate by the influence of its units."""
    return float(np.sqrt((influence**2).mean() / len(influence)))


def simple(effects: Effects) -> Aggregate:
    """Mean over all cohorts and times in force, by the size of the cohort."""
    estimate, influence = _by_size(effects, effects.time >= effects.cohort)
    return Aggregate(estimate, error(influence), ())


def by_cohort(effects: Effects) -> Aggregate:
    """Mean of each cohort over its times in force; in all by the size of the cohort."""
    cohorts = np.unique(effects.cohort[effects.time >= effects.cohort])
    means = [_plain(effects, (effects.cohort == each) & (effects.time >= each)) for each in cohorts]
    estimates = np.array([estimate for estimate, _influence in means])
    influences = np.column_stack([influence for _estimate, influence in means])
    return _told(cohorts, means, *_weighed(estimates, influences, cohorts, effects.of))


def by_duration(effects: Effects) -> Aggregate:
    """Mean at each time since the start, by size; in all the plain mean of those from 0 on."""
    since = effects.time - effects.cohort
    durations = np.unique(since)
    means = [_by_size(effects, since == each) for each in durations]
    return _evenly(durations, means, durations >= 0)


def by_time(effects: Effects) -> Aggregate:
    """Mean at each time over the cohorts in force, by size; in all the plain mean."""
    on = effects.time >= effects.cohort
    times = np.unique(effects.time[on])
    means = [_by_size(effects, on & (effects.time == each)) for each in times]
    return _evenly(times, means, np.ones(times.size, dtype=np.bool_))


def _by_size(effects: Effects, kept: np.ndarray) -> tuple[float, Floats]:
    return _weighed(effects.estimate[kept], effects.influence[:, kept], effects.cohort[kept], effects.of)


def _weighed(estimates: Floats, influences: Floats, cohorts: Floats, of: Floats) -> tuple[float, Floats]:
    """Mean by size of cohort. That sizes are those of a sample adds to the influence."""
    member = (of[:, None] == cohorts).astype(np.float64)
    share = member.mean(axis=0)
    total = share.sum()
    off = member - share
    moved = off / total - off.sum(axis=1)[:, None] * share / total**2
    weights = share / total
    return float(estimates @ weights), influences @ weights + moved @ estimates


def _plain(effects: Effects, kept: np.ndarray) -> tuple[float, Floats]:
    influence: Floats = effects.influence[:, kept].mean(axis=1)
    return float(effects.estimate[kept].mean()), influence


def _evenly(at: Floats, means: list[tuple[float, Floats]], kept: np.ndarray) -> Aggregate:
    chosen = [mean for mean, keep in zip(means, kept, strict=True) if keep]
    influence: Floats = np.mean([each for _estimate, each in chosen], axis=0)
    return _told(at, means, float(np.mean([estimate for estimate, _influence in chosen])), influence)


def _told(at: Floats, means: list[tuple[float, Floats]], estimate: float, influence: Floats) -> Aggregate:
    parts = (Part(float(one), mean, error(each)) for one, (mean, each) in zip(at, means, strict=True))
    return Aggregate(estimate, error(influence), tuple(parts))
