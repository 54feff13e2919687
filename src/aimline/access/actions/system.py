"""Writes about the installation itself; the right is held at the root of the tree."""

from __future__ import annotations

from aimline.access.guard import action
from aimline.access.roles import Act
from aimline.core import clock
from aimline.core.models import Job, JobState
from aimline.org.models import Unit
from aimline.people.models import Person


@action(Act.VIEW_SYSTEM)
def stop_job(root: Unit, person: Person, *, job: Job) -> Job:
    """Ask a job to stop; one that has not begun stops at once."""
    Job.objects.filter(pk=job.pk, state=JobState.WAITING).update(state=JobState.STOPPED)
    Job.objects.filter(pk=job.pk).update(stop_asked=True)
    return job


@action(Act.VIEW_SYSTEM)
def run_again(root: Unit, person: Person, *, job: Job) -> Job:
    """Put a job that failed or was stopped back into the queue."""
    ended = Job.objects.filter(pk=job.pk, state__in=[JobState.FAILED, JobState.STOPPED])
    ended.update(state=JobState.WAITING, stop_asked=False, attempts=0, run_after=clock.now(), error="")
    return job
