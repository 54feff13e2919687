from __future__ import annotations

from datetime import date

import pytest

from aimline.access.actions import units
from aimline.access.actions.units import Span
from aimline.core.errors import Invalid
from aimline.org.schooldays import school_days
from tests.world import World


def test_a_school_keeps_the_calendar_of_its_district(world: World) -> None:
    days = school_days(world.kelp)
    assert days.days[0] == date(2026, 8, 17)
    assert date(2026, 10, 12) not in days


def test_forty_five_school_days_skip_weekends_and_holidays(world: World) -> None:
    # 17 August plus 45 weekdays is 19 October; two days of fall break push it to the 21st.
    assert school_days(world.kelp).after(date(2026, 8, 17), 45) == date(2026, 10, 21)


def test_a_weekend_leads_to_the_next_school_day(world: World) -> None:
    assert school_days(world.kelp).after(date(2026, 8, 22), 0) == date(2026, 8, 24)


def test_a_calendar_that_ends_too_soon_says_so(world: World) -> None:
    with pytest.raises(Invalid, match="Add the next school year"):
        school_days(world.kelp).after(date(2027, 6, 1), 45)


def test_a_snow_day_moves_the_deadline_of_that_district_only(world: World) -> None:
    units.keep_calendar(
        world.three_forks,
        world.olga,
        name="2026-27",
        first_day=date(2026, 8, 17),
        last_day=date(2027, 6, 11),
        holidays=[Span("Snow day", date(2026, 8, 18), date(2026, 8, 18))],
    )
    assert school_days(world.bitter_creek).after(date(2026, 8, 17), 1) == date(2026, 8, 19)
    assert school_days(world.kelp).after(date(2026, 8, 17), 1) == date(2026, 8, 18)


def test_the_school_week_counts_only_weeks_with_school(world: World) -> None:
    assert school_days(world.kelp).week_of(date(2026, 8, 26)) == (2, 43)
