"""Pictures of the charts of a file: one SVG for each series, and a page that holds them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from aimline.cli.analyze.tables import BadTable, write_text
from aimline_analytics.control_charts.shewhart import Charted
from aimline_analytics.drawing.charts import picture
from aimline_analytics.drawing.control import Part, lay_out_control
from aimline_analytics.drawing.page import page
from aimline_analytics.drawing.parts import Chart
from aimline_analytics.results import Better

# No column of a file is called so: `--by` strips its names.
SERIES, STRETCH = " series", " stretch"
#: More pictures than anyone looks at.
MOST = 1000
_NAME = re.compile(r"[^\w-]+")


def draw(
    folder: Path,
    told: pl.DataFrame,
    charted: Charted,
    kind: str,
    *,
    title: str,
    by: list[str],
    named: list[str | None],
    verdicts: list[str],
    freeze: int | None,
    better: str | None,
) -> int:
    """Draw every series into the folder; `named` are the phases of all points, `verdicts` those of all stretches."""
    starts = np.flatnonzero(np.diff(told[SERIES].to_numpy(), prepend=-1))
    if starts.size > MOST:
        raise BadTable(f"--svg draws {MOST:,} series at most; here are {starts.size:,}. Take fewer of them.")
    good: Better | None = None if better is None else "up" if better == "higher" else "down"
    owner, excluded = told[STRETCH].to_numpy(), told["excluded"].is_not_null().to_numpy()
    charts: list[Chart] = []
    sentences: list[str] = []
    for start, stop in zip(starts, [*starts[1:], told.height], strict=True):
        rows = slice(int(start), int(stop))
        stretches = np.flatnonzero(np.diff(owner[rows], prepend=-1))
        phases = [named[rows.start + int(place)] or "" for place in stretches]
        who = " ".join(str(told[name][rows.start]) for name in by)
        charts.append(
            lay_out_control(
                kind, charted, Part(rows, owner, excluded, phases), _places(told["x"][rows]),
                title=f"{title}: {who}" if who else title, freeze=freeze, better=good,
                name=_file_name(who or title, charts),
            )
        )  # fmt: skip
        sentences.append(verdicts[int(owner[rows.stop - 1])])
    _write(folder, title, charts, sentences)
    return len(charts)


def said(short: pl.DataFrame) -> list[str]:
    """The verdict of each stretch; points outside the limits are named, for some rules pass over them."""
    beyond = (f" Points outside the limits: {count}." if count else "" for count in short["outside"])
    return [verdict + rest for verdict, rest in zip(short["verdict"], beyond, strict=True)]


def _write(folder: Path, title: str, charts: list[Chart], sentences: list[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadTable(f"{folder} cannot be made: {error.strerror}.") from error
    for chart in charts:
        write_text(picture(chart), folder / f"{chart.name}.svg")
    write_text(page(charts, title=title, sentences=sentences), folder / "index.html")


def _places(x: pl.Series) -> list[Any]:
    if x.dtype != pl.String:
        return x.to_list()
    numbers = x.str.strip_chars().cast(pl.Float64, strict=False)
    return numbers.to_list() if numbers.null_count() == 0 else x.to_list()


def _file_name(words: str, before: list[Chart]) -> str:
    """Something every system takes as the name of a file, and no two alike."""
    name = _NAME.sub("-", words.lower()).strip("-") or "series"
    taken = {chart.name for chart in before} | {"index"}
    return next(each for each in [name, *(f"{name}-{n}" for n in range(2, MOST + 3))] if each not in taken)
