"""What a figure is asked for: the place, the periods, and the moment in whose light the rows are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import narwhals as nw

from aimline.core import clock
from aimline.org.models import Unit
from aimline.students import lake, schooltime, spells, verdicts
from aimline.students.lake import Rows
from aimline.students.rosters import EVER
from aimline.students.schooltime import Counting, SchoolTime, Stretch

# Nothing about a student now at school lies before this day.
FIRST_DAY = date(1990, 1, 1)


@dataclass(frozen=True)
class Lens:
    unit: Unit
    stretch: Stretch
    # Where students were, as `spells.settled` says.
    spells: Rows
    # What was worked out along the way, until nobody looks any more.
    kept: ExitStack
    counting: Counting = Counting.RECORDED
    at: datetime | None = None

    def work_out(self, rows: Rows) -> Rows:
        """Have the engine make rows once that several questions are asked of."""
        return self.kept.enter_context(lake.computed(rows))

    @property
    def today(self) -> date:
        return self.at.date() if self.at else clock.today()

    @cached_property
    def time(self) -> SchoolTime:
        """School days of which attendance has been told."""
        return schooltime.school_time(self.unit, self.stretch, self.counting, self.at)

    @cached_property
    def periods(self) -> Rows:
        """Date, period and year of every day, in school or not."""
        return lake.lend(schooltime.all_periods(self.unit, self.stretch, FIRST_DAY, self.today))

    def time_until(self, last: date) -> SchoolTime:
        """School days up to a day, whether or not attendance has been told of them."""
        return schooltime.school_time(
            self.unit, self.stretch, Counting.CALENDAR, self.at, schooltime.Until(self.first_day, last)
        )

    @cached_property
    def first_day(self) -> date:
        """The first day on which anybody is known to be enrolled."""
        dated = self.spells.filter(nw.col("begin") > EVER).select(nw.col("begin").min().alias("first"))
        found: date | None = lake.collect(dated)["first"][0]
        return found or schooltime.year_of(self.today)

    def scan(self, table: str) -> Rows:
        return lake.scan(table, at=self.at)

    def of_students(self, rows: Rows) -> Rows:
        """Rows of our students, each under the one id that a student has in every figure."""
        return verdicts.one_of_each(verdicts.ours(rows, self.at), self.at)


@contextmanager
def looking(
    unit: Unit, stretch: Stretch, counting: Counting = Counting.RECORDED, at: datetime | None = None
) -> Iterator[Lens]:
    """Look at the lake; where students were is worked out once."""
    with ExitStack() as kept:
        held = kept.enter_context(lake.computed(spells.settled(at)))
        yield Lens(unit, stretch, held, kept, counting, at)
