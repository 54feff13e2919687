"""From the rows of a table to candidate points: every cell checked, every fault in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from aimline.imports.mapping.bind import Bound, Record
from aimline.imports.mapping.cells import Cell, Fault, number, read_cell
from aimline.imports.mapping.dates import period_of
from aimline.imports.mapping.model import FileMapping
from aimline.imports.readers.tables import Row, Table
from aimline.imports.report import Code
from aimline.measures.models import ALL, Scale
from aimline.measures.points import Values

# The cells in which an answer stands; a record that has neither is none.
_ANSWERS = ("value", "numerator")
_NUMBERS = ("value", "numerator", "denominator", "n")
_LONGEST = {"measure": 60, "unit": 60, "group": 120, "dimension": 60, "unit_name": 200, "value": 120}


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


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about a row: a fault rejects its record, a warning does not."""

    line: int
    column: str
    code: str
    value: str
    words: str
    is_warning: bool = False


class Faulty(Exception):
    """A fault, with the cell in which it was found."""

    def __init__(self, column: str, value: str, fault: Fault) -> None:
        super().__init__(fault.words)
        self.column, self.value, self.fault = column, value, fault


def read_rows(
    table: Table, records: Sequence[Record], mapping: FileMapping, scales: Mapping[str, str]
) -> Iterator[tuple[Row, list[Candidate | Finding]]]:
    """Yield each row that is not blank with what it holds: candidate points and findings."""
    exact = table.format != "xlsx"
    for row in table.rows:
        if row.is_blank:
            continue
        fault = row.fault or (_ragged(row, table) if exact else None)
        if fault:
            yield row, [Finding(row.line, "", fault[0], "", fault[1])]
            continue
        yield row, [found for record in records for found in _read(row, record, mapping, scales)]


def _ragged(row: Row, table: Table) -> tuple[str, str] | None:
    """Blank cells after the last column harm nobody; anything else means that cells have moved."""
    wanted, given = len(table.columns), len(row.cells)
    if given == wanted or (given > wanted and not any(cell.strip() for cell in row.cells[wanted:])):
        return None
    words = _("This row has %(given)s cells, the columns are %(wanted)s. A comma may be missing or too many.")
    return Code.RAGGED_ROW, words % {"given": given, "wanted": wanted}


def _read(
    row: Row, record: Record, mapping: FileMapping, scales: Mapping[str, str]
) -> Iterator[Candidate | Finding]:
    if _has_no_answer(row, record, mapping):
        return
    try:
        cells = {bound.name: (bound, _cell(row, bound, mapping)) for bound in record}
        candidate = _candidate(row.line, cells, mapping, scales)
    except Faulty as found:
        yield Finding(row.line, found.column, found.fault.code, found.value, found.fault.words)
        return
    for bound, cell in cells.values():
        if cell.cleaned:
            words = _("A character that cannot be seen was left out of this cell.")
            yield Finding(row.line, bound.column, Code.CONTROL_CHARACTER, cell.text, words, is_warning=True)
    yield candidate


def _has_no_answer(row: Row, record: Record, mapping: FileMapping) -> bool:
    answers = (_raw(row, bound).strip() for bound in record if bound.name in _ANSWERS)
    return all(answer in mapping.blank for answer in answers)


def _raw(row: Row, bound: Bound) -> str:
    if bound.index is None:
        return bound.source.constant or ""
    # Rows of a workbook end with their last cell that is filled.
    return row.cells[bound.index] if bound.index < len(row.cells) else ""


def _cell(row: Row, bound: Bound, mapping: FileMapping) -> Cell:
    raw = _raw(row, bound)
    try:
        cell = read_cell(raw, bound.source, mapping.blank, strict=bound.name != "unit_name")
        if len(cell.text) > _LONGEST.get(bound.name, 1000):
            raise Fault(
                Code.BAD_VALUE,
                _("This is too long: at most %(most)s letters.") % {"most": _LONGEST[bound.name]},
            )
    except Fault as fault:
        raise Faulty(bound.column, raw.strip(), fault) from fault
    return cell


Cells = Mapping[str, tuple[Bound, Cell]]


def _candidate(line: int, cells: Cells, mapping: FileMapping, scales: Mapping[str, str]) -> Candidate:
    measure = _needed(cells, "measure")
    bound, cell = cells["period"]
    _needed(cells, "period")
    try:
        period = period_of(cell, bound.source.format)
    except Fault as fault:
        raise Faulty(bound.column, cell.text, fault) from fault
    group = _text(cells, "group") or ALL
    return Candidate(
        line=line,
        measure=measure,
        period=period.label,
        group=group,
        values=_values(cells, mapping, scales.get(measure, "")),
        unit=_needed(cells, "unit") if "unit" in cells else None,
        unit_name=_text(cells, "unit_name"),
        dimension="" if group == ALL else _text(cells, "dimension"),
        unit_column=cells["unit"][0].column if "unit" in cells else "",
    )


def _text(cells: Cells, name: str) -> str:
    return cells[name][1].text if name in cells else ""


def _needed(cells: Cells, name: str) -> str:
    bound, cell = cells[name]
    if not cell.text:
        raise Faulty(
            bound.column,
            "",
            Fault(Code.MISSING_VALUE, _("This cell is blank, and the row means nothing without it.")),
        )
    return cell.text


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
    text = _text(cells, "value") if "value" in cells and cells["value"][0].source.as_text else ""
    value = found["numerator"] if found["value"] is None and scale == Scale.COUNT else found["value"]
    values = Values(value, found["numerator"], found["denominator"], _whole(found["n"]), text)
    fault = _impossible(values, scale)
    if fault:
        name, words = fault
        bound, cell = cells.get(name) or cells["value"]
        raise Faulty(
            bound.column, cell.text, Fault(Code.MISSING_VALUE if not cell.text else Code.BAD_VALUE, words)
        )
    return values


def _is_coded(cells: Cells, name: str, mapping: FileMapping) -> bool:
    return _text(cells, name) in mapping.codes if name in cells and _text(cells, name) else False


def _number(cells: Cells, name: str, mapping: FileMapping, scale: str) -> float | None:
    text = _text(cells, name)
    if not text or text in mapping.codes:
        return None
    bound = cells[name][0]
    if name == "value" and bound.source.as_text:
        return None
    try:
        percent = name == "value" and scale == Scale.PERCENT
        found = number(text, percent=percent, decimal=mapping.decimal)
        if name == "n" and (found < 0 or not found.is_integer()):
            raise Fault(Code.BAD_VALUE, _("A number of students is whole and not below 0."))
    except Fault as fault:
        raise Faulty(bound.column, text, fault) from fault
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
