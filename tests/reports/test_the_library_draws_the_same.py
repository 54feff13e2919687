"""A picture made with the library alone has the bytes of the platform's, for the page and for the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aimline.measures.frames import lines
from aimline.measures.models import Series
from aimline.reports.drawing import assemble, chart, diagram, files, multiples, prediction, words
from aimline.reports.lines import chart_of, sentence_of
from aimline_analytics import PhaseSpec, judge, run_chart, wilson, xmr_chart
from aimline_analytics.drawing import FULL, NARROW, SHARE, WIDE, large, lay_out, picture, sentence, svg
from aimline_analytics.drawing import diagram as library_diagram
from aimline_analytics.drawing import multiples as library_multiples
from aimline_analytics.drawing import prediction as library_prediction
from aimline_analytics.drawing.parts import Break, Point
from tests.measures.rows import load, measure_at, share_rows
from tests.reports import samples
from tests.reports.test_chart_drawing import CHARTS
from tests.reports.test_prediction_drawing import FRAMES, JUDGED
from tests.world import World

START = date(2025, 9, 1)
DAYS = [START + timedelta(weeks=week) for week in range(24)]
VALUES = [0.31, 0.35, 0.30, 0.36, 0.33, 0.29, 0.34, 0.32, 0.36, 0.31, 0.30, 0.35] + [
    0.45 + n % 3 / 90 for n in range(12)
]


@pytest.mark.parametrize("size", [NARROW, WIDE, FULL], ids=["s", "l", "xl"])
def test_every_chart_has_one_picture(size: large.Size) -> None:
    for make in CHARTS:
        assert large.draw(make(), size) == chart.draw(make(), size)
        assert picture(make(), size).encode() == files.to_svg(chart.draw(make(), size))


def test_small_multiples_predictions_and_diagrams_have_one_picture() -> None:
    panels = samples.panels(4)
    here, there = (module.share_scale(panels, SHARE) for module in (library_multiples, multiples))
    assert [library_multiples.draw(one, here) for one in panels] == [
        multiples.draw(one, there) for one in panels
    ]
    assert library_prediction.variants(FRAMES) == prediction.variants(FRAMES)
    assert library_prediction.calibration(JUDGED) == prediction.calibration(JUDGED)
    assert library_diagram.draw(samples.theory()) == diagram.draw(samples.theory())


@pytest.mark.parametrize("made", [run_chart, xmr_chart])
def test_a_statistic_is_drawn_as_the_platform_draws_it(made: type) -> None:
    result = made(VALUES, phases=[PhaseSpec(0, "Before", baseline_stop=12)])
    source = assemble.Source("absent", "Absent", SHARE, words.Period.WEEK, "down")
    platform = assemble.chart_of(result, [Point(*pair) for pair in zip(DAYS, VALUES, strict=True)], source)
    drawn = svg(result, DAYS, title="Absent", unit=SHARE, better="down", name="absent")
    assert drawn.encode() == files.to_svg(chart.draw(platform))
    assert "above" in drawn


@pytest.mark.django_db
def test_an_analyst_with_the_numbers_alone_draws_the_chart_of_the_page(world: World) -> None:
    shares = [(40 + 20 * (week > 11) + week % 3, 100 + week) for week in range(22)]
    load(world, share_rows(world.kelp, measure_at(world), shares))
    line = lines([Series.objects.get()])[0]
    page = chart_of(line)
    result = run_chart([top / bottom for top, bottom in shares])
    drawn = lay_out(
        result,
        [spot.day for spot in line.spots],
        title=page.title,
        unit=SHARE,
        better="up",
        ranges=[wilson(top, bottom) for top, bottom in shares],
        name=page.name,
    )
    drawn = replace(
        drawn, breaks=tuple(Break(each.first_day, each.last_day, each.name) for each in line.breaks)
    )
    assert picture(drawn).encode() == files.to_svg(chart.draw(page))
    said = sentence(judge(result, better="up"), drawn, what=line.series.measure.name)
    assert str(said) == str(sentence_of(line))
