"""What the commands of `analyze impact` share: their facts in words and JSON, and panels from rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from aimline.cli.analyze import options
from aimline.cli.analyze.moments import Moments
from aimline.cli.analyze.tables import BadTable, Table
from aimline_analytics.errors import AnalyticsError
from aimline_analytics.impact.findings import Finding


@contextmanager
def found_in(name: str) -> Iterator[None]:
    """Name the file in what the library refuses."""
    try:
        yield
    except AnalyticsError as error:
        raise BadTable(f"{name}: {error.what} ({error.where}). {error.remedy}.") from error


def told(found: Finding) -> dict[str, Any]:
    return asdict(found)


def worded(found: Finding) -> str:
    ends = f"{options.number(found.low)} to {options.number(found.high)}"
    reach = "no interval" if np.isnan(found.low) else ends
    return f"{found.design}: {options.number(found.estimate)} ({reach}). {found.evidence}"


def units_of(table: Table, unit: str, time: str, when: Moments) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Names of the units in the order of the file, and the unit of each row; a unit has one row at each time."""
    words = table.text(unit)
    names: dict[str, int] = {}
    seen: set[tuple[str, float]] = set()
    for row, (word, value) in enumerate(zip(words, when.values.tolist(), strict=True)):
        if word is None:
            raise table.refuse_row(row, unit, "the unit is missing. Fill it in or leave the row out.")
        if np.isnan(value):
            raise table.refuse_row(row, time, "the time is missing. Fill it in or leave the row out.")
        if (word, value) in seen:
            raise table.refuse_row(row, unit, f"{word} has a row for {when.label(value)} already.")
        seen.add((word, value))
        names.setdefault(word, len(names))
    return list(names), np.array([names[word or ""] for word in words], dtype=np.int64)
