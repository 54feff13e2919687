"""From the rows of a table to candidate points: every cell checked, every fault in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.imports.mapping.bind import Record
from aimline.imports.mapping.cells import Fault, number
from aimline.imports.mapping.dates import period_of
from aimline.imports.mapping.model import FileMapping
from aimline.imports.readers.tables import Row, Table
from aimline.imports.records import Cells, Faulty, Finding, as_text, needed, read_rows
from aimline.imports.report import Code
from aimline.measures.models import ALL, Scale
from aimline.measures.points import Values

_NUMBERS = ("value", "numerator", "denominator", "n")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One point as the file gives it. Without a unit it belongs to the place the file is loaded at."""

    line: int
    measure: str
    period: str
    group: str
    values: Values
    unit: str | None = None
    unit_name: str = ""
    dimension: str = ""
    # Where in the row the unit stands, for a problem found later.
    unit_column: str = ""


def read_points(
    table: Table, records: Sequence[Record], mapping: FileMapping, scales: Mapping[str, str]
) -> Iterator[tuple[Row, list[Candidate | Finding]]]:
    """Yield each row that is not blank with what it holds: candidate points and findings."""

    def make(line: int, cells: Cells) -> Candidate:
        return _candidate(line, cells, mapping, scales)

    return read_rows(table, records, mapping, as_text, make)


def _candidate(line: int, cells: Cells, mapping: FileMapping, scales: Mapping[str, str]) -> Candidate:
    measure = needed(cells, "measure").text
    written = needed(cells, "period")
    try:
        period = period_of(written.cell, written.source.format)
    except Fault as fault:
        raise Faulty(written.column, written.text, fault) from fault
    group = _text(cells, "group") or ALL
    return Candidate(
        line=line,
        measure=measure,
        period=period.label,
        group=group,
        values=_values(cells, mapping, scales.get(measure, "")),
        unit=needed(cells, "unit").text if "unit" in cells else None,
        unit_name=_text(cells, "unit_name"),
        dimension="" if group == ALL else _text(cells, "dimension"),
        unit_column=cells["unit"].column if "unit" in cells else "",
    )


def _text(cells: Cells, name: str) -> str:
    return cells[name].text if name in cells else ""


def _values(cells: Cells, mapping: FileMapping, scale: str) -> Values:
    found = {name: _number(cells, name, mapping, scale) for name in _NUMBERS}
    coded = next(
        (
            _text(cells, name)
            for name in ("value", "numerator", "denominator")
            if _is_coded(cells, name, mapping)
        ),
        "",
    )
    if coded:
        # An answer that is no number: kept with its flag; how many students it speaks of may still be known.
        flag = mapping.codes[coded][:40]
        return Values(None, None, found["denominator"], _whole(found["n"]), coded[:120], flag)
    text = _text(cells, "value") if "value" in cells and cells["value"].source.as_text else ""
    value = found["numerator"] if found["value"] is None and scale == Scale.COUNT else found["value"]
    values = Values(value, found["numerator"], found["denominator"], _whole(found["n"]), text)
    fault = _impossible(values, scale)
    if fault:
        name, words = fault
        read = cells.get(name) or cells["value"]
        code = Code.BAD_VALUE if read.text else Code.MISSING_VALUE
        raise Faulty(read.column, read.text, Fault(code, words))
    return values


def _is_coded(cells: Cells, name: str, mapping: FileMapping) -> bool:
    return _text(cells, name) in mapping.codes if name in cells and _text(cells, name) else False


def _number(cells: Cells, name: str, mapping: FileMapping, scale: str) -> float | None:
    text = _text(cells, name)
    if not text or text in mapping.codes:
        return None
    read = cells[name]
    if name == "value" and read.source.as_text:
        return None
    try:
        percent = name == "value" and scale == Scale.PERCENT
        found = number(text, percent=percent, decimal=mapping.decimal)
        if name == "n" and (found < 0 or not found.is_integer()):
            raise Fault(Code.BAD_VALUE, _("A number of students is whole and not below 0."))
    except Fault as fault:
        raise Faulty(read.column, text, fault) from fault
    return found


def _whole(found: float | None) -> int | None:
    return None if found is None else int(found)


def _impossible(values: Values, scale: str) -> tuple[str, str] | None:
    """Say which number cannot be, and why."""
    top, bottom = values.numerator, values.denominator
    if bottom is not None and bottom <= 0:
        return "denominator", _("A rate needs at least 1 in the denominator.")
    if top is not None and bottom is None and values.value is None and scale != Scale.COUNT:
        return "denominator", _("The numerator is there, but not out of how many.")
    if scale != Scale.PERCENT:
        return None
    if top is not None and bottom is not None and not 0 <= top <= bottom:
        return "numerator", _("%(top)g of %(bottom)g cannot be a percentage.") % {
            "top": top,
            "bottom": bottom,
        }
    if values.value is not None and not 0 <= values.value <= 100:
        return "value", _("A percentage lies between 0 and 100.")
    return None
