"""The students of the demo district, loaded as its student system and its testing company would send them."""

from __future__ import annotations

from datetime import date

import polars as pl

from aimline.growth.actions.runs import ask_for_run
from aimline.imports.actions import loads
from aimline.imports.places import Places
from aimline.imports.report import Report
from aimline.imports.staging import Staged
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import lake
from aimline.students.actions import link_roster
from aimline.students.keeping import Part
from aimline.students.models import Source
from examples.district import learners
from examples.district.places import SCHOOLS
from examples.district.staff import Staff
from examples.district.years import start_year

TEST, SCORE = "Calloway State Test", "Scale score"
CLASS_SIZE = 20
# Hannah leads a grade 3 room, and a club whose students are old enough to have two years of scores.
HER_SCHOOL, HER_ROOM, HER_CLUB, CLUB_GRADE = "PA-KEL", "PA-KEL-03-1", "PA-KEL-club", "05"


def enroll(today: date, units: dict[str, Unit], staff: Staff, boss: Person) -> None:
    """Load the roster and attendance of each district, and its results on the state test."""
    roster, tests = _roster(today, staff), _tests(today)
    for code in ("PA", "TF", "LH"):
        _load(units[code], boss, "student-system", "roster.zip", [_of(part, code) for part in roster])
        _load(units[code], boss, "state-test", "state-test.csv", [_of(tests, code)])
    # Hannah's principal has said who she is on the roster, so she sees the students of her class.
    hannah = staff.named["tess"]
    roster = Source.objects.get(unit=units["PA"], name="student-system")
    link_roster(hannah, staff.named["principal"], source=roster, roster_id=_roster_id(hannah))


def ask_for_growth(units: dict[str, Unit], staff: Staff) -> None:
    """The state's lead has growth computed; the worker does it once the demo is served."""
    ask_for_run(
        units["CAL"],
        staff.named["state"],
        assessment=TEST,
        score_type=SCORE,
        standard=learners.LEVELS[2:],
    )


def _load(unit: Unit, person: Person, source: str, file: str, parts: list[Part]) -> None:
    staged = Staged(Report("demo"), file, "", Places(unit, source, None), source, {}, parts=parts)
    with lake.writing():
        loads.load(unit, person, staged=staged)


def _of(part: Part, district: str) -> Part:
    """The rows of one district."""
    schools = [school.code for school in SCHOOLS if school.district == district]
    return Part(
        part.table,
        part.origin,
        part.rows.filter(pl.col("place").is_in(schools)).with_columns(record=pl.int_range(pl.len())),
        part.file,
        part.entity,
    )


def _part(name: str, rows: pl.DataFrame, *, origin: str = "") -> Part:
    return Part(name, origin or name, rows, f"{origin or name}.csv", origin or name)


def _roster(today: date, staff: Staff) -> list[Part]:
    people, spells = learners.people(today), learners.spells(today)
    facts = people.unpivot(["language", "support"], index=["id", "school"], variable_name="name").select(
        pl.col("id").alias("person"),
        pl.col("name").replace({"language": "Multilingual learner", "support": "Student with a disability"}),
        "value",
        pl.col("school").alias("place"),
    )
    roles = spells.with_columns(
        id=pl.concat_str("person", "school_year", separator="-"), role=pl.lit("student"), place=pl.col("org")
    )
    away = learners.absences(today).with_columns(place=pl.col("org"))
    return [
        _part("people", people.rename({"school": "place"}).drop("language", "support", "entry")),
        _part("roles", roles),
        _part("attributes", facts, origin="demographics"),
        _part("attendance", away),
        *_homerooms(spells, str(start_year(today) + 1), staff),
    ]


def _homerooms(spells: pl.DataFrame, year: str, staff: Staff) -> list[Part]:
    """The classes of the year that runs: about twenty students each, and the teacher who leads them."""
    now = spells.filter(pl.col("school_year") == year).with_columns(
        room=pl.int_range(pl.len()).over("org", "grade") // CLASS_SIZE + 1
    )
    now = now.select(
        "person",
        "org",
        "grade",
        pl.concat_str("org", "grade", "room", separator="-").alias("class"),
        title=pl.format("Grade {}, room {}", "grade", "room"),
        type=pl.lit("homeroom"),
    )
    now = pl.concat([now, _club(now)])
    classes = now.unique("class").sort("class")
    teachers = _teachers(classes, staff)
    return [
        _part(
            "classes",
            classes.select(
                "org",
                "title",
                "type",
                pl.col("class").alias("id"),
                pl.col("grade").alias("grades"),
                pl.col("org").alias("place"),
            ),
        ),
        _part(
            "people",
            teachers.select("id", "given_name", "family_name", "email", "place").unique("id"),
            origin="staff",
        ),
        _part(
            "roles",
            teachers.unique("id").select(
                pl.format("{}-{}", "id", "place").alias("id"),
                pl.col("id").alias("person"),
                pl.col("place").alias("org"),
                pl.lit("teacher").alias("role"),
                "place",
            ),
            origin="staff",
        ),
        _part(
            "enrollments",
            pl.concat(
                [
                    _enrollments(now.select("class", "person", "org"), "student"),
                    _enrollments(
                        teachers.select("class", pl.col("id").alias("person"), pl.col("place").alias("org")),
                        "teacher",
                    ),
                ]
            ),
        ),
    ]


def _club(homerooms: pl.DataFrame) -> pl.DataFrame:
    old_enough = (pl.col("org") == HER_SCHOOL) & (pl.col("grade") == CLUB_GRADE)
    facts = {"class": pl.lit(HER_CLUB), "title": pl.lit("Reading club"), "type": pl.lit("scheduled")}
    return homerooms.filter(old_enough).head(CLASS_SIZE).with_columns(**facts)


def _enrollments(rows: pl.DataFrame, role: str) -> pl.DataFrame:
    return rows.select(
        pl.format("{}-{}", "class", "person").alias("id"),
        "class",
        "person",
        "org",
        pl.lit(role).alias("role"),
        pl.col("org").alias("place"),
    )


def _roster_id(person: Person) -> str:
    return f"T{person.pk.hex[-10:]}"


def _teachers(classes: pl.DataFrame, staff: Staff) -> pl.DataFrame:
    """Who leads which class. Hannah, who can be signed in as, leads the first grade 3 room of Kelp."""
    rows = []
    for place, rooms in classes.group_by("org", maintain_order=True):
        school = str(place[0])
        here = staff.teachers[school]
        for number, room in enumerate(rooms["class"]):
            person = here[0] if room in {HER_ROOM, HER_CLUB} else here[1 + number % (len(here) - 1)]
            given, _space, family = person.name.rpartition(" ")
            rows.append((room, _roster_id(person), given, family, person.email or None, school))
    schema = dict.fromkeys(("class", "id", "given_name", "family_name", "email", "place"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _tests(today: date) -> Part:
    rows = learners.results(today).with_columns(
        assessment=pl.lit(TEST),
        score_type=pl.lit(SCORE),
        id_kind=pl.lit("local"),
        place=pl.col("org"),
    )
    return _part("assessments", rows)
