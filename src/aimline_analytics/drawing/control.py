"""Control charts of many series, each as the facts of one picture."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from aimline_analytics import results
from aimline_analytics.control_charts.shewhart import Charted
from aimline_analytics.drawing import assemble
from aimline_analytics.drawing.charts import Place, placed, rhythm, unit_for
from aimline_analytics.drawing.parts import Chart, Point
from aimline_analytics.drawing.voice import ENGLISH, Voice

#: Fewest useful points for which runs are marked, as in `run_chart`.
FEWEST = 10
# Share of the largest value within which a point lies on its centre.
_EQUAL = 1e-12
#: Kinds whose points are shares, and those whose centre is a median.
SHARES, MEDIANS = ("p", "pp"), ("run", "g")
# What a rule of any set is called on a picture; the others mark their points and have no bracket.
_RULES: dict[str, results.Rule] = {
    "outside": "outside", "outside-high": "outside", "outside-low": "outside",
    "long-run": "shift", "shift-high": "shift", "shift-low": "shift", "ihi-shift": "shift", "we-4": "shift",
    "nelson-2": "shift",
    "trend-up": "trend", "trend-down": "trend", "nelson-3": "trend", "ihi-trend": "trend",
    "two-of-three-high": "two_of_three", "two-of-three-low": "two_of_three", "we-2": "two_of_three",
    "nelson-5": "two_of_three",
}  # fmt: skip
# Rules that step over a point on the centre.
_OVER_CENTRE = ("long-run", "ihi-shift")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One series out of many.

    Attributes
    ----------
    rows : slice
        Its points, in the order of `Charted`.
    owner : ndarray of int, shape (points,)
        Stretch of every point of all series, as it was given to `charts`.
    phases : sequence of str
        A name for each of its stretches, or nothing.
    excluded : ndarray of bool, shape (points,)
        Of all series.
    """

    rows: slice
    owner: npt.NDArray[np.int64]
    excluded: npt.NDArray[np.bool_]
    phases: Sequence[str] = ()


def lay_out_control(
    kind: str,
    charted: Charted,
    part: Part,
    x: Sequence[Place],
    *,
    title: str,
    freeze: int | None = None,
    better: results.Better | None = None,
    name: str = "chart",
    voice: Voice = ENGLISH,
) -> Chart:
    """Lay out one series of `charts` for drawing.

    Parameters
    ----------
    kind : str
        As given to `charts`.
    charted : Charted
    part : Part
        Which of its points are the series.
    x : sequence of date, number or str
        Where each point of the series stands.
    title, better, name, voice
        As for `charts.svg`.
    freeze : int, optional
        As given to `charts`.

    Returns
    -------
    parts.Chart
        Ready for `charts.picture`.

    Notes
    -----
    Marks are those of `Charted`. Under Anhøj's rules a stretch with fewer than 10 useful points is drawn
    without, as the run charts of the library are.
    """
    result = one(kind, charted, part, freeze)
    y = result.y
    unit = unit_for(y.tolist(), share=kind in SHARES)
    values = [float(value) if np.isfinite(value) else None for value in y]
    points = [Point(day, value, label=label) for (day, label), value in zip(placed(x), values, strict=True)]
    source = assemble.Source(name, title, unit, rhythm(points), better)
    drawn = assemble.chart_of(result, points, source, voice=voice)
    lower, upper = charted.lower[part.rows], charted.upper[part.rows]
    known = np.isfinite(lower) & np.isfinite(upper)
    limited = (
        replace(point, lower=float(low), upper=float(high)) if both else point
        for point, low, high, both in zip(drawn.points, lower, upper, known, strict=True)
    )
    return replace(drawn, points=tuple(limited), mean=kind not in MEDIANS)


def one(kind: str, charted: Charted, part: Part, freeze: int | None = None) -> results.Chart:
    """Give one series of `charts` the form of a chart of its own.

    Parameters
    ----------
    kind, charted, part, freeze
        As for `lay_out_control`.

    Returns
    -------
    Chart
        With centre, marks and patterns; the limits of each point stay in `charted`.
    """
    owner, y, excluded = part.owner[part.rows], charted.y[part.rows], part.excluded[part.rows]
    read = np.where(excluded, np.nan, y)
    few = (charted.useful < FEWEST)[owner]
    marks = {
        rule: np.where(few & (rule == "long-run"), 0, signs[part.rows])
        for rule, signs in charted.marks.items()
    }
    phases, hits = list[results.Phase](), list[results.RuleHit]()
    for number, stretch in enumerate(np.unique(owner)):
        phase = _phase(charted, part, int(stretch), number, freeze)
        phases.append(phase)
        hits += [*_patterns(read, marks, phase, number), *_crossings(charted, phase, number)]
    rules, directions = _named(marks, y.size)
    return results.Chart(
        "run" if kind == "run" else "xmr", y, excluded, tuple(phases), tuple(hits),
        rules, charted.rules, (), directions,
    )  # fmt: skip


def _named(
    marks: dict[str, npt.NDArray[np.int8]], size: int
) -> tuple[tuple[results.Rule | None, ...], tuple[results.Direction | None, ...]]:
    """Name each point by the first rule that marks it."""
    rules: list[results.Rule | None] = [None] * size
    directions: list[results.Direction | None] = [None] * size
    for rule, signs in marks.items():
        for place in np.flatnonzero(signs):
            if rules[place] is None:
                rules[place] = _RULES.get(rule, "shift")
                directions[place] = "up" if signs[place] > 0 else "down"
    return tuple(rules), tuple(directions)


def _phase(charted: Charted, part: Part, stretch: int, number: int, freeze: int | None) -> results.Phase:
    places = np.flatnonzero(part.owner[part.rows] == stretch)
    start, stop = int(places[0]), int(places[-1]) + 1
    centres = charted.center[part.rows][start:stop]
    known = centres[np.isfinite(centres)]
    return results.Phase(
        name=part.phases[number] if part.phases else "",
        start=start,
        stop=stop,
        baseline_stop=stop if freeze is None else min(stop, start + freeze),
        centre=float(known[0]) if known.size else None,
        # A control chart has limits for each point and none for the phase.
        lower=None,
        upper=None,
        near_lower=None,
        near_upper=None,
        n_useful=int(charted.useful[stretch]),
        longest_run=int(charted.longest[stretch]),
        longest_allowed=int(charted.longest_max[stretch]),
        crossings=int(charted.crossings[stretch]),
        crossings_needed=int(charted.crossings_min[stretch]),
        n_points=int(charted.n[stretch]),
    )


def _patterns(
    y: results.Floats, marks: dict[str, npt.NDArray[np.int8]], phase: results.Phase, number: int
) -> list[results.RuleHit]:
    """Neighbours that one rule names in one direction are one pattern."""
    found = []
    for rule, signs in marks.items():
        if rule not in _RULES:
            continue
        allowed = phase.longest_allowed if rule == "long-run" else None
        for group in _groups(_read(y, rule, signs, phase), signs):
            direction: results.Direction = "up" if signs[group[0]] > 0 else "down"
            found.append(
                results.RuleHit(
                    _RULES[rule],
                    group[0],
                    group[-1] + 1,
                    direction,
                    len(group),
                    allowed,
                    tuple(group),
                    number,
                )
            )
    return found


def _read(y: results.Floats, rule: str, signs: npt.NDArray[np.int8], phase: results.Phase) -> list[int]:
    """Places of a phase that a rule reads: those that count, and for some rules none on the centre."""
    places = [place for place in range(phase.start, phase.stop) if np.isfinite(y[place])]
    if rule not in _OVER_CENTRE or phase.centre is None:
        return places
    near = _EQUAL * max((abs(float(y[place])) for place in places), default=0.0)
    return [place for place in places if signs[place] or abs(float(y[place]) - phase.centre) > near]


def _groups(places: list[int], signs: npt.NDArray[np.int8]) -> list[list[int]]:
    pieces = itertools.groupby(places, key=lambda place: int(signs[place]))
    return [list(piece) for sign, piece in pieces if sign]


def _crossings(charted: Charted, phase: results.Phase, number: int) -> list[results.RuleHit]:
    needed = phase.crossings_needed or 0
    judged = "long-run" in charted.marks and phase.n_useful >= FEWEST
    if not judged or phase.crossings >= needed:
        return []
    return [
        results.RuleHit("crossings", phase.start, phase.stop, "none", phase.crossings, needed, (), number)
    ]
