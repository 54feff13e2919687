"""`analyze`: the statistics of the analytics library on files. It needs no installation and keeps nothing."""

from __future__ import annotations

import click

from aimline.cli.analyze.bright_spots import bright_spots
from aimline.cli.analyze.charts import chart
from aimline.cli.analyze.effects import gap_, score_
from aimline.cli.analyze.growth import growth_
from aimline.cli.analyze.impact import impact
from aimline.cli.analyze.pools import pool_
from aimline.cli.analyze.ratings import agreement_, scale_
from aimline.cli.analyze.release import attack_, release_
from aimline.cli.analyze.tables import BadTable
from aimline_analytics.errors import AnalyticsError


class Analyses(click.Group):
    """Commands whose every refusal of an input is wrong usage: exit code 2, with the reason in words."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except AnalyticsError as error:
            raise BadTable(str(error)) from error


@click.group(cls=Analyses)
def analyze() -> None:
    """Run the statistics of the library on a file of yours.

    Tables are read from .csv, .tsv, .parquet, .xlsx and .csv.gz; an empty cell or NA is missing. Nothing is kept.

    Example: aimline analyze agreement ratings.csv --json agreement.json
    """


for command in (
    agreement_,
    attack_,
    bright_spots,
    chart,
    gap_,
    growth_,
    impact,
    pool_,
    release_,
    scale_,
    score_,
):
    analyze.add_command(command)
