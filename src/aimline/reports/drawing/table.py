"""The table behind a chart: the same points, the same figures, nothing that the picture does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from aimline.reports.drawing import figures, labels
from aimline.reports.drawing.parts import Chart, Mark, Point


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


def table_of(chart: Chart) -> Table:
    """A row a period, a missing one said in words; a column only where some point fills it."""
    columns = [column for column in _columns(chart) if any(column[2])]
    rows = [
        Row(
            point.label or figures.full_day(point.day),
            tuple(cells[index] for head, numeric, cells in columns),
        )
        for index, point in enumerate(chart.points)
    ]
    heads = (_("Period"), *(head for head, numeric, cells in columns))
    return Table(chart.title, heads, tuple(numeric for head, numeric, cells in columns), tuple(rows))


def _columns(chart: Chart) -> list[tuple[str, bool, list[str]]]:
    points, unit = chart.points, chart.unit
    phases = [chart.phase_of(point.day) for point in points]
    value = [_("Missing") if point.value is None else figures.figure(point.value, unit) for point in points]
    return [
        (_("Value"), True, value),
        (_("Count"), True, [_counted(point.numerator) for point in points]),
        (_("Out of"), True, [_counted(point.denominator) for point in points]),
        (_("Could be"), True, [_between(chart, point.low, point.high) for point in points]),
        (_("Usual range"), True, [_between(chart, point.lower, point.upper) for point in points]),
        (_("Phase"), False, [phase.name if phase else "" for phase in phases]),
        (_("Note"), False, [_noted(chart, point) for point in points]),
    ]


def _counted(number: int | None) -> str:
    return "" if number is None else labels.count(number)


def _between(chart: Chart, low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else labels.could_be(low, high, chart.unit)


def _noted(chart: Chart, point: Point) -> str:
    """What is written at this point: why it was left out, then the notes nearest to it."""
    near = [note for note in chart.notes if _nearest(chart, note.day) is point]
    own = [point.note] if point.note else [_("Left out")] if point.mark is Mark.EXCLUDED else []
    return "; ".join([*own, *(f"{note.words} {note.more}".strip() for note in near)])


def _nearest(chart: Chart, day: date) -> Point | None:
    return min(chart.points, key=lambda point: abs((point.day - day).days), default=None)
