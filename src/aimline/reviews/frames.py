"""The classes that a place teaches today, as its roster has them, and who can look at them.

Only names of classes are read, with their grade and subject, and for people of the team which classes are their own.
Rows of students are not looked at, except that a class nobody is in does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import narwhals as nw
import polars as pl
from django.utils.translation import gettext as _

from aimline.core import clock
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.reviews.models import Review, ReviewRole
from aimline.reviews.sampling import Class, grade_number, told_apart
from aimline.students import lake
from aimline.students.models import RosterLink
from aimline.students.sight import below, classes_taught, in_force

_KNOWN = ["source", "id"]


def classes_of(place: Unit) -> list[Class]:
    """Classes of a place and of those below it, by school, grade and name."""
    rows = _running(_told(place))
    names = {unit.pk.hex: unit.name for unit in Unit.objects.under(place)}
    found = [_class(row, names) for row in rows.iter_rows(named=True)]
    return told_apart(sorted(found, key=_order))


def taught_by(people: Iterable[Person]) -> Iterator[tuple[str, str]]:
    """Pairs of a person and a class of theirs, where somebody said who they are on the roster."""
    for link in RosterLink.objects.current().filter(person__in=list(people)).order_by("pk"):
        for taught in classes_taught(link.source_id, link.roster_id):
            yield str(link.person_id), _key(link.source_id.hex, taught)


def observers_of(review: Review) -> list[Person]:
    """Those who observe; where nobody was named for it, those who lead."""
    members = list(review.members.select_related("person").order_by("person__name", "person_id"))
    found = [one.person for one in members if one.role == ReviewRole.OBSERVER]
    chosen = found or [one.person for one in members if one.role == ReviewRole.LEAD]
    return list(dict.fromkeys(chosen))


def _told(place: Unit) -> pl.DataFrame:
    courses = lake.scan("courses").select(
        "source",
        nw.col("id").alias("course"),
        nw.col("title").alias("course_title"),
        nw.col("subjects").alias("course_subjects"),
        nw.col("grades").alias("course_grades"),
    )
    here = lake.scan("classes").filter(nw.col("unit").is_in(below(place)))
    wanted = (*_KNOWN, "course", "title", "grades", "subjects", "sessions", "unit")
    return lake.collect(here.select(*wanted).join(courses, on=["source", "course"], how="left"))


def _running(classes: pl.DataFrame) -> pl.DataFrame:
    """Those of a term that runs, and with students, as far as their source tells of terms and of students."""
    if not classes.height:
        return classes
    terms = lake.collect(lake.scan("sessions").select(*_KNOWN, now=in_force(clock.today())))
    untold = pl.col("sessions").is_null() | ~pl.col("source").is_in(terms["source"].unique().implode())
    in_term = classes.with_columns(session=pl.col("sessions").str.split(",")).explode("session")
    now = terms.filter("now").select("source", pl.col("id").alias("session"))
    kept = in_term.join(now, on=["source", "session"], how="semi").select(*_KNOWN).unique()
    classes = pl.concat([classes.filter(untold), classes.filter(~untold).join(kept, on=_KNOWN, how="semi")])
    attended = lake.collect(_attended())
    told = attended["source"].unique()
    filled = classes.join(attended.rename({"class": "id"}), on=_KNOWN, how="semi")
    return pl.concat([filled, classes.filter(~pl.col("source").is_in(told.implode()))])


def _attended() -> lake.Rows:
    rows = lake.scan("enrollments").filter(nw.col("role") == "student", ~nw.col("class").is_null())
    return rows.filter(in_force(clock.today())).select("source", "class").unique()


def _class(row: dict[str, Any], names: dict[str, str]) -> Class:
    return Class(
        name=(row["title"] or row["course_title"] or _("Class %(id)s") % {"id": row["id"]})[:100],
        school=names.get(row["unit"], ""),
        grade=row["grades"] or row["course_grades"] or "",
        subject=(row["subjects"] or row["course_subjects"] or "").split(",")[0],
        key=_key(row["source"], row["id"]),
    )


def _order(one: Class) -> tuple[str, int, str]:
    number = grade_number(one.grade)
    return one.school, 99 if number is None else number, one.name


def _key(source: str, id: str) -> str:
    return f"{source}/{id}"
