"""The growth of a teacher's own students, for that teacher alone: kept nowhere, and nobody else can ask for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from uuid import UUID

import narwhals as nw
import polars as pl

from aimline.growth.models import GrowthRun
from aimline.growth.running import SOURCE
from aimline.people.models import Person
from aimline.students import lake
from aimline.students.models import Source
from aimline.students.sight import sight_of
from aimline_analytics import group_growth
from aimline_analytics.growth.groups import GroupGrowth

_OF_RUN = ("source", "assessment")


@dataclass(frozen=True, slots=True)
class Own:
    """The growth of those students of a teacher who have one, in the newest year of a subject."""

    subject: str
    year: int
    growth: GroupGrowth


@dataclass(frozen=True, slots=True)
class OwnStudents:
    """How many students are in the classes of a teacher today, and how they grew, by the run that says it."""

    count: int
    run: GrowthRun | None
    subjects: list[Own]


def of_own_students(teacher: Person) -> OwnStudents:
    """Say how the students of a teacher's classes of today grew, by the newest run that speaks of any of them."""
    taught = sight_of(teacher).taught
    count = sum(map(len, taught.values()))
    if not taught:
        return OwnStudents(count, None, [])
    theirs = [
        (nw.col("student_source") == source) & nw.col("student").is_in(sorted(ids))
        for source, ids in sorted(taught.items())
    ]
    known = lake.scan("growth").filter(reduce(or_, theirs), ~nw.col("sgp").is_null())
    rows = lake.collect(known.select(*_OF_RUN, "subject", "school_year", "sgp"))
    run, said = _newest(rows)
    return OwnStudents(count, run, _by_subject(said))


def _newest(rows: pl.DataFrame) -> tuple[GrowthRun | None, pl.DataFrame]:
    """The run that was finished last, and its rows; rows of one place and test are those of its last run."""
    sources = {
        source.pk.hex: source.unit_id for source in Source.objects.filter(name=SOURCE, pk__in=_ids(rows))
    }
    found = [
        (run, part)
        for (source, assessment), part in rows.partition_by(*_OF_RUN, as_dict=True).items()
        if (run := _last_run(sources.get(str(source)), str(assessment)))
    ]
    return max(found, key=lambda pair: str(pair[0].finished_at), default=(None, rows.clear()))


def _ids(rows: pl.DataFrame) -> list[str]:
    return rows["source"].unique().to_list()


def _last_run(unit: UUID | None, assessment: str) -> GrowthRun | None:
    runs = GrowthRun.objects.filter(unit=unit, assessment=assessment, finished_at__isnull=False)
    return runs.order_by("-finished_at").first()


def _by_subject(rows: pl.DataFrame) -> list[Own]:
    years = rows.with_columns(year=pl.col("school_year").cast(pl.Int64))
    newest = years.filter(pl.col("year") == pl.col("year").max().over("subject")).sort("subject")
    return [
        Own(str(subject), int(str(year)), group_growth(part["sgp"].to_numpy()))
        for (subject, year), part in newest.partition_by(
            "subject", "year", as_dict=True, maintain_order=True
        ).items()
    ]
