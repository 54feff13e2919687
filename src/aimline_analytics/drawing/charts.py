"""Charts of the library as pictures: the same SVG as on the pages of the platform, with its words and its table."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import unescape
from math import floor, isfinite, log10
from statistics import median
from typing import TypeVar

from aimline_analytics import results
from aimline_analytics.drawing import assemble, large, words
from aimline_analytics.drawing.frame import WIDE, Size
from aimline_analytics.drawing.paper import standalone
from aimline_analytics.drawing.parts import Chart, Point, Unit
from aimline_analytics.drawing.voice import ENGLISH, Voice
from aimline_analytics.drawing.words import Period
from aimline_analytics.errors import AnalyticsError

#: Shares (0 to 1) are written as percentages, counts without decimals.
SHARE, COUNT = Unit(), Unit(share=False)
Place = date | float | str
Range = results.Interval | tuple[float, float]
T = TypeVar("T")

# Points without a day stand a week apart, from a Monday on; their labels are printed and never these days.
_FIRST, _STEP = date(2001, 1, 1), timedelta(days=7)
_MOST_STEPS = 50_000
# Days between two points, and what such a rhythm is called.
_RHYTHMS = (
    (1.0, 1.0, Period.DAY),
    (7.0, 7.0, Period.WEEK),
    (28.0, 31.0, Period.MONTH),
    (365.0, 366.0, Period.YEAR),
)


class Svg(str):
    """SVG text that a notebook shows as the picture it is."""

    __slots__ = ()

    def _repr_svg_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        """Short, for where only text can be shown: the words of the picture."""
        return f"<picture: {unescape(self.partition('<desc')[2].partition('>')[2].partition('</desc>')[0])}>"


def svg(
    chart: results.Chart,
    x: Sequence[Place] | None = None,
    *,
    title: str,
    unit: Unit | None = None,
    better: results.Better | None = None,
    ranges: Sequence[Range | None] | None = None,
    size: Size = WIDE,
    name: str = "chart",
    voice: Voice = ENGLISH,
) -> Svg:
    """Draw a run chart or an XmR chart as one SVG that needs nothing else.

    Parameters
    ----------
    chart : Chart
        Of `run_chart` or `xmr_chart`.
    x : sequence of date, number or str, shape (n,), optional
        Where each point stands: days in ascending order are drawn to scale, numbers in their steps, all else
        one after another. Left out, the points are numbered from 1.
    title : str
        What is shown; it is read aloud and stands in the file, not on the picture.
    unit : Unit, optional
        How values are written; `SHARE` for values of 0 to 1. Left out, the values decide on the decimals.
    better : {"up", "down"}, optional
        Which direction is good. Left out, no change is called better or worse.
    ranges : sequence of Interval, pair of numbers or None, length n, optional
        What each value could be, drawn as whiskers; for example its Wilson interval.
    size : Size
        `NARROW`, `WIDE` or `FULL`.
    name : str
        Must be unique where several pictures stand on one page.
    voice : Voice
        The language; English unless another is given.

    Returns
    -------
    Svg
        A `str`: SVG with title and description for those who hear it. The same facts give the same bytes, those of
        the file that the platform hands out.

    Raises
    ------
    AnalyticsError
        When `x` or `ranges` has another length than the chart.

    Notes
    -----
    Nothing is hidden here: what may be shown of small groups must be decided before.

    Examples
    --------
    >>> from aimline_analytics import run_chart
    >>> picture = svg(run_chart([12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12]), title="Late arrivals")
    >>> picture[:23], "12 points from 1 to 12. The latest is 12." in picture
    ('<svg xmlns="http://www.', True)
    """
    drawn = lay_out(chart, x, title=title, unit=unit, better=better, ranges=ranges, name=name, voice=voice)
    return picture(drawn, size, voice)


def picture(drawn: Chart, size: Size = WIDE, voice: Voice = ENGLISH) -> Svg:
    """Draw what `lay_out` gave, perhaps with notes and a goal added to it, as one SVG that needs nothing else.

    Parameters
    ----------
    drawn : parts.Chart
    size : Size
    voice : Voice

    Returns
    -------
    Svg
    """
    return Svg(standalone(large.draw(drawn, size, voice)))


def lay_out(
    chart: results.Chart,
    x: Sequence[Place] | None = None,
    *,
    title: str,
    unit: Unit | None = None,
    better: results.Better | None = None,
    ranges: Sequence[Range | None] | None = None,
    name: str = "chart",
    voice: Voice = ENGLISH,
) -> Chart:
    """Lay out what is drawn: points with their marks, phases, limits and brackets.

    Parameters
    ----------
    chart, x, title, unit, better, ranges, name, voice
        As for `svg`.

    Returns
    -------
    parts.Chart
        Frozen facts. `dataclasses.replace` adds `notes`, `breaks` and an `aim`; `table.table_of` gives its
        values as a table, `assemble.panel_of` the same series as a small multiple.

    Raises
    ------
    AnalyticsError
        When `x` or `ranges` has another length than the chart.
    """
    n = len(chart.y)
    places = placed(_all(list(range(1, n + 1)) if x is None else x, n, "x"))
    could_be = [_ends(each) for each in _all([None] * n if ranges is None else ranges, n, "ranges")]
    values = [float(value) if isfinite(value) else None for value in chart.y]
    points = [
        Point(day, value, *ends, label=label)
        for (day, label), value, ends in zip(places, values, could_be, strict=True)
    ]
    source = assemble.Source(name, title, unit or unit_for(chart.y.tolist()), rhythm(points), better)
    return assemble.chart_of(chart, points, source, voice=voice)


def _all(given: Sequence[T], n: int, name: str) -> Sequence[T]:
    if len(given) != n:
        raise AnalyticsError(
            f"{len(given)} are given for {n} points", where=name, remedy="Give one for each point"
        )
    return given


def _ends(could_be: Range | None) -> tuple[float | None, float | None]:
    if could_be is None:
        return None, None
    return (could_be.low, could_be.high) if isinstance(could_be, results.Interval) else could_be


def sentence(
    verdict: results.Verdict, drawn: Chart, *, what: str = "", voice: Voice = ENGLISH
) -> words.Sentence:
    """Say what a verdict means in the one sentence that the platform puts beside the chart.

    Parameters
    ----------
    verdict : Verdict
        Of `judge`, for the same chart.
    drawn : parts.Chart
        What `lay_out` gave.
    what : str, optional
        What is measured; the title, if left out.
    voice : Voice

    Returns
    -------
    Sentence
        `str` of it is the sentence; `marked` is the phrase that carries the verdict. It names no cause.
    """
    last = drawn.seen[-1][0] if drawn.seen else None
    phase = drawn.judged_by(last.day) if last else None
    facts = words.Facts(
        what or drawn.title,
        drawn.unit,
        rhythm(drawn.points),
        frozen=phase is not None and phase.measured_until is not None,
        lower=last.lower if last else None,
        upper=last.upper if last else None,
    )
    return words.verdict_sentence(voice, verdict, facts)


def unit_for(values: Sequence[float], *, share: bool = False) -> Unit:
    """Choose how values are written: as many decimals as tell them apart, none for whole numbers.

    Parameters
    ----------
    values : sequence of float
        nan is missing.
    share : bool
        Whether they are shares of 0 to 1, to be written as percentages.

    Returns
    -------
    Unit
    """
    known = [value * 100 if share else value for value in values if isfinite(value)] or [0.0]
    spread = max(known) - min(known)
    whole = all(value == round(value) for value in known)
    decimals = 0 if whole or not spread else min(3, max(0, 1 - floor(log10(spread))))
    return Unit(share=share, decimals=decimals, lowest=0.0 if min(known) >= 0 else None)


def placed(x: Sequence[Place]) -> list[tuple[date, str]]:
    """Find a day and a label for each place; real days need no label.

    Parameters
    ----------
    x : sequence of date, number or str, shape (n,)

    Returns
    -------
    list of (date, str), length n
        Ascending days. Days, or text that holds ISO days, keep theirs while they ascend; whole numbers keep
        their distances; everything else stands one after another under its own label.
    """
    days = [_day(each) for each in x]
    known = [day for day in days if day is not None]
    if len(known) == len(days) and all(before < after for before, after in itertools.pairwise(known)):
        return [(day, "") for day in known]
    steps = _steps(x)
    return [(_FIRST + step * _STEP, _label(each)) for each, step in zip(x, steps, strict=True)]


def rhythm(points: Sequence[Point]) -> Period:
    """Name how far apart the points stand, so that a sentence can say "8 weeks in a row".

    Parameters
    ----------
    points : sequence of Point

    Returns
    -------
    Period
        `POINT` where the points have labels of their own or no usual distance.
    """
    gaps = [(after.day - before.day).days for before, after in itertools.pairwise(points)]
    if not gaps or any(point.label for point in points):
        return Period.POINT
    usual = median(gaps)
    return next((period for low, high, period in _RHYTHMS if low <= usual <= high), Period.POINT)


def _day(place: Place) -> date | None:
    if isinstance(place, datetime):
        return place.date()
    if isinstance(place, date):
        return place
    if isinstance(place, str):
        try:
            return date.fromisoformat(place)
        except ValueError:
            return None
    return None


def _steps(x: Sequence[Place]) -> list[int]:
    """Whole numbers that ascend keep their distances, as years with one missing; others follow one another."""
    numbers = [int(each) for each in x if isinstance(each, int | float) and float(each).is_integer()]
    gaps = [after - before for before, after in itertools.pairwise(numbers)]
    if len(numbers) < len(x) or not gaps or min(gaps) <= 0 or any(gap % min(gaps) for gap in gaps):
        return list(range(len(x)))
    steps = [(number - numbers[0]) // min(gaps) for number in numbers]
    return steps if steps[-1] <= _MOST_STEPS else list(range(len(x)))


def _label(place: Place) -> str:
    if isinstance(place, datetime):
        return place.isoformat(" ", "minutes")
    if isinstance(place, float):
        return str(int(place)) if place.is_integer() else f"{place:g}"
    return str(place)
