"""Every Shewhart chart, for one series or for a hundred thousand at once: centre, limits, rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from aimline_analytics import rules
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.kernels.runs import EQUAL
from aimline_analytics.kernels.segments import Bools, Floats, Ints, Segments, same
from aimline_analytics.limits import KINDS, LINES, T_POWER, Given, Lines, Subgroups, moving_range
from aimline_analytics.rules import Counted, Marks, Signs

__all__ = ["KINDS", "Charted", "Subgroups", "charts"]


@dataclass(frozen=True, slots=True, eq=False)
class Charted:
    """Charts of many stretches.

    Attributes
    ----------
    y, center, lower, upper : ndarray, shape (points,)
        What is drawn; nan where there is no limit.
    outside : ndarray of int8, shape (points,)
        +1 strictly above the upper limit, -1 strictly below the lower; excluded points too.
    marks : dict of str to ndarray of int8, shape (points,)
        For each rule of the set the points it names, +1 or -1 for the direction.
    n : ndarray of int, shape (stretches,)
        Points that count.
    useful, longest, longest_max, crossings, crossings_min : ndarray of int, shape (stretches,)
        Anhøj's numbers; the bounds are -1 where no point is useful. All 0 and -1 where order means nothing.
    signal : ndarray of bool, shape (stretches,)
    widened : ndarray, shape (stretches,)
        By how much the limits are wider than textbook ones; 1 where they are those.
    rules : str
        Rule set and version.
    """

    y: Floats
    center: Floats
    lower: Floats
    upper: Floats
    outside: Signs
    marks: Marks
    n: Ints
    useful: Ints
    longest: Ints
    longest_max: Ints
    crossings: Ints
    crossings_min: Ints
    signal: Bools
    widened: Floats
    rules: str


def charts(
    kind: str,
    points: Subgroups,
    *,
    freeze: int | None = None,
    rule_set: str = "anhoj",
    limits: Literal["auto", "textbook"] = "auto",
    screen: bool = True,
    in_order: bool = True,
) -> Charted:
    """Chart many stretches of subgroups at once.

    Parameters
    ----------
    kind : {"run", "i", "mr", "ip", "xbar", "s", "p", "pp", "c", "u", "up", "g", "t"}
        `ip`, `pp` and `up` are the prime charts, for denominators that are large or vary.
    points : Subgroups
    freeze : int, optional
        Centre and limits come from the first so many subgroups of each stretch, excluded and missing ones
        counted; the rules look at all.
    rule_set : str
        One of `rules.VERSIONS`.
    limits : {"auto", "textbook"}
        `auto` widens limits made from moving ranges where textbook ones cry wolf: after a frozen baseline of
        fewer than 20 points, and where neighbors in a baseline of 40 or more are clearly alike.
    screen : bool
        Leave out, once, moving ranges so large that they would hide themselves (Nelson 1982).
    in_order : bool
        False for a funnel, whose order means nothing: no run tests, and the primes take the plain spread.

    Returns
    -------
    Charted

    Raises
    ------
    AnalyticsError
        For another kind or rule set, or a `t` chart of negative times.

    Notes
    -----
    Limits are three standard deviations from the centre. Rules assume independent points: where neighbours
    are alike they cry wolf more often. "On the centre" and "outside" allow 1e-12 of the largest
    absolute value, so that rounding cannot break a run.

    References
    ----------
    Montgomery, Introduction to Statistical Quality Control. Laney 2002, doi:10.1081/QEN-120006708.
    Benneyan 2001, doi:10.1023/A:1012871013862. Nelson 1982, doi:10.1080/00224065.1982.11978811.
    Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825.
    """
    _check(kind, rule_set, points)
    stretches = Segments(points.owner)
    y = moving_range(points) if kind == "mr" else points.sd if kind == "s" else points.y
    there = np.isfinite(y) & (points.size > 0)
    counts = there & ~points.excluded
    baseline = counts if freeze is None else counts & (stretches.position() < freeze)
    given = Given(
        points,
        stretches,
        y,
        baseline,
        screen,
        in_order,
        rule_set,
        counts,
        frozen=freeze is not None,
        calibrated=limits == "auto",
    )
    lines = LINES[kind](given)
    y = np.where(there, y, np.nan)
    tol = _tolerances(y, stretches)
    outside = _beyond(y, lines.lower, lines.upper, tol)
    return _judged(kind, rule_set, y, lines, outside, counts, stretches, tol, in_order)


def _check(kind: str, rule_set: str, points: Subgroups) -> None:
    if kind not in LINES:
        raise AnalyticsError(f"{kind!r} is no chart", where="kind", remedy=f"Give one of {', '.join(KINDS)}")
    if rule_set not in rules.VERSIONS:
        raise AnalyticsError(
            f"{rule_set!r} is no rule set",
            where="rule_set",
            remedy=f"Give one of {', '.join(rules.VERSIONS)}",
        )
    if kind == "t" and (points.y < 0).any():
        at = int(np.argmax(points.y < 0))
        raise AnalyticsError(
            "a time between events is below 0", where=f"y, position {at}", remedy="Give times from 0 on"
        )


def _tolerances(y: Floats, stretches: Segments) -> Floats:
    largest = np.zeros(stretches.count)
    np.maximum.at(largest, stretches.owner, np.nan_to_num(np.abs(y)))
    found: Floats = EQUAL * largest[stretches.owner]
    return found


def _beyond(y: Floats, lower: Floats, upper: Floats, tol: Floats) -> Signs:
    with np.errstate(invalid="ignore"):
        return (y > upper + tol).astype(np.int8) - (y < lower - tol).astype(np.int8)


def _judged(
    kind: str,
    rule_set: str,
    y: Floats,
    lines: Lines,
    outside: Signs,
    counts: Bools,
    stretches: Segments,
    tol: Floats,
    in_order: bool,
) -> Charted:
    counted = _counted(kind, y, lines, outside, counts, stretches, tol)
    ordered = in_order and kind != "mr"
    named = rules.marks(rule_set, counted, stretches.count) if ordered else _limits_alone(rule_set, counted)
    found = {rule: np.zeros(y.size, dtype=np.int8) for rule in named}
    for rule, signs in named.items():
        found[rule][counts] = signs
    nothing = np.zeros(stretches.count, dtype=np.int64)
    useful, longest, longest_max, crossings, crossings_min = (
        rules.runs_and_crossings(counted, stretches.count)
        if ordered
        else (nothing, nothing, nothing - 1, nothing, nothing - 1)
    )
    signal = (useful > 0) & ((longest > longest_max) | (crossings < crossings_min))
    if rule_set != "anhoj":
        hits = np.zeros(y.size, dtype=np.bool_)
        for signs in found.values():
            hits |= signs != 0
        signal = stretches.sum(hits) > 0
    return Charted(
        y, lines.center, lines.lower, lines.upper, outside, found, stretches.size(counts),
        useful, longest, longest_max, crossings, crossings_min, signal,
        stretches.mean(lines.wider, np.ones(y.size, dtype=np.bool_)), rules.VERSIONS[rule_set],
    )  # fmt: skip


def _limits_alone(rule_set: str, counted: Counted) -> Marks:
    """Where order means nothing, only the limits can speak."""
    if rule_set in ("none", "ihi"):
        return {}
    if rule_set != "mdc":
        return {"outside": counted.outside}
    up = np.where(counted.outside > 0, 1, 0).astype(np.int8)
    return {"outside-high": up, "outside-low": np.where(counted.outside < 0, -1, 0).astype(np.int8)}


def _counted(
    kind: str, y: Floats, lines: Lines, outside: Signs, counts: Bools, stretches: Segments, tol: Floats
) -> Counted:
    owner, values, near = stretches.owner[counts], y[counts], tol[counts]
    gap = values - lines.center[counts]
    shaped = values ** (1 / T_POWER) if kind == "t" else values
    sigma = lines.sigma[counts]
    z = np.divide(
        shaped - lines.middle[counts], sigma, out=np.full(sigma.size, np.nan), where=np.nan_to_num(sigma) > 0
    )
    step = np.diff(values, prepend=values[:1])
    linked = same(owner, 1)
    moves = np.where(linked & (step > near), 1, np.where(linked & (step < -near), -1, 0)).astype(np.int8)
    side = (gap > near).astype(np.int8) - (gap < -near).astype(np.int8)
    return Counted(owner, values, z, side, outside[counts], moves)
