"""Every Shewhart chart, for one series or for a hundred thousand at once: centre, limits, rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from aimline_analytics.control_charts import rules
from aimline_analytics.control_charts.charted import Charted
from aimline_analytics.control_charts.counted import Counted, beyond
from aimline_analytics.control_charts.kernels.runs import EQUAL, Signs
from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints, Segments
from aimline_analytics.control_charts.limits import (
    KINDS,
    LINES,
    Chosen,
    Given,
    Lines,
    Subgroups,
    breaks_of,
    chosen,
    moving_range,
)
from aimline_analytics.control_charts.rules import Marks
from aimline_analytics.errors import AnalyticsError

__all__ = ["KINDS", "Charted", "Subgroups", "charts"]

# Points worked on at a time: their numbers stay in the processor's own memory.
_BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Wish:
    """Which chart, which rules, which limits."""

    kind: str
    rule_set: str
    calibrated: bool = False
    screen: bool = True
    in_order: bool = True

    @property
    def ordered(self) -> bool:
        """Whether runs mean anything; moving ranges share points and are alike by themselves."""
        return self.in_order and self.kind != "mr"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Stretches with their lines and the points that count, before the rules."""

    wish: Wish
    stretches: Segments
    baseline: Segments
    counts: Chosen
    counted: Counted
    lines: Lines
    outside: Signs


def charts(
    kind: str,
    points: Subgroups,
    *,
    freeze: int | Ints | None = None,
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
    freeze : int or ndarray of int, shape (stretches,), optional
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
    Limits are three standard deviations from the centre. No moving range is taken across a missing point; across an
    excluded one it is. Rules assume independent points: where neighbours are alike they cry wolf more often. "On the
    centre", "outside" and the borders of zones allow 1e-12 of the largest absolute value, so that rounding cannot
    break a run.

    References
    ----------
    Montgomery, Introduction to Statistical Quality Control. Laney 2002, doi:10.1081/QEN-120006708.
    Benneyan 2001, doi:10.1023/A:1012871013862. Nelson 1982, doi:10.1080/00224065.1982.11978811.
    Anhøj & Olesen 2014, doi:10.1371/journal.pone.0113825.
    """
    _check(kind, rule_set, points)
    wish = Wish(kind, rule_set, calibrated=limits == "auto", screen=screen, in_order=in_order)
    whole = Segments.of(points.owner)
    frozen = None if freeze is None else np.broadcast_to(np.asarray(freeze), (whole.count,))
    if kind in ("mr", "s"):
        points = Subgroups(
            points.owner,
            moving_range(points) if kind == "mr" else points.sd,
            points.size,
            points.sd,
            points.excluded,
        )
    there = np.isfinite(points.y)
    there &= points.size > 0
    y = points.y if there.all() else np.where(there, points.y, np.nan)
    points = Subgroups(points.owner, y, points.size, points.sd, points.excluded)
    found: Charted | None = None
    for stretches, places in whole.blocks(_BLOCK):
        part = _judged(
            drawn(
                wish,
                Segments(whole.sizes[stretches]),
                _cut(points, places),
                freeze=None if frozen is None else frozen[stretches],
            )
        )
        found = found or _room(part, y, whole)
        _put(found, part, stretches, places)
    return found or _room(_judged(drawn(wish, whole, points)), y, whole)


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


def _cut(points: Subgroups, places: slice) -> Subgroups:
    return Subgroups(
        points.owner[places],
        points.y[places],
        points.size[places],
        points.sd[places],
        points.excluded[places],
    )


_OF_STRETCHES = (
    "n",
    "useful",
    "longest",
    "longest_max",
    "crossings",
    "crossings_min",
    "shift_start",
    "shift_stop",
    "shift_sign",
    "signal",
    "widened",
)


def _room(part: Judged, y: Floats, whole: Segments) -> Charted:
    """Make room for the charts of all stretches, of the shape of this part's."""
    lines = part.drawn.lines
    size = whole.total if lines.of_points else whole.count
    return Charted(
        y=y,
        levels=(np.empty(size), np.empty(size), np.empty(size)),
        of_points=lines.of_points,
        outside=np.empty(whole.total, np.int8),
        marks={rule: np.empty(whole.total, np.int8) for rule in part.marks},
        **{name: np.empty(whole.count, numbers.dtype) for name, numbers in part.of_stretches.items()},
        stretches=whole,
        rules=rules.VERSIONS[part.drawn.wish.rule_set],
    )


def _put(found: Charted, part: Judged, stretches: slice, places: slice) -> None:
    lines, counts = part.drawn.lines, part.drawn.counts
    for level, values in zip(found.levels, (lines.center, lines.lower, lines.upper), strict=True):
        level[places if lines.of_points else stretches] = values
    found.outside[places] = part.drawn.outside
    for rule, signs in part.marks.items():
        if counts.keep is None:
            found.marks[rule][places] = signs
        else:
            found.marks[rule][places] = 0
            found.marks[rule][places][counts.keep] = signs
    for name, numbers in part.of_stretches.items():
        getattr(found, name)[stretches] = numbers


def drawn(
    wish: Wish,
    stretches: Segments,
    points: Subgroups,
    *,
    freeze: Ints | None = None,
    tolerance: Floats | None = None,
) -> Drawn:
    """Draw stretches that fit into memory: centre, limits, and the points that count with what is outside.

    `tolerance`, one for each stretch, is the largest difference that counts as none; by itself it is 1e-12 of the
    largest absolute value that counts.
    """
    keep = np.isfinite(points.y)
    keep &= points.size > 0
    keep &= ~points.excluded
    counts = baseline = chosen(keep, stretches)
    if freeze is not None:
        baseline = chosen(keep & stretches.first(freeze), stretches)
    given = Given(
        points.size,
        points.sd,
        stretches,
        points.y,
        baseline,
        counts,
        breaks_of(keep, baseline, points.excluded),
        wish.screen,
        wish.in_order,
        wish.rule_set,
        freeze is not None,
        wish.calibrated,
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        lines = LINES[wish.kind](given)
        if tolerance is None:
            tolerance = EQUAL * counts.segments.largest(counts.of(points.y))
        return _compared(wish, given, lines, tolerance)


def _compared(wish: Wish, given: Given, lines: Lines, near: Floats) -> Drawn:
    y, stretches, counts = given.y, given.stretches, given.counts
    slack = stretches.spread(near) if lines.of_points else near

    def each(level: Floats) -> Floats:
        return level if lines.of_points else stretches.spread(level)

    if np.isnan(lines.upper).all():
        outside = np.zeros(y.size, dtype=np.int8)
    else:
        outside = beyond(y, each(lines.lower - slack), each(lines.upper + slack))
    side = beyond(y, each(lines.center - slack), each(lines.center + slack))
    counted = Counted(
        counts.segments, counts.of(y), lines.at(counts), near, counts.of(side), counts.of(outside)
    )
    return Drawn(wish, stretches, given.baseline.segments, counts, counted, lines, outside)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What the rules say of a part: the points that count they name, and numbers of each stretch."""

    drawn: Drawn
    marks: Marks
    of_stretches: dict[str, npt.NDArray[Any]]


def _judged(found: Drawn) -> Judged:
    with np.errstate(invalid="ignore"):
        named = _named(found)
    nothing = np.zeros(found.stretches.count, dtype=np.int64)
    numbers = nothing, nothing, nothing - 1, nothing, nothing - 1
    if found.wish.ordered:
        runs = found.counted.runs
        numbers = runs.useful, runs.longest, runs.longest_max, runs.crossings, runs.crossings_min
    useful, longest, longest_max, crossings, crossings_min = numbers
    signal = (useful > 0) & ((longest > longest_max) | (crossings < crossings_min))
    if found.wish.rule_set != "anhoj":
        signal = _any(named.values(), found.counted)
    n = found.counts.segments.sizes
    of_stretches: dict[str, npt.NDArray[Any]] = dict(
        zip(_OF_STRETCHES, (n, *numbers, *_shift(found), signal, found.lines.wider), strict=True)
    )
    return Judged(found, named, of_stretches)


def _shift(found: Drawn) -> tuple[Ints, Ints, Signs]:
    """Find the latest run of each stretch that is longer than chance allows."""
    count = found.stretches.count
    start, stop, sign = np.full(count, -1), np.full(count, -1), np.zeros(count, dtype=np.int8)
    if found.wish.ordered and found.counted.runs.long.size:
        runs = found.counted.runs
        spans = runs.spans(runs.long)
        first, last = spans.starts, spans.stops - 1
        for index in (runs.places, None if found.counts.keep is None else np.flatnonzero(found.counts.keep)):
            if index is not None:
                first, last = index[first], index[last]
        owner = np.searchsorted(found.stretches.starts, first, side="right") - 1
        before = found.stretches.starts[owner]
        # Of several runs of one stretch the last is written last.
        start[owner], stop[owner], sign[owner] = first - before, last + 1 - before, spans.signs
    return start, stop, sign


def _any(named: Iterable[Signs], counted: Counted) -> Bools:
    """Which stretches have a point that some rule names."""
    hits = np.zeros(counted.y.size, dtype=np.int8)
    for signs in named:
        hits |= signs
    return counted.segments.any(hits != 0)


def _named(found: Drawn) -> Marks:
    """Ask the rules; where order means nothing, only the limits can speak."""
    outside, rule_set = found.counted.outside, found.wish.rule_set
    if found.wish.ordered:
        return rules.marks(rule_set, found.counted)
    if rule_set in ("none", "ihi"):
        return {}
    if rule_set != "mdc":
        return {"outside": outside}
    return {"outside-high": np.maximum(outside, 0), "outside-low": np.minimum(outside, 0)}
