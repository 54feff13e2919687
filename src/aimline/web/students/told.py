"""What the pages of students say: lines of the list, facts, and tables of one student with where they came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aimline.access.rules import Act, allowed
from aimline.imports.models import Load
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reports.drawing import figures
from aimline.students import one
from aimline.students.listing import Listed
from aimline.students.one import Facts, Part, Student
from aimline.students.sight import Sight
from aimline_analytics.drawing.parts import Unit as Number

NUMBER = Number(share=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One student in a list."""

    name: str
    href: str
    id: str
    grade: str
    place: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows came from; `href` leads to the load, for those who may open it."""

    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One table about a student. `numeric` are the places of columns that hold numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str
    note: str = ""
    numeric: frozenset[int] = frozenset()
    origins: Sequence[Origin] = ()


def why(seen: Sight) -> str:
    """By what right somebody sees students."""
    if seen.units and seen.taught:
        return _("You see students of places you answer for, and those of your own classes.")
    if seen.units:
        return _("You see students of places you answer for.")
    return _("You see the students of your own classes.")


def lines(shown: Sequence[Listed]) -> list[Line]:
    names = _places({row.unit for row in shown})
    return [
        Line(
            row.name or row.id,
            reverse("students:show", args=[row.source, row.id]),
            row.id,
            row.grade,
            names.get(row.unit, ""),
        )
        for row in shown
    ]


def facts(student: Student) -> list[tuple[str, str]]:
    row = student.facts
    pairs = [
        (_("Id"), student.id),
        (_("Local number"), row["identifier"] or ""),
        (_("Grade"), row["grade"] or ""),
        (_("Place"), student.unit.name),
        (_("Enrolled now"), _("Yes") if row["enrolled"] else _("No")),
    ]
    return [(label, value) for label, value in pairs if value]


def sections(student: Student, person: Person) -> dict[str, Any]:
    """What stands on the wide side of the page and on the narrow one, each with where it came from."""
    main = [_attendance(student), *_assessments(student), _classes(student), _spells(student)]
    side, held = _groups(student), one.roster_row(student)
    loads = {
        origin.load_id
        for part in [held, side[1], *(part for _section, part in main)]
        for origin in part.origins
    }
    may_open = set(
        allowed(person, Act.IMPORT, Load.objects.filter(pk__in=loads)).values_list("pk", flat=True)
    )
    return {
        "main": [replace(_filled(section), origins=_origins(part, may_open)) for section, part in main],
        "side": [replace(side[0], origins=_origins(side[1], may_open))],
        "origins": _origins(held, may_open),
    }


Made = tuple[Section, Part]


def _filled(section: Section) -> Section:
    """Leave out columns in which nothing stands."""
    held = [
        place
        for place in range(len(section.columns))
        if place == 0 or any(row[place] for row in section.rows)
    ]
    return replace(
        section,
        columns=[section.columns[place] for place in held],
        rows=[[row[place] for place in held] for row in section.rows],
        numeric=frozenset(at for at, place in enumerate(held) if place in section.numeric),
    )


def _spells(student: Student) -> Made:
    part = one.spells(student)
    names = _places({row["unit"] for row in part.rows})
    rows = [
        (
            names.get(row["unit"], ""),
            row["grade"] or "",
            row["school_year"] or "",
            _day(row["begin"]),
            _day(row["end"]),
        )
        for row in part.rows
    ]
    columns = [_("Place"), _("Grade"), _("School year"), _("From"), _("To")]
    return Section(_("Time at schools"), columns, rows, _("No time at a school is held.")), part


def _classes(student: Student) -> Made:
    part = one.classes(student)
    rows = [
        (row["title"], ", ".join(row["teachers"]), _day(row["begin"]), _day(row["end"])) for row in part.rows
    ]
    columns = [_("Class"), _("Teachers"), _("From"), _("To")]
    return Section(_("Classes and teachers"), columns, rows, _("No class is held.")), part


def _attendance(student: Student) -> Made:
    part, categories = one.attendance(student)
    rows = [
        (_month(row["month"]), *(figures.number(days, NUMBER) for days in row["days"])) for row in part.rows
    ]
    columns = [_("Month"), *(category or _("No category") for category in categories)]
    section = Section(
        _("Days with an attendance event"),
        columns,
        rows,
        _("No attendance event is held."),
        note=_("Days are counted by month and kind. A day without an event says nothing here."),
        numeric=frozenset(range(1, len(columns))),
    )
    return section, part


def _assessments(student: Student) -> list[Made]:
    """One table for each test."""
    columns = [_("Date"), _("Subject"), _("Kind of score"), _("Score"), _("Level")]
    made = []
    for test, part in one.assessments(student).items():
        rows = [
            (_when(row), _subject(row), row["score_type"] or "", _score(row), row["level"] or "")
            for row in part.rows
        ]
        made.append((Section(test, columns, rows, "", numeric=frozenset({3})), part))
    nothing = Section(_("Test results"), columns, [], _("No test result is held."))
    return made or [(nothing, Part([], []))]


def _groups(student: Student) -> Made:
    part = one.groups(student)
    rows = [(row["name"] or "", row["value"]) for row in part.rows]
    return Section(_("Groups"), [_("Kind"), _("Group")], rows, _("No group is held.")), part


def _when(row: Facts) -> str:
    window = " ".join(word for word in (row["window"], row["school_year"]) if word)
    return _day(row["date"]) or window


def _subject(row: Facts) -> str:
    return ": ".join(word for word in (row["subject"], row["objective"]) if word)


def _score(row: Facts) -> str:
    if row["value"] is not None:
        return _number(row["value"])
    return row["text"] or row["flag"] or ""


def _origins(part: Part, may_open: set[UUID]) -> list[Origin]:
    words = _("%(source)s, loaded on %(day)s")
    return [
        Origin(
            words % {"source": origin.source, "day": figures.full_day(origin.day)},
            reverse("imports:show", args=[origin.load_id]) if origin.load_id in may_open else "",
        )
        for origin in part.origins
    ]


def _number(value: float) -> str:
    """A score as it was given: 210, 219.5."""
    decimals = -int(Decimal(str(value)).normalize().as_tuple().exponent)
    return figures.number(value, NUMBER, max(decimals, 0))


def _places(ids: Iterable[str]) -> dict[str, str]:
    known = Unit.objects.filter(pk__in=[UUID(id) for id in ids])
    return {unit.pk.hex: unit.name for unit in known}


def _day(day: date | None) -> str:
    return figures.full_day(day) if day else ""


def _month(day: date) -> str:
    return date_format(day, "YEAR_MONTH_FORMAT")
