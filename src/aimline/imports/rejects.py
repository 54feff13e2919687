"""Rows that were held, given back as they came, with what to mend beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from aimline.imports.mapping.parse import parse
from aimline.imports.models import Upload
from aimline.imports.readers.opening import open_table
from aimline.imports.report import Problem, Severity


def rejected_table(upload: Upload, problems: Iterable[Problem]) -> tuple[list[str], Iterator[list[str]]]:
    """Return the columns and the held rows of a table that was sent; the last two columns say where and why."""
    why: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        if problem.severity == Severity.ERROR:
            why[problem.line].append(
                f"{problem.column}: {problem.message}" if problem.column else problem.message
            )
    table = open_table(upload.path, parse(upload.mapping, kind=upload.kind).file)
    width = len(table.columns)
    rows = (
        [*row.cells[:width], *[""] * (width - len(row.cells)), str(row.line), " ".join(why[row.line])]
        for row in table.rows
        if row.line in why
    )
    return [*table.columns, _("Row in the file"), _("What to mend")], rows


def problem_table(problems: Iterable[Problem]) -> tuple[list[str], Iterator[list[str]]]:
    """Return every problem as a row: of files that are no tables, and of loads whose file is gone."""
    columns = [_("File"), _("Row in the file"), _("Column"), _("Kind"), _("In the file"), _("What to mend")]
    return columns, (
        [each.file, str(each.line), each.column, each.code, each.value, each.message] for each in problems
    )
