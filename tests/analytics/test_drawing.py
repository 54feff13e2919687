"""Pictures made with the library alone: where points stand, what is said, and one picture for both chart engines."""

from __future__ import annotations

import itertools
import re
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from aimline_analytics import AnalyticsError, Interval, PhaseSpec, judge, run_chart
from aimline_analytics.control_charts.shewhart import Subgroups, charts
from aimline_analytics.drawing import COUNT, SHARE, Unit, lay_out, page, picture, sentence, svg, table_of
from aimline_analytics.drawing.charts import placed, unit_for
from aimline_analytics.drawing.control import Part, lay_out_control
from aimline_analytics.drawing.parts import Mark
from aimline_analytics.drawing.voice import ENGLISH

STEADY = [12, 14, 11, 15, 12, 15, 13, 12, 14, 11, 14, 12]
MONDAYS = [date(2026, 1, 5) + timedelta(weeks=week) for week in range(24)]
RISEN = [*STEADY, *(value + 9 for value in STEADY)]


def words_of(drawn: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", drawn)


def test_a_list_of_numbers_is_enough_for_a_picture() -> None:
    drawn = svg(run_chart(STEADY), title="Late arrivals")
    assert drawn.startswith("<svg ")
    assert '<title id="chart-l-t">Late arrivals</title>' in drawn
    assert "12 points from 1 to 12. The latest is 12. Baseline: middle line 13." in drawn
    assert "class=" not in drawn


def test_a_notebook_shows_the_picture_and_a_terminal_its_words() -> None:
    drawn = svg(run_chart(STEADY), title="Late & early")
    assert drawn._repr_svg_() == drawn
    assert repr(drawn) == "<picture: 12 points from 1 to 12. The latest is 12. Baseline: middle line 13.>"


def test_the_same_facts_give_the_same_bytes() -> None:
    one, other = (svg(run_chart(RISEN), MONDAYS, title="Late", better="down") for _ in range(2))
    assert one == other


def test_days_are_drawn_to_scale_and_told_as_days_weeks_or_months() -> None:
    result = run_chart(RISEN, phases=[PhaseSpec(0, baseline_stop=12)])
    drawn = lay_out(result, [day.isoformat() for day in MONDAYS], title="Late", better="up")
    assert [point.day for point in drawn.points] == MONDAYS
    assert drawn.points[-1].mark is Mark.BETTER
    assert str(sentence(judge(result, better="up"), drawn)) == (
        "Late rose from 13 to about 22, and the rise is more than chance: 12 weeks in a row sit above the "
        "frozen baseline, where chance alone allows 8."
    )
    months = [date(2025 + month // 12, month % 12 + 1, 1) for month in range(24)]
    assert "12 months in a row" in str(
        sentence(judge(result, better=None), lay_out(result, months, title="Late"))
    )


def test_years_keep_their_distance_and_a_missing_one_leaves_a_gap() -> None:
    places = placed([2018, 2019, 2021])
    assert [label for _, label in places] == ["2018", "2019", "2021"]
    assert [label for _, label in placed([20250901.0, 20250902.0, 1.5])] == ["20250901", "20250902", "1.5"]
    first, second, third = (day for day, _ in places)
    assert third - second == 2 * (second - first)


@pytest.mark.parametrize(
    "x",
    [
        ["Kelp", "Juniper", "Alder"],
        [3.0, 1.0, 2.0],
        [datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 9), datetime(2026, 1, 6)],
    ],
    ids=["text", "numbers out of order", "two on one day"],
)
def test_what_is_not_in_days_stands_one_after_another(x: list[object]) -> None:
    days = [day for day, label in placed(x) if label]  # type: ignore[arg-type]
    assert len({after - before for before, after in itertools.pairwise(days)}) == 1


def test_places_and_ranges_must_be_one_for_each_point() -> None:
    with pytest.raises(AnalyticsError, match="x: 2 are given for 12 points"):
        lay_out(run_chart(STEADY), [1, 2], title="Late")
    with pytest.raises(AnalyticsError, match="ranges"):
        lay_out(run_chart(STEADY), title="Late", ranges=[None])


def test_ranges_are_drawn_and_stand_in_the_table() -> None:
    interval = Interval(10.0, 16.0, 0.95, "garwood")
    drawn = lay_out(
        run_chart(STEADY), title="Late", unit=COUNT, ranges=[interval, (11.0, 17.0), *[None] * 10]
    )
    rows = table_of(drawn).rows
    assert table_of(drawn).heads == ("Period", "Value", "Could be")
    assert [row.cells for row in rows[:3]] == [("12", "10 to 16"), ("14", "11 to 17"), ("11", "")]


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([3, 8, 5], COUNT),
        ([0.12, 0.31, float("nan")], Unit(share=False, decimals=2)),
        ([-4.0, 61.5], Unit(share=False, lowest=None)),
        ([2.1, 3.4], Unit(share=False, decimals=1)),
    ],
)
def test_values_are_written_with_the_decimals_that_tell_them_apart(values: list[float], unit: Unit) -> None:
    assert unit_for(values) == unit


def test_a_share_of_small_spread_gets_a_decimal() -> None:
    assert unit_for([0.921, 0.934], share=True) == Unit(decimals=1)
    assert unit_for([0.1, 0.5], share=True) == SHARE


def test_english_writes_numbers_and_days() -> None:
    day = date(2026, 9, 7)
    assert (ENGLISH.day_month(day), ENGLISH.month(day), ENGLISH.full_day(day)) == (
        "7 Sep",
        "Sep",
        "7 September 2026",
    )
    assert "3,001" in words_of(svg(run_chart([1234.5, 3000.5] * 6), title="Visits"))


def test_words_of_people_cannot_become_markup() -> None:
    drawn = lay_out(run_chart(STEADY), [f"<b>{n}</b>" for n in range(12)], title="<script>alert(1)</script>")
    for made in (picture(drawn), page([drawn], title="<script>", sentences=["<i>"])):
        assert "<script" not in made
        assert "<b>" not in made
        assert "<i>" not in made


def test_a_page_has_every_chart_with_its_values_and_no_id_twice() -> None:
    drawn = [
        lay_out(run_chart([value + step for value in STEADY]), title=f"Late, school {step}", name=f"s{step}")
        for step in range(3)
    ]
    made = page(drawn, title="Late arrivals", sentences=["Ordinary ups and downs."])
    ids = re.findall(r' id="([^"]+)"', made)
    assert len(ids) == len(set(ids))
    assert re.findall(r'href="#([^"]+)"', made) == ["s0", "s1", "s2"]
    assert made.count("<tr>") == 3 * 13
    assert made.count("<p>") == 1


def one_of_many(y: np.ndarray, excluded: np.ndarray, freeze: int | None, borders: list[int]) -> str:
    owner = np.searchsorted(borders, np.arange(y.size), side="right")
    # A series before and one behind, so that nothing is counted from the wrong end.
    owners = np.concatenate([np.zeros(5, dtype=np.int64), owner + 1, np.full(4, owner[-1] + 2)])
    values = np.concatenate([np.arange(5.0), y, np.full(4, 7.0)])
    left_out = np.concatenate([np.zeros(5, dtype=bool), excluded, np.zeros(4, dtype=bool)])
    points = Subgroups(owners, values, np.ones(owners.size), np.full(owners.size, np.nan), left_out)
    part = Part(slice(5, 5 + y.size), owners, left_out, [f"Phase {n}" for n in range(len(borders) + 1)])
    charted = charts("run", points, freeze=freeze)
    return picture(
        lay_out_control("run", charted, part, list(range(y.size)), title="T", freeze=freeze, better="up")
    )


def test_a_series_out_of_many_has_the_picture_of_the_run_chart() -> None:
    brackets = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(4, 45))
        y = np.round(rng.normal(10, 2, n) + (np.arange(n) > n // 2) * rng.integers(0, 4), 1)
        y[rng.random(n) < 0.05] = np.nan
        excluded = rng.random(n) < 0.05
        freeze = int(rng.integers(3, n)) if seed % 3 == 0 else None
        borders = [n // 2] if seed % 4 == 0 else []
        starts = [0, *borders]
        specs = [
            PhaseSpec(start, f"Phase {i}", start + freeze if freeze else None)
            for i, start in enumerate(starts)
        ]
        alone = lay_out(run_chart(y, phases=specs, excluded=excluded), list(range(n)), title="T", better="up")
        brackets += len(alone.runs)
        assert one_of_many(y, excluded, freeze, borders) == picture(alone), seed
    assert brackets > 10


def test_limits_of_shares_follow_their_denominators() -> None:
    size = np.array([100.0, 400.0] * 8)
    points = Subgroups(
        np.zeros(16, dtype=np.int64), np.full(16, 0.2), size, np.full(16, np.nan), np.zeros(16, dtype=bool)
    )
    part = Part(slice(0, 16), points.owner, points.excluded)
    drawn = lay_out_control("p", charts("p", points), part, list(range(16)), title="Absent")
    few, many = drawn.points[:2]
    assert (few.lower, few.upper) == pytest.approx((0.2 - 3 * 0.04, 0.2 + 3 * 0.04))
    assert (many.lower, many.upper) == pytest.approx((0.2 - 3 * 0.02, 0.2 + 3 * 0.02))
    assert "Mean" in words_of(picture(drawn))


def test_the_examples_of_the_guide_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    guide = (Path(__file__).parents[2] / "docs/guides/for-analysts.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        exec(example, {})
    assert "Letters home" in (tmp_path / "absent.svg").read_text(encoding="utf-8")
