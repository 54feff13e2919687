"""An invented district as OneRoster files, of any size: what `bench` loads."""

from __future__ import annotations

from pathlib import Path

import polars as pl

COURSES, CLASS_SIZE, STUDENTS_A_SCHOOL, STUDENTS_A_TEACHER = 400, 25, 500, 20


def write_district(folder: Path, *, students: int, enrollments: int) -> None:
    """Write a whole OneRoster 1.2 package into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    files = _files(students, enrollments)
    for name, frame in files.items():
        blank = pl.lit(None, pl.String)
        whole = frame.insert_column(1, blank.alias("status")).insert_column(
            2, blank.alias("dateLastModified")
        )
        whole.with_columns(pl.all().replace("", None)).write_csv(folder / f"{name}.csv")
    listed = [
        ("manifest.version", "1.0"),
        ("oneroster.version", "1.2"),
        *((f"file.{name}", "bulk") for name in files),
    ]
    pl.DataFrame(listed, schema=["propertyName", "value"], orient="row").write_csv(folder / "manifest.csv")


def _files(students: int, enrollments: int) -> dict[str, pl.DataFrame]:
    schools, teachers = max(1, students // STUDENTS_A_SCHOOL), students // STUDENTS_A_TEACHER
    classes = max(1, enrollments // CLASS_SIZE)
    return {
        "orgs": _orgs(schools),
        "academicSessions": _sessions(),
        "courses": _courses(),
        "classes": _classes(classes, schools),
        "users": pl.concat([_users("student", students), _users("teacher", teachers)]),
        "roles": pl.concat([_roles("student", students, schools), _roles("teacher", teachers, schools)]),
        "enrollments": _enrollments(enrollments, classes, schools, students, teachers),
    }


def _numbered(count: int, **columns: pl.Expr | str) -> pl.DataFrame:
    """Rows numbered from 0 as `i`, with columns made of that; a text is the same in every row."""
    frame = pl.select(i=pl.int_range(count))
    made = [
        (pl.lit(value) if isinstance(value, str) else value).alias(name) for name, value in columns.items()
    ]
    return frame.select(made)


def _id(kind: str, number: pl.Expr | None = None) -> pl.Expr:
    return pl.format(kind + "-{}", pl.col("i") if number is None else number)


def _orgs(schools: int) -> pl.DataFrame:
    below = _numbered(
        schools,
        sourcedId=_id("school"),
        name=_id("School"),
        type="school",
        identifier=_id("S"),
        parentSourcedId="district",
    )
    above = _numbered(
        1, sourcedId="district", name="District", type="district", identifier="D", parentSourcedId=""
    )
    return pl.concat([above, below])


def _sessions() -> pl.DataFrame:
    return _numbered(
        1,
        sourcedId="year",
        title="2025-26",
        type="schoolYear",
        startDate="2025-08-18",
        endDate="2026-06-12",
        parentSourcedId="",
        schoolYear="2026",
    )


def _courses() -> pl.DataFrame:
    return _numbered(
        COURSES,
        sourcedId=_id("course"),
        schoolYearSourcedId="year",
        title=_id("Course"),
        courseCode=_id("C"),
        grades="09",
        orgSourcedId="district",
        subjects="",
        subjectCodes="",
    )


def _classes(classes: int, schools: int) -> pl.DataFrame:
    return _numbered(
        classes,
        sourcedId=_id("class"),
        title=_id("Class"),
        grades="09",
        courseSourcedId=_id("course", pl.col("i") % COURSES),
        classCode=_id("K"),
        classType="scheduled",
        location="",
        schoolSourcedId=_id("school", pl.col("i") % schools),
        termSourcedIds="year",
        subjects="",
        subjectCodes="",
        periods="",
    )


def _users(kind: str, count: int) -> pl.DataFrame:
    blank = dict.fromkeys(("sms", "phone", "agentSourcedIds"), "")
    last = (
        "password",
        "userMasterIdentifier",
        "preferredGivenName",
        "preferredMiddleName",
        "preferredFamilyName",
    )
    return _numbered(
        count,
        sourcedId=_id(kind),
        enabledUser="true",
        username=_id(kind),
        userIds="",
        givenName=_id("Given", pl.col("i") % 97),
        familyName=_id("Family", pl.col("i") % 1009),
        middleName="",
        identifier=_id("L" + kind[0]),
        email=pl.format(kind + "-{}@example.org", "i"),
        **blank,
        grades="09",
        **dict.fromkeys((*last, "primaryOrgSourcedId", "pronouns"), ""),
    )


def _roles(kind: str, count: int, schools: int) -> pl.DataFrame:
    return _numbered(
        count,
        sourcedId=_id("role-" + kind),
        userSourcedId=_id(kind),
        roleType="primary",
        role=kind,
        beginDate="2025-08-18",
        endDate="",
        orgSourcedId=_id("school", pl.col("i") % schools),
        userProfileSourcedId="",
    )


def _enrollments(count: int, classes: int, schools: int, students: int, teachers: int) -> pl.DataFrame:
    number = pl.col("i") // CLASS_SIZE
    leads = pl.col("i") % CLASS_SIZE == 0
    return _numbered(
        count,
        sourcedId=_id("enrollment"),
        classSourcedId=_id("class", number % classes),
        schoolSourcedId=_id("school", number % classes % schools),
        userSourcedId=pl.when(leads)
        .then(_id("teacher", number % teachers))
        .otherwise(_id("student", pl.col("i") * 7 % students)),
        role=pl.when(leads).then(pl.lit("teacher")).otherwise(pl.lit("student")),
        primary=pl.when(leads).then(pl.lit("true")).otherwise(pl.lit("")),
        beginDate="2025-08-18",
        endDate="",
    )
