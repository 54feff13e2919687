"""How a table lies in its file: in which sheet of a workbook, and on which line its columns are named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from aimline.imports.readers.opening import open_table
from aimline.imports.readers.sheets import sheets_of
from aimline.imports.readers.tables import FileOptions, Row

# So many lines are looked at; titles and notes above a table are few.
_LINES = 12
# A line with fewer of the cells than this share of the widest line is a title or a note.
_WIDE = 0.6


@dataclass(frozen=True, slots=True)
class Layout:
    """Blank and 0 mean: the first sheet, and the first line in which something stands."""

    sheet: str = ""
    header: int = 0

    @property
    def options(self) -> FileOptions:
        return FileOptions(sheet=self.sheet or None, header=(self.header,) if self.header else None)

    def as_file(self) -> dict[str, Any]:
        """What a mapping says of it, under [file]."""
        return {name: value for name, value in (("sheet", self.sheet), ("header", self.header)) if value}

    @classmethod
    def of_file(cls, said: Mapping[str, Any]) -> Layout | None:
        """What a mapping said of it; none where it says more than a layout can."""
        sheet, header = said.get("sheet") or "", said.get("header") or 0
        fits = isinstance(sheet, str) and isinstance(header, int)
        return cls(sheet, header) if fits else None


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    cells: tuple[str, ...]

    @property
    def words(self) -> str:
        """What stands in it, for people."""
        return ", ".join(cell[:20] for cell in self.cells[:6])


def top_of(path: Path, sheet: str = "") -> list[Line]:
    """Return the first lines of a table in which something stands."""
    table = open_table(path, FileOptions(sheet=sheet or None, header=()))
    rows = islice((row for row in table.rows if not row.is_blank), _LINES)
    return [Line(row.line, _filled(row)) for row in rows]


def likely(path: Path, sheet: str = "") -> Layout:
    """Guess on which line the columns are named: the first that is about as wide as any."""
    lines = top_of(path, sheet)
    return Layout(sheet, _header(lines))


def fits(layout: Layout, path: Path) -> bool:
    """Whether a file has this sheet and this line."""
    if layout.sheet and layout.sheet not in sheets_of(path):
        return False
    return not layout.header or layout.header in {line.number for line in top_of(path, layout.sheet)}


def _header(lines: Sequence[Line]) -> int:
    widest = max((len(line.cells) for line in lines), default=0)
    wide = [line.number for line in lines if len(line.cells) >= _WIDE * widest]
    # Where it is the first line anyway, nothing needs to be said of it.
    return 0 if not wide or wide[0] == lines[0].number else wide[0]


def _filled(row: Row) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.cells if cell.strip())
