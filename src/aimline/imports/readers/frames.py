"""A delimited file as one frame of text columns, each row with the line it stands on.

Most files are clean: UTF-8, as many cells in every row as in the header, quotes only around cells. Polars reads those,
millions of rows in a second. A file that is not clean in any way goes through the careful reader row by row, which says
what is wrong where and keeps the good rows. Of a clean file both say the same.
"""

from __future__ import annotations

import csv
import mmap
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.readers import text
from aimline.imports.readers.limits import MEGABYTE, MOST_COLUMNS
from aimline.imports.readers.sniffing import ESCAPED, delimiter_of, recognise
from aimline.imports.readers.tables import FileOptions, Row
from aimline.imports.refusals import Refused
from aimline.imports.report import Code

# Bytes looked at in one go, and rows gathered before they become a frame.
_CHUNK = 4 * MEGABYTE
_ROWS = 20_000
# From here on, a file of which more rows are broken than whole is given up.
_MOST_FAULTS = 20_000
_BOM = b"\xef\xbb\xbf"
_TAB, _NEWLINE, _RETURN, _SPACE, _QUOTE, _DELETE = b'\t\n\r "\x7f'
_REPLACED = b"\xef\xbf\xbd"

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that could not be taken apart, with the cells as far as there are any."""

    line: int
    code: str
    words: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell that held what does not belong into text. Where `cleaned`, it was left out and the cell can be used."""

    line: int
    column: int
    code: str
    words: str
    value: str
    cleaned: bool


@dataclass(slots=True)
class Frame:
    """`rows` has `line`, then a column of text for each name, called `c0`, `c1`, …: trimmed, and null where blank."""

    columns: tuple[str, ...]
    rows: pl.DataFrame
    row_faults: list[RowFault] = field(default_factory=list)
    cell_faults: list[CellFault] = field(default_factory=list)


def read_frame(path: Path) -> Frame:
    """Read a delimited file. What is wrong with single rows comes with the frame; an unusable file is refused."""
    if recognise(path) != "text":
        raise Refused(_("This is not a text file. Save it as CSV and send it again."), code=Code.MALFORMED)
    return read_fast(path) or read_carefully(path)


def read_fast(path: Path) -> Frame | None:
    """Read a clean file; return nothing where it is not clean."""
    with path.open("rb") as file:
        first = file.readline(MEGABYTE)
        if not first.strip() or len(first) == MEGABYTE:
            return None
        header = _header(first)
        if header is None:
            return None
        names, delimiter = header
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            lines = _look_over(content, len(names), delimiter)
    if lines is None:
        return None
    rows = _parse(path, len(names), delimiter)
    return None if rows is None or rows.height != lines.count - 1 else Frame(names, _tidy(rows, lines))


def _header(first: bytes) -> tuple[tuple[str, ...], str] | None:
    try:
        line = first.removeprefix(_BOM).decode().rstrip("\r\n")
    except UnicodeDecodeError:
        return None
    delimiter = delimiter_of(line)
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    names = tuple(cell.strip() for cell in cells)
    return (names, delimiter) if len(names) <= MOST_COLUMNS and any(names) else None


@dataclass(frozen=True, slots=True)
class _Lines:
    """How many lines a clean file has, and whether cells may have to be trimmed or lines be left out."""

    count: int
    blank: int
    padded: bool


@dataclass(slots=True)
class _Tally:
    width: int
    newlines: int = 0
    returns: int = 0
    blank: int = 0
    # Lines cut into another number of cells than the header, and the cuts so far in the line that the bytes end in.
    uneven: int = 0
    cuts: int = 0
    padded: bool = False
    # Whether the bytes so far end inside a quoted cell, and how long the line is that they end in.
    inside: int = 0
    longest: int = 0
    last: int = -1


def _look_over(content: mmap.mmap, width: int, delimiter: str) -> _Lines | None:
    """Look at every byte once; return nothing as soon as one does not belong into a clean file."""
    every = np.frombuffer(content, np.uint8)
    try:
        found = _Tally(width)
        for start in range(0, len(every), _CHUNK):
            if not _is_clean(every, start, ord(delimiter), found):
                return None
        return _settled(every, found)
    finally:
        del every


def _is_clean(every: Bytes, start: int, delimiter: int, found: _Tally) -> bool:
    chunk = every[start : start + _CHUNK]
    newlines = np.flatnonzero(chunk == _NEWLINE)
    returns = int(np.count_nonzero(chunk == _RETURN))
    tabs = int(np.count_nonzero(chunk == _TAB)) if delimiter == _TAB else 0
    controls = int(np.count_nonzero(chunk < _SPACE)) - len(newlines) - returns - tabs
    if controls or (chunk == _DELETE).any() or not _is_clean_beyond_ascii(chunk):
        return False
    quotes = chunk == _QUOTE
    separators = chunk == delimiter
    if found.inside or quotes.any():
        if not _are_well_placed(every, start + np.flatnonzero(quotes), delimiter, found.inside):
            return False
        inside = np.bitwise_xor.accumulate(quotes.view(np.uint8)) ^ found.inside
        if inside[newlines].any():
            return False
        separators &= inside == 0
        found.inside = int(inside[-1])
        # A quoted cell may be blank, or have white space inside its quotes.
        found.padded = True
    _count_cuts(separators, newlines, found)
    _count_lines(every, start + newlines, returns, found)
    found.padded = found.padded or _is_padded(chunk, delimiter)
    unfinished = start + len(chunk) - 1 - found.last
    return max(found.longest, unfinished) < csv.field_size_limit()


def _is_clean_beyond_ascii(chunk: Bytes) -> bool:
    """Hold what is no ASCII to hold no control character and no mark for a letter that was lost earlier."""
    if not (chunk > _DELETE).any():
        return True
    lead = np.flatnonzero(chunk[:-1] == 0xC2)
    return not (chunk[lead + 1] < 0xA0).any() and _REPLACED not in chunk.tobytes()


def _are_well_placed(every: Bytes, quotes: npt.NDArray[np.intp], delimiter: int, inside: int) -> bool:
    """Every quote opens a cell, closes one, or is one of two that stand for one."""
    opening, closing = quotes[inside::2], quotes[1 - inside :: 2]
    before = every[np.maximum(opening - 1, 0)]
    opens = (before == delimiter) | (before == _NEWLINE) | (before == _QUOTE) | (opening == 0)
    after = every[np.minimum(closing + 1, len(every) - 1)]
    closes = (after == delimiter) | (after == _NEWLINE) | (after == _RETURN) | (after == _QUOTE)
    marked = (opening == len(_BOM)) & (every[0] == _BOM[0])
    return bool((opens | marked).all() and (closes | (closing == len(every) - 1)).all())


def _count_cuts(separators: npt.NDArray[np.bool_], newlines: npt.NDArray[np.intp], found: _Tally) -> None:
    cuts = np.flatnonzero(separators)
    before = np.searchsorted(cuts, newlines)
    of_lines = np.diff(before, prepend=-found.cuts)
    found.uneven += int(np.count_nonzero(of_lines != found.width - 1))
    found.cuts = len(cuts) - int(before[-1]) if len(newlines) else found.cuts + len(cuts)


def _count_lines(every: Bytes, newlines: npt.NDArray[np.intp], returns: int, found: _Tally) -> None:
    if not len(newlines):
        found.returns += returns
        return
    lengths = np.diff(newlines, prepend=found.last)
    ends = np.count_nonzero(every[np.maximum(newlines - 1, 0)] == _RETURN)
    found.newlines += len(newlines)
    found.returns += returns
    # A line that is nothing but its end.
    found.blank += int(np.count_nonzero(lengths == (2 if ends else 1)))
    found.longest = max(found.longest, int(lengths.max()))
    found.last = int(newlines[-1])


def _is_padded(chunk: Bytes, delimiter: int) -> bool:
    """Whether white space may stand at the edge of a cell."""
    if (chunk > _DELETE).any():
        return True
    spaces = np.flatnonzero(chunk == _SPACE)
    edges = (delimiter, _NEWLINE, _RETURN, _QUOTE)
    before, after = chunk[np.maximum(spaces - 1, 0)], chunk[np.minimum(spaces + 1, len(chunk) - 1)]
    at_edge = np.isin(before, edges) | np.isin(after, edges) | (spaces == 0) | (spaces == len(chunk) - 1)
    return bool(at_edge.any())


def _settled(every: Bytes, found: _Tally) -> _Lines | None:
    unfinished = len(every) - 1 - found.last
    lines = found.newlines + (unfinished > 0)
    # A blank line has no cuts.
    whole = found.uneven == (found.blank if found.width > 1 else 0)
    whole = whole and (not unfinished or found.cuts == found.width - 1)
    # Returns stand before every newline or before none; the last line may have no end at all.
    returned = found.returns in (0, found.newlines) and bool(
        not found.returns or every[found.last - 1] == _RETURN
    )
    if found.inside or not whole or not returned or unfinished > csv.field_size_limit():
        return None
    return _Lines(lines, found.blank, found.padded)


def _parse(path: Path, width: int, delimiter: str) -> pl.DataFrame | None:
    schema = {f"c{number}": pl.String for number in range(width)}
    try:
        return pl.read_csv(
            path,
            has_header=False,
            skip_rows=1,
            schema=schema,
            separator=delimiter,
            glob=False,
            # Where the first line below the header is blank; that rows are whole is known already.
            missing_columns="insert",
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema=schema)
    except pl.exceptions.ComputeError:
        # A row with too many cells, or bytes that are no UTF-8: the careful reader says where.
        return None


def _tidy(rows: pl.DataFrame, lines: _Lines) -> pl.DataFrame:
    cells = [_trimmed(name) if lines.padded else pl.col(name) for name in rows.columns]
    tidy = rows.select(pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("line"), *cells)
    return tidy.filter(~pl.all_horizontal(pl.exclude("line").is_null()))


def _trimmed(name: str) -> pl.Expr:
    trimmed = pl.col(name).str.strip_chars()
    return pl.when(trimmed != "").then(trimmed).alias(name)


def read_carefully(path: Path) -> Frame:
    """Read a file row by row, and say of every row and cell that is not in order what is wrong with it."""
    try:
        return _gather(text.read_delimited(path, FileOptions()))
    except Refused as refusal:
        if refusal.reason != Code.MALFORMED or not refusal.line:
            raise
        # A quote is never closed: taken line by line, only its own line is lost.
        return _gather(text.read_lines(path))


def _gather(rows: Iterator[Row]) -> Frame:
    first = next((row for row in rows if not row.is_blank), None)
    if first is None:
        raise Refused(_("The file is empty."), code=Code.MALFORMED)
    if first.fault:
        raise Refused(first.fault[1], code=first.fault[0], line=first.line)
    frame = Frame(tuple(cell.strip() for cell in first.cells), pl.DataFrame())
    names = [f"c{number}" for number in range(len(frame.columns))]
    schema = {"line": pl.Int64, **dict.fromkeys(names, pl.String)}
    parts = [pl.DataFrame(schema=schema)]
    kept = _kept(frame, rows)
    while part := list(islice(kept, _ROWS)):
        parts.append(pl.DataFrame(part, schema=schema, orient="row"))
    frame.rows = pl.concat(parts)
    return frame


def _kept(frame: Frame, rows: Iterable[Row]) -> Iterator[tuple[int | str | None, ...]]:
    """Hand out the rows that can be used; note what is wrong with the others."""
    width, kept = len(frame.columns), 0
    for row in rows:
        if row.is_blank:
            continue
        fault = row.fault or _ragged(row, width)
        if fault:
            frame.row_faults.append(RowFault(row.line, *fault, row.cells))
            if len(frame.row_faults) > max(_MOST_FAULTS, kept):
                raise Refused(_("Most rows cannot be taken apart, so this is no table."), code=Code.MALFORMED)
            continue
        kept += 1
        cells = row.cells[:width]
        if not "".join(cells).isprintable():
            cells = tuple(_clean(frame, row.line, column, cell) for column, cell in enumerate(cells))
        yield (row.line, *(cell.strip() or None for cell in cells))


def _ragged(row: Row, width: int) -> tuple[str, str] | None:
    """Blank cells after the last column harm nobody; anything else means that cells have moved."""
    given = len(row.cells)
    if given == width or (given > width and not any(cell.strip() for cell in row.cells[width:])):
        return None
    words = _("This row has %(given)s cells, the columns are %(wanted)s. A comma may be missing or too many.")
    return Code.RAGGED_ROW, words % {"given": given, "wanted": width}


def _clean(frame: Frame, line: int, column: int, raw: str) -> str:
    """Leave out what nobody can see, and note it."""
    value = raw.strip()
    if ESCAPED.search(value) or "\ufffd" in value:
        words = _("Some letters here could not be read. Save the file as UTF-8 and send it again.")
        shown = ESCAPED.sub("\ufffd", value)
        frame.cell_faults.append(CellFault(line, column, Code.BAD_ENCODING, words, shown, cleaned=False))
        return shown
    if value.isprintable():
        return value
    spaced = " ".join(value.split()) if any(char in value for char in "\t\r\n") else value
    kept = "".join(char for char in spaced if unicodedata.category(char) != "Cc")
    if kept != value:
        words = _("A character that cannot be seen was left out of this cell.")
        frame.cell_faults.append(CellFault(line, column, Code.CONTROL_CHARACTER, words, kept, cleaned=True))
    return kept
