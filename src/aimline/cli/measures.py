"""Measures from the command line: those counted from student data, counted again, now or as of an earlier day."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click
from django.utils import timezone

from aimline.access.rules import Act, allowed
from aimline.cli.recounting import told
from aimline.core import clock, jobs
from aimline.core.errors import Conflict
from aimline.measures import recounts
from aimline.measures.models import Measure
from aimline.measures.recipes.definitions import definition_of
from aimline.measures.recipes.showing import Shown, as_of
from aimline.people.operator import operator


@click.group("measures")
def measures() -> None:
    """Count measures of student data again.

    Example: aimline measures rerun attendance-rate --at 2026-05-01 --json -
    """


@measures.command("list")
def list_measures() -> None:
    """List the measures that are counted from student data: code, place, how often, name.

    Example: aimline measures list
    """
    for one in _counted():
        click.echo(f"{one.code}\t{one.unit.code}\t{one.rhythm}\t{one.name}")


@measures.command("count")
@click.argument("code", required=False)
def count(code: str | None) -> None:
    """Count all measures of student data again, or one, and keep what differs.

    Example: aimline measures count attendance-rate
    """
    found = [_measure(code)] if code else _counted()
    points = sum(recounts.recount(one) for one in found)
    jobs.run_due("aimline.measures.")
    click.echo(told(points, len(found)))


@measures.command("rerun")
@click.argument("code")
@click.option("--at", metavar="DATE", help="Count from the rows held at the end of this day (default: now).")
@click.option("--json", "json_to", metavar="FILE", help="Write the figures as JSON; - is standard output.")
def rerun(code: str, at: str | None, json_to: str | None) -> None:
    """Give the figures of a measure as they stood on a day. Nothing is kept, and small groups are hidden.

    Example: aimline measures rerun attendance-rate --at 2026-05-01 --json -
    """
    measure = _measure(code)
    moment = _end_of(at) if at else clock.now()
    figures = as_of(measure, moment)
    if json_to:
        _write(_facts(measure, moment, figures), json_to)
        return
    for one in figures:
        value = "hidden" if one.values is None else f"{one.values.value:g}"
        click.echo("\t".join((one.unit.code, one.group, one.period, value)))


def _facts(measure: Measure, moment: datetime, figures: list[Shown]) -> dict[str, Any]:
    return {
        "measure": measure.code,
        "name": measure.name,
        "definition": definition_of(measure),
        "at": moment.isoformat(timespec="seconds"),
        "figures": [_figure(one) for one in figures],
    }


def _figure(one: Shown) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "unit": one.unit.code,
        "dimension": one.dimension,
        "group": one.group,
        "period": one.period,
        "hidden": one.values is None,
    }
    told = ("value", "numerator", "denominator", "n")
    return {**facts, **{name: getattr(one.values, name) if one.values else None for name in told}}


def _write(facts: dict[str, Any], to: str) -> None:
    text = json.dumps(facts, indent=2, ensure_ascii=False)
    if to == "-":
        click.echo(text)
    else:
        Path(to).write_text(text + "\n", encoding="utf-8")


def _end_of(day: str) -> datetime:
    try:
        return timezone.make_aware(datetime.combine(date.fromisoformat(day) + clock.DAY, time.min))
    except ValueError as error:
        raise click.BadParameter("write a day as 2026-05-01.", param_hint="--at") from error


def _counted() -> list[Measure]:
    found = allowed(operator(), Act.EDIT_MEASURE, recounts.counted_measures())
    return list(found.order_by("unit__path", "code"))


def _measure(code: str) -> Measure:
    found = next((one for one in _counted() if one.code == code), None)
    if found is None:
        raise Conflict(
            f"No measure of student data has the code {code}. `aimline measures list` shows those there are.",
            code="not_found",
        )
    return found
