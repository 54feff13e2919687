"""The pictures of a test: prediction beside result, and how good a judgment has been."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aimline.cycles.judgment import Judgment
from aimline.cycles.models import Cycle, Prediction
from aimline.cycles.showing import Shown
from aimline.measures.frames import Line
from aimline.reports.drawing import chart, figures, prediction
from aimline.reports.lines import chart_of
from aimline.web.cycles.words import SHARE, drawn_value, leading, say, say_range, unit_of
from aimline_analytics.drawing import parts

# How much of the line before the test is drawn.
BEFORE = timedelta(weeks=13)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table that holds the same figures as the picture."""

    name: str
    value: str
    range: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    svg: SafeString
    rows: tuple[Row, ...]


def expected_beside_happened(cycle: Cycle, shown: Shown, baseline: float | None) -> Picture | None:
    """Nothing is drawn without a number on both sides, or where the result is hidden."""
    bet = leading(cycle)
    guess = _guess(cycle, bet) if bet else None
    result = shown.result
    if guess is None or result is None or result.value is None:
        return None
    happened = _range(cycle, result.value, result.low, result.high)
    base = None if baseline is None else drawn_value(cycle, baseline)
    drawn = parts.Prediction(f"bet-{cycle.pk.hex}", unit_of(cycle), guess, happened, base)
    rows = [
        *([Row(_("Baseline"), say(cycle, baseline))] if baseline is not None else []),
        Row(
            _("Predicted"),
            figures.figure(guess.value, unit_of(cycle)),
            _ends(cycle, bet.low, bet.high) if bet else "",
        ),
        Row(_("Happened"), say(cycle, result.value), _ends(cycle, result.low, result.high)),
    ]
    # Every word was escaped by the drawing.
    return Picture(SafeString(prediction.variants(drawn)), tuple(rows))


def around_test(line: Line, cycle: Cycle) -> SafeString:
    """The series from a quarter before the test on, with the days of the test marked."""
    whole = chart_of(line)
    first = cycle.starts_on - BEFORE
    begun = [phase for phase in whole.phases if phase.start <= first][-1:]
    later = [phase for phase in whole.phases if phase.start > first]
    after = cycle.ends_on + timedelta(days=1)
    over = [parts.Phase(after, _("After"))] if any(point.day >= after for point in whole.points) else []
    test = [parts.Phase(cycle.starts_on, _("This test")), *over]
    drawn = replace(
        whole,
        name=f"t-{cycle.pk.hex[-12:]}",
        points=tuple(point for point in whole.points if point.day >= first),
        phases=tuple(sorted([*(replace(phase, start=first) for phase in begun), *later, *test], key=_start)),
        breaks=tuple(each for each in whole.breaks if each.start >= first),
        runs=tuple(run for run in whole.runs if run.first >= first),
        notes=tuple(note for note in whole.notes if note.day >= first),
        aim=None,
    )
    return SafeString(chart.variants(drawn)) if drawn.seen else SafeString("")


def _start(phase: parts.Phase) -> date:
    return phase.start


def judgment_picture(judgment: Judgment, name: str) -> Picture | None:
    if not judgment.is_enough:
        return None
    rows = judgment.calibration.rows
    spots = tuple(
        parts.Judgment(row.forecast, row.observed, row.observed_low, row.observed_high, row.n) for row in rows
    )
    table = tuple(
        Row(figures.figure(row.forecast, SHARE), figures.figure(row.observed, SHARE), str(row.n))
        for row in rows
    )
    return Picture(SafeString(prediction.calibration(parts.Calibration(name, spots))), table)


def _guess(cycle: Cycle, bet: Prediction) -> parts.Range | None:
    value = bet.threshold if bet.expected is None else bet.expected
    return None if value is None else _range(cycle, value, bet.low, bet.high)


def _range(cycle: Cycle, value: float, low: float | None, high: float | None) -> parts.Range:
    ends = (
        (None, None) if low is None or high is None else (drawn_value(cycle, low), drawn_value(cycle, high))
    )
    return parts.Range(drawn_value(cycle, value), *ends)


def _ends(cycle: Cycle, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else say_range(cycle, low, high)
