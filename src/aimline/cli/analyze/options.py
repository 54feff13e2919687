"""What the commands of `analyze` share: options, and small ways of telling numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from aimline.cli.analyze.tables import refuse_place
from aimline_analytics.results import Interval

TABLE = click.Path(path_type=Path, dir_okay=False)


class _OutPath(click.Path):
    """A file to write; what cannot be written is refused before anything is computed."""

    def __init__(self, *, table: bool) -> None:
        super().__init__(path_type=Path, dir_okay=False, writable=True)
        self.table = table

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(str(super().convert(value, param, ctx)))
        refuse_place(path, table=self.table)
        return path


OUT = _OutPath(table=True)
OUT_JSON = _OutPath(table=False)
LEVEL = click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Coverage of the intervals.",
)
JSON = click.option(
    "--json", type=OUT_JSON, help="File for everything found, in full precision; - is standard output."
)


def say(sentence: str) -> None:
    """A sentence for the person at the terminal; results go to files or standard output."""
    click.echo(sentence, err=True)


def number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.3f}"


def share(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.1%}"


def ends(found: Interval | None) -> dict[str, float | None]:
    return {"low": found.low, "high": found.high} if found else {"low": None, "high": None}


def valued(found: Interval | None) -> dict[str, float | None]:
    return {"value": found.estimate if found else None, **ends(found)}
