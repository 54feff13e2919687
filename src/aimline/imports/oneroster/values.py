"""What a column must hold: each cell read as what it is, and what cannot be that named with line and value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aimline.imports.oneroster.findings import Findings, Spot
from aimline.imports.oneroster.manifest import Mode
from aimline.imports.oneroster.sheets import Sheet
from aimline.imports.oneroster.standard import CLOSED, CODES, KEY, Column, Kind
from aimline.imports.report import Code

_ID = r"^[A-Za-z0-9._/@\-]{1,256}$"
_STAMP = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)? ?(Z|[+-]\d{2}:?\d{2})?)?$"
_DAY_OF_STAMP = r"^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}"
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_THOUSANDS = r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
_SINCE, _UNTIL = 1900, 2200
_FLAGS = {
    **dict.fromkeys(("true", "1", "yes", "y", "t"), "true"),
    **dict.fromkeys(("false", "0", "no", "n", "f"), "false"),
}
# Other words for a value that stand in real files.
_SYNONYMS = {
    "roleType": {"true": "primary", "false": "secondary", "1": "primary", "0": "secondary"},
    "status": {"inactive": "inactive"},
}
# A status with which a record ends. The second was legal in version 1.0.
ENDS = ("tobedeleted", "inactive")
_SPANS = (("startDate", "endDate"), ("beginDate", "endDate"), ("termStart", "termEnd"))

_WORDS: dict[str, str | Promise] = {
    Code.BAD_DATE: gettext_lazy("This is no date. Write it as 2026-08-28."),
    Code.NOT_A_NUMBER: gettext_lazy(
        "This is no number. Write it with digits and a point alone, such as 95.5."
    ),
}


@dataclass(frozen=True, slots=True)
class _Found:
    """A column that was read, and the lines whose cell is not what it should be."""

    values: pl.Series
    wrong: pl.Series | None = None
    code: str = ""
    words: str = ""
    warns: bool = True


def read_values(sheet: Sheet, findings: Findings) -> None:
    """Read every column as what it is. Rows with a value that cannot be used are rejected."""
    _read_status(sheet, findings)
    _expect(sheet, findings)
    bad = [pl.Series([], dtype=pl.Int64)]
    for column in _present(sheet):
        found = _READERS[column.kind](sheet.rows[column.name], column, sheet)
        if found.wrong is not None:
            rows = _lines(sheet, column.name, found.wrong & ~sheet.rows["ended"])
            _add(sheet, column, rows, findings, code=found.code, words=found.words, warns=found.warns)
            if not found.warns:
                bad.append(rows["line"])
        sheet.rows = sheet.rows.with_columns(found.values.alias(column.name))
    sheet.reject(pl.concat(bad))
    _compare_spans(sheet, findings)


def _present(sheet: Sheet) -> Iterator[Column]:
    return (column for name, column in sheet.entity.columns.items() if name in sheet.rows.columns)


def _lines(sheet: Sheet, column: str, mask: pl.Series) -> pl.DataFrame:
    return sheet.rows.filter(mask).select("line", value=pl.col(column).cast(pl.String))


def _add(
    sheet: Sheet,
    column: Column,
    rows: pl.DataFrame,
    findings: Findings,
    *,
    code: str,
    words: str,
    warns: bool,
) -> None:
    header = sheet.header(column.name)
    findings.add(rows, file=sheet.file, column=header, code=code, words=words, warns=warns)


def _read_status(sheet: Sheet, findings: Findings) -> None:
    """Say of each row whether it ends its record."""
    if "status" not in sheet.rows.columns:
        sheet.rows = sheet.rows.with_columns(ended=pl.lit(value=False))
        return
    said = pl.col("status").str.to_lowercase().is_in(ENDS)
    sheet.rows = sheet.rows.with_columns(ended=said.fill_null(value=False))
    old = sheet.rows["status"].str.to_lowercase() == ENDS[1]
    words = _("The standard no longer has this status. The record was ended.")
    rows = _lines(sheet, "status", old)
    _add(
        sheet,
        sheet.entity.columns["status"],
        rows,
        findings,
        code=Code.UNKNOWN_CODE,
        words=words,
        warns=True,
    )


def _expect(sheet: Sheet, findings: Findings) -> None:
    """Note what is missing: a whole column once, a value with its line."""
    bad = [pl.Series([], dtype=pl.Int64)]
    for column in sheet.entity.columns.values():
        required = column.required or _is_required_of_changes(sheet, column)
        if column.name not in sheet.rows.columns:
            if required:
                _missing_column(sheet, column, findings)
            continue
        if not required:
            continue
        fatal = column.needed or column.kind is Kind.KEY
        rows = _lines(sheet, column.name, sheet.rows[column.name].is_null() & _counts(sheet, column))
        words = _("Nothing stands here, and the record means nothing without it.") if fatal else ""
        words = words or _("The standard wants a value here. The record was kept without it.")
        _add(sheet, column, rows, findings, code=Code.MISSING_VALUE, words=words, warns=not fatal)
        if fatal:
            bad.append(rows["line"])
    sheet.reject(pl.concat(bad))


def _is_required_of_changes(sheet: Sheet, column: Column) -> bool:
    return sheet.mode is Mode.DELTA and column.name in {"status", "dateLastModified"}


def _counts(sheet: Sheet, column: Column) -> pl.Series:
    """Rows of which a value is expected: one that ends a record need say no more than which."""
    return ~sheet.rows["ended"] | (column.kind is Kind.KEY)


def _missing_column(sheet: Sheet, column: Column, findings: Findings) -> None:
    if column.kind is Kind.KEY:
        return
    words = _("The standard wants this column. The records were kept without it.")
    if column.needed:
        words = _("This column is missing, and no record means anything without it.")
    findings.note(
        Spot(sheet.file, 1, column.name, column.name), Code.MISSING_COLUMN, words, warns=not column.needed
    )
    if column.needed:
        sheet.reject(sheet.rows.filter(~pl.col("ended"))["line"])


def _key(values: pl.Series, column: Column, sheet: Sheet) -> _Found:
    if sheet.entity.slashed or KEY not in sheet.headers:
        return _Found(values)
    wrong = ~values.str.contains(_ID).fill_null(value=True)
    words = _("An id has at most 256 letters, digits and . - _ / @ alone. It was kept as given.")
    return _Found(values, wrong, Code.BAD_VALUE, words)


def _text(values: pl.Series, _column: Column, _sheet: Sheet) -> _Found:
    return _Found(values)


def _list(values: pl.Series, _column: Column, _sheet: Sheet) -> _Found:
    """Lists are kept with a comma alone between their parts."""
    if not values.str.contains(r"\s,|,\s|,,|^,|,$").any():
        return _Found(values)
    bare = values.str.replace_all(r"\s*,[\s,]*", ",").str.strip_chars(",")
    return _Found(bare.to_frame().select(pl.when(pl.first() != "").then(pl.first())).to_series())


def _date(values: pl.Series, _column: Column, sheet: Sheet) -> _Found:
    days = values.str.to_date("%Y-%m-%d", strict=False)
    if days.null_count() > values.null_count():
        days = days.fill_null(values.str.extract(_DAY_OF_STAMP).str.to_date("%Y-%m-%d", strict=False))
    if sheet.entity.slashed and days.null_count() > values.null_count():
        days = days.fill_null(_slashed(values))
    days = (
        days.to_frame("day")
        .select(pl.when(pl.col("day").dt.year().is_between(_SINCE, _UNTIL)).then("day"))
        .to_series()
    )
    wrong = days.is_null() & values.is_not_null()
    return _Found(days, wrong, Code.BAD_DATE, str(_WORDS[Code.BAD_DATE]), warns=False)


def _slashed(values: pl.Series) -> pl.Series:
    """Month first, unless that does not fit the whole column and day first does."""
    months = values.str.to_date("%m/%d/%Y", strict=False)
    days = values.str.to_date("%d/%m/%Y", strict=False)
    return days if days.null_count() < months.null_count() else months


def _stamp(values: pl.Series, _column: Column, _sheet: Sheet) -> _Found:
    wrong = ~values.str.contains(_STAMP).fill_null(value=True)
    words = _("This is no date and time. Write it as 2026-08-28T14:30:00.000Z.")
    return _Found(values, wrong, Code.BAD_DATE, words)


def _year(values: pl.Series, _column: Column, _sheet: Sheet) -> _Found:
    wrong = ~values.str.contains(r"^\d{4}$").fill_null(value=True)
    words = _("A school year is the year it ends in, such as 2026. It was kept as given.")
    return _Found(values, wrong, Code.BAD_VALUE, words)


def _number(values: pl.Series, _column: Column, _sheet: Sheet) -> _Found:
    text = pl.col("text")
    plain = pl.when(text.str.contains(_THOUSANDS)).then(text.str.replace_all(",", "")).otherwise(text)
    numbers = (
        values.to_frame("text")
        .with_columns(plain)
        .select(pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64, strict=False))
        .to_series()
    )
    wrong = numbers.is_null() & values.is_not_null() | numbers.is_infinite().fill_null(value=False)
    return _Found(numbers, wrong, Code.NOT_A_NUMBER, str(_WORDS[Code.NOT_A_NUMBER]), warns=False)


def _flag(values: pl.Series, _column: Column, _sheet: Sheet) -> _Found:
    words = _("This is neither true nor false. It was kept as given.")
    return _worded(values, lambda text: _FLAGS.get(text.casefold(), ""), words)


def _code(values: pl.Series, column: Column, _sheet: Sheet) -> _Found:
    codes = CODES[column.codes]
    known = {code.casefold(): code for code in codes} | _SYNONYMS.get(column.codes, {})
    free = column.codes not in CLOSED

    def read(text: str) -> str:
        own = text if free and text.startswith("ext:") else ""
        return known.get(text.casefold(), own)

    words = _("This is none of the values of the standard (%(known)s). It was kept as given.")
    return _worded(values, read, words % {"known": ", ".join(codes)})


def _worded(values: pl.Series, read: Callable[[str], str], words: str) -> _Found:
    """Read a column of few different values: write each as the standard does; the others stay and are named."""
    given = values.drop_nulls().unique().to_list()
    meant = {text: read(text) for text in given}
    changed = {text: word for text, word in meant.items() if word and word != text}
    strange = [text for text, word in meant.items() if not word]
    kept = values.replace(changed) if changed else values
    wrong = values.is_in(strange).fill_null(value=False) if strange else None
    return _Found(kept, wrong, Code.UNKNOWN_CODE, words)


_READERS: dict[Kind, Callable[[pl.Series, Column, Sheet], _Found]] = {
    Kind.KEY: _key,
    Kind.TEXT: _text,
    Kind.LIST: _list,
    Kind.DATE: _date,
    Kind.STAMP: _stamp,
    Kind.YEAR: _year,
    Kind.NUMBER: _number,
    Kind.FLAG: _flag,
    Kind.CODE: _code,
}


def _compare_spans(sheet: Sheet, findings: Findings) -> None:
    for first, last in _SPANS:
        if {first, last} <= set(sheet.rows.columns):
            mask = (sheet.rows[last] < sheet.rows[first]).fill_null(value=False)
            words = _("This day is before %(first)s. The record was kept as given.") % {
                "first": sheet.header(first)
            }
            rows = _lines(sheet, last, mask)
            _add(
                sheet,
                sheet.entity.columns[last],
                rows,
                findings,
                code=Code.BAD_DATE,
                words=words,
                warns=True,
            )
