"""Excel workbooks (.xlsx), read row by row. What a person sees in the cell is what we read, as far as the file says."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from itertools import repeat
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from aimline.imports.readers import archives
from aimline.imports.readers.limits import LARGEST_SHARED_STRINGS, MEGABYTE, MOST_COLUMNS
from aimline.imports.readers.tables import Dated, FileOptions, Row, Unfinished
from aimline.imports.refusals import BadMapping, Refused
from aimline.imports.report import Code

# Excel's own last row; a file that claims more would be read for ever.
LAST_ROW = 1_048_576
_ZEROS = re.compile(r"0{2,}")
# A row begins, or the rows end and what stands below them begins.
_ROW = re.compile(rb"[<:]row\b|sheetData>")
# In megabytes.
_LONGEST_ROW = 8
_PERCENT = re.compile(r'^[^"\\;]*%')


def read_sheet(path: Path, options: FileOptions) -> Iterator[Row]:
    with archives.opened(path) as archive:
        if "[Content_Types].xml" not in archive.namelist() or "xl/workbook.xml" not in archive.namelist():
            raise Refused(
                _("This is a zip file, but no Excel workbook. Unpack it and send the table inside."),
                code=Code.MALFORMED,
            )
        has_formulas = _look_over(archive)
    with _workbook(path, results=True) as values:
        name = _sheet_name(values, options.sheet)
        if not has_formulas:
            yield from _rows(values[name], repeat(None))
            return
        with _workbook(path, results=False) as formulas:
            yield from _rows(values[name], formulas[name].iter_rows(max_row=LAST_ROW))


def sheets_of(path: Path) -> list[str]:
    """Return the visible sheets of a workbook, the one that is read first; none for another file."""
    if not zipfile.is_zipfile(path):
        return []
    with _workbook(path, results=True) as book:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]


@contextmanager
def _workbook(path: Path, *, results: bool) -> Iterator[Any]:
    """Open a workbook with the results of its formulas, or with the formulas themselves."""
    book = None
    # Opened by us: given a name, openpyxl refuses what does not end in .xlsx, and uploads have names of our own.
    file = path.open("rb")
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=results, keep_links=False)
        yield book
    except (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
    ) as error:
        # openpyxl has no error of its own for a workbook that breaks the format: any of these may come out of it.
        raise Refused(
            _("The workbook is damaged. Open it in Excel, save it again and send that."), code=Code.MALFORMED
        ) from error
    finally:
        if book is not None:
            book.close()
        file.close()


def _look_over(archive: zipfile.ZipFile) -> bool:
    """Refuse what no workbook needs (entities, endless text); say whether there are formulas."""
    formulas = False
    for member in archive.infolist():
        if not member.filename.endswith((".xml", ".rels")):
            continue
        if (
            member.filename.lower().endswith("sharedstrings.xml")
            and member.file_size > LARGEST_SHARED_STRINGS
        ):
            raise Refused(_("The workbook holds more text than we can read."), code=Code.TOO_LARGE)
        formulas = _look_at(archive, member) or formulas
    return formulas


def _look_at(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    formulas, tail, unbroken = False, b"", 0
    is_sheet = member.filename.startswith("xl/worksheets/")
    with archive.open(member) as file:
        while chunk := file.read(MEGABYTE):
            text = tail + chunk
            unbroken = 0 if _ROW.search(text) else unbroken + 1
            if is_sheet and unbroken >= _LONGEST_ROW:
                raise Refused(_("The workbook has a row too long to be one of a table."), code=Code.TOO_LARGE)
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
                raise Refused(
                    _("The workbook holds instructions that no table needs. We did not open it."),
                    code=Code.UNSAFE_FILE,
                )
            formulas = formulas or b"<f>" in text or b"<f " in text
            tail = chunk[-16:]
    return formulas and is_sheet


def _sheet_name(book: Any, wanted: str | int | None) -> str:
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    shown = [name for name, sheet in sheets.items() if sheet.sheet_state == "visible"]
    if wanted is None:
        if not shown:
            raise Refused(_("The workbook has no visible sheet."), code=Code.MALFORMED)
        return str(shown[0])
    if isinstance(wanted, int) and 1 <= wanted <= len(sheets):
        return str(list(sheets)[wanted - 1])
    if wanted in sheets:
        return str(wanted)
    raise BadMapping(
        _("The workbook has no sheet named %(name)s. It has: %(sheets)s.")
        % {"name": wanted, "sheets": ", ".join(sheets)}
    )


def _rows(sheet: Any, formulas: Iterable[Any]) -> Iterator[Row]:
    # A workbook may claim a size it does not have; without the claim the rows are read as they come.
    sheet.reset_dimensions()
    for number, (cells, written) in enumerate(
        zip(sheet.iter_rows(max_row=LAST_ROW), formulas, strict=False), 1
    ):
        if len(cells) > MOST_COLUMNS:
            raise Refused(
                _("Row %(line)s has more than %(most)s columns.") % {"line": number, "most": MOST_COLUMNS},
                code=Code.TOO_LARGE,
                line=number,
            )
        originals = written or repeat(None)
        yield Row(
            number, tuple(_text(cell, original) for cell, original in zip(cells, originals, strict=False))
        )


def _text(cell: Any, original: Any) -> str:
    value = cell.value
    if value is None:
        unfinished = original is not None and original.data_type == "f"
        return Unfinished(original.value) if unfinished else ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, cell.number_format or "")
    if isinstance(value, datetime):
        # A day without a time of day is a date; anything else is kept to the second.
        return Dated(value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds"))
    return Dated(value.isoformat()) if isinstance(value, date) else str(value)


def _number(value: float, shown_as: str) -> str:
    """Write a number as its cell shows it where that changes what it says: 85%, and ids with leading zeros."""
    if _PERCENT.match(shown_as):
        return f"{_plain(round(value * 100, 10))}%"
    text = _plain(value)
    return text.zfill(len(shown_as)) if _ZEROS.fullmatch(shown_as) else text


def _plain(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
