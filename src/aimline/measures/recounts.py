"""Counting again: after rows about students have come or gone, the measures made of them are worked out anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from aimline.core import jobs
from aimline.core.models import Job
from aimline.measures import actions
from aimline.measures.models import Measure
from aimline.measures.points import PointRow
from aimline.measures.recipes.figures import figures
from aimline.measures.recipes.kinds import KINDS
from aimline.measures.recipes.model import counted
from aimline.org.models import Unit
from aimline.people.operator import operator


def ask(unit: Unit, tables: Iterable[str], *, load: UUID | None = None) -> Job | None:
    """Ask for a new count of the measures that rows of these tables, come to this place, go into."""
    touched = set(tables)
    near = Q(unit__path__startswith=unit.path) | Q(unit__path__in=unit.paths_above())
    found = [one for one in counted_measures().filter(near) if touched & KINDS[one.recipe["kind"]].tables]
    return ask_for(found, load) if found else None


def ask_for(measures: Iterable[Measure], load: UUID | None = None) -> Job:
    facts: dict[str, Any] = {"measures": [str(one.pk) for one in measures]}
    if load:
        facts["load"] = str(load)
    return jobs.ask(recount_measures, **facts)


def counted_measures() -> QuerySet[Measure]:
    return Measure.objects.filter(recipe__isnull=False, ended_on=None).select_related("unit")


@jobs.task
def recount_measures(job: Job) -> None:
    """Count measures again. Safe to repeat: what has not changed is not written."""
    ids, points = [UUID(id) for id in job.facts["measures"]], 0
    for done, measure in enumerate(counted_measures().filter(pk__in=ids).order_by("pk"), 1):
        points += recount(measure)
        jobs.progress(job, done, len(ids))
    Job.objects.filter(pk=job.pk).update(facts={**job.facts, "points": points})


def of_load(load: UUID) -> Job | None:
    """The count that was asked for last because of a load, or because it was taken back."""
    asked = Job.objects.filter(task=f"{__name__}.recount_measures", facts__load=str(load))
    return asked.order_by("created_at").last()


def recount(measure: Measure) -> int:
    """Count a measure again and keep what differs; return how many points that is."""
    units = {unit.pk: unit for unit in Unit.objects.under(measure.unit)}
    rows = [
        PointRow(
            units[one.unit],
            measure,
            one.period.label,
            one.group,
            one.dimension,
            one.values.value,
            one.values.numerator,
            one.values.denominator,
            one.values.n,
        )
        for one in figures(counted(measure.recipe), measure.unit, measure.rhythm)
    ]
    return actions.keep_count(measure, operator(), rows=rows)
