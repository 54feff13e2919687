"""One student's complete file, as a family gets it: a zip of tables with a summary to read, or one JSON."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

from django.template import Context, Engine
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.core.traces import Trace
from aimline.imports import personal as imports
from aimline.reports.tables import write_csv
from aimline.students import personal
from aimline.students.personal import Sheet
from aimline.students.tracing import Traced

THEME = Path(__file__).with_name("privacy_theme")


def sheets(student: Traced, elsewhere: Sequence[Trace]) -> list[Sheet]:
    """Return everything held about a student, the rows first."""
    rows = list(personal.sheets(student))
    loads = {
        str(row[sheet.columns.index("load")])
        for sheet in rows
        if "load" in sheet.columns
        for row in sheet.rows
    }
    known = Sheet(
        "known_as",
        _("Who is meant"),
        ("source", "id", "is"),
        [
            (source, id, _("the student") if known in student.students else _("held for the student alone"))
            for known in sorted(student.persons)
            for source, id in [_named(student, known)]
        ],
    )
    other = Sheet(
        "elsewhere",
        _("Other places that speak of the student"),
        ("place", "where", "count"),
        [(trace.place, trace.where, trace.count) for trace in elsewhere],
    )
    return [known, *rows, *imports.sheets(student, loads), other]


def _named(student: Traced, known: tuple[str, str]) -> tuple[str, str]:
    names = {source.pk.hex: source.name for source in student.sources}
    return names.get(known[0], known[0]), known[1]


def write(out: Path, student: Traced, found: Sequence[Sheet]) -> None:
    """Write the file whole or not at all, readable by its owner alone."""
    draft = out.with_name(f".{out.name}.part")
    make = _json if out.suffix.lower() == ".json" else _zip
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(make(student, found))
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def _json(student: Traced, found: Sequence[Sheet]) -> bytes:
    tables = {
        sheet.name: [dict(zip(sheet.columns, row, strict=True)) for row in sheet.rows] for sheet in found
    }
    facts = {"student": student.asked, "made": clock.now().isoformat(timespec="seconds"), **tables}
    return json.dumps(facts, indent=1, ensure_ascii=False).encode() + b"\n"


def _zip(student: Traced, found: Sequence[Sheet]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("summary.html", _summary(student, found))
        for sheet in found:
            table = io.BytesIO()
            # In a table, yes and no are words.
            rows = (
                [str(cell).lower() if isinstance(cell, bool) else cell for cell in row] for row in sheet.rows
            )
            write_csv(sheet.columns, rows, table)
            archive.writestr(f"{sheet.name}.csv", table.getvalue())
    return buffer.getvalue()


def _summary(student: Traced, found: Sequence[Sheet]) -> str:
    facts = {"id": student.asked, "day": date_format(clock.today(), "DATE_FORMAT")}
    words = [
        _("Everything held here about one student on %(day)s, as it stands and as it stood.") % facts,
        _(
            "State says of each row: current holds today; earlier was replaced; ended is over; taken back was undone."
        ),
        _("If something is wrong, ask the school to mend it in the system it came from."),
    ]
    context = {
        "language": get_language(),
        "title": _("The file of student %(id)s") % facts,
        "words": words,
        "sheets": found,
        "nothing": _("Nothing is held."),
    }
    return Engine(dirs=[str(THEME)]).get_template("file.html").render(Context(context))
