from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from aimline.reports.drawing.chart import FULL, NARROW, WIDE, draw, variants
from aimline_analytics.drawing.frame import Size, frame_for
from aimline_analytics.drawing.layers import aim_segments
from aimline_analytics.drawing.parts import Aimline, Break, Chart, Mark, Note, Phase, Point, Run, Unit
from aimline_analytics.drawing.voice import ENGLISH
from tests.reports import samples
from tests.reports.svg import named, overlaps, parse, same_as_golden, words_of

CHARTS = [
    samples.reasoning,
    samples.absent,
    samples.cut_scores,
    samples.referrals,
    samples.below,
    samples.steady,
]
SIZES = [NARROW, WIDE, FULL]


def texts(svg: str) -> list[str]:
    return [word.text for word in words_of(svg)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.suffix)
@pytest.mark.parametrize("make", CHARTS, ids=lambda make: make.__name__)
def test_a_chart_is_drawn_as_it_was_when_we_last_looked(make, size: Size) -> None:
    assert same_as_golden(f"{make.__name__}-{size.suffix}", draw(make(), size))


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size.suffix)
@pytest.mark.parametrize("make", CHARTS, ids=lambda make: make.__name__)
def test_no_words_lie_over_other_words(make, size: Size) -> None:
    assert overlaps(draw(make(), size)) == []


def test_the_same_facts_make_the_same_picture() -> None:
    assert variants(samples.reasoning()) == variants(samples.reasoning())


def test_a_missing_week_is_a_gap_and_never_zero() -> None:
    lines = named(draw(samples.absent()), "path", "c-line")
    assert len(lines) == 2
    assert len(named(draw(samples.absent()), "path", "c-dn")) == 10
    assert "0%" not in texts(draw(samples.absent()))


def test_the_line_does_not_cross_a_holiday() -> None:
    chart = samples.reasoning()
    frame = frame_for(chart, WIDE, ENGLISH)
    x0, x1 = frame.x(chart.breaks[1].start), frame.x(chart.breaks[1].end)
    for line in named(draw(chart), "path", "c-line"):
        xs = [float(pair.split()[0]) for pair in line.get("d")[1:].split("L")]
        assert max(xs) < x0 or min(xs) > x1


def test_a_baseline_is_solid_while_measured_and_dashed_once_frozen() -> None:
    chart = samples.reasoning()
    bases = named(draw(chart), "path", "c-base")
    assert [node.get("class") for node in bases] == ["c-base", "c-base frozen"]
    end = frame_for(chart, WIDE, ENGLISH).x(date(2026, 5, 25))
    assert bases[0].get("d").split("H")[1] == f"{end:.1f}".removesuffix(".0")


def test_an_aimline_cut_short_keeps_its_true_slope() -> None:
    chart = replace(samples.reasoning(), aim=Aimline(date(2026, 8, 17), 0.38, date(2029, 6, 1), 0.70))
    frame = frame_for(chart, WIDE, ENGLISH)
    true, dotted = aim_segments(frame)
    reached = chart.aim.at(frame.time.last)
    assert true.y1 == pytest.approx(frame.y(reached))
    assert (dotted.x1, dotted.y1) == pytest.approx(frame.ring(chart.aim))
    assert len(named(draw(chart), "path", "c-aim cut")) == 1


def test_a_goal_within_reach_of_the_page_is_to_scale() -> None:
    assert named(draw(samples.reasoning(), FULL), "path", "c-aim cut") == []


def test_a_line_that_starts_anew_does_not_join_the_years() -> None:
    assert len(named(draw(samples.cut_scores()), "path", "c-line")) == 2
    assert {"2006", "2009", "2010"} <= set(texts(draw(samples.cut_scores())))


def test_triangles_point_the_way_the_data_moved() -> None:
    up = named(draw(samples.reasoning()), "path", "c-up")[0].get("d")
    down = named(draw(samples.below()), "path", "c-up")[0].get("d")
    assert re.search(r"l5\.4 9\.6h", up)
    assert re.search(r"l5\.4 -9\.6h", down)


def test_a_signal_is_told_by_shape_and_by_words() -> None:
    svg = draw(samples.absent())
    assert len(named(svg, "path", "c-dn")) == 10
    assert "10 weeks in a row above the baseline" in texts(svg)


def test_an_excluded_point_is_hollow_and_the_limits_are_a_range() -> None:
    svg = draw(samples.referrals())
    assert len(named(svg, "circle", "c-pt hollow")) == 1
    assert len(named(svg, "path", "c-band")) == 1
    assert len(named(svg, "path", "c-lim")) == 2


def test_a_hidden_point_leaves_nothing_behind() -> None:
    chart = samples.steady()
    without = replace(chart, points=chart.points[:4] + chart.points[5:])
    assert len(named(draw(without), "circle", "c-pt")) == len(chart.points) - 1
    assert "28%" not in draw(without)


def test_the_narrow_chart_keeps_the_newest_weeks_and_the_same_baseline() -> None:
    wide, narrow = samples.reasoning(), frame_for(samples.reasoning(), NARROW, ENGLISH).chart
    assert narrow.points == wide.points[-len(narrow.points) :]
    assert len(narrow.points) == 20
    assert narrow.centred[0].centre == 0.38
    assert "Baseline 38%, frozen" in texts(draw(wide, NARROW))


def test_notes_on_the_narrow_chart_become_numbers_with_a_list() -> None:
    said = texts(draw(samples.reasoning(), NARROW))
    assert said.count("3") == 2
    assert "Substitute in" in said


def test_an_axis_has_round_bounds_printed_at_both_ends() -> None:
    said = texts(draw(samples.reasoning()))
    assert {"20", "60%"} <= set(said)


def test_a_full_scale_runs_from_zero_to_a_hundred() -> None:
    said = texts(draw(replace(samples.steady(), full_scale=True)))
    assert {"0", "100%"} <= set(said)


def test_one_point_and_no_point_are_drawn_too() -> None:
    lone = replace(samples.steady(), points=samples.steady().points[:1])
    for chart in (lone, replace(lone, points=()), Chart("bare", "Bare", Unit(), ())):
        assert overlaps(draw(chart)) == []
        assert overlaps(draw(chart, NARROW)) == []


def test_numbers_and_dates_follow_the_language() -> None:
    with translation.override("es"):
        said = texts(draw(samples.reasoning()))
    assert "50%" in said
    assert "2 mar" in said


def test_words_of_people_cannot_become_markup() -> None:
    evil = '<script>alert(1)</script>&"\x00'
    note = Note(date(2026, 9, 28), evil)
    chart = replace(
        samples.reasoning(), title=evil, notes=(note,), phases=(Phase(date(2026, 3, 2), evil, 0.38),)
    )
    for size in SIZES:
        assert "<script" not in draw(chart, size)
        parse(draw(chart, size))


WORDS = st.text("abcdefghi mnop éñ", min_size=1, max_size=60)
MARKS = st.sampled_from(list(Mark))


@st.composite
def charts(draw_: st.DrawFn) -> Chart:
    """Any chart a school could make, and some that none would."""
    every = draw_(st.sampled_from([1, 7, 14, 30, 365]))
    values = draw_(st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=60))
    days = [
        date(2020, 1, 6).fromordinal(date(2020, 1, 6).toordinal() + index * every)
        for index in range(len(values))
    ]
    spread = draw_(st.floats(0, 0.2))
    mark = draw_(MARKS)
    points = tuple(
        Point(
            day,
            value,
            *((None, None) if value is None else (max(0, value - spread), min(1, value + spread))),
            mark,
        )
        for day, value in zip(days, values, strict=True)
    )
    chosen = st.sampled_from(days)
    phases = sorted({draw_(chosen) for _ in range(draw_(st.integers(0, 3)))})
    centres = st.none() | st.floats(0, 1)
    ends = sorted([draw_(chosen), draw_(chosen)])
    aim = Aimline(
        draw_(chosen),
        draw_(st.floats(0, 1)),
        days[-1].replace(year=days[-1].year + 1),
        draw_(st.floats(0, 1)),
    )
    return Chart(
        "any",
        "Any",
        Unit(decimals=draw_(st.integers(0, 1))),
        points,
        phases=tuple(Phase(day, draw_(WORDS), draw_(centres), draw_(st.none() | chosen)) for day in phases),
        breaks=tuple(Break(ends[0], ends[1], "rest") for _ in range(draw_(st.integers(0, 1)))),
        runs=tuple(
            Run(ends[0], ends[1], draw_(WORDS), "", Mark.WORSE, draw_(st.booleans())) for _ in range(1)
        ),
        notes=tuple(Note(draw_(chosen), draw_(WORDS), draw_(WORDS)) for _ in range(draw_(st.integers(0, 5)))),
        aim=draw_(st.none() | st.just(aim)),
    )


@settings(max_examples=50, deadline=None)
@given(charts(), st.sampled_from(SIZES))
def test_words_never_overlap_whatever_the_data(chart: Chart, size: Size) -> None:
    assert overlaps(draw(chart, size)) == []


@settings(max_examples=30, deadline=None)
@given(charts(), st.sampled_from(SIZES))
def test_words_stay_on_the_picture_whatever_the_data(chart: Chart, size: Size) -> None:
    svg = draw(chart, size)
    _, _, width, height = map(float, parse(svg).get("viewBox").split())
    for word in words_of(svg):
        assert word.x0 >= -12, word
        assert word.x1 <= width + 2, word
        assert word.y0 >= -1, word
        assert word.y1 <= height + 1, word
