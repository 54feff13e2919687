"""Two rows of one file with the same id: said twice, or contradicting one another."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from aimline.imports.oneroster.findings import Findings
from aimline.imports.oneroster.sheets import Sheet
from aimline.imports.oneroster.standard import KEY
from aimline.imports.report import MOST_PROBLEMS, Code

# Lines named in one message.
_NAMED = 10
# A record is the same whenever it was sent.
_NO_CONTENT = ("line", KEY, "dateLastModified")


def settle_keys(sheet: Sheet, taken: pl.Series | None, findings: Findings) -> None:
    """Keep one of the rows that say the same; reject those that contradict. `taken` are ids of files read before."""
    ids = sheet.rows[KEY]
    if ids.n_unique() < len(ids):
        _settle(sheet, sheet.rows.filter(ids.is_duplicated() & ids.is_not_null()), findings)
    if taken is not None and len(taken):
        again = sheet.rows.filter(pl.col(KEY).is_in(taken.implode()))
        words = _("Another file has a record with this id. Keep the right one.")
        _add(sheet, again, words, Code.DUPLICATE_KEY, findings, warns=False)
        sheet.reject(again["line"])


def _settle(sheet: Sheet, rows: pl.DataFrame, findings: Findings) -> None:
    content = pl.struct(pl.exclude(*_NO_CONTENT))
    groups = rows.group_by(KEY).agg(pl.col("line"), first=pl.col("line").min(), kinds=content.n_unique())
    told = rows.select("line", KEY).join(groups.rename({"line": "lines"}), on=KEY).sort("line")
    clash = told.filter(pl.col("kinds") > 1)
    again = told.filter((pl.col("kinds") == 1) & (pl.col("line") != pl.col("first")))
    _add(sheet, _worded(clash), "", Code.DUPLICATE_KEY, findings, warns=False)
    words = _("An earlier row says the same; it counts once.")
    _add(sheet, again, words, Code.DUPLICATE_ROW, findings, warns=True)
    sheet.reject(clash["line"])
    sheet.repeated += again.height
    sheet.rows = sheet.rows.filter(~pl.col("line").is_in(again["line"].implode()))


def _worded(clash: pl.DataFrame) -> pl.DataFrame:
    """Say of each row which others have its id; only of as many as a report lists."""
    shown = clash.head(MOST_PROBLEMS)
    said = [_words(line, lines) for line, lines in shown.select("line", "lines").iter_rows()]
    words = pl.Series("words", [*said, *[""] * (clash.height - len(said))], pl.String)
    return clash.with_columns(words)


def _words(line: int, lines: list[int]) -> str:
    others = [str(other) for other in lines if other != line]
    shown = ", ".join(others[:_NAMED] + ["…"] * (len(others) > _NAMED))
    return _(
        "Rows %(lines)s have the same id, but say something else. None of them was loaded. Keep the right one."
    ) % {"lines": shown}


def _add(sheet: Sheet, rows: pl.DataFrame, words: str, code: str, findings: Findings, *, warns: bool) -> None:
    valued = rows.with_columns(value=pl.col(KEY))
    findings.add(valued, file=sheet.file, column=sheet.header(KEY), code=code, words=words, warns=warns)
