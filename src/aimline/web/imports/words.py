"""Problems as people read them: one heading for each kind, largest first, with what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy, ngettext_lazy

from aimline.imports.report import Code, Problem, Report, Severity
from aimline.web.parts import Step

_SHOWN = 5
_STEPS = (
    gettext_lazy("Choose a file"),
    gettext_lazy("Match columns"),
    gettext_lazy("Check"),
    gettext_lazy("Load"),
)
TITLES = {
    Code.DUPLICATE_KEY: ngettext_lazy(
        "%(count)d row contradicts another", "%(count)d rows contradict one another", "count"
    ),
    Code.DUPLICATE_ROW: ngettext_lazy(
        "%(count)d row is there twice", "%(count)d rows are there twice", "count"
    ),
    Code.UNKNOWN_UNIT: ngettext_lazy(
        "%(count)d row names a unit we do not have", "%(count)d rows name a unit we do not have", "count"
    ),
    Code.UNKNOWN_MEASURE: ngettext_lazy(
        "%(count)d row names a measure we do not have",
        "%(count)d rows name a measure we do not have",
        "count",
    ),
    Code.UNKNOWN_CODE: ngettext_lazy(
        "%(count)d value is not on the list", "%(count)d values are not on the list", "count"
    ),
    Code.UNRESOLVED_REFERENCE: ngettext_lazy(
        "%(count)d row points to something that is not here",
        "%(count)d rows point to something that is not here",
        "count",
    ),
    Code.UNMATCHED_STUDENT: ngettext_lazy(
        "%(count)d row is of a student who is not on the roster",
        "%(count)d rows are of students who are not on the roster",
        "count",
    ),
    Code.NOT_A_NUMBER: ngettext_lazy(
        "%(count)d cell should be a number", "%(count)d cells should be numbers", "count"
    ),
    Code.BAD_DATE: ngettext_lazy("%(count)d date cannot be used", "%(count)d dates cannot be used", "count"),
    Code.BAD_VALUE: ngettext_lazy(
        "%(count)d value cannot be right", "%(count)d values cannot be right", "count"
    ),
    Code.MISSING_VALUE: ngettext_lazy(
        "%(count)d cell is blank that a row needs", "%(count)d cells are blank that a row needs", "count"
    ),
    Code.MISSING_COLUMN: ngettext_lazy(
        "%(count)d column is missing", "%(count)d columns are missing", "count"
    ),
    Code.UNKNOWN_COLUMN: ngettext_lazy(
        "%(count)d column has a name we do not know",
        "%(count)d columns have names we do not know",
        "count",
    ),
    Code.RAGGED_ROW: ngettext_lazy(
        "%(count)d row has too few or too many cells",
        "%(count)d rows have too few or too many cells",
        "count",
    ),
    Code.BAD_ENCODING: ngettext_lazy(
        "%(count)d cell has letters we could not read",
        "%(count)d cells have letters we could not read",
        "count",
    ),
    Code.CONTROL_CHARACTER: ngettext_lazy(
        "%(count)d cell has a character nobody can see",
        "%(count)d cells have characters nobody can see",
        "count",
    ),
    Code.NOT_KEPT: ngettext_lazy(
        "%(count)d part of the file is not kept", "%(count)d parts of the file are not kept", "count"
    ),
    Code.UNKNOWN_FILE: ngettext_lazy(
        "%(count)d file was left aside", "%(count)d files were left aside", "count"
    ),
    Code.MANIFEST_MISMATCH: ngettext_lazy(
        "%(count)d file is not as the manifest says",
        "%(count)d files are not as the manifest says",
        "count",
    ),
    Code.UNEXPECTED_ELEMENT: ngettext_lazy(
        "%(count)d element does not belong where it stands",
        "%(count)d elements do not belong where they stand",
        "count",
    ),
    Code.TOO_LARGE: ngettext_lazy(
        "%(count)d part is larger than we read", "%(count)d parts are larger than we read", "count"
    ),
    Code.UNREACHABLE: ngettext_lazy(
        "%(count)d time the server did not answer", "%(count)d times the server did not answer", "count"
    ),
    Code.FORBIDDEN: ngettext_lazy(
        "%(count)d time the server let us read nothing",
        "%(count)d times the server let us read nothing",
        "count",
    ),
    Code.UNSAFE_FILE: ngettext_lazy("%(count)d file could do harm", "%(count)d files could do harm", "count"),
    Code.MALFORMED: ngettext_lazy(
        "%(count)d part of the file cannot be read", "%(count)d parts of the file cannot be read", "count"
    ),
    Code.TOO_MANY_REMOVALS: ngettext_lazy(
        "%(count)d file would end too much of what is here",
        "%(count)d files would end too much of what is here",
        "count",
    ),
}
HINTS = {
    Code.DUPLICATE_KEY: gettext_lazy("Keep the right row of each pair, and send the file again."),
    Code.UNKNOWN_UNIT: gettext_lazy(
        "Mend the code in the file, or go back and let the load make the schools."
    ),
    Code.UNKNOWN_MEASURE: gettext_lazy("Define the measure first, or go back and choose one."),
    Code.DUPLICATE_ROW: gettext_lazy("Nothing needs to be done: the row was taken once."),
    Code.UNKNOWN_CODE: gettext_lazy(
        "Mend the value, or say in the mapping what it means. It is never guessed."
    ),
    Code.UNRESOLVED_REFERENCE: gettext_lazy(
        "Send the file with what it points to as well, or ask the sender for a complete export."
    ),
    Code.UNMATCHED_STUDENT: gettext_lazy(
        "Late transfers are the usual reason: load a newer roster. If it is all of them, the file uses another kind "
        "of id: say which one in the mapping."
    ),
    Code.BAD_VALUE: gettext_lazy("Mend the value at the source, and send the file again."),
    Code.MISSING_COLUMN: gettext_lazy(
        "Look whether the column has another name: go back and match it, or ask for an export that has it."
    ),
    Code.UNKNOWN_COLUMN: gettext_lazy(
        "Its values are kept beside the row and used nowhere. If it matters, match it to one of ours."
    ),
    Code.CONTROL_CHARACTER: gettext_lazy(
        "It often comes from copying out of another program. Type the cell anew."
    ),
    Code.MANIFEST_MISMATCH: gettext_lazy(
        "The export may be cut short. Compare it with its source, and have it made anew if anything is missing."
    ),
    Code.UNKNOWN_FILE: gettext_lazy("If it should have been read, look at its name and its first line."),
    Code.UNEXPECTED_ELEMENT: gettext_lazy(
        "Often a newer version of the standard, or an extension of the sender's. The rest of the file was read."
    ),
    Code.NOT_KEPT: gettext_lazy("Nothing needs to be done: Aimline has no use for it."),
    Code.TOO_LARGE: gettext_lazy("Send less at once: one year, or one school."),
    Code.UNREACHABLE: gettext_lazy(
        "Look whether the address is right and the server is up, then load again."
    ),
    Code.FORBIDDEN: gettext_lazy("Ask whoever keeps the server to let this key read these records."),
    Code.UNSAFE_FILE: gettext_lazy(
        "Do not open it elsewhere either. Ask whoever sent it, and make the export anew from the system itself."
    ),
    Code.MALFORMED: gettext_lazy(
        "Often half a download. Make the export anew; do not open and save it in between."
    ),
    Code.TOO_MANY_REMOVALS: gettext_lazy(
        "Most often half a file was sent. If so many have really left, raise the share that may end and load again."
    ),
    Code.NOT_A_NUMBER: gettext_lazy(
        "If the cell is an answer, such as * for hidden by the sender, go back and name it there."
    ),
    Code.BAD_DATE: gettext_lazy("Go back and say how dates are written, or mend the cells."),
    Code.MISSING_VALUE: gettext_lazy("Fill the cells in the file. A blank is never read as 0."),
    Code.RAGGED_ROW: gettext_lazy("Often a comma inside a name: put quotes around the name."),
    Code.BAD_ENCODING: gettext_lazy("In Excel, save as “CSV UTF-8” and send that file."),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """All problems of one code: a heading, what to do, the first few of them."""

    title: str
    hint: str
    count: int
    is_warning: bool
    rows: list[Problem]
    # Whether a row is only found by the name of its file as well.
    of_many_files: bool

    @property
    def more(self) -> int:
        return self.count - len(self.rows)


def kinds(report: Report) -> list[Kind]:
    """Sort the problems of a report by kind: those that hold rows first, then the largest."""
    found = [_kind(code, count, report) for code, count in report.counts.items()]
    return sorted(found, key=lambda kind: (kind.is_warning, -kind.count))


def _kind(code: str, count: int, report: Report) -> Kind:
    these = [problem for problem in report.problems if problem.code == code]
    title = TITLES[Code(code)] % {"count": count}
    warns = bool(these) and all(problem.severity == Severity.WARNING for problem in these)
    many = len({file for file, _entity in report.tallies}) > 1
    return Kind(title, str(HINTS[Code(code)]), count, warns, these[:_SHOWN], many)


def steps(now: int) -> list[Step]:
    states = ["done" if place < now else "now" if place == now else "next" for place in range(len(_STEPS))]
    return [Step(label, state) for label, state in zip(_STEPS, states, strict=True)]  # type: ignore[arg-type]
