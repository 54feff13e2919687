"""Settle every row of a file before anything is written: ready points on one side, problems on the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from aimline.access.actions.units import Span
from aimline.frameworks.planning import Plan
from aimline.imports.mapping.bind import bind
from aimline.imports.mapping.cells import Fault
from aimline.imports.mapping.model import FileMapping, NewMeasure, NewPhase
from aimline.imports.places import Place, Places
from aimline.imports.points import Candidate, read_points
from aimline.imports.readers.tables import Table
from aimline.imports.records import Finding
from aimline.imports.report import MOST_VALUE, Code, Problem, Report, Severity
from aimline.imports.yardsticks import Yardsticks
from aimline.measures.models import Measure
from aimline.measures.points import Values
from aimline.students.keeping import Part

POINTS = "points"
_NAMED = 10


@dataclass(slots=True)
class Ready:
    """A point that can be written; unit and measure may still have to be made."""

    candidate: Candidate
    place: Place
    measure: Measure | NewMeasure
    # The file it came from, where a load has several.
    file: str = ""


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """A school year the file tells of, for one place."""

    place: Place
    name: str
    first_day: date
    last_day: date
    terms: tuple[Span, ...] = ()
    holidays: tuple[Span, ...] = ()
    file: str = ""
    # How many records of the file say so.
    records: int = 0


@dataclass(slots=True)
class Staged:
    """Everything a load will write, and the report so far."""

    report: Report
    file: str
    sha256: str
    places: Places
    source: str
    mapping: dict[str, object]
    ready: list[Ready] = field(default_factory=list)
    school_years: list[SchoolYear] = field(default_factory=list)
    # The days on which the lines of a measure start anew, by its code.
    phases: dict[str, tuple[NewPhase, ...]] = field(default_factory=dict)
    # Rows for the student lake, and the share of active records a file may end by not naming them.
    parts: list[Part] = field(default_factory=list)
    max_removals: float = 10
    # What a file of standards or rubrics brings.
    framework: Plan | None = None

    def note(self, entity: str, found: Finding) -> None:
        """Write a finding about a row into the report; a fault rejects its record."""
        severity = Severity.WARNING if found.is_warning else Severity.ERROR
        value = "".join(char if char.isprintable() else "\ufffd" for char in found.value[:MOST_VALUE])
        self.report.note(
            Problem(self.file, found.line, found.column, found.code, value, found.words, severity)
        )
        if not found.is_warning:
            self.report.tally(self.file, entity).rejected += 1


Progress = Callable[[int], None]


def stage_points(
    table: Table,
    mapping: FileMapping,
    staged: Staged,
    yardsticks: Yardsticks,
    progress: Progress | None = None,
) -> Staged:
    """Fill `staged` with the points of a table. Nothing is written."""
    desk = _Desk(staged, yardsticks)
    rows = read_points(table, bind(mapping, table.columns), mapping, yardsticks.scales)
    for count, (row, found) in enumerate(rows, 1):
        for each in found:
            if isinstance(each, Finding):
                desk.note(each)
            else:
                desk.take(each)
        if progress and count % 2000 == 0:
            progress(row.line)
        desk.tally.read = count
    desk.settle()
    return staged


class _Desk:
    """Takes candidates one by one and sorts out those that cannot stay."""

    def __init__(self, staged: Staged, yardsticks: Yardsticks) -> None:
        self.staged, self.yardsticks = staged, yardsticks
        self.tally = staged.report.tally(staged.file, POINTS)
        self._kept: dict[tuple[object, ...], Ready] = {}
        self._clashes: dict[tuple[object, ...], list[Ready]] = {}

    def note(self, found: Finding) -> None:
        self.staged.note(POINTS, found)

    def take(self, candidate: Candidate) -> None:
        try:
            place = self.staged.places.find(candidate.unit, candidate.unit_name)
        except Fault as fault:
            code = candidate.unit or ""
            self.note(Finding(candidate.line, candidate.unit_column, fault.code, code, fault.words))
            return
        try:
            measure = self.yardsticks.find(candidate.measure, place)
        except Fault as fault:
            self.note(Finding(candidate.line, "", fault.code, candidate.measure, fault.words))
            return
        self._keep(Ready(candidate, place, measure))

    def _keep(self, ready: Ready) -> None:
        key = _key(ready)
        first = self._kept.setdefault(key, ready)
        if first is ready:
            return
        if key in self._clashes:
            self._clashes[key].append(ready)
        elif first.candidate.values == ready.candidate.values:
            self._repeat(ready, first)
        else:
            self._clashes[key] = [first, ready]

    def _repeat(self, ready: Ready, first: Ready) -> None:
        self.tally.unchanged += 1
        words = _("This row says the same as row %(line)s; it counts once.") % {"line": first.candidate.line}
        self.note(Finding(ready.candidate.line, "", Code.DUPLICATE_ROW, "", words, is_warning=True))

    def settle(self) -> None:
        """Reject the points that contradict one another; keep the rest."""
        for key, clash in self._clashes.items():
            del self._kept[key]
            for ready in clash:
                self.note(_clash(ready, clash))
        self.staged.ready = list(self._kept.values())


def _key(ready: Ready) -> tuple[object, ...]:
    candidate, place = ready.candidate, ready.place
    return (candidate.measure, getattr(place, "pk", None) or place.code, candidate.group, candidate.period)


def _clash(ready: Ready, clash: list[Ready]) -> Finding:
    lines = [str(other.candidate.line) for other in clash if other is not ready]
    shown = ", ".join(lines[:_NAMED] + ["…"] * (len(lines) > _NAMED))
    words = _(
        "Rows %(lines)s speak of the same measure, unit, group and period, but say something else. "
        "None of them was loaded. Keep the right one."
    )
    return Finding(
        ready.candidate.line, "", Code.DUPLICATE_KEY, _said(ready.candidate.values), words % {"lines": shown}
    )


def _said(values: Values) -> str:
    if values.numerator is not None and values.denominator is not None:
        return f"{values.numerator:g} / {values.denominator:g}"
    return values.text or ("" if values.value is None else f"{values.value:g}")
