"""The grouped pass of models with random groups, asked of the engine of the lake: no row of a student leaves it."""

from __future__ import annotations

from functools import reduce
from itertools import combinations_with_replacement
from operator import and_

import narwhals as nw

from aimline.students import lake
from aimline.students.lake import Rows
from aimline_analytics.bright_spots.grouped_pass import Source, Summed, read_pass


def grouped_pass(rows: Rows, source: Source) -> Summed:
    """Return the sufficient statistics of rows by group, the same as the library's own queries would give.

    The table of `source` is not looked at: the rows are the table. A row that misses any column is left out.
    """
    columns = (*source.fixed, source.outcome)
    levels = [source.outer, source.inner] if source.inner else [source.outer]
    whole = rows.filter(reduce(and_, (~nw.col(name).is_null() for name in {*columns, *levels})))
    numbers = whole.with_columns(*(nw.col(name).cast(nw.Float64) for name in columns))
    means = _one_row(numbers.select(_rows=nw.len(), **{name: nw.col(name).mean() for name in columns}))
    centred = numbers.select(
        *levels,
        *((nw.col(name) - (mean or 0.0)).alias(name) for name, mean in zip(columns, means[1:], strict=True)),
    )
    sums = {name: nw.col(name).sum() for name in columns}
    groups = lake.collect(centred.group_by(*levels).agg(_rows=nw.len(), **sums)).select(
        *levels, "_rows", *columns
    )
    products = [
        (nw.col(a) * nw.col(b)).sum().alias(f"product_{place}")
        for place, (a, b) in enumerate(combinations_with_replacement(columns, 2))
    ]
    return read_pass(source, means, groups.rows(), _one_row(centred.select(*products)))


def _one_row(rows: Rows) -> tuple[object, ...]:
    return lake.collect(rows).row(0)
