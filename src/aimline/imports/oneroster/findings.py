"""Problems gathered column by column, a million at a time if need be, and handed to the report: errors first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from aimline.imports.report import MOST_PROBLEMS, MOST_VALUE, Problem, Report, Severity


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a problem is, and what stands there."""

    file: str
    line: int = 0
    column: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """Problems of one kind. `rows` has `line`, `value`, and `words` where they are not the same for all."""

    file: str
    column: str
    code: str
    words: str
    severity: Severity
    count: int
    rows: pl.DataFrame


@dataclass(slots=True)
class Findings:
    groups: list[_Group] = field(default_factory=list)

    def add(
        self, rows: pl.DataFrame, *, file: str, code: str, words: str = "", column: str = "", warns: bool
    ) -> None:
        """Note one problem for each row: `line`, and `value` and `words` where the frame has them."""
        if not rows.height:
            return
        severity = Severity.WARNING if warns else Severity.ERROR
        shown = [name for name in ("line", "value", "words") if name in rows.columns]
        kept = rows.select(shown).head(MOST_PROBLEMS)
        self.groups.append(_Group(file, column, code, words, severity, rows.height, kept))

    def note(self, at: Spot, code: str, words: str, *, warns: bool = True) -> None:
        """Note one problem."""
        rows = pl.DataFrame({"line": [at.line], "value": [at.value]})
        self.add(rows, file=at.file, code=code, words=words, column=at.column, warns=warns)

    def tell(self, report: Report) -> None:
        """Hand everything to the report. Of too many problems those are listed that kept a record out."""
        for group in sorted(self.groups, key=lambda group: group.severity == Severity.WARNING):
            report.note_all(group.code, group.count, _problems(group))
        self.groups.clear()


def _problems(group: _Group) -> Iterator[Problem]:
    for row in group.rows.iter_rows(named=True):
        value = str(row.get("value") or "")[:MOST_VALUE]
        words = row.get("words") or group.words
        yield Problem(group.file, row["line"], group.column, group.code, value, words, group.severity)
