"""The days of a test: what was counted in them, and the same length again after today."""

from __future__ import annotations

from datetime import date, timedelta

from aimline.core import clock
from aimline.cycles.models import Cycle
from aimline.measures.models import Point, Series
from aimline.org.models import Unit
from aimline.org.schooldays import school_days


def first_number_in(series: Series | None, starts_on: date, ends_on: date) -> Point | None:
    """Return the earliest point of the series that stands inside these days, if there is any."""
    if series is None:
        return None
    inside = Point.objects.filter(series=series, starts_on__range=(starts_on, ends_on))
    return inside.exclude(value=None, text="").order_by("starts_on").first()


def numbers_of(cycle: Cycle) -> list[Point]:
    """Return the points of the test days that count."""
    if cycle.series is None:
        return []
    inside = Point.objects.filter(series=cycle.series, starts_on__range=(cycle.starts_on, cycle.ends_on))
    return list(inside.filter(excluded="").exclude(value=None).order_by("starts_on"))


def same_length_again(unit: Unit, starts_on: date, ends_on: date) -> tuple[date, date]:
    """Return days after today that hold as many school days; where the calendar does not reach, as many days."""
    today = clock.today()
    days = school_days(unit)
    length = max(days.between(starts_on, ends_on), 1)
    later = [day for day in days.days if day > today][:length]
    if len(later) == length:
        return later[0], later[-1]
    tomorrow = today + timedelta(days=1)
    return tomorrow, tomorrow + (ends_on - starts_on)
