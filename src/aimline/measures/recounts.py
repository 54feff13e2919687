"""Counting again: after rows about students have come or gone, the measures made of them are worked out anew."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from aimline.core import clock, jobs
from aimline.core.models import Job, JobState
from aimline.measures import actions
from aimline.measures.models import Measure
from aimline.measures.periods import SCHOOL_YEAR_MONTH
from aimline.measures.points import PointRow
from aimline.measures.recipes.figures import figures
from aimline.measures.recipes.kinds import KINDS, Kind
from aimline.measures.recipes.model import counted
from aimline.org.models import Unit
from aimline.people.operator import operator
from aimline.students.models import Expiry


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


def is_to_come(measure: Measure) -> bool:
    """Whether a count of this measure, or the release of what was counted, is asked for and not done."""
    asked = Job.objects.filter(task__startswith="aimline.measures.", run_after__lte=clock.now())
    facts = asked.filter(state__in=[JobState.WAITING, JobState.RUNNING]).values_list("facts", flat=True)
    return any(str(measure.pk) in each.get("measures", ()) for each in facts)


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
    what = counted(measure.recipe or {})
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
        for one in figures(what, measure.unit, measure.rhythm)
    ]
    return actions.keep_count(measure, operator(), rows=rows, since=_countable_since(KINDS[what.kind]))


def _countable_since(kind: Kind) -> date | None:
    """The first school year that lost none of its rows when what was past its years was removed."""
    last = Expiry.objects.filter(table__in=kind.tables).aggregate(last=Max("before"))["last"]
    if last is None:
        return None
    return date(last.year + ((last.month, last.day) > (SCHOOL_YEAR_MONTH, 1)), SCHOOL_YEAR_MONTH, 1)
