"""A file as a table: named columns, and rows that know on which line they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


class Dated(str):
    """A cell the sender's program held as a date; written here as 2026-08-28, whatever it looked like there."""

    __slots__ = ()


class Unfinished(str):
    """A formula that was never worked out: the file does not say what its value is."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Row:
    """`fault` says why a row could not be taken apart into cells: a code and the reason."""

    line: int
    cells: tuple[str, ...] = ()
    fault: tuple[str, str] | None = None

    @property
    def is_blank(self) -> bool:
        return self.fault is None and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class FileOptions:
    """What a mapping says about the file; what it does not say is recognised from the file."""

    format: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str | int | None = None
    header: tuple[int, ...] | None = None
    columns: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    path: Path
    columns: tuple[str, ...]
    rows: Iterator[Row]
    format: str
