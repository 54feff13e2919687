"""Open a file as a table: recognise it, find its column names, hand out its rows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest
from pathlib import Path

from django.utils.translation import gettext as _

from aimline.imports.readers.sheets import read_sheet
from aimline.imports.readers.sniffing import check_size, recognise
from aimline.imports.readers.tables import FileOptions, Row, Table
from aimline.imports.readers.text import read_delimited, read_fixed
from aimline.imports.refusals import BadMapping, Refused
from aimline.imports.report import Code


def open_table(path: Path, options: FileOptions) -> Table:
    """Return the table in a file; its rows are read as they are asked for."""
    check_size(path)
    kind = _format(path, options)
    if kind == "fixed":
        return Table(
            path, tuple(options.columns), _after(read_fixed(path, options), options.header or ()), kind
        )
    rows = read_sheet(path, options) if kind == "xlsx" else read_delimited(path, options)
    names, rest = _header(rows, options.header)
    return Table(path, names, rest, kind)


def _format(path: Path, options: FileOptions) -> str:
    found, wanted = recognise(path), options.format
    if wanted and (wanted == "xlsx") != (found == "xlsx"):
        raise Refused(
            _("The mapping says the file is %(wanted)s, but it is not.") % {"wanted": wanted},
            code=Code.MALFORMED,
        )
    if wanted == "fixed" and not options.columns:
        raise BadMapping(_('A fixed width file needs "columns" under [file]: name = [start, width].'))
    return wanted or ("fixed" if options.columns else found)


def _header(rows: Iterator[Row], wanted: tuple[int, ...] | None) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Split the rows into the column names and the data below them."""
    if wanted == ():
        first = next((row for row in rows if not row.is_blank), None)
        if first is None:
            raise Refused(_("The file has no rows."), code=Code.MALFORMED)
        return ("",) * len(first.cells), chain([first], rows)
    parts: list[tuple[str, ...]] = []
    for row in rows:
        if row.fault and (not wanted or row.line <= max(wanted)):
            raise Refused(row.fault[1], code=row.fault[0], line=row.line)
        if row.line in wanted if wanted else not row.is_blank:
            parts.append(row.cells)
        if parts and (not wanted or row.line >= max(wanted)):
            return _names(parts), rows
    raise Refused(_("The file ends before the line with the column names."), code=Code.MALFORMED)


def _names(parts: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Join header lines column by column; a blank in an upper line takes what stands to its left."""
    width = max(map(len, parts))
    filled = [_fill(line, width) for line in parts[:-1]] + [tuple(cell.strip() for cell in parts[-1])]
    joined = (" / ".join(part for part in column if part) for column in zip_longest(*filled, fillvalue=""))
    names = list(joined) if len(filled) > 1 else list(filled[0])
    return tuple(names)


def _fill(line: tuple[str, ...], width: int) -> tuple[str, ...]:
    # Programs leave out the blank cells at the end of a line.
    kept, filled = "", []
    for cell in (*line, *[""] * (width - len(line))):
        kept = cell.strip() or kept
        filled.append(kept)
    return tuple(filled)


def _after(rows: Iterator[Row], header: tuple[int, ...]) -> Iterator[Row]:
    last = max(header, default=0)
    return (row for row in rows if row.line > last)
