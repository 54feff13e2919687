"""The table behind a chart: the same points, the same figures, nothing that the picture does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aimline_analytics.drawing import figures, labels
from aimline_analytics.drawing.parts import Chart, Mark, Point
from aimline_analytics.drawing.voice import ENGLISH, Voice


@dataclass(frozen=True, slots=True)
class Row:
    period: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`heads` names the period first; `numeric` says of each cell whether it stands to the right."""

    caption: str
    heads: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[Row, ...]


def table_of(chart: Chart, voice: Voice = ENGLISH) -> Table:
    """A row a period, a missing one said in words; a column only where some point fills it."""
    columns = [column for column in _columns(chart, voice) if any(column[2])]
    rows = [
        Row(
            point.label or voice.full_day(point.day),
            tuple(cells[index] for head, numeric, cells in columns),
        )
        for index, point in enumerate(chart.points)
    ]
    heads = (voice.say("Period"), *(head for head, numeric, cells in columns))
    return Table(chart.title, heads, tuple(numeric for head, numeric, cells in columns), tuple(rows))


def _columns(chart: Chart, voice: Voice) -> list[tuple[str, bool, list[str]]]:
    points, unit = chart.points, chart.unit
    phases = [chart.phase_of(point.day) for point in points]
    value = [
        voice.say("Missing") if point.value is None else figures.figure(voice, point.value, unit)
        for point in points
    ]
    return [
        (voice.say("Value"), True, value),
        (voice.say("Count"), True, [_counted(voice, point.numerator) for point in points]),
        (voice.say("Out of"), True, [_counted(voice, point.denominator) for point in points]),
        (voice.say("Could be"), True, [_between(voice, chart, point.low, point.high) for point in points]),
        (
            voice.say("Usual range"),
            True,
            [_between(voice, chart, point.lower, point.upper) for point in points],
        ),
        (voice.say("Phase"), False, [phase.name if phase else "" for phase in phases]),
        (voice.say("Note"), False, [_noted(voice, chart, point) for point in points]),
    ]


def _counted(voice: Voice, number: int | None) -> str:
    return "" if number is None else figures.count(voice, number)


def _between(voice: Voice, chart: Chart, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else labels.could_be(voice, low, high, chart.unit)


def _noted(voice: Voice, chart: Chart, point: Point) -> str:
    """What is written at this point: why it was left out, then the notes nearest to it."""
    near = [note for note in chart.notes if _nearest(chart, note.day) is point]
    own = [point.note] if point.note else [voice.say("Left out")] if point.mark is Mark.EXCLUDED else []
    return "; ".join([*own, *(f"{note.words} {note.more}".strip() for note in near)])


def _nearest(chart: Chart, day: date) -> Point | None:
    return min(chart.points, key=lambda point: abs((point.day - day).days), default=None)
