"""Text files: CSV, TSV and fixed width, read line by line so that a file of any length needs little memory."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from aimline.imports.readers.limits import LONGEST_LINE, MEGABYTE, MOST_COLUMNS
from aimline.imports.readers.sniffing import delimiter_of, encoding_of
from aimline.imports.readers.tables import FileOptions, Row
from aimline.imports.refusals import BadMapping, Refused
from aimline.imports.report import Code

_HINT = re.compile(r'"?sep=([,;|\t])"?', re.IGNORECASE)


def read_delimited(path: Path, options: FileOptions) -> Iterator[Row]:
    encoding = options.encoding or encoding_of(path)
    tab = "\t" if options.format == "tsv" or path.suffix.lower() == ".tsv" else ""
    hint = "" if 1 in (options.header or ()) else _hint(path, encoding)
    delimiter = options.delimiter or hint or tab or _sniff(path, encoding, max(options.header or (1,)))
    with _open(path, encoding) as file:
        rows = _records(_lines(file), delimiter)
        if hint:
            next(rows)
        yield from rows


def read_lines(path: Path) -> Iterator[Row]:
    """Read a delimited file in which no cell has a line break: what is wrong with a line stays in that line."""
    encoding = encoding_of(path)
    delimiter = _sniff(path, encoding, 1)
    with _open(path, encoding) as file:
        for number, line in enumerate(_lines(file), 1):
            yield next(_records(iter([line.rstrip("\r\n")]), delimiter, number - 1), Row(number))


def read_fixed(path: Path, options: FileOptions) -> Iterator[Row]:
    with _open(path, options.encoding or encoding_of(path)) as file:
        spans = [(start - 1, start - 1 + width) for start, width in options.columns.values()]
        for number, line in enumerate(_lines(file), 1):
            text = line.rstrip("\r\n")
            yield Row(number, tuple(text[start:end] for start, end in spans))


def _open(path: Path, encoding: str) -> TextIO:
    name = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    try:
        # Bytes that do not fit become marks that stay with their row, so that one bad row does not end the load.
        return path.open(encoding=name, errors=_on_error(name), newline="")
    except LookupError as error:
        raise BadMapping(_("The encoding %(name)s is not known.") % {"name": encoding}) from error


def _on_error(encoding: str) -> str:
    # Two and four byte encodings cannot carry escaped bytes.
    return "replace" if encoding.lower().startswith(("utf-16", "utf-32")) else "surrogateescape"


def _hint(path: Path, encoding: str) -> str:
    """The delimiter that a line such as `sep=;` names for spreadsheets; such a line is no part of the table."""
    with _open(path, encoding) as file:
        found = _HINT.fullmatch(next(_lines(file), "").rstrip("\r\n"))
    return found[1] if found else ""


def _sniff(path: Path, encoding: str, header: int) -> str:
    """Tell the delimiter from the line with the column names: lines above it may be a title."""
    with _open(path, encoding) as file:
        lines = (line for number, line in enumerate(_lines(file), 1) if number >= header and line.strip())
        return delimiter_of(next(lines, ""))


def _lines(file: TextIO) -> Iterator[str]:
    number = 1
    while line := file.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise Refused(
                _("Line %(line)s is longer than %(most)s MB. This is not a table we can read.")
                % {"line": number, "most": LONGEST_LINE // MEGABYTE},
                code=Code.TOO_LARGE,
                line=number,
            )
        yield line
        number += 1


def _records(lines: Iterator[str], delimiter: str, before: int = 0) -> Iterator[Row]:
    """Take lines apart into cells; `before` is the number of lines in the file above them."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        start = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _fault(error, start, before + reader.line_num)
            continue
        if len(cells) > MOST_COLUMNS:
            raise Refused(
                _("Line %(line)s has %(count)s columns; the most we read is %(most)s.")
                % {"line": start, "count": len(cells), "most": MOST_COLUMNS},
                code=Code.TOO_LARGE,
                line=start,
            )
        yield Row(start, tuple(cells))


def _fault(error: csv.Error, start: int, end: int) -> Row:
    """A row that cannot be taken apart is rejected; a quote that swallows other rows makes the file unreadable."""
    if end > start:
        raise Refused(
            _(
                'A quote (") opens in line %(line)s and is not closed where the cell ends. '
                "Close it and send the file again."
            )
            % {"line": start},
            code=Code.MALFORMED,
            line=start,
        ) from error
    if "field larger" in str(error):
        return Row(
            start,
            fault=(Code.TOO_LARGE, _("Line %(line)s holds a cell too long to be one.") % {"line": start}),
        )
    words = _('A quote (") in line %(line)s stands where none belongs.') % {"line": start}
    return Row(start, fault=(Code.MALFORMED, words))
