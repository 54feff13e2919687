"""Times of a panel or series as numbers: as they stand, or 1, 2, 3 … for dates and words in their order."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from aimline.cli.analyze.tables import Table


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """The times of a column.

    `values` holds one number for each row, nan where it is missing. `keys` are the distinct times in order, and
    `texts` how the file writes them.
    """

    values: npt.NDArray[np.float64]
    keys: list[Any]
    texts: list[str]
    kind: str

    def label(self, value: float) -> int | float | str:
        """How the outside knows a time."""
        if self.kind != "number":
            return self.texts[int(value) - 1]
        return int(value) if float(value).is_integer() else value

    def at(self, word: str) -> float | None:
        """The number of a time that need not be in the column; None for one that cannot be placed."""
        if self.kind == "number":
            return _number(word)
        if self.kind == "text":
            return self.keys.index(word) + 1.0 if word in self.keys else None
        found = Table(pl.DataFrame({"time": [word]}), "").times("time")
        if found is None or type(found[0]) is not type(self.keys[0]):
            return None
        return bisect_left(self.keys, found[0]) + 1.0


def moments(table: Table, column: str) -> Moments:
    keys, kind = table.ordered(column)
    texts = table.text(column)
    written = {
        key: text for key, text in zip(keys, texts, strict=True) if key is not None and text is not None
    }
    there = sorted(written)
    place = {key: number for number, key in enumerate(there, start=1)}
    values = [np.nan if key is None else float(key if kind == "number" else place[key]) for key in keys]
    return Moments(np.array(values, dtype=np.float64), there, [written[key] for key in there], kind)


def _number(word: str) -> float | None:
    try:
        found = float(word)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
