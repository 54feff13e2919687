from __future__ import annotations

import time
from dataclasses import replace

from aimline.reports.drawing import multiples
from aimline_analytics.drawing.parts import Mark, Panel, Point, Unit
from tests.reports import samples
from tests.reports.svg import named, overlaps, parse, same_as_golden, words_of

ALL = samples.panels()
SET = multiples.share_scale(ALL, Unit())


def test_a_panel_is_drawn_as_it_was_when_we_last_looked() -> None:
    assert same_as_golden("panel-with-aim", multiples.draw(ALL[1], SET))
    assert same_as_golden("panel-without-aim", multiples.draw(ALL[0], SET))
    assert same_as_golden("spark", multiples.spark(ALL[1], Unit()))


def test_every_panel_of_a_set_prints_the_same_bounds() -> None:
    bounds = {tuple(word.text for word in words_of(multiples.draw(panel, SET))[:2]) for panel in ALL}
    assert len(bounds) == 1


def test_a_run_is_one_thick_line_with_one_mark_at_its_end() -> None:
    svg = multiples.draw(ALL[1], SET)
    assert len(named(svg, "path", "c-run c-upl")) == 1
    assert len(named(svg, "path", "c-up")) == 1
    assert named(svg, "circle", "c-pt") == []


def test_no_words_of_a_panel_overlap() -> None:
    for panel in ALL:
        assert overlaps(multiples.draw(panel, SET)) == []


def test_an_aim_far_off_is_dotted_to_its_ring() -> None:
    assert len(named(multiples.draw(ALL[1], SET), "path", "c-aim cut")) == 1


def test_a_worse_run_ends_in_a_diamond() -> None:
    points = tuple(
        Point(point.day, point.value, mark=Mark.WORSE if index > 14 else Mark.ORDINARY)
        for index, point in enumerate(ALL[0].points)
    )
    svg = multiples.draw(Panel("worse", "Worse", points, 0.38), SET)
    assert len(named(svg, "path", "c-dn")) == 1
    assert len(named(svg, "path", "c-dnl")) == 1


def test_a_line_that_starts_anew_is_not_joined_to_what_lies_before() -> None:
    plain = Panel(
        "ruler", "Ruler", tuple(replace(point, mark=Mark.ORDINARY) for point in ALL[0].points), 0.38
    )
    cut = replace(plain, anew=(plain.points[3].day,))
    pieces = [multiples.draw(panel, SET).count("c-line") for panel in (plain, cut)]
    assert pieces[1] == pieces[0] + 1


def test_a_panel_without_points_is_drawn_empty() -> None:
    assert parse(multiples.draw(Panel("empty", "Empty", ()), SET)) is not None
    assert parse(multiples.spark(Panel("empty", "Empty", ()), Unit())) is not None


def test_a_spark_is_hidden_from_those_who_hear_the_words_beside_it() -> None:
    assert 'aria-hidden="true"' in multiples.spark(ALL[0], Unit())


def test_fifty_panels_are_drawn(record_property) -> None:
    many = samples.panels(50)
    shared = multiples.share_scale(many, Unit())
    start = time.perf_counter()
    drawn = [multiples.draw(panel, shared) for panel in many]
    # Shown in the report and asserted nowhere: a busy machine is not a fault of the drawing.
    record_property("milliseconds", round((time.perf_counter() - start) * 1000, 1))
    assert len(set(drawn)) == 50
