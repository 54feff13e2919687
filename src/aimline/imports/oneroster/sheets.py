"""One file of a package on its way in: its columns found, its cells as text, what is outside the standard put aside."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.oneroster.findings import Findings, Spot
from aimline.imports.oneroster.manifest import Mode
from aimline.imports.oneroster.standard import KEY, Entity, Kind
from aimline.imports.oneroster.words import squeezed
from aimline.imports.readers.frames import CellFault, Frame
from aimline.imports.report import Code

# Columns of vendors, which the standard allows.
_VENDOR = ("metadata.", "ext_", "ext.")
_EXACT = frozenset({Kind.KEY, Kind.DATE, Kind.NUMBER})
# Between the parts of an id that was made.
_BETWEEN = "|"


@dataclass(slots=True)
class Sheet:
    """`rows` has `line`, the columns of the entity that the file has, and `extra`; rows that are rejected leave it."""

    entity: Entity
    file: str
    mode: Mode
    rows: pl.DataFrame
    # The header of each column as it is written.
    headers: dict[str, str]
    read: int = 0
    rejected: int = 0
    repeated: int = 0
    # Ids of rows that the file names and that could not be used.
    spared: list[pl.Series] = field(default_factory=list)
    # Whether the file says of each record which one it is.
    keyed: bool = True

    @property
    def is_whole(self) -> bool:
        return self.mode is Mode.BULK and self.keyed

    def header(self, column: str) -> str:
        return self.headers.get(column, column)

    def reject(self, lines: pl.Series) -> None:
        """Let rows go; what is held of them stays as it is."""
        if not len(lines):
            return
        out = pl.col("line").is_in(lines.unique().implode())
        gone = self.rows.filter(out)
        self.rejected += gone.height
        self.spared.append(gone[KEY].drop_nulls())
        self.rows = self.rows.filter(~out)


def to_sheet(frame: Frame, entity: Entity, file: str, mode: Mode, findings: Findings) -> Sheet:
    """Find the columns of an entity in a file, and reject the rows that could not be read."""
    found, others = _matched(frame, entity)
    headers = {name: frame.columns[number] for name, number in found.items()}
    columns = [pl.col(f"c{number}").alias(name) for name, number in found.items()]
    sheet = Sheet(entity, file, mode, pl.DataFrame(), headers, read=frame.rows.height + len(frame.row_faults))
    _note_others(sheet, frame, others, findings)
    rows = frame.rows.select("line", *columns, _extra(frame, others).alias("extra"))
    fixed = [pl.lit(value).alias(name) for name, value in entity.fixed.items() if name not in headers]
    sheet.rows = _keyed(sheet, rows.with_columns(*fixed), findings)
    _reject_faulty(sheet, frame, found, findings)
    return sheet


def _matched(frame: Frame, entity: Entity) -> tuple[dict[str, int], list[int]]:
    """Return where each column of the entity stands, and which others there are. Passwords are neither."""
    by_sound = {squeezed(name): name for name in entity.columns} | dict(entity.aliases)
    found: dict[str, int] = {}
    others = []
    for number, header in enumerate(frame.columns):
        name = header if header in entity.columns else by_sound.get(squeezed(header), "")
        if name and name not in found:
            found[name] = number
        elif not _is_secret(header):
            others.append(number)
    return found, others


def _is_secret(header: str) -> bool:
    return any(word in squeezed(header) for word in ("password", "passwd", "pwd", "passphrase"))


def _note_others(sheet: Sheet, frame: Frame, others: Iterable[int], findings: Findings) -> None:
    for name, header in sheet.headers.items():
        if header != name and not sheet.entity.slashed:
            _note(sheet, header, _("This column was read as %(name)s.") % {"name": name}, findings)
    for number in others:
        header = frame.columns[number]
        if header and not header.lower().startswith(_VENDOR) and not sheet.entity.slashed:
            words = _("The standard has no such column here. It was kept beside the record, as given.")
            _note(sheet, header, words, findings)


def _note(sheet: Sheet, header: str, words: str, findings: Findings) -> None:
    findings.note(Spot(sheet.file, 1, header, header), Code.UNKNOWN_COLUMN, words)


def _extra(frame: Frame, others: Iterable[int]) -> pl.Expr:
    """The other columns as one JSON text for each row; blank cells are left out."""
    return as_json({frame.columns[number]: f"c{number}" for number in others if frame.columns[number]})


def as_json(columns: dict[str, str]) -> pl.Expr:
    """Text columns, by the name each has in JSON, as one JSON object; blank where all of them are."""
    if not columns:
        return pl.lit("")
    pairs = [_pair(name, column) for name, column in columns.items()]
    joined = pl.concat_str(pairs, separator=", ", ignore_nulls=True)
    return pl.when(joined != "").then(pl.concat_str(pl.lit("{"), joined, pl.lit("}"))).otherwise(pl.lit(""))


def _pair(name: str, column: str) -> pl.Expr:
    # No control character came through the reader, so these two are all there is to escape.
    text = (
        pl.col(column).str.replace_all("\\", "\\\\", literal=True).str.replace_all('"', '\\"', literal=True)
    )
    return pl.concat_str(pl.lit(f'{json.dumps(name, ensure_ascii=False)}: "'), text, pl.lit('"'))


def _keyed(sheet: Sheet, rows: pl.DataFrame, findings: Findings) -> pl.DataFrame:
    """Give each row the id of its record: the one in the file, else one made from what the row says."""
    if KEY in sheet.headers:
        return rows
    parts = [name for name in sheet.entity.made_of if name in rows.columns]
    if sheet.entity.made_of and parts[:2] == list(sheet.entity.made_of[:2]):
        joined = [pl.col(name).fill_null("") for name in parts]
        return rows.with_columns(pl.concat_str(joined, separator=_BETWEEN).alias(KEY))
    sheet.keyed = False
    words = _("The column that names each record is missing, so no record of this file can be used.")
    findings.note(Spot(sheet.file, 1, KEY, KEY), Code.MISSING_COLUMN, words, warns=False)
    sheet.rejected = sheet.read
    return rows.with_columns(pl.lit(None, pl.String).alias(KEY)).clear()


def _reject_faulty(sheet: Sheet, frame: Frame, found: dict[str, int], findings: Findings) -> None:
    """Reject rows that could not be taken apart, and those with a cell that cannot be used."""
    if not sheet.keyed:
        return
    for fault in frame.row_faults:
        findings.note(Spot(sheet.file, fault.line), fault.code, fault.words, warns=False)
        if KEY in found and len(fault.cells) > found[KEY]:
            sheet.spared.append(pl.Series(KEY, [fault.cells[found[KEY]].strip()], pl.String))
    sheet.rejected += len(frame.row_faults)
    names = {number: name for name, number in found.items()}
    bad = []
    for cell in frame.cell_faults:
        header = frame.columns[cell.column]
        if _is_secret(header):
            continue
        fatal = not cell.cleaned or _is_exact(sheet.entity, names.get(cell.column, ""))
        _note_cell(sheet, header, cell, findings, fatal=fatal)
        bad += [cell.line] * fatal
    sheet.reject(pl.Series(bad, dtype=pl.Int64))


def _is_exact(entity: Entity, name: str) -> bool:
    """Whether a column means something else as soon as one character is left out."""
    column = entity.columns.get(name)
    return column is not None and bool(
        column.kind in _EXACT or column.refers or column.codes or name in entity.made_of
    )


def _note_cell(sheet: Sheet, header: str, cell: CellFault, findings: Findings, *, fatal: bool) -> None:
    words = cell.words
    if fatal and cell.cleaned:
        words = _("This cell holds a character that cannot be seen. Type it anew.")
    findings.note(Spot(sheet.file, cell.line, header, cell.value), cell.code, words, warns=not fatal)
