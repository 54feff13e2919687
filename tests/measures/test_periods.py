from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimline.core.errors import Invalid
from aimline.measures.periods import (
    PeriodKind,
    day_period,
    month_period,
    parse_period,
    school_year,
    week_period,
)


@pytest.mark.parametrize(
    ("written", "label", "first", "last", "kind"),
    [
        ("2006", "2006", date(2006, 1, 1), date(2006, 12, 31), PeriodKind.YEAR),
        ("2006-08", "2006-08", date(2006, 8, 1), date(2006, 8, 31), PeriodKind.MONTH),
        ("2006-12", "2006-12", date(2006, 12, 1), date(2006, 12, 31), PeriodKind.MONTH),
        ("2006-08-28", "2006-08-28", date(2006, 8, 28), date(2006, 8, 28), PeriodKind.DAY),
        ("2005-2006", "2005-2006", date(2005, 8, 1), date(2006, 7, 31), PeriodKind.SCHOOL_YEAR),
        ("2021-22", "2021-2022", date(2021, 8, 1), date(2022, 7, 31), PeriodKind.SCHOOL_YEAR),
        ("1999/00", "1999-2000", date(1999, 8, 1), date(2000, 7, 31), PeriodKind.SCHOOL_YEAR),
        ("2021_2022", "2021-2022", date(2021, 8, 1), date(2022, 7, 31), PeriodKind.SCHOOL_YEAR),
        ("20212022", "2021-2022", date(2021, 8, 1), date(2022, 7, 31), PeriodKind.SCHOOL_YEAR),
        ("2026-W33", "2026-W33", date(2026, 8, 10), date(2026, 8, 16), PeriodKind.WEEK),
        (" 2026-02 ", "2026-02", date(2026, 2, 1), date(2026, 2, 28), PeriodKind.MONTH),
    ],
)
def test_a_written_period_is_read(
    written: str, label: str, first: date, last: date, kind: PeriodKind
) -> None:
    period = parse_period(written)
    assert (period.label, period.starts_on, period.ends_on, period.kind) == (label, first, last, kind)


@pytest.mark.parametrize(
    "written", ["", "yesterday", "2026-13", "2026-02-30", "2005-2008", "2026-W60", "99", "2005-99"]
)
def test_what_is_no_period_is_refused_in_words(written: str) -> None:
    with pytest.raises(Invalid, match="is no period"):
        parse_period(written)


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_label_reads_back_as_the_same_period(day: date) -> None:
    for period in (day_period(day), week_period(day), month_period(day), school_year(day.year)):
        assert parse_period(period.label) == period
        assert len(period.label) <= 12
