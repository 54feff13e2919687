"""`bench`: what charts and models cost on this machine, as times and ratios of one run. It only reads the home."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

import click
import numpy as np
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aimline.cli import home
from aimline.cli.bench_answers import PHONES, burst
from aimline.cli.bench_field import DEVICES, FORMS, storm
from aimline.cli.bench_form import ITEMS, browser, long_form, opened, weigh
from aimline.cli.bench_library import Measured, library
from aimline.cli.bench_release import released
from aimline.cli.bench_rollups import rollups
from aimline.cli.bench_server import Served, served, slowest_of_twenty
from aimline.cli.bench_students import student_lake
from aimline.cli.timing import fastest
from aimline.measures.frames import lines
from aimline.measures.models import Series
from aimline.web.measures.cards import cards
from aimline_analytics import OneSeries, run_charts

PANELS = (1, 25, 50)
CHARTS, POINTS = 1000, 100
# A large district.
SCHOOLS = 100
# What a school asks for whose homerooms all start at once: of a server on SQLite, and of one for a district.
SAVES_ASKED = {"SQLite": 50, "PostgreSQL": 125}
PARTS = ["all", "answers", "charts", "field", "form", "library", "students"]
OVER_THE_NETWORK = {"all", "answers", "field", "form"}


@click.command()
@click.argument("part", type=click.Choice(PARTS), default="all")
def bench(part: str) -> None:
    """Measure how long charts and models take here, and what they cost against plain work. Times are of the processor.

    PART is charts (run charts, and those of the home's own measures), library (control charts, growth and
    multilevel models of large files), students (a large roster loaded, a year of attendance counted, a district's
    figures released), answers (phones that save at once), field (50 devices that send 20 forms with pictures each over
    a bad network), form (a long form on a slow phone) or all. The last three run a server of their own; what it took is
    told beside. AIMLINE_BENCH_DATABASE_URL names an empty PostgreSQL database for it.

    Example: aimline bench library
    """
    if part in {"all", "charts"}:
        _run_charts()
        _small_multiples()
    if part in {"all", "library"}:
        click.echo("The library, against plain work on the same numbers")
        _ratios(library())
    if part in {"all", "students"}:
        click.echo("Student data, against DuckDB on the same rows")
        _ratios(student_lake())
        _ratios(rollups())
        found = released(SCHOOLS)
        click.echo(
            f"  Release of {found.cells:,} numbers of {SCHOOLS} schools, checked by its own attack: "
            f"{found.seconds:,.0f} s, {found.hidden:,} hidden, at most {found.megabytes:,} MB"
        )

    if part in OVER_THE_NETWORK:
        with served() as server:
            _over_the_network(part, server)


def _over_the_network(part: str, server: Served) -> None:
    if part in {"all", "answers"}:
        _burst(server)
    if part in {"all", "field"}:
        _storm(server)
    if part in {"all", "form"}:
        _form(server)


def _burst(server: Served) -> None:
    heard, asked = burst(server), SAVES_ASKED[server.database]
    click.echo(
        f"Answering on {server.database}: {PHONES} phones for {heard.seconds:.0f} s, each saving six times a student"
    )
    click.echo(
        f"  {heard.saves_each_second:.0f} saves a second, {heard.saves_each_second / asked:.1f} times the {asked} "
        f"asked for; 19 of 20 within {slowest_of_twenty(heard.saves):.0f} ms"
    )
    click.echo(
        f"  {heard.pages_each_second:.0f} pages a second beside them; 19 of 20 within "
        f"{slowest_of_twenty(heard.pages):.0f} ms; {heard.failed} failed, {server.locked} times locked"
    )
    click.echo(
        f"  The server kept {heard.cores:.1f} of {os.cpu_count()} processors busy, these phones the rest"
    )


def _storm(server: Served) -> None:
    found = storm(server)
    click.echo(
        f"Coming home on {server.database}: {DEVICES} devices with {FORMS} forms each, {found.forms:,} forms with "
        f"{found.pictures:,} pictures in {found.seconds:.0f} s"
    )
    click.echo(
        f"  {found.kept:,} of {found.forms:,} kept once and as sent, {found.lost} lost, {found.doubled} doubled, "
        f"{found.altered} altered; {server.locked} times locked"
    )
    click.echo(
        f"  {found.cut:,} of {found.tries:,} connections cut, {found.again} forms sent again after their receipt, "
        f"{found.unlike} receipts unlike the first; {len(found.refused)} tries refused"
    )
    click.echo(
        f"  {found.forms / found.seconds:.0f} forms and {found.pictures / found.seconds:.0f} pictures a second; "
        f"19 of 20 held within {slowest_of_twenty(found.waits):.0f} ms, tries and all"
    )


def _form(server: Served) -> None:
    form = long_form(server)
    weight = weigh(server, form)
    click.echo(
        f"A form of {ITEMS} items: {weight.kilobytes:.0f} kB in {len(weight.parts)} files, every typeface counted"
    )
    if not browser():
        click.echo(
            "  How long a slow phone takes needs Chromium; there is none here, and AIMLINE_CHROMIUM names none."
        )
        return
    times = opened(server, form)
    click.echo(
        f"  On a slow phone shown after {times.shown:.0f} ms and ready after {times.usable:.0f} ms, "
        f"{times.usable / times.least:.1f} times the least page there is"
    )


def _ratios(cases: Iterable[Measured]) -> None:
    for name, taken, plain, against, memory in cases:
        ratio = f"{taken / plain:.1f} times {against}"
        click.echo(f"  {name}: {taken:,.0f} ms, {ratio}, at most {memory:,.0f} MB")


def _run_charts() -> None:
    click.echo(f"Run chart, {POINTS} points")
    once = fastest(partial(_charts, 1))
    _tell(1, once, once)
    _tell(CHARTS, fastest(partial(_charts, CHARTS)), once)


def _small_multiples() -> None:
    if not home.is_made():
        click.echo(f"Small multiples need a home with charts; there is none in {home.folder()}.")
        return
    ids = list(Series.objects.order_by("pk").values_list("pk", flat=True)[: max(PANELS)])
    if len(ids) < max(PANELS):
        click.echo(f"Small multiples need {max(PANELS)} charts; this home has {len(ids)}.")
        return
    click.echo("Small multiples, from the database to the drawing")
    one = 0.0
    for count in PANELS:
        taken = fastest(partial(_panels, ids[:count]))
        one = one or taken
        with CaptureQueriesContext(connection) as queries:
            _panels(ids[:count])
        _tell(count, taken, one, f", {len(queries)} queries")


def _charts(count: int) -> None:
    values = np.random.default_rng(1).normal(50, 5, POINTS).round(1).tolist()
    run_charts([OneSeries(values)] * count)


def _panels(ids: Sequence[UUID]) -> None:
    cards(lines(Series.objects.for_page().filter(pk__in=ids)))


def _tell(count: int, taken: float, one: float, more: str = "") -> None:
    ratio = f"{taken / one:.1f} times one" if one else ""
    click.echo(f"  {count:>5}: {taken:8.1f} ms, {ratio}{more}")
