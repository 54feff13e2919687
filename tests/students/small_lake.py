"""A small lake with a bit of everything: two schools, one week and a day of school, marks, tests and incidents."""

from __future__ import annotations

from datetime import date

from aimline.students.keeping import Part
from tests.students.conftest import part

# Monday 24 August 2026; the sixth school day is the Monday after.
WEEK = [date(2026, 8, day) for day in (24, 25, 26, 27, 28)]
NEXT = date(2026, 8, 31)
KELP, JUNIPER = "PA-KELP", "PA-JUN"
Row = dict[str, object]


def spell(id: str, place: str, begin: date | None = None, end: date | None = None, grade: str = "03") -> Row:
    return {
        "id": f"{id}-{place}",
        "person": id,
        "role": "student",
        "place": place,
        "begin": begin,
        "end": end,
        "grade": grade,
    }


def away(id: str, day: date, category: str = "Unexcused Absence") -> Row:
    return {"student": id, "date": day, "category": category}


def group(id: str, name: str, value: str) -> Row:
    return {"person": id, "name": name, "value": value}


def mark(id: str, student: str, item: str, score: float, day: date = NEXT) -> Row:
    return {"id": id, "student": student, "line_item": item, "score": score, "date": day}


def result(student: str, value: float, level: str, day: date = date(2026, 9, 15)) -> Row:
    return {
        "student": student,
        "assessment": "STAR",
        "subject": "Reading",
        "window": "Fall",
        "school_year": "2026-2027",
        "score_type": "Scale score",
        "date": day,
        "value": value,
        "level": level,
        "place": KELP,
    }


def incident(id: str, student: str, day: date, code: str = "Suspension") -> Row:
    return {"id": id, "type": "incident", "student": student, "date": day, "code": code}


# Ada and Ben are at Kelp. Cy begins at Kelp and moves to Juniper on Wednesday. Di comes to Juniper on the next Monday.
ROLES = [
    spell("ada", KELP, date(2026, 8, 24)),
    spell("ben", KELP, date(2026, 8, 24), grade="04"),
    spell("cy", KELP, date(2026, 8, 24), date(2026, 8, 26)),
    spell("cy", JUNIPER, date(2026, 8, 26)),
    spell("di", JUNIPER, date(2026, 8, 31), grade="04"),
]
# On every school day somebody has a record: Ben is late all week.
ATTENDANCE = [
    *(away("ben", day, "Tardy") for day in WEEK),
    away("ada", WEEK[0]),
    away("ada", WEEK[0], "Excused Absence"),
    away("cy", WEEK[1]),
    away("cy", WEEK[4]),
    away("di", WEEK[4]),
    away("di", NEXT),
]
ATTRIBUTES = [
    group("ada", "English learner", "Yes"),
    group("ben", "English learner", "No"),
    group("cy", "English learner", "Yes"),
    group("ada", "Race", "Asian"),
    group("cy", "Race", "Asian"),
    group("cy", "Race", "White"),
]


def parts() -> list[Part]:
    return [
        part("roles", ROLES),
        part("attendance", ATTENDANCE),
        part("attributes", ATTRIBUTES),
        part("courses", [{"id": "math", "subjects": "Mathematics"}]),
        part("classes", [{"id": "m3", "course": "math"}, {"id": "art", "subjects": "Art"}]),
        part(
            "line_items",
            [
                {"id": "quiz", "class": "m3", "highest": 20.0},
                {"id": "drawing", "class": "art", "highest": None},
            ],
        ),
        part(
            "results",
            [
                mark("1", "ada", "quiz", 18.0),
                mark("2", "ada", "drawing", 50.0),
                mark("3", "ben", "quiz", 8.0, WEEK[0]),
                mark("4", "ben", "quiz", 12.0),
            ],
        ),
        part(
            "assessments",
            [
                result("ada", 410.0, "3"),
                result("ben", 350.0, "1"),
                result("cy", 500.0, "4", date(2026, 10, 1)),
            ],
        ),
        part(
            "discipline",
            [incident("7", "ben", WEEK[2]), incident("7", "cy", WEEK[2]), incident("8", "ben", NEXT)],
        ),
    ]
