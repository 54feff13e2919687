from __future__ import annotations

from datetime import date, timedelta

from aimline.reports.drawing.assemble import Source, chart_of
from aimline.reports.drawing.chart import draw
from aimline.reports.drawing.words import Period
from aimline_analytics import PhaseSpec, run_chart, xmr_chart
from aimline_analytics.drawing.assemble import panel_of
from aimline_analytics.drawing.parts import Mark, Phase, Point, Unit
from tests.reports.svg import named, words_of

BEFORE = (0.37, 0.40, 0.36, 0.39, 0.41, 0.35, 0.39, 0.37, 0.36, 0.40, 0.42, 0.37)
AFTER = (0.41, 0.40, 0.43, 0.42, 0.46, 0.44, 0.47, 0.49, 0.48, 0.51, 0.50)
START = date(2026, 3, 2)


def points(values: tuple[float, ...]) -> list[Point]:
    return [Point(START + timedelta(7 * index), value) for index, value in enumerate(values)]


def source(better: str | None = "up") -> Source:
    return Source("reasoning", "Explains reasoning", Unit(), Period.WEEK, better)  # type: ignore[arg-type]


def frozen() -> tuple[list[Point], object]:
    values = BEFORE + AFTER
    return points(values), run_chart(list(values), phases=[PhaseSpec(0, "Baseline", 12)])


def test_a_shift_is_marked_better_and_bracketed_with_its_reason() -> None:
    drawn, result = frozen()
    chart = chart_of(result, drawn, source())
    assert [point.mark for point in chart.points[12:]] == [Mark.BETTER] * 11
    assert chart.runs[-1].words == "11 weeks in a row above the baseline"
    assert chart.phases[0].measured_until == drawn[11].day


def test_the_same_shift_is_worse_when_lower_is_better_and_changed_when_neither_is() -> None:
    drawn, result = frozen()
    assert chart_of(result, drawn, source("down")).points[-1].mark is Mark.WORSE
    assert chart_of(result, drawn, source(None)).points[-1].mark is Mark.CHANGED


def test_a_phase_with_lines_of_its_own_starts_anew() -> None:
    values = BEFORE + AFTER
    result = run_chart(list(values), phases=[PhaseSpec(0, "Before"), PhaseSpec(12, "After")])
    chart = chart_of(result, points(values), source())
    assert [phase.anew for phase in chart.phases] == [False, True]
    assert len(named(draw(chart), "path", "c-line")) == 2


def test_a_phase_that_only_has_a_name_goes_on_under_the_same_baseline() -> None:
    drawn, result = frozen()
    chart = chart_of(result, drawn, source(), [Phase(drawn[12].day, "Talk moves")])
    assert "Talk moves" in [word.text for word in words_of(draw(chart))]
    assert len(chart.centred) == 1


def test_limits_are_drawn_as_the_usual_range() -> None:
    values = [18.0, 20, 16, 20, 17, 17, 16, 18, 18, 19, 20, 18, 19, 16, 17, 31, 15, 15, 14, 17]
    drawn = points(tuple(values))
    chart = chart_of(xmr_chart(values), drawn, source("down"))
    assert chart.points[15].mark is Mark.WORSE
    assert "above the usual range" in [run.words for run in chart.runs]
    assert len(named(draw(chart), "path", "c-band")) == 1


def test_a_chart_can_be_a_panel() -> None:
    drawn, result = frozen()
    panel = panel_of(chart_of(result, drawn, source()))
    assert panel.centre == result.phases[0].centre
    assert panel.measured_until == drawn[11].day
