"""Students: one by one, for those who answer for them. Everything these operations show is logged, as on the pages."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from ninja import Field, Query, Router, Schema

from aimline.api.door import Request
from aimline.api.shared import MOST, Text, get_unit
from aimline.core.errors import NotFound
from aimline.students import listing, one, reading, sight
from aimline.students.codes import code_of, id_of
from aimline.students.listing import Listed, Wanted
from aimline.students.models import How
from aimline.students.one import Student

router = Router(tags=["students"])


class StudentOut(Schema):
    """A student as the roster knows them. `student` is the id the roster gives, `id` the one to ask with here."""

    id: str
    source_id: UUID
    student: str
    name: str
    grade: str
    unit_id: UUID


class SpellOut(Schema):
    unit_id: UUID
    grade: str | None
    school_year: str | None
    begin: date | None
    end: date | None


class ResultOut(Schema):
    assessment: str | None
    subject: str | None
    objective: str | None
    window: str | None
    date: date | None
    score_type: str | None
    value: float | None
    text: str | None
    level: str | None
    flag: str | None


class StudentFull(StudentOut):
    """One student with the time at schools and the test results that are held."""

    spells: list[SpellOut]
    results: list[ResultOut]


class StudentPage(Schema):
    """A part of a list. `next` is the `after` of the following part; null at the end."""

    items: list[StudentOut]
    next: str | None


class StudentFilter(Schema):
    under: UUID = Field(description="Students of this unit and everything below it.")
    q: Text = Field("", description="A part of a name or of an id.")
    grade: Text = ""
    after: Text = ""
    limit: int = Field(50, ge=1, le=MOST)


@router.get("", response=StudentPage)
def list_students(request: Request, wanted: Query[StudentFilter]) -> dict[str, object]:
    """The students of a unit this person answers for; a teacher gets those of own classes."""
    unit = get_unit(request, wanted.under)
    seen = _sight(request)
    rows = listing.found(sight.seen(seen, unit), Wanted(wanted.q, wanted.grade))
    after = _known_by(wanted.after) if wanted.after else None
    found = listing.following(rows, after, wanted.limit + 1)
    shown = found[: wanted.limit]
    if shown:
        reading.note(request.person, unit, How.LIST, [(row.source, row.id) for row in shown])
    following = _id(shown[-1].source, shown[-1].id) if len(found) > wanted.limit else None
    return {"items": [_listed(row) for row in shown], "next": following}


@router.get("/{student_id}", response=StudentFull)
def show_student(request: Request, student_id: str) -> dict[str, object]:
    """One student this person answers for."""
    student = one.find(_sight(request), *_known_by(student_id))
    if student is None:
        raise NotFound
    reading.note(request.person, student.unit, How.STUDENT, [(student.source, student.id)])
    results = [row for part in one.assessments(student).values() for row in part.rows]
    return {**_told(student), "spells": [_spell(row) for row in one.spells(student).rows], "results": results}


def _sight(request: Request) -> sight.Sight:
    if not sight.may_see_any(request.person):
        raise NotFound
    return sight.sight_of(request.person)


def _id(source: UUID, student: str) -> str:
    return f"{source}.{code_of(student)}"


def _known_by(id: str) -> tuple[UUID, str]:
    source, _dot, code = id.partition(".")
    try:
        return UUID(source), id_of(code)
    except ValueError as error:
        raise NotFound from error


def _listed(row: Listed) -> dict[str, object]:
    facts = {"source_id": row.source, "student": row.id, "name": row.name, "grade": row.grade}
    return {"id": _id(row.source, row.id), **facts, "unit_id": UUID(row.unit)}


def _told(student: Student) -> dict[str, object]:
    return _listed(
        Listed(student.source, student.id, student.name, student.facts["grade"] or "", student.unit.pk.hex)
    )


def _spell(row: one.Facts) -> dict[str, object]:
    return {**row, "unit_id": UUID(row["unit"])}
