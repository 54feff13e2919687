"""Making readings anew: at once where a write touched few series, else as work for later."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from aimline.core import jobs
from aimline.core.models import Job, JobState
from aimline.measures import readings
from aimline.measures.models import Series
from aimline.org.models import Unit

# Up to this many readings are made in the transaction of the write; more become a job.
AT_ONCE = 200


def refresh(series: Iterable[Series]) -> None:
    """Make the readings of these series and of their neighbours anew."""
    touched = list(series)
    together = readings.neighbours(touched)
    ids = list(together.values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(ids) <= AT_ONCE:
        readings.make(Series.objects.filter(pk__in=ids))
        return
    jobs.ask(read_measures, measures=sorted({str(one.measure_id) for one in touched}))


def ask_if_stale() -> Job | None:
    """Ask for new readings if the rules have changed since they were made; for the upgrade and the worker's start."""
    if not readings.stale().exists():
        return None
    asked = Job.objects.filter(
        task=f"{read_stale.__module__}.read_stale", state__in=[JobState.WAITING, JobState.RUNNING]
    )
    return asked.first() or jobs.ask(read_stale)


@jobs.task
def read_measures(job: Job) -> None:
    """Make the readings of whole measures."""
    _in_steps(job, Series.objects.filter(measure__in=[UUID(id) for id in job.facts["measures"]]))


@jobs.task
def read_places(job: Job) -> None:
    """Make the readings of everything at and below a unit, whose smallest group has changed."""
    _in_steps(job, Series.objects.filter(unit__path__startswith=Unit.objects.get(pk=job.facts["unit"]).path))


@jobs.task
def read_stale(job: Job) -> None:
    """Make the readings that other rules than today's have made."""
    _in_steps(job, readings.stale())


def _in_steps(job: Job, series: QuerySet[Series]) -> None:
    ids = list(series.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), readings.CHUNK):
        readings.make(Series.objects.filter(pk__in=ids[start : start + readings.CHUNK]))
        jobs.progress(job, min(start + readings.CHUNK, len(ids)), len(ids))
