"""The numbers behind a chart, the same on the page and in the file: hidden ones are hidden in both."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.measures.frames import Line, Spot
from aimline.reports.drawing import figures
from aimline.reports.lines import period_label, range_of, why_hidden, written
from aimline_analytics.drawing.parts import Unit

HEADER = [
    "unit",
    "measure",
    "group",
    "period",
    "numerator",
    "denominator",
    "n",
    "value",
    "text",
    "flag",
    "hidden",
]
# A spreadsheet would run a cell that starts so.
_RUNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    period: str
    key: str
    value: str
    students: str
    could_be: str
    note: str
    hidden: str
    is_gap: bool


def rows(line: Line) -> list[Row]:
    """Newest first; a gap is a row without a number, never a zero."""
    return [_row(line, spot) for spot in reversed(line.spots)]


def _row(line: Line, spot: Spot) -> Row:
    hidden = why_hidden(spot.hidden, line.minimum) if spot.hidden else ""
    note = (
        _("No number; school was in.")
        if spot.is_gap
        else spot.excluded and _("Left out: %(why)s") % {"why": spot.excluded}
    )
    return Row(
        period=period_label(spot),
        key=spot.period,
        value=written(spot.value, line.series.measure) or spot.text,
        students="" if spot.students is None else figures.number(spot.students, Unit(share=False)),
        could_be=range_of(spot, line.series.measure),
        note=str(note),
        hidden=hidden,
        is_gap=spot.is_gap,
    )


def as_csv(line: Line) -> str:
    """UTF-8, oldest first, the columns of the points export and the reason where a cell is hidden."""
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(HEADER)
    out.writerows(_cells(line))
    return file.getvalue()


def _cells(line: Line) -> Iterator[list[object]]:
    series = line.series
    for spot in line.spots:
        if spot.is_gap:
            continue
        numbers = [spot.numerator, spot.denominator, spot.n, spot.value]
        where = [_safe(text) for text in (series.unit.code, series.measure.code, series.group, spot.period)]
        words = [_safe(text) for text in (spot.text, spot.flag, spot.hidden or "")]
        yield [*where, *("" if number is None else f"{number:.12g}" for number in numbers), *words]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_RUNS) else text
