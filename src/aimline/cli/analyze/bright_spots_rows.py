"""The rows of `analyze bright-spots` as arrays, and the model fitted to them, or to each year of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aimline.cli.analyze.tables import BadTable, Table
from aimline.cli.analyze.terms import terms_of
from aimline_analytics.bright_spots.multilevel import Multilevel, random_intercepts
from aimline_analytics.errors import AnalyticsError

Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one level: `codes` per row, `names` per group as they stand in the file."""

    codes: Codes
    names: list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that miss nothing; `dropped` counts the others. `years` are those of the file, in their order."""

    dropped: int
    outcome: Numbers
    terms: list[str]
    fixed: Numbers
    groupings: dict[str, Grouping]
    year: Codes
    years: list[str | None]

    @property
    def owner(self) -> Codes | None:
        """Number of the outer group of each inner one."""
        groupings = list(self.groupings.values())
        if len(groupings) < 2:
            return None
        owner = np.zeros(len(groupings[1].names), dtype=np.int64)
        owner[groupings[1].codes] = groupings[0].codes
        return owner


@dataclass(frozen=True, slots=True)
class Year:
    """One year's model; `terms` are the fixed columns that vary in it."""

    name: str | None
    terms: list[str]
    model: Multilevel


def rows_of(table: Table, outcome: str, fixed: list[str], levels: list[str], year: str | None) -> Rows:
    """Read the columns that are used."""
    used = [outcome, *fixed, *levels, *([year] if year else [])]
    table.require(*used)
    # Read before rows are left out, so that a refusal names the row of the file.
    table.numbers(outcome)
    kept = table.frame.drop_nulls(used)
    if not kept.height:
        raise BadTable(f"{table.name}: no row has all of {', '.join(used)}.")
    whole = Table(kept, table.name)
    terms = terms_of(whole, fixed)
    years = _grouping(whole, [year]) if year else Grouping(np.zeros(kept.height, dtype=np.int64), [])
    return Rows(
        table.frame.height - kept.height,
        whole.numbers(outcome),
        terms.names,
        terms.matrix,
        {name: _grouping(whole, levels[: depth + 1]) for depth, name in enumerate(levels)},
        years.codes,
        [name[0] for name in years.names] or [None],
    )


def fitted(rows: Rows, level: float) -> list[Year]:
    """Fit the model to each year's rows."""
    return [_fitted(rows, place, name, level) for place, name in enumerate(rows.years)]


def _fitted(rows: Rows, place: int, name: str | None, level: float) -> Year:
    of_year = slice(None) if name is None else np.flatnonzero(rows.year == place)
    fixed, terms = rows.fixed[of_year], rows.terms
    if name is not None:
        # A value of a text column may not occur in a year; what does not vary says nothing there.
        varies = np.flatnonzero(np.ptp(fixed, axis=0) > 0)
        fixed, terms = fixed[:, varies], [terms[term] for term in varies]
    codes = [grouping.codes[of_year] for grouping in rows.groupings.values()]
    inner = codes[1] if len(codes) > 1 else None
    try:
        model = random_intercepts(rows.outcome[of_year], fixed, codes[0], inner, level=level)
    except AnalyticsError as error:
        raise BadTable(f"{error}" if name is None else f"Year {name}: {error}") from error
    return Year(name, terms, model)


def _grouping(table: Table, levels: list[str]) -> Grouping:
    """Number the groups in the order of numbers, times or text; only each group's first row is looked at as text."""
    first = table.frame.select(levels).unique(maintain_order=True)
    groups = Table(first, table.name)
    cells = list(zip(*(groups.text(level) for level in levels), strict=True))
    keys = list(zip(*(groups.ordered(level)[0] for level in levels), strict=True))
    order = sorted(range(len(cells)), key=lambda place: keys[place])
    numbered = first[order].with_row_index("__number__")
    codes = table.frame.select(levels).join(numbered, on=levels, how="left", maintain_order="left")
    names = [tuple(str(part) for part in cells[place]) for place in order]
    return Grouping(codes["__number__"].to_numpy().astype(np.int64), names)
