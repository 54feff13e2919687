"""Which students a person may see, and by what right: one rule for every list, page, file and program.

A person sees the students of the places where they hold `VIEW_STUDENTS` (a student is of one place, see `rosters`), and
those of their own classes: classes that the roster person teaches whom a roster link names. A link alone gives nothing:
it counts while a role at the person's place lets them see what is their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from uuid import UUID

import narwhals as nw
import polars as pl
from django.db.models import QuerySet

from aimline.access.rules import Act, allowed
from aimline.core import clock
from aimline.org.models import Unit, UnitKind
from aimline.people.models import Person
from aimline.students import lake, rosters, verdicts
from aimline.students.lake import Rows
from aimline.students.models import RosterLink


@dataclass(frozen=True, slots=True)
class Sight:
    """What a person sees: units by the hex of their ids, and their own students by the hex of the source."""

    units: frozenset[str]
    taught: dict[str, frozenset[str]]

    @property
    def is_blind(self) -> bool:
        return not self.units and not self.taught

    def teaches(self, source: str, student: str) -> bool:
        return student in self.taught.get(source, frozenset())


def sight_of(person: Person) -> Sight:
    units = allowed(person, Act.VIEW_STUDENTS, Unit.objects.all()).values_list("pk", flat=True)
    mine = RosterLink.objects.current().filter(person=person)
    links = allowed(person, Act.VIEW_STUDENTS, mine).select_related("source")
    taught: dict[str, frozenset[str]] = {}
    for link in links:
        for source, student in _of_classes(link):
            taught[source] = taught.get(source, frozenset()) | {student}
    return Sight(frozenset(unit.hex for unit in units), taught)


def may_see_any(person: Person) -> bool:
    """Say whether there can be students that this person sees, without asking the lake."""
    mine = RosterLink.objects.current().filter(person=person)
    return (
        allowed(person, Act.VIEW_STUDENTS, Unit.objects.all()).exists()
        or allowed(person, Act.VIEW_STUDENTS, mine).exists()
    )


def seen(sight: Sight, place: Unit | None = None) -> Rows:
    """Return the students whom a person sees, of a place where one is given; own students always."""
    units = sight.units
    if place:
        units &= set(below(place))
    # Where nothing is in sight, the condition is one that no row meets.
    rights = [nw.col("unit").is_in(sorted(units) or [""])]
    rights += [
        (nw.col("source") == source) & nw.col("student").is_in(sorted(ids))
        for source, ids in sorted(sight.taught.items())
    ]
    return rosters.students().filter(reduce(or_, rights))


def classes_taught(source: UUID, roster_id: str) -> pl.Series:
    """Return the ids of the classes that a person of a roster teaches today."""
    mine = (nw.col("person") == roster_id) & (nw.col("role") == "teacher")
    return lake.collect(_enrolled(source, mine).select("class"))["class"]


def _of_classes(link: RosterLink) -> list[tuple[str, str]]:
    """The students of the classes of a roster person, by source and id."""
    classes = classes_taught(link.source_id, link.roster_id).to_list()
    if not classes:
        return []
    theirs = nw.col("class").is_in(classes) & (nw.col("role") == "student")
    students = _enrolled(link.source_id, theirs).select("source", nw.col("person").alias("student"))
    return list(lake.collect(verdicts.one_of_each(students)).select("source", "student").iter_rows())


def _enrolled(source: UUID, which: nw.Expr) -> Rows:
    rows = lake.scan("enrollments").filter(nw.col("source") == source.hex, which)
    known = rows.filter(~nw.col("class").is_null(), ~nw.col("person").is_null())
    return known.filter(in_force(clock.today())).unique(["class", "person"])


def in_force(day: date) -> nw.Expr:
    """Say of rows with `begin` and `end` whether they hold on a day; `end` is the first day after, as in `rosters`."""
    begun = nw.col("begin").is_null() | (nw.col("begin") <= day)
    return begun & (nw.col("end").is_null() | (nw.col("end") > day))


def of_place(rows: Rows, place: Unit) -> Rows:
    """Keep rows (held_source, held_student, unit) of the students who are of a place.

    A row goes with its student, whatever place it was written under, but not what another district wrote. A row that is
    about nobody on a roster goes by the place it was written under.
    """
    if place.parent_id is None:
        return rows
    here = rosters.students().select(
        nw.col("source").alias("held_source"),
        nw.col("student").alias("held_student"),
        nw.col("unit").alias("home"),
    )
    known = verdicts.one_of_each(rows, names=("held_source", "held_student"))
    placed = known.join(here, on=["held_source", "held_student"], how="left")
    home = nw.coalesce(nw.col("home"), nw.col("unit"))
    return placed.filter(home.is_in(below(place)), nw.col("unit").is_in(near(place)))


def near(place: Unit) -> list[str]:
    """The units whose rows go with the students of a place: all of its district, and those above the district."""
    whole = district(place)
    return below(whole) + _hexes(Unit.objects.above(whole))


def district(place: Unit) -> Unit:
    """The district a place is in; the place itself where there is none above it."""
    above = reversed(list(Unit.objects.above(place)))
    return next((unit for unit in above if unit.kind == UnitKind.DISTRICT), place)


def below(place: Unit) -> list[str]:
    """A place and those below it, by the hex of their ids."""
    return _hexes(Unit.objects.under(place))


def _hexes(units: QuerySet[Unit]) -> list[str]:
    return [unit.hex for unit in units.values_list("pk", flat=True)]
