from __future__ import annotations

import pytest

from aimline.reports.drawing import prediction
from aimline_analytics.drawing.parts import Calibration, Judgment, Prediction, Range, Unit
from tests.reports.svg import named, overlaps, parse, same_as_golden, words_of

FRAMES = Prediction("frames", Unit(), Range(0.35, 0.30, 0.42), Range(0.41, 0.30, 0.53), 0.24)
HIGH = Prediction("high", Unit(), Range(0.85, 0.80, 0.92), Range(0.88, 0.70, 0.96), 0.60)
BARE = Prediction("bare", Unit(share=False, decimals=1), Range(3.5), None, 3.1)
ROWS = ((0.1, 0.14, 0.03, 0.40, 7), (0.3, 0.33, 0.14, 0.61, 12), (0.5, 0.44, 0.23, 0.67, 16))
JUDGED = Calibration("judged", tuple(Judgment(*row) for row in (*ROWS, (0.9, 0.68, 0.38, 0.88, 1))))


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("drawn", [FRAMES, HIGH, BARE], ids=lambda drawn: drawn.name)
def test_a_prediction_is_drawn_as_it_was_when_we_last_looked(drawn: Prediction, narrow: bool) -> None:
    svg = prediction.draw(drawn, narrow)
    assert same_as_golden(f"prediction-{drawn.name}-{'s' if narrow else 'l'}", svg)
    assert overlaps(svg) == []


def test_what_was_expected_and_what_happened_share_a_scale_but_not_a_row() -> None:
    svg = prediction.draw(FRAMES)
    square, dot = named(svg, "rect", "c-guessf")[0], named(svg, "circle", "c-pt")[0]
    assert float(square.get("y")) + 11 < float(dot.get("cy")) - 6.5
    assert float(square.get("x")) + 5.5 < float(dot.get("cx"))


def test_the_words_give_value_and_range() -> None:
    said = [word.text for word in words_of(prediction.draw(FRAMES))]
    assert "Predicted 35%, likely 30 to 42" in said
    assert "Happened 41%, could be 30 to 53" in said
    assert "Baseline 24%" in said


def test_before_the_result_only_the_prediction_stands() -> None:
    assert named(prediction.draw(BARE), "circle", "c-pt") == []


def test_judgment_is_drawn_as_it_was_when_we_last_looked() -> None:
    svg = prediction.calibration(JUDGED)
    assert same_as_golden("judgment", svg)
    assert overlaps(svg) == []
    assert len(named(svg, "path", "c-ci")) == len(JUDGED.rows)
    assert {"7 tests", "1 test"} <= {word.text for word in words_of(svg)}


def test_judgment_without_predictions_says_so() -> None:
    svg = prediction.calibration(Calibration("none", ()))
    assert "No predictions yet." in parse(svg).findtext("{*}desc")
