"""What happened: read from the series or counted by hand, and set beside the predictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.cycles.models import Cycle, Prediction
from aimline.cycles.windows import numbers_of
from aimline.measures.models import Point, Scale
from aimline_analytics.intervals import poisson, t_mean, wilson
from aimline_analytics.predictions import happened, pooled_rate
from aimline_analytics.results import Interval


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person counted: "5 of 10", a number, or words alone; then they may say whether it came true."""

    numerator: int | None = None
    denominator: int | None = None
    value: float | None = None
    words: str = ""
    came_true: bool | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The numbers of a result before it is kept."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    low: float | None = None
    high: float | None = None
    students: int | None = None
    periods: int = 0


def find(cycle: Cycle) -> Finding:
    """Read the result from the series: counts pooled over the test days, else the mean of the values."""
    points = numbers_of(cycle)
    if not points:
        raise Invalid(
            _(
                "There is no number between %(first)s and %(last)s yet. Record the numbers first, or count by hand."
            )
            % {"first": cycle.starts_on, "last": cycle.ends_on},
            code="no_numbers",
        )
    scale = cycle.unit_of_number
    if scale == Scale.PERCENT and all(_is_share(point) for point in points):
        return _pooled(points)
    return _mean(points, counts=scale == Scale.COUNT)


def count(given: ByHand) -> Finding:
    """Turn what was counted by hand into a result, with the range it could be where it is a share."""
    if given.numerator is None and given.denominator is None:
        return Finding(value=given.value)
    if given.numerator is None or given.denominator is None or not 0 <= given.numerator <= given.denominator:
        raise _impossible(given)
    if given.denominator < 1:
        raise _impossible(given)
    interval = wilson(given.numerator, given.denominator)
    return Finding(
        value=100 * given.numerator / given.denominator,
        numerator=given.numerator,
        denominator=given.denominator,
        low=100 * interval.low,
        high=100 * interval.high,
        students=given.denominator,
    )


def verdict(prediction: Prediction, cycle: Cycle, value: float | None, said: bool | None) -> bool | None:
    """Say whether a prediction came true: by its threshold where there is one, else as the owner says."""
    if prediction.threshold is None:
        return said
    return happened(value, prediction.threshold, cycle.better)


def _is_share(point: Point) -> bool:
    top, bottom = point.numerator, point.denominator
    return (
        top is not None and bool(bottom) and top % 1 == 0 and (bottom or 0) % 1 == 0 and top <= (bottom or 0)
    )


def _pooled(points: Sequence[Point]) -> Finding:
    pooled = pooled_rate([point.numerator for point in points], [point.denominator for point in points])
    return Finding(
        value=None if pooled.rate is None else 100 * pooled.rate,
        numerator=pooled.numerator,
        denominator=pooled.denominator,
        low=100 * pooled.interval.low if pooled.interval else None,
        high=100 * pooled.interval.high if pooled.interval else None,
        students=_students(points),
        periods=pooled.n_points,
    )


def _mean(points: Sequence[Point], *, counts: bool) -> Finding:
    values = [point.value for point in points if point.value is not None and isfinite(point.value)]
    interval = _range(values, counts=counts)
    return Finding(
        value=sum(values) / len(values),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        students=_students(points),
        periods=len(values),
    )


def _range(values: list[float], *, counts: bool) -> Interval | None:
    if counts and all(value >= 0 and value % 1 == 0 for value in values):
        return poisson(int(sum(values)), exposure=len(values))
    return t_mean(values) if len(values) > 1 else None


def _students(points: Sequence[Point]) -> int | None:
    """The most students that any one of the points speaks of: the same ones come back every week."""
    known = [point.students for point in points if point.students is not None]
    return max(known) if known else None


def _impossible(given: ByHand) -> Invalid:
    return Invalid(
        _("%(numerator)s of %(denominator)s cannot be. Write how many of how many, for example 5 of 10.")
        % {"numerator": given.numerator, "denominator": given.denominator},
        fields={"numerator": _("Write how many of how many, for example 5 of 10.")},
    )
