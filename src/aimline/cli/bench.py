"""`bench`: what drawing costs on this machine, as times and ratios of one run. It only reads the home."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

import click
import numpy as np
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aimline.measures.frames import lines
from aimline.measures.models import Series
from aimline.web.measures.cards import cards
from aimline_analytics import run_chart

PANELS = (1, 25, 50)
CHARTS, POINTS = 1000, 100
ROUNDS = 5


@click.command()
def bench() -> None:
    """Measure how long charts take here, and what many cost against one. The times are of the processor.

    Example: aimline bench
    """
    click.echo(f"Run chart, {POINTS} points")
    once = _fastest(partial(_charts, 1))
    _tell(1, once, once)
    _tell(CHARTS, _fastest(partial(_charts, CHARTS)), once)
    ids = list(Series.objects.order_by("pk").values_list("pk", flat=True)[: max(PANELS)])
    if len(ids) < max(PANELS):
        click.echo(f"Small multiples need {max(PANELS)} charts; this home has {len(ids)}.")
        return
    click.echo("Small multiples, from the database to the drawing")
    one = 0.0
    for count in PANELS:
        taken = _fastest(partial(_panels, ids[:count]))
        one = one or taken
        with CaptureQueriesContext(connection) as queries:
            _panels(ids[:count])
        _tell(count, taken, one, f", {len(queries)} queries")


def _charts(count: int) -> None:
    values = np.random.default_rng(1).normal(50, 5, POINTS).round(1).tolist()
    for _ in range(count):
        run_chart(values)


def _panels(ids: Sequence[UUID]) -> None:
    cards(lines(Series.objects.for_page().filter(pk__in=ids)))


def _fastest(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest round; the first, which fills the caches, does not count."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return 1000 * min(taken)


def _tell(count: int, taken: float, one: float, more: str = "") -> None:
    ratio = f"{taken / one:.1f} times one" if one else ""
    click.echo(f"  {count:>5}: {taken:8.1f} ms, {ratio}{more}")
