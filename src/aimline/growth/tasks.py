"""Growth takes seconds for a district and minutes for a state, so it is computed by the worker."""

from __future__ import annotations

from collections.abc import Collection

from aimline.core import jobs
from aimline.core.models import Job
from aimline.growth.models import GrowthRun
from aimline.growth.running import compute
from aimline.growth.watching import TABLES, watch
from aimline.org.models import Unit
from aimline.people.models import Person


@jobs.task
def compute_growth(job: Job) -> None:
    """Compute a run with the rights of whoever asked for it. Safe to repeat: the same scores give the same results."""
    run = GrowthRun.objects.select_related("unit").get(pk=job.facts["run"])
    person = Person.objects.get(pk=str(job.asked_by))
    compute(run, person, lambda done: jobs.progress(job, done))


def ask_after_load(unit: Unit, person: Person, tables: Collection[str]) -> None:
    """Have it looked at who was tested, where a load may have changed it."""
    if TABLES.intersection(tables):
        jobs.ask_once(watch_participation, asked_by=person.pk, unit=str(unit.pk))


@jobs.task
def watch_participation(job: Job) -> None:
    """Say anew who was tested at a place, with the rights of whoever loaded. Safe to repeat."""
    watch(Unit.objects.get(pk=job.facts["unit"]), Person.objects.get(pk=str(job.asked_by)))
