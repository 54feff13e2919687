"""A prediction beside its result, and how good a team's judgment has been, for the reader."""

from __future__ import annotations

from aimline.reports.drawing.voice import here
from aimline_analytics.drawing import prediction
from aimline_analytics.drawing.parts import Calibration, Prediction


def variants(drawn: Prediction) -> str:
    return prediction.variants(drawn, here())


def draw(drawn: Prediction, narrow: bool = False) -> str:
    return prediction.draw(drawn, narrow, here())


def calibration(drawn: Calibration) -> str:
    return prediction.calibration(drawn, here())
