from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
import pytest

from aimline_analytics.bright_spots.grouped_pass import Source, Summed, means_sql, read_pass, sums_sql
from aimline_analytics.bright_spots.multilevel import Multilevel, fit_sums, random_intercepts
from aimline_analytics.errors import AnalyticsError

# Names as bad as a database allows: a quotation mark, a space, a word of SQL, an attempt to end the query.
SOURCE = Source('sco"res', "select", ('pri"or', "x; DROP TABLE r; --"), "the district", "school")


def frame(n: int = 900) -> pl.DataFrame:
    rng = np.random.default_rng(7)
    district, school = rng.integers(0, 8, n), rng.integers(0, 5, n)
    # Large and close together: sums of squares of these lose their digits unless the columns are centred.
    prior, other = rng.normal(1e6, 12, n), rng.integers(-3, 4, n)
    effects, deeper = rng.normal(size=8), rng.normal(size=(8, 5)) * 0.6
    score = 4e6 + 0.3 * prior + other + 3 * effects[district] + 2 * deeper[district, school]
    return pl.DataFrame(
        {
            "the district": [f"D{each}" for each in district],
            "school": school,
            'pri"or': prior,
            "x; DROP TABLE r; --": other,
            "select": score + rng.normal(0, 3, n),
        }
    ).with_columns(pl.when(pl.int_range(n) % 97 == 0).then(None).otherwise('pri"or').alias('pri"or'))


def in_memory(rows: pl.DataFrame, *, three: bool) -> Multilevel:
    whole = rows.drop_nulls()
    districts = whole["the district"].rank("dense").to_numpy().astype(int) - 1
    schools = whole.select(pl.struct("the district", "school").rank("dense")).to_series().to_numpy() - 1
    fixed = whole.select('pri"or', "x; DROP TABLE r; --").to_numpy()
    return random_intercepts(
        whole["select"].to_numpy(), fixed, districts, schools.astype(int) if three else None
    )


def in_sqlite(rows: pl.DataFrame, source: Source) -> Summed:
    database = sqlite3.connect(":memory:")
    named = ", ".join('"' + column.replace('"', '""') + '"' for column in rows.columns)
    database.execute(f'CREATE TABLE "sco""res" ({named})')
    database.executemany('INSERT INTO "sco""res" VALUES (?, ?, ?, ?, ?)', rows.rows())
    means = database.execute(means_sql(source)).fetchone()
    groups, products = (database.execute(text).fetchall() for text in sums_sql(source, means))
    database.close()
    return read_pass(source, means, groups, products[0])


def in_polars(rows: pl.DataFrame) -> Summed:
    columns = [*SOURCE.fixed, SOURCE.outcome]
    whole = rows.drop_nulls()
    means = [whole.height, *whole.select(pl.col(columns).mean()).row(0)]
    centred = [pl.col(column) - mean for column, mean in zip(columns, means[1:], strict=True)]
    groups = whole.group_by("the district", "school").agg(pl.len(), *(each.sum() for each in centred)).rows()
    pairs = [(a, b) for a in range(3) for b in range(a, 3)]
    products: Sequence[Any] = whole.select(
        (centred[a] * centred[b]).sum().alias(f"{a}-{b}") for a, b in pairs
    ).row(0)
    return read_pass(SOURCE, means, groups, products)


def same(found: Multilevel, expected: Multilevel) -> None:
    """Compare everything a reader sees; the variances settle the rest."""

    def told(model: Multilevel) -> list[float]:
        levels = [each for each in (model.outer, model.inner) if each]
        return [
            *(number for each in model.fixed for number in (each.estimate or 0.0, each.low, each.high)),
            *(each.variance for each in levels),
            *(float(number) for each in levels for number in (*each.effect, *each.sd, *each.n)),
            *(model.residual, model.criterion),
        ]

    assert told(found) == pytest.approx(told(expected), rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("three", [False, True])
def test_a_pass_in_the_database_gives_the_fit_of_the_rows(three: bool) -> None:
    rows = frame()
    source = SOURCE if three else Source(SOURCE.table, SOURCE.outcome, SOURCE.fixed, SOURCE.outer)
    summed = in_sqlite(rows, source)
    same(fit_sums(summed.sums, three_levels=three), in_memory(rows, three=three))
    assert summed.outer == tuple(f"D{each}" for each in range(8))
    assert summed.inner[:2] == ((("D0", 0), ("D0", 1)) if three else ())


def test_a_pass_in_polars_gives_the_fit_of_the_rows() -> None:
    rows = frame()
    same(fit_sums(in_polars(rows).sums, three_levels=True), in_memory(rows, three=True))


def test_the_null_model_needs_no_fixed_column() -> None:
    rows = frame().drop_nulls()
    source = Source(SOURCE.table, SOURCE.outcome, (), SOURCE.outer, SOURCE.inner)
    districts = rows["the district"].rank("dense").to_numpy().astype(int) - 1
    schools = rows.select(pl.struct("the district", "school").rank("dense")).to_series().to_numpy() - 1
    expected = random_intercepts(rows["select"].to_numpy(), None, districts, schools.astype(int))
    same(fit_sums(in_sqlite(rows, source).sums, three_levels=True), expected)


def test_a_column_that_is_not_there_is_an_error_and_not_a_text() -> None:
    source = Source(SOURCE.table, "no such column", (), SOURCE.outer)
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        in_sqlite(frame(10), source)


def test_a_schema_is_quoted_apart_from_its_table() -> None:
    assert '"my ""own"""."scores" AS r' in means_sql(Source(('my "own"', "scores"), "y", (), "g"))


def test_what_cannot_be_summed_is_refused() -> None:
    source = Source("t", "y", (), "g")
    with pytest.raises(AnalyticsError, match="no row has every column"):
        sums_sql(source, [0, None])
    with pytest.raises(AnalyticsError, match="no number"):
        read_pass(source, [2, 1.0], [("a", 1, float("nan")), ("b", 1, 0.0)], [1.0])
    with pytest.raises(AnalyticsError, match="name is empty"):
        means_sql(Source("t", "", (), "g"))
    with pytest.raises(AnalyticsError, match="too many"):
        means_sql(Source("t", "y", tuple(f"x{each}" for each in range(56)), "g"))
