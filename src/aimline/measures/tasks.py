"""Making readings anew: at once where a write touched few series, else as work for later."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from aimline.core import clock, jobs
from aimline.core.models import Job, JobState
from aimline.instruments.models import Collection
from aimline.instruments.sealing import CLOSED
from aimline.measures import asked, disclosure, readings, releases
from aimline.measures.models import Measure, Series
from aimline.org.models import Unit

# Up to this many readings are made in the transaction of the write; more become a job.
AT_ONCE = 200


def refresh(series: Iterable[Series]) -> None:
    """Make the readings of these series and of their neighbours anew; what goes out by release is released first."""
    touched = list(series)
    release(disclosure.released_measures({one.measure_id for one in touched}))
    together = readings.neighbours(touched)
    ids = list(together.values_list("pk", flat=True)[: AT_ONCE + 1])
    if len(ids) <= AT_ONCE:
        readings.make(Series.objects.filter(pk__in=ids))
        return
    jobs.ask(read_measures, measures=sorted({str(one.measure_id) for one in touched}))


def release(measures: Iterable[UUID]) -> Job | None:
    """Ask for a release of these measures, unless one is waiting already. Until then their new points are not shown."""
    ids = sorted(map(str, measures))
    return jobs.ask_once(release_measures, measures=ids) if ids else None


def ask_if_stale() -> Job | None:
    """Ask for new readings if the rules have changed since they were made; for the upgrade and the worker's start."""
    if not readings.stale().exists():
        return None
    asked = _asked(read_stale).filter(state__in=[JobState.WAITING, JobState.RUNNING])
    return asked.first() or jobs.ask(read_stale)


def _asked(task: jobs.Task) -> QuerySet[Job]:
    return Job.objects.filter(task=f"{task.__module__}.{task.__qualname__}")


@jobs.task
def release_measures(job: Job) -> None:
    """Release the periods of these measures that are over, and come back when the next one is."""
    ids = [UUID(id) for id in job.facts["measures"]]
    releases.make(ids, lambda done, total: jobs.progress(job, done, total))
    _in_steps(job, Series.objects.filter(measure__in=ids))
    due = releases.next_day(ids)
    later = _asked(release_measures).filter(
        state=JobState.WAITING, facts=job.facts, run_after__gt=clock.now()
    )
    if due and not later.exists():
        Job.objects.filter(pk=jobs.ask(release_measures, **job.facts).pk).update(run_after=due)


@jobs.follows(CLOSED)
def keep_points(job: Job) -> None:
    """Bring the measures of an instrument up to date after one of its collections has closed."""
    collection = Collection.objects.select_related("edition").get(pk=job.facts["collection"])
    for measure in Measure.objects.filter(instrument=collection.edition.instrument_id).select_related("unit"):
        with transaction.atomic():
            if touched := asked.keep(measure):
                refresh(touched)


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
