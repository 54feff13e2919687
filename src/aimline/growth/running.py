"""One growth run, from the scores in the lake to what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from aimline.core.errors import Invalid
from aimline.growth.actions import results
from aimline.growth.bright_spots import teams
from aimline.growth.computing import Grown, grow, summaries
from aimline.growth.models import GrowthRun, GrowthSummary, TeamResult
from aimline.growth.protecting import protected
from aimline.growth.scores import JOINT, groups_of, scores, teachers_of
from aimline.measures import recounts
from aimline.org.models import Unit
from aimline.people.models import Person
from aimline.students import actions as students
from aimline.students import keeping, lake
from aimline.students.keeping import Part
from aimline.students.models import Batch
from aimline_analytics.growth.progressions import Key

# The source under which results for single students lie in the lake.
SOURCE = "growth"
TABLE = "growth"
_OF, _AWAY = ("subject", "grade", "dimension", "group"), ("hidden", "track_hidden")
Progress = Callable[[int], None]


def compute(run: GrowthRun, person: Person, progress: Progress) -> GrowthRun:
    """Compute a run and keep it, all or nothing."""
    last = Batch.objects.live().aggregate(last=Max("seq"))["last"] or 0
    given = scores(run.unit, run.assessment, run.score_type)
    grown = grow(given, run.standard, lambda keys: _watched(keys, progress))
    if not grown.students.height:
        raise Invalid(
            _("Growth needs scores of two years in a row. Here there are: %(years)s.")
            % {
                "years": ", ".join(str(year) for year in sorted(given["year"].unique().to_list()))
                or _("none")
            }
        )
    units = list(Unit.objects.under(run.unit))
    told = protected(summaries(grown.students, _places(units), groups_of(run.unit)), units)
    found = teams(grown.students).join(
        _hidden_teams(told), on=["unit", "subject", "grade", "year"], how="anti"
    )
    with lake.writing(), transaction.atomic():
        _keep_students(run, person, grown)
        recounts.ask(run.unit, [TABLE])
        return results.keep_results(
            run,
            person,
            summaries=list(_summaries(run, told)),
            teams=list(_teams(run, found)),
            years=grown.years,
            students=grown.students["student"].n_unique(),
            last_batch=last,
        )


def _watched(keys: Iterable[Key], progress: Progress) -> Iterator[Key]:
    for count, key in enumerate(keys, 1):
        yield key
        progress(count)


def _hidden_teams(told: pl.DataFrame) -> pl.DataFrame:
    """A team is a grade at a school: where its growth is hidden, nothing else is said of it."""
    return told.filter("hidden", pl.col("grade") != "", pl.col("dimension") == "").select(
        "subject", "year", unit="above", grade=pl.col("grade").cast(pl.Int64)
    )


def _places(units: list[Unit]) -> pl.DataFrame:
    """Each unit with itself and every unit of the place above it, as `unit` and `above`."""
    pairs = [(low.pk.hex, high.pk.hex) for low in units for high in units if high.holds(low)]
    return pl.DataFrame(pairs, schema=["unit", "above"], orient="row")


def _keep_students(run: GrowthRun, person: Person, grown: Grown) -> None:
    source = students.know_source(run.unit, person, name=SOURCE)
    known = pl.col("student").str.splitn(JOINT, 2)
    rows = grown.students.select(
        student_source=known.struct.field("field_0"),
        student=known.struct.field("field_1"),
        assessment=pl.lit(run.assessment),
        subject="subject",
        school_year=pl.col("year").cast(pl.String),
        grade=pl.col("grade").cast(pl.String),
        score="score",
        prior="prior",
        priors=pl.col("priors").cast(pl.Float64),
        sgp=pl.col("sgp").cast(pl.Float64),
        target="target",
        on_track=pl.col("on_track").replace_strict(
            {True: "yes", False: "no"}, default=None, return_dtype=pl.String
        ),
        place="unit",
        record=pl.int_range(pl.len()),
    )
    units = {unit: unit for unit in rows["place"].drop_nulls().unique()}
    kept = keeping.compare(source, [Part(TABLE, TABLE, rows, "", TABLE)], units, run.unit)
    students.keep_rows(source, person, kept=kept, load_id=run.pk)


def _summaries(run: GrowthRun, told: pl.DataFrame) -> Iterator[GrowthSummary]:
    for row in told.iter_rows(named=True):
        facts = {
            name: row[name]
            for name in (*_OF, "n", "mean", "low", "high", "median", "on_track", "on_track_of", *_AWAY)
        }
        yield GrowthSummary(
            run=run,
            unit_id=row["above"],
            school_year=row["year"],
            **facts,
        )


def _teams(run: GrowthRun, found: pl.DataFrame) -> Iterator[TeamResult]:
    known = found.join(teachers_of(run.unit), on=["unit", "grade"], how="left")
    names = (
        "subject",
        "n",
        "teachers",
        "effect",
        "low",
        "high",
        "probability",
        "years_in_a_row",
        "persistent",
    )
    for row in known.iter_rows(named=True):
        yield TeamResult(
            run=run,
            unit_id=row["unit"],
            grade=str(row["grade"]),
            school_year=row["year"],
            **{name: row[name] for name in names},
        )
