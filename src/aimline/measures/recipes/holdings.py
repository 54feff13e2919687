"""What there is to choose from: the categories, subjects, assessments and groups that the lake holds about a place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import narwhals as nw

from aimline.org.models import Unit
from aimline.students import lake
from aimline.students.lake import Rows
from aimline.students.presence import Telling
from aimline.students.rollups import GRADE
from aimline.students.rosters import groups

# Categories by which a student is told to be in school, so that a source tells of every day.
_PRESENT = frozenset({"present", "in attendance", "attended", "attending", "p"})
# More groups than this are no groups but names: a language has fewer, a street has more.
MOST_GROUPS = 40


@dataclass(frozen=True, slots=True)
class Holdings:
    """Asks the lake about a place, one small question at a time."""

    unit: Unit

    def options(self, choice: str) -> list[str]:
        """The values that a choice can have, in order."""
        asked = _OPTIONS.get(choice)
        return asked(self) if asked else []

    def rows(self, table: str) -> Rows:
        ids = Unit.objects.under(self.unit).values_list("pk", flat=True)
        rows = lake.scan(table, unit=self.unit)
        return rows.filter(nw.col("unit").is_in([id.hex for id in ids]))

    def categories(self) -> list[str]:
        return _values(self.rows("attendance"), "category")

    def subjects(self) -> list[str]:
        return sorted(
            {*_values(self.rows("classes"), "subjects"), *_values(self.rows("courses"), "subjects")}
        )

    def results(self) -> list[str]:
        """Assessments with subject and score type, as one text each."""
        rows = self.rows("assessments").filter(nw.col("objective").is_null())
        return _combinations(rows, ("assessment", "subject", "score_type"))

    def grown(self) -> list[str]:
        return _combinations(
            self.rows("growth").with_columns(score_type=nw.lit("")), ("assessment", "subject", "score_type")
        )

    def levels(self, result: str) -> list[str]:
        rows = self.rows("assessments").filter(nw.col("objective").is_null())
        for name, value in zip(("assessment", "subject", "score_type"), json.loads(result), strict=True):
            rows = rows.filter(nw.col(name) == value) if value else rows
        return _values(rows, "level")

    def types(self) -> list[str]:
        return _values(self.rows("discipline").filter(~nw.col("student").is_null()), "type")

    def codes(self) -> list[str]:
        return _values(self.rows("discipline").filter(~nw.col("student").is_null()), "code")

    def dimensions(self) -> list[str]:
        """Grade, and every dimension with few enough groups."""
        rows = groups(unit=self.unit).select("dimension", "group").unique()
        counts = rows.group_by("dimension").agg(groups=nw.len()).filter(nw.col("groups") <= MOST_GROUPS)
        return [GRADE, *sorted(lake.collect(counts)["dimension"].to_list())]

    def telling(self) -> Telling:
        said = {each.lower() for each in self.categories()}
        return Telling.DAILY if said & _PRESENT else Telling.EXCEPTIONS

    def of(self) -> str:
        """Whether attendance is told of whole days, or of classes alone."""
        rows = self.rows("attendance")
        whole = lake.collect(rows.filter(nw.col("section").is_null()).select("date").head(1))
        return "days" if whole.height or not self.categories() else "classes"

    def has(self, table: str) -> bool:
        return lake.collect(self.rows(table).select("key").head(1)).height > 0

    def parts(self) -> list[str]:
        """Of what makes a student on track, that which the lake can tell."""
        told = {"marks": "results", "conduct": "discipline"}
        return ["attendance", *(part for part, table in told.items() if self.has(table))]


_OPTIONS: dict[str, Callable[[Holdings], list[str]]] = {
    "categories": Holdings.categories,
    "subjects": Holdings.subjects,
    "result": Holdings.results,
    "types": Holdings.types,
    "codes": Holdings.codes,
    "parts": Holdings.parts,
}


def _values(rows: Rows, column: str) -> list[str]:
    found = lake.collect(rows.filter(~nw.col(column).is_null()).select(column).unique())
    return sorted(found[column].to_list())


def _combinations(rows: Rows, columns: tuple[str, ...]) -> list[str]:
    filled = rows.select(*(nw.col(name).fill_null("") for name in columns)).unique()
    return [json.dumps(row, ensure_ascii=False) for row in sorted(lake.collect(filled).iter_rows())]
