"""How often points come, which ones are missing, and where school was out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from statistics import median

from aimline.measures.models import Rhythm
from aimline.measures.periods import Period, day_period, month_period, week_period
from aimline.org.schooldays import Break, SchoolDays, monday

# Up to how many days may lie between two points, as a rule, for each rhythm.
_PACES = ((1.9, Rhythm.DAY), (10.0, Rhythm.WEEK), (45.0, Rhythm.MONTH), (250.0, Rhythm.TERM))
# A break is shown where it is longer than the time from one point to the next: a Monday off is no gap between weeks.
_SHORTEST_BREAK = {Rhythm.DAY: 3, Rhythm.WEEK: 5, Rhythm.MONTH: 28}


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _itself(day: date) -> date:
    return day


# For each rhythm: the first day of the period that a day lies in, and that period.
_PERIODS: dict[Rhythm, tuple[Callable[[date], date], Callable[[date], Period]]] = {
    Rhythm.DAY: (_itself, day_period),
    Rhythm.WEEK: (monday, week_period),
    Rhythm.MONTH: (_first_of_month, month_period),
}


def pace(days: Sequence[date]) -> Rhythm | None:
    """How often points really come, whatever was planned; None with fewer than two."""
    steps = [(after - before).days for before, after in pairwise(days)]
    if not steps:
        return None
    usual = median(steps)
    return next((rhythm for most, rhythm in _PACES if usual <= most), Rhythm.YEAR)


def gaps(days: Sequence[date], rhythm: Rhythm | None, school: SchoolDays) -> list[Period]:
    """The periods between the first and the last point that have none although school was in."""
    found = _PERIODS.get(rhythm) if rhythm else None
    if len(days) < 2 or found is None:
        return []
    start_of, period_of = found
    held = {start_of(day) for day in days}
    first, last = start_of(days[0]), start_of(days[-1])
    return [
        period_of(start)
        for start in _starts(school.days, start_of)
        if first < start < last and start not in held
    ]


@lru_cache(maxsize=128)
def _starts(days: tuple[date, ...], start_of: Callable[[date], date]) -> tuple[date, ...]:
    """The first days of all periods with school in them; many series share one calendar."""
    return tuple(sorted({start_of(day) for day in days}))


def breaks(days: Sequence[date], rhythm: Rhythm | None, school: SchoolDays) -> tuple[Break, ...]:
    """The stretches without school that fall between the points and are long enough to be seen."""
    shortest = _SHORTEST_BREAK.get(rhythm) if rhythm else None
    if shortest is None or len(days) < 2:
        return ()
    return tuple(
        each
        for each in sorted(school.breaks, key=lambda each: each.first_day)
        if (each.last_day - each.first_day).days + 1 >= shortest
        and days[0] < each.first_day
        and each.last_day < days[-1]
    )
