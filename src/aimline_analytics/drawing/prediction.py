"""A prediction beside its result, and how good a team's judgment has been."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aimline_analytics.drawing import figures, ink, labels
from aimline_analytics.drawing.parts import Calibration, Judgment, Prediction, Range, Unit
from aimline_analytics.drawing.place import Block, Box, Line, Segment, Sheet
from aimline_analytics.drawing.scale import Axis, axis_for
from aimline_analytics.drawing.voice import ENGLISH, Voice

_SHARE = Unit()
_WIDE, _NARROW = 720.0, 326.0


@dataclass(frozen=True, slots=True)
class _Strip:
    """Values from left to right in a row of their own."""

    axis: Axis
    width: float
    foot: float
    above: bool
    voice: Voice
    base: float | None = None

    def x(self, value: float) -> float:
        share = (value - self.axis.low) / (self.axis.high - self.axis.low)
        return 18 + (self.width - 36) * share


def variants(drawn: Prediction, voice: Voice = ENGLISH) -> str:
    wide, narrow = draw(drawn, voice=voice), draw(drawn, narrow=True, voice=voice)
    return f'<div class="only-l">{wide}</div><div class="only-s">{narrow}</div>'


def draw(drawn: Prediction, narrow: bool = False, voice: Voice = ENGLISH) -> str:
    """Expected: a violet square in a bracketed band. Happened: a dot with its range. Two rows, one scale."""
    strip = _strip(drawn, narrow, voice)
    rows = (64.0, 122.0) if narrow else (52.0, 104.0)
    body = [*_grid(strip, drawn.unit), *_baseline(drawn, strip), *_expected(drawn, strip, rows[0])]
    if drawn.happened is not None:
        body += _happened(drawn.happened, drawn.unit, strip, rows[1])
    said = drawn.title or labels.prediction_title(voice), labels.describe_prediction(voice, drawn)
    suffix = "s" if narrow else "l"
    return ink.picture(
        f"{drawn.name}-{suffix}", (strip.width, strip.foot + 26), said, body, f"draw draw-{suffix}"
    )


def _strip(drawn: Prediction, narrow: bool, voice: Voice) -> _Strip:
    ranges = [drawn.predicted, *([drawn.happened] if drawn.happened else [])]
    known = [value for one in ranges for value in (one.value, one.low, one.high) if value is not None]
    known += [drawn.baseline] if drawn.baseline is not None else []
    axis = axis_for(known, drawn.unit, most=5 if narrow else 7)
    axis = axis if narrow else _roomy(axis, drawn, voice)
    foot = (152.0 if narrow else 134.0) - (0.0 if drawn.happened else 52.0)
    strip = _Strip(axis, _NARROW if narrow else _WIDE, foot, narrow, voice)
    return strip if drawn.baseline is None else replace(strip, base=strip.x(drawn.baseline))


def _roomy(axis: Axis, drawn: Prediction, voice: Voice) -> Axis:
    """More scale to the right, so that the words can stand beside what they speak of."""
    said = [(drawn.predicted, labels.predicted(voice, drawn.predicted, drawn.unit))]
    said += [(drawn.happened, labels.happened(voice, drawn.happened, drawn.unit))] if drawn.happened else []
    ceiling = drawn.unit.ceiling
    for _ in range(4):
        strip = _Strip(axis, _WIDE, 0.0, False, voice)
        ends = [
            strip.x(one.value if one.high is None else one.high) + 14 + Line(text, "b").width
            for one, text in said
        ]
        if max(ends) < _WIDE or (ceiling is not None and axis.high + axis.step > ceiling + 1e-9):
            return axis
        axis = replace(axis, high=round(axis.high + axis.step, 9))
    return axis


def _grid(strip: _Strip, unit: Unit) -> list[str]:
    ticks = strip.axis.ticks
    every = 2 if len(ticks) > (6 if strip.above else 9) else 1
    drawn = [ink.vertical("c-grid", strip.x(tick), 26, strip.foot) for tick in ticks]
    places = max(0, strip.axis.decimals - 2) if unit.share else strip.axis.decimals
    shown = [(strip.x(tick), figures.figure(strip.voice, tick, unit, places)) for tick in ticks[::every]]
    return drawn + [ink.text("m", x, strip.foot + 18, label) for x, label in shown]


def _baseline(drawn: Prediction, strip: _Strip) -> list[str]:
    if drawn.baseline is None:
        return []
    x = strip.x(drawn.baseline)
    said = Line(
        labels.baseline_of(strip.voice, figures.figure(strip.voice, drawn.baseline, drawn.unit)), "sm"
    )
    at = min(max(x, said.width / 2 + 2), strip.width - said.width / 2 - 2)
    return [ink.vertical("c-base", x, 26, strip.foot), Block((said,), at, 18, "m").svg()]


def _expected(drawn: Prediction, strip: _Strip, y: float) -> list[str]:
    one, x = drawn.predicted, strip.x(drawn.predicted.value)
    body = []
    if one.low is not None and one.high is not None:
        x0, x1 = strip.x(one.low), strip.x(one.high)
        ends = _bracket(x0, x1, y, 11)
        body += [ink.rect("c-guessb", x0, y - 11, x1 - x0, 22), ink.path("c-guess", ends)]
    said = labels.predicted(strip.voice, one, drawn.unit)
    return [
        *body,
        ink.rect("c-guessf", x - 5.5, y - 5.5, 11, 11, 1),
        _label(said, "t-guess halo", one, strip, y, 11),
    ]


def _happened(one: Range, unit: Unit, strip: _Strip, y: float) -> list[str]:
    body = []
    if one.low is not None and one.high is not None:
        x0, x1 = strip.x(one.low), strip.x(one.high)
        ends = _bracket(x0, x1, y, 6)
        body.append(ink.path("c-ci", ends))
    said = labels.happened(strip.voice, one, unit)
    return [*body, ink.circle("c-pt", strip.x(one.value), y, 6.5), _label(said, "b halo", one, strip, y, 8)]


def _bracket(x0: float, x1: float, y: float, half: float) -> str:
    """A bar from end to end with a foot at both."""
    feet = "".join(f"M{ink.num(x)} {ink.num(y - half)}v{ink.num(2 * half)}" for x in (x0, x1))
    return f"M{ink.num(x0)} {ink.num(y)}H{ink.num(x1)}{feet}"


def _label(said: str, classes: str, one: Range, strip: _Strip, y: float, tall: float) -> str:
    """Beside the range where there is room, to its left if not, over it on a narrow picture."""
    line = Line(said, classes)
    right = max(strip.x(one.value), strip.x(one.high if one.high is not None else one.value)) + 12
    left = min(strip.x(one.value), strip.x(one.low if one.low is not None else one.value)) - 12
    if not strip.above and right + line.width < strip.width:
        return Block((line,), right, y + 4).svg()
    crossed = strip.base is not None and left - line.width < strip.base < left
    if not strip.above and left - line.width > 0 and not crossed:
        return Block((line,), left, y + 4, "e").svg()
    at = strip.x(one.value) - line.width / 2
    if strip.base is not None and at - 4 < strip.base < at + line.width:
        at = strip.base + 7
    at = min(max(at, 2.0), strip.width - line.width - 2)
    return Block((line,), at, y - tall - 6).svg()


_PLOT = Box(52.0, 16.0, 274.0, 238.0)


def calibration(drawn: Calibration, voice: Voice = ENGLISH) -> str:
    """How often it came true against how sure people were; on the diagonal, judgment is perfect."""
    sheet = Sheet(Box(_PLOT.x0 + 2, _PLOT.y0, _NARROW, _PLOT.y1 - 2))
    spots = [_spot(row) for row in drawn.rows]
    sheet.marks += [Box(x - 7, y - 7, x + 7, y + 7) for x, y in spots]
    sheet.lines += [Segment(*before, *after, 1.5) for before, after in itertools.pairwise(spots)]
    sheet.lines += [Segment(_at(0)[0], _at(0)[1], *_at(1), 1.0)]
    sheet.lines += [Segment(_x(row.sure), _y(row.low), _x(row.sure), _y(row.high), 0.8) for row in drawn.rows]
    most = max((row.tests for row in drawn.rows), default=1)
    body = [*_square(voice), ink.polyline("c-aim thin", (_at(0), _at(1)))]
    body += [ink.polyline("c-guess", spots)] if len(spots) > 1 else []
    body += [ink.vertical("c-ci", _x(row.sure), _y(row.low), _y(row.high)) for row in drawn.rows]
    body += [_square_mark(row, most) for row in drawn.rows]
    body += _tests(drawn.rows, sheet, voice)
    body.append(_perfect(sheet, voice))
    said = drawn.title or labels.calibration_title(voice), labels.describe_calibration(voice, drawn)
    return ink.picture(drawn.name, (_NARROW, _PLOT.y1 + 48), said, body, "draw draw-cal")


def _x(share: float) -> float:
    return _PLOT.x0 + (_PLOT.x1 - _PLOT.x0) * share


def _y(share: float) -> float:
    return _PLOT.y1 - (_PLOT.y1 - _PLOT.y0) * share


def _at(share: float) -> tuple[float, float]:
    return _x(share), _y(share)


def _spot(row: Judgment) -> tuple[float, float]:
    return _x(row.sure), _y(row.true)


def _square(voice: Voice) -> list[str]:
    drawn = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _at(tick)
        grid = f"M{ink.num(_PLOT.x0)} {ink.num(y)}H{ink.num(_PLOT.x1)}"
        grid += f"M{ink.num(x)} {ink.num(_PLOT.y0)}V{ink.num(_PLOT.y1)}"
        label = figures.figure(voice, tick, _SHARE)
        drawn += [ink.path("c-grid", grid), ink.text("e", _PLOT.x0 - 7, y + 4, label)]
        drawn.append(ink.text("m", x, _PLOT.y1 + 18, label))
    middle = (_PLOT.x0 + _PLOT.x1) / 2
    drawn.append(ink.text("m", middle, _PLOT.y1 + 40, labels.how_sure(voice)))
    return [*drawn, ink.turned("m", 11, (_PLOT.y0 + _PLOT.y1) / 2, -90, labels.how_often(voice))]


def _square_mark(row: Judgment, most: int) -> str:
    side = 8 + 4 * (row.tests / most) ** 0.5
    x, y = _spot(row)
    return ink.rect("c-guessf", x - side / 2, y - side / 2, side, side, 1)


def _tests(rows: Sequence[Judgment], sheet: Sheet, voice: Voice) -> list[str]:
    drawn = []
    for row in rows:
        x, y = _spot(row)
        line = (Line(labels.tests(voice, row.tests), "sm halo"),)
        base = Block(line, x, y)
        shifts = [
            (11, 15, ""),
            (11, 4, ""),
            (-11, -9, "e"),
            (-11, 4, "e"),
            (11, -9, ""),
            (-11, 15, "e"),
            (11, 27, ""),
        ]
        choices = (
            (replace(base, x=x + dx, y=y + dy, anchor=anchor), rank * 1.5)
            for rank, (dx, dy, anchor) in enumerate(shifts)
        )
        found = sheet.best(choices)
        drawn += [sheet.take(found).svg()] if found else []
    return drawn


def _perfect(sheet: Sheet, voice: Voice) -> str:
    """The words along the diagonal, at the first stretch where they cover nothing."""
    line = Line(labels.perfect(voice), "t-aim sm")
    for share in (0.74, 0.84, 0.62, 0.3, 0.4, 0.2):
        x, y = _x(share) - 6, _y(share) - 6
        along = [
            (x + line.width * part * 0.7, y - line.width * part * 0.7)
            for part in (-0.5, -0.3, -0.1, 0.1, 0.3, 0.5)
        ]
        boxes = [Box(px - 8, py - 9, px + 4, py + 2) for px, py in along]
        if all(not any(box.touches(other) for other in sheet.solid + sheet.marks) for box in boxes):
            return ink.turned("t-aim sm m halo", x, y, -45, labels.perfect(voice))
    return ""
