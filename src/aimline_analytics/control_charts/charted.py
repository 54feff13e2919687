"""What the charts of many stretches say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from aimline_analytics.control_charts.kernels.runs import Signs
from aimline_analytics.control_charts.kernels.segments import Bools, Floats, Ints, Segments
from aimline_analytics.control_charts.rules import Marks


@dataclass(frozen=True, eq=False)
class Charted:
    """Charts of many stretches.

    Attributes
    ----------
    y : ndarray, shape (points,)
        What is drawn, nan where it is missing; the array given itself where nothing is.
    levels : tuple of ndarray
        Centre, lower and upper limit: one number for each stretch, or `of_points` one for each point.
    outside : ndarray of int8, shape (points,)
        +1 strictly above the upper limit, -1 strictly below the lower; excluded points too.
    marks : dict of str to ndarray of int8, shape (points,)
        For each rule of the set the points it names, +1 or -1 for the direction.
    n : ndarray of int, shape (stretches,)
        Points that count.
    useful, longest, longest_max, crossings, crossings_min : ndarray of int, shape (stretches,)
        Anhøj's numbers; the bounds are -1 where no point is useful. All 0 and -1 where order means nothing.
    shift_start, shift_stop, shift_sign : ndarray of int, shape (stretches,)
        The latest run longer than chance allows: the place of its first point in the stretch, one past its last, and
        +1 above the centre or -1 below; -1, -1 and 0 where there is none.
    signal : ndarray of bool, shape (stretches,)
    widened : ndarray, shape (stretches,)
        By how much the limits are wider than textbook ones; 1 where they are those.
    stretches : Segments
    rules : str
        Rule set and version.
    """

    y: Floats
    levels: tuple[Floats, Floats, Floats]
    of_points: bool
    outside: Signs
    marks: Marks
    n: Ints
    useful: Ints
    longest: Ints
    longest_max: Ints
    crossings: Ints
    crossings_min: Ints
    shift_start: Ints
    shift_stop: Ints
    shift_sign: Signs
    signal: Bools
    widened: Floats
    stretches: Segments
    rules: str

    @cached_property
    def center(self) -> Floats:
        """The centre at each point, made when it is first asked for; nan where there is none."""
        return self._each(0)

    @cached_property
    def lower(self) -> Floats:
        """The lower limit at each point, made when it is first asked for; nan where there is none."""
        return self._each(1)

    @cached_property
    def upper(self) -> Floats:
        """The upper limit at each point, made when it is first asked for; nan where there is none."""
        return self._each(2)

    def _each(self, place: int) -> Floats:
        level = self.levels[place]
        return level if self.of_points else self.stretches.spread(level)
